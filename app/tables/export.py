"""What is shown, as a file: the rows of a selection in their order, the columns in theirs; written as it is read.

CSV is opened by spreadsheets, which run what looks like a formula: such cells get a quote before them, and the name of
the file says so. Parquet and JSON lines hold the cells unchanged; values with files are the text of their JSON.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from app.tables.columns import unique_names
from app.tables.selection import count, page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.tables.columns import Column
    from app.tables.opening import OpenTable
    from app.tables.selection import Selection

__all__ = ["FORMATS", "csv_cell", "defused", "file_name", "rows_of", "write"]

#: Format → ending of the file and content type.
FORMATS = {
    "csv": (".formulas-quoted.csv", "text/csv; charset=utf-8"),
    "parquet": (".parquet", "application/vnd.apache.parquet"),
    "json": (".jsonl", "application/x-ndjson"),
    "zip": (".with-files.zip", "application/zip"),  # app.tables.bundle
}

#: Rows that are read at a time.
_BLOCK = 8192

#: First characters by which a spreadsheet takes a cell for a formula, their full-width forms too.
_FORMULA = re.compile(r"[\s\0]*[=+\-@\t\r＝＋－＠]")


def file_name(name: str, kind: str, *, is_part: bool) -> str:
    """Return the name of the file that is offered: letters, digits and a few marks alone."""
    stem = name.rpartition("/")[2]
    for ending in (".json", ".table", ".joined-table", ".partitioned-table", ".parquet", ".csv", ".tsv", ".jsonl"):
        stem = stem.removesuffix(ending)
    stem = re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:80] or "table"
    return f"{stem}{'.selection' if is_part else ''}{FORMATS[kind][0]}"


def defused(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def write(table: OpenTable, selection: Selection, columns: Sequence[Column], kind: str, file: BinaryIO) -> int:
    """Write rows into a file.

    Parameters
    ----------
    table : OpenTable
        Where they are.
    selection : Selection
        Which, in which order.
    columns : sequence of Column
        Columns to write, in this order.
    kind : str
        One of `FORMATS`.
    file : file object
        Opened for writing bytes.

    Returns
    -------
    int
        Rows written.
    """
    if kind == "zip":
        from app.tables import bundle

        return bundle.write(table, selection, columns, file)
    if kind == "parquet":
        return _write_parquet(table, selection, columns, file)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False, errors="surrogatepass")
    rows = 0
    if kind == "csv":
        writer = csv.writer(text)
        writer.writerow([defused(column.name) for column in columns])
        for row in rows_of(table, selection, columns):
            writer.writerow([csv_cell(cell) for cell in row])
            rows += 1
    else:
        names = unique_names(columns)
        for row in rows_of(table, selection, columns):
            cells = (_json_cell(column, cell) for column, cell in zip(columns, row, strict=True))
            text.write(json.dumps(dict(zip(names, cells, strict=True)), ensure_ascii=False) + "\n")
            rows += 1
    text.detach()
    return rows


def rows_of(table: OpenTable, selection: Selection, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a selection in its order, each with the cells of `columns` as `Column.cell_sql` has them."""
    cells = [column.cell_sql for column in columns]
    for offset in range(0, count(table, selection), _BLOCK):
        yield from page(table, selection, offset, _BLOCK, cells).rows


def csv_cell(cell: Any) -> Any:
    """Return a cell of `rows_of` as a sheet has it; formulas are defused."""
    if isinstance(cell, bytes | bytearray | memoryview):
        return f"0x{bytes(cell).hex()}"
    if isinstance(cell, dict | list):
        return defused(json.dumps(cell, ensure_ascii=False, default=str))
    return defused(cell) if isinstance(cell, str) else cell


def _json_cell(column: Column, cell: Any) -> Any:
    """Return a cell as JSON has it; what it lacks as text."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else str(cell)
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell).hex()
    if isinstance(cell, str) and column.kind in ("json", "media", "mixed"):
        return json.loads(cell)
    return cell if cell is None or isinstance(cell, str | int | bool | list | dict) else str(cell)


def _write_parquet(table: OpenTable, selection: Selection, columns: Sequence[Column], file: BinaryIO) -> int:
    from pyarrow import parquet

    names = unique_names(columns)
    total, writer = count(table, selection), None
    try:
        for offset in range(0, max(total, 1), _BLOCK):
            block = _arrow_block(table, selection, columns, offset).rename_columns(names)
            writer = writer or parquet.ParquetWriter(file, block.schema, compression="zstd", compression_level=1)
            writer.write_table(block)
    finally:
        if writer is not None:
            writer.close()
    return total


def _arrow_block(table: OpenTable, selection: Selection, columns: Sequence[Column], offset: int) -> Any:
    """Return some rows as a table of Arrow; row numbers first, as for a page."""
    numbers = page(table, selection, offset, _BLOCK, []).numbers
    listed = ", ".join(f"t.{column.sql} AS c{at}" for at, column in enumerate(columns))
    wanted = "(SELECT unnest(?) AS n, unnest(range(len(?))) AS at)"
    sql = f"SELECT {listed} FROM t JOIN {wanted} AS wanted ON t.rowid = wanted.n ORDER BY wanted.at"
    with table.engine.running() as cursor:
        return cursor.sql(sql, params=[numbers, numbers]).to_arrow_table()
