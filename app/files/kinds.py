"""Kinds of file that are told by their first bytes, for the sentence only: nothing of them is opened."""

from __future__ import annotations

import re

__all__ = ["kind_of", "pdf_facts"]

_SIGNATURES = (
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"\x93NUMPY", "NumPy array"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"PK\x05\x06", "empty ZIP archive"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"%PDF-", "PDF"),
    (b"glTF", "glTF binary"),
    (b"GGUF", "GGUF model"),
    (b"\x80\x02", "Python pickle, never loaded"),
    (b"\x80\x03", "Python pickle, never loaded"),
    (b"\x80\x04", "Python pickle, never loaded"),
    (b"\x80\x05", "Python pickle, never loaded"),
    (b"SQLite format 3\0", "SQLite"),
    (b"RIFF", "RIFF media"),
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC"),
    (b"ID3", "MP3"),
    (b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"II*\0", "TIFF picture"),
    (b"MM\0*", "TIFF picture"),
    (b"\x7fELF", "ELF program"),
    (b"MZ", "Windows program"),
    (b"\xca\xfe\xba\xbe", "Java class or Mach-O program"),
    (b"wOF2", "web font"),
)

#: Objects of a PDF that say what it is. Those inside of compressed streams are not seen, and then nothing is said.
_PDF_PAGES = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_PDF_COUNT = re.compile(
    rb"/Type\s*/Pages\b[^>]{0,200}?/Count\s+(\d{1,7})|/Count\s+(\d{1,7})[^>]{0,200}?/Type\s*/Pages\b"
)
_PDF_TITLE = re.compile(rb"/Title\s*\(((?:[^()\\]|\\.){1,200})\)")


def kind_of(head: bytes) -> str:
    """Return what a file is by its first bytes: a name for people; ``binary`` for what is not known."""
    if not head:
        return "empty"
    if head[257:262] == b"ustar":
        return "tar archive"
    return next((label for start, label in _SIGNATURES if head.startswith(start)), "binary")


def pdf_facts(data: bytes) -> list[tuple[str, str]]:
    """Return version, pages and title of a PDF, as far as its plain parts say so; for people, and no more than a hint.

    Parameters
    ----------
    data : bytes
        All of it, or its beginning.
    """
    facts = []
    version = re.match(rb"%PDF-(\d\.\d)", data)
    if version:
        facts.append(("PDF version", version[1].decode()))
    counts = [int(first or second) for first, second in _PDF_COUNT.findall(data)]
    pages = max(counts, default=0) or len(_PDF_PAGES.findall(data))
    if pages:
        facts.append(("Pages", f"{pages:,}"))
    title = _PDF_TITLE.search(data)
    if title:
        facts.append(("Title", _pdf_text(title[1])))
    return facts


def _pdf_text(data: bytes) -> str:
    """Return a literal string of a PDF as text (ISO 32000-1, 7.3.4.2 and 7.9.2.2)."""
    plain = re.sub(rb"\\([0-7]{1,3}|.)", _pdf_escape, data, flags=re.DOTALL)
    if plain.startswith(b"\xfe\xff"):
        return plain[2:].decode("utf-16-be", "replace")
    return plain.decode("latin-1")


def _pdf_escape(found: re.Match[bytes]) -> bytes:
    said = found[1]
    if said.isdigit():
        return bytes([int(said, 8) & 255]) if said[0] < ord("8") else said
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(said, said)
