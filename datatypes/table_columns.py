"""Columns of data frames and Arrow tables: typed by their dtype, turned into JSON block by block, without rows.

A column answers for its wire type, for Python values of some rows, and for JSON cells through a *writer*; its *note*
keeps the dtype.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from datatypes.arrow_types import arrow_to_json, wire_type
from datatypes.column_inference import ARTIFACT_TEXT, admit
from datatypes.column_types import BOOLEAN, NUMBER, STRING, TIMESTAMP, UNKNOWN, ColumnType, optional
from datatypes.errors import RejectedTypeError
from datatypes.table_notes import ColumnEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from datatypes.table_cells import CellEncoder

__all__ = ["Column", "InstantColumn", "NumberColumn", "ObjectColumn", "arrow_column", "frame_column"]


class Column:
    """One column.

    Parameters
    ----------
    dtype : dict
        What the note says of the dtype.
    """

    def __init__(self, dtype: dict[str, Any]) -> None:
        self.dtype = dtype

    def __len__(self) -> int:
        raise NotImplementedError

    def column_type(self) -> ColumnType:
        """Type on the wire; optional ones say so."""
        raise NotImplementedError

    def values(self, start: int, stop: int) -> list[Any]:
        """Python values of some rows."""
        raise NotImplementedError

    def may_name_artifacts(self) -> bool:
        """Whether text among the cells may be a reference to an artifact, which W&B's reader types otherwise."""
        return True

    def writer(self, cells: CellEncoder, *, nan_is_null: bool) -> ColumnWriter:
        """Return what writes the column once.

        Parameters
        ----------
        cells : CellEncoder
            How cells become JSON.
        nan_is_null : bool
            True if what takes the cells writes NaN as null by itself.
        """
        return ColumnWriter(self, cells)


class ColumnWriter:
    """Writes a column of Python values through a `ColumnEncoder`."""

    def __init__(self, column: Column, cells: CellEncoder) -> None:
        self.column = column
        self.encoder = ColumnEncoder(cells)

    @property
    def steps(self) -> set[str]:
        """Conversions that lose something."""
        return self.encoder.steps

    def encode(self, start: int, stop: int) -> Sequence[Any]:
        """Return the JSON cells of some rows; called for all blocks in order."""
        return self.encoder.encode(self.column.values(start, stop))

    def note(self) -> dict[str, Any]:
        """Return the note of the column."""
        return self.column.dtype | self.encoder.note()


class NumberColumn(Column):
    """Booleans, whole numbers or floats of NumPy."""

    def __init__(self, array: NDArray[Any], dtype: dict[str, Any]) -> None:
        super().__init__(dtype)
        import numpy as np

        if array.dtype.kind not in "buif":
            raise RejectedTypeError("column", f"has dtype {array.dtype}", "Pass its parts as columns of numbers.")
        self.array = array
        self.has_nan = array.dtype.kind == "f" and bool(np.isnan(array).any())
        self.has_infinity = array.dtype.kind == "f" and bool(np.isinf(array).any())

    def __len__(self) -> int:
        return len(self.array)

    def column_type(self) -> ColumnType:
        """Boolean or number."""
        return BOOLEAN if self.array.dtype.kind == "b" else NUMBER

    def values(self, start: int, stop: int) -> list[Any]:
        """Python numbers."""
        found: list[Any] = self.array[start:stop].tolist()
        return found

    def writer(self, cells: CellEncoder, *, nan_is_null: bool) -> NumberWriter:
        """Return a writer that works on the array."""
        if self.has_infinity:
            cells.exotic = True
        return NumberWriter(self, nan_is_null=nan_is_null)


class NumberWriter(ColumnWriter):
    """Writes a `NumberColumn`: one call a block."""

    steps = frozenset()  # type: ignore[assignment]  # nothing is lost

    def __init__(self, column: NumberColumn, *, nan_is_null: bool) -> None:
        self.column: NumberColumn = column
        self._replaces = column.has_nan and not nan_is_null

    def encode(self, start: int, stop: int) -> Sequence[Any]:
        """Return numbers, null for NaN."""
        cells = self.column.values(start, stop)
        return [None if cell != cell else cell for cell in cells] if self._replaces else cells  # noqa: PLR0124

    def note(self) -> dict[str, Any]:
        """Return the dtype, and that nulls are NaN."""
        return self.column.dtype | ({"nulls": "nan"} if self.column.has_nan else {})


_SCALE_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "ns": 1}


class InstantColumn(Column):
    """Instants or spans as whole numbers of one unit.

    Parameters
    ----------
    counts : ndarray
        int64, units since 1970 UTC, or of the span.
    missing : ndarray or None
        True where a cell is null.
    unit : {"s", "ms", "us", "ns"}
        The unit.
    zone : str or None
        Time zone of instants; None for those without.
    dtype : dict
        What the note says of the dtype.
    is_span : bool
        Spans instead of instants.
    """

    def __init__(
        self, counts: NDArray[Any], missing: NDArray[Any] | None, unit: str, zone: str | None, dtype: dict[str, Any],
        *, is_span: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(dtype)
        self.counts, self.unit, self.zone, self.is_span = counts, unit, zone, is_span
        self.missing = missing if missing is not None and bool(missing.any()) else None

    def __len__(self) -> int:
        return len(self.counts)

    def column_type(self) -> ColumnType:
        """Timestamp, or number for spans."""
        return NUMBER if self.is_span else TIMESTAMP

    @property
    def kind(self) -> str:
        """Python kind of the cells, for the note."""
        if self.unit == "ns":
            return "numpy.m8[ns]" if self.is_span else "numpy.M8[ns]"
        return "timedelta" if self.is_span else f"datetime {self.zone or ''}".rstrip()

    def values(self, start: int, stop: int) -> list[Any]:
        """`datetime` in their zone or `timedelta`; nanoseconds as NumPy's scalars."""
        import numpy as np

        counts = self.counts[start:stop]
        code = "m" if self.is_span else "M"
        cells: list[Any]
        if self.unit == "ns":
            cells = list(counts.astype(f"{code}8[ns]"))
        else:
            cells = counts.astype(f"{code}8[{self.unit}]").astype(f"{code}8[us]").tolist()
            if not self.is_span and self.zone:
                from datatypes.table_notes import zone_of

                zone = zone_of(self.zone)
                cells = [
                    cell.replace(tzinfo=datetime.UTC).astimezone(zone) if isinstance(cell, datetime.datetime) else cell
                    for cell in cells
                ]
        if self.missing is None:
            return cells
        gone = self.missing[start:stop]
        return [None if absent else cell for cell, absent in zip(cells, np.asarray(gone).tolist(), strict=True)]

    def milliseconds(self, start: int, stop: int) -> tuple[list[Any], NDArray[Any]]:
        """Return the cells on the wire, and the nanoseconds that they do not carry."""
        import numpy as np

        counts = self.counts[start:stop]
        scale = _SCALE_NS[self.unit]
        if scale >= 1_000_000:
            factor = scale // 1_000_000
            if len(counts) and int(np.abs(counts).max()) > (1 << 62) // factor:
                return [int(count) * factor for count in counts], np.zeros(len(counts), np.int64)
            return (counts * factor).tolist(), np.zeros(len(counts), np.int64)
        per_ms = 1_000_000 // scale
        whole = np.trunc(counts / per_ms).astype(np.int64) if self.unit == "ns" else counts - np.fmod(counts, per_ms)
        if self.unit != "ns":
            whole = whole // per_ms
            return whole.tolist(), (counts - whole * per_ms) * scale
        if not np.fmod(counts, per_ms).any():
            return (counts // per_ms).tolist(), np.zeros(len(counts), np.int64)
        return (counts / 1e6).tolist(), counts - whole * per_ms

    def writer(self, cells: CellEncoder, *, nan_is_null: bool) -> InstantWriter | ColumnWriter:
        """Return a writer that works on the counts; runs have ISO text instead."""
        from datatypes.table_cells import RunCellEncoder

        return ColumnWriter(self, cells) if isinstance(cells, RunCellEncoder) else InstantWriter(self)


class InstantWriter(ColumnWriter):
    """Writes an `InstantColumn`."""

    steps = frozenset()  # type: ignore[assignment]  # nothing is lost

    def __init__(self, column: InstantColumn) -> None:
        self.column: InstantColumn = column
        self._rests: list[list[int]] = []
        self._has_rest = False

    def encode(self, start: int, stop: int) -> Sequence[Any]:
        """Return milliseconds."""
        cells, rest = self.column.milliseconds(start, stop)
        if missing := self.column.missing is not None:
            rest = rest * ~self.column.missing[start:stop]
        self._has_rest = self._has_rest or bool(rest.any())
        self._rests.append(rest.tolist())
        if not missing:
            return cells
        gone = self.column.missing[start:stop].tolist()  # type: ignore[index]  # told above
        return [None if absent else cell for cell, absent in zip(cells, gone, strict=True)]

    def note(self) -> dict[str, Any]:
        """Return dtype, kind and what is below the millisecond."""
        note = self.column.dtype | ({"cells": self.column.kind} if len(self.column) else {})
        if self._has_rest:
            note["rest_ns"] = [item for block in self._rests for item in block]
        return note


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
            from datatypes.table_typing import widen

            self._type = widen(optional(UNKNOWN), self.values(0, len(self)), "column", 0)[0]
        return self._type

    def values(self, start: int, stop: int) -> list[Any]:
        """The objects."""
        found = self.cells[start:stop]
        return found if isinstance(found, list) else found.tolist()  # type: ignore[no-any-return]


class SeriesColumn(ObjectColumn):
    """A pandas series whose missing values have a form of their own: text, nullable numbers, categories."""

    def may_name_artifacts(self) -> bool:
        """Ask the series: by column, not by row."""
        import pandas as pd

        if not isinstance(self.cells.dtype, pd.StringDtype):
            return super().may_name_artifacts()
        return bool(self.cells.str.startswith(ARTIFACT_TEXT, na=False).any())

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
        return SeriesColumn(series, note, optional(STRING))
    if dtype == object:
        return ObjectColumn(series.to_numpy(), note)
    if kind in "biuf":
        return SeriesColumn(series, note, optional(BOOLEAN if kind == "b" else NUMBER))
    return SeriesColumn(series, note)


def _categories(series: pd.Series[Any], dtype: pd.CategoricalDtype, note: dict[str, Any]) -> Column:
    from datatypes.table_cells import CellEncoder

    column = SeriesColumn(series, note)
    kinds = ObjectColumn(list(dtype.categories), {})
    writer = kinds.writer(CellEncoder(lambda value: None), nan_is_null=False)
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
    if unit not in _SCALE_NS:
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
        if part.null_count == 0 and str(part.type) in _BY_NUMPY:
            found = part.to_numpy().tolist()
        else:
            found = part.to_pylist()
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
        from datatypes.table_cells import CellEncoder

        writer = inner.writer(CellEncoder(lambda value: None), nan_is_null=False)
        note |= {"categories": list(writer.encode(0, len(inner))), "categories_note": writer.note()}
        column = arrow_column(chunked.cast(kind.value_type), note)
        column.dtype = note
        return column
    return ArrowCells(chunked, note, _nullable(wire_type(kind), chunked))


def _nullable(column_type: ColumnType, chunked: Any) -> ColumnType:
    found = optional(column_type)
    return found if chunked.null_count == 0 or admit(found, None) is not None else column_type
