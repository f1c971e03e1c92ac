"""Bringing a run directory of W&B into a store: its rows, summary and config as stored JSON, every file as it is.

::

    runs/<id>/…         as `storage.run_folder` says; rows are those of the log, or of the history file
    runs/<id>/files/…   the run's files, under the names that rows give them
    runs/<id>/source/…  all else of the directory: the log itself, debug logs, what nobody knows

The folder is made beside its place and renamed, so that a run is there whole or not at all. Its header has a digest of
what was brought in: the same directory again is known by it.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import time
from typing import TYPE_CHECKING, Any

from storage import layout, run_folder
from storage.errors import BackendError, Problem, StorageError
from storage.hashing import copy_hashed
from storage.importing import Imported
from storage.safe_paths import open_beneath, write_beneath
from storage.sources.documents import json_object
from storage.sources.walk import walk_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storage.store import Store

__all__ = ["SOURCE", "import_run"]

#: Folder of what a run directory holds besides its files.
SOURCE = "source/"

_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_\-]")
_MAX_ID = 100


def import_run(store: Store, run: Any, artifacts: Sequence[Any] = ()) -> Imported:
    """Bring in one run.

    Parameters
    ----------
    store : Store
        Where it goes; on a disk.
    run : WandbRun
        The directory, opened.
    artifacts : sequence of Artifact
        What the run logged, as the store has it now.

    Returns
    -------
    Imported
        The run; its id is that of W&B, with a number if another run of that id is there.

    Raises
    ------
    BackendError
        If the store is in memory, or the disk refuses.
    """
    if store.path is None:
        raise BackendError("memory", "runs need a folder", "Open a Store on a path.")
    store.make()
    place = store.path / layout.RUNS
    temporary = place / f".importing-{secrets.token_hex(8)}"
    try:
        temporary.mkdir(parents=True)
        (temporary / run_folder.FILES).mkdir()
        problems, count, size, digest = _copy_files(run, temporary)
        documents = _documents(run)
        digest.update(json.dumps(documents, sort_keys=True).encode("ascii"))
        fingerprint = digest.hexdigest()
        run_id, is_new = _free_id(store.path, run.id, fingerprint)
        if is_new:
            _write_documents(run, temporary, documents, run_id, fingerprint, artifacts)
            temporary.rename(store.path / layout.run_prefix(run_id))
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise BackendError(str(place), error.strerror or str(error), "Make space and check permissions.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    problems += [problem for problem in run.problems if problem not in problems]
    return Imported("run", str(run.root), run_id, is_new, count, size, tuple(problems))


def _copy_files(run: Any, target: Path) -> tuple[list[Problem], int, int, Any]:
    """Copy the run's files and all else of its directory; the artifacts in it are versions of their own."""
    digest = hashlib.sha256()
    problems: list[Problem] = []
    count = size = 0
    names = [(run_folder.FILES + name, run.open, name) for name in run.names()]
    taken = {run.local_path(name).relative_to(run.root).as_posix() for name in run.names() if _is_own(run, name)}
    beside = walk_files(run.root, enter=lambda folder: folder != "artifacts")
    names += [(SOURCE + file.name, _opener(run.root), file.name) for file in beside.files if file.name not in taken]
    problems += beside.problems
    for goal, opener, name in names:
        try:
            with opener(name) as source, write_beneath(target, goal) as file:
                hasher = copy_hashed(source, file)
        except StorageError as error:
            problems.append(error.as_problem("missing", run.id, name))
            continue
        count, size = count + 1, size + hasher.size
        digest.update(f"{goal}\0{hasher.text}\n".encode("utf-8", "surrogatepass"))
    return problems, count, size, digest


def _is_own(run: Any, name: str) -> bool:
    """Whether a file lies in this very directory, not in an earlier one of a resumed run."""
    return bool(run.local_path(name).is_relative_to(run.root))


def _opener(root: Path) -> Any:
    return lambda name: open_beneath(root, name)


def _documents(run: Any) -> dict[str, Any]:
    """Return what the run says, as stored JSON."""
    rows = list(run.stored_rows())
    return {
        "project": run.project,
        "name": run.name,
        "rows": rows,
        "summary": run.stored_summary,
        "config": run.stored_config,
    }


def _free_id(root: Path, wanted: str, fingerprint: str) -> tuple[str, bool]:
    """Return the id under which the run lies already, or one that is free, and whether it is new."""
    base = _NOT_IN_IDS.sub("-", wanted)[:_MAX_ID] or "run"
    number = 1
    while True:
        run_id = base if number == 1 else f"{base}-{number}"
        folder = root / layout.run_prefix(run_id)
        if not folder.exists():
            return run_id, True
        header = json_object(_opener(folder), run_folder.HEADER, _ignore) or {}
        if header.get("imported") == fingerprint:
            return run_id, False
        number += 1


def _ignore(subject: str, problem: str, remedy: str = "") -> None:
    """Say nothing: another run's header that cannot be read is that run's problem."""


def _write_documents(
    run: Any, folder: Path, documents: dict[str, Any], run_id: str, fingerprint: str, artifacts: Sequence[Any]
) -> None:
    header = {"format": run_folder.FORMAT, "version": run_folder.VERSION, "id": run_id, "project": run.project}
    times = [row["_timestamp"] for row in documents["rows"] if isinstance(row.get("_timestamp"), int | float)]
    started = min(times, default=time.time())
    more = {"name": run.name, "started": started, "imported": fingerprint, "sdk": getattr(run, "sdk", None)}
    run_folder.write_once(folder / run_folder.HEADER, {**header, **more})
    lines = run_folder.LineFile(folder / run_folder.HISTORY_LINES)
    for row in documents["rows"]:
        lines.append(row)
    lines.close()
    logged = run_folder.LineFile(folder / run_folder.ARTIFACTS)
    for artifact in artifacts:
        fields = {field: getattr(artifact, field, None) for field in ("name", "type", "version", "digest")}
        logged.append({"used": False, **fields, "aliases": list(artifact.aliases)})
    logged.close()
    run_folder.write_once(folder / run_folder.SUMMARY, documents["summary"])
    run_folder.write_once(folder / run_folder.CONFIG, documents["config"])
    finished = {"state": "finished", "finished": max(times, default=started)}
    run_folder.write_once(folder / run_folder.FINISH, finished)
