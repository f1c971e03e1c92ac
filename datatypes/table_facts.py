"""What a reader can check of a table, in the form of ``expected.json`` in the golden data."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

from datatypes import wire
from datatypes.base import WBValue
from datatypes.column_types import ColumnType, members, short_form, types_to_json
from datatypes.errors import DataTypeError
from datatypes.table_arrays import PickledArrayError
from datatypes.table_cells import CellEncoder
from datatypes.table_read import side_file
from datatypes.table_rows import JsonRows

if TYPE_CHECKING:
    from datatypes.ports import MediaSource
    from datatypes.table import Table

__all__ = ["plain_fact", "rows_facts", "run_facts", "table_facts"]

#: A longer table shows its first rows and its last one.
_ALL_ROWS = 40
_FIRST_ROWS = 3
_MAX_DEPTH = 16


class _FactEncoder(CellEncoder):
    """Cells as facts: values by their own facts, instants marked."""

    def __init__(self, depth: int) -> None:
        super().__init__(lambda value: value_facts(value, depth + 1))

    def instant(self, cell: Any) -> Any:
        """Return the instant under its mark."""
        return {"$timestamp_ms": super().instant(cell)}

    def array(self, array: Any) -> Any:
        """Return short lists as lists, as they are stored, and other arrays under their mark."""
        from datatypes.table_write import MAX_EMBEDDING

        short = array.ndim == 1 and len(array) <= MAX_EMBEDDING and array.dtype.kind in "buifU"
        return super().array(array) if short else array_facts(array)

    def _natural(self, cell: Any) -> Any:
        return wire.json_safe(super()._natural(cell))


def value_facts(value: WBValue, depth: int = 0) -> Any:
    """Return the facts of a value; of one that cannot be read, its tag and why."""
    if depth > _MAX_DEPTH:
        return {"$media": value.artifact_type, "$error": "lies too deep inside tables"}
    try:
        return table_facts(value, depth) if _is_table(value) else value.facts()  # type: ignore[arg-type]
    except (LookupError, FileNotFoundError):
        return {"$media": value.artifact_type, "$missing_file": getattr(value, "path", None)}
    except DataTypeError as error:
        return {"$media": value.artifact_type, "$error": str(error)}


def _is_table(value: WBValue) -> bool:
    return value.artifact_type == "table"


def array_facts(array: Any) -> dict[str, Any]:
    """Return shape, dtype, hash over the little-endian bytes in C order, and the first four elements."""
    import numpy as np

    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    first = [
        wire.json_safe(item) if isinstance(item, int | float | str) else str(item)
        for item in array.ravel()[:4].tolist()
    ]
    digest = hashlib.sha256(little.tobytes()).hexdigest()
    return {"$ndarray": {"shape": list(array.shape), "dtype": str(array.dtype), "sha256": digest, "first": first}}


def stored_fact(cell: Any, column_type: ColumnType | None, source: MediaSource, depth: int = 0) -> Any:
    """Return the fact of stored JSON."""
    if isinstance(cell, dict):
        if wire.is_value_json(cell):
            return _value_fact(cell, source, depth)
        return {key: stored_fact(item, None, source, depth + 1) for key, item in cell.items()} if depth < 64 else None
    if isinstance(cell, list):
        return [stored_fact(item, None, source, depth + 1) for item in cell] if depth < 64 else None
    if isinstance(cell, int | float) and not isinstance(cell, bool) and column_type is not None:
        stamped = any(member.name == "timestamp" for member in members(column_type))
        if stamped and math.isfinite(cell):
            return {"$timestamp_ms": cell}
    return wire.json_safe(cell)


def plain_fact(cell: Any) -> Any:
    """Return the fact of a Python value."""
    return _FactEncoder(0).encode(cell)


def _value_fact(cell: dict[str, Any], source: MediaSource, depth: int) -> Any:
    tag = wire.tag_of(cell)
    try:
        value = WBValue.init_from_json(cell, source)
    except DataTypeError as error:
        return {"$media": tag, "$error": str(error)}
    if isinstance(value, list):
        return [value_facts(item, depth + 1) for item in value]
    return value_facts(value, depth + 1)


def _row_facts(table: Table, row: int, depth: int) -> list[Any]:
    rows = table.rows
    if isinstance(rows, JsonRows) and not rows.is_touched:
        return [_cell_fact(rows, row, index, depth) for index in range(rows.width)]
    return [_FactEncoder(depth).encode(cell) for cell in rows.row(row)]


def _cell_fact(rows: JsonRows, row: int, index: int, depth: int) -> Any:
    stored = rows.raw[row][index]
    array = rows.arrays[index]
    if array is None or stored is not None:
        return stored_fact(stored, rows.types[index], rows.source, depth)
    try:
        cell = array.cell(row)
    except PickledArrayError:
        return {"$pickled_array": True}
    except LookupError:
        return {"$media": "ndarray", "$missing_file": array.path}
    except DataTypeError as error:
        return {"$media": "ndarray", "$error": str(error)}
    if cell is None:
        return None
    return array_facts(cell) if hasattr(cell, "shape") and cell.shape else wire.json_safe(cell.item())


def rows_facts(table: Table, depth: int = 0, limit: int | None = _ALL_ROWS) -> dict[str, Any]:
    """Return ``rows``, or ``first_rows`` and ``last_row`` of a table that is longer than `limit`."""
    count = len(table.rows)
    if limit is None or count <= limit:
        return {"rows": [_row_facts(table, row, depth) for row in range(count)]}
    first = [_row_facts(table, row, depth) for row in range(_FIRST_ROWS)]
    return {"first_rows": first, "last_row": _row_facts(table, count - 1, depth)}


def table_facts(table: Table, depth: int = 0) -> dict[str, Any]:
    """Return the facts of a table in an artifact, or in a cell."""
    if table.wire_tag != "table":
        return run_facts(table)
    rows = table.rows
    facts: dict[str, Any] = {
        "$media": "table",
        "columns": table.columns,
        "log_mode": table.stored_log_mode,
        "ncols": len(table.columns),
        "nrows": len(rows),
        **rows_facts(table, depth),
    }
    stored = table.stored_types()
    if stored is None:
        stored = None if isinstance(rows, JsonRows) else types_to_json(table.columns, table.types)
    if isinstance(stored, dict):
        type_map = (stored.get("params") or {}).get("type_map") or {}
        facts["column_types"] = {name: short_form(item) for name, item in type_map.items()}
        if keys := _keys(type_map):
            facts["keys"] = keys
    return facts


def _keys(type_map: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of key columns: their kind, and the table that they point to."""
    found: dict[str, Any] = {}
    for name, item in type_map.items():
        kind = item.get("wb_type") if isinstance(item, dict) else None
        if kind in ("primaryKey", "foreignKey", "foreignIndex"):
            params = item.get("params") or {}
            found[name] = {"kind": kind} | {key: params[key] for key in ("table", "col_name") if key in params}
    return found


def run_facts(table: Table) -> dict[str, Any]:
    """Return the facts of a table in a run."""
    stored = table.stored_json
    reference = stored.get("artifact_path")
    scheme, _, rest = reference.partition("://") if isinstance(reference, str) else (None, "", "")
    facts: dict[str, Any] = {
        "$media": table.wire_tag,
        "artifact_entry": rest.partition("/")[2] or None,
        "artifact_path_scheme": scheme,
        "log_mode": stored.get("log_mode"),
        "ncols": stored.get("ncols"),
        "nrows": stored.get("nrows"),
    }
    if table.wire_tag == "incremental-table-file":
        facts["increment_num"] = stored.get("increment_num")
        previous = stored.get("previous_increments_paths")
        facts["previous_increments"] = len(previous) if isinstance(previous, list) else 0
    try:
        file = side_file(table)
    except (LookupError, FileNotFoundError):
        return {"$media": table.wire_tag, "$missing_file": table.path}
    facts["file"] = {"columns": file["columns"], "data": wire.json_safe(file.get("data")), "path": table.path}
    return facts
