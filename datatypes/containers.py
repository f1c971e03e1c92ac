"""Cut files told from whole ones, for containers whose decoders play what is left without a word: Ogg, Matroska.

Source: RFC 3533 (Ogg), RFC 8794 (EBML).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from datatypes.errors import UnreadableMediaError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check_matroska", "check_ogg"]

_EBML_HEADER, _SEGMENT = 0x1A45DFA3, 0x18538067


def check_ogg(file: BinaryIO, size: int, subject: str) -> None:
    """Check that an Ogg file ends where a page ends; it is left at its start.

    Raises
    ------
    UnreadableMediaError
        If it is no chain of pages, or is cut.
    """
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(27)
        if len(head) < 27 or head[:4] != b"OggS":
            raise UnreadableMediaError(subject, f"has no page of Ogg at byte {at:,}", "Restore the file.")
        lengths = file.read(head[26])
        at += 27 + head[26] + sum(lengths)
        if len(lengths) < head[26] or at > size:
            raise UnreadableMediaError(subject, "ends within a page of Ogg", "Restore the file; it is cut.")
    file.seek(0)


def check_matroska(file: BinaryIO, size: int, subject: str) -> None:
    """Check that the parts of a Matroska or WebM file lie in it; it is left at its start.

    Raises
    ------
    UnreadableMediaError
        If it begins as another file, or says more than it holds.
    """
    file.seek(0)
    found = []
    for kind, end in _elements(file):
        found.append(kind)
        if end is not None and end > size:
            problem = f"says {end:,} bytes and has {size:,}"
            raise UnreadableMediaError(subject, problem, "Restore the file; it is cut.")
        if kind == _SEGMENT or end is None:
            break
        file.seek(end)
    if found[:1] != [_EBML_HEADER] or _SEGMENT not in found:
        raise UnreadableMediaError(subject, "does not begin as a WebM file", "Restore the file.")
    file.seek(0)


def _elements(file: BinaryIO) -> Iterator[tuple[int, int | None]]:
    """Give the identifier of each element from here on, and where it ends; None if it does not say."""
    while first := file.read(1):
        width = 9 - first[0].bit_length()
        if width > 4:
            return
        kind = int.from_bytes(first + file.read(width - 1))
        first = file.read(1)
        width = 9 - first[0].bit_length() if first else 9
        if width > 8:
            return
        length = int.from_bytes(first + file.read(width - 1)) & ((1 << (7 * width)) - 1)
        unknown = length == (1 << (7 * width)) - 1
        yield kind, None if unknown else file.tell() + length
