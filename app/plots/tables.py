"""The data of a figure as tables: one for each trace, its arrays as columns, arrays of two axes column by column."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from app.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["TraceTable", "point_count", "tables_as_json", "trace_csv", "trace_tables"]

#: Rows and columns of a table on the page; its CSV has all.
_SHOWN_ROWS = 200
_SHOWN_COLUMNS = 60

#: Traces with a table.
_MAX_TRACES = 200

#: How deep arrays are looked for: ``marker.line.color``.
_DEPTH = 4

#: Keys that hold no data of points.
_NO_DATA = frozenset({"colorscale", "hovertemplate", "geojson", "transforms", "dimensions", "cells", "header"})


class TraceTable(NamedTuple):
    """Arrays of a trace.

    Attributes
    ----------
    name : str
        Name of the trace, else its type and number.
    columns : list of str
        Names.
    values : list of list
        One list for each column; they may differ in length.
    """

    name: str
    columns: list[str]
    values: list[list[Any]]

    @property
    def rows(self) -> int:
        """Length of the longest column."""
        return max(map(len, self.values), default=0)

    def row(self, at: int) -> list[Any]:
        """Return a row; None where a column has ended."""
        return [column[at] if at < len(column) else None for column in self.values]


def trace_tables(traces: list[dict[str, Any]]) -> list[TraceTable]:
    """Return a table of each trace.

    Parameters
    ----------
    traces : list of dict
        With arrays of numpy in place of binary ones: `datatypes.Plotly.traces`.
    """
    tables = []
    for number, trace in enumerate(traces[:_MAX_TRACES]):
        columns: list[str] = []
        values: list[list[Any]] = []
        for name, column in _columns(trace):
            columns.append(printable(name, 60))
            values.append(column)
        kind = str(trace.get("type", "scatter"))
        given = trace.get("name")
        label = f"{given} ({kind})" if isinstance(given, str) and given else f"{kind} {number + 1}"
        tables.append(TraceTable(printable(label, 120), columns, values))
    return tables


def _columns(part: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    for key, item in part.items():
        if key in _NO_DATA:
            continue
        name = f"{prefix}{key}"
        if isinstance(item, dict):
            if depth < _DEPTH:
                yield from _columns(item, f"{name}.", depth + 1)
        elif hasattr(item, "tolist"):
            yield from _split(name, item.tolist())
        elif isinstance(item, list):
            yield from _split(name, item)


def _split(name: str, items: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Give an array as one column, or one of two axes as a column for each place in its rows."""
    if not items or not all(isinstance(item, list) for item in items):
        yield name, items
        return
    width = max(len(item) for item in items)
    for at in range(width):
        yield f"{name}[{at}]", [item[at] if at < len(item) else None for item in items]


def point_count(traces: list[dict[str, Any]]) -> int:
    """Return the number of points: of each trace the size of its largest array of data."""
    return sum(_points(trace) for trace in traces)


def _points(trace: Mapping[str, Any]) -> int:
    sizes = [0]
    for key in ("x", "y", "z", "values", "lat", "lon", "r", "theta", "open", "locations", "a", "value", "labels"):
        item = trace.get(key)
        if hasattr(item, "size"):
            sizes.append(int(item.size))  # type: ignore[union-attr]  # an array of numpy
        elif isinstance(item, list):
            sizes.append(
                sum(len(row) for row in item) if item and all(isinstance(r, list) for r in item) else len(item)
            )
    return max(sizes)


def tables_as_json(tables: list[TraceTable], address: Callable[[int], str]) -> bytes:
    """Return the first rows of tables as JSON for the page.

    Parameters
    ----------
    tables : list of TraceTable
        All.
    address : callable
        Number of a table → address of its CSV.
    """
    found = []
    for number, table in enumerate(tables):
        rows = [
            [_cell(value) for value in table.row(at)[:_SHOWN_COLUMNS]] for at in range(min(table.rows, _SHOWN_ROWS))
        ]
        name = table.name
        if len(table.columns) > _SHOWN_COLUMNS:
            name = f"{name}, {_SHOWN_COLUMNS} of {len(table.columns):,} columns"
        shown = {"name": name, "columns": table.columns[:_SHOWN_COLUMNS], "rows": rows, "total": table.rows}
        found.append({**shown, "url": address(number) if table.rows else ""})
    return json.dumps(found, ensure_ascii=False, default=str).encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if value is None or isinstance(value, str | int | float):
        return value if not isinstance(value, str) else value[:300]
    return json.dumps(value, ensure_ascii=False, default=str)[:300]


def trace_csv(table: TraceTable) -> bytes:
    """Return a whole table as CSV; text that a spreadsheet would take for a formula is defused."""
    from app.tables.export import defused

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([defused(name) for name in table.columns])
    for at in range(table.rows):
        writer.writerow([defused(value) if isinstance(value, str) else value for value in table.row(at)])
    return buffer.getvalue().encode("utf-8", "replace")
