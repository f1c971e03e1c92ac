"""Columns of a table as pandas series and Arrow arrays: with the dtype that the record notes, else by their cells."""

from __future__ import annotations

import json
import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from datatypes.arrow_types import arrow_from_json
from datatypes.column_types import ColumnType, members
from datatypes.table_cells import CellEncoder, PlainEncoder, instant_from_ms, instant_ns
from datatypes.table_rows import ColumnRows, JsonRows
from datatypes.table_sources import ObjectColumn, frame_column

if TYPE_CHECKING:
    import pandas as pd

    from datatypes.table import Table

__all__ = ["arrow_array", "index_note", "index_of", "series_of"]

#: A dtype's name as pandas writes it; what a stranger writes instead is not handed to its parser.
_DTYPE = re.compile(r"[A-Za-z0-9_ ,:/+\-.\[\]=<>()]{1,80}")


def series_of(table: Table, index: int) -> pd.Series[Any]:
    """Return a column as a series of pandas."""
    import pandas as pd

    rows = table.rows
    note = table.note_of(index)
    name = table.columns[index]
    dtype = note.get("dtype")
    if isinstance(dtype, str) and _DTYPE.fullmatch(dtype):
        try:
            return _by_dtype(table, index, note, dtype).rename(name)
        except (TypeError, ValueError, OverflowError, AttributeError):
            pass  # cells were added that the dtype cannot hold, or a stranger wrote the note
    cells = rows.column(index)
    if "arrow" in note or not isinstance(rows, JsonRows):
        array, _ = arrow_array(table, index) if "arrow" in note else (None, None)
        if array is not None:
            return pd.Series(array.to_pandas(), name=name)
    return _by_cells(cells, table.types[index]).rename(name)


def _by_dtype(table: Table, index: int, note: dict[str, Any], dtype: str) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    if "categories" in note:
        return _categorical(table, index, note)
    if dtype.startswith(("datetime64[", "timedelta64[")):
        return _instants(table, index, dtype)
    rows = table.rows
    kind = pd.api.types.pandas_dtype(dtype)
    if isinstance(rows, JsonRows) and not rows.is_touched and isinstance(kind, np.dtype) and kind.kind in "buif":
        return pd.Series(np.array(list(map(itemgetter(index), rows.raw)), dtype=kind))  # no line of Python a row
    cells = rows.column(index)
    if isinstance(kind, np.dtype) and kind.kind == "O":
        array = np.empty(len(cells), dtype=object)
        array[:] = cells
        return pd.Series(array, dtype=object)
    return pd.Series(cells, dtype=kind) if cells else pd.Series([], dtype=kind)


def _categorical(table: Table, index: int, note: dict[str, Any]) -> pd.Series[Any]:
    import pandas as pd

    inner = note.get("categories_note") if isinstance(note.get("categories_note"), dict) else {}
    categories = _restored(note["categories"], inner or {})
    kind = (inner or {}).get("dtype")
    labels = pd.Index(categories, dtype=kind if isinstance(kind, str) and _DTYPE.fullmatch(kind) else None)
    return pd.Series(pd.Categorical(table.rows.column(index), categories=labels, ordered=bool(note.get("ordered"))))


def _restored(stored: Any, note: dict[str, Any]) -> list[Any]:
    """Give a short list of cells back as they were; they carry their kind in the note, or are plain."""
    from datatypes.table_unnote import restorer

    cells = stored if isinstance(stored, list) else []
    restore = restorer(note, len(cells))
    if restore is None:
        return cells
    is_instant = str(note.get("cells", "")).startswith(("date", "numpy.M8"))
    decoded = [instant_from_ms(cell) if is_instant and isinstance(cell, int | float) else cell for cell in cells]
    return [restore(row, cell, found) for row, (cell, found) in enumerate(zip(cells, decoded, strict=True))]


def _instants(table: Table, index: int, dtype: str) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    counts = nanoseconds(table, index)
    unit, _, zone = dtype.partition("[")[2].rstrip("]").partition(", ")
    per = {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}[unit]
    code = "m" if dtype.startswith("timedelta") else "M"
    nat = np.iinfo(np.int64).min
    array = np.array([nat if item is None else item // per for item in counts], np.int64).view(f"{code}8[{unit}]")
    series = pd.Series(array)
    if zone:
        from datatypes.table_unnote import zone_of

        return series.dt.tz_localize("UTC").dt.tz_convert("UTC" if zone == "UTC" else zone_of(zone))
    return series


def nanoseconds(table: Table, index: int) -> list[int | None]:
    """Return a column of instants or spans as whole nanoseconds; from stored cells and the note where they are."""
    rows = table.rows
    if isinstance(rows, JsonRows) and not rows.is_touched:
        rest = rows.notes[index].get("rest_ns")
        if not isinstance(rest, list) or len(rest) != len(rows.raw):
            rest = [0] * len(rows.raw)
        return [
            None if row[index] is None else int(row[index]) * 1_000_000 + int(below or 0)
            for row, below in zip(rows.raw, rest, strict=True)
        ]
    return [None if cell is None or cell != cell else instant_ns(cell) for cell in rows.column(index)]  # noqa: PLR0124  # NaT


def _by_cells(cells: list[Any], column_type: ColumnType) -> pd.Series[Any]:
    """Return a series whose dtype holds all cells: whole numbers with gaps stay whole."""
    import numpy as np
    import pandas as pd

    names = {member.name for member in members(column_type)} - {"none"}
    kinds = set(map(type, cells))
    if names <= {"number"} and kinds <= {int, type(None)} and len(kinds) == 2:
        try:
            return pd.Series(cells, dtype="Int64")
        except (OverflowError, TypeError):
            return pd.Series(cells, dtype=object)
    if names <= {"boolean"} and kinds == {bool, type(None)}:
        return pd.Series(cells, dtype="boolean")
    if names <= {"number", "boolean", "string", "timestamp"} and len(kinds - {type(None)}) == 1:
        try:
            return pd.Series(cells)
        except (ValueError, OverflowError):
            pass
    if names <= {"number"} and kinds <= {int, float, type(None)} and kinds:
        return pd.Series(np.array(cells, dtype=float)) if float in kinds else pd.Series(cells)
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return pd.Series(array, dtype=object)


def index_note(index: pd.Index[Any]) -> dict[str, Any] | None:
    """Return the note of an index; None for the plain one, which counts rows from 0."""
    import pandas as pd

    names = [name if isinstance(name, str | int) else None for name in index.names]
    if isinstance(index, pd.RangeIndex):
        plain = (index.start, index.step) == (0, 1) and names == [None]
        return None if plain else {"range": [index.start, index.stop, index.step], "names": names}
    levels = []
    frame = index.to_frame(index=False)
    for position in range(frame.shape[1]):
        column = frame_column(frame.iloc[:, position], f"index {position}")
        writer = column.writer(PlainEncoder(), nan_is_null=False)
        levels.append({"data": list(writer.encode(0, len(column))), "note": writer.note()})
    return {"levels": levels, "names": names}


def index_of(note: Any, rows: int) -> pd.Index[Any] | None:
    """Return the index that was noted; None if there is none, or it does not fit the rows any more."""
    import pandas as pd

    if not isinstance(note, dict):
        return None
    names = note.get("names") if isinstance(note.get("names"), list) else [None]
    if isinstance(note.get("range"), list) and len(note["range"]) == 3:
        start, stop, step = note["range"]
        index: pd.Index[Any] = pd.RangeIndex(start, stop, step, name=names[0] if names else None)
        return index if len(index) == rows else None
    levels = []
    for level in note.get("levels") or []:
        series = _level(level)
        if len(series) != rows:
            return None
        levels.append(series)
    if not levels:
        return None
    if len(levels) == 1:
        single: pd.Index[Any] = pd.Index(levels[0], name=names[0] if names else None)
        return single
    return pd.MultiIndex.from_arrays(levels, names=names)


def _level(level: Any) -> pd.Series[Any]:
    """Return one level of an index: a column like any other."""
    from datatypes.table import Table

    note = level.get("note") or {}
    types = {"wb_type": "timestamp"} if str(note.get("dtype", "")).startswith("datetime") else {"wb_type": "any"}
    stored = {
        "_type": "table",
        "columns": ["level"],
        "data": [[cell] for cell in level.get("data") or []],
        "column_types": {"wb_type": "typedDict", "params": {"type_map": {"level": types}}},
        "fidelity": {"verdict": "lossless", "columns": {"level": note}},
    }
    return series_of(Table.from_json(stored, None), 0).rename(None)  # type: ignore[arg-type]  # plain cells open no file


def arrow_array(table: Table, index: int) -> tuple[Any, dict[str, str] | None]:
    """Return a column as an array of Arrow, and the metadata of its field: values of ours are text of their JSON."""
    import pyarrow as pa

    note = table.note_of(index)
    kind = arrow_from_json(note["arrow"]) if "arrow" in note else None
    if kind is not None:
        try:
            return _noted_array(table, index, kind, note), None
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            pass  # cells were added that the type cannot hold
    rows = table.rows
    if isinstance(rows, ColumnRows) and not isinstance(rows.sources[index], ObjectColumn):
        return pa.array(rows.origin.iloc[:, index]), None
    if "dtype" in note and note["dtype"] != "object":
        try:
            return pa.array(series_of(table, index), from_pandas=True), None
        except (pa.ArrowException, TypeError, ValueError):
            pass
    return _array_by_cells(table, index)


def _noted_array(table: Table, index: int, kind: Any, note: dict[str, Any]) -> Any:
    import pyarrow as pa

    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        per = {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}[kind.unit]
        counts = [None if item is None else item // per for item in nanoseconds(table, index)]
        return pa.array(counts, pa.int64()).cast(kind)
    cells = table.rows.column(index)
    if pa.types.is_dictionary(kind):
        labels = _restored(note.get("categories"), note.get("categories_note") or {})
        dictionary = pa.array(labels, kind.value_type)
        codes = {label: code for code, label in enumerate(dictionary.to_pylist())}
        indices = pa.array([None if cell is None else codes[cell] for cell in cells], kind.index_type)
        return pa.DictionaryArray.from_arrays(indices, dictionary, ordered=kind.ordered)
    if pa.types.is_map(kind):
        cells = [cell if cell is None else [tuple(pair) for pair in cell] for cell in cells]
    return pa.array(cells, kind)


def _array_by_cells(table: Table, index: int) -> tuple[Any, dict[str, str] | None]:
    import pyarrow as pa

    cells = table.rows.column(index)
    names = {member.name for member in members(table.types[index])} - {"none"}
    if names <= {"number", "string", "boolean", "list", "typedDict", "timestamp", "unknown", "primaryKey", "const"}:
        try:
            return pa.array(_arrow_cells(cells)), None
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            pass
    return pa.array([None if cell is None else _json(cell) for cell in cells], pa.string()), {"vitrina": "json"}


def _arrow_cells(cells: list[Any]) -> list[Any]:
    """Return cells that Arrow infers a type of without loss; else raise.

    Raises
    ------
    ValueError
        If whole numbers would be rounded to floats.
    """
    kinds = set(map(type, cells))
    if int in kinds and float in kinds:
        if any(type(cell) is int and abs(cell) > 1 << 53 for cell in cells):
            raise ValueError("whole numbers beyond 2^53 beside floats")
        return [float(cell) if type(cell) is int else cell for cell in cells]
    return cells


def _json(cell: Any) -> str:
    from datatypes.table_naming import HashSink

    sink = HashSink()
    found = CellEncoder(lambda value: value.to_json(sink)).encode(cell)
    return json.dumps(found, sort_keys=True, ensure_ascii=False)
