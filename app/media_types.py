"""What a browser may be told that bytes are: found by looking at them, from a short list of types that cannot act.

A file's name is somebody's claim. A page that is called ``cat.png`` must never be shown as a page, so the type comes
from the first bytes; what is not on the list is bytes to download. HTML, SVG, XML and PDF are not on the list.
"""

from __future__ import annotations

__all__ = ["ALLOWED_TYPES", "BYTES", "SNIFF_BYTES", "sniff"]

#: What is not known: offered as a download, never shown.
BYTES = "application/octet-stream"

#: Bytes from the start of a file that `sniff` wants to see.
SNIFF_BYTES = 512

_PREFIXES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
)

#: Bytes 8 to 12 of a RIFF file.
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}

#: Brands of ISO media files that are no video; all others are taken for one.
_FTYP = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": BYTES,
    b"heix": BYTES,
    b"mif1": BYTES,
    b"qt  ": "video/quicktime",
}

#: What derived bytes may be besides: data for our own scripts, harmless when opened, because it is a download.
_DATA_TYPES = frozenset({BYTES, "application/json"})

ALLOWED_TYPES = frozenset(
    {mime for _, mime in _PREFIXES}
    | set(_RIFF.values())
    | set(_FTYP.values())
    | {"audio/ogg", "video/ogg", "video/mp4", "video/webm", "video/x-matroska"}
    | _DATA_TYPES
)


def sniff(head: bytes) -> str:
    """Return the type of a file.

    Parameters
    ----------
    head : bytes
        Its first `SNIFF_BYTES` bytes, or all if it has fewer.

    Returns
    -------
    str
        A type of the allow-list; `BYTES` for everything else.
    """
    for prefix, mime in _PREFIXES:
        if head.startswith(prefix):
            return mime
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], BYTES)
    if head[4:8] == b"ftyp":
        return _FTYP.get(head[8:12], "video/mp4")
    if head[:4] == b"OggS":
        return "video/ogg" if b"theora" in head[:64] else "audio/ogg"
    if head[:4] == b"\x1aE\xdf\xa3":  # EBML; the document type stands in its header
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return "audio/mpeg" if _is_mpeg_audio(head) else BYTES


def _is_mpeg_audio(head: bytes) -> bool:
    """Whether a frame of MPEG audio begins here: 11 set bits, then layer, bit rate and sample rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and bit_rate not in (0, 15) and sample_rate != 3
