"""A store in memory: one process, gone with it. For tests, notebooks and demonstrations."""

from __future__ import annotations

import contextlib
import io
import threading
import time
from typing import TYPE_CHECKING, Self

from storage.blobs import ObjectInfo, Placed
from storage.errors import AlreadyStoredError, MissingFileError
from storage.hashing import hash_file
from storage.layout import blob_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import BinaryIO

    from storage.content import Content

__all__ = ["MemoryBlobStore"]


class MemoryBlobStore:
    """Objects in a dict."""

    def __init__(self) -> None:
        self.location = "memory"
        self._objects: dict[str, tuple[bytes, float]] = {}
        self._lock = threading.Lock()

    def create(self, key: str, data: bytes) -> None:
        """Put an object if there is none of that key."""
        with self._lock:
            if key in self._objects:
                raise AlreadyStoredError(key, "exists already", "Read it and compare.")
            self._objects[key] = bytes(data), time.time()

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return the bytes of an object, or a piece of them."""
        try:
            data = self._objects[key][0]
        except KeyError:
            raise MissingFileError(key, "is not in this store", "Run the store check.") from None
        return data[offset:] if length is None else data[offset : offset + length]

    def open(self, key: str) -> BinaryIO:
        """Open an object for reading."""
        return io.BytesIO(self.read(key))

    def reader(self) -> MemoryBlobStore:
        """Return what reads many small objects: the store itself."""
        return self

    def close(self) -> None:
        """Nothing is open."""

    def size(self, key: str) -> int | None:
        """Return the length of an object in bytes; None if there is none."""
        found = self._objects.get(key)
        return None if found is None else len(found[0])

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below a prefix, sorted."""
        return sorted(key for key in list(self._objects) if key.startswith(prefix))

    def list(self, prefix: str) -> list[ObjectInfo]:
        """As `keys`, with sizes and times."""
        return [ObjectInfo(key, len(self._objects[key][0]), self._objects[key][1]) for key in self.keys(prefix)]

    def delete(self, key: str) -> None:
        """Delete an object."""
        with self._lock:
            self._objects.pop(key, None)

    def batch(self) -> _MemoryBatch:
        """Begin to put content."""
        return _MemoryBatch(self)


class _MemoryBatch:
    def __init__(self, store: MemoryBlobStore) -> None:
        self._store = store

    def put(self, content: Content, find: Callable[[str, int], int | None], epoch: int) -> Placed:
        with content.open() as file:
            data = file.read()
            hasher = hash_file(io.BytesIO(data))
            content.confirm(file, hasher.text, hasher.size)
        found = find(hasher.text, hasher.size)
        if found is None:
            with contextlib.suppress(AlreadyStoredError):  # the same digest: the same bytes
                self._store.create(blob_key(hasher.text, epoch), data)
            found = epoch
        return Placed(hasher.text, hasher.size, found)

    def finish(self) -> None:
        """Do nothing: a dict is as durable as it gets."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return
