"""Measurements of a sound for its page: the address of its bytes with ``/api/sound/`` for ``/api/m/``.

``?what=levels&from=&to=&columns=``, ``?what=spectrogram&from=&to=&columns=&window=&channel=`` (frames; packed
numbers), ``?what=wav`` (the sound as WAV, with ranges), ``?what=progress`` (JSON).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from app.answers import number
from app.measured import answering
from app.measured.kept import kept
from app.measured.packing import packed
from app.media_types import BYTES
from app.sound.levels import measure_levels
from app.sound.spectrogram import DECIBELS_AT_ZERO, STEPS_PER_DECIBEL, measure_spectrogram
from app.sound.wav_stream import WavStream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from starlette.routing import Route

    from app.measured.answering import Measurement
    from datatypes.audio import Audio

__all__ = ["levels_of", "routes", "spectrogram_of"]

#: Rules of measuring; another number and all is measured again.
RULES = 2

#: Columns of a whole sound: more than two screens of 1920 points are wide. A range is asked for with its own number.
OVERVIEW_COLUMNS = 4096
_SPECTROGRAM_COLUMNS = 2048
_MAX_COLUMNS = 8192


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    measurements: dict[str, Measurement] = {"levels": _levels, "spectrogram": _spectrogram, "wav": _wav}
    return [answering.route("sound", measurements, RULES)]


def _levels(artifact: Any, entry: Any, query: Mapping[str, str]) -> tuple[bytes, str]:
    return levels_of(_sound(artifact, entry), str(entry.digest), query), BYTES


def _spectrogram(artifact: Any, entry: Any, query: Mapping[str, str]) -> tuple[bytes, str]:
    return spectrogram_of(_sound(artifact, entry), str(entry.digest), query), BYTES


def _wav(artifact: Any, entry: Any, _query: Mapping[str, str]) -> tuple[tuple[BinaryIO, int], str]:
    stream = WavStream(_sound(artifact, entry))
    return (cast("BinaryIO", stream), stream.size), "audio/wav"


def levels_of(sound: Audio, digest: str, query: Mapping[str, str]) -> bytes:
    """Return the levels of a range, packed: ``low``, ``high``, ``rms`` (channels, bins), and a header."""
    start, stop, columns, whole = _range(sound, query, OVERVIEW_COLUMNS)

    def make(tell: Callable[[float], None]) -> bytes:
        found = measure_levels(sound, start, stop, columns, tell)
        header: dict[str, Any] = {
            "start": found.start, "stop": found.stop, "wanted": stop, "step": found.bin_frames,
            "peak": found.peak.tolist(), "meanSquare": found.mean_square.tolist(), "clipped": found.clipped.tolist(),
            "notFinite": found.not_finite,
        }  # fmt: skip
        return packed(header, low=found.low, high=found.high, rms=found.rms)

    return kept(digest, f"levels/{RULES}/{columns}", make, store=whole) if whole else make(lambda _part: None)


def spectrogram_of(sound: Audio, digest: str, query: Mapping[str, str]) -> bytes:
    """Return the spectrogram of a range, packed: ``levels`` (columns, bins), and a header."""
    start, stop, columns, whole = _range(sound, query, _SPECTROGRAM_COLUMNS)
    window = number(query, "window", 0, 8192)
    chosen = number(query, "channel", -1, 1 << 10)
    channel = chosen if 0 <= chosen < sound.channels else None

    def make(tell: Callable[[float], None]) -> bytes:
        found = measure_spectrogram(sound, start, stop, columns, window=window, channel=channel, tell=tell)
        header = {
            "start": found.start, "stop": stop, "step": found.column_frames, "window": found.window,
            "perColumn": found.windows_per_column, "covered": found.covered,
            "zero": DECIBELS_AT_ZERO, "steps": STEPS_PER_DECIBEL,
        }  # fmt: skip
        return packed(header, levels=found.levels)

    what = f"spectrogram/{RULES}/{columns}/{window}/{channel}"
    return kept(digest, what, make, store=whole) if whole else make(lambda _part: None)


def _range(sound: Audio, query: Mapping[str, str], most: int) -> tuple[int, int, int, bool]:
    """Return the range and the columns that are asked for, and whether it is the whole sound."""
    stop = number(query, "to", sound.n_frames, sound.n_frames)
    start = number(query, "from", 0, max(stop - 1, 0))
    columns = number(query, "columns", most, _MAX_COLUMNS) or most
    return start, stop, columns, start == 0 and stop == sound.n_frames and columns == most


def _sound(artifact: Any, entry: Any) -> Audio:
    from datatypes.audio import Audio

    return Audio.from_file(entry.path, artifact)
