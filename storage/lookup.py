"""Finding names and versions in the fold of the log; what is not there is named together with what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import NotInStoreError, VersionConflictError
from storage.names import parse_version_ref

if TYPE_CHECKING:
    from storage.state import NameState, State, VersionRecord

__all__ = ["find_name", "find_version"]

_SHOWN = 10  # names or versions in a message


def find_name(state: State, name: str) -> NameState:
    """Return what the log says of a name that has live versions.

    Raises
    ------
    NotInStoreError
        If there is none.
    """
    found = state.names.get(name)
    if found is None or not found.versions:
        known = [known for known, other in sorted(state.names.items()) if other.versions]
        more = " …" if len(known) > _SHOWN else ""
        remedy = f"It has {', '.join(known[:_SHOWN])}{more}." if known else "It is empty."
        raise NotInStoreError(name, "is not in this store", remedy)
    return found


def find_version(state: State, ref: str) -> VersionRecord:
    """Return a live version: ``name:v3``, ``name:alias``, ``name`` (the highest) or ``name@DIGEST``.

    Raises
    ------
    NotInStoreError
        If there is none.
    InvalidNameError
        If the reference has another form.
    VersionConflictError
        If the first digits of a digest fit several.
    """
    parsed = parse_version_ref(ref)
    found = find_name(state, parsed.name)
    if parsed.digest is not None:
        return _by_digest(found, ref, parsed.digest)
    number = next(reversed(found.versions)) if parsed.is_latest else parsed.number
    if number is None:
        number = found.aliases.get(str(parsed.alias))
    if number is None or number not in found.versions:
        by_number = parsed.number is not None
        known = [f"v{row}" for row in found.versions] if by_number else sorted(found.aliases)
        text = ", ".join(known[-_SHOWN:]) or "none"
        remedy = f"{parsed.name} has the {'versions' if by_number else 'aliases'} {text}."
        raise NotInStoreError(ref, "is not in this store", remedy)
    return found.versions[number]


def _by_digest(found: NameState, ref: str, digest: str) -> VersionRecord:
    fits = [row for row in found.versions.values() if row.digest.startswith(digest)]
    if not fits:
        raise NotInStoreError(ref, "no version has that digest", "List its versions.")
    if len({row.digest for row in fits}) > 1:
        names = ", ".join(f"v{row.number}" for row in fits)
        raise VersionConflictError(ref, f"fits several versions: {names}", "Give more digits.")
    return fits[-1]
