"""From an address to what it names; whatever cannot be found falls back, and says what was ignored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.listed_values import listed_values
from app.renderers.view import Notice, problem_of
from app.session import parse_reference
from app.tables.outline import outline
from storage.hashing import hasher_for

if TYPE_CHECKING:
    from app.session import Session
    from storage.errors import Problem

__all__ = ["Entry", "find_artifact", "open_entry", "siblings"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry, opened as far as it can be.

    Attributes
    ----------
    name : str
        Full name in the artifact.
    value : WBValue or None
        None for a plain file, and where `problem` says why there is none.
    tag : str or None
        Wire tag; None for a plain file.
    json : object
        Stored JSON; None for a plain file.
    problem : Problem or None
        What kept it from being read.
    is_checked : bool
        Whether its bytes were compared with the recorded digest while it was opened.
    items : list of WBValue
        All values of a tag of lists; `value` is the first of them.
    """

    name: str
    value: Any = None
    tag: str | None = None
    json: Any = None
    problem: Problem | None = None
    is_checked: bool = False
    items: list[Any] = field(default_factory=list)


def find_artifact(session: Session, ref: str) -> tuple[Any, list[Notice]]:
    """Return the artifact that a reference names, else the latest of that name, else none.

    Returns
    -------
    artifact : StoredArtifact or None
        None if nothing of that name is here.
    notices : list of Notice
        What was ignored.
    """
    if not ref:
        single = session.artifacts() if session.is_single else []
        return (single[0], []) if single else (None, [])
    try:
        return session.resolve(ref), []
    except (LookupError, OSError, ValueError) as error:
        found = problem_of(error, ref)
    name = parse_reference(ref).name
    try:
        latest = session.resolve(name)
    except (LookupError, OSError, ValueError):
        return None, [Notice(f"“{ref}” was ignored: {found.problem}. {found.remedy}".strip())]
    text = f"“{ref}” was ignored, because {name} has no such version; {latest.qualified_name} is shown"
    return latest, [Notice(text)]


def open_entry(artifact: Any, name: str) -> Entry:
    """Open an entry.

    Parameters
    ----------
    artifact : StoredArtifact
        Where it lies.
    name : str
        Its name, or the beginning of it before a known suffix.

    Raises
    ------
    LookupError
        If there is no such entry; the caller falls back.
    """
    from datatypes.wire import tag_of

    path = artifact.get_path(name).path
    document = None
    try:
        if (large := outline(artifact, path)) is not None:  # a table whose rows are not read to open its page
            is_checked = hasher_for(artifact.get_path(path).digest) is not None
            return Entry(name=path, value=large, tag=large.artifact_type, json=large.document, is_checked=is_checked)
        if path.endswith(".json"):
            document = artifact.json(path)
    except (LookupError, OSError, ValueError) as error:
        if path in artifact.value_names() or not _is_text(artifact, path):
            return Entry(name=path, problem=problem_of(error, path))
    tag = tag_of(document)
    try:
        value = artifact.get(path)
    except Exception as error:  # noqa: BLE001  # a boundary: JSON of strangers, decoded by any type
        return Entry(name=path, tag=tag, json=document if tag else None, problem=problem_of(error, path))
    items = value if isinstance(value, list) else []
    if isinstance(value, list):  # a tag of lists: the first stands for it
        value = value[0] if value else None
    is_checked = hasher_for(artifact.get_path(path).digest) is not None
    if tag is None and value is not None:
        return Entry(name=path, value=value, tag=value.artifact_type, is_checked=is_checked)
    document = document if tag else None
    return Entry(name=path, value=value, tag=tag, json=document, is_checked=is_checked, items=items)


def _is_text(artifact: Any, name: str) -> bool:
    """Whether a file that is no JSON can still be shown by its content."""
    try:
        artifact.open(name).close()
    except (LookupError, OSError, ValueError):
        return False
    return True


def siblings(artifact: Any, name: str) -> list[str]:
    """Return the entries among which previous and next move: the values, or for other files all of those."""
    values = listed_values(artifact)
    if name in values:
        return values
    known = set(values)
    return [other for other in artifact.names() if other not in known]
