"""The rows that differ between two tables, page by page, with the old cell beside the new one.

Which cells differ is found out once (`datatypes.table_compare`) and kept; the cells themselves come from the engines
that the table pages use, a page at a time.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.tables.cells import CellWriter, cell_sql
from app.tables.columns import unique_names
from app.tables.opening import open_table
from app.tables.sources import is_columnar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.comparing.sides import Side
    from app.tables.columns import Column
    from app.tables.opening import OpenTable
    from datatypes.table import Table
    from datatypes.table_compare import TableChanges

__all__ = ["ComparedTables", "NotReadyError", "as_table", "compared", "ident_of", "is_table", "page_of"]

#: Seconds that an answer waits for the copy of a large table.
WAIT_SECONDS = 5.0

#: Most rows of one answer.
MAX_ROWS = 500

_SUFFIXES = (".table.json", ".partitioned-table.json", ".data-frame.json")

#: Pairs of tables that are kept.
_MAX_KEPT = 4

#: Bytes from which two tables are compared by a process of its own.
_LARGE_BYTES = 8 << 20

#: Rules by which is compared; another number and everything is compared again.
_RULES = 1


class NotReadyError(Exception):
    """A large table is still being copied: ask again."""


@dataclass(eq=False)
class ComparedTables:
    """Two tables, compared.

    Attributes
    ----------
    key : str or None
        Column by which rows were paired.
    counts : dict
        As `datatypes.table_compare.TableChanges.measures` gives them.
    size : tuple of int
        Rows and columns of the larger table.
    columns : list of str
        Names of the columns: those of the old table, then those that only the new one has.
    left, right : ndarray of int64
        Numbers of the rows that differ, in both tables, -1 for none: those that changed, then those that only the old
        table has, then those that only the new one has.
    mask : ndarray of bool
        (rows, columns): which cells changed.
    error : Exception or None
        What ended the comparison.
    """

    key: str | None = None
    counts: dict[str, Any] = field(default_factory=dict)
    size: tuple[int, int] = (0, 0)
    columns: list[str] = field(default_factory=list)
    left: Any = None
    right: Any = None
    mask: Any = None
    error: Exception | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def fill(self, left: Table, right: Table) -> None:
        """Compare two tables."""
        from datatypes.table_compare import changes

        result = changes(left, right)
        self.key, self.counts = result.pairing.key, result.measures()
        self.columns = [*map(str, left.columns), *result.columns[0]]
        self.size = max(len(left.rows), len(right.rows)), max(len(left.columns), len(right.columns))
        self._take(result)

    def _take(self, result: TableChanges) -> None:
        import numpy as np

        pairing = result.pairing
        places = np.unique(np.concatenate([np.zeros(0, np.int64), *map(np.asarray, result.changed.values())]))
        places = places.astype(np.int64)
        gone, come = (np.asarray(rows, np.int64) for rows in (pairing.removed, pairing.added))
        both = [np.asarray(rows, np.int64)[places] for rows in (pairing.left, pairing.right)]
        self.left = np.concatenate([both[0], gone, np.full(len(come), -1)])
        self.right = np.concatenate([both[1], np.full(len(gone), -1), come])
        self.mask = np.zeros((len(self.left), len(self.columns)), bool)
        for name, changed in result.changed.items():
            self.mask[np.searchsorted(places, changed), self.columns.index(name)] = True

    def to_bytes(self) -> bytes:
        """Return all of it as a file of NumPy, without pickles."""
        import io

        import numpy as np

        head = {"key": self.key, "counts": self.counts, "size": self.size, "columns": self.columns}
        file = io.BytesIO()
        np.savez_compressed(
            file,
            head=np.frombuffer(json.dumps(head).encode(), np.uint8),
            left=self.left,
            right=self.right,
            mask=np.packbits(self.mask, axis=1),
        )
        return file.getvalue()

    def take_bytes(self, data: bytes) -> None:
        """Read what `to_bytes` wrote.

        Raises
        ------
        ValueError, KeyError
            If somebody else wrote it.
        """
        import io

        import numpy as np

        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            head = json.loads(found["head"].tobytes())
            self.left, self.right = found["left"], found["right"]
            self.mask = np.unpackbits(found["mask"], axis=1, count=len(head["columns"])).astype(bool)
        self.key, self.counts, self.columns = head["key"], head["counts"], head["columns"]
        self.size = (head["size"][0], head["size"][1])

    def chosen(self, show: str, column: str) -> Any:
        """Return the places of the rows that a filter lets through."""
        import numpy as np

        kinds = {"changed": (self.left >= 0) & (self.right >= 0), "removed": self.right < 0, "added": self.left < 0}
        chosen = kinds.get(show, np.ones(len(self.left), bool))
        if column in self.columns:
            chosen = chosen & self.mask[:, self.columns.index(column)]
        return np.flatnonzero(chosen)


_kept: OrderedDict[str, ComparedTables] = OrderedDict()
_lock = threading.Lock()


def ident_of(left: Side, right: Side) -> str:
    """Return what identifies a comparison of two tables."""
    return f"rows/{_RULES}\0{left.ident}\0{right.ident}"


def compared(left: Side, right: Side, *, wait: float = 0.0) -> ComparedTables:
    """Return two tables, compared once; `ComparedTables.ended` is not set as long as that lasts."""
    ident = ident_of(left, right)
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
    from app.comparing.worker import compare_elsewhere, kept_result

    ident = ident_of(left, right)
    try:
        data = kept_result(ident)
        if data is None and left.size + right.size >= _LARGE_BYTES and compare_elsewhere("rows", left, right):
            data = kept_result(ident)
        if data is not None:
            found.take_bytes(data)
        else:
            found.fill(*(as_table(side.artifact.get(side.entry)) for side in (left, right)))
    except Exception as error:  # noqa: BLE001  # the boundary of a thread: it is told on the page
        found.error = error
    finally:
        found.ended.set()


def is_table(name: str) -> bool:
    """Whether an entry is a table by its name: nothing is opened."""
    return name.endswith(_SUFFIXES) or is_columnar(name)


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
    places = found.chosen(show, column)
    shown = places[offset : offset + min(limit, MAX_ROWS)]
    pairs = [(int(found.left[at]), int(found.right[at])) for at in shown]
    olds = _cells(left, [one for one, _ in pairs if one >= 0], found.columns, url_for_bytes)
    news = _cells(right, [other for _, other in pairs if other >= 0], found.columns, url_for_bytes)
    counts = found.counts
    return {
        "count": len(places),
        "key": found.key,
        "columns": found.columns,
        "counts": {
            **{kind: len(found.chosen(kind, "")) for kind in ("changed", "removed", "added")},
            "cells": counts["cells_changed"],
            "by_column": counts["changed_by_column"],
            "moved": counts["rows_moved"],
            "columns_added": counts["columns_added"],
            "columns_removed": counts["columns_removed"],
        },
        "rows": [
            {
                "kind": "added" if one < 0 else "removed" if other < 0 else "changed",
                "left": one,
                "right": other,
                "old": olds.get(one),
                "new": news.get(other),
                "changed": [column for column, changed in enumerate(found.mask[at]) if changed],
            }
            for at, (one, other) in zip(shown, pairs, strict=True)
        ],
    }


def _cells(
    side: Side, numbers: Sequence[int], names: Sequence[str], url_for_bytes: Callable[..., str]
) -> dict[int, list[Any]]:
    """Return the cells of some rows by number; None under columns that the table lacks."""
    if not numbers:
        return {}
    table = open_table(side.artifact, side.entry, wait=WAIT_SECONDS)
    if table.progress is not None:
        raise table.progress.error or NotReadyError(side.text)
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
