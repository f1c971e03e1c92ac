"""From tables of every origin to rows in DuckDB, block by block.

Plain cells become columns of plain types, so that they are filtered and counted by DuckDB. Everything else (values with
files, lists, dicts) stays the JSON that is stored, and becomes a value again when its cell is shown. An array that lies
in a file of its own is not read: its cell says in which row of which part it is (``#0:12``).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from app.tables.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from datatypes.column_types import ColumnType
    from datatypes.table import Table

__all__ = ["Loader", "plain_array"]

#: Rows that are handed to DuckDB at a time.
BLOCK = 65_536

#: Text cells that are looked at to find out whether a column holds values as text of their JSON, as old SDKs wrote it.
_LOOKED_AT = 20


#: Types that say nothing, and Python's own types for plain cells.
_UNTYPED = frozenset({"any", "none", "unknown"})
_PLAIN = frozenset({int, float, bool, str})

#: Types whose cells are the text or boolean that is stored.
_TEXTS = frozenset({"string", "boolean", "const", "artifactVersion"})

#: Kinds whose cells, where they are text, are JSON.
_JSON_KINDS = frozenset({"json", "media", "array"})

#: Cells by which the values of a column are called.
_SAMPLE = 1000

#: Types whose cells name a row of another table, or a class.
_KEYS = frozenset({"primaryKey", "foreignKey", "foreignIndex", "classesId"})


class _Read(NamedTuple):
    """One column of a block."""

    column: Column
    array: Any
    json: Any = None
    """For kind "mixed": the cells as JSON."""


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
            self._add([_json_column(table, index, part) for index in range(len(table.columns))], len(rows))
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
        self._add([_arrow_column(index, *item, source) for index, item in enumerate(columns)], table.num_rows)

    def take(self, columns: Sequence[Column], rows: int) -> None:
        """Note columns and number of rows of a table that was made by a query."""
        self.columns, self.rows, self._is_made = list(columns), rows, True

    def finish(self) -> None:
        """Say what was learnt last: a column without any cell is one of text; without any block there are no rows."""
        if not self._is_made:
            self._connection.execute(f"CREATE TABLE {self._name} (none VARCHAR)")
        self.columns = [replace(column, kind="text") if column.kind == "null" else column for column in self.columns]

    def _add(self, block: list[_Read], count: int) -> None:
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

    def _widen(self, block: list[_Read]) -> None:
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


def _json_column(table: Table, index: int, part: int) -> _Read:
    """Return a column of stored JSON cells."""
    import pyarrow as pa

    from datatypes.table_rows import JsonRows

    rows = table.rows
    assert isinstance(rows, JsonRows)
    cells = [row[index] for row in rows.raw]
    declared, files = rows.types[index], rows.arrays[index]
    column = Column(index=index, name=str(table.columns[index]), kind="text", type=declared, source=rows.source)
    if files is not None:
        texts = [f"#{part}:{row}" if cell is None else _text(cell) for row, cell in enumerate(cells)]
        label = f"array {'×'.join(map(str, _shape(declared)))}".strip()
        return _Read(replace(column, kind="array", arrays=(files,), label=label), pa.array(texts, pa.string()))
    kinds = set(map(type, cells)) - {type(None)}
    if kinds & {dict, list}:
        is_media = any(_tag(cell) for cell in cells if type(cell) in (dict, list))
        kind = "media" if is_media else "json"
        label = (
            _media_label(cells) if is_media else "list" if kinds == {list} else "dict" if kinds == {dict} else "JSON"
        )
        texts_ = [None if cell is None else _text(cell) for cell in cells]
        return _Read(replace(column, kind=kind, label=label), pa.array(texts_, pa.string()))
    if len(kinds) > 1 and not kinds <= {int, float}:
        plain = [None if cell is None else cell if isinstance(cell, str) else _text(cell) for cell in cells]
        jsons = [None if cell is None else _text(cell) for cell in cells]
        column = replace(column, kind="mixed", label="mixed")
        return _Read(column, pa.array(plain, pa.string()), pa.array(jsons, pa.string()))
    return _plain_column(table, column, kinds)


def _plain_column(table: Table, column: Column, kinds: set[type]) -> _Read:
    """Return a column of numbers, text, booleans or times, with what the fidelity record gives back to them."""
    import pyarrow as pa

    from datatypes.column_types import members
    from datatypes.table_restore import arrow_array
    from datatypes.table_rows import JsonRows

    rows = table.rows
    assert isinstance(rows, JsonRows)
    names = {member.name for member in members(column.type)} if column.type else set()
    if not kinds and names <= _UNTYPED:
        return _of_array(column, pa.nulls(len(rows)), "")
    if names & _KEYS:  # the cell is the key; which table it points to, its type says
        kind = pa.string() if kinds <= {str} else pa.int64()
        return _of_array(column, pa.array([row[column.index] for row in rows.raw], kind), "key")
    if kinds in ({str}, {bool}) and names <= _UNTYPED | _TEXTS and "cells" not in rows.notes[column.index]:
        return _of_array(column, pa.array([row[column.index] for row in rows.raw]), "")  # NaN among text is missing too
    if names <= _UNTYPED and kinds <= _PLAIN and (array := _by_kind(rows.column(column.index))) is not None:
        return _of_array(column, array, "")
    array, metadata = arrow_array(table, column.index)
    if metadata:
        return _Read(replace(column, kind="json", label="JSON"), _chunked(array))
    return _of_array(column, array, "")


def _by_kind(cells: Sequence[Any]) -> Any:
    """Return plain cells whose type allows any, as Arrow finds them; None where that would round a whole number."""
    import pyarrow as pa

    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {int, float}:
        if any(type(cell) is int and abs(cell) > 1 << 53 for cell in cells):
            return None
        cells = [float(cell) if type(cell) is int else cell for cell in cells]
    try:
        return pa.array(cells)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return None


def _arrow_column(index: int, name: str, array: Any, source: Any) -> _Read:
    column = Column(index=index, name=name, kind="text", source=source)
    return _of_array(column, array, "")


def _of_array(column: Column, array: Any, note: str) -> _Read:
    plain, kind, label, its_note = plain_array(array)
    if kind == "text" and (tag := _text_tag(plain)):
        kind, label = "media", _type_name(tag)
    return _Read(replace(column, kind=kind, label="key" if note == "key" else label, note=its_note), plain)


def plain_array(array: Any) -> tuple[Any, str, str, str]:  # noqa: C901, PLR0912  # a table of types, one a line
    """Return an array of a type that DuckDB takes as it is, its kind, a name of the type, and a note.

    Dictionaries are written out; instants are counted in UTC, which the note says; spans become seconds.
    """
    import pyarrow as pa
    from pyarrow import compute

    array = _chunked(array)
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        array = array.cast(kind.storage_type)
        kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.cast(kind.value_type)
        kind = array.type
    if pa.types.is_null(kind):
        return array.cast(pa.string()), "null", "empty", ""
    if pa.types.is_boolean(kind):
        return array, "boolean", "boolean", ""
    if pa.types.is_integer(kind):
        return array, "number", str(kind), ""
    if pa.types.is_floating(kind):
        return array.cast(pa.float32()) if pa.types.is_float16(kind) else array, "number", str(kind), ""
    if pa.types.is_decimal(kind):
        fits = pa.types.is_decimal128(kind)
        return (array if fits else array.cast(pa.string())), ("number" if fits else "text"), "decimal", ""
    if pa.types.is_timestamp(kind):
        zone = kind.tz
        return array.cast(pa.timestamp(kind.unit)) if zone else array, "time", "time", "UTC" if zone else ""
    if pa.types.is_date(kind) or pa.types.is_time(kind):
        return array, "time", "date" if pa.types.is_date(kind) else "time of day", ""
    if pa.types.is_duration(kind):
        per = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
        return (
            compute.divide(array.cast(pa.int64()).cast(pa.float64(), safe=False), float(per)),
            "number",
            "seconds",
            "s",
        )
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or str(kind) == "string_view":
        return array, "text", "text", ""
    if pa.types.is_nested(kind):
        return array, "json", "list" if "list" in str(kind) else "record", ""
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return array, "bytes", "bytes", ""
    return array.cast(pa.string()), "text", str(kind), ""


def _chunked(array: Any) -> Any:
    import pyarrow as pa

    return pa.chunked_array([array]) if isinstance(array, pa.Array) else array


def _text(cell: Any) -> str:
    """Return a cell as JSON; what the fast writer does not write exactly is left to the other one."""
    import orjson

    try:
        found = orjson.dumps(cell).decode()
    except (TypeError, ValueError):  # a whole number above 64 bits, half of a surrogate pair
        return json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
    if "null" in found and orjson.loads(found) != cell:  # NaN became null
        return json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
    return found


def _as_json(item: _Read) -> Any:
    """Return the cells of a column as JSON; of some kinds they are that already."""
    import pyarrow as pa

    if item.column.kind in _JSON_KINDS and pa.types.is_string(item.array.type):
        return item.array
    return pa.array([None if cell is None else _text(cell) for cell in item.array.to_pylist()], pa.string())


def _shape(declared: ColumnType | None) -> tuple[int, ...]:
    from datatypes.column_types import members

    shapes = [member.params.get("shape") for member in members(declared)] if declared else []
    return next((tuple(shape) for shape in shapes if shape), ())


def _tag(cell: Any) -> str | None:
    """Return the tag of a value, or of the first value in a list."""
    from datatypes.wire import is_value_json, tag_of

    if isinstance(cell, list):
        return next((tag for item in cell[:8] if isinstance(item, dict) and (tag := _tag(item))), None)
    return tag_of(cell) if isinstance(cell, dict) and is_value_json(cell) else None


def _media_label(cells: Sequence[Any]) -> str:
    tags = {tag for cell in cells[:_SAMPLE] if (tag := _tag(cell))}
    return _type_name(next(iter(tags))) if len(tags) == 1 else "media"


def _type_name(tag: str) -> str:
    from datatypes.registry import class_for_tag

    found = class_for_tag(tag)
    return found.__name__ if found is not None else tag


def _text_tag(array: Any) -> str | None:
    """Return the tag of values that are stored as text of their JSON; None for other text."""
    head = [cell for cell in array.slice(0, 4 * _LOOKED_AT).to_pylist() if cell is not None][:_LOOKED_AT]
    if not head or not all(cell.startswith("{") for cell in head):
        return None
    try:
        tags = {_tag(json.loads(cell)) for cell in head}
    except (ValueError, RecursionError):
        return None
    return next(iter(tags)) if len(tags) == 1 else None
