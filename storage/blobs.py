"""The port below everything: objects under keys, of which nothing is ever replaced.

What is asked of a backend is one primitive, *put if absent*, and that what it has acknowledged survives. A folder
(`storage.blobs_local`) and memory (`storage.blobs_memory`) have it; an object store with conditional requests too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import BinaryIO

    from storage.content import Content

__all__ = ["Batch", "BlobStore", "ObjectInfo", "Placed"]


class ObjectInfo(NamedTuple):
    """What a listing says of one object."""

    key: str
    size: int
    """Length in bytes."""
    modified: float
    """When it was written, by the clock of the store; seconds since 1970."""


class Placed(NamedTuple):
    """Where content lies now."""

    digest: str
    """Hex sha256 of what was stored."""
    size: int
    """Length in bytes."""
    epoch: int
    """With the digest it gives the key."""


class Reader(Protocol):
    """Reads whole small objects; closed when it is not needed any more."""

    def read(self, key: str) -> bytes:
        """Return the bytes of an object; errors as `BlobStore.read`."""

    def close(self) -> None:
        """Let go of what is open."""


class BlobStore(Protocol):
    """Objects under keys (`storage.layout`)."""

    @property
    def location(self) -> str:
        """Where it is, for messages."""

    def create(self, key: str, data: bytes) -> None:
        """Put an object if there is none of that key; it is whole and durable when this returns.

        Raises
        ------
        AlreadyStoredError
            If there is one. It may be the caller's own earlier try whose answer was lost: read it and compare.
        BackendError
            If the store refuses; then nobody will ever see a part of the object.
        """

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return the bytes of an object, or a piece of them.

        Raises
        ------
        MissingFileError
            If there is none of that key.
        """

    def open(self, key: str) -> BinaryIO:
        """Open an object for reading; seekable. Errors as `read`."""

    def reader(self) -> Reader:
        """Return what reads many small objects, one after the other; sorted keys are read fastest."""

    def size(self, key: str) -> int | None:
        """Return the length of an object in bytes; None if there is none of that key."""

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below a prefix that ends in ``/``, sorted. May be stale; nothing relies on it."""

    def list(self, prefix: str) -> list[ObjectInfo]:
        """As `keys`, with sizes and times."""

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error."""

    def batch(self) -> Batch:
        """Begin to put content."""


class Batch(Protocol):
    """Content that becomes durable together, before a record names it.

    Use as a context manager: what was not finished is taken away at the end.
    """

    def put(self, content: Content, find: Callable[[str, int], int | None], epoch: int) -> Placed:
        """Store content under a key of the given epoch, unless it is there already.

        Parameters
        ----------
        content : Content
            What to store; read once and confirmed.
        find : callable
            ``find(digest, size)`` gives the epoch of a key that may be used, or None. Asked once the digest is known.
        epoch : int
            Epoch for a new key.

        Raises
        ------
        BackendError
            If the store refuses.
        StorageError
            What `content` raises if it is no longer what was added.
        """

    def finish(self) -> None:
        """Return when everything that was put, or found there, is whole under its key and durable."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
