"""Names that follow from what a table holds: written to a sink that only hashes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from datatypes import wire
from datatypes.ports import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

    from datatypes.base import WBValue
    from datatypes.ports import Dialect

__all__ = ["HashSink", "content_name"]


class _HashedFile(NamedTuple):
    """What `HashSink` says of a file."""

    path: str
    digest: str
    size: int


class HashSink:
    """An artifact that keeps nothing: it only tells how things would be named."""

    dialect: Dialect = "artifact"

    def add_file(self, source: Path | bytes | SourceFile, name: str) -> _HashedFile:
        """Hash a file."""
        if isinstance(source, bytes):
            return _HashedFile(name, hashlib.sha256(source).hexdigest(), len(source))
        with source.source.open(source.name) if isinstance(source, SourceFile) else source.open("rb") as file:
            digest, size = hashlib.sha256(), 0
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
        return _HashedFile(name, digest.hexdigest(), size)

    def add(self, value: WBValue, name: str) -> _HashedFile:
        """Name a nested value."""
        text = wire.canonical_json(value.to_json(self))
        return _HashedFile(value.entry_name(name), hashlib.sha256(text).hexdigest(), len(text))


class _HashFile:
    """A file that is hashed and forgotten."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)


def content_name(table: WBValue) -> str:
    """Return a name that follows from what a table holds: equal tables meet in one entry."""
    file = _HashFile()
    write = getattr(table, "write_json", None)
    if write is not None:
        write(file, HashSink())
    else:
        file.write(wire.canonical_json(table.to_json(HashSink())))
    return file.digest.hexdigest()[: wire.DIGITS]
