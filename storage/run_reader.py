"""A run in a store, read back; live ones too, up to the last row that was logged."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from storage import run_folder
from storage.errors import NotReadableError, StorageError
from storage.refs import parse_ref
from storage.run_history import parquet_rows
from storage.safe_paths import open_beneath, stat_beneath
from storage.sources.documents import json_lines, json_object
from storage.sources.run_reading import ReadableRun
from storage.sources.walk import is_file, walk_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from storage.errors import Problem

__all__ = ["RecordedArtifact", "StoredRun", "is_stored_run"]


class RecordedArtifact(NamedTuple):
    """An artifact that a run logged or used."""

    name: str
    type: str
    version: str | None
    digest: str
    aliases: tuple[str, ...]
    used: bool


def is_stored_run(root: Path) -> bool:
    """Whether a folder is the folder of a run that Vitrina wrote."""
    try:
        header = json_object(lambda name: open_beneath(root, name), run_folder.HEADER, lambda *_: None)
    except StorageError:
        return False
    return header is not None and header.get("format") == run_folder.FORMAT


class StoredRun(ReadableRun):
    """A run of a store, read-only.

    Parameters
    ----------
    root : Path
        Folder of the run.
    store : ArtifactStore, optional
        Finds the artifacts that the run recorded.

    Raises
    ------
    NotReadableError
        If the folder is not that of a run.
    """

    def __init__(self, root: Path, store: Any = None) -> None:
        self.root = root
        self._store = store
        self.problems: list[Problem] = []
        header = json_object(self._open_here, run_folder.HEADER, self._complain)
        if header is None or header.get("format") != run_folder.FORMAT:
            raise NotReadableError(str(root), "is not the folder of a run", "Open one that `store.run()` made.")
        if header.get("version") != run_folder.VERSION:
            self._complain(run_folder.HEADER, f"has version {header.get('version')!r}", "A newer Vitrina wrote it.")
        self.id = str(header.get("id") or root.name)
        self.project = str(header.get("project") or "")
        self.name = str(header.get("name") or self.id)
        self.started = header.get("started")

    @property
    def state(self) -> str:
        """``"finished"``, ``"failed"``, or ``"running"`` for a run that is live or was killed."""
        end = json_object(self._open_here, run_folder.FINISH, self._complain) or {}
        return str(end.get("state", "running"))

    def _stored_rows(self) -> Iterator[dict[str, Any]]:
        if is_file(self.root, run_folder.HISTORY_LINES):
            yield from run_folder.merge_steps(json_lines(self._open_here, run_folder.HISTORY_LINES, self._complain))
        elif is_file(self.root, run_folder.HISTORY_PARQUET):
            with self._open_here(run_folder.HISTORY_PARQUET) as file:
                yield from parquet_rows(file, run_folder.HISTORY_PARQUET)

    @property
    def stored_summary(self) -> dict[str, Any]:
        """The summary as stored JSON; of a run that never finished it is computed from the rows."""
        written = json_object(self._open_here, run_folder.SUMMARY, self._complain)
        if written is not None:
            return written
        updates = json_lines(self._open_here, run_folder.SUMMARY_LINES, self._complain)
        return run_folder.fold_summary(json_lines(self._open_here, run_folder.HISTORY_LINES, self._complain), updates)

    @cached_property
    def stored_config(self) -> dict[str, Any]:
        """The config as stored JSON."""
        written = json_object(self._open_here, run_folder.CONFIG, self._complain)
        if written is not None:
            return written
        return run_folder.fold_config(json_lines(self._open_here, run_folder.CONFIG_LINES, self._complain))

    @property
    def recorded_artifacts(self) -> list[RecordedArtifact]:
        """What the run logged and used, in that order of events."""
        found = []
        for line in json_lines(self._open_here, run_folder.ARTIFACTS, self._complain):
            version, aliases = line.get("version"), line.get("aliases")
            texts = (str(line.get("name")), str(line.get("type")), version if isinstance(version, str) else None)
            names = tuple(str(alias) for alias in aliases) if isinstance(aliases, list) else ()
            found.append(RecordedArtifact(*texts, str(line.get("digest")), names, bool(line.get("used"))))
        return found

    def artifacts(self) -> list[Any]:
        """Versions that the run logged, in the order of logging; those that are gone from the store are problems."""
        found = []
        for record in self.recorded_artifacts if self._store is not None else ():
            if record.used:
                continue
            ref = f"{record.name}:{record.version}"
            try:
                found.append(self._store.artifact(ref))
            except StorageError as error:
                self._complain(ref, error.problem, error.remedy)
        return found

    def resolve(self, uri: str) -> tuple[Any, str] | None:
        """Find what an ``artifact_path`` of a row refers to, among the artifacts that the run logged."""
        ref = parse_ref(uri)
        if ref is None:
            return None
        key = "server_id" if ref.by_server_id else "client_id"
        return next(((found, ref.path) for found in self.artifacts() if getattr(found, key) == ref.id), None)

    def open(self, name: str) -> BinaryIO:
        """Open one file of the run for reading."""
        return open_beneath(self.root, run_folder.FILES + name)

    def local_path(self, name: str) -> Path:
        """Path of one file of the run on this machine's disk."""
        stat_beneath(self.root, run_folder.FILES + name)
        return self.root / run_folder.FILES / name

    def names(self, prefix: str = "") -> Sequence[str]:
        """Names of the run's files that begin with `prefix`, sorted."""
        found = walk_files(self.root / run_folder.FILES)
        for problem in found.problems:
            self._complain(*problem[:3])
        return [file.name for file in found.files if file.name.startswith(prefix)]

    def _open_here(self, name: str) -> BinaryIO:
        return open_beneath(self.root, name)
