"""Text in bytes: which encoding, and how much of it."""

from __future__ import annotations

import codecs
from typing import NamedTuple

__all__ = ["TEXT_BYTES", "Text", "read_text"]

#: Bytes of a text that are sent to the page at once; the next ones are one click away.
TEXT_BYTES = 512 * 1024

#: Byte order marks; the longer ones first, for that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "", ""),
    (codecs.BOM_UTF32_BE, "", ""),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16, little-endian"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16, big-endian"),
)

#: Control characters that texts have: tab, ends of lines and pages, and the escape that colours logs.
_CONTROLS = frozenset("\t\n\r\f\x1b")

#: Characters that are looked at to tell text from bytes.
_LOOKED_AT = 8192

#: Share of the bytes above ASCII in a text of Western Europe; more of them are no words in any 8-bit encoding.
_MOST_HIGH = 0.3


class Text(NamedTuple):
    """A text, or its beginning.

    Attributes
    ----------
    text : str
        As decoded, without a byte order mark.
    encoding : str
        Name that browsers know.
    label : str
        What to call it.
    used : int
        Bytes of the file that became `text`: those after it are the rest.
    """

    text: str
    encoding: str
    label: str
    used: int


def read_text(data: bytes, *, whole: bool) -> Text | None:
    """Decode the beginning of a file.

    Parameters
    ----------
    data : bytes
        Its first bytes.
    whole : bool
        Whether these are all. If not, a character that the end cuts is left to the rest.

    Returns
    -------
    Text or None
        None if it is no text.
    """
    mark, encoding, label = next((entry for entry in _MARKS if data.startswith(entry[0])), (b"", "utf-8", "UTF-8"))
    if not encoding:
        return None
    body = data[len(mark) :]
    if not encoding.startswith("utf-16") and b"\0" in body[:_LOOKED_AT]:
        return None
    found = _decode(body, encoding, whole=whole)
    if found is None and not mark and _looks_western(body):
        encoding, label = "windows-1252", "Windows-1252, guessed"
        found = body.decode("cp1252", "replace"), len(body)
    if found is None or not _is_legible(found[0]):
        return None
    return Text(found[0], encoding, label, len(mark) + found[1])


def _decode(data: bytes, encoding: str, *, whole: bool) -> tuple[str, int] | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data, final=whole)
    except UnicodeDecodeError:
        return None
    return text, len(data) - len(decoder.getstate()[0])


def _is_legible(text: str) -> bool:
    head = text[:_LOOKED_AT]
    strange = sum(1 for letter in head if ord(letter) < 32 and letter not in _CONTROLS)
    return strange <= len(head) // 50


def _looks_western(data: bytes) -> bool:
    """Whether bytes that are no UTF-8 can be words in an 8-bit encoding: few above ASCII, none that it lacks."""
    head = data[:_LOOKED_AT]
    high = sum(1 for byte in head if byte >= 0x80)
    unassigned = sum(1 for byte in head if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
    controls = sum(1 for byte in head if byte < 32 and chr(byte) not in _CONTROLS)
    return not unassigned and not controls and high <= len(head) * _MOST_HIGH
