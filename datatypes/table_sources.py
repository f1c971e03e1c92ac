"""Columns of Python objects, of pandas series and of arrays of Arrow: which kind of column each becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes.arrow_types import arrow_to_json, wire_type
from datatypes.column_inference import ARTIFACT_TEXT, admit
from datatypes.column_types import BOOLEAN, NUMBER, STRING, UNKNOWN, ColumnType, optional
from datatypes.errors import RejectedTypeError
from datatypes.table_cells import PlainEncoder
from datatypes.table_columns import SCALE_NS, Column, InstantColumn, NumberColumn
from datatypes.table_typing import widen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["ObjectColumn", "arrow_column", "frame_column"]


class ObjectColumn(Column):
    """Python objects: cells are looked at one by one, but only where their classes leave a choice.

    Parameters
    ----------
    cells : sequence
        Something that gives a slice as a list: ``cells[start:stop].tolist()`` or a list.
    dtype : dict
        What the note says of the dtype.
    column_type : ColumnType, optional
        Type, where the dtype tells it.
    """

    def __init__(self, cells: Any, dtype: dict[str, Any], column_type: ColumnType | None = None) -> None:
        super().__init__(dtype)
        self.cells = cells
        self._type = column_type

    def __len__(self) -> int:
        return len(self.cells)

    def column_type(self) -> ColumnType:
        """Type by the cells."""
        if self._type is None:
            self._type = widen(optional(UNKNOWN), self.values(0, len(self)), "column", 0)[0]
        return self._type

    def values(self, start: int, stop: int) -> list[Any]:
        """The objects."""
        found = self.cells[start:stop]
        return found if isinstance(found, list) else found.tolist()


class SeriesColumn(ObjectColumn):
    """A pandas series whose missing values have a form of their own: text, nullable numbers, categories."""

    def values(self, start: int, stop: int) -> list[Any]:
        """Python values, None where one is missing."""
        import numpy as np

        part = self.cells.iloc[start:stop]
        found: list[Any] = part.astype(object).to_numpy(dtype=object, na_value=None).tolist()
        if part.dtype.kind == "f" and any(isinstance(cell, np.floating) for cell in found):
            found = [cell.item() if isinstance(cell, np.floating) else cell for cell in found]
        return found


def frame_column(series: pd.Series[Any], name: str) -> Column:
    """Return the column of a pandas series.

    Raises
    ------
    RejectedTypeError
        If its dtype has no form on the wire, such as complex numbers.
    """
    import pandas as pd

    dtype = series.dtype
    note = {"dtype": str(dtype)}
    if isinstance(dtype, pd.ArrowDtype):
        return arrow_column(_chunked(series), note)
    if isinstance(dtype, pd.DatetimeTZDtype):
        naive = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        return _instants(naive, str(dtype.tz), note)
    if isinstance(dtype, pd.CategoricalDtype):
        return _categories(series, dtype, note)
    kind = getattr(dtype, "kind", "O")
    if not pd.api.types.is_extension_array_dtype(dtype) and kind in "buifc":
        try:
            return NumberColumn(series.to_numpy(), note)
        except RejectedTypeError as error:
            raise RejectedTypeError(f'column "{name}"', error.problem, error.remedy) from error
    if kind in "Mm" and not pd.api.types.is_extension_array_dtype(dtype):
        return _instants(series.to_numpy(), None, note)
    if isinstance(dtype, pd.StringDtype):
        return _text_column(series, note)
    if kind == "O" and not pd.api.types.is_extension_array_dtype(dtype):
        return ObjectColumn(series.to_numpy(), note)
    if kind in "biuf":
        return SeriesColumn(series, note, optional(BOOLEAN if kind == "b" else NUMBER))
    return SeriesColumn(series, note)


def _text_column(series: pd.Series[Any], note: dict[str, Any]) -> Column:
    """Return a column of text: as Arrow, which pandas itself holds it in; a lone surrogate only Python holds."""
    import pyarrow as pa

    try:
        return ArrowCells(_chunked(series), note, optional(STRING))
    except (pa.ArrowException, UnicodeEncodeError):
        return SeriesColumn(series, note, optional(STRING))


def _categories(series: pd.Series[Any], dtype: pd.CategoricalDtype, note: dict[str, Any]) -> Column:
    column = SeriesColumn(series, note)
    kinds = ObjectColumn(list(dtype.categories), {})
    writer = kinds.writer(PlainEncoder(), nan_is_null=False)
    note["categories"] = list(writer.encode(0, len(kinds)))
    note["ordered"] = bool(dtype.ordered)
    note["categories_note"] = writer.note() | {"dtype": str(dtype.categories.dtype)}
    column._type = kinds.column_type()
    return column


def _chunked(series: pd.Series[Any]) -> Any:
    import pyarrow as pa

    found = pa.array(series.array)
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def _instants(array: NDArray[Any], zone: str | None, note: dict[str, Any]) -> InstantColumn:
    import numpy as np

    unit, _ = np.datetime_data(array.dtype)
    if unit not in SCALE_NS:
        array, unit = array.astype(f"{array.dtype.kind}8[s]"), "s"
    return InstantColumn(
        array.astype(np.int64), np.isnat(array), str(unit), zone, note, is_span=array.dtype.kind == "m"
    )


class ArrowCells(ObjectColumn):
    """A chunked array of Arrow whose values have a Python form."""

    def may_name_artifacts(self) -> bool:
        """Ask Arrow: by column, not by row."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not (pa.types.is_string(self.cells.type) or pa.types.is_large_string(self.cells.type)):
            return not pa.types.is_binary(self.cells.type)
        return bool(pc.any(pc.starts_with(self.cells, ARTIFACT_TEXT)).as_py())

    def values(self, start: int, stop: int) -> list[Any]:
        """Python values."""
        part = self.cells.slice(start, stop - start)
        found: list[Any]
        quick = part.null_count == 0 and str(part.type) in _BY_NUMPY
        found = part.to_numpy().tolist() if quick else part.to_pylist()
        return found


_BY_NUMPY = frozenset(
    [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)] + ["halffloat", "float", "double"]
)


def arrow_column(chunked: Any, note: dict[str, Any] | None = None) -> Column:
    """Return the column of a chunked array of Arrow.

    Parameters
    ----------
    chunked : pyarrow.ChunkedArray
        The cells.
    note : dict, optional
        What the note says of a pandas dtype.

    Raises
    ------
    RejectedTypeError
        If the type has no form on the wire, such as unions.
    """
    import pyarrow as pa

    kind = chunked.type
    note = {**(note or {}), "arrow": arrow_to_json(kind)}
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        counts = chunked.cast(pa.int64())
        missing = counts.is_null().to_numpy() if counts.null_count else None
        array = counts.fill_null(0).to_numpy()
        span = pa.types.is_duration(kind)
        return InstantColumn(array, missing, kind.unit, None if span else kind.tz, note, is_span=span)
    if pa.types.is_dictionary(kind):
        chunked = chunked.unify_dictionaries()
        dictionary = chunked.chunk(0).dictionary if chunked.num_chunks else pa.array([], kind.value_type)
        inner = arrow_column(pa.chunked_array([dictionary]))
        writer = inner.writer(PlainEncoder(), nan_is_null=False)
        note |= {"categories": list(writer.encode(0, len(inner))), "categories_note": writer.note()}
        column = arrow_column(chunked.cast(kind.value_type), note)
        column.dtype = note
        return column
    return ArrowCells(chunked, note, _nullable(wire_type(kind), chunked))


def _nullable(column_type: ColumnType, chunked: Any) -> ColumnType:
    found = optional(column_type)
    return found if chunked.null_count == 0 or admit(found, None) is not None else column_type
