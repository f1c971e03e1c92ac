"""A folder that nobody made for us: plain media, or artifacts, runs and stores that lie in it, or all of these.

Its own files are read like the entries of an artifact. What lies in it is found once, when it is opened; links are
never followed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.errors import InvalidNameError, NotInStoreError, Problem, StorageError
from storage.manifest import Manifest
from storage.reading import ReadableArtifact
from storage.safe_paths import FolderReader, open_beneath
from storage.sources.family import Family
from storage.sources.kinds import kind_of_folder
from storage.sources.walk import walk_files
from storage.sources.wandb_artifact import WandbArtifact, folder_entries, record_name
from storage.sources.wandb_run import WandbRun

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from storage.manifest import ManifestEntry

__all__ = ["Contents", "Folder", "find_contents"]

_MAX_DEPTH = 8
_MAX_FOLDERS = 50_000
_VERSION = re.compile(r"v(\d+)")


class Contents(NamedTuple):
    """What lies in a folder: POSIX paths relative to it, by kind, each list sorted."""

    artifacts: list[str]
    runs: list[str]
    stores: list[str]
    problems: list[Problem]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but plain files."""
        return not (self.artifacts or self.runs or self.stores)


def find_contents(root: Path) -> Contents:
    """Look for artifacts, runs and stores below a folder, and not inside of those that are found."""
    found = Contents([], [], [], [])
    lists = {"artifact": found.artifacts, "run": found.runs, "store": found.stores}
    level = [""]
    visited = 0
    for _ in range(_MAX_DEPTH):
        deeper: list[str] = []
        for folder in level:
            for name in _folders(root, folder):
                visited += 1
                kind = kind_of_folder(root / name)
                lists.get(kind, deeper).append(name)
                if kind == "run":
                    found.artifacts.extend(_of_run(root, name))
            if visited > _MAX_FOLDERS:
                problem = f"has more than {_MAX_FOLDERS:,} folders; the rest was not looked into"
                found.problems.append(Problem(root.name, problem, "Open one of its folders."))
                return found
        level = deeper
    for names in lists.values():
        names.sort()
    return found


def _folders(root: Path, folder: str) -> list[str]:
    """Names of the folders in a folder, relative to `root`, sorted; none where it cannot be listed."""
    try:
        children = sorted(path.name for path in (root / folder).iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return []  # the listing of its files says so
    return [f"{folder}/{name}" if folder else name for name in children]


def _of_run(root: Path, run: str) -> list[str]:
    """Find the artifacts that were recorded with a run."""
    inner = f"{run}/artifacts"
    if (root / inner).is_symlink():
        return []
    return [name for name in _folders(root, inner) if kind_of_folder(root / name) == "artifact"]


class Folder(ReadableArtifact):
    """A folder, read-only; what lies in it is given like a store's.

    Parameters
    ----------
    root : Path
        The folder; may be named by a link.
    contents : Contents, optional
        What lies in it, if that is known.
    """

    kind = "folder"

    def __init__(self, root: Path, contents: Contents | None = None) -> None:
        self.root = root
        self.name = root.name or str(root)
        self.type = "folder"
        self.metadata = {}
        contents = contents or find_contents(root)
        self.problems = list(contents.problems)
        self._family = Family()
        self._artifacts = self._open_artifacts(contents.artifacts)
        self._runs = self._open_runs(contents.runs)
        self._stores = self._open_stores(contents.stores)
        if any(artifact.name == self.name for artifact in self.artifacts()):
            self.name += (
                " (folder)"  # its own files have a name of their own beside an artifact that is called as it is
            )
        self._entries = self._list(contents)

    # Its own files

    def _list(self, contents: Contents) -> Manifest:
        inside = frozenset((*contents.artifacts, *contents.runs, *contents.stores))
        records = {record_name(name) for name in contents.artifacts}
        files = walk_files(self.root, enter=lambda name: name not in inside)
        self.problems += files.problems
        return Manifest(entry for entry in folder_entries(files.files) if entry.path not in records)

    def _manifest(self) -> Manifest:
        return self._entries

    def _open_entry(self, entry: ManifestEntry) -> BinaryIO:
        return open_beneath(self.root, entry.path)

    def _reader(self) -> FolderReader:
        return FolderReader(self.root)

    def _place(self, entry: ManifestEntry) -> str | None:
        return entry.path if entry.ref is None else None

    def _local_file(self, entry: ManifestEntry) -> Path | None:
        return self.root / entry.path  # `open` has passed the gate before this is used

    # What lies in it

    def artifacts(self, type: str | None = None) -> list[Any]:  # noqa: A002  # the store's parameter
        """Return the latest version of each artifact, sorted by name; of one type if it is given."""
        latest = {artifact.name: artifact for artifact in sorted(self._artifacts, key=_age)}
        found = [*latest.values(), *(artifact for store in self._stores for artifact in store.artifacts())]
        return sorted((item for item in found if type in {None, item.type}), key=lambda item: str(item.name))

    def versions(self, name: str) -> list[Any]:
        """Return all versions of an artifact, newest first."""
        found = sorted((item for item in self._artifacts if item.name == name), key=_age, reverse=True)
        for store in () if found else self._stores:
            try:
                return [store.artifact(f"{name}:{row.version}") for row in reversed(store.versions(name))]
            except NotInStoreError:
                continue
        return list(found)

    def runs(self) -> list[Any]:
        """Return the runs, sorted by project, name and id."""
        found = [*self._runs, *(run for store in self._stores for run in store.runs())]
        return sorted(found, key=lambda run: (run.project, run.name, run.id))

    def artifact(self, ref: str) -> Any:
        """Return the artifact that a reference names: ``pets:v3``, ``pets:latest``, ``pets`` or ``pets@DIGEST``.

        Raises
        ------
        NotInStoreError
            If there is none.
        """
        for artifact in self._artifacts:
            if ref in {artifact.qualified_name, f"{artifact.name}@{artifact.digest}", artifact.location}:
                return artifact
        name, _, alias = ref.partition(":")
        for artifact in sorted(self._artifacts, key=_age, reverse=True):
            if artifact.name == name and (alias in {"", "latest"} or alias in artifact.aliases):
                return artifact
        for store in self._stores:
            try:
                return store.artifact(ref)
            except (NotInStoreError, InvalidNameError):
                continue
        raise NotInStoreError(ref, f"is not in {self.name}", "List what is there first.")

    def _open_artifacts(self, names: list[str]) -> list[WandbArtifact]:
        found = []
        for name in names:
            try:
                artifact = WandbArtifact(self.root / name, self._family, location=name)
            except (StorageError, OSError) as error:
                self.problems.append(_problem(name, error))
                continue
            self._family.add(artifact)
            found.append(artifact)
        _number_versions(found)
        _tell_apart(found)
        return found

    def _open_runs(self, names: list[str]) -> list[WandbRun]:
        found: list[WandbRun] = []
        for name in names:
            try:
                found.append(WandbRun(self.root / name, self._family))
            except (StorageError, OSError) as error:
                self.problems.append(_problem(name, error))
        proper = {run.id for run in found if run.root.name != "latest-run"}
        return [run for run in found if run.root.name != "latest-run" or run.id not in proper]

    def _open_stores(self, names: list[str]) -> list[Any]:
        if not names:
            return []
        from storage.store import Store

        found = []
        for name in names:
            try:
                found.append(Store(self.root / name))
            except (StorageError, OSError) as error:
                self.problems.append(_problem(name, error))
        return found


def _problem(name: str, error: StorageError | OSError) -> Problem:
    if isinstance(error, StorageError):
        return error.as_problem(entry=name)
    return Problem(name, f"cannot be read: {error.strerror}", "Check its permissions.")


def _age(artifact: WandbArtifact) -> tuple[int, str]:
    """Order of versions: by number, those without one before."""
    found = _VERSION.fullmatch(artifact.version or "")
    return (int(found[1]) if found else -1, artifact.location)


def _number_versions(artifacts: list[WandbArtifact]) -> None:
    """Give versions to artifacts recorded with a run: a name that occurs again there is the next version."""
    counts: dict[tuple[str, str], int] = {}
    for artifact in artifacts:
        parent = artifact.location.rpartition("/")[0]
        if artifact.version is None and parent.endswith("run/artifacts"):
            number = counts.get((parent, artifact.name), 0)
            counts[parent, artifact.name] = number + 1
            artifact.version = f"v{number}"


def _tell_apart(artifacts: list[WandbArtifact]) -> None:
    """Give artifacts that would have one name and version the names of the folders that they lie in."""
    groups: dict[str, list[WandbArtifact]] = {}
    for artifact in artifacts:
        groups.setdefault(artifact.qualified_name, []).append(artifact)
    for group in groups.values():
        for artifact in group if len(group) > 1 else ():
            parent = artifact.location.rpartition("/")[0]
            same = [other for other in group if other.location.rpartition("/")[0] == parent]
            own = artifact.root.name if len(same) > 1 else artifact.name
            artifact.name = f"{parent}/{own}" if parent else own
