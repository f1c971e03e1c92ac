"""Cells as they were before they became JSON, by the note of their column; see `datatypes.table_notes`."""

from __future__ import annotations

import base64
import datetime as dt
import math
import re
import zoneinfo
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["restorer", "zone_of"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def zone_of(text: str) -> dt.tzinfo | None:
    """Return the zone of a name or an offset; None for the empty text."""
    if not text:
        return None
    if text == "UTC":
        return dt.UTC
    text = text[3:] if text.startswith(("UTC+", "UTC-")) else text  # as pandas and Python name fixed offsets
    if text[0] in "+-":
        hours, minutes, *rest = (int(part) for part in text[1:].split(":"))
        span = dt.timedelta(hours=hours, minutes=minutes, seconds=rest[0] if rest else 0)
        return dt.timezone(-span if text[0] == "-" else span)
    return zoneinfo.ZoneInfo(text)


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


def _nan(kind: str) -> Any:
    """Return NaN of a kind."""
    if re.fullmatch(r"numpy\.>?f(2|4|8)", kind):
        import numpy as np

        return np.dtype(kind.partition(".")[2]).type(math.nan)
    return math.nan


def _nan_rows(nulls: Any, rows: int) -> Callable[[int], bool] | None:
    if nulls == "nan":
        return lambda _: True
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
        return lambda _: cells
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


def _restore(kind: str, stored: Any, decoded: Any, rest: int, text: Any) -> Any:  # one line for each kind
    name, _, detail = kind.partition(" ")
    if name == "datetime":
        moment = _EPOCH + dt.timedelta(microseconds=(int(stored) * 1_000_000 + rest) // 1000)
        zone = zone_of(detail)
        return moment.astimezone(zone) if zone else moment.replace(tzinfo=None)
    if name == "date":
        return (_EPOCH + dt.timedelta(milliseconds=stored)).date()
    if name == "timedelta":
        return dt.timedelta(microseconds=(int(stored) * 1_000_000 + rest) // 1000)
    if name == "time":
        return dt.time.fromisoformat(stored)
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
