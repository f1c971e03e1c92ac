"""What can be inferred of a table without a record: rows left out, numbers and instants that JSON did not carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.verifying.types.table_types import kinds

if TYPE_CHECKING:
    from app.verifying.part import Part

__all__ = ["find"]

#: Most rows that some SDK keeps: of a table in an artifact (50,000 in 0.10.12, later 200,000), of one logged to a run.
_IN_ARTIFACT = (50_000, 200_000)
_IN_RUN = (10_000,)

#: Whole numbers beyond this one are not all there among 64-bit floats, which is what JSON's readers make of numbers.
_EXACT = 1 << 53

#: What W&B writes into a run's table in place of media: the name of the class.
_CLASS_NAMES = frozenset({"Image", "Audio", "Video", "Html", "Molecule", "Object3D", "Plotly", "Bokeh", "Histogram"})


def find(part: Part, table: Any, rows: int) -> None:
    """Write down what was probably lost.

    Parameters
    ----------
    part : Part
        The table's JSON.
    table : Table
        As decoded.
    rows : int
        How many rows it has.
    """
    limits = _IN_RUN if part.is_in_run else (*_IN_RUN, *_IN_ARTIFACT)
    if rows in limits:
        where = "run" if rows in _IN_RUN else "artifact"
        text = f"has exactly {rows:,} rows: W&B has probably cut this, because it keeps no more in the table of an "
        part.finding("rows-cut", rows, text.replace("an ", "a " if where == "run" else "an ", 1) + where)
    data = part.stored.get("data")
    types = kinds(part.stored)
    for index, name in enumerate(table.columns):
        cells = [row[index] for row in data if len(row) > index] if isinstance(data, list) else table.get_column(name)
        _find_in_column(part, str(name), cells, types.get(str(name), ""))


def _find_in_column(part: Part, name: str, cells: list[Any], kind: str) -> None:
    column = part.inner(part.stored, f'column "{name}"')
    _numbers(column, cells)
    if kind == "number":
        nulls = sum(cell is None for cell in cells)
        if nulls:
            text = (
                f"{nulls:,} of {len(cells):,} cells are null: NaN and None cannot be told apart, because W&B writes "
                "both as null"
            )
            column.finding("nan-as-null", nulls, text)
    if kind == "timestamp":
        count = sum(isinstance(cell, int | float) for cell in cells)
        if count:
            text = (
                f"{count:,} instants are whole milliseconds in UTC: time zones and what is shorter are gone, because "
                "W&B stores milliseconds"
            )
            column.finding("time-cut", count, text)
    if cells and all(isinstance(cell, str) and cell in _CLASS_NAMES for cell in cells):
        text = f"{len(cells):,} cells are the name of a class: W&B does not store media in the table of a run"
        column.finding("media-as-text", len(cells), text)


def _numbers(column: Part, cells: list[Any]) -> None:
    count, largest = 0, 0
    for cell in cells:
        if type(cell) in (int, float) and abs(cell) > _EXACT and abs(cell) != float("inf") and cell == int(cell):
            count, largest = count + 1, max(largest, abs(int(cell)))
    if count:
        text = (
            f"{count:,} whole numbers are beyond 2^53, up to {largest}: they were probably rounded, because a 64-bit "
            "float has no odd ones there"
        )
        column.finding("beyond-2^53", largest, text)
