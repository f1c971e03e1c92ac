"""What can be said of a column at a glance: how many, how they are spread, which values; and groups by a column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.tables.errors import ExpressionError

if TYPE_CHECKING:
    from app.tables.columns import Column
    from app.tables.opening import OpenTable
    from app.tables.selection import Selection

__all__ = ["BINS", "column_facts", "groups"]

#: Bars of a distribution in the header.
BINS = 24

#: Values that are listed by their counts.
_TOP_VALUES = 12

#: Groups that are shown; the rest is counted.
MAX_GROUPS = 1000


def column_facts(table: OpenTable, selection: Selection, column: Column) -> dict[str, Any]:
    """Return the facts of a column over the rows of a selection.

    Returns
    -------
    dict
        ``rows``, ``missing``; of numbers and times ``low``, ``high``, ``bins`` (counts of equal widths), ``outside``
        (NaN and infinities), of numbers also ``mean``, ``sd``, ``quartiles``; of what can be compared ``distinct``
        (about, where ``about`` is true) and of text and booleans ``top`` (list of [value, count]) and ``others``
        (rows with none of these).
    """
    where, name = selection.where, column.sql
    [(rows, present)] = table.engine.rows(f"SELECT count(*), count({name}) FROM t WHERE {where}")
    facts: dict[str, Any] = {"rows": rows, "missing": rows - present}
    if not present or not column.is_comparable:
        return facts
    if column.kind == "number":
        return facts | _of_numbers(table, where, column)
    if column.kind == "time" and not column.sql_type.startswith("TIME"):
        return facts | _of_times(table, where, column, f"epoch_us(CAST({name} AS TIMESTAMP))")
    if column.kind == "time" and column.sql_type.startswith("TIMESTAMP"):
        return facts | _of_times(table, where, column, f"epoch_us(CAST({name} AS TIMESTAMP))")
    return facts | _of_values(table, where, column, present)


def _of_numbers(table: OpenTable, where: str, column: Column) -> dict[str, Any]:
    is_float = column.sql_type in ("DOUBLE", "FLOAT")
    value = f"CAST({column.sql} AS DOUBLE)"
    fits = f"({where}) AND {column.sql} IS NOT NULL" + (f" AND isfinite({column.sql})" if is_float else "")
    sql = (
        f"SELECT count(*), min({column.sql}), max({column.sql}), avg({value}), stddev_pop({value}), "
        f"approx_quantile({value}, [0.25, 0.5, 0.75]), approx_count_distinct({column.sql}) FROM t WHERE {fits}"
    )
    [(finite, low, high, mean, spread, quartiles, distinct)] = table.engine.rows(sql)
    [(present,)] = table.engine.rows(f"SELECT count({column.sql}) FROM t WHERE {where}")
    facts: dict[str, Any] = {"outside": present - finite}
    if not finite:
        return facts
    facts |= {"low": _plain(low), "high": _plain(high), "mean": _plain(mean), "sd": _plain(spread)}
    facts |= {"quartiles": [_plain(item) for item in quartiles or []], "distinct": distinct, "about": True}
    start, end = float(low), float(high)
    whole = not is_float and "." not in column.sql_type and not column.sql_type.startswith("DECIMAL")
    if whole and end - start < BINS:
        facts["bins"] = _bins(table, fits, value, start - 0.5, end + 0.5, int(end - start) + 1)
        facts["distinct"], facts["about"] = sum(1 for item in facts["bins"] if item), False
        facts["whole"] = True
    else:
        facts["bins"] = _bins(table, fits, value, start, end, BINS)
    return facts


def _of_times(table: OpenTable, where: str, column: Column, micros: str) -> dict[str, Any]:
    fits = f"({where}) AND {column.sql} IS NOT NULL AND isfinite({column.sql})"
    sql = (
        f"SELECT count(*), CAST(min({column.sql}) AS VARCHAR), CAST(max({column.sql}) AS VARCHAR), min({micros}), "
        f"max({micros}), approx_count_distinct({column.sql}) FROM t WHERE {fits}"
    )
    [(finite, low, high, start, end, distinct)] = table.engine.rows(sql)
    if not finite:
        return {}
    value = f"CAST({micros} AS DOUBLE)"
    bins = _bins(table, fits, value, float(start), float(end), BINS)
    return {"low": low, "high": high, "distinct": distinct, "about": True, "bins": bins, "span_us": end - start}


def _bins(table: OpenTable, fits: str, value: str, start: float, end: float, bins: int) -> list[int]:
    """Count rows in bins of equal width; the last one has its upper edge."""
    counts = [0] * bins
    width = end / bins - start / bins
    if not width > 0 or not math.isfinite(width):
        [(counts[0],)] = table.engine.rows(f"SELECT count(*) FROM t WHERE {fits}")
        return counts
    at = f"least(greatest(CAST(floor(({value} - ?) / ?) AS BIGINT), 0), {bins - 1})"
    for place, found in table.engine.rows(f"SELECT {at} AS b, count(*) FROM t WHERE {fits} GROUP BY b", [start, width]):
        counts[int(place)] = int(found)
    return counts


def _of_values(table: OpenTable, where: str, column: Column, present: int) -> dict[str, Any]:
    name = column.sql
    shown = f"left({name}, 200)" if column.sql_type == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    [(distinct,)] = table.engine.rows(f"SELECT approx_count_distinct({name}) FROM t WHERE {where}")
    facts: dict[str, Any] = {"distinct": distinct, "about": True}
    if distinct > 0.5 * present and distinct > 10 * _TOP_VALUES:
        return facts  # nearly all differ: counting each costs memory and says nothing
    sql = (
        f"SELECT {shown}, count(*) AS n FROM t WHERE ({where}) AND {name} IS NOT NULL "
        f"GROUP BY {name} ORDER BY n DESC, {name} LIMIT {_TOP_VALUES + 1}"
    )
    top = [[_plain(value), int(found)] for value, found in table.engine.rows(sql)]
    if len(top) <= _TOP_VALUES:
        facts["distinct"], facts["about"] = len(top), False
    facts["top"] = top[:_TOP_VALUES]
    facts["others"] = present - sum(found for _, found in facts["top"])
    return facts


def groups(table: OpenTable, selection: Selection, by: Column, sort: str = "") -> dict[str, Any]:
    """Return the groups of a selection by the values of a column: rows, and the mean of each column of numbers.

    Parameters
    ----------
    table : OpenTable
        What is grouped.
    selection : Selection
        Its rows.
    by : Column
        The column.
    sort : str
        ``value``, ``rows``, or the number of a column whose means decide; a ``-`` before it reverses.

    Returns
    -------
    dict
        ``by``, ``means`` (columns), ``groups`` (list of [value, rows, mean, …]), ``total`` (groups there are).

    Raises
    ------
    ExpressionError
        If values of the column cannot be compared.
    """
    if not by.is_comparable:
        raise ExpressionError(f"column {by.name}", "has no values to group by", "Choose one of text, numbers or times.")
    numbers = [column for column in table.columns if column.is_number and column != by][:24]
    means = ", ".join(f"avg(CAST({column.sql} AS DOUBLE)) AS m{column.index}" for column in numbers)
    name, descending = (sort[1:], True) if sort.startswith("-") else (sort, False)
    known = {"value": by.sql, "rows": "n", **{str(column.index): f"m{column.index}" for column in numbers}}
    order = f"{known[name]} {'DESC' if descending else 'ASC'} NULLS LAST" if name in known else "n DESC"
    shown = f"CAST({by.sql} AS VARCHAR)" if by.kind == "time" else by.sql
    sql = (
        f"SELECT {shown}, count(*) AS n{', ' + means if means else ''} FROM t WHERE {selection.where} "
        f"GROUP BY {by.sql} ORDER BY {order}, {by.sql} LIMIT {MAX_GROUPS}"
    )
    found = [[_plain(cell) for cell in row] for row in table.engine.rows(sql)]
    total = len(found)
    if total == MAX_GROUPS:
        counted = f"count(DISTINCT {by.sql}) + CAST(bool_or({by.sql} IS NULL) AS INTEGER)"
        sql = f"SELECT {counted} FROM t WHERE {selection.where}"
        [(total,)] = table.engine.rows(sql)
    return {"by": by.index, "means": [column.index for column in numbers], "groups": found, "total": total}


def _plain(value: Any) -> Any:
    """Return a number as JSON has it, else as text."""
    from app.tables.cells import plain_cell

    return plain_cell(value)
