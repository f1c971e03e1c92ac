"""What the cells of a column cannot carry as JSON, and how it comes back: the ``columns`` of a table's fidelity record.

A *note* is a dict per column, absent where JSON says all: ``cells`` (the Python kind of all cells, or ``kinds`` and
their ``runs``), ``nulls`` (which nulls were NaN), ``rest_ns`` (nanoseconds below the millisecond), ``text``
(decimals in full), ``dtype``, ``arrow`` and ``categories`` (of frames), ``optional``. W&B's reader ignores it.
"""

from __future__ import annotations

import datetime as dt
import enum
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from datatypes.base import WBValue
from datatypes.column_inference import as_array, is_missing, is_nan
from datatypes.table_cells import NATURAL, CellEncoder, RunCellEncoder, bytes_text, instant_ns

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ColumnEncoder", "kind_of", "lasting_note"]

_NUMBERS = frozenset({float, int, bool, type(None)})


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
        if type(cell) in NATURAL or isinstance(cell, WBValue | dt.datetime):  # an instant in UTC comes back as one
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
    if isinstance(cell, dt.datetime):
        zone = _zone_text(cell)
        return (
            ""
            if zone == "UTC" and not getattr(cell, "nanosecond", 0) and not cell.microsecond % 1000
            else (f"datetime {zone}".rstrip())
        )
    for cls, name in ((dt.date, "date"), (dt.time, "time"), (dt.timedelta, "timedelta")):
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
        return f"{'ndarray' if type(cell).__name__ == 'ndarray' else 'numpy'}.{_dtype_code(cell)}"
    return "" if (array := as_array(cell)) is None else f"ndarray.{_dtype_code(array)}"


def _dtype_code(array: Any) -> str:
    """Return a dtype in NumPy's short spelling; of objects that of text, since nothing else is taken."""
    return "U" if array.dtype.hasobject else str(array.dtype.str.lstrip("<=|"))


def _zone_text(cell: dt.datetime) -> str:
    """Return the name of a zone, or its offset; empty for an instant without zone."""
    zone = cell.tzinfo
    if zone is None:
        return ""
    key = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if zone is dt.UTC or key == "UTC":
        return "UTC"
    if isinstance(key, str):
        return key
    offset = cell.utcoffset() or dt.timedelta()
    sign, seconds = ("-", -offset) if offset < dt.timedelta() else ("+", offset)
    hours, rest = divmod(int(seconds.total_seconds()), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{sign}{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")


def lasting_note(note: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a note that stays true when cells change: dtypes, not what single cells were."""
    return {key: value for key, value in note.items() if key not in ("cells", "nulls", "rest_ns", "text")}
