"""How far two JSON documents are apart, by path. Numbers equal by value are equal; NaN equals NaN.

Arrays of numpy may stand in a document in place of lists of numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["JsonChange", "compare_json", "json_changes"]

_SHOWN = 50  # paths that a difference names; counts are complete


class JsonChange(NamedTuple):
    """One place where two documents differ."""

    path: str
    """In the spelling of JSON pointers."""
    kind: str
    """``"added"``, ``"removed"`` or ``"changed"``."""
    old: Any = None
    new: Any = None
    elements: int = 1
    """Elements that differ, of arrays."""
    distance: float = 0.0
    """Largest change of a number."""


def compare_json(left: Any, right: Any) -> dict[str, Any]:
    """Measure what it takes to get from one document to the other.

    Returns
    -------
    dict
        ``paths_added``, ``paths_removed``, ``paths_changed`` (counts; of lists the items beyond the shorter one are
        added or removed, elements of arrays count singly), ``max_abs`` (largest change of a number) and ``paths``, the
        first 50 places in the spelling of JSON pointers.
    """
    found: dict[str, Any] = {"paths_added": 0, "paths_removed": 0, "paths_changed": 0, "max_abs": 0.0}
    paths: list[str] = []
    for change in json_changes(left, right):
        found[f"paths_{change.kind}"] += change.elements
        found["max_abs"] = max(found["max_abs"], change.distance)
        paths.append(change.path)
    return {**found, "paths": sorted(paths)[:_SHOWN]}


def json_changes(left: Any, right: Any) -> Iterator[JsonChange]:
    """Give each place where two documents differ, in no order; an object or list that one side lacks is one place."""
    pending = [("", left, right)]
    while pending:
        place, mine, its = pending.pop()
        if isinstance(mine, dict) and isinstance(its, dict):
            for key, item in mine.items():
                if key in its:
                    pending.append((f"{place}/{_escaped(key)}", item, its[key]))
                else:
                    yield JsonChange(f"{place}/{_escaped(key)}", "removed", old=item)
            for key in its.keys() - mine.keys():
                yield JsonChange(f"{place}/{_escaped(key)}", "added", new=its[key])
        elif _is_array(mine) or _is_array(its):
            changed, largest = _compare_arrays(mine, its)
            if changed:
                yield JsonChange(place, "changed", mine, its, changed, largest)
        elif isinstance(mine, list) and isinstance(its, list):
            shared = min(len(mine), len(its))
            pending.extend((f"{place}/{index}", mine[index], its[index]) for index in range(shared))
            yield from (JsonChange(f"{place}/{at}", "removed", old=mine[at]) for at in range(shared, len(mine)))
            yield from (JsonChange(f"{place}/{at}", "added", new=its[at]) for at in range(shared, len(its)))
        elif not _same(mine, its):
            yield JsonChange(place, "changed", mine, its, distance=_distance(mine, its))


def _escaped(key: str) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(left: Any, right: Any) -> bool:
    if _is_number(left) and _is_number(right):
        return bool(left == right or (left != left and right != right))  # noqa: PLR0124  # NaN alone differs from itself
    return type(left) is type(right) and bool(left == right)


def _distance(left: Any, right: Any) -> float:
    if not (_is_number(left) and _is_number(right)):
        return 0.0
    try:
        distance = abs(float(left) - float(right))
    except OverflowError:  # whole numbers beyond any float
        return float("inf")
    return distance if distance == distance else 0.0  # noqa: PLR0124  # NaN: a change without a distance


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and hasattr(value, "shape")


def _compare_arrays(left: Any, right: Any) -> tuple[int, float]:
    """Return how many elements differ, and by how much at most; all of them where shapes differ."""
    import numpy as np

    try:
        mine, its = np.asarray(left), np.asarray(right)
    except ValueError:  # a ragged list
        return max(np.size(item) for item in (left, right) if _is_array(item)), 0.0
    if mine.shape != its.shape or "O" in mine.dtype.char + its.dtype.char or {"U"} & {mine.dtype.kind, its.dtype.kind}:
        same = mine.shape == its.shape and mine.tolist() == its.tolist()
        return 0 if same else max(mine.size, its.size, 1), 0.0
    unequal = (mine != its) & ~((mine != mine) & (its != its))  # noqa: PLR0124  # NaN alone differs from itself
    if not unequal.any():
        return 0, 0.0
    distance = np.abs(mine[unequal].astype(float) - its[unequal].astype(float))
    largest = float(np.max(distance, where=~np.isnan(distance), initial=0.0))
    return int(np.count_nonzero(unequal)), largest
