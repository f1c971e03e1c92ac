"""Cells of tables: from Python values to JSON and back.

`CellEncoder` knows every kind of cell; what the dialects do differently (values, instants, arrays) is in its
subclasses. Source of the forms: SDK 0.31.0.
"""

from __future__ import annotations

import base64
import datetime as dt
import enum
import math
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any

from datatypes import wire
from datatypes.base import WBValue
from datatypes.column_inference import as_array, is_missing
from datatypes.column_types import ColumnType, members
from datatypes.errors import RejectedTypeError
from datatypes.table_keys import TableIndex, TableKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from datatypes.ports import MediaSource

__all__ = [
    "NATURAL",
    "CellEncoder",
    "PlainEncoder",
    "RunCellEncoder",
    "decode",
    "instant_from_ms",
    "instant_ns",
    "ms_cell",
    "needs_decoding",
]

#: Classes whose cells are JSON as they are (NaN and infinities excepted).
NATURAL = frozenset({NoneType, bool, float, int, str})

_UTC = dt.UTC
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=_UTC)
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_MICROSECOND = dt.timedelta(microseconds=1)

#: Deeper lists and dicts stay plain JSON: a stranger's file may hold thousands of brackets.
_MAX_DEPTH = 64


def instant_ns(value: Any) -> int:
    """Return an instant, or a span, in whole nanoseconds; an instant since 1970 UTC, without a zone taken as UTC."""
    if isinstance(value, dt.datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=_UTC)
        return (aware - _EPOCH) // _MICROSECOND * 1000 + getattr(value, "nanosecond", 0)
    if isinstance(value, dt.date):
        return (value.toordinal() - _EPOCH_DAY) * 86_400_000_000_000
    if isinstance(value, dt.timedelta):
        return value // _MICROSECOND * 1000 + getattr(value, "nanoseconds", 0)
    import numpy as np

    unit, count = np.datetime_data(value.dtype)
    if unit in ("Y", "M"):
        value, unit, count = value.astype("datetime64[D]"), "D", 1
    scale = {"W": 604_800 * 10**9, "D": 86_400 * 10**9, "h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9}
    scale |= {"ms": 10**6, "us": 1000, "ns": 1}
    if unit not in scale:
        raise RejectedTypeError(str(value.dtype), "is finer than nanoseconds", "Pass nanoseconds or coarser.")
    return int(value.astype(np.int64)) * count * scale[unit]


def ms_cell(total_ns: int, *, fraction: bool = False) -> int | float:
    """Return the cell of an instant: whole milliseconds, cut towards zero as W&B cuts them.

    Parameters
    ----------
    total_ns : int
        Nanoseconds since 1970 UTC.
    fraction : bool
        Keep a fraction, as W&B does for NumPy's nanoseconds.
    """
    if fraction and total_ns % 1_000_000:
        return total_ns / 1e6
    return total_ns // 1_000_000 if total_ns >= 0 else -(-total_ns // 1_000_000)


def instant_from_ms(cell: float) -> Any:
    """Return the instant of a cell: an aware `datetime` in UTC.

    A fraction that no microsecond has becomes a `numpy.datetime64`; what no calendar has stays the number.
    """
    if not math.isfinite(cell):
        return cell
    try:
        whole = round(cell * 1000)
        if isinstance(cell, int) or whole / 1000 == cell:
            return _EPOCH + dt.timedelta(microseconds=cell * 1000 if isinstance(cell, int) else whole)
    except OverflowError:
        return cell
    import numpy as np

    return np.datetime64(round(cell * 1e6), "ns") if abs(cell) < 9.2e12 else cell


class CellEncoder:
    """Makes JSON of cells as an artifact has them.

    Parameters
    ----------
    value : callable
        What becomes of a value of ours.

    Attributes
    ----------
    exotic : bool
        Set when something was met that only `json` writes exactly: an infinity, or a whole number above 64 bits.
    """

    def __init__(self, value: Callable[[WBValue], Any]) -> None:
        self.value = value
        self.exotic = False

    def instant(self, cell: Any) -> Any:
        """Milliseconds since 1970 UTC."""
        return ms_cell(instant_ns(cell), fraction=getattr(cell, "dtype", None) == "datetime64[ns]")

    def array(self, array: Any) -> Any:
        """Nested lists."""
        return self.encode(array.tolist() if array.dtype.kind not in "Mm" else list(array))

    def encode(self, cell: Any, depth: int = 0) -> Any:
        """Return the JSON of one cell.

        Raises
        ------
        RejectedTypeError
            If it has no form on the wire, or is nested too deeply.
        """
        if depth > _MAX_DEPTH:
            raise RejectedTypeError("cell", f"is nested more than {_MAX_DEPTH} deep", "Store it as a file instead.")
        cls = type(cell)
        if cls in NATURAL:
            return self._natural(cell)
        if isinstance(cell, WBValue):
            return self.value(cell)
        if isinstance(cell, dict):
            return {_key_text(key): self.encode(item, depth + 1) for key, item in cell.items()}
        if isinstance(cell, list | tuple):
            return [self.encode(item, depth + 1) for item in cell]
        if isinstance(cell, set | frozenset):
            return [self.encode(item, depth + 1) for item in _in_order(cell)]
        return self._scalar(cell, depth)

    def _natural(self, cell: Any) -> Any:
        if isinstance(cell, float) and not math.isfinite(cell):
            if math.isnan(cell):
                return None
            self.exotic = True
        elif isinstance(cell, int) and not -(1 << 63) <= cell < 1 << 64:
            self.exotic = True
        return cell

    def _scalar(self, cell: Any, depth: int) -> Any:  # noqa: C901, PLR0912  # one line for each kind
        if is_missing(cell):
            return None
        if isinstance(cell, enum.Enum):
            return cell.name
        for base in (bool, int, float, str):
            if isinstance(cell, base):
                return self._natural(base(cell))
        if isinstance(cell, bytes | bytearray):
            return bytes_text(cell)[0]
        if isinstance(cell, Decimal):
            return self._natural(float(cell))
        if isinstance(cell, dt.date):
            return self.instant(cell)
        if isinstance(cell, dt.timedelta):
            return ms_cell(instant_ns(cell))
        if isinstance(cell, dt.time):
            return cell.isoformat()
        if type(cell).__module__ == "numpy" and hasattr(cell, "dtype") and not getattr(cell, "shape", ()):
            return self._numpy(cell, depth)
        if type(cell).__module__.partition(".")[0] == "pandas" and type(cell).__name__ in ("Period", "Interval"):
            return str(cell)
        if (array := as_array(cell)) is not None:
            return self.array(array)
        if callable(cell):
            return f"{cell.__module__}.{cell.__qualname__}" if hasattr(cell, "__qualname__") else str(cell)
        raise RejectedTypeError(f"{type(cell).__name__} cell", "has no form in a table", "Pass text or a number.")

    def _numpy(self, cell: Any, depth: int) -> Any:
        kind = cell.dtype.kind
        if kind == "M":
            return self.instant(cell)
        if kind == "m":
            return ms_cell(instant_ns(cell))
        if kind in "cVO":
            raise RejectedTypeError(f"{cell.dtype} cell", "has no form in a table", "Pass its parts as numbers.")
        return self.encode(float(cell) if kind == "f" else cell.item(), depth + 1)


class PlainEncoder(CellEncoder):
    """Makes JSON of cells where nothing is stored: values become null."""

    def __init__(self) -> None:
        super().__init__(lambda _: None)


class RunCellEncoder(CellEncoder):
    """Makes JSON of cells as the side file of a run has them: ISO text for instants, names of classes for values."""

    def __init__(self) -> None:
        super().__init__(self._name)
        self.named_values = False

    def _name(self, value: WBValue) -> str:
        self.named_values = True
        return type(value).__name__

    def instant(self, cell: Any) -> str:
        """Return ISO 8601 text."""
        return str(cell.isoformat() if hasattr(cell, "isoformat") else cell)

    def array(self, array: Any) -> Any:
        """Return nested lists; of complex numbers their text."""
        return super().array(array.astype(str) if array.dtype.kind == "c" else array)

    def _natural(self, cell: Any) -> Any:
        if isinstance(cell, float) and math.isnan(cell):
            self.exotic = True  # bare NaN, as every SDK writes it there
            return cell
        return super()._natural(cell)


def bytes_text(cell: bytes | bytearray) -> tuple[str, bool]:
    """Return bytes as text: as UTF-8 if they are that, else in base64 (then the second item is True)."""
    try:
        return bytes(cell).decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(cell).decode(), True


def _key_text(key: Any) -> str:
    """Return a key of a dict as `json` would write it."""
    if isinstance(key, str):
        return str(key)
    key = key.item() if hasattr(key, "item") else key
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    return str(key)


def _in_order(cell: set[Any] | frozenset[Any]) -> list[Any]:
    """Return the items of a set in an order that does not change from run to run."""
    return sorted(
        cell, key=lambda item: (type(item).__name__, item if isinstance(item, int | float | str) else repr(item))
    )


def needs_decoding(column_type: ColumnType | None, depth: int = 0) -> bool:
    """Whether cells of this type may be something else than the JSON that is stored."""
    if column_type is None:
        return True
    plain = ("string", "number", "boolean", "none", "const", "classesId", "artifactVersion", "unknown")
    inner = {"list": "element_type"}.get(column_type.name)
    if column_type.name == "union":
        return any(needs_decoding(item, depth + 1) for item in members(column_type))
    if inner and depth < _MAX_DEPTH:
        return needs_decoding(column_type.params[inner], depth + 1)
    if column_type.name == "typedDict":
        return any(needs_decoding(item, depth + 1) for item in column_type.params["type_map"].values())
    return column_type.name not in plain


def decode(cell: Any, column_type: ColumnType | None, source: MediaSource, depth: int = 0) -> Any:
    """Return the Python value of a stored cell.

    Parameters
    ----------
    cell : object
        Stored JSON.
    column_type : ColumnType, optional
        Type of its column; None if the table is older than types.
    source : MediaSource
        Where its files are; none is opened.
    depth : int
        How deep it lies in lists and dicts.
    """
    if isinstance(cell, dict):
        if wire.is_value_json(cell):
            return WBValue.init_from_json(cell, source)
        if depth > _MAX_DEPTH:
            return cell
        types = _member(column_type, "typedDict", "type_map") or {}
        return {key: decode(item, types.get(key), source, depth + 1) for key, item in cell.items()}
    if isinstance(cell, list):
        if depth > _MAX_DEPTH:
            return cell
        element = _member(column_type, "list", "element_type")
        return [decode(item, element, source, depth + 1) for item in cell]
    if column_type is None or cell is None:
        return cell
    return _decode_scalar(cell, column_type)


def _decode_scalar(cell: Any, column_type: ColumnType) -> Any:
    for member in members(column_type):
        if member.name == "timestamp" and isinstance(cell, int | float) and not isinstance(cell, bool):
            return instant_from_ms(cell)
        if member.name == "foreignKey" and isinstance(cell, str):
            return TableKey(cell, member.params.get("table"), member.params.get("col_name"))
        if member.name == "foreignIndex" and isinstance(cell, int) and not isinstance(cell, bool):
            index = TableIndex(cell)
            index.link = member.params.get("table")
            return index
    return cell


def _member(column_type: ColumnType | None, name: str, param: str) -> Any:
    if column_type is None:
        return None
    return next((item.params.get(param) for item in members(column_type) if item.name == name), None)
