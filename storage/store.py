"""`Store`: a folder in which artifacts are versions of names.

::

    store = Store("my-store")
    saved = store.log_artifact(artifact, aliases=["best"])
    again = store.artifact("pets:best")
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from storage import changes, collect, store_check
from storage.artifact import Artifact
from storage.blobs_local import LocalBlobStore
from storage.blobs_memory import MemoryBlobStore
from storage.commit import Commit, Facts
from storage.errors import BackendError
from storage.log import Log
from storage.lookup import find_name, find_version
from storage.metadata import json_metadata
from storage.names import check_alias, check_artifact_name, parse_version_ref
from storage.state import LATEST
from storage.store_file import StoreFile
from storage.stored_version import StoredVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from storage.blobs import BlobStore
    from storage.collect import DiskUsage, GarbageReport
    from storage.errors import Problem
    from storage.log import Operation
    from storage.state import State, VersionRecord

__all__ = ["Store", "VersionRow"]


class VersionRow(NamedTuple):
    """One version in a listing; no manifest is opened for it."""

    name: str
    version: str
    """``"v3"``."""
    type: str
    aliases: tuple[str, ...]
    """Sorted; ``latest`` among them if it is the highest."""
    digest: str
    size: int
    """Sum of the sizes of its entries, bytes."""
    entries: int
    created: str
    """UTC, ISO 8601."""
    run: str | None
    """Id of the run that logged it."""


class Store:
    """Artifacts under names, versions and aliases.

    Parameters
    ----------
    path : path
        A folder; made by the first write. Reading one that is not there is an error.
    durability : str
        ``"full"``: what was acknowledged survives a power cut; ``"fast"``: the last commits may be lost by one, none is
        torn; ``"none"``: nothing is waited for.

    Raises
    ------
    BackendError
        If the path is the address of an object store: those are not supported yet.
    """

    kind = "store"

    def __init__(self, path: str | os.PathLike[str], *, durability: str = "full") -> None:
        text = os.fspath(path)
        if "://" in text:
            problem = "object stores are not supported yet"
            raise BackendError(text, problem, "Use a folder; its layout will be the same in a bucket.")
        self._open(LocalBlobStore(Path(text), durability), Path(text))

    @classmethod
    def in_memory(cls) -> Store:
        """Return a store that lives as long as this object."""
        made = cls.__new__(cls)
        made._open(MemoryBlobStore(), None)
        return made

    def _open(self, objects: BlobStore, path: Path | None) -> None:
        self.path = path
        self._objects = objects
        self._file = StoreFile(objects, path)
        self._opened_log: Log | None = None

    def __repr__(self) -> str:
        return f"Store({self._objects.location!r})"

    # ------------------------------------------------------------------------------------- the log

    def _log(self, *, make: bool = False, write: bool = False) -> Log:
        """Return the log.

        Parameters
        ----------
        make : bool
            Whether a store is made if there is none.
        write : bool
            Whether it is to be written to.

        Raises
        ------
        NotInStoreError
            If there is no store and none is to be made.
        """
        if make:
            self._file.create()
        elif write:
            self._file.check_writable()
        if self._opened_log is None:
            store_id = self._file.read()["id"]
            self._opened_log = Log(self._objects, store_id if self.path is not None else "")
        return self._opened_log

    def _state(self) -> State:
        return self._log().refresh()

    @property
    def exists(self) -> bool:
        """Whether something was written already."""
        return self._file.exists()

    @property
    def id(self) -> str:
        """Random identifier of the store."""
        return str(self._file.read()["id"])

    @property
    def problems(self) -> list[Problem]:
        """Records of the log that could not be read; everything else can."""
        return list(self._state().problems)

    # ------------------------------------------------------------------------------------- writing

    def log_artifact(self, artifact: Artifact, aliases: Sequence[str] = (), *, run: str | None = None) -> Artifact:
        """Store an artifact as a version of its name, and move aliases to it, in one step.

        Parameters
        ----------
        artifact : Artifact
            A draft; frozen afterwards. One that was logged to another store is copied.
        aliases : sequence of str
            Move to this version. ``latest`` needs no mention: it is always the highest version.
        run : str, optional
            Id of the run that logs.

        Returns
        -------
        Artifact
            The artifact, now with its version. If a live version of the name has the same type and content, that
            version: nothing is stored twice.

        Raises
        ------
        InvalidNameError
            If an alias is none.
        VersionConflictError
            If a file has changed since it was added.
        BackendError
            If the store refuses: no space, no permission. Then there is no new version.
        """
        if isinstance(aliases, str):
            aliases = [aliases]
        checked = [check_alias(alias) for alias in aliases]
        stored = artifact.stored
        if stored is not None and stored.objects is not self._objects:
            artifact = Artifact.copy_of(artifact)
        elif stored is not None:
            return self._move_aliases(artifact, checked)
        log = self._log(make=True)
        facts = Facts(
            artifact.name,
            artifact.type,
            artifact.description,
            json_metadata(artifact.metadata),
            str(artifact.client_id),
            artifact.server_id,
            artifact.wandb_digest,
        )
        commit = Commit(self._objects, log, facts, artifact.entry_draft, artifact.value_sink.settle)
        record = commit.run(checked, run)
        artifact.bind(self._stored(artifact.name, record))
        return artifact

    def _move_aliases(self, artifact: Artifact, aliases: Sequence[str]) -> Artifact:
        for alias in aliases:
            if alias != LATEST:
                self.set_alias(artifact.name, alias, str(artifact.version))
        return artifact

    def set_alias(self, name: str, alias: str, version: str, *, expected: str | None = None) -> None:
        """Move an alias to a version.

        Parameters
        ----------
        version : str
            ``"v3"``, or another alias.
        expected : str, optional
            Version that the alias must point at before; ``""`` for none.

        Raises
        ------
        NotInStoreError
            If there is no such version.
        VersionConflictError
            If the alias points elsewhere than expected.
        InvalidNameError
            If the alias is none, or ``latest``, which is the highest version always.
        """
        self._log(write=True).append(changes.move_alias(name, check_alias(alias), version, expected))

    def delete_alias(self, name: str, alias: str, *, expected: str | None = None) -> None:
        """Take an alias away; one that is not there is an error."""
        self._log(write=True).append(changes.delete_alias(name, check_alias(alias), expected))

    def delete(self, ref: str, *, delete_aliases: bool = False) -> None:
        """Delete a version. Its number is never given again; its bytes go with the next `gc`.

        If a live version refers to values of it, its bytes stay as long as that version does.

        Parameters
        ----------
        ref : str
            ``"pets:v3"``.
        delete_aliases : bool
            Whether a version that has aliases is deleted together with them.

        Raises
        ------
        NotInStoreError
            If there is no such version.
        VersionConflictError
            If an alias points at it.
        """
        self._log(write=True).append(changes.delete_version(ref, delete_aliases=delete_aliases))

    def use_artifact(self, ref: str, run: str) -> Artifact:
        """Return a version and record that a run has used it."""
        found = self.artifact(ref)
        number = int(str(found.version)[1:])
        operation: Operation = {"op": "use", "run": run, "name": found.name, "version": number}
        self._log(write=True).append(lambda state: [] if (run, found.name, number) in state.uses else [operation])
        return found

    def make(self) -> None:
        """Make the store if it is not there; the first write does so by itself."""
        self._file.create()

    def run(self, project: str = "", name: str | None = None, config: Mapping[str, Any] | None = None) -> Any:
        """Begin a run: ``with store.run(project="demo", config={"lr": 3e-4}) as run: run.log({"loss": 0.3})``."""
        from storage.run import Run

        if self.path is None:
            raise BackendError("memory", "runs need a folder", "Open a Store on a path.")
        self._file.create()
        return Run(self, self.path, project=project, name=name, config=config)

    # ------------------------------------------------------------------------------------- reading

    def artifact(self, ref: str) -> Artifact:
        """Return a version: ``name:v3``, ``name:alias``, ``name`` (the highest) or ``name@DIGEST``.

        Raises
        ------
        NotInStoreError
            If there is no such name, version, alias or digest, or no store.
        InvalidNameError
            If the reference has another form.
        VersionConflictError
            If the first digits of a digest fit several versions.
        """
        parsed = parse_version_ref(ref)
        return self._artifact(parsed.name, find_version(self._state(), ref))

    def artifacts(self, type: str | None = None) -> list[Artifact]:  # noqa: A002  # the contract's own word
        """Return the latest version of each name, sorted by name.

        Parameters
        ----------
        type : str, optional
            Only names whose latest version has this type.
        """
        found = [(name, state.latest()) for name, state in sorted(self._state().names.items())]
        return [self._artifact(name, row) for name, row in found if row is not None and type in {None, row.type}]

    def versions(self, name: str) -> list[VersionRow]:
        """Return the live versions of a name, lowest first; opens no manifest.

        Raises
        ------
        NotInStoreError
            If there is no such name.
        """
        state = find_name(self._state(), check_artifact_name(name))
        return [
            VersionRow(
                name, f"v{row.number}", row.type, state.aliases_of(row.number), row.digest, row.size, row.entries,
                row.created, row.run,
            )
            for row in state.versions.values()
        ]  # fmt: skip

    def runs(self) -> list[Any]:
        """Return the runs of the store, sorted by id."""
        self._log()
        if self.path is None:
            return []
        from storage.run import stored_runs

        return list(stored_runs(self.path, self))

    def _stored(self, name: str, record: VersionRecord) -> StoredVersion:
        return StoredVersion(self._objects, self._log(), name, record, self._artifact)

    def _artifact(self, name: str, record: VersionRecord) -> Artifact:
        made = Artifact(name, "stored")
        made.bind(self._stored(name, record))
        return made

    # ------------------------------------------------------------------------------------- upkeep

    def verify(self, step: Callable[[], object] | None = None) -> list[Problem]:
        """Check the whole store: log, manifests, and every file of every version, down to its bytes.

        `step` is called after each file; what it raises ends the check.
        """
        return store_check.check_store(self._objects, self._log(), self._file, self._artifact, step)

    def gc(self, dry_run: bool = True, *, older_than_secs: float = 86_400) -> GarbageReport:
        """Free what no live version needs; safe beside anybody who logs.

        Parameters
        ----------
        dry_run : bool
            Whether it only reports.
        older_than_secs : float
            What was never part of a version is kept for this long, so that a long upload is not done twice. It is as
            safe with 0. What a deleted version has left goes at once.

        Raises
        ------
        CorruptBlobError
            If a record or the manifest of a live version is damaged: then nobody knows what is needed.
        """
        return collect.collect(self._objects, self._log(write=not dry_run), dry_run=dry_run, grace=older_than_secs)

    def disk_usage(self) -> DiskUsage:
        """Return what takes the space."""
        return collect.disk_usage(self._objects, self._log())
