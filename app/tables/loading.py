"""From tables of every origin to rows in DuckDB, block by block.

Plain cells become columns of plain types, so that they are filtered and counted by DuckDB. Everything else (values with
files, lists, dicts) stays the JSON that is stored, and becomes a value again when its cell is shown. An array that lies
in a file of its own is not read: its cell says in which row of which part it is (``#0:12``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.tables.block_columns import BlockColumn, arrow_column, cell_as_json, json_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from app.tables.columns import Column
    from datatypes.table import Table

__all__ = ["BLOCK", "Loader"]

#: Rows that are handed to DuckDB at a time.
BLOCK = 65_536

#: Kinds whose cells, where they are text, are JSON.
_JSON_KINDS = frozenset({"json", "media", "array"})


class Loader:
    """Fills a table of a database, and knows its columns.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Not locked yet.
    name : str
        Name of the table.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str = "t") -> None:
        self.connection = self._connection = connection
        self._name = name
        self.columns: list[Column] = []
        self.rows = 0
        self._is_made = False

    def add_table(self, table: Table, part: int = 0) -> None:
        """Append the rows of a table.

        Parameters
        ----------
        table : Table
            All parts have the same columns.
        part : int
            Number of the part, for arrays in files.
        """
        from datatypes.table_rows import JsonRows

        rows = table.rows
        if isinstance(rows, JsonRows):
            self._add([json_column(table, index, part) for index in range(len(table.columns))], len(rows))
        else:
            self.add_arrow(table.to_arrow(), [str(name) for name in table.columns])

    def add_arrow(self, table: Any, names: Sequence[str] | None = None, source: Any = None) -> None:
        """Append the rows of a table of Arrow.

        Parameters
        ----------
        table : pyarrow.Table
            The rows.
        names : sequence of str, optional
            Names of its columns, where they are others.
        source : MediaSource, optional
            Where files of its cells are.
        """
        listed = names or [str(name) for name in table.column_names]
        columns = zip(listed, table.columns, strict=True)
        self._add([arrow_column(index, *item, source) for index, item in enumerate(columns)], table.num_rows)

    def take(self, columns: Sequence[Column], rows: int) -> None:
        """Note columns and number of rows of a table that was made by a query."""
        self.columns, self.rows, self._is_made = list(columns), rows, True

    def finish(self) -> None:
        """Say what was learnt last: a column without any cell is one of text; without any block there are no rows."""
        if not self._is_made:
            self._connection.execute(f"CREATE TABLE {self._name} (none VARCHAR)")
        self.columns = [replace(column, kind="text") if column.kind == "null" else column for column in self.columns]

    def _add(self, block: list[BlockColumn], count: int) -> None:
        import pyarrow as pa

        if not self._is_made:
            self.columns = [item.column for item in block]
        else:
            self._widen(block)
        arrays = {}
        for item, column in zip(block, self.columns, strict=True):
            arrays[column.sql] = item.array
            if column.kind == "mixed":
                arrays[f"j{column.index}"] = item.json if item.json is not None else _as_json(item)
        rows = pa.table(arrays) if arrays else pa.table({"none": pa.nulls(count, pa.string())})
        self._connection.register("block", rows)
        if self._is_made:
            listed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in self._sql_types())
            self._connection.execute(f"INSERT INTO {self._name} SELECT {listed or '*'} FROM block")
        else:
            self._connection.execute(f"CREATE TABLE {self._name} AS SELECT * FROM block")
            self._is_made = True
            types = dict(self._sql_types())
            self.columns = [replace(column, sql_type=types[column.sql]) for column in self.columns]
        self._connection.unregister("block")
        self.rows += count

    def _sql_types(self) -> list[tuple[str, str]]:
        found = self._connection.execute(f"DESCRIBE {self._name}").fetchall()
        return [(str(row[0]), str(row[1])) for row in found if row[0] != "none"]

    def _widen(self, block: list[BlockColumn]) -> None:
        """Bring table and block to common types: rows far down may hold what the first ones do not."""
        for at, (item, column) in enumerate(zip(block, self.columns, strict=True)):
            new, arrays = item.column, column.arrays + item.column.arrays
            if new.kind == "null":
                self.columns[at] = replace(column, arrays=arrays)
                continue
            merged = replace(column, arrays=arrays)
            if column.kind == "null":
                merged = replace(new, arrays=arrays, sql_type=_sql_type(self._connection, item.array))
                self._retype(merged.sql, merged.sql_type)
                if new.kind == "mixed":
                    self._connection.execute(f"ALTER TABLE {self._name} ADD COLUMN j{column.index} VARCHAR")
            elif {column.kind, new.kind} == {"media", "json"} or column.kind == "mixed":
                merged = replace(merged, kind="media" if column.kind != "mixed" else "mixed")
            elif new.kind == column.kind:
                merged = replace(merged, sql_type=self._common(column, item.array))
            else:
                merged = replace(merged, kind="mixed", sql_type="VARCHAR", label="mixed")
                self._connection.execute(f"ALTER TABLE {self._name} ADD COLUMN j{column.index} VARCHAR")
                is_json = column.kind in _JSON_KINDS and column.sql_type == "VARCHAR"
                found = column.sql if is_json else f"CAST(to_json({column.sql}) AS VARCHAR)"
                self._connection.execute(f"UPDATE {self._name} SET j{column.index} = {found}")
                self._retype(column.sql, "VARCHAR")
            self.columns[at] = merged

    def _common(self, column: Column, array: Any) -> str:
        """Return the type that holds both, and change the table to it."""
        its = _sql_type(self._connection, array)
        if its == column.sql_type:
            return its
        if column.kind == "number":
            whole = {
                "TINYINT",
                "SMALLINT",
                "INTEGER",
                "BIGINT",
                "UTINYINT",
                "USMALLINT",
                "UINTEGER",
                "UBIGINT",
                "HUGEINT",
            }
            common = "HUGEINT" if {its, column.sql_type} <= whole else "DOUBLE"
        else:
            common = "VARCHAR"
        self._retype(column.sql, common)
        return common

    def _retype(self, name: str, sql_type: str) -> None:
        self._connection.execute(f"ALTER TABLE {self._name} ALTER COLUMN {name} SET DATA TYPE {sql_type}")


def _sql_type(connection: duckdb.DuckDBPyConnection, array: Any) -> str:
    import pyarrow as pa

    connection.register("one", pa.table({"c": array.slice(0, 1)}))
    try:
        [row] = connection.execute("DESCRIBE SELECT c FROM one").fetchall()
    finally:
        connection.unregister("one")
    return str(row[1])


def _as_json(item: BlockColumn) -> Any:
    """Return the cells of a column as JSON; of some kinds they are that already."""
    import pyarrow as pa

    if item.column.kind in _JSON_KINDS and pa.types.is_string(item.array.type):
        return item.array
    return pa.array([None if cell is None else cell_as_json(cell) for cell in item.array.to_pylist()], pa.string())
