"""What is known of the files that values name: whether they are there, how long they are, their sha256."""

from __future__ import annotations

import os
from typing import Any, Protocol

from storage.hashing import hash_file
from storage.layout import is_digest

__all__ = ["ArtifactFiles", "Files", "RunFiles"]


class Files(Protocol):
    """Files of an artifact or a run."""

    @property
    def is_run(self) -> bool:
        """Whether they are those of a run."""

    def has(self, name: str) -> bool:
        """Whether there is a file, or a reference, of this name."""

    def begins(self, prefix: str) -> list[str]:
        """Names that begin with `prefix`."""

    def has_bytes(self, name: str) -> bool:
        """Whether its bytes can be read here; those of a reference to a bucket cannot."""

    def size(self, name: str) -> int:
        """Length in bytes."""

    def sha256(self, name: str) -> str:
        """Hex sha256 of its bytes."""


class ArtifactFiles:
    """Entries of an artifact.

    Parameters
    ----------
    artifact : ReadableArtifact
        The artifact; its entries are taken as checked.
    """

    is_run = False

    def __init__(self, artifact: Any) -> None:
        self._artifact = artifact

    def has(self, name: str) -> bool:
        """Whether the manifest has the name."""
        return name in self._artifact.manifest.entries

    def begins(self, prefix: str) -> list[str]:
        """Names that begin with `prefix`."""
        return list(self._artifact.names(prefix))

    def has_bytes(self, name: str) -> bool:
        """Whether its bytes can be read here."""
        if self._artifact.manifest.entries[name].ref is None:
            return True
        try:
            self._artifact.open(name).close()
        except (OSError, ValueError, LookupError):
            return False  # a reference that leads nowhere is a problem of the entry, and said there
        return True

    def size(self, name: str) -> int:
        """Length in bytes, measured."""
        return _size(self._artifact, name)

    def sha256(self, name: str) -> str:
        """Hex sha256: as recorded where that is how entries are recorded, for it was checked; else computed."""
        digest = str(self._artifact.manifest.entries[name].digest)
        return digest if is_digest(digest) else _sha256(self._artifact, name)


class RunFiles:
    """Files of a run, listed once.

    Parameters
    ----------
    run : ReadableRun
        The run.
    """

    is_run = True

    def __init__(self, run: Any) -> None:
        self._run = run
        self._names = frozenset(run.names())

    def has(self, name: str) -> bool:
        """Whether the run has the file."""
        return name in self._names

    def begins(self, prefix: str) -> list[str]:
        """Names that begin with `prefix`."""
        return sorted(name for name in self._names if name.startswith(prefix))

    def has_bytes(self, name: str) -> bool:
        """Files of a run are bytes."""
        return self.has(name)

    def size(self, name: str) -> int:
        """Length in bytes, measured."""
        return _size(self._run, name)

    def sha256(self, name: str) -> str:
        """Hex sha256, computed."""
        return _sha256(self._run, name)


def _size(source: Any, name: str) -> int:
    with source.open(name) as file:
        return int(file.seek(0, os.SEEK_END))


def _sha256(source: Any, name: str) -> str:
    with source.open(name) as file:
        return hash_file(file).text
