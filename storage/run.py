"""`Run`: log rows of numbers and media to a run of a store, in W&B's spelling.

::

    with store.run(project="demo", name="first", config={"lr": 3e-4}) as run:
        run.log({"loss": 0.3, "samples": [dt.Image(a), dt.Image(b)]}, step=1)
        run.summary["best_loss"] = 0.3

What lies in the folder of a run, and when, is said in `storage.run_folder`.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from storage import layout, run_folder
from storage.errors import BackendError, InvalidNameError, NotInStoreError
from storage.run_history import write_parquet
from storage.run_reader import StoredRun
from storage.run_sink import DirectoryRunSink
from storage.safe_paths import open_beneath
from storage.sources.documents import json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Protocol

    class ArtifactStore(Protocol):
        """What a run asks of its store."""

        def log_artifact(self, artifact: Any, aliases: Sequence[str] = (), *, run: str | None = None) -> Any:
            """Store an artifact as a version that the run made."""

        def use_artifact(self, ref: str, run: str) -> Any:
            """Return a version and record that the run used it."""

        def artifact(self, ref: str) -> Any:
            """Return the artifact that a reference names."""


__all__ = ["DirectoryRunSink", "Run", "StoredRun", "stored_runs"]

_TABLE_TYPE = "run_table"  # of artifacts that hold the tables a run logged


class Run(DirectoryRunSink):
    """A run that is being logged; made by ``store.run(project=, name=, config=)``.

    Parameters
    ----------
    store : ArtifactStore
        Where artifacts of the run go.
    folder : Path
        Folder of the store, or of whatever holds ``runs/``.
    project : str
        Project that the run belongs to.
    name : str, optional
        Name for people; the id unless given.
    config : mapping, optional
        What the run was configured with: plain values, arrays, dicts and lists of them.

    Raises
    ------
    InvalidNameError
        If `project` or `name` is not text.
    """

    def __init__(
        self,
        store: ArtifactStore,
        folder: Path,
        *,
        project: str = "",
        name: str | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        for subject, text in (("project", project), ("name", name or "")):
            if not isinstance(text, str):
                raise InvalidNameError(subject, f"is {type(text).__name__}, not text", "Pass text.")
        run_id = run_folder.new_run_id()
        super().__init__(Path(folder) / layout.run_prefix(run_id), id=run_id, project=project)
        self.name = name or run_id
        self._store = store
        self._artifact_lines = run_folder.LineFile(self.root / run_folder.ARTIFACTS)
        header = {"format": run_folder.FORMAT, "version": run_folder.VERSION, "id": run_id, "project": project}
        run_folder.write_once(self.root / run_folder.HEADER, {**header, "name": self.name, "started": time.time()})
        self.config.update(config or {})

    def log_artifact(self, artifact: Any, aliases: Sequence[str] = ()) -> Any:
        """Store an artifact as a version and record that this run made it.

        Returns
        -------
        Artifact
            The stored version.
        """
        self._check_open()
        saved = self._store.log_artifact(artifact, aliases=aliases, run=self.id)
        self._record(saved, used=False)
        return saved

    def log_table_artifact(self, table: Any, key: str, step: int | str) -> dict[str, str]:
        """Store a logged table with its real cells, which the side file of a row cannot hold.

        Called by the table itself while it is bound to the run.

        Parameters
        ----------
        table : Table
            The table; it knows under which names W&B keeps it.
        key : str
            Last key in the row.
        step : int or str
            Step of the row.

        Returns
        -------
        dict
            ``artifact_path``: the reference that goes into the row.
        """
        from storage.artifact import Artifact

        named = table.run_artifact(self.id, key)
        artifact = Artifact(named.name, type=_TABLE_TYPE, metadata={"key": key, "step": step})
        artifact.type = named.type  # increments have a type that only W&B's SDK itself may give
        entry = artifact.add(table, named.entry)
        saved = self.log_artifact(artifact)
        return {"artifact_path": saved.ref_url(entry.path)}

    def use_artifact(self, ref: Any) -> Any:
        """Record that this run used an artifact, and return it.

        Parameters
        ----------
        ref : str or StoredArtifact
            ``"pets:v0"``, or an artifact that was opened; of one from elsewhere the run's folder alone says so.
        """
        self._check_open()
        artifact = ref
        if isinstance(ref, str):
            artifact = self._store.use_artifact(ref, self.id)
        else:
            with contextlib.suppress(NotInStoreError, InvalidNameError):
                self._store.use_artifact(f"{ref.name}@{ref.digest}", self.id)
        self._record(artifact, used=True)
        return artifact

    def finish(self, state: str = "finished") -> None:
        """End the run: write summary, config and the rows as Parquet. A second call does nothing.

        Parameters
        ----------
        state : str
            ``"finished"`` or ``"failed"``.

        Raises
        ------
        BackendError
            If the disk refuses; the rows then stay as they were logged.
        """
        if self._is_finished:
            return
        self.close()
        self._artifact_lines.close()
        compacted = self._compact()
        config = run_folder.fold_config(json_lines(self._open, run_folder.CONFIG_LINES, _refuse))
        run_folder.write_once(self.root / run_folder.SUMMARY, {**self.summary, **self._last_times})
        run_folder.write_once(self.root / run_folder.CONFIG, config)
        run_folder.write_once(self.root / run_folder.FINISH, {"state": state, "finished": time.time()})
        self._is_finished = True
        if compacted:
            (self.root / run_folder.HISTORY_LINES).unlink()

    def _compact(self) -> bool:
        """Write the rows as Parquet; whether that went well and there are any."""

        def rows() -> Iterator[dict[str, Any]]:
            return run_folder.merge_steps(json_lines(self._open, run_folder.HISTORY_LINES, _refuse))

        path = self.root / run_folder.HISTORY_PARQUET
        path.unlink(missing_ok=True)  # of a finish that did not end well: the lines are still there
        return bool(self._rows) and write_parquet(rows, path)

    def _open(self, name: str) -> Any:
        return open_beneath(self.root, name)

    def _record(self, artifact: Any, *, used: bool) -> None:
        fields = ("name", "type", "version", "digest")
        line = {field: getattr(artifact, field, None) for field in fields}
        self._artifact_lines.append({"used": used, **line, "aliases": list(getattr(artifact, "aliases", ()) or ())})

    def __enter__(self) -> Self:
        """Use the run as a context manager; leaving it finishes the run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the run; as failed if an error leaves the block, which then goes on."""
        with contextlib.suppress(BackendError) if kind else contextlib.nullcontext():
            self.finish("failed" if kind else "finished")


def stored_runs(folder: Path, store: ArtifactStore | None = None) -> list[StoredRun]:
    """Return the runs of a store, sorted by project, name and id.

    Parameters
    ----------
    folder : Path
        Folder of the store.
    store : ArtifactStore, optional
        Finds the artifacts that runs recorded.
    """
    runs = Path(folder) / layout.RUNS
    if runs.is_symlink() or not runs.is_dir():
        return []
    found = [
        StoredRun(child, store)
        for child in sorted(runs.iterdir())
        if (child / run_folder.HEADER).is_file() and not child.is_symlink()
    ]
    return sorted(found, key=lambda run: (run.project, run.name, run.id))


def _refuse(subject: str, problem: str, remedy: str = "") -> None:
    """Stop: a run's own lines are whole, or something else wrote into its folder."""
    raise BackendError(subject, problem, remedy or "Nothing was removed; look at the file.")
