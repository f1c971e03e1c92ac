"""All entries of two artifacts. Equal digests are equal content and are not decoded.

A side file that a changed, added or removed value names is no difference of its own: it is a part of that value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.comparing.content import is_same_content, named_in
from app.comparing.entries import compare_entries
from app.comparing.model import Difference, worst_first

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["compare_artifacts"]


def compare_artifacts(
    left: Any, right: Any, *, key: str | None = None, on_step: Callable[[int, int], None] | None = None
) -> Difference:
    """Compare all entries of two artifacts.

    Parameters
    ----------
    left, right : StoredArtifact
        The entries of `right` that `left` lacks are *added*.
    key : str, optional
        Column that tells the rows of tables apart, in those that have it.
    on_step : callable, optional
        Is told how many of how many entries that are in both have been looked at. What it raises ends the comparison.
    """
    from datatypes.registry import class_for_tag

    mine, its = set(left.manifest.entries), set(right.manifest.entries)
    added, removed, changed = its - mine, mine - its, []
    shared = sorted(mine & its)
    parts: set[str] = set()  # of whatever has other bytes
    measured: set[str] = set()  # parts of values whose difference says what changed in them
    equal = 0
    for done, name in enumerate(shared):
        if on_step is not None:
            on_step(done, len(shared))
        if is_same_content(left, name, right, name):
            equal += 1
            continue
        named = (named_in(left, name) | named_in(right, name)) - {name}
        parts |= named
        change = compare_entries(left, name, right, name, key=key)
        if change is None:
            equal += 1
            continue
        changed.append(change)
        if class_for_tag(change.type) is not None:
            measured |= named
    for side, names in ((left, removed), (right, added)):
        for name in names:
            parts |= named_in(side, name) - {name}
    changed = [change for change in changed if change.entry not in measured]
    return Difference(sorted(added - parts), sorted(removed - parts), sorted(changed, key=worst_first), equal)
