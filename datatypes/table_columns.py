"""Columns of data frames and Arrow tables: typed by their dtype, turned into JSON block by block, without rows.

A column answers for its wire type, for Python values of some rows, and for JSON cells through a *writer*; its *note*
keeps the dtype.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from datatypes.column_types import BOOLEAN, NUMBER, TIMESTAMP, ColumnType
from datatypes.errors import RejectedTypeError
from datatypes.table_cells import RunCellEncoder
from datatypes.table_notes import ColumnEncoder
from datatypes.table_unnote import zone_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datatypes.table_cells import CellEncoder

__all__ = ["SCALE_NS", "Column", "ColumnWriter", "InstantColumn", "NumberColumn"]


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

    @property
    def steps(self) -> set[str]:
        """Nothing is lost."""
        return set()

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


#: Nanoseconds of a unit.
SCALE_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "ns": 1}


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
                zone = zone_of(self.zone)
                cells = [
                    cell.replace(tzinfo=dt.UTC).astimezone(zone) if isinstance(cell, dt.datetime) else cell
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
        scale = SCALE_NS[self.unit]
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
        return ColumnWriter(self, cells) if isinstance(cells, RunCellEncoder) else InstantWriter(self)


class InstantWriter(ColumnWriter):
    """Writes an `InstantColumn`."""

    @property
    def steps(self) -> set[str]:
        """Nothing is lost."""
        return set()

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
