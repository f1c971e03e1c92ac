"""One file that was opened by itself: a picture, a Parquet file, an object file of an artifact, anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import MissingFileError
from storage.manifest import Manifest
from storage.reading import ReadableArtifact
from storage.safe_paths import open_beneath, stat_beneath
from storage.sources.walk import FoundFile, is_file
from storage.sources.wandb_artifact import WandbArtifact, folder_entries
from storage.sources.wandb_manifest import MANIFEST_NAME

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from storage.manifest import ManifestEntry

__all__ = ["SingleFile"]

_MAX_UP = 16  # folders between an object file and the root of its artifact


class SingleFile(ReadableArtifact):
    """A file as an artifact of one entry, read-only.

    An object file names side files relative to the root of its artifact. So the nearest folder above with a manifest,
    or else the file's own folder, is where names that values give are looked for; listed is the one file alone.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    UnsafePathError
        If it is no regular file.
    """

    kind = "file"

    def __init__(self, path: Path) -> None:
        self.root = path.parent
        self.name = path.name
        self.type = "file"
        self.metadata = {}
        self.problems = []
        self._around: WandbArtifact | None = None
        inner = path.name
        for parent in list(path.parents)[:_MAX_UP] if path.suffix == ".json" else ():
            if is_file(parent, MANIFEST_NAME):
                self.root, inner = parent, path.relative_to(parent).as_posix()
                self._around = WandbArtifact(parent)
                break
        self.entry_name = inner
        self._entries = Manifest(folder_entries([self._found(inner)]))

    def _found(self, name: str) -> FoundFile:
        state = stat_beneath(self.root, name)
        return FoundFile(name, state.st_size, state.st_mtime_ns, state.st_dev, state.st_ino)

    def _manifest(self) -> Manifest:
        return self._entries

    def _find(self, name: str) -> ManifestEntry | None:
        """Find the one entry, or a file around it that a value names."""
        found = super()._find(name)
        if found is not None:
            return found
        if self._around is not None:
            return self._around._find(name)
        try:
            return folder_entries([self._found(name)])[0]
        except MissingFileError:
            return None

    def _open_entry(self, entry: ManifestEntry) -> BinaryIO:
        if self._around is not None:
            return self._around._open_raw(entry)
        return open_beneath(self.root, entry.path)

    def _local_file(self, entry: ManifestEntry) -> Path | None:
        if self._around is not None:
            return self._around._local_file(entry)
        return self.root / entry.path
