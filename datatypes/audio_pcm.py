"""Samples of any dtype into the numbers of a file and back, measured block by block on the way.

Whole numbers are signed fractions of their full scale, as floats are fractions of 1: that is how they sound.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from datatypes.errors import RejectedValueError
from datatypes.fidelity import has_negative_zero

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BITS", "as_floats", "from_file_numbers", "to_file_numbers"]

#: Bits of a whole-number subtype; what is not here holds floats.
BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
_BLOCK = 1 << 16  # samples measured at a time: stays in the cache


def to_file_numbers(given: NDArray[Any], subtype: str) -> tuple[NDArray[Any], dict[str, Any]]:
    """Return the numbers of the file, and what the way there cost.

    Parameters
    ----------
    given : ndarray
        Samples: floats in [-1, 1], or int8, uint8, int16, int32 at full scale.
    subtype : str
        One that WAV holds.

    Returns
    -------
    numbers : ndarray
        As `wav.encode` takes them.
    measures : dict
        ``max_abs_error`` and ``rmse`` in the units of `given`, ``snr_db``, ``clipped`` (samples beyond full scale),
        ``dropped`` (NaN); empty if nothing is lost. Errors are over finite samples.

    Raises
    ------
    RejectedValueError
        If a float64 is beyond what 32-bit floats hold.
    """
    import numpy as np

    if subtype in ("FLOAT", "DOUBLE"):
        return _as_floats(given, np.dtype(np.float32 if subtype == "FLOAT" else np.float64))
    bits = BITS[subtype]
    target = np.dtype(np.int16 if bits <= 16 else np.int32)
    shift = bits - given.dtype.itemsize * 8
    if given.dtype.kind != "f" and shift >= 0:
        numbers: NDArray[Any] = _signed(given).astype(target) << shift
        measures: dict[str, Any] = {}
    else:
        numbers, measures = _quantise(given, bits, target)
    return (numbers + 128).astype(np.uint8) if subtype == "PCM_U8" else numbers, measures


def from_file_numbers(numbers: NDArray[Any], bits: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Bring samples of a file to a dtype, at its full scale; the way back of `to_file_numbers`.

    Parameters
    ----------
    numbers : ndarray
        Signed whole numbers of so many bits, or floats.
    bits : int
        0 for floats.
    dtype : dtype
        A float, int8, uint8, int16 or int32.
    """
    import numpy as np

    if dtype.kind == "f":
        if not bits:
            return numbers.astype(dtype, copy=False)
        exact = np.float32 if bits <= 24 else np.float64  # divided by a power of two: nothing is lost
        fractions: NDArray[Any] = np.divide(numbers.astype(exact), 1 << (bits - 1), dtype=exact)
        return fractions.astype(dtype, copy=False)
    own, offset = dtype.itemsize * 8, 128 if dtype.kind == "u" else 0
    if bits and bits <= own:
        return ((numbers.astype(np.int32) << (own - bits)) + offset).astype(dtype)
    values = numbers.astype(np.float64) * (_full_scale(dtype) / (1 << max(bits - 1, 0)))
    top = (1 << (own - 1)) - 1
    return (np.clip(np.rint(values), -top - 1, top) + offset).astype(dtype)


def as_floats(samples: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return samples of any dtype as floats in [-1, 1]."""
    floats: NDArray[Any] = (_signed(samples) / dtype.type(_full_scale(samples.dtype))).astype(dtype, copy=False)
    return floats


def _signed(given: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    return given.astype(np.int16) - 128 if given.dtype == np.uint8 else given


def _full_scale(dtype: np.dtype[Any]) -> float:
    """The number of a dtype that is 1 as a float."""
    return 1.0 if dtype.kind == "f" else float(1 << (dtype.itemsize * 8 - 1))


def _as_floats(given: NDArray[Any], target: np.dtype[Any]) -> tuple[NDArray[Any], dict[str, Any]]:
    import numpy as np

    full = _full_scale(given.dtype)
    signed = _signed(given)
    with np.errstate(over="ignore"):
        numbers = (signed if full == 1 else signed / full).astype(target)
    left, right = signed.reshape(-1).astype(np.float64), numbers.reshape(-1).astype(np.float64) * full
    finite = np.isfinite(left)
    if not np.isfinite(right[finite]).all():
        raise RejectedValueError("samples", "are beyond what 32-bit floats hold", 'Use subtype="DOUBLE".')
    left, right = left[finite], right[finite]
    error = left - right
    peak = float(np.abs(error).max(initial=0.0))
    squares, power = float(np.einsum("i,i->", error, error)), float(np.einsum("i,i->", left, left))
    return numbers, _measures(peak, squares, power, left.size, 0, 0) if peak else {}


def _quantise(given: NDArray[Any], bits: int, target: np.dtype[Any]) -> tuple[NDArray[Any], dict[str, Any]]:
    """Round to whole numbers of so many bits."""
    import numpy as np

    full = float(1 << (bits - 1))
    factor = full / _full_scale(given.dtype)
    wide: Any = np.float32 if given.dtype.kind == "f" and given.dtype.itemsize <= 4 and bits <= 16 else np.float64
    numbers = np.empty(given.shape, target)
    flat, out = _signed(given).reshape(-1), numbers.reshape(-1)
    beyond = missing = 0
    peak = squares = power = 0.0
    for start in range(0, flat.size, _BLOCK):
        scaled = flat[start : start + _BLOCK].astype(wide) * wide(factor)  # a power of two: nothing is lost here
        rounded = np.rint(scaled)
        high, low = float(rounded.max()), float(rounded.min())
        if not -full <= low <= high < full:  # also where one of them is NaN
            absent = np.isnan(scaled)
            missing += int(np.count_nonzero(absent))
            beyond += int(np.count_nonzero(np.abs(scaled) > full))
            rounded = np.clip(np.where(absent, wide(0), rounded), -full, full - 1)
        out[start : start + _BLOCK] = rounded
        signal = scaled.astype(np.float64)
        if not math.isfinite(high) or not math.isfinite(low):
            finite = np.isfinite(signal)
            signal, rounded = signal[finite], rounded[finite]
        power += float(np.einsum("i,i->", signal, signal))  # not np.dot: its threads cost more than they bring
        signal -= rounded
        squares += float(np.einsum("i,i->", signal, signal))
        peak = max(peak, float(signal.max(initial=0.0)), -float(signal.min(initial=0.0)))
    if not (peak or beyond or missing or has_negative_zero(flat)):
        return numbers, {}
    measured = _measures(peak / factor, squares, power, flat.size, beyond, missing)
    measured["rmse"] /= factor
    return numbers, measured


def _measures(peak: float, squares: float, power: float, count: int, beyond: int, missing: int) -> dict[str, Any]:
    measured: dict[str, Any] = {"max_abs_error": peak, "rmse": math.sqrt(squares / max(count - missing, 1))}
    if squares > 0 and power > 0:
        measured["snr_db"] = 10 * math.log10(power / squares)
    return {**measured, "clipped": beyond, "dropped": missing}
