"""Arrays of video to the frames that are stored, and back: the seed's rules for numbers, channels and batches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from datatypes.errors import RejectedValueError
from datatypes.fidelity import has_negative_zero

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Clip", "ErrorMeter", "tile_shape", "untile"]

_CHANNELS = (1, 3, 4)


def tile_shape(batch: int) -> tuple[int, int]:
    """Return rows and columns in which a batch of clips is laid out.

    Notes
    -----
    Source: SDK 0.10.12, ``Video._prepare_video``: the batch is filled up with black to the next power of two; rows are
    2^⌊(bits − 1)/2⌋, where bits is the bit length of the number of clips given.
    """
    padded = batch if batch & (batch - 1) == 0 else 1 << batch.bit_length()
    rows = 1 << ((batch.bit_length() - 1) // 2)
    return rows, padded // rows


def untile(frame: NDArray[Any], batch: int) -> NDArray[Any]:
    """Take a tiled frame (height, width, channel) apart: (batch, channel, height, width)."""
    rows, columns = tile_shape(batch)
    height, width, channels = frame.shape[0] // rows, frame.shape[1] // columns, frame.shape[2]
    parts = frame.reshape(rows, height, columns, width, channels).transpose(0, 2, 4, 1, 3)
    return parts.reshape(rows * columns, channels, height, width)[:batch]


class Clip:
    """What was given, frame by frame as it is stored.

    Parameters
    ----------
    data : ndarray
        (time, channel, height, width) or (batch, time, channel, height, width), with 1, 3 or 4 channels.

    Raises
    ------
    RejectedValueError
        If the shape or the dtype is another, or there is no frame.
    """

    def __init__(self, data: NDArray[Any]) -> None:
        if data.ndim not in (4, 5) or 0 in data.shape or data.shape[-3] not in _CHANNELS:
            problem = f"has shape {list(data.shape)}"
            remedy = "Pass (time, channel, height, width), or a batch of such, with 1, 3 or 4 channels."
            raise RejectedValueError("video array", problem, remedy)
        if data.dtype.kind not in "buif":
            raise RejectedValueError("video array", f"has dtype {data.dtype}", "Pass uint8.")
        self.given = data
        self.batch = data[None] if data.ndim == 4 else data
        rows, columns = tile_shape(len(self.batch))
        self.height, self.width = rows * data.shape[-2], columns * data.shape[-1]
        self.clipped = self.missing = 0
        self.has_alpha = data.shape[-3] == 4 and not bool((data[..., 3, :, :] == 255).all())
        self.rounded = False
        self._check_numbers()

    def __len__(self) -> int:
        return int(self.batch.shape[1])

    def _check_numbers(self) -> None:
        import numpy as np

        data = self.given
        if data.dtype in (np.uint8, np.bool_):
            return
        if data.dtype.kind == "f":
            self.missing = int(np.count_nonzero(np.isnan(data)))
            whole = np.rint(data)
            self.rounded = bool(np.any((whole != data) & np.isfinite(data)))
        else:
            whole = data
        self.clipped = int(np.count_nonzero((whole < 0) | (whole > 255)))

    @property
    def looks_scaled(self) -> bool:
        """Whether the numbers seem to be meant from 0 to 1, of which nothing but black is left."""
        return bool(self.rounded and self.given.min() >= 0 and self.given.max() <= 1)

    @property
    def is_whole(self) -> bool:
        """Whether 8 bits hold every number."""
        return not (self.rounded or self.clipped or self.missing or has_negative_zero(self.given))

    def steps(self) -> list[str]:
        """Return what is done to the numbers, in order."""
        steps = [f"store {self.missing} NaN as 0"] if self.missing else []
        steps += [f"clip {self.clipped} values to [0, 255]"] if self.clipped else []
        steps += ["round to uint8"] if self.rounded else []
        if len(self.batch) > 1:
            rows, columns = tile_shape(len(self.batch))
            steps.append(f"lay out {len(self.batch)} clips in {rows} rows of {columns}")
        return steps + (["drop transparency"] if self.has_alpha else [])

    def frame(self, index: int) -> NDArray[Any]:
        """Return one frame as it is stored: (height, width, 3) uint8."""
        import numpy as np

        parts = self.batch[:, index]
        if parts.dtype != np.uint8:
            parts = np.nan_to_num(parts, nan=0) if parts.dtype.kind == "f" else parts
            parts = np.clip(np.rint(parts), 0, 255) if parts.dtype.kind == "f" else parts.clip(0, 255)
            parts = parts.astype(np.uint8)
        rows, columns = tile_shape(len(parts))
        empty = rows * columns - len(parts)
        if empty:
            parts = np.concatenate([parts, np.zeros((empty, *parts.shape[1:]), np.uint8)])
        channels, height, width = parts.shape[1:]
        tiled = parts.reshape(rows, columns, channels, height, width).transpose(0, 3, 1, 4, 2)
        tiled = tiled.reshape(self.height, self.width, channels)
        return np.ascontiguousarray(np.repeat(tiled, 3, axis=2) if channels == 1 else tiled[:, :, :3])

    def seen(self, index: int) -> NDArray[Any]:
        """Return what was given of one frame, and can be stored: (batch, 1 or 3, height, width)."""
        return self.batch[:, index, :3]


class ErrorMeter:
    """Collects the error of frames, in the units of the source."""

    def __init__(self) -> None:
        self.count = 0
        self.squares = self.peak = 0.0
        self.low, self.high = math.inf, -math.inf

    def add(self, given: NDArray[Any], stored: NDArray[Any]) -> None:
        """Take one frame: equal shapes; places where `given` is not finite are left out."""
        import numpy as np

        if given.dtype == np.uint8:
            error: NDArray[Any] = given.astype(np.int32) - stored
            self.squares += float(np.einsum("i,i->", error.ravel(), error.ravel(), dtype=np.int64))
        else:
            finite = np.isfinite(given)
            given = given[finite].astype(np.float64)
            error = given - stored[finite]
            self.squares += float(np.sum(np.square(error)))
        if given.size:
            self.peak = max(self.peak, float(error.max()), -float(error.min()))
            self.low, self.high = min(self.low, float(given.min())), max(self.high, float(given.max()))
        self.count += given.size

    def measures(self) -> dict[str, float]:
        """Return ``max_abs_error``, ``rmse`` and, where there is an error and a range, ``psnr_db``."""
        rmse = math.sqrt(self.squares / self.count) if self.count else 0.0
        measured = {"max_abs_error": self.peak, "rmse": rmse}
        if rmse > 0 and self.high > self.low:
            measured["psnr_db"] = 20 * math.log10((self.high - self.low) / rmse)
        return measured
