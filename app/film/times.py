"""Presentation times of all frames, read from the packets of a file; nothing is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import gif
from datatypes.video_file import open_video

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from datatypes.video import Video

__all__ = ["GIF_SECS", "Times", "read_times"]

#: Seconds of a GIF frame without a time of its own: what browsers take.
GIF_SECS = 0.1

#: Packets between two reports of progress.
_TELL_EVERY = 500


class Times(NamedTuple):
    """Times of frames.

    Attributes
    ----------
    secs : ndarray
        (frames,) float64, rising; from the start of the file's own clock.
    end_secs : float
        When the last frame ends.
    timeless : int
        Frames of a GIF without a time, for which `GIF_SECS` stands.
    """

    secs: NDArray[Any]
    end_secs: float
    timeless: int = 0


def read_times(video: Video, tell: Callable[[float], None] | None = None) -> Times:
    """Return the presentation times of all frames.

    Parameters
    ----------
    video : Video
        What to read; all of its bytes are.
    tell : callable, optional
        Called with the fraction that is done.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError, MissingExtraError
        As `Video.info`.
    """
    import numpy as np

    subject = video.path or "video"
    if video.format == "gif":
        with video.open() as file:
            delays = np.array(gif.scan(file, subject).delays_cs, np.float64) / 100
        timeless = int((delays == 0).sum())
        delays[delays == 0] = GIF_SECS
        ends = np.cumsum(delays)
        return Times(ends - delays, float(ends[-1]) if len(ends) else 0.0, timeless)
    with open_video(video._file(), video.format, subject) as (container, stream):
        ticks, lasts = _packets(container, stream, tell)
        base = float(stream.time_base)
        rate = float(stream.average_rate) if stream.average_rate else 25.0
    order = np.argsort(ticks, kind="stable")
    secs = np.array(ticks, np.float64)[order] * base
    last = lasts[order[-1]] * base if len(secs) else 0.0
    return Times(secs, float(secs[-1] + (last or 1 / rate)) if len(secs) else 0.0)


def _packets(container: Any, stream: Any, tell: Callable[[float], None] | None) -> tuple[list[int], list[int]]:
    """Return presentation time and length of each frame in ticks; those that an edit of the file hides are left out."""
    ticks: list[int] = []
    lasts: list[int] = []
    for packet in container.demux(stream):
        if not packet.size or getattr(packet, "is_discard", False):
            continue
        at = packet.pts if packet.pts is not None else packet.dts
        ticks.append(int(at) if at is not None else (ticks[-1] + (lasts[-1] or 1) if ticks else 0))
        lasts.append(int(packet.duration or 0))
        if tell is not None and len(ticks) % _TELL_EVERY == 0 and container.duration:
            tell(min(1.0, float(ticks[-1] * stream.time_base) * 1e6 / container.duration))
    return ticks, lasts
