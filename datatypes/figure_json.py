"""The JSON of plotly figures: written exactly, its binary arrays checked and decoded.

plotly 6 and later write an array as ``{"dtype": "f8", "bdata": base64, "shape": "2, 3"}``, little-endian, in C order;
of one dimension without shape. These stay as they are. A list of numbers of which some are not finite is written that
way too: JSON has no NaN, and null would be another value.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import decimal
import math
from typing import TYPE_CHECKING, Any

from datatypes import limits
from datatypes.errors import RejectedTypeError, UnreadableMediaError

if TYPE_CHECKING:
    from collections import Counter

    from numpy.typing import NDArray

__all__ = ["decode_array", "decode_arrays", "is_typed_array", "plain"]

#: Names of plotly.js and of numpy for one thing.
_DTYPES = {name: name for name in ("i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8")} | {
    "int8": "i1",
    "uint8": "u1",
    "uint8c": "u1",
    "u1c": "u1",
    "int16": "i2",
    "uint16": "u2",
    "int32": "i4",
    "uint32": "u4",
    "float32": "f4",
    "float64": "f8",
}


def is_typed_array(value: Any) -> bool:
    """Whether JSON is an array in plotly's binary form."""
    return isinstance(value, dict) and "bdata" in value and "dtype" in value


def decode_array(spec: dict[str, Any], subject: str) -> NDArray[Any]:
    """Decode an array in plotly's binary form.

    Parameters
    ----------
    spec : dict
        ``dtype``, ``bdata`` and, for more than one dimension, ``shape``.
    subject : str
        What it belongs to, for errors.

    Returns
    -------
    ndarray
        Of the dtype that it says.

    Raises
    ------
    UnreadableMediaError
        If the data is not base64, its dtype is none of plotly's, or its length does not fit its shape.
    DecodeLimitError
        If it is larger than `limits.array_bytes`.
    """
    import numpy as np

    dtype, data = _DTYPES.get(str(spec["dtype"])), spec["bdata"]
    if dtype is None or not isinstance(data, str):
        problem = f"has an array of dtype {spec['dtype']!r}, which plotly has not"
        raise UnreadableMediaError(subject, problem, "Make the figure again.")
    limits.check_array_bytes(subject, len(data) // 4 * 3)
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableMediaError(
            subject, f"has an array that is not base64 ({error})", "Restore the file."
        ) from error
    itemsize = int(dtype[1])
    shape = _shape(spec.get("shape"), len(raw) // itemsize)
    if shape is None or math.prod(shape) * itemsize != len(raw):
        problem = f"has an array of {len(raw):,} bytes that says shape {spec.get('shape')!r} of {dtype}"
        raise UnreadableMediaError(subject, problem, "Restore the file.")
    return np.frombuffer(raw, dtype=f"<{dtype}").reshape(shape)


def _shape(stored: Any, length: int) -> tuple[int, ...] | None:
    if stored is None:
        return (length,)
    parts = stored.split(",") if isinstance(stored, str) else stored if isinstance(stored, list) else [stored]
    sizes = [str(part).strip() for part in parts]
    if not 1 <= len(sizes) <= 3 or not all(size.isdecimal() and size.isascii() and len(size) < 16 for size in sizes):
        return None
    return tuple(int(size) for size in sizes)


def decode_arrays(document: Any, subject: str) -> Any:
    """Return a copy of a figure's JSON with arrays of numpy in place of those in binary form.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError
        As `decode_array`.
    """
    if is_typed_array(document):
        return decode_array(document, subject)
    if isinstance(document, dict):
        return {key: decode_arrays(item, subject) for key, item in document.items()}
    if isinstance(document, list) and any(isinstance(item, dict | list) for item in document):
        return [decode_arrays(item, subject) for item in document]
    return document


def plain(value: Any, notes: Counter[str]) -> Any:
    """Turn what ``to_plotly_json`` gives into plain JSON.

    Parameters
    ----------
    value : object
        Dicts, lists, numbers, text, dates, arrays.
    notes : Counter
        Counts conversions: ``"date"`` (to ISO text), ``"null"`` (a single number that is not finite, to null) and
        ``"decimal"`` (rounded to a float).

    Raises
    ------
    RejectedTypeError
        If there is something that JSON cannot hold.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item, notes) for key, item in value.items()}
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        notes["null"] += 1
        return None
    if isinstance(value, list | tuple):
        return _plain_list(value, notes)
    if isinstance(value, dt.date | dt.time):
        notes["date"] += 1
        return None if value != value else value.isoformat()  # noqa: PLR0124  # NaT alone differs from itself
    if isinstance(value, decimal.Decimal):
        notes["decimal"] += decimal.Decimal(float(value)) != value
        return plain(float(value), notes)
    if hasattr(value, "to_plotly_json"):
        return plain(value.to_plotly_json(), notes)
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return _plain_array(value, notes)
    problem = f"holds {type(value).__name__}, which JSON has not"
    raise RejectedTypeError("figure", problem, "Use numbers, text, dates, lists or arrays.")


def _plain_list(items: list[Any] | tuple[Any, ...], notes: Counter[str]) -> Any:
    if any(isinstance(item, float) and not math.isfinite(item) for item in items) and all(map(_fits_float, items)):
        import numpy as np

        return _typed(np.asarray(items, dtype="<f8"))
    return [plain(item, notes) for item in items]


def _fits_float(item: Any) -> bool:
    return isinstance(item, float) or (type(item) is int and abs(item) <= 1 << 53)


def _plain_array(array: Any, notes: Counter[str]) -> Any:
    import numpy as np

    if array.dtype.kind == "M":
        notes["date"] += array.size
        text = np.asarray(np.datetime_as_string(array)).astype(object)
        text[np.isnat(array)] = None
        return text.tolist()
    if array.dtype.kind == "f" and not np.isfinite(array).all() and array.ndim:
        return _typed(array.astype("<f4" if array.dtype.itemsize <= 4 else "<f8"))
    return plain(array.tolist(), notes)


def _typed(array: NDArray[Any]) -> dict[str, Any]:
    spec = {"dtype": array.dtype.str[1:], "bdata": base64.b64encode(array.tobytes()).decode()}
    return spec if array.ndim == 1 else {**spec, "shape": ", ".join(map(str, array.shape))}
