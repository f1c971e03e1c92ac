"""Whether two tables are equal, and in how many cells they differ."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from datatypes.base import WBValue
from datatypes.column_inference import as_array, is_nan
from datatypes.table_cells import NATURAL
from datatypes.table_rows import BLOCK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datatypes.table import Table

__all__ = ["cells_equal", "compare", "equal", "key_value"]


def equal(left: Table, right: Table) -> bool:
    """Whether columns and cells are equal, by value."""
    mine, its = left.rows, right.rows
    if left.columns != right.columns or len(mine) != len(its):
        return False
    for start in range(0, len(mine), BLOCK):
        stop = min(start + BLOCK, len(mine))
        pairs = zip(mine.columns(start, stop), its.columns(start, stop), strict=True)
        if not all(_column_equal(one, other) for one, other in pairs):
            return False
    return True


def _column_equal(left: Sequence[Any], right: Sequence[Any]) -> bool:
    kinds, others = set(map(type, left)), set(map(type, right))
    if kinds <= NATURAL and others <= NATURAL and (bool in kinds) == (bool in others):
        mixes = bool in kinds and kinds & {int, float}
        if not mixes and list(left) == list(right):
            return True
    return all(map(cells_equal, left, right))


def cells_equal(left: Any, right: Any, depth: int = 0) -> bool:
    """Whether two cells are equal: NaN equals NaN, True is not 1, arrays by dtype and elements, media by value."""
    if left is right:
        return True
    if isinstance(left, bool) != isinstance(right, bool) or depth > 64:
        return False
    if isinstance(left, WBValue) or isinstance(right, WBValue):
        return type(left) is type(right) and bool(left == right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(cells_equal(left[key], right[key], depth + 1) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return (
            isinstance(left, tuple) == isinstance(right, tuple)
            and len(left) == len(right)
            and all(cells_equal(one, other, depth + 1) for one, other in zip(left, right, strict=True))
        )
    mine, its = as_array(left), as_array(right)
    if mine is not None or its is not None:
        return mine is not None and its is not None and _arrays_equal(mine, its)
    if is_nan(left):
        return is_nan(right)
    found = left == right
    return found is True or (type(found).__name__ in ("bool", "bool_") and bool(found))


def _arrays_equal(left: Any, right: Any) -> bool:
    import numpy as np

    if left.dtype != right.dtype or left.shape != right.shape:
        return False
    return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fcMm"))


def compare(left: Table, right: Table, key: str | int | None) -> dict[str, Any]:
    """Count rows and cells that differ; see `Table.difference`."""
    shared = [name for name in left.columns if name in right.columns]
    if key is None:
        key = next((name for name in shared if left.column_types[str(name)].name == "primaryKey"), None)
    pairs, removed, added = _by_number(left, right) if key is None else _by_key(left, right, key)
    found: dict[str, Any] = {
        "rows_added": added,
        "rows_removed": removed,
        "cells_changed": 0,
        "columns_added": [name for name in right.columns if name not in left.columns],
        "columns_removed": [name for name in left.columns if name not in right.columns],
        "changed_by_column": {},
    }
    for name in shared:
        mine, its = left.get_column(name), right.get_column(name)
        changed = sum(1 for one, other in pairs if not cells_equal(mine[one], its[other]))
        if changed:
            found["cells_changed"] += changed
            found["changed_by_column"][str(name)] = changed
    return found


def _by_number(left: Table, right: Table) -> tuple[list[tuple[int, int]], int, int]:
    mine, its = len(left.rows), len(right.rows)
    both = min(mine, its)
    return [(row, row) for row in range(both)], mine - both, its - both


def _by_key(left: Table, right: Table, key: str | int) -> tuple[list[tuple[int, int]], int, int]:
    """Pair rows of equal key; of several with one key, in their order."""
    waiting: defaultdict[Any, list[int]] = defaultdict(list)
    mine, its = left.get_column(key), right.get_column(key)
    for row in reversed(range(len(mine))):
        waiting[key_value(mine[row])].append(row)
    pairs, added = [], 0
    for row, cell in enumerate(its):
        if rows := waiting.get(key_value(cell)):
            pairs.append((rows.pop(), row))
        else:
            added += 1
    return pairs, len(mine) - len(pairs), added


def key_value(cell: Any) -> Any:
    """Return what tells keys apart: True is not 1, NaN is one key."""
    if isinstance(cell, float) and math.isnan(cell):
        return "nan", None
    try:
        hash(cell)
    except TypeError:
        return type(cell).__name__, repr(cell)
    return isinstance(cell, bool), cell
