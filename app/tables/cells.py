"""Cells as the page shows them: short, typed, without their files; the whole of one for the page of its row.

Plain cells travel as JSON has them. What JSON does not have, and what is more than text, is an object with a ``k``:

- ``{"k": "num", "t": "NaN"}`` a number beyond JSON: NaN, infinities, decimals, whole numbers beyond 2^53;
- ``{"k": "cut", "t": …}`` the beginning of a long text;
- ``{"k": "json", "t": …, "line": […]}`` a list or record, as text; of numbers with what draws their line;
- ``{"k": "array", "t": "8×8 float64", "src": …}`` an array, with the address of its picture or the points of its line;
- ``{"k": "media", "tag", "type", "icon", "t", "src", "bars", "aspect"}`` a value;
- ``{"k": "list", "n", "items"}`` several values, each with its place ``at``;
- ``{"k": "bytes", "t": "12.3 kB"}``; ``{"k": "bad", "t": …}`` a cell that cannot be read, and why.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.tables import previews
from app.text import human_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.tables.columns import Column
    from app.tables.opening import OpenTable

__all__ = ["CellWriter", "cell_sql", "decoded_cell", "full_cell", "plain_cell"]

#: Characters of a text in a cell of the grid, and on the page of its row.
SHORT = 280
LONG = 200_000

#: How an instant ends that is a day.
_MIDNIGHT = " 00:00:00"

#: Whole numbers up to here are the same in the browser.
_SAFE = 1 << 53

#: Values of a list that are shown as previews.
_SHOWN_VALUES = 4

#: Points of a line that is drawn in a cell.
_LINE_POINTS = 64


def cell_sql(column: Column) -> str:
    """Return what a page of rows asks DuckDB for: of text only the beginning, of bytes only their number."""
    if column.kind == "text" and column.sql_type == "VARCHAR":
        return f"left({column.sql}, {SHORT + 1})"
    return f"octet_length({column.sql})" if column.kind == "bytes" else column.cell_sql


def plain_cell(cell: Any) -> Any:
    """Return a plain cell as the page has it."""
    if cell is None or isinstance(cell, str | bool):
        return cell
    if isinstance(cell, int):
        return cell if -_SAFE <= cell <= _SAFE else {"k": "num", "t": str(cell)}
    if isinstance(cell, float):
        if math.isfinite(cell):
            return cell
        return {"k": "num", "t": "NaN" if cell != cell else "∞" if cell > 0 else "−∞"}  # noqa: PLR0124
    return {"k": "num", "t": str(cell)} if isinstance(cell, Decimal) else str(cell)


def _is_plain(cells: Sequence[Any]) -> bool:
    """Whether all cells are short text, finite numbers or whole numbers that the browser has too."""
    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {str}:
        return max(len(cell) for cell in cells if cell is not None) <= SHORT
    numbers = [cell for cell in cells if cell is not None]
    if kinds == {float}:
        return math.isfinite(sum(numbers))
    return not kinds or (kinds == {int} and min(numbers) >= -_SAFE and max(numbers) <= _SAFE)


class CellWriter:
    """Turns rows of a query into cells of the page.

    Parameters
    ----------
    table : OpenTable
        Where they come from.
    columns : sequence of Column
        Columns of the rows.
    url_for_bytes : callable
        `app.media.url_for_bytes`: previews get an address, and are made when a browser asks for them.
    """

    def __init__(self, table: OpenTable, columns: Sequence[Column], url_for_bytes: Callable[..., str]) -> None:
        self.table = table
        self.url_for_bytes = url_for_bytes
        self.columns = columns
        self.writers = [self._writer(column) for column in columns]

    def rows(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Return rows."""
        if not rows or not self.columns:
            return [[] for _ in rows]
        cells = zip(*rows, strict=True)
        written = [self._column(at, list(found)) for at, found in enumerate(cells)]
        return [list(row) for row in zip(*written, strict=True)]

    def _column(self, at: int, cells: list[Any]) -> list[Any]:
        """Return the cells of a column; of most columns they are already what the page has."""
        column = self.columns[at]
        if column.kind == "boolean" or (column.kind in ("number", "text") and _is_plain(cells)):
            return cells
        if column.kind == "time":  # days without an hour, in all rows of the page, are shown as days
            texts = [None if cell is None else str(cell) for cell in cells]
            is_days = all(text is None or text.endswith(_MIDNIGHT) for text in texts)
            return [text.removesuffix(_MIDNIGHT) if text and is_days else text for text in texts]
        writer = self.writers[at]
        return [writer(cell) for cell in cells]

    def _writer(self, column: Column) -> Callable[[Any], Any]:
        if column.kind == "text":
            return lambda cell: (
                {"k": "cut", "t": cell[:SHORT]} if isinstance(cell, str) and len(cell) > SHORT else plain_cell(cell)
            )
        if column.kind == "bytes":
            return lambda cell: None if cell is None else {"k": "bytes", "t": human_size(int(cell))}
        if column.kind in ("json", "media", "array", "mixed"):
            return lambda cell: self._guarded(column, cell)
        return plain_cell

    def _guarded(self, column: Column, cell: Any) -> Any:
        """Return a cell that has to be looked into; one bad cell never empties a page."""
        if cell is None:
            return None
        try:
            return (
                self._array(column, cell)
                if column.kind == "array" and cell.startswith("#")
                else self._json(column, cell)
            )
        except Exception as error:  # noqa: BLE001  # the boundary of one cell: it comes from a stranger's file
            return {"k": "bad", "t": f"{type(error).__name__}: {error}"[:SHORT]}

    def _json(self, column: Column, cell: Any) -> Any:
        document = json.loads(cell) if isinstance(cell, str) else cell
        if not isinstance(document, dict | list):  # of mixed cells, each is shown as what it is
            found = plain_cell(document)
            return {"k": "cut", "t": found[:SHORT]} if isinstance(found, str) and len(found) > SHORT else found
        values = document if isinstance(document, list) else [document]
        if any(previews.is_value(item) for item in values[: 2 * _SHOWN_VALUES]):
            if isinstance(document, dict):
                return self._media(column, document)
            shown = [
                {**self._media(column, item), "at": at}
                for at, item in enumerate(values[:_SHOWN_VALUES])
                if previews.is_value(item)
            ]
            return {"k": "list", "n": len(values), "items": shown}
        return _json_cell(document)

    def _media(self, column: Column, document: dict[str, Any]) -> dict[str, Any]:
        return previews.media_cell(document, column.source, self.url_for_bytes)

    def _array(self, column: Column, cell: str) -> dict[str, Any]:
        array = decoded_cell(column, cell)
        shape = "×".join(map(str, array.shape)) or "1"
        found: dict[str, Any] = {"k": "array", "t": f"{shape} {array.dtype}"}
        if array.ndim == 1 and array.dtype.kind in "buif":
            return found | {"line": _line(array.tolist())}
        if previews.is_picture(array):
            ident = f"array/{self.table.ident}/{column.index}/{cell}"
            found["src"] = self.url_for_bytes(lambda: previews.array_picture(array), "image/webp", ident)
        return found


def _json_cell(document: Any) -> dict[str, Any]:
    """Return a list or a record as text; of a list of numbers with the points of its line."""
    if isinstance(document, list) and len(document) >= 8 and all(isinstance(item, int | float) for item in document):
        return {"k": "json", "t": f"{len(document):,} numbers", "line": _line(document)}
    text = json.dumps(document, ensure_ascii=False, default=str)
    return {"k": "json", "t": text[:SHORT] + ("…" if len(text) > SHORT else "")}


def _line(numbers: Sequence[float]) -> list[float | None]:
    """Return at most `_LINE_POINTS` points of a line, from 0 to 1."""
    step = max(1, math.ceil(len(numbers) / _LINE_POINTS))
    points = [float(number) for number in numbers[::step]]
    finite = [point for point in points if math.isfinite(point)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    span = high - low
    return [None if not math.isfinite(point) else round((point - low) / span, 3) if span else 0.5 for point in points]


def decoded_cell(column: Column, cell: Any) -> Any:
    """Return the value of a cell of kind "json", "media", "array" or "mixed", as the library decodes it.

    Parameters
    ----------
    column : Column
        Its column.
    cell : object
        As `Column.cell_sql` gives it.

    Raises
    ------
    DataTypeError, StorageError
        If it cannot be read.
    """
    from datatypes.table_cells import decode

    if isinstance(cell, str) and column.kind == "array" and cell.startswith("#"):
        part, _, row = cell[1:].partition(":")
        array = column.arrays[int(part)]
        assert array is not None
        return array.cell(int(row))
    document = json.loads(cell) if isinstance(cell, str) else cell
    return decode(document, column.type, column.source)  # type: ignore[arg-type]  # plain cells open no file


def full_cell(column: Column, cell: Any) -> Any:
    """Return the whole of a cell as text, for the page of its row; None where the short form says all."""
    if cell is None or column.kind in ("number", "boolean", "time", "bytes"):
        return None
    if column.kind in ("text", "mixed") and isinstance(cell, str):
        text = cell if column.kind == "text" else _pretty(json.loads(cell))
    elif column.kind == "array" and isinstance(cell, str) and cell.startswith("#"):
        text = _array_text(column, cell)
    else:
        text = _pretty(json.loads(cell) if isinstance(cell, str) else cell)
    return text if len(text) <= LONG else f"{text[:LONG]}\n… {LONG:,} of {len(text):,} characters"


def _array_text(column: Column, cell: str) -> str:
    import numpy as np

    return np.array2string(decoded_cell(column, cell), threshold=4096, max_line_width=120)


def _pretty(document: Any) -> str:
    if isinstance(document, str):
        return document
    return json.dumps(document, ensure_ascii=False, indent=2, default=str)
