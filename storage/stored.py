"""What an artifact that can be read offers, wherever it lies: the interface, and its entries."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from storage.errors import InvalidNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

    from datatypes.base import WBValue
    from datatypes.ports import SourceFile
    from storage.errors import Problem
    from storage.manifest import Manifest, ManifestEntry
    from storage.reading import ReadableArtifact

__all__ = ["StoredArtifact", "StoredEntry"]


@runtime_checkable
class StoredArtifact(Protocol):
    """What an artifact that can be read offers, wherever it lies."""

    @property
    def kind(self) -> str:
        """``"artifact"``, ``"folder"`` or ``"file"``."""

    name: str
    type: str
    version: str | None
    """``"v3"``; None where there are no versions."""
    digest: str
    description: str | None
    metadata: dict[str, Any]
    problems: list[Problem]
    """What could not be read of it; the rest can."""

    @property
    def aliases(self) -> Sequence[str]:
        """Names that point at this version, sorted; ``latest`` among them if it is."""

    @property
    def size(self) -> int:
        """Sum of the sizes of all entries, bytes."""

    @property
    def qualified_name(self) -> str:
        """``"pets:v3"``, or the bare name where there are no versions."""

    @property
    def manifest(self) -> Manifest:
        """Its entries."""

    def get(self, name: str) -> WBValue | None:
        """Return the value stored under `name`, or under it with a known suffix; None if there is none."""

    def get_path(self, name: str) -> StoredEntry:
        """Return one entry."""

    def open(self, name: str) -> BinaryIO:
        """Open one entry for reading; its bytes are checked."""

    def local_path(self, name: str) -> Path:
        """Path of an entry on this machine's disk."""

    def names(self, prefix: str = "") -> Sequence[str]:
        """Paths of the entries that begin with `prefix`, in order."""

    def value_names(self) -> list[str]:
        """Paths of the entries that are values."""

    def json(self, name: str) -> Any:
        """Return the stored JSON document of an entry."""

    def files(self) -> list[StoredEntry]:
        """Return all entries."""

    def download(self, root: str | os.PathLike[str] | None = None) -> Path:
        """Copy all entries into a folder."""

    def checkout(self, root: str | os.PathLike[str] | None = None) -> Path:
        """Make a folder hold this version."""

    def verify(self, step: Callable[[], object] | None = None) -> list[Problem]:
        """Check every entry down to its bytes."""


class StoredEntry(os.PathLike[str]):
    """One entry of an artifact, to be opened or copied; stands for a path wherever one is taken.

    Parameters
    ----------
    artifact : ReadableArtifact
        Where it lies.
    entry : ManifestEntry
        What the manifest says of it.
    """

    __slots__ = ("_artifact", "_entry")

    def __init__(self, artifact: ReadableArtifact, entry: ManifestEntry) -> None:
        self._artifact = artifact
        self._entry = entry

    @property
    def path(self) -> str:
        """Name in the artifact."""
        return self._entry.path

    @property
    def name(self) -> str:
        """Name in the artifact, in the spelling of old SDKs."""
        return self._entry.path

    @property
    def digest(self) -> str:
        """Digest as the manifest has it."""
        return self._entry.digest

    @property
    def size(self) -> int | None:
        """Length in bytes; None if the manifest does not say."""
        return self._entry.size

    @property
    def ref(self) -> str | None:
        """URI that it refers to; None for a file."""
        return self._entry.ref

    @property
    def extra(self) -> Mapping[str, Any]:
        """What else the manifest says."""
        return self._entry.extra or {}

    @property
    def artifact(self) -> ReadableArtifact:
        """Artifact that it belongs to."""
        return self._artifact

    @property
    def source_file(self) -> SourceFile:
        """What a value takes instead of a path, so that it refers to this entry and copies nothing."""
        from datatypes.ports import SourceFile

        return SourceFile(self._artifact, self.path)

    def open(self) -> BinaryIO:
        """Open for reading; the bytes are checked."""
        return self._artifact.open(self.path)

    def download(self, root: str | os.PathLike[str] | None = None) -> Path:
        """Return the path of a copy of the file.

        Parameters
        ----------
        root : path, optional
            Folder to copy it into, under its name; unless given, a copy in the user's cache that is not to be changed.
        """
        if root is None:
            return self._artifact.local_path(self.path)
        from storage import transfer

        return transfer.download_entry(self._artifact, self._entry, Path(root))

    def ref_url(self) -> str:
        """Return the reference under which other artifacts may name this entry."""
        return self._artifact.ref_url(self.path)

    def ref_target(self) -> str:
        """Return the URI that it refers to.

        Raises
        ------
        InvalidNameError
            If it is a file.
        """
        if self._entry.ref is None:
            raise InvalidNameError(self.path, "is a file, not a reference", "Use download() or open().")
        return self._entry.ref

    def __fspath__(self) -> str:
        return str(self.download())

    def __eq__(self, other: object) -> bool:
        """Equal if the entries are equal, wherever they lie."""
        return isinstance(other, StoredEntry) and self._entry == other._entry

    def __hash__(self) -> int:
        return hash((self.path, self.digest))

    def __repr__(self) -> str:
        return f"StoredEntry({self._artifact.qualified_name!r}, {self.path!r})"
