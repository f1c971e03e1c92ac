"""Changes of names: each is a proposal that gets the fold of the log and refuses or returns operations.

A proposal that states what it expects is a compare-and-swap: it is put only on top of the fold that it has seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.commit import alias_operations
from storage.errors import VersionConflictError
from storage.lookup import find_version
from storage.names import parse_version_ref
from storage.state import LATEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.log import Operation
    from storage.state import State

    Proposal = Callable[[State], list[Operation]]

__all__ = ["delete_alias", "delete_version", "move_alias"]


def move_alias(name: str, alias: str, version: str, expected: str | None) -> Proposal:
    """Propose to move an alias; see `Store.set_alias`."""
    if alias == LATEST:
        raise VersionConflictError("alias latest", "is the highest version always", "Choose another alias.")

    def propose(state: State) -> list[Operation]:
        record = find_version(state, f"{name}:{version}")
        _check_expected(state, name, alias, expected)
        return alias_operations(state, name, record.number, [alias])

    return propose


def delete_alias(name: str, alias: str, expected: str | None) -> Proposal:
    """Propose to take an alias away; see `Store.delete_alias`."""
    if alias == LATEST:
        raise VersionConflictError("alias latest", "cannot be taken away", "Delete the version instead.")

    def propose(state: State) -> list[Operation]:
        find_version(state, f"{name}:{alias}")
        _check_expected(state, name, alias, expected)
        return [{"op": "alias", "name": name, "alias": alias, "version": None}]

    return propose


def delete_version(ref: str, *, delete_aliases: bool) -> Proposal:
    """Propose to delete a version; see `Store.delete`."""
    parsed = parse_version_ref(ref)

    def propose(state: State) -> list[Operation]:
        record = find_version(state, ref)
        aliases = [alias for alias in state.names[parsed.name].aliases_of(record.number) if alias != LATEST]
        if aliases and not delete_aliases:
            problem = f"has the alias {', '.join(aliases)}"
            remedy = "Move it, or delete it together with its aliases."
            raise VersionConflictError(f"{parsed.name}:v{record.number}", problem, remedy)
        return [{"op": "delete", "name": parsed.name, "version": record.number}]

    return propose


def _check_expected(state: State, name: str, alias: str, expected: str | None) -> None:
    number = state.names[name].aliases.get(alias)
    found = "" if number is None else f"v{number}"
    if expected is not None and found != expected:
        problem = f"points at {found or 'nothing'}, not at {expected or 'nothing'}: somebody moved it"
        raise VersionConflictError(f"{name}:{alias}", problem, "Look again, then decide.")
