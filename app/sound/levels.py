"""Levels of a sound: least, greatest and root-mean-square value of each bin and channel; peak and clipped samples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from datatypes.audio import Audio

__all__ = ["Levels", "full_scale", "measure_levels"]

#: Samples of all channels that are decoded at a time, about; a block is whole bins.
_BLOCK = 1 << 17

#: Most samples of all channels in a bin: 32 MB.
_MAX_BIN = 1 << 23


class Levels(NamedTuple):
    """Levels of a range.

    Attributes
    ----------
    start, stop : int
        The range that was read: `stop` is smaller than asked for where the file ends early.
    bin_frames : int
        Frames of a bin; the last one may have fewer.
    low, high, rms : ndarray
        (channels, bins) float32, fractions of full scale.
    peak, mean_square : ndarray
        (channels,) float64: greatest magnitude, mean of squares.
    clipped : ndarray
        (channels,) int64: samples at full scale of whole numbers, or beyond ±1 of floats.
    not_finite : int
        NaN and infinite samples; they are drawn as silence.
    """

    start: int
    stop: int
    bin_frames: int
    low: NDArray[Any]
    high: NDArray[Any]
    rms: NDArray[Any]
    peak: NDArray[Any]
    mean_square: NDArray[Any]
    clipped: NDArray[Any]
    not_finite: int


def full_scale(subtype: str) -> float:
    """Return the greatest value that a subtype holds; infinite where it holds more than ±1."""
    from datatypes.audio_pcm import BITS

    bits = BITS.get(subtype)
    return math.inf if bits is None else 1.0 - 2.0 ** (1 - bits)


def measure_levels(
    sound: Audio, start: int, stop: int, bins: int, tell: Callable[[float], None] | None = None
) -> Levels:
    """Measure a range.

    Parameters
    ----------
    sound : Audio
        What to read.
    start, stop : int
        First frame, and the one after the last; inside the sound.
    bins : int
        About how many bins; more where one would hold over 2²³ samples of all channels.
    tell : callable, optional
        Called with the fraction that is done.

    Raises
    ------
    UnreadableMediaError
        If the file is no whole sound.
    """
    import numpy as np

    length = max(stop - start, 0)
    bin_frames = max(1, min(_MAX_BIN // sound.channels, -(-length // max(bins, 1))))
    block_frames = bin_frames * max(1, _BLOCK // sound.channels // bin_frames)
    tally = _Tally(sound.channels, full_scale(sound.subtype))
    found = 0
    for block in sound.blocks(start, stop, block_frames=block_frames):
        tally.add(block, bin_frames)
        found += len(block)
        if tell is not None:
            tell(found / length)
    joined = [np.concatenate([*parts, np.zeros((sound.channels, 0), np.float32)], axis=1) for parts in tally.bins]
    return Levels(
        start=start,
        stop=start + found,
        bin_frames=bin_frames,
        low=joined[0],
        high=joined[1],
        rms=joined[2],
        peak=tally.peak,
        mean_square=tally.squares / max(found, 1),
        clipped=tally.clipped,
        not_finite=tally.not_finite,
    )


class _Tally:
    """Sums over the blocks of a range."""

    def __init__(self, channels: int, limit: float) -> None:
        import numpy as np

        self.limit = limit
        self.bins: tuple[list[NDArray[Any]], ...] = ([], [], [])
        self.peak = np.zeros(channels)
        self.squares = np.zeros(channels)
        self.clipped = np.zeros(channels, np.int64)
        self.not_finite = 0

    def add(self, block: NDArray[Any], bin_frames: int) -> None:
        """Add frames (frames, channels); whole bins, but for the last block."""
        import numpy as np

        lines = np.ascontiguousarray(block.T)
        finite = np.isfinite(lines)
        if not finite.all():
            self.not_finite += int(lines.size - finite.sum())
            lines[~finite] = 0
        whole = lines.shape[1] // bin_frames * bin_frames
        for part in (lines[:, :whole].reshape(len(lines), -1, bin_frames), lines[:, None, whole:]):
            if part.size:
                self._add_bins(part)

    def _add_bins(self, part: NDArray[Any]) -> None:
        """Add bins (channels, bins, frames)."""
        import numpy as np

        low, high = part.min(axis=2), part.max(axis=2)
        squares = np.einsum("cbf,cbf->cb", part, part, dtype=np.float64)
        rms = np.sqrt(squares / part.shape[2])
        for kept, made in zip(self.bins, (low, high, rms), strict=True):
            kept.append(made.astype(np.float32))
        self.peak = np.maximum(self.peak, np.maximum(high, -low).max(axis=1))
        self.squares += squares.sum(axis=1)
        if math.isinf(self.limit):
            if (self.peak > 1).any():
                self.clipped += (np.abs(part) > 1).sum(axis=(1, 2))
        elif (high >= self.limit).any() or (low <= -1).any():
            self.clipped += ((part >= self.limit) | (part <= -1)).sum(axis=(1, 2))
