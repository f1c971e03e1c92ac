"""Bringing into a store what W&B left: artifact folders as versions, run directories as runs; nothing is changed.

Files are kept byte for byte, whether anybody can read them or not; so are unknown fields of values, references, the
digests of W&B's manifest and what else it says of an entry. The same content again gives the version or run that is
there already. What is missing or not as recorded is named and left out: a store holds nothing that it cannot vouch for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.additions import copied_entry
from storage.artifact import Artifact
from storage.errors import NotReadableError, Problem, StorageError
from storage.sources import open_source
from storage.sources.wandb_artifact import WandbArtifact

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.reading import ReadableArtifact
    from storage.store import Store

__all__ = ["Imported", "import_artifact", "import_path"]

_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_\-.]")
_NOT_IN_ALIASES = re.compile(r"[/:@\x00-\x1f\x7f]")
_MAX_NAME = 128


class Imported(NamedTuple):
    """Something that is in the store now."""

    kind: str
    """``"artifact"`` or ``"run"``."""
    source: str
    """Where it was."""
    ref: str
    """``"pets:v0"``, or the id of the run."""
    is_new: bool
    """Whether it was not in the store before."""
    entries: int
    bytes: int
    problems: tuple[Problem, ...]
    """What was left out, and why."""


def import_path(
    store: Store, path: str | os.PathLike[str], step: Callable[[], object] | None = None
) -> Iterator[Imported]:
    """Bring in everything of W&B's that lies at a path.

    Parameters
    ----------
    store : Store
        Where it goes.
    path : path
        An artifact's folder, a run directory, or a folder with such in it.
    step : callable, optional
        Called after each file that is compared with its digest.

    Yields
    ------
    Imported
        One for each artifact and run, artifacts first.

    Raises
    ------
    NotReadableError
        If there is nothing of the kind.
    """
    from storage.importing_runs import import_run

    opened = open_source(path)
    kind = opened.kind
    if kind == "artifact":
        yield import_artifact(store, opened, step=step)
        return
    if kind not in ("run", "folder"):
        raise NotReadableError(str(path), f"is a {kind}, not W&B's", "Name an artifact's folder or a run directory.")
    known: dict[Path, Any] = {}
    runs = [opened] if kind == "run" else opened.runs()
    for artifact in _artifacts_of(opened, runs):
        imported = import_artifact(store, artifact, step=step)
        known[artifact.root] = store.artifact(imported.ref)
        yield imported
    for run in runs:
        own = [known[artifact.root] for artifact in run.artifacts() if getattr(artifact, "root", None) in known]
        yield import_run(store, run, own)
    if not known and not runs:
        problem = "holds neither artifacts nor runs of W&B"
        raise NotReadableError(str(path), problem, "Use `vitrina log` for plain files.")


def _artifacts_of(opened: Any, runs: list[Any]) -> Iterator[WandbArtifact]:
    """Give every artifact folder once, older versions first."""
    seen: set[Path] = set()
    found: list[Any] = []
    if opened.kind == "folder":
        for latest in opened.artifacts():
            found += list(reversed(opened.versions(latest.name)))
    for run in runs:
        found += run.artifacts()
    for artifact in found:
        root = getattr(artifact, "root", None)
        if isinstance(artifact, WandbArtifact) and root not in seen:
            seen.add(artifact.root)
            yield artifact


def import_artifact(store: Store, source: ReadableArtifact, *, step: Callable[[], object] | None = None) -> Imported:
    """Bring in one artifact.

    Parameters
    ----------
    store : Store
        Where it goes.
    source : ReadableArtifact
        What W&B left, opened.
    step : callable, optional
        Called after each file that is compared with its digest.

    Returns
    -------
    Imported
        The version: a new one, or the one that has this content already.

    Notes
    -----
    The store counts versions for itself. The version that it had is kept as the alias ``wandb-v7``, other aliases as
    they were.
    """
    wrong = source.verify(step)
    left_out = {problem.entry for problem in wrong if problem.check != "reference"}
    name = _own_name(source)
    draft = Artifact(name, "copy", source.description, source.metadata)
    draft.adopt(source)
    problems = [*wrong]
    for entry in source.manifest:
        if entry.path in left_out:
            continue
        try:
            draft.entry_draft.put(copied_entry(source, entry))
        except StorageError as error:
            problems.append(error.as_problem("missing", source.qualified_name, entry.path))
    before = {row.version for row in store.versions(name)} if _has(store, name) else set()
    saved = store.log_artifact(draft, aliases=_aliases(source))
    root = getattr(source, "root", source.name)
    is_new = saved.version not in before
    count = len(saved.manifest.entries)
    return Imported("artifact", str(root), saved.qualified_name, is_new, count, saved.size, tuple(problems))


def _has(store: Store, name: str) -> bool:
    try:
        store.versions(name)
    except StorageError:
        return False
    return True


def _own_name(source: Any) -> str:
    """Return the artifact's own name; a folder of many may have told it apart by where it lies."""
    recorded = getattr(source, "recorded", {}).get("name")
    text = recorded if isinstance(recorded, str) and recorded else str(source.name).rpartition("/")[2]
    return _NOT_IN_NAMES.sub("-", text)[:_MAX_NAME] or "artifact"


def _aliases(source: Any) -> list[str]:
    found = [f"wandb-{source.version}"] if source.version else []
    found += [alias for alias in source.aliases if alias not in ("latest", source.version)]
    return [_NOT_IN_ALIASES.sub("-", alias)[:_MAX_NAME] for alias in found]
