"""Columns of tables of every origin as arrays of types that DuckDB takes, with a kind and a name for the page.

What stays JSON, and how an array in a file of its own is named, `app.tables.loading` says.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from app.tables.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datatypes.column_types import ColumnType
    from datatypes.table import Table

__all__ = ["BlockColumn", "arrow_column", "cell_as_json", "json_column", "plain_array"]

#: Text cells that are looked at to find out whether a column holds values as text of their JSON, as old SDKs wrote it.
_LOOKED_AT = 20

#: Types that say nothing, and Python's own types for plain cells.
_UNTYPED = frozenset({"any", "none", "unknown"})
_PLAIN = frozenset({int, float, bool, str})

#: Types whose cells are the text or boolean that is stored.
_TEXTS = frozenset({"string", "boolean", "const", "artifactVersion"})

#: Cells by which the values of a column are called.
_SAMPLE = 1000

#: Types whose cells name a row of another table, or a class.
_KEYS = frozenset({"primaryKey", "foreignKey", "foreignIndex", "classesId"})


class BlockColumn(NamedTuple):
    """One column of a block."""

    column: Column
    array: Any
    json: Any = None
    """For kind "mixed": the cells as JSON."""


def json_column(table: Table, index: int, part: int) -> BlockColumn:
    """Return a column of a table whose cells are stored as JSON; `part` is the number of the table among the parts."""
    import pyarrow as pa

    from datatypes.table_rows import JsonRows

    rows = table.rows
    assert isinstance(rows, JsonRows)
    cells = [row[index] for row in rows.raw]
    declared, files = rows.types[index], rows.arrays[index]
    column = Column(index=index, name=str(table.columns[index]), kind="text", type=declared, source=rows.source)
    if files is not None:
        texts = [f"#{part}:{row}" if cell is None else cell_as_json(cell) for row, cell in enumerate(cells)]
        label = f"array {'×'.join(map(str, _shape(declared)))}".strip()
        return BlockColumn(replace(column, kind="array", arrays=(files,), label=label), pa.array(texts, pa.string()))
    kinds = set(map(type, cells)) - {type(None)}
    if kinds & {dict, list}:
        is_media = any(_tag(cell) for cell in cells if type(cell) in (dict, list))
        kind = "media" if is_media else "json"
        label = (
            _media_label(cells) if is_media else "list" if kinds == {list} else "dict" if kinds == {dict} else "JSON"
        )
        texts_ = [None if cell is None else cell_as_json(cell) for cell in cells]
        return BlockColumn(replace(column, kind=kind, label=label), pa.array(texts_, pa.string()))
    if len(kinds) > 1 and not kinds <= {int, float}:
        plain = [None if cell is None else cell if isinstance(cell, str) else cell_as_json(cell) for cell in cells]
        jsons = [None if cell is None else cell_as_json(cell) for cell in cells]
        column = replace(column, kind="mixed", label="mixed")
        return BlockColumn(column, pa.array(plain, pa.string()), pa.array(jsons, pa.string()))
    return _plain_column(table, column, kinds)


def _plain_column(table: Table, column: Column, kinds: set[type]) -> BlockColumn:
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
        return BlockColumn(replace(column, kind="json", label="JSON"), _chunked(array))
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


def arrow_column(index: int, name: str, array: Any, source: Any) -> BlockColumn:
    """Return a column of a table in Arrow's form."""
    column = Column(index=index, name=name, kind="text", source=source)
    return _of_array(column, array, "")


def _of_array(column: Column, array: Any, note: str) -> BlockColumn:
    plain, kind, label, its_note = plain_array(array)
    if kind == "text" and (tag := _text_tag(plain)):
        kind, label = "media", _type_name(tag)
    return BlockColumn(replace(column, kind=kind, label="key" if note == "key" else label, note=its_note), plain)


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


def cell_as_json(cell: Any) -> str:
    """Return a cell as JSON; what the fast writer does not write exactly is left to the other one."""
    import orjson

    try:
        found = orjson.dumps(cell).decode()
    except (TypeError, ValueError):  # a whole number above 64 bits, half of a surrogate pair
        return json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
    if "null" in found and orjson.loads(found) != cell:  # NaN became null
        return json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
    return found


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
