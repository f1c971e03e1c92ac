"""From what users give to stored pixels: the seed's meaning of arrays, measured.

`guess_mode` and `to_uint8` are exactly what SDK 0.10.12 does. What is stored differs from `to_uint8` in three ways that
lose less: values are rounded and not cut, uint16 stays 16-bit, and NaN does not stop the scaling of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.fidelity import FidelityRecord, array_source, has_negative_zero, measure_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from datatypes.fidelity import Verdict

__all__ = ["Stored", "guess_mode", "store_array", "tensor_pixels", "to_uint8"]


def guess_mode(data: NDArray[Any]) -> str:
    """Return Pillow's mode for an array: ``"L"`` for 2-D, ``"RGB"`` and ``"RGBA"`` by the last axis.

    Raises
    ------
    RejectedValueError
        For any other shape.
    """
    if data.ndim == 2:
        return "L"
    if data.shape[-1:] == (3,):
        return "RGB"
    if data.shape[-1:] == (4,):
        return "RGBA"
    raise RejectedValueError(
        "image array", f"has shape {list(data.shape)}", "Pass (height, width) or (height, width, 1, 3 or 4)."
    )


def to_uint8(data: NDArray[Any]) -> NDArray[Any]:
    """Bring an array to uint8 as SDK 0.10.12 does, truncation and all.

    Parameters
    ----------
    data : ndarray
        Any shape. Negative values anywhere: the range is stretched to [0, 1]. A maximum of at most 1 (after that):
        times 255. Then clipped to [0, 255] and cut to whole numbers.
    """
    import numpy as np

    with np.errstate(all="ignore"):  # a constant negative array divides zero by zero: black, as it was then
        if np.min(data) < 0:
            data = (data - np.min(data)) / np.ptp(data)
        if np.max(data) <= 1.0:
            wide = data.astype(np.int16) if data.dtype == np.int8 else data  # NumPy of 2020 widened int8 by itself
            data = (wide * 255).astype(np.int32)
        result: NDArray[Any] = data.clip(0, 255).astype(np.uint8)
    return result


class Stored(NamedTuple):
    """Pixels as they are stored, and what they cost."""

    pixels: NDArray[Any]
    record: FidelityRecord


class _Scale(NamedTuple):
    """How source values became stored ones, and the way back."""

    values: NDArray[Any]
    step: str
    undo: Callable[[NDArray[Any]], NDArray[Any]]


def _as_picture(data: NDArray[Any]) -> NDArray[Any]:
    """Take off axes of length 1 that are not height or width, and check what is left."""
    if data.dtype.kind not in "buif":
        raise RejectedTypeError("image array", f"has dtype {data.dtype}", "Pass booleans, integers or real floats.")
    while data.ndim > 3 and data.shape[0] == 1:
        data = data[0]
    if data.ndim == 3 and data.shape[2] == 1:
        data = data[:, :, 0]
    if data.ndim == 3 and data.shape[0] == 1 and data.shape[2] not in (3, 4):
        data = data[0]
    if data.ndim not in (2, 3) or 0 in data.shape:
        problem = f"has shape {list(data.shape)}"
        raise RejectedValueError("image array", problem, "Pass one picture with at least one pixel.")
    guess_mode(data)
    return data


def _scale(data: NDArray[Any]) -> _Scale:
    """Apply the seed's rule without its rounding; NaN has no say in it."""
    import numpy as np

    finite = data if data.dtype.kind != "f" else data[np.isfinite(data)]
    low, high = (finite.min(), finite.max()) if finite.size else (0, 0)
    wide = np.float32 if data.dtype.itemsize < 4 or data.dtype == np.float32 else np.float64
    if low < 0:
        start, span = float(low), float(high) - float(low)
        wider = data.astype(np.float64)
        scaled = (wider - start) * (255 / span) if span else np.where(np.isfinite(wider), 0.0, wider)
        return _Scale(scaled, f"scale [{low:.6g}, {high:.6g}] to [0, 255]", lambda x: x / 255 * span + start)
    if high <= 1:
        return _Scale(data.astype(wide) * 255, "scale [0, 1] to [0, 255]", lambda x: x / 255)
    return _Scale(data, "", lambda x: x)


def store_array(data: NDArray[Any], kind: str = "ndarray") -> Stored:
    """Bring an array to the pixels that are stored.

    Parameters
    ----------
    data : ndarray
        (height, width) or (height, width, 1, 3 or 4); booleans, integers, floats.
    kind : str
        What the caller gave, for the record.

    Returns
    -------
    Stored
        uint8 pixels, or uint16 for uint16 input, with the record. Errors are in the units of `data`.

    Raises
    ------
    RejectedTypeError, RejectedValueError
        If `data` is no picture.
    """
    import numpy as np

    data = _as_picture(data)
    source = array_source(data, kind)
    if data.dtype == np.uint16 or (data.dtype == np.uint8 and data.max() > 1):
        return Stored(data, FidelityRecord("lossless", source))
    scale = _scale(data)
    values, steps = scale.values, [scale.step] if scale.step else []
    missing = int(np.count_nonzero(np.isnan(values))) if values.dtype.kind == "f" else 0
    clipped = int(np.count_nonzero((values < -0.5) | (values >= 255.5)))
    if missing:
        steps.append(f"store {missing} NaN as 0")
        values = np.where(np.isnan(values), values.dtype.type(0), values)
    if clipped:
        steps.append(f"clip {clipped} values to [0, 255]")
    if values.dtype.kind == "f":
        steps.append("round to uint8")
        values = np.rint(np.clip(values, 0, 255))
    pixels = np.clip(values, 0, 255).astype(np.uint8)
    if not missing and np.array_equal(pixels, data) and not has_negative_zero(data):
        return Stored(pixels, FidelityRecord("lossless", source))
    measured = measure_error(data, scale.undo(pixels.astype(np.float64)))
    verdict: Verdict = "lossy" if clipped or missing else "bounded"
    return Stored(pixels, FidelityRecord(verdict, source, steps, **measured, clipped=clipped, dropped=missing))


def tensor_pixels(data: NDArray[Any]) -> NDArray[Any]:
    """Arrange a channel-first tensor as the seed does: the range stretched to [0, 1], a batch as a grid.

    Parameters
    ----------
    data : ndarray
        (height, width), (channel, height, width) or (batch, channel, height, width).

    Returns
    -------
    ndarray of float64
        (height, width, channel). A batch is laid out eight pictures a row with two black pixels between.

    Notes
    -----
    Source: SDK 0.10.12 calls ``torchvision.utils.make_grid(data, normalize=True)``.
    """
    import numpy as np

    if data.ndim == 2:
        data = data[None]
    if data.ndim == 3:
        data = data[None]
    if data.ndim != 4 or data.shape[1] not in (1, 3, 4):
        raise RejectedValueError(
            "image tensor", f"has shape {list(data.shape)}", "Pass (channel, height, width) with 1, 3 or 4 channels."
        )
    values = data.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    values = (values - low) / max(high - low, 1e-5)
    count, channels, height, width = values.shape
    if count == 1:
        return np.ascontiguousarray(values[0].transpose(1, 2, 0))
    columns = min(8, count)
    rows = -(-count // columns)
    grid = np.zeros((rows * (height + 2) + 2, columns * (width + 2) + 2, channels))
    for index, picture in enumerate(values):
        top, left = (index // columns) * (height + 2) + 2, (index % columns) * (width + 2) + 2
        grid[top : top + height, left : left + width] = picture.transpose(1, 2, 0)
    return grid
