"""Spectrogram of a sound: mean power of windows in each column, in decibels below a sine of full scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from datatypes.audio import Audio

__all__ = ["DECIBELS_AT_ZERO", "STEPS_PER_DECIBEL", "Spectrogram", "default_window", "measure_spectrogram"]

#: A stored level is ``(decibels - DECIBELS_AT_ZERO) * STEPS_PER_DECIBEL``: from −120 to +7.5 dB in halves.
DECIBELS_AT_ZERO = -120.0
STEPS_PER_DECIBEL = 2

#: Seconds of a window that show both speech and music: about 46 ms, as most audio editors choose.
_WINDOW_SECS = 0.046
_WINDOWS = (64, 128, 256, 512, 1024, 2048, 4096, 8192)
_MAX_DEFAULT_WINDOW = 4096

#: Most windows of a column. With 16 of them a ten-minute sound is covered without a gap; a longer one is sampled.
_WINDOWS_PER_COLUMN = 16

#: Samples of all channels that are decoded at a time, and that windows of one group hold.
_BLOCK = 1 << 17
_GROUP = 1 << 19


class Spectrogram(NamedTuple):
    """Levels by time and frequency.

    Attributes
    ----------
    start : int
        First frame of the first column.
    column_frames : float
        Frames from one column to the next.
    window : int
        Frames of a window; Hann. Bin k of a column is at ``k * sample rate / window`` hertz.
    windows_per_column : int
        Windows whose mean power a column is.
    covered : float
        Fraction of the range that lies in a window: 1 unless windows leave gaps.
    levels : ndarray
        (columns, window // 2 + 1) uint8; see `DECIBELS_AT_ZERO`.
    """

    start: int
    column_frames: float
    window: int
    windows_per_column: int
    covered: float
    levels: NDArray[Any]


def default_window(sample_rate_hz: int, frames: int) -> int:
    """Return the frames of a window for a sound: a power of two of about 46 ms, no longer than a short sound."""
    wanted = sample_rate_hz * _WINDOW_SECS
    fitting = [size for size in _WINDOWS if size <= max(frames, _WINDOWS[0]) and size <= _MAX_DEFAULT_WINDOW]
    return min(fitting, key=lambda size: abs(size - wanted))


def measure_spectrogram(
    sound: Audio,
    start: int,
    stop: int,
    columns: int,
    *,
    window: int = 0,
    channel: int | None = None,
    tell: Callable[[float], None] | None = None,
) -> Spectrogram:
    """Measure a range.

    Parameters
    ----------
    sound : Audio
        What to read.
    start, stop : int
        First frame, and the one after the last.
    columns : int
        Most columns; fewer where they would be closer than an eighth of a window.
    window : int
        Frames of a window, a power of two from 64 to 8192; that of `default_window` unless given.
    channel : int, optional
        This one; the mean power of all unless given, so that nothing cancels.
    tell : callable, optional
        Called with the fraction that is done.

    Raises
    ------
    UnreadableMediaError
        If the file is no whole sound.
    """
    import numpy as np

    length = max(stop - start, 1)
    window = window if window in _WINDOWS else default_window(sound.sample_rate_hz, sound.n_frames)
    count = max(1, min(columns, -(-length // max(1, window // 8))))
    column_frames = length / count
    per_column = int(min(_WINDOWS_PER_COLUMN, max(1, np.ceil(column_frames / (window / 2)))))
    hop = column_frames / per_column
    centres = start + (np.arange(count * per_column) + 0.5) * hop
    shape = np.hanning(window + 1)[:-1].astype(np.float32)  # periodic: neighbours at half a window add up to one
    scale = float(2 / shape.sum(dtype=np.float64)) ** 2  # a sine of full scale is 0 dB
    power = np.zeros((count, window // 2 + 1), np.float32)
    first = np.rint(centres).astype(np.int64) - window // 2
    at = 0
    for lines in _windows(sound, first, window, channel):
        columns_of = np.arange(at, at + lines.shape[1]) // per_column
        starts = np.flatnonzero(np.diff(columns_of, prepend=-1))
        for line in lines:
            spectrum = np.fft.rfft(line * shape, axis=1)
            squares = spectrum.real**2 + spectrum.imag**2
            power[columns_of[starts]] += np.add.reduceat(squares, starts, axis=0)
        at += lines.shape[1]
        if tell is not None:
            tell(at / len(first))
    heard = sound.channels if channel is None else 1
    decibels = 10 * np.log10(power * (scale / (heard * per_column)) + 1e-30)
    stored = np.clip(np.rint((decibels - DECIBELS_AT_ZERO) * STEPS_PER_DECIBEL), 0, 255)
    return Spectrogram(start, column_frames, window, per_column, min(1.0, window / hop), stored.astype(np.uint8))


def _windows(sound: Audio, first: NDArray[Any], window: int, channel: int | None) -> Iterator[NDArray[Any]]:
    """Give windows in groups, in order: (channels, windows, frames) float32; zero beyond the ends.

    `first` has the first frame of each window, rising. No more is held than a group spans.
    """
    import numpy as np

    held = _Held(sound, int(first[0]), channel)
    channels = held.channels
    hop = max(1, int(first[1] - first[0])) if len(first) > 1 else 1
    group = max(1, min(_GROUP // (window * channels), _BLOCK // (hop * channels)))
    for begin in range(0, len(first), group):
        places = first[begin : begin + group]
        lines = held.take(int(places[0]), int(places[-1]) + window)
        views = np.lib.stride_tricks.sliding_window_view(lines, window, axis=1)
        yield views[:, places - places[0]]


class _Held:
    """Frames of a sound by their place, read on as they are asked for; silence before its start and after its end."""

    def __init__(self, sound: Audio, start: int, channel: int | None) -> None:
        import numpy as np

        self.channels = sound.channels if channel is None else 1
        self._channel = channel
        self._blocks = sound.blocks(max(start, 0), block_frames=max(1, _BLOCK // sound.channels))
        self._at = start
        self._lines: NDArray[Any] = np.zeros((self.channels, max(0, -start)), np.float32)

    def take(self, start: int, stop: int) -> NDArray[Any]:
        """Return frames (channels, stop - start); what lies before `start` is let go."""
        import numpy as np

        self._drop(start)
        parts, have = [self._lines], self._lines.shape[1]
        while have < stop - self._at:
            lines = self._next()
            if lines is None:
                lines = np.zeros((self.channels, stop - self._at - have), np.float32)
            passed = max(0, min(lines.shape[1], start - self._at)) if not have else 0
            self._at += passed
            parts.append(lines[:, passed:])
            have += lines.shape[1] - passed
        self._lines = np.concatenate(parts, axis=1) if len(parts) > 1 else self._lines
        self._drop(start)
        return self._lines[:, : stop - start]

    def _drop(self, start: int) -> None:
        """Let go of what is held before a frame."""
        passed = min(max(0, start - self._at), self._lines.shape[1])
        self._lines = self._lines[:, passed:]
        self._at += passed

    def _next(self) -> NDArray[Any] | None:
        """Return the next block (channels, frames); None after the last."""
        import numpy as np

        block = next(self._blocks, None)
        if block is None:
            return None
        chosen = block if self._channel is None else block[:, self._channel : self._channel + 1]
        return np.nan_to_num(chosen.T.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
