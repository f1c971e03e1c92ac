"""A run directory of W&B's SDK 0.8 to 0.31, or a recorded run of the golden data.

Three sources are needed, because each alone is often missing: the ``.wandb`` log (rows, summary, config), the summary
and config files, and the names of the media files. They are merged; what none of them tells is a problem.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from storage.errors import MissingFileError, NotReadableError, Problem, StorageError
from storage.refs import parse_ref
from storage.safe_paths import open_beneath, stat_beneath
from storage.sources.documents import json_lines, json_object, yaml_config
from storage.sources.family import Family
from storage.sources.run_reading import ReadableRun
from storage.sources.walk import is_file, walk_files
from storage.sources.wandb_artifact import WandbArtifact
from storage.sources.wandb_log import WandbLog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["WandbRun", "is_wandb_run"]

_FOLDER = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-(?P<id>[^/]+)")
_LOG = re.compile(r"run-(?P<id>[^/]+)\.wandb")
_MARKS = ("wandb-summary.json", "wandb-history.jsonl", "wandb-metadata.json", "wandb-events.jsonl")
_RECORDED = "history.jsonl"
_QUOTING_RELEASE = "0.10.13"


def is_wandb_run(root: Path) -> bool:
    """Whether a folder is a run directory of any age.

    A log or one of W&B's own file names decides; the name of the folder alone does with media or a config in it.
    """
    if root.is_symlink() or not root.is_dir():
        return False
    names = _children(root)
    if any(_LOG.fullmatch(name) for name in names) or any(mark in names for mark in _MARKS):
        return True
    files = _children(root / "files") if "files" in names and not (root / "files").is_symlink() else frozenset()
    if any(mark in files for mark in _MARKS) or (_RECORDED in names and "files" in names):
        return True
    named = _FOLDER.fullmatch(root.name) is not None or root.name == "latest-run"
    return named and bool({"media", "config.yaml", "requirements.txt", "output.log"} & (names | files))


class WandbRun(ReadableRun):
    """A run directory, read-only.

    Parameters
    ----------
    root : Path
        The directory: ``wandb/run-…``, ``wandb/offline-run-…``, ``wandb/latest-run``, or a recorded run.
    family : Family, optional
        Artifacts around the run that its rows may refer to.

    Attributes
    ----------
    sdk : str or None
        Release that wrote it, as far as it says so.
    """

    def __init__(self, root: Path, family: Family | None = None) -> None:
        self.root = root
        self._family = family
        self.problems: list[Problem] = []
        names = _children(root)
        if not names:
            raise NotReadableError(root.name, "is not a run directory, or is empty", "Open a folder of wandb/.")
        self._prefix = "files/" if "files" in names else ""
        self._log = self._open_log(sorted(name for name in names if name.endswith(".wandb")))
        self.id = self._find_id(names)
        recorded = self._log.run if self._log else {}
        self.project = recorded.get("project", "")
        self.name = recorded.get("name") or self.id
        self.sdk = self._find_sdk()

    def _open_log(self, names: list[str]) -> WandbLog | None:
        """Read the log, and say what is wrong with it."""
        if not names:
            return None
        if len(names) > 1:
            self._complain(names[1], f"is a second log beside {names[0]}", "Only the first is read.")
        name = names[0]
        try:
            log = WandbLog(lambda: open_beneath(self.root, name))
        except (StorageError, OSError) as error:
            self._complain(name, f"cannot be read: {error}")
            return None
        if log.ending:
            self._complain(
                name, f"{log.ending}; {log.row_count} rows before that are read", "The run was probably killed."
            )
        for problem in log.problems:
            self._complain(name, problem, "The rest of the log is shown.")
        return log

    def _find_id(self, names: frozenset[str]) -> str:
        """Find the run's id: in its log's name, in its own, in its log; a recorded run is called like its case."""
        for name in sorted(names):
            if match := _LOG.fullmatch(name):
                return match["id"]
        if match := _FOLDER.fullmatch(self.root.name):
            return match["id"]
        if self._log and self._log.run.get("id"):
            return self._log.run["id"]
        return self.root.parent.name if self.root.name == "run" else self.root.name

    def _find_sdk(self) -> str | None:
        """Find the SDK's version, which old logs lack and old configs have."""
        hidden = self.stored_config.get("_wandb")
        version = hidden.get("cli_version") if isinstance(hidden, dict) else None
        return version if isinstance(version, str) else self._log.sdk if self._log else None

    # Rows, summary, config

    def _stored_rows(self) -> Iterator[dict[str, Any]]:
        if self._log and self._log.row_count:
            yield from self._log.rows()
            for problem in self._log.problems:
                self._complain("history", problem, "The rest of the log is shown.")
            return
        for name in (_RECORDED, f"{self._prefix}wandb-history.jsonl"):
            if is_file(self.root, name):
                yield from json_lines(self._open_here, name, self._complain)
                return

    def _row_count(self) -> int:
        return self._log.row_count if self._log and self._log.row_count else super()._row_count()

    @cached_property
    def stored_summary(self) -> dict[str, Any]:
        """The summary of the log and that of the file, key by key; where they differ the newer one counts."""
        logged = self._log.summary if self._log else {}
        written: dict[str, Any] = {}
        for name in (f"{self._prefix}wandb-summary.json", "summary.json"):
            written = {**written, **(json_object(self._open_here, name, self._complain) or {})}
        older, newer = (written, logged) if _time(logged) > _time(written) else (logged, written)
        return {**older, **newer}

    @cached_property
    def stored_config(self) -> dict[str, Any]:
        """The config of the log and that of the file, key by key."""
        logged = self._log.config if self._log else {}
        written = yaml_config(self._open_here, f"{self._prefix}config.yaml", self._complain) or {}
        recorded = json_object(self._open_here, "config.json", self._complain) or {}
        merged = {**logged, **written, **recorded}
        parts = [part for source in (logged, written, recorded) if isinstance(part := source.get("_wandb"), dict)]
        if parts:
            merged["_wandb"] = {key: value for part in parts for key, value in part.items()}
        return merged

    @property
    def names_are_quoted(self) -> bool:
        """True for the one release that URL-quoted keys in file names."""
        return self.sdk == _QUOTING_RELEASE

    # Files

    def _open_here(self, name: str) -> BinaryIO:
        """Open a file of the directory itself, by its name there."""
        return open_beneath(self.root, name)

    def open(self, name: str) -> BinaryIO:
        """Open one file of the run for reading; a resumed run's earlier directories are looked into as well."""
        root, inner = self._place(name)
        return open_beneath(root, inner)

    def local_path(self, name: str) -> Path:
        """Path of one file of the run on this machine's disk."""
        root, inner = self._place(name)
        return root / inner

    def _place(self, name: str) -> tuple[Path, str]:
        """Find the directory of this run that holds a file, and the file's name there."""
        for root, prefix in [(self.root, self._prefix), *self._siblings]:
            try:
                stat_beneath(root, prefix + name)
            except MissingFileError:
                continue
            return root, prefix + name
        raise MissingFileError(name, "is not in the run's files", "Copy the run directory again, with its media.")

    @cached_property
    def _siblings(self) -> list[tuple[Path, str]]:
        """Other directories of the same run: a resumed run names files that lie in an earlier one."""
        found = []
        for name in sorted(_children(self.root.parent)):
            match = _FOLDER.fullmatch(name)
            folder = self.root.parent / name
            if match and match["id"] == self.id and name != self.root.name and not folder.is_symlink():
                found.append((folder, "files/" if (folder / "files").is_dir() else ""))
        return found

    @cached_property
    def _names(self) -> list[str]:
        """Names of the files, as rows give them; what lies beside ``files/`` (logs of the SDK) is none of them."""
        found = walk_files(self.root / self._prefix)
        self.problems += found.problems
        return [file.name for file in found.files]

    def names(self, prefix: str = "") -> Sequence[str]:
        """Names of the files of this directory that begin with `prefix`, sorted."""
        return [name for name in self._names if name.startswith(prefix)]

    def artifacts(self) -> list[WandbArtifact]:
        """Artifacts recorded with the run, in the order of logging; a name that occurs again is its next version."""
        return list(self._recorded_artifacts)

    @cached_property
    def _recorded_artifacts(self) -> list[WandbArtifact]:
        family = self._own_family
        found: list[WandbArtifact] = []
        for folder in sorted((self.root / "artifacts").iterdir()) if (self.root / "artifacts").is_dir() else ():
            if folder.is_symlink() or not folder.is_dir():
                continue
            artifact = WandbArtifact(folder, family, location=f"artifacts/{folder.name}")
            if artifact.version is None:
                artifact.version = f"v{sum(other.name == artifact.name for other in found)}"
            family.add(artifact)
            found.append(artifact)
        return found

    @cached_property
    def _own_family(self) -> Family:
        family = self._family or Family()
        family.add_folder(self.root / "artifacts")
        family.add_folder(self.root.parent / "artifacts")
        return family

    def resolve(self, uri: str) -> tuple[WandbArtifact, str] | None:
        """Find what an ``artifact_path`` of a row refers to.

        Parameters
        ----------
        uri : str
            ``wandb-artifact://…`` or ``wandb-client-artifact://…``.

        Returns
        -------
        (WandbArtifact, str) or None
            The artifact and the entry in it; None if it is not here.
        """
        ref = parse_ref(uri)
        found = self._own_family.find(ref, self.root / "artifacts") if ref else None
        return (found, ref.path) if found is not None and ref is not None else None

    @property
    def logged_artifacts(self) -> list[Any]:
        """Artifacts that the log announces; their files lie elsewhere, if anywhere."""
        return list(self._log.artifacts) if self._log else []


def _children(folder: Path) -> frozenset[str]:
    """Names in a folder; none if it cannot be listed."""
    try:
        return frozenset(path.name for path in folder.iterdir())
    except OSError:
        return frozenset()


def _time(summary: dict[str, Any]) -> float:
    """When a summary was last written, in seconds since 1970; 0 if it does not say."""
    stamp = summary.get("_timestamp")
    return float(stamp) if isinstance(stamp, int | float) else 0.0
