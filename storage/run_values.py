"""From what a user logs to the JSON of a row: plain values, arrays, media, and lists and dicts of them.

Values are known as `WBValue` only; where a plain object stands for one (an array for a histogram, a frame for a table,
a figure), the class is looked up by its wire tag.

Source: conversions of SDK 0.31, as far as they lose nothing. Where it drops or refuses, this converts or refuses aloud.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from storage.errors import InvalidNameError, NotAValueError
from storage.sources.run_reading import BOOKKEEPING

if TYPE_CHECKING:
    from datatypes.ports import RunSink

__all__ = ["row_json"]

_MAX_DEPTH = 100  # as deep as JSON is read
_LISTED = 32  # arrays of more elements are logged as their histogram, of as many bins; so does every SDK


def row_json(values: Mapping[Any, Any], run: RunSink, step: int | str) -> dict[str, Any]:
    """Convert what was given to ``log`` into the JSON of a row; side files go to the run.

    Parameters
    ----------
    values : mapping of str
        Key → value; dicts may be nested.
    run : RunSink
        Where side files go.
    step : int or str
        Step of the row, or ``"summary"``; part of the names of side files.

    Raises
    ------
    InvalidNameError
        If a key is one that every row has for itself, or no text.
    NotAValueError
        If something is neither plain, nor a value, nor shown by one.
    """
    for key in values:
        if not isinstance(key, str) or key in BOOKKEEPING:
            problem = "is a key that every row has for itself" if key in BOOKKEEPING else "is not text"
            raise InvalidNameError(repr(key), problem, "Log under another key; pass the step as step=.")
    convert = _Converter(run, step)
    return {key: convert(value, key, key, 0) for key, value in values.items()}


class _Converter:
    """Converts the values of one row."""

    def __init__(self, run: RunSink, step: int | str) -> None:
        self._run = run
        self._step = step

    def __call__(self, value: Any, key: str, place: str, depth: int) -> Any:
        """Convert one value; `key` names its side files, `place` says in errors where it is."""
        if value is None or isinstance(value, bool | int | float | str):
            return _plain(value)
        if depth > _MAX_DEPTH:
            raise NotAValueError(place, f"is nested more than {_MAX_DEPTH} deep", "Log a flatter dict.")
        from datatypes.base import WBValue

        if isinstance(value, WBValue):
            return self._value(value, key)
        if isinstance(value, Mapping):
            return {str(inner): self(item, str(inner), f"{place}/{inner}", depth + 1) for inner, item in value.items()}
        if isinstance(value, list | tuple | range | set | frozenset):
            return self._list(list(value), key, place, depth)
        if (shown := _shown(value)) is not None:
            return self._value(shown, key)
        if (array := _array(value)) is not None:
            return self._array(array, key, place, depth)
        return _text(value, place)

    def _value(self, value: Any, key: str) -> Any:
        from datatypes.base import Media

        if isinstance(value, Media):
            value.bind_to_run(self._run, key, self._step)
        return value.to_json(self._run)

    def _list(self, items: list[Any], key: str, place: str, depth: int) -> Any:
        """Convert a list: of one batchable type to the form that its lists have, else item by item."""
        from datatypes.base import BatchableMedia

        kind = type(items[0]) if items else None
        if kind is not None and issubclass(kind, BatchableMedia) and all(type(item) is kind for item in items):
            for item in items:
                item.bind_to_run(self._run, key, self._step)
            return kind.seq_to_json(items, self._run, key, self._step)
        return [self(item, key, f"{place}[{index}]", depth + 1) for index, item in enumerate(items)]

    def _array(self, array: Any, key: str, place: str, depth: int) -> Any:
        """Convert an array: one element to a number, a few to a list, more of them to a histogram."""
        if array.size == 1:
            return self(array.reshape(()).item(), key, place, depth + 1)
        if array.size <= _LISTED or array.dtype.kind not in "buif":
            return self(array.tolist(), key, place, depth + 1)
        from datatypes.base import WBValue

        histogram: Any = WBValue.type_mapping()["histogram"]
        counted = array.astype("uint8") if array.dtype.kind == "b" else array
        return self._value(histogram(counted.reshape(-1), num_bins=_LISTED), key)


def _plain(value: Any) -> Any:
    """Take off what subclasses of plain types add, such as NumPy's float64 and members of an enumeration."""
    if value is None or isinstance(value, bool):
        return value
    return next(kind(value) for kind in (int, float, str) if isinstance(value, kind))


def _shown(value: Any) -> Any:
    """Return the value that shows a figure or a frame; None for everything else."""
    package = type(value).__module__.partition(".")[0]
    tag: str | None = None
    if package == "matplotlib":
        figure = getattr(value, "figure", value)
        has_pictures = any(axes.images for axes in getattr(figure, "axes", ()))
        tag = "image-file" if has_pictures else "plotly-file"  # a chart cannot hold pictures
    elif package == "plotly":
        tag = "plotly-file"
    elif package == "pandas" and type(value).__name__ == "DataFrame":
        tag = "table"
    if tag is None:
        return None
    from datatypes.base import WBValue

    kind: Any = WBValue.type_mapping().get(tag)
    return None if kind is None else kind(dataframe=value) if tag == "table" else kind(value)


def _array(value: Any) -> Any:
    """Return an array, a NumPy scalar, a tensor or a pandas column as a NumPy array; None for everything else."""
    numpy = sys.modules.get("numpy")  # where nobody has imported it there is no array
    if numpy is None:
        return None
    if isinstance(value, numpy.ndarray | numpy.generic):
        return numpy.asarray(value)
    if hasattr(value, "detach") and hasattr(value, "cpu"):  # torch, on any device
        value = value.detach().cpu()
    if callable(getattr(value, "numpy", None)):
        return numpy.asarray(value.numpy())
    return numpy.asarray(value) if hasattr(value, "__array__") else None


def _text(value: Any, place: str) -> Any:
    """Return the text, or number, of what JSON has no form for."""
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, dt.timedelta | complex):
        return str(value)
    if callable(value):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__name__)}"
    problem = f"is a {type(value).__module__}.{type(value).__qualname__}, which cannot be logged"
    raise NotAValueError(f'key "{place}"', problem, "Log numbers, text, arrays, values, and lists and dicts of them.")
