"""Hashes of entries, and copying that hashes on the way: each byte is read once, and memory stays flat."""

from __future__ import annotations

import hashlib
import importlib
import re
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["BUFFER_BYTES", "Hasher", "copy_hashed", "hash_file", "hasher_for", "short"]

BUFFER_BYTES = 1 << 20  # larger buffers gain nothing

_own = threading.local()
_FORMS = re.compile(r"(?:(md5|xxh128):[0-9a-f]{32})|[0-9a-f]{64}")


class Hasher:
    """A running hash whose text has the form of the digest that it is to be compared with.

    Parameters
    ----------
    algorithm : str
        ``"sha256"``, or one of W&B's: ``"md5"``, ``"xxh128"``.
    """

    __slots__ = ("_prefix", "_state", "size")

    def __init__(self, algorithm: str = "sha256") -> None:
        self._prefix = "" if algorithm == "sha256" else f"{algorithm}:"
        self._state = _new_state(algorithm)
        self.size = 0

    def update(self, data: bytes | memoryview) -> None:
        """Take more bytes."""
        self._state.update(data)
        self.size += len(data)

    @property
    def text(self) -> str:
        """Digest of all bytes so far, spelled as entries spell it."""
        return f"{self._prefix}{self._state.hexdigest()}"


def _new_state(algorithm: str) -> Any:
    if algorithm == "sha256":
        return hashlib.sha256()
    if algorithm == "md5":
        return hashlib.md5(usedforsecurity=False)  # what W&B's manifests hold
    return importlib.import_module("xxhash").xxh128()


def hasher_for(digest: str) -> Hasher | None:
    """Return a hash of the kind that made `digest`.

    None if it is not the digest of bytes (a URI, an ETag), or needs a library that is not installed.
    """
    found = _FORMS.fullmatch(digest)
    if found is None:
        return None
    try:
        return Hasher(found[1] or "sha256")
    except ImportError:
        return None


def _buffer() -> memoryview:
    """Return this thread's buffer: making one costs more than hashing a small file."""
    if not hasattr(_own, "buffer"):
        _own.buffer = memoryview(bytearray(BUFFER_BYTES))
    found: memoryview = _own.buffer
    return found


def hash_file(file: BinaryIO, hasher: Hasher | None = None) -> Hasher:
    """Read a file to its end and hash it, by sha256 unless another hash is given."""
    hasher = hasher or Hasher()
    buffer = _buffer()
    while count := file.readinto(buffer):  # type: ignore[attr-defined]  # BinaryIO lacks what all its makers have
        hasher.update(buffer[:count])
    return hasher


def copy_hashed(source: BinaryIO, target: BinaryIO, hasher: Hasher | None = None) -> Hasher:
    """Copy a file to its end and hash what was written."""
    hasher = hasher or Hasher()
    buffer = _buffer()
    while count := source.readinto(buffer):  # type: ignore[attr-defined]  # as in hash_file
        piece = buffer[:count]
        hasher.update(piece)
        while piece:  # an unbuffered file may take less than it was given, and says so by its answer alone
            piece = piece[target.write(piece) :]
    return hasher


def short(digest: str) -> str:
    """Return the beginning of a digest, for messages."""
    return f"{digest[:12]}…" if len(digest) > 12 else digest
