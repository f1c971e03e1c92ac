"""What the cells of a column cannot carry as JSON, and how it comes back: the ``columns`` of a table's fidelity record.

A *note* is a dict per column, absent where JSON says all: ``cells`` (the Python kind of all cells, or ``kinds`` and
their ``runs``), ``nulls`` (which nulls were NaN), ``rest_ns`` (nanoseconds below the millisecond), ``text`` (decimals in
full), ``dtype``, ``arrow`` and ``categories`` (of frames), ``optional``. W&B's reader ignores it.
"""

from __future__ import annotations

import base64
import datetime
import enum
import math
import re
import zoneinfo
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from datatypes.base import WBValue
from datatypes.column_inference import as_array, is_missing
from datatypes.table_cells import NATURAL, CellEncoder, RunCellEncoder, bytes_text, instant_ns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["ColumnEncoder", "is_nan", "kind_of", "lasting_note", "restorer", "zone_of"]

_NUMBERS = frozenset({float, int, bool, type(None)})
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class _Runs:
    """Run-length codes of one kind per row."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.runs: list[int] = []  # code, count, code, count …

    def add(self, kind: str, count: int) -> None:
        if kind not in self.kinds:
            self.kinds.append(kind)
        code = self.kinds.index(kind)
        if self.runs and self.runs[-2] == code:
            self.runs[-1] += count
        else:
            self.runs += [code, count]

    def to_json(self) -> Any:
        """Return the one kind, or all of them with their runs; None if all cells are what JSON says."""
        if self.kinds in ([], [""]):
            return None
        return self.kinds[0] if len(self.kinds) == 1 else {"kinds": self.kinds, "runs": self.runs}


class ColumnEncoder:
    """Encodes one column, block after block, and notes what JSON does not carry.

    Parameters
    ----------
    cells : CellEncoder
        How cells become JSON; shared by the columns of a table.
    """

    def __init__(self, cells: CellEncoder) -> None:
        self.cells = cells
        self.steps: set[str] = set()
        self.rows = 0
        self._kinds = _Runs()
        self._nan_rows: list[int] = []  # start, count …
        self._none_seen = False
        self._rest: dict[int, int] = {}
        self._text: dict[int, str] = {}
        self._keeps_nan = isinstance(cells, RunCellEncoder)

    def encode(self, block: Sequence[Any]) -> Sequence[Any]:
        """Return the JSON cells of the next rows."""
        kinds = set(map(type, block))
        if kinds <= NATURAL:
            cells = self._natural(block, kinds)
        elif all(issubclass(kind, WBValue) or kind is type(None) for kind in kinds):
            value = self.cells.value
            cells = [None if cell is None else value(cell) for cell in block]
            self._plain(len(block))
        else:
            cells = [self._one(row, cell) for row, cell in enumerate(block, self.rows)]
        self.rows += len(block)
        return cells

    def _plain(self, count: int) -> None:
        if count:
            self._kinds.add("", count)

    def _natural(self, block: Sequence[Any], kinds: set[type]) -> Sequence[Any]:
        self._plain(len(block))
        self._none_seen = self._none_seen or type(None) in kinds
        if float not in kinds and int not in kinds:
            return block
        try:
            numbers = block if kinds <= _NUMBERS else [cell for cell in block if not isinstance(cell, str)]
            # None, False and 0 add nothing; the sum of all others is finite unless one of them is not, or it overflows
            if float not in kinds or math.isfinite(sum(filter(None, numbers))):
                return block
        except OverflowError:
            pass
        return self._not_finite(block)

    def _not_finite(self, block: Sequence[Any]) -> Sequence[Any]:
        if any(isinstance(cell, float) and math.isinf(cell) for cell in block):
            self.cells.exotic = True
        missing = [row for row, cell in enumerate(block) if cell != cell]  # noqa: PLR0124  # only NaN differs from itself
        for row in missing:
            self._add_nan(self.rows + row)
        if not missing:
            return block
        if self._keeps_nan:
            self.cells.exotic = True
            return block
        return [None if cell != cell else cell for cell in block]  # noqa: PLR0124

    def _add_nan(self, row: int) -> None:
        runs = self._nan_rows
        if runs and runs[-2] + runs[-1] == row:
            runs[-1] += 1
        else:
            runs += [row, 1]

    def _one(self, row: int, cell: Any) -> Any:
        if is_missing(cell):
            if is_nan(cell):
                self._add_nan(row)
                kind = kind_of(cell)
            else:
                self._none_seen = True
                kind = self._kinds.kinds[self._kinds.runs[-2]] if self._kinds.runs else ""
            self._kinds.add(kind, 1)
            return self.cells.encode(cell)
        kind = kind_of(cell)
        self._kinds.add(kind, 1)
        found = self.cells.encode(cell)
        if kind.startswith(("date", "timedelta", "numpy.M", "numpy.m")):
            total = instant_ns(cell)
            if isinstance(found, int | float) and total != int(found) * 1_000_000:
                self._rest[row] = total - int(found) * 1_000_000
        elif kind == "decimal":
            self._text[row] = str(cell)
        elif not kind:
            self._lose(cell)
        elif kind in ("tuple", "set", "frozenset"):
            self._lose(list(cell))
        return found

    def _lose(self, cell: Any) -> None:
        """Say what of a cell is lost: kinds inside lists, names instead of objects."""
        if type(cell) in NATURAL or isinstance(cell, WBValue):
            return
        if isinstance(cell, list | dict):
            if any(_is_changed(item) for item in (cell.values() if isinstance(cell, dict) else cell)):
                self.steps.add("keep what lies inside lists and dicts as JSON")
        elif isinstance(cell, enum.Enum):
            self.steps.add("store enum members by name")
        elif callable(cell):
            self.steps.add("store functions by name")
        elif not isinstance(cell, bool | int | float | str):
            self.steps.add(f"store {type(cell).__name__} as text")

    def note(self) -> dict[str, Any]:
        """Return the note of the column; empty if JSON says all."""
        note: dict[str, Any] = {}
        if (cells := self._kinds.to_json()) is not None:
            note["cells"] = cells
        if self._nan_rows and not self._keeps_nan:
            note["nulls"] = self._nan_rows if self._none_seen else "nan"
        if self._rest:
            note["rest_ns"] = [self._rest.get(row, 0) for row in range(self.rows)]
        if self._text:
            note["text"] = [self._text.get(row) for row in range(self.rows)]
        return note


def _is_changed(cell: Any, depth: int = 0) -> bool:
    """Whether a cell inside a list comes back as something else than it was."""
    if isinstance(cell, float):
        return math.isnan(cell)
    if type(cell) in NATURAL or isinstance(cell, WBValue) or depth > 64:
        return False
    if type(cell) in (list, dict):
        return any(_is_changed(item, depth + 1) for item in (cell.values() if isinstance(cell, dict) else cell))
    return not (type(cell).__module__ == "numpy" and hasattr(cell, "dtype") and cell.dtype.kind in "buif")


def kind_of(cell: Any) -> str:
    """Return the Python kind of a cell; empty where JSON brings it back by itself."""
    if isinstance(cell, datetime.datetime):
        zone = _zone_text(cell)
        return "" if zone == "UTC" and not getattr(cell, "nanosecond", 0) and not cell.microsecond % 1000 else (
            f"datetime {zone}".rstrip()
        )
    for cls, name in ((datetime.date, "date"), (datetime.time, "time"), (datetime.timedelta, "timedelta")):
        if isinstance(cell, cls):
            return name
    if isinstance(cell, bytes | bytearray):
        return f"{type(cell).__name__}{'64' if bytes_text(cell)[1] else ''}"
    if isinstance(cell, Decimal):
        return "decimal"
    if isinstance(cell, enum.Enum):
        return ""
    for base in (tuple, frozenset, set):
        if isinstance(cell, base):
            return base.__name__
    if type(cell).__module__ == "numpy" and hasattr(cell, "dtype"):
        return f"{'ndarray' if type(cell).__name__ == 'ndarray' else 'numpy'}.{cell.dtype.str.lstrip('<=|')}"
    return "" if (array := as_array(cell)) is None else f"ndarray.{array.dtype.str.lstrip('<=|')}"


def _zone_text(cell: datetime.datetime) -> str:
    """Return the name of a zone, or its offset; empty for an instant without zone."""
    zone = cell.tzinfo
    if zone is None:
        return ""
    key = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if zone is datetime.UTC or key == "UTC":
        return "UTC"
    if isinstance(key, str):
        return key
    offset = cell.utcoffset() or datetime.timedelta()
    sign, seconds = ("-", -offset) if offset < datetime.timedelta() else ("+", offset)
    hours, rest = divmod(int(seconds.total_seconds()), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{sign}{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")


def zone_of(text: str) -> datetime.tzinfo | None:
    """Return the zone of a name or an offset; None for the empty text."""
    if not text:
        return None
    if text == "UTC":
        return datetime.UTC
    text = text[3:] if text.startswith(("UTC+", "UTC-")) else text  # as pandas and Python name fixed offsets
    if text[0] in "+-":
        hours, minutes, *rest = (int(part) for part in text[1:].split(":"))
        span = datetime.timedelta(hours=hours, minutes=minutes, seconds=rest[0] if rest else 0)
        return datetime.timezone(-span if text[0] == "-" else span)
    return zoneinfo.ZoneInfo(text)


def lasting_note(note: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a note that stays true when cells change: dtypes, not what single cells were."""
    return {key: value for key, value in note.items() if key not in ("cells", "nulls", "rest_ns", "text")}


def restorer(note: dict[str, Any], rows: int) -> Callable[[int, Any, Any], Any] | None:
    """Return a function that gives a cell back as it was: ``restore(row, stored, decoded)``; None if none is needed.

    Parameters
    ----------
    note : dict
        Note of the column. It may come from a stranger: what does not fit is ignored, and the cell stays as decoded.
    rows : int
        Rows of the table.
    """
    nan_rows = _nan_rows(note.get("nulls"), rows)
    kind_at = _kinds(note.get("cells"), rows)
    if nan_rows is None and kind_at is None:
        return None
    rest, text = (found if isinstance(found := note.get(key), list) else [] for key in ("rest_ns", "text"))

    def restore(row: int, stored: Any, decoded: Any) -> Any:
        kind = kind_at(row) if kind_at is not None else ""
        if stored is None:
            return _nan(kind) if nan_rows is not None and nan_rows(row) else decoded
        if not kind:
            return decoded
        part = rest[row] if row < len(rest) and isinstance(rest[row], int) else 0
        full = text[row] if row < len(text) else None
        try:
            return _restore(kind, stored, decoded, part, full)
        except (ValueError, TypeError, OverflowError, KeyError, InvalidOperation):
            return decoded

    return restore


def is_nan(cell: Any) -> bool:
    """Whether a cell is NaN, of Python or NumPy; NaT is not."""
    return isinstance(cell, float) and math.isnan(cell) or (
        type(cell).__module__ == "numpy" and getattr(getattr(cell, "dtype", None), "kind", "") == "f" and bool(cell != cell)  # noqa: PLR0124
    )


def _nan(kind: str) -> Any:
    """Return NaN of a kind."""
    if re.fullmatch(r"numpy\.>?f(2|4|8)", kind):
        import numpy as np

        return np.dtype(kind.partition(".")[2]).type(math.nan)
    return math.nan


def _nan_rows(nulls: Any, rows: int) -> Callable[[int], bool] | None:
    if nulls == "nan":
        return lambda row: True
    if not isinstance(nulls, list) or not all(isinstance(item, int) for item in nulls):
        return None
    marked = bytearray(rows)
    for start, count in zip(nulls[::2], nulls[1::2], strict=False):
        if start >= 0:
            end = min(start + count, rows)
            marked[start:end] = b"\1" * max(end - start, 0)
    return lambda row: bool(marked[row])


def _kinds(cells: Any, rows: int) -> Callable[[int], str] | None:
    if isinstance(cells, str):
        return lambda row: cells
    if not isinstance(cells, dict) or not isinstance(kinds := cells.get("kinds"), list):
        return None
    runs = cells.get("runs")
    if not isinstance(runs, list) or not all(isinstance(item, int) for item in runs) or len(kinds) > 0xFFFF:
        return None
    import array

    codes = array.array("H")
    for code, count in zip(runs[::2], runs[1::2], strict=False):
        if 0 <= code < len(kinds):
            codes.extend([code] * max(0, min(count, rows - len(codes))))
    return lambda row: str(kinds[codes[row]]) if row < len(codes) else ""


def _restore(kind: str, stored: Any, decoded: Any, rest: int, text: Any) -> Any:  # noqa: C901  # one line for each kind
    name, _, detail = kind.partition(" ")
    if name == "datetime":
        moment = _EPOCH + datetime.timedelta(microseconds=(int(stored) * 1_000_000 + rest) // 1000)
        zone = zone_of(detail)
        return moment.astimezone(zone) if zone else moment.replace(tzinfo=None)
    if name == "date":
        return (_EPOCH + datetime.timedelta(milliseconds=stored)).date()
    if name == "timedelta":
        return datetime.timedelta(microseconds=(int(stored) * 1_000_000 + rest) // 1000)
    if name == "time":
        return datetime.time.fromisoformat(stored)
    if name == "decimal":
        return Decimal(text) if isinstance(text, str) else Decimal(repr(stored))
    if name in ("tuple", "set", "frozenset"):
        return {"tuple": tuple, "set": set, "frozenset": frozenset}[name](decoded)
    if name in ("bytes", "bytearray", "bytes64", "bytearray64"):
        raw = base64.b64decode(stored) if name.endswith("64") else stored.encode()
        return bytearray(raw) if name.startswith("bytearray") else raw
    form, _, code = kind.partition(".")
    if form == "ndarray" and isinstance(decoded, list):
        return _array(decoded, code)
    return _scalar(code, stored, rest) if form == "numpy" else decoded


def _array(cells: list[Any], code: str) -> Any:
    import numpy as np

    dtype = np.dtype(code)
    if dtype.kind in "fc":
        return np.array(_nan_for_none(cells), dtype=dtype)
    return np.array(cells, dtype=dtype) if dtype.kind in "buiU" else cells


def _nan_for_none(cells: Any) -> Any:
    return [_nan_for_none(item) for item in cells] if isinstance(cells, list) else math.nan if cells is None else cells


def _scalar(code: str, stored: Any, rest: int) -> Any:
    import numpy as np

    dtype = np.dtype(code)
    if dtype.kind in "Mm":
        unit, count = np.datetime_data(dtype)
        span = np.timedelta64(int(stored) * 1_000_000 + rest, "ns")
        value = np.datetime64(0, "ns") + span if dtype.kind == "M" else span
        return value.astype(f"{dtype.kind}8[{count if count != 1 else ''}{unit}]")
    return dtype.type(stored) if dtype.kind in "buifU" else stored
