"""Artifacts that lie beside each other and refer to each other by id."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from storage.errors import StorageError
from storage.safe_paths import open_beneath
from storage.sources.documents import json_object
from storage.sources.wandb_artifact import WandbArtifact, record_name

if TYPE_CHECKING:
    from pathlib import Path

    from storage.refs import ArtifactRef

__all__ = ["Family"]

_RECORD_END = record_name("")
_MAX_RECORDS = 10_000  # beside one folder; each is a small file to read


class Family:
    """Finds artifacts by the ids that references name; each is opened when it is first asked for."""

    def __init__(self) -> None:
        self._folders: dict[tuple[bool, str], list[Path]] = {}
        self._opened: dict[Path, WandbArtifact] = {}
        self._searched: set[Path] = set()

    def add_folder(self, parent: Path) -> None:
        """Take in all artifacts whose folders and records lie in `parent`, in the order of their names."""
        if parent in self._searched:
            return
        self._searched.add(parent)
        try:
            names = sorted(path.name for path in parent.iterdir() if path.name.endswith(_RECORD_END))
        except OSError:
            return
        for name in names[:_MAX_RECORDS]:
            folder = parent / name.removesuffix(_RECORD_END)
            if folder.is_symlink() or not folder.is_dir():
                continue
            try:
                record = json_object(lambda path: open_beneath(parent, path), name, _ignore) or {}
            except StorageError:
                continue
            for by_server_id, key in ((True, "server_id"), (False, "client_id")):
                if isinstance(id_ := record.get(key), str):
                    self._folders.setdefault((by_server_id, id_), []).append(folder)
            if isinstance(sequence := record.get("sequence_client_id"), str):
                self._folders[False, f"{sequence}:latest"] = [folder]  # the last of that name

    def add(self, artifact: WandbArtifact) -> None:
        """Take in an artifact that is open already, and those beside it."""
        self._opened[artifact.root] = artifact
        self.add_folder(artifact.root.parent)

    def find(self, ref: ArtifactRef, near: Path) -> WandbArtifact | None:
        """Return the artifact that a reference leads to; None if it is not here.

        Parameters
        ----------
        ref : ArtifactRef
            The reference.
        near : Path
            Folder of what has it. Where several artifacts have one id, copies or those of several servers, the first of
            those that lie nearest is meant.
        """
        folders = self._folders.get((ref.by_server_id, ref.id))
        if not folders:
            return None
        folder = max(folders, key=lambda folder: _shared(folder, near))
        if folder not in self._opened:
            self._opened[folder] = WandbArtifact(folder, self)
        return self._opened[folder]


def _shared(one: Path, other: Path) -> int:
    """Count the parts that two paths begin with together."""
    pairs = zip(one.parts, other.parts, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _ignore(subject: str, problem: str, remedy: str = "") -> None:
    """Say nothing: a record that cannot be read is the problem of the artifact beside it, which says so itself."""
