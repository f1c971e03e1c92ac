"""The rows that differ between two tables, page by page, with the old cell beside the new one.

Which cells differ is found out once (`datatypes.table_compare`) and kept; the cells themselves come from the engines
that the table pages use, a page at a time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from app.tables.cells import CellWriter, cell_sql
from app.tables.columns import unique_names
from app.tables.opening import open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.comparing.sides import Side
    from app.tables.columns import Column
    from app.tables.opening import OpenTable
    from datatypes.table_compare import TableChanges

__all__ = ["ComparedTables", "as_table", "compared", "page_of"]

#: Most rows of one answer.
MAX_ROWS = 500

#: Pairs of tables that are kept.
_MAX_KEPT = 4


class _Row(NamedTuple):
    """A row that differs: numbers in the old and the new table, -1 for none, and the columns that changed."""

    left: int
    right: int
    columns: tuple[int, ...]


@dataclass(eq=False)
class ComparedTables:
    """Two tables, compared.

    Attributes
    ----------
    key : str or None
        Column by which rows were paired.
    counts : dict
        As `datatypes.table_compare.TableChanges.measures` gives them.
    rows : dict
        ``"changed"``, ``"removed"``, ``"added"`` → rows, in the order of their tables.
    columns : list of str
        Names of the columns: those of the old table, then those that only the new one has.
    error : Exception or None
        What ended the comparison.
    """

    key: str | None = None
    counts: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[_Row]] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    error: Exception | None = None
    ended: threading.Event = field(default_factory=threading.Event)


_kept: OrderedDict[str, ComparedTables] = OrderedDict()
_lock = threading.Lock()


def compared(left: Side, right: Side, *, wait: float = 0.0) -> ComparedTables:
    """Return two tables, compared once; `ComparedTables.ended` is not set as long as that lasts."""
    ident = f"{left.ident}\0\0{right.ident}"
    with _lock:
        found = _kept.get(ident)
        is_new = found is None or found.error is not None
        if found is None or is_new:
            found = _kept[ident] = ComparedTables()
        _kept.move_to_end(ident)
        while len(_kept) > _MAX_KEPT:
            _kept.popitem(last=False)
    if is_new:
        threading.Thread(target=_run, args=(found, left, right), daemon=True, name="table comparison").start()
    found.ended.wait(wait)
    return found


def _run(found: ComparedTables, left: Side, right: Side) -> None:
    from datatypes.table_compare import changes

    try:
        tables = [as_table(side.artifact.get(side.entry)) for side in (left, right)]
        result = changes(*tables)
        found.key, found.counts = result.pairing.key, result.measures()
        names = [str(name) for name in tables[0].columns]
        found.columns = [*names, *result.columns[0]]
        found.rows = _rows(result, found.columns)
    except Exception as error:  # noqa: BLE001  # the boundary of a thread: it is told on the page
        found.error = error
    finally:
        found.ended.set()


def as_table(value: Any) -> Any:
    """Return a value of any type of table as one table.

    Raises
    ------
    NotATableError
        If it is none.
    """
    from app.tables.errors import NotATableError
    from datatypes.data_frame import DataFrame
    from datatypes.partitioned_table import PartitionedTable
    from datatypes.table import Table

    if isinstance(value, Table):
        return value
    if isinstance(value, PartitionedTable):
        return value.to_table()
    if isinstance(value, DataFrame):
        return Table(dataframe=value.to_pandas())
    raise NotATableError("entry", "is no table", "Compare two tables.")


def _rows(result: TableChanges, columns: Sequence[str]) -> dict[str, list[_Row]]:
    pairing = result.pairing
    changed: dict[int, list[int]] = {}
    for name, places in result.changed.items():
        at = columns.index(name)
        for place in places:
            changed.setdefault(place, []).append(at)
    return {
        "changed": [_Row(pairing.left[at], pairing.right[at], tuple(sorted(changed[at]))) for at in sorted(changed)],
        "removed": [_Row(row, -1, ()) for row in pairing.removed],
        "added": [_Row(-1, row, ()) for row in pairing.added],
    }


def page_of(
    left: Side,
    right: Side,
    *,
    show: str = "",
    column: str = "",
    offset: int = 0,
    limit: int = 100,
    url_for_bytes: Callable[..., str],
) -> dict[str, Any]:
    """Return a page of rows that differ.

    Parameters
    ----------
    left, right : Side
        Two entries that are tables.
    show : str, optional
        ``"changed"``, ``"removed"`` or ``"added"``; all of them unless given.
    column : str, optional
        Only rows whose cell in this column changed.
    offset, limit : int
        Which of these rows.
    url_for_bytes : callable
        `app.media.url_for_bytes`.

    Returns
    -------
    dict
        ``count``; ``columns`` (names, types); ``rows``: each ``{"kind", "left", "right", "old", "new", "changed"}``
        with cells as `app.tables.cells` gives them; ``counts`` by kind and by column; ``key``.
    """
    found = compared(left, right)
    kinds = [show] if show in found.rows else list(found.rows)
    at = found.columns.index(column) if column in found.columns else None
    rows = [(kind, row) for kind in kinds for row in found.rows[kind] if at is None or at in row.columns]
    shown = rows[offset : offset + min(limit, MAX_ROWS)]
    olds = _cells(left, [row.left for _, row in shown if row.left >= 0], found.columns, url_for_bytes)
    news = _cells(right, [row.right for _, row in shown if row.right >= 0], found.columns, url_for_bytes)
    return {
        "count": len(rows),
        "key": found.key,
        "columns": found.columns,
        "counts": {
            **{kind: len(items) for kind, items in found.rows.items()},
            "cells": found.counts["cells_changed"],
            "by_column": found.counts["changed_by_column"],
            "moved": found.counts["rows_moved"],
            "columns_added": found.counts["columns_added"],
            "columns_removed": found.counts["columns_removed"],
        },
        "rows": [
            {
                "kind": kind,
                "left": row.left,
                "right": row.right,
                "old": olds.get(row.left),
                "new": news.get(row.right),
                "changed": row.columns,
            }
            for kind, row in shown
        ],
    }


def _cells(
    side: Side, numbers: Sequence[int], names: Sequence[str], url_for_bytes: Callable[..., str]
) -> dict[int, list[Any]]:
    """Return the cells of some rows by number; None under columns that the table lacks."""
    if not numbers:
        return {}
    table = open_table(side.artifact, side.entry, wait=20.0)
    known = dict(zip(unique_names(table.columns), table.columns, strict=True))
    columns = [known.get(name) for name in names]
    there = [column for column in columns if column is not None]
    rows = _selected(table, there, numbers)
    writer = CellWriter(table, there, url_for_bytes)
    written = writer.rows([row[1:] for row in rows])
    found = {}
    for row, cells in zip(rows, written, strict=True):
        rest = iter(cells)
        found[int(row[0])] = [None if column is None else next(rest) for column in columns]
    return found


def _selected(table: OpenTable, columns: Sequence[Column], numbers: Sequence[int]) -> list[tuple[Any, ...]]:
    listed = ", ".join(["rowid", *map(cell_sql, columns)])
    marks = ", ".join("?" * len(numbers))
    return table.engine.rows(f"SELECT {listed} FROM t WHERE rowid IN ({marks})", list(numbers))  # noqa: S608  # ours
