"""Where logged values are kept: bytes, names, versions.

- *blob*: the bytes of one file, written once, named by their sha256.
- *manifest*: the sorted list of the *entries* of an artifact: name, digest, size, or a reference.
- *artifact*: a named collection of files and values; a draft until it is logged, frozen afterwards.
- *version*: ``v0``, ``v1``, … of a name; *alias*: a movable name of a version. ``latest`` is the highest version.
- *log*: the one sequence of records of what happened to a store; its *fold* is the store's state.
- *source*: what others left on disk and the same interface reads.

Names are loaded when they are first used, so that ``import storage`` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.artifact import Artifact
    from storage.errors import (
        AlreadyStoredError,
        BackendError,
        CorruptBlobError,
        FrozenArtifactError,
        InvalidNameError,
        MissingFileError,
        NotAValueError,
        NotInStoreError,
        NotReadableError,
        Problem,
        StorageError,
        UnsafePathError,
        VersionConflictError,
    )
    from storage.run import Run
    from storage.sources import open_source
    from storage.store import Store

#: Public name → module that defines it. A name here is a promise: add it on purpose.
_PUBLIC = {
    "AlreadyStoredError": "errors",
    "Artifact": "artifact",
    "BackendError": "errors",
    "CorruptBlobError": "errors",
    "FrozenArtifactError": "errors",
    "InvalidNameError": "errors",
    "MissingFileError": "errors",
    "NotAValueError": "errors",
    "NotInStoreError": "errors",
    "NotReadableError": "errors",
    "Problem": "errors",
    "Run": "run",
    "StorageError": "errors",
    "Store": "store",
    "UnsafePathError": "errors",
    "VersionConflictError": "errors",
    "open_source": "sources",
}

__all__ = [
    "AlreadyStoredError",
    "Artifact",
    "BackendError",
    "CorruptBlobError",
    "FrozenArtifactError",
    "InvalidNameError",
    "MissingFileError",
    "NotAValueError",
    "NotInStoreError",
    "NotReadableError",
    "Problem",
    "Run",
    "StorageError",
    "Store",
    "UnsafePathError",
    "VersionConflictError",
    "open_source",
]


def __getattr__(name: str) -> Any:
    if module := _PUBLIC.get(name):
        return getattr(importlib.import_module(f"storage.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
