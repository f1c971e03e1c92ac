"""Measurements and frames of a video for its page: the address of its bytes with ``/api/film/`` for ``/api/m/``.

``?what=times`` (packed numbers: the time of each frame), ``?what=frames&from=&count=&side=`` (packed PNG files of
frames, reduced to a longest side), ``?what=strip&count=&side=`` (small frames side by side, one WebP),
``?what=progress`` (JSON).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.answers import number
from app.film.frames import as_webp, read_range, read_strip, strip_numbers
from app.film.times import Times, read_times
from app.measured import answering
from app.measured.kept import kept
from app.measured.packing import packed, unpacked
from app.media_types import BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.routing import Route

    from datatypes.video import Video

__all__ = ["frames_of", "routes", "strip_of", "times_of"]

#: Rules of measuring; another number and all is measured again.
RULES = 1

#: Most pixels of one answer with frames: 16 of full HD.
_MAX_PIXELS = 16 * 1920 * 1080
_MAX_FRAMES = 64
_MAX_STRIP = 60


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    return [answering.route("film", {"times": _times, "frames": _frames, "strip": _strip}, RULES)]


def _times(artifact: Any, entry: Any, _query: Mapping[str, str]) -> tuple[bytes, str]:
    return times_of(_video(artifact, entry), str(entry.digest)), BYTES


def _frames(artifact: Any, entry: Any, query: Mapping[str, str]) -> tuple[bytes, str]:
    return frames_of(_video(artifact, entry), str(entry.digest), query), BYTES


def _strip(artifact: Any, entry: Any, query: Mapping[str, str]) -> tuple[bytes, str]:
    return strip_of(_video(artifact, entry), str(entry.digest), query), "image/webp"


def _video(artifact: Any, entry: Any) -> Video:
    from datatypes.video import Video

    return Video.from_file(entry.path, artifact)


def times_of(video: Video, digest: str) -> bytes:
    """Return the times of all frames, packed: ``secs``, and a header with the end."""

    def make(tell: Callable[[float], None]) -> bytes:
        found = read_times(video, tell)
        return packed({"end": found.end_secs, "timeless": found.timeless}, secs=found.secs)

    return kept(digest, f"times/{RULES}", make)


def _read_times(video: Video, digest: str) -> Times:
    header, arrays = unpacked(times_of(video, digest))
    return Times(arrays["secs"], header["end"], header["timeless"])


def frames_of(video: Video, digest: str, query: Mapping[str, str]) -> bytes:
    """Return frames as PNG files one after another: ``files`` holds them, ``lengths`` says how long each is."""
    import numpy as np

    from datatypes import png

    times = _read_times(video, digest)
    side = number(query, "side", 0, 1 << 14) or None
    start = number(query, "from", 0, max(len(times.secs) - 1, 0))
    most = max(1, _MAX_PIXELS // max(1, _pixels_of(video, side)))
    count = max(1, min(number(query, "count", 1, _MAX_FRAMES), most))
    frames = read_range(video, times.secs, start, min(start + count, len(times.secs)), side)
    files = [png.encode(frame) for frame in frames]
    sizes = [[frame.shape[1], frame.shape[0]] for frame in frames]
    joined = np.frombuffer(b"".join(files), np.uint8)
    return packed({"from": start, "lengths": [len(file) for file in files], "sizes": sizes}, files=joined)


def _pixels_of(video: Video, side: int | None) -> int:
    from app.film.probe import probe

    info = probe(video)
    width, height = (info.width, info.height) if info is not None else (1, 1)
    return min(width * height, side * side) if side else width * height


def strip_of(video: Video, digest: str, query: Mapping[str, str]) -> bytes:
    """Return small frames of one size side by side."""
    import numpy as np

    count = max(1, number(query, "count", 20, _MAX_STRIP))
    side = max(16, number(query, "side", 96, 320))
    times = _read_times(video, digest)  # before: a measurement never waits for another one

    def make(_tell: Callable[[float], None]) -> bytes:
        found = read_strip(video, times.secs, strip_numbers(len(times.secs), count), side)
        if not found:
            raise ValueError("there is no frame to show")
        shape = found[0].shape
        return as_webp(np.concatenate([frame for frame in found if frame.shape == shape], axis=1), quality=70)

    return kept(digest, f"strip/{RULES}/{count}/{side}", make)
