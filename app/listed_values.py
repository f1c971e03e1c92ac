"""Which entries of an artifact are values that somebody added: what pages list, and previous and next move among."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.errors import Problem

__all__ = ["listed_values", "unreadable"]

#: Folder of side files, and of values that are parts of others.
_PARTS = "media/"

#: Values of the versions that were shown last; a page asks for them three times.
_listed: dict[tuple[str, str], list[str]] = {}
_MAX_LISTED = 16


def listed_values(artifact: Any) -> list[str]:
    """Return the entries that are values and that somebody added; of a folder without any, the files that open as one.

    What lies below ``media/`` was put there by other values (class sets), and is a file among files.
    """
    key = (artifact.qualified_name, artifact.digest)
    if not artifact.version:  # what has no versions may change while it is looked at
        return _list_values(artifact)
    if key not in _listed:
        _listed[key] = _list_values(artifact)
        while len(_listed) > _MAX_LISTED:
            _listed.pop(next(iter(_listed)), None)
    return _listed[key]


def unreadable(artifact: Any) -> Problem | None:
    """Return what keeps the list of entries of an artifact from being read; None for nearly all."""
    from app.renderers.view import problem_of

    try:
        listed_values(artifact)
    except (LookupError, OSError, ValueError) as error:
        return problem_of(error, str(artifact.qualified_name))
    return None


def _list_values(artifact: Any) -> list[str]:
    from datatypes.base import WBValue

    names = [name for name in artifact.value_names() if not name.startswith(_PARTS)]
    if names:
        return names
    known = tuple(sorted({end for cls in WBValue.type_mapping().values() for end in cls.file_extensions}))
    return [name for name in artifact.names() if name.lower().endswith(known)]
