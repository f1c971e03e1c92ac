"""What a reference on the command line means: ``PATH``, ``PATH/entry``, ``STORE//name/entry``, ``name/entry``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.errors import UnknownReferenceError

if TYPE_CHECKING:
    from app.session import Session

__all__ = ["Target", "find_target"]


#: Folders between a file and the root of its artifact.
_MAX_UP = 16


class Target(NamedTuple):
    """What a reference leads to: an artifact, a run, or, with neither, all that was opened."""

    session: Session
    artifact: Any | None = None
    run: Any | None = None
    entry: str = ""
    """Full name of the entry of the artifact, or of the file of the run; empty for the whole."""


def find_target(ref: str, store: tuple[str, bool]) -> Target:
    """Follow a reference.

    Parameters
    ----------
    ref : str
        As typed.
    store : tuple of str and bool
        Store for bare names, and whether it was given with ``--store``: then `ref` is a name and never a path.

    Raises
    ------
    UnknownReferenceError
        If it leads nowhere.
    StorageError
        If what it leads to cannot be read, an entry is not there, or its short name fits several.
    """
    from app.session import open_target

    folder, is_explicit = store
    path, gap, name = ref.rpartition("//")
    if gap and name and Path(path).is_dir():
        return _named(open_target(path), name)
    if is_explicit:
        return _named(open_target(folder), ref)
    if Path(ref).is_dir():
        return _folder_or_entry(Path(ref))
    place = _place(ref)
    if place is not None:
        return _inside(open_target(place[0]), place[1])
    if folder:
        return _named(open_target(folder), ref)
    raise UnknownReferenceError(
        ref, "is no path here", "Give an existing path, or STORE//name, or --store DIR with a name."
    )


def _folder_or_entry(folder: Path) -> Target:
    """Read a folder; inside of an artifact its name may be the short one of an entry: ``media`` and its table."""
    from app.session import open_target

    whole = folder.resolve()
    found = _around(whole.parent, whole.name, ("artifact",))
    if found is not None:
        try:
            return _inside(open_target(found[0]), found[1])
        except LookupError:
            pass
    return _inside(open_target(folder), "")


def _place(ref: str) -> tuple[Path, str] | None:
    """Return what to open for a path, and the rest of the path inside of it; None if it leads nowhere."""
    path, rest = Path(ref), ""
    while not path.exists():
        rest = f"{path.name}/{rest}" if rest else path.name
        if path.parent == path:
            return None
        path = path.parent
    whole = path.resolve()
    if rest:
        return _around(whole, rest, ("artifact", "run", "store")) if whole.is_dir() else None
    return _around(whole.parent, whole.name, ("artifact",)) or (path, "")


def _around(place: Path, rest: str, kinds: tuple[str, ...]) -> tuple[Path, str] | None:
    """Return the nearest folder of one of these kinds around a place, and the rest of the path in it.

    A plain folder is not searched for what may be a typing error, unless object files lie in it.
    """
    from storage.sources.kinds import has_value_files, kind_of_folder

    for folder in [place, *list(place.parents)[:_MAX_UP]]:
        if kind_of_folder(folder) in kinds:
            return folder, (place / rest).relative_to(folder).as_posix()
    return (place, rest) if "/" not in rest and has_value_files(place) else None


def _named(session: Session, rest: str) -> Target:
    """Read ``name/entry`` in a store, or in a folder of artifacts."""
    parts = rest.split("/")
    refusal: Exception | None = None
    for count in range(1, len(parts) + 1):  # names of folders' artifacts may hold slashes
        name, entry = "/".join(parts[:count]), "/".join(parts[count:])
        try:
            artifact = session.resolve(name)
        except (LookupError, ValueError) as error:  # ValueError: no name at all
            refusal = refusal or error
        else:
            return Target(session, artifact, entry=_entry(artifact, entry))
        for run in session.runs():
            if run.id == name:
                return Target(session, run=run, entry=_run_file(run, entry))
    assert refusal is not None
    raise refusal


def _inside(session: Session, rest: str) -> Target:
    """Read what a path has left over inside of what was opened."""
    if session.kind == "store":
        return _named(session, rest) if rest else Target(session)
    if session.kind == "run":
        return Target(session, run=session.opened, entry=_run_file(session.opened, rest))
    artifact = session.opened
    if session.kind == "file":
        return Target(session, artifact, entry=artifact.entry_name)
    if rest:
        return Target(session, artifact, entry=_entry(artifact, rest))
    return Target(session, artifact) if session.is_single else Target(session)


def _entry(artifact: Any, name: str) -> str:
    """Return the full name of an entry; as given, else with a known suffix."""
    try:
        return str(artifact.get_path(name).path) if name else ""
    except LookupError as error:
        whole = f"{artifact.qualified_name}/{name}"
        raise UnknownReferenceError(whole, "is no entry", "See what there is: vitrina show without it.") from error


def _run_file(run: Any, name: str) -> str:
    if not name or name in run.names(name):
        return name
    raise UnknownReferenceError(name, f"is no file of run {run.id}", "See its files: vitrina show with the run alone.")
