"""Which rows, in which order: what a page, a fact, a group and an export are all of.

Row numbers are fetched first and rows by their numbers: DuckDB sorts numbers several times as fast as rows. Once
somebody leaves the first pages of a sorted table, the numbers of all rows in that order are kept (four bytes each), so
that every later page costs the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from app.tables.columns import split_names, unique_names
from app.tables.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.tables.columns import Column
    from app.tables.opening import OpenTable

__all__ = ["Order", "Page", "Selection", "count", "page", "position", "read_selection"]

#: Rows of a sorted table that are found without keeping the order of all.
_TOP_ROWS = 2000

#: Orders that are kept for one table.
_MAX_ORDERS = 4

#: Columns by which rows are sorted at once.
MAX_ORDERS = 8


class Order(NamedTuple):
    """One column to sort by."""

    column: Column
    descending: bool


@dataclass(frozen=True)
class Selection:
    """Rows that fit a condition, in an order.

    Attributes
    ----------
    where : str
        Checked SQL; ``TRUE`` for all rows.
    orders : tuple of Order
        Most important first; rows that are equal stay in their stored order.
    """

    where: str = "TRUE"
    orders: tuple[Order, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether every row is selected."""
        return self.where == "TRUE"

    @property
    def order_sql(self) -> str:
        """What follows ``ORDER BY``; missing cells are last, either way."""
        parts = [f"{order.column.sql} {'DESC' if order.descending else 'ASC'} NULLS LAST" for order in self.orders]
        return ", ".join([*parts, "rowid"])

    @property
    def key(self) -> str:
        """Names it among the orders that are kept."""
        return f"{self.where}\0{self.order_sql}"


class Page(NamedTuple):
    """Rows of a selection."""

    numbers: list[int]
    """Their numbers in the table."""
    rows: list[tuple[Any, ...]]
    """Their cells, as asked for."""


def read_selection(table: OpenTable, text: str, order: str, labels: str = "") -> tuple[Selection, list[str]]:
    """Return the selection that an address names.

    Parameters
    ----------
    table : OpenTable
        What is selected from.
    text : str
        The user's expression; empty for all rows.
    order : str
        Columns, separated by commas, those to be reversed after a ``-``. A comma, a backslash, a sign at the start of
        a name have a backslash (the sign a ``+``) before them. Of columns of one name the second is ``name_2``.
    labels : str
        Condition on the masks and boxes of a column of pictures; see `app.tables.labels`.

    Returns
    -------
    selection : Selection
        What could be understood.
    ignored : list of str
        What could not, as sentences.

    Raises
    ------
    ExpressionError
        If the expression is none; it is not guessed what was meant.
    QueryError
        If the labels are not known yet.
    """
    where = table.engine.check(text, table.columns) if text.strip() else "TRUE"
    by_key = dict(zip(unique_names(table.columns), table.columns, strict=True))
    orders: list[Order] = []
    ignored: list[str] = []
    if labels:
        from app.tables.labels import condition

        more, ignored = condition(table, labels)
        where = more if where == "TRUE" else where if more == "TRUE" else f"({where}) AND {more}"
    for part in split_names(order):
        name, descending = (part[1:], True) if part.startswith("-") else (part, False)
        name = name.removeprefix("+") if name.startswith("+") else name
        found = by_key.get(name)
        if found is None or not found.is_comparable:
            why = "cannot be compared" if found else "is not in the table"
            ignored.append(f"The order by “{name}” was ignored, because that column {why}.")
        elif all(item.column != found for item in orders) and len(orders) < MAX_ORDERS:
            orders.append(Order(found, descending))
    return Selection(where, tuple(orders)), ignored


def count(table: OpenTable, selection: Selection) -> int:
    """Return the number of rows of a selection."""
    if selection.is_all:
        return table.rows
    key = f"count\0{selection.where}"
    with table.lock:
        if key in table.orders:
            return int(table.orders[key])
    [(found,)] = _checked(table, f"SELECT count(*) FROM t WHERE {selection.where}")
    _keep(table, key, int(found))
    return int(found)


def page(table: OpenTable, selection: Selection, offset: int, limit: int, cells: Sequence[str]) -> Page:
    """Return some rows of a selection.

    Parameters
    ----------
    table : OpenTable
        What is selected from.
    selection : Selection
        Which rows, in which order.
    offset, limit : int
        First of them, and how many.
    cells : sequence of str
        SQL of the cells, by `Column.cell_sql`.
    """
    if selection.is_all and not selection.orders:
        listed = ", ".join(["rowid", *cells])
        rows = table.engine.rows(f"SELECT {listed} FROM t WHERE rowid BETWEEN ? AND ?", [offset, offset + limit - 1])
        rows.sort(key=itemgetter(0))  # they nearly always are; DuckDB would charge for it
    else:
        numbers = _numbers(table, selection, offset, limit)
        rows = _by_number(table, numbers, cells)
    return Page([int(row[0]) for row in rows], [row[1:] for row in rows])


def position(table: OpenTable, selection: Selection, row: int) -> int | None:
    """Return the place of a row among those selected; None if it is not among them."""
    if selection.is_all and not selection.orders:
        return row if 0 <= row < table.rows else None
    import numpy as np

    found = np.flatnonzero(_order(table, selection) == row)
    return int(found[0]) if found.size else None


def _numbers(table: OpenTable, selection: Selection, offset: int, limit: int) -> list[int]:
    """Return the numbers of some rows, from an order that is kept, or else by a short query."""
    with table.lock:
        kept = table.orders.get(selection.key)
    if kept is None and offset + limit > _TOP_ROWS:
        kept = _order(table, selection)
    if kept is not None:
        return [int(number) for number in kept[offset : offset + limit]]
    sql = f"SELECT rowid FROM t WHERE {selection.where} ORDER BY {selection.order_sql} LIMIT ? OFFSET ?"
    return [int(number) for (number,) in _checked(table, sql, [limit, offset])]


def _order(table: OpenTable, selection: Selection) -> Any:
    """Return the numbers of all rows of a selection, as an array of int32 or int64; kept from the first time on."""
    with table.lock:
        kept = table.orders.get(selection.key)
    if kept is not None:
        return kept
    kind = "INTEGER" if table.rows < 1 << 31 else "BIGINT"
    with table.engine.running() as cursor:
        query = f"SELECT CAST(rowid AS {kind}) AS n FROM t WHERE {selection.where} ORDER BY {selection.order_sql}"
        found = cursor.execute(query).fetchnumpy()["n"]
    _keep(table, selection.key, found)
    return found


def _keep(table: OpenTable, key: str, found: Any) -> None:
    with table.lock:
        table.orders[key] = found
        table.orders.move_to_end(key)
        large = [name for name in table.orders if not name.startswith("count\0")]
        for name in large[:-_MAX_ORDERS]:
            del table.orders[name]
        while len(table.orders) > 256:
            table.orders.popitem(last=False)


def _by_number(table: OpenTable, numbers: Sequence[int], cells: Sequence[str]) -> list[tuple[Any, ...]]:
    if not numbers:
        return []
    listed = ", ".join(["t.rowid", *cells])
    wanted = "(SELECT unnest(?) AS n, unnest(range(len(?))) AS at)"
    sql = f"SELECT {listed} FROM t JOIN {wanted} AS wanted ON t.rowid = wanted.n ORDER BY wanted.at"
    return table.engine.rows(sql, [list(numbers), list(numbers)])


def _checked(table: OpenTable, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a query with a user's condition; what does not fit the columns is the condition's fault."""
    from app.tables.errors import QueryError

    try:
        return table.engine.rows(sql, parameters)
    except QueryError as error:
        if error.subject == "expression":
            raise ExpressionError("expression", error.problem, error.remedy) from error
        raise
