"""Checking what a table is made of: rows that a user gives, and JSON that somebody stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datatypes import wire
from datatypes.column_inference import as_array
from datatypes.column_types import ANY, UNKNOWN, ColumnType, members, optional, types_from_json
from datatypes.errors import DataTypeError, RejectedTypeError, RejectedValueError, WireFormatError
from datatypes.json_metadata import read_json
from datatypes.payload import SourcePayload
from datatypes.ports import RowSource
from datatypes.table_keys import TableLink, read_part
from datatypes.table_rows import JsonRows, Rows
from datatypes.table_typing import RowTypes, widen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datatypes.ports import MediaSource
    from datatypes.table import Table
    from datatypes.table_state import TableState

__all__ = ["checked_column", "checked_columns", "checked_rows", "read", "side_file", "types_of_read", "wrong_width"]

_INCREMENT = re.compile(r"(?:.*/)?(\d+|None)-(\d+)\.(.+)\.table\.json")


def checked_columns(columns: Any) -> list[str | int]:
    """Return the names of columns.

    Raises
    ------
    RejectedTypeError
        If they are no list of text or whole numbers.
    """
    remedy = "Pass a list of text or whole numbers."
    if not isinstance(columns, list):
        raise RejectedTypeError("columns", f"is {type(columns).__name__}, not a list", remedy)
    for index, name in enumerate(columns):
        if not isinstance(name, str | int) or isinstance(name, bool):
            raise RejectedTypeError(f"columns[{index}]", f"is {type(name).__name__} {name!r}", remedy)
    return [str(name) if isinstance(name, str) else int(name) for name in columns]


def wrong_width(row: int, found: int, columns: Sequence[str | int]) -> RejectedValueError:
    """Return the error of a row that has not one cell for each column."""
    few = found < len(columns)
    place = f'row {row}, column "{columns[found]}"' if few else f"row {row}"
    problem = f"has {found} cells for {len(columns)} columns ({', '.join(map(str, columns[:20]))})"
    return RejectedValueError(place, problem, "Pass one cell for each column.")


def checked_rows(data: Any, columns: Sequence[str | int]) -> tuple[str, dict[int, dict[str, Any]], list[list[Any]]]:
    """Return rows as new lists, with what they were given as and the notes that follow from it.

    Raises
    ------
    RejectedTypeError
        If `data`, or a row, is no list.
    RejectedValueError
        If a row has another width.
    """
    if data is None:
        return "rows", {}, []
    array = None if isinstance(data, list) else as_array(data)
    if array is not None:
        rows = _array_rows(array)
        notes = {index: {"dtype": str(array.dtype)} for index in range(len(columns)) if array.dtype.kind in "buif"}
        kind = "ndarray"
    elif isinstance(data, list):
        kind, notes, rows = "rows", {}, _list_rows(data)
    else:
        raise RejectedTypeError("data", f"is {type(data).__name__}", "Pass a list of rows, an array or a DataFrame.")
    if rows and set(map(len, rows)) != {len(columns)}:
        row = next(number for number, cells in enumerate(rows) if len(cells) != len(columns))
        raise wrong_width(row, len(rows[row]), columns)
    return kind, notes, rows


def _array_rows(array: Any) -> list[list[Any]]:
    if array.ndim < 2:
        raise RejectedValueError("data", f"is an array of shape {list(array.shape)}", "Pass one of two dimensions.")
    if array.dtype.kind in "buif":
        found: list[list[Any]] = array.tolist()
        return found
    return [list(row) for row in array]


def _list_rows(data: list[Any]) -> list[list[Any]]:
    kinds = set(map(type, data))
    if not kinds <= {list, tuple}:
        for number, row in enumerate(data):
            if isinstance(row, str | bytes | dict | set | frozenset) or not hasattr(row, "__iter__"):
                raise RejectedTypeError(
                    f"row {number}", f"is {type(row).__name__}, not a list", "Pass a list of cells."
                )
    return list(map(list, data))


def checked_column(name: Any, data: Any, nullable: Any, table: TableState) -> list[Any]:
    """Return the cells of a new column; see `Table.add_column`."""
    checked_columns([name])
    array = None if isinstance(data, list) else as_array(data)
    if array is None and not isinstance(data, list):
        raise RejectedTypeError("data", f"is {type(data).__name__}", "Pass a list or an array.")
    if not isinstance(nullable, bool):
        raise RejectedTypeError("optional", f"is {type(nullable).__name__}", "Pass True or False.")
    if name in table.columns:
        raise RejectedValueError(f"column {name!r}", "is in the table already", "Choose another name.")
    cells = (
        list(data)
        if array is None
        else array.tolist()
        if array.ndim == 1 and array.dtype.kind in "buif"
        else list(array)
    )
    if table.columns and len(cells) != len(table.rows):
        problem = f"has {len(cells)} cells for {len(table.rows)} rows"
        raise RejectedValueError(f"column {name!r}", problem, "Pass one cell for each row.")
    return cells


def read(table: Table, json_obj: dict[str, Any], source: MediaSource) -> None:
    """Fill a table from stored JSON of any SDK.

    Raises
    ------
    WireFormatError
        If columns or rows are not what they should be.
    """
    table._stored = json_obj
    table._keep_rest(json_obj)
    table._source = dict(table._fidelity.source) if table._fidelity is not None else {"kind": "stored"}
    mode = json_obj.get("log_mode")
    table.log_mode = mode if mode in ("IMMUTABLE", "MUTABLE", "INCREMENTAL") else "IMMUTABLE"
    if "data" not in json_obj and "path" in json_obj:
        payload = SourcePayload(source, wire.text_field(json_obj, "path", str(json_obj.get("_type"))))
        table._set_payload(payload)
        table._columns = None
        table._load = lambda: _run_rows(table, json_obj, source)
    else:
        table._columns, table._rows = _rows_of(table, json_obj, source)
    if table.log_mode == "INCREMENTAL" and "data" in json_obj:
        _add_increments(table, json_obj, source)


def _run_rows(table: Table, json_obj: dict[str, Any], source: MediaSource) -> tuple[list[str | int], Rows]:
    """Return the rows of a table in a run: the real cells where the run finds its artifact, else the side file's.

    A source that knows artifacts offers ``resolve(reference) -> (artifact, name) | None``.
    """
    reference = json_obj.get("artifact_path")
    resolve = getattr(source, "resolve", None) if isinstance(source, RowSource) else None
    target = resolve(reference) if resolve is not None and isinstance(reference, str) else None
    found = target[0].get(target[1]) if target is not None else None
    if found is not None and found.artifact_type == "table":
        table._cells = found
        table._fidelity = table._fidelity or found._fidelity
        return found.columns, found.rows
    return _rows_of(table, side_file(table), source)


def side_file(table: Table) -> Any:
    """Return the JSON of the side file of a table in a run: columns and rows, as any SDK wrote them.

    Raises
    ------
    WireFormatError
        If it is not of that form.
    """
    payload = table._file()
    found = read_json(payload, table.path or payload.filename)
    if not isinstance(found, dict) or not isinstance(found.get("columns"), list):
        raise WireFormatError(str(table.path), 'has no list "columns"', "Restore the file.")
    return found


def _rows_of(table: Table, json_obj: Any, source: MediaSource) -> tuple[list[str | int], JsonRows]:
    """Check columns and rows; decode nothing."""
    remedy = "Restore the object file from where it was made."
    if not isinstance(json_obj, dict) or not isinstance(json_obj.get("columns"), list):
        raise WireFormatError("table JSON", 'has no list "columns"', remedy)
    columns, data = json_obj["columns"], json_obj.get("data")
    for index, name in enumerate(columns):
        if not isinstance(name, str | int) or isinstance(name, bool):
            raise WireFormatError(f"table JSON, columns[{index}]", f"is {type(name).__name__}, not text", remedy)
    if not isinstance(data, list):
        raise WireFormatError("table JSON", 'has no list "data"', remedy)
    _check_shape(data, columns)
    types = _types(json_obj, columns, source, table)
    return columns, JsonRows(data, types, _notes(table, columns), source)


def _check_shape(data: list[Any], columns: list[str | int]) -> None:
    if not data:
        return
    if set(map(type, data)) != {list}:
        row = next(number for number, cells in enumerate(data) if type(cells) is not list)
        raise WireFormatError(f"row {row}", f"is {type(data[row]).__name__}, not a list", "Restore the object file.")
    if set(map(len, data)) != {len(columns)}:
        row = next(number for number, cells in enumerate(data) if len(cells) != len(columns))
        raise WireFormatError(
            f"row {row}", wrong_width(row, len(data[row]), columns).problem, "Restore the object file."
        )


def _types(
    json_obj: dict[str, Any], columns: Sequence[str | int], source: MediaSource, table: Table
) -> list[ColumnType | None]:
    """Return the types of columns: None where there are none, as in tables before SDK 0.10.13."""
    if json_obj.get("column_types") is None:
        return [None] * len(columns)
    by_name = types_from_json(json_obj["column_types"], read_part(source))
    types = [by_name.get(str(name)) for name in columns]
    for index, (name, item) in enumerate(zip(columns, types, strict=True)):
        if item is not None and item.name == "primaryKey":  # its cells know their table
            types[index] = ColumnType("foreignKey", {"table": TableLink(table), "col_name": name})
    return types


def _notes(table: Table, columns: Sequence[str | int]) -> list[dict[str, Any]]:
    record = table._fidelity
    noted = record.measures.get("columns") if record is not None else None
    noted = noted if isinstance(noted, dict) else {}
    return [note if isinstance(note := noted.get(str(name)), dict) else {} for name in columns]


def _add_increments(table: Table, json_obj: dict[str, Any], source: MediaSource) -> None:
    """Put the rows of all increments together, as the SDK does: by number and time in their names, odd ones first."""
    rows = table._rows
    assert isinstance(rows, JsonRows)
    if "increment_num" not in json_obj:
        return
    table._run_state.increment = json_obj["increment_num"] if isinstance(json_obj["increment_num"], int) else 0
    found = [(match, name) for name in source.names() if (match := _INCREMENT.fullmatch(name))]
    if len(found) < 2:
        return
    found.sort(key=lambda item: (-1 if item[0][1] == "None" else int(item[0][1]), int(item[0][2])))
    raw: list[list[Any]] = []
    for _, name in found:
        part = read_json(SourcePayload(source, name), name)
        if not isinstance(part, dict) or part.get("columns") != table.columns or not isinstance(part.get("data"), list):
            raise WireFormatError(name, "is no increment of this table", "Restore the object file.")
        _check_shape(part["data"], table.columns)
        raw += part["data"]
    table._rows = JsonRows(raw, rows.types, [{} for _ in table.columns], source)


#: Types that SDK 0.31 reads as it wrote them; columns of others are typed anew by their cells.
_KEPT = frozenset(
    {
        *("any", "artifactVersion", "audio-file", "bokeh-file", "boolean", "classesId", "const", "foreignIndex"),
        *("foreignKey", "html-file", "image-file", "joined-table", "list", "ndarray", "none", "number"),
        *("object3D-file", "partitioned-table", "primaryKey", "string", "table", "timestamp", "typedDict", "unknown"),
        *("video-file", "wb_trace_tree"),
    }
)


def types_of_read(table: TableState) -> RowTypes:
    """Return the types of a table that was read: as stored where its cells fit them, else by the cells."""
    rows = table.rows
    if table._cells is not None:
        return RowTypes(table.columns, list(table._cells.types))
    stored = table.stored_types()
    by_name = types_from_json(stored, read_part(rows.source)) if isinstance(rows, JsonRows) and stored else {}
    types = []
    for index, name in enumerate(table.columns):
        item = by_name.get(str(name))
        if item is None or not all(member.name in _KEPT for member in members(item)):
            try:
                item = widen(optional(UNKNOWN), rows.column(index), name, 0)[0]
            except DataTypeError:  # cells of several kinds, which old tables hold
                item = optional(ANY)
        types.append(item)
    return RowTypes(table.columns, types)
