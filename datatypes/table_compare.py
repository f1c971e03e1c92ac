"""Whether two tables are equal, and in how many cells they differ."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes.base import WBValue
from datatypes.column_inference import as_array, is_nan
from datatypes.table_cells import NATURAL
from datatypes.table_rows import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datatypes.table import Table
    from datatypes.table_pairing import Pairing

__all__ = ["TableChanges", "cells_equal", "changes", "compare", "equal", "key_value", "unequal_cells"]

#: Cells that are compared at once; where they are not all equal, each is looked at.
_EQUAL_BLOCK = 1024


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


def unequal_cells(left: Sequence[Any], right: Sequence[Any]) -> Iterator[int]:
    """Give the numbers of the cells that differ, of two columns of one length; quick where blocks are equal."""
    for start in range(0, len(left), _EQUAL_BLOCK):
        mine, its = left[start : start + _EQUAL_BLOCK], right[start : start + _EQUAL_BLOCK]
        kinds, others = set(map(type, mine)), set(map(type, its))
        is_plain = kinds <= NATURAL and others <= NATURAL and not (bool in kinds | others and len(kinds | others) > 1)
        if is_plain and list(mine) == list(its):
            continue
        pairs = enumerate(zip(mine, its, strict=True), start)
        if is_plain:  # only those that are not even equal, NaN among them, are looked at closely
            yield from (at for at, (one, other) in pairs if one != other and not cells_equal(one, other))
        else:
            yield from (at for at, (one, other) in pairs if not cells_equal(one, other))


class TableChanges(NamedTuple):
    """What differs between two tables, cell by cell."""

    pairing: Pairing
    changed: dict[str, list[int]]
    """Column → places in the pairing whose cells differ."""
    columns: tuple[list[str], list[str]]
    """Names of the columns that were added, and removed."""
    columns_moved: int
    """1 if the shared columns stand in another order."""
    rows_moved: int
    """Least number of pairs that had to be put elsewhere."""

    def measures(self) -> dict[str, Any]:
        """Return the counts of `Table.difference`."""
        found: dict[str, Any] = {
            "rows_added": len(self.pairing.added),
            "rows_removed": len(self.pairing.removed),
            "cells_changed": sum(map(len, self.changed.values())),
            "columns_added": self.columns[0],
            "columns_removed": self.columns[1],
            "changed_by_column": {name: len(places) for name, places in self.changed.items()},
            "rows_moved": self.rows_moved,
            "columns_moved": self.columns_moved,
        }
        return {**found, "key": self.pairing.key} if self.pairing.key is not None and any(found.values()) else found


def changes(left: Table, right: Table, key: str | int | None = None) -> TableChanges:
    """Compare two tables cell by cell; see `Table.difference`."""
    from datatypes.table_pairing import pair_rows
    from datatypes.table_write import gc_paused

    with gc_paused():  # millions of pairs, none of them in a cycle
        return _changes(left, right, pair_rows(left, right, key))


def _changes(left: Table, right: Table, pairing: Pairing) -> TableChanges:
    from datatypes.table_pairing import longest_rise

    names = [str(name) for name in left.columns], [str(name) for name in right.columns]
    mine, its = (_numbered(columns) for columns in names)
    shared = [name for name in mine if name in its]
    same_place = pairing.left == list(range(len(left.rows))) and pairing.right == pairing.left
    changed = {}
    for name in shared:
        one, other = left.rows.column(mine[name]), right.rows.column(its[name])
        if not same_place:
            one, other = [one[row] for row in pairing.left], [other[row] for row in pairing.right]
        if places := list(unequal_cells(one, other[: len(one)])):
            changed[name] = places
    rising = all(map(int.__lt__, pairing.right, pairing.right[1:]))
    order = [its[name] for name in shared]
    return TableChanges(
        pairing,
        changed,
        ([name for name in its if name not in mine], [name for name in mine if name not in its]),
        int(order != sorted(order)),
        0 if rising else len(pairing.right) - len(longest_rise(pairing.right)),
    )


def _numbered(names: Sequence[str]) -> dict[str, int]:
    """Return the columns by name; of several of one name the second is ``name_2``."""
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        number, key = 1, name
        while key in found:
            number += 1
            key = f"{name}_{number}"
        found[key] = at
    return found


def compare(left: Table, right: Table, key: str | int | None) -> dict[str, Any]:
    """Count rows and cells that differ; see `Table.difference`."""
    return changes(left, right, key).measures()


def key_value(cell: Any) -> Any:
    """Return what tells keys apart: True is not 1, NaN is one key."""
    if isinstance(cell, float) and math.isnan(cell):
        return "nan", None
    try:
        hash(cell)
    except TypeError:
        return type(cell).__name__, repr(cell)
    return isinstance(cell, bool), cell
