"""Tables and data frames: made of pandas and Arrow by column, and given back with the dtypes that they came with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes import limits
from datatypes.column_merging import merge
from datatypes.column_types import NONE, members, union
from datatypes.errors import DecodeLimitError, RejectedTypeError, RejectedValueError, UnreadableMediaError
from datatypes.table_restore import arrow_array, index_note, index_of, series_of
from datatypes.table_rows import ColumnRows
from datatypes.table_sources import arrow_column, frame_column
from datatypes.table_typing import place, widen

if TYPE_CHECKING:
    import pandas as pd

    from datatypes.column_types import ColumnType
    from datatypes.ports import MediaSource
    from datatypes.table import Table
    from datatypes.table_columns import Column

__all__ = ["from_arrow", "from_frame", "is_frame", "read_file", "to_array", "to_arrow", "to_frame", "typed"]

_Columns = tuple[list[str | int], ColumnRows, dict[str, Any], dict[str, Any] | None]


def is_frame(value: Any) -> bool:
    """Whether something is a frame of pandas; pandas is not imported to tell."""
    cls = type(value)
    return cls.__name__ == "DataFrame" and cls.__module__.partition(".")[0] == "pandas"


def from_frame(frame: pd.DataFrame) -> _Columns:
    """Take a frame by column; later changes of the frame do not show.

    Raises
    ------
    RejectedTypeError
        If a column's name is neither text nor a whole number, or its dtype has no form on the wire.
    """
    import numpy as np
    import pandas as pd

    names: list[str | int] = []
    labels: list[Any] = list(frame.columns)
    for name in labels:
        if not isinstance(name, str | int | np.integer) or isinstance(name, bool):
            problem = f"is {type(name).__name__} {name!r}"
            raise RejectedTypeError("column name", problem, "Rename columns to text or whole numbers.")
        names.append(str(name) if isinstance(name, str) else int(name))
    copies_on_write = int(pd.__version__.partition(".")[0]) >= 3
    own = frame.copy(deep=not copies_on_write)
    columns = [frame_column(own.iloc[:, index], str(name)) for index, name in enumerate(names)]
    return names, ColumnRows(columns, len(own), own), {"kind": "DataFrame"}, index_note(own.index)


def from_arrow(table: Any) -> _Columns:
    """Take a table of Arrow by column.

    Raises
    ------
    RejectedTypeError
        If it is none, or a column has a type without a form on the wire.
    """
    import pyarrow as pa

    if not isinstance(table, pa.Table):
        raise RejectedTypeError("table", f"is {type(table).__name__}", "Pass a pyarrow.Table.")
    columns = [arrow_column(column) for column in table.columns]
    return list(table.column_names), ColumnRows(columns, table.num_rows, table), {"kind": "arrow"}, None


def typed(declared: ColumnType, column: Column, name: str | int) -> ColumnType:
    """Return the type of a column of a frame, for which a type may have been declared.

    Raises
    ------
    RejectedTypeError
        If a cell does not fit.
    """
    found = merge(declared, column.column_type())
    if found is None or (NONE in members(found) and NONE not in members(declared)):
        if declared.name == "unknown":
            declared = union(member for member in members(column.column_type()) if member != NONE)
            cells = column.values(0, len(column))
            row = next((row for row, cell in enumerate(cells) if cell is None), None)
            if row is not None:
                raise RejectedTypeError(place(row, name), "is missing in a column that is not optional", "Fill it.")
            return declared
        return widen(declared, column.values(0, len(column)), name, 0)[0]
    return found


def to_array(cells: list[Any]) -> Any:
    """Return the cells of a column as an array; of pictures and sounds their own arrays."""
    import numpy as np

    plain = [
        cell.to_numpy() if hasattr(cell, "to_numpy") and hasattr(cell, "artifact_type") else cell for cell in cells
    ]
    try:
        return np.array(plain)
    except ValueError:  # arrays of several shapes
        found = np.empty(len(plain), dtype=object)
        found[:] = plain
        return found


def to_frame(table: Table) -> pd.DataFrame:
    """Return a table as a frame; see `Table.to_pandas`."""
    import pandas as pd

    rows = table.rows
    if isinstance(rows, ColumnRows) and is_frame(rows.origin):
        found: pd.DataFrame = rows.origin.copy()
        return found
    series = [series_of(table, index) for index in range(len(table.columns))]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame(index=range(len(rows)))
    frame.columns = pd.Index(table.columns)
    index = index_of(table.noted_index(), len(rows))
    return frame if index is None else frame.set_index(index)


def to_arrow(table: Table) -> Any:
    """Return a table as a table of Arrow; see `Table.to_arrow`.

    Raises
    ------
    RejectedValueError
        If two columns have one name.
    """
    import pyarrow as pa

    rows = table.rows
    if isinstance(rows, ColumnRows) and isinstance(rows.origin, pa.Table):
        return rows.origin
    names = [str(name) for name in table.columns]
    if len(set(names)) < len(names):
        name = next(name for index, name in enumerate(names) if name in names[:index])
        raise RejectedValueError(f'column "{name}"', "occurs twice", "Rename one.")
    fields, arrays = [], []
    for index, name in enumerate(names):
        array, metadata = arrow_array(table, index)
        fields.append(pa.field(name, array.type, metadata=metadata))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields)) if fields else pa.table({})


def read_file(name: str, source: MediaSource) -> Any:
    """Read a plain file as a table of Arrow.

    Raises
    ------
    UnreadableMediaError
        If it is not of the format that its extension says.
    DecodeLimitError
        If it is larger than an array may be.
    """
    import pyarrow as pa
    from pyarrow import csv, feather, parquet
    from pyarrow import json as arrow_json

    ending = name.rpartition(".")[2].lower()
    with source.open(name) as file:
        size = file.seek(0, 2)
        file.seek(0)
        if size > limits.array_bytes():
            problem = f"{size:,} bytes are more than the limit of {limits.array_bytes():,}"
            raise DecodeLimitError(name, problem, "Raise VITRINA_MAX_ARRAY_BYTES if you trust the file.")
        try:
            if ending in ("csv", "tsv"):
                return csv.read_csv(file, parse_options=csv.ParseOptions(delimiter="\t" if ending == "tsv" else ","))
            if ending == "jsonl":
                return arrow_json.read_json(file)
            return (
                parquet.read_table(file) if ending == "parquet" else feather.read_table(pa.PythonFile(file, mode="r"))
            )
        except (pa.ArrowException, OSError, ValueError) as error:
            raise UnreadableMediaError(name, f"is not {ending} ({error})", "Restore the file.") from error
