"""What a reference on the command line means: ``PATH``, ``PATH/entry``, ``STORE//name/entry``, ``name/entry``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.errors import UnknownReferenceError

if TYPE_CHECKING:
    from app.session import Session

__all__ = ["Target", "find_target"]


class Target(NamedTuple):
    """What a reference leads to."""

    session: Session
    artifact: Any | None
    """The artifact; None for a whole store and for a run."""
    entry: str
    """Full name of the entry in it, or of the file in a run; empty for the whole."""


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
        return _in_session(open_target(path), name)
    if is_explicit:
        return _in_session(open_target(folder), ref)
    lead, rest = _longest_existing(ref)
    if lead is not None and (not rest or not lead.samefile(os.curdir)):
        container, entry = _container(lead, rest)
        return _in_session(open_target(container), entry)
    if folder:
        return _in_session(open_target(folder), ref)
    if lead is not None:
        return _in_session(open_target(lead), rest)
    raise UnknownReferenceError(
        ref, "is no path here", "Give an existing path, or STORE//name, or --store DIR with a name."
    )


def _longest_existing(ref: str) -> tuple[Path | None, str]:
    """Return the longest leading part of a path that exists, and the rest."""
    path, rest = Path(ref), ""
    while not path.exists():
        rest = f"{path.name}/{rest}" if rest else path.name
        if path.parent == path:
            return None, ref
        path = path.parent
    return path, rest


def _container(lead: Path, rest: str) -> tuple[Path, str]:
    """Return what holds a file, and its name in it: a stored object is read where its side files are."""
    if lead.is_dir():
        return lead, rest
    from storage.sources import container_of

    found = container_of(lead)
    if found is not None:
        return found, lead.resolve().relative_to(found.resolve()).as_posix()
    return (lead.parent, lead.name) if lead.name.lower().endswith(".json") else (lead, rest)


def _in_session(session: Session, rest: str) -> Target:
    """Read the rest of a reference inside what was opened: in a store ``name/entry``, else ``entry``."""
    if session.kind == "store":
        if not rest:
            return Target(session, None, "")
        name, _, entry = rest.partition("/")
        artifact = session.resolve(name)
        return Target(session, artifact, artifact.get_path(entry).path if entry else "")
    if session.kind == "run":
        return Target(session, None, _run_file(session, rest) if rest else "")
    artifact = session.opened
    if session.kind == "file":
        rest = rest or next(iter(artifact.names()), "")
    return Target(session, artifact, artifact.get_path(rest).path if rest else "")


def _run_file(session: Session, name: str) -> str:
    if name in session.opened.names(name):
        return name
    raise UnknownReferenceError(name, f"is no file of {session.title}", "See its files: vitrina show PATH")
