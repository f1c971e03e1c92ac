"""How far two JSON documents are apart, by path. Numbers equal by value are equal; NaN equals NaN.

Arrays of numpy may stand in a document in place of lists of numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["compare_json"]

_SHOWN = 50  # paths that a difference names; counts are complete


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
    pending = [("", left, right)]
    while pending:
        place, mine, its = pending.pop()
        if isinstance(mine, dict) and isinstance(its, dict):
            pending.extend((f"{place}/{_escaped(key)}", mine[key], its[key]) for key in mine if key in its)
            _note(found, paths, "paths_removed", (f"{place}/{_escaped(key)}" for key in mine if key not in its))
            _note(found, paths, "paths_added", (f"{place}/{_escaped(key)}" for key in its if key not in mine))
        elif _is_array(mine) or _is_array(its):
            changed, largest = _compare_arrays(mine, its)
            found["paths_changed"] += changed
            found["max_abs"] = max(found["max_abs"], largest)
            paths += [place] if changed else []
        elif isinstance(mine, list) and isinstance(its, list):
            shared = min(len(mine), len(its))
            pending.extend((f"{place}/{index}", mine[index], its[index]) for index in range(shared))
            _note(found, paths, "paths_removed", (f"{place}/{index}" for index in range(shared, len(mine))))
            _note(found, paths, "paths_added", (f"{place}/{index}" for index in range(shared, len(its))))
        elif not _same(mine, its):
            _note(found, paths, "paths_changed", iter([place]))
            found["max_abs"] = max(found["max_abs"], _distance(mine, its))
    return {**found, "paths": sorted(paths)[:_SHOWN]}


def _note(found: dict[str, Any], paths: list[str], kind: str, places: Iterator[str]) -> None:
    new = list(places)
    found[kind] += len(new)
    paths += new


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
