"""Frames of a film by their number, decoded here: for what browsers do not play, for GIF, and for small pictures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from datatypes import limits
from datatypes.errors import UnreadableMediaError
from datatypes.extras import need
from datatypes.video_file import open_video

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from datatypes.video import Video

__all__ = ["first_frame", "read_range", "read_strip", "strip_numbers"]

#: Frames that a decoder may be ahead of the one that is looked for, before the file is taken for damaged.
_MAX_SEARCH = 2000

#: Pixels of all frames of a video that is decoded whole for its strip: about a second of work.
_WHOLE_PIXELS = 150_000_000


def read_range(
    video: Video, secs: NDArray[Any], start: int, stop: int, max_side: int | None = None
) -> list[NDArray[Any]]:
    """Return frames `start` to before `stop`: (height, width, 3 or 4) uint8 each; fewer where the file ends early.

    Parameters
    ----------
    video : Video
        What to read.
    secs : ndarray
        Times of all frames, of `read_times`.
    start, stop : int
        Numbers of frames.
    max_side : int, optional
        Longest side; larger frames are reduced.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError, MissingExtraError
        As `Video.frames`.
    """
    if video.format == "gif":
        return [_reduced(frame, max_side) for frame in _gif_frames(video, range(start, stop))]
    found: dict[int, NDArray[Any]] = {}
    with open_video(video._file(), video.format, video.path or "video") as (container, stream):
        for number, frame in _decoded(container, stream, secs, start):
            if number >= stop:
                break
            if number >= start:
                found[number] = _pixels(frame, max_side)
    return [found[number] for number in sorted(found)]


def first_frame(video: Video, max_side: int | None = None) -> NDArray[Any]:
    """Return the first frame, for a preview.

    Raises
    ------
    UnreadableMediaError
        If there is none that can be decoded. Else as `Video.frames`.
    """
    subject = video.path or "video"
    if video.format == "gif":
        for picture in _gif_frames(video, range(1)):
            return _reduced(picture, max_side)
    else:
        with open_video(video._file(), video.format, subject) as (container, stream):
            for frame in container.decode(stream):
                limits.check_pixels(subject, frame.width, frame.height)
                return _pixels(frame, max_side)
    raise UnreadableMediaError(subject, "holds no frame that can be decoded", "Restore the file.")


def strip_numbers(frames: int, count: int) -> list[int]:
    """Return the numbers of `count` frames that lie in the middle of equal parts of a film."""
    parts = min(count, frames)
    return [(2 * part + 1) * frames // (2 * parts) for part in range(parts)]


def read_strip(video: Video, secs: NDArray[Any], numbers: Sequence[int], max_side: int) -> list[NDArray[Any]]:
    """Return small frames: those of the numbers, or of a long video the key frames before them, which are quicker."""
    if video.format == "gif":
        return [_reduced(frame, max_side) for frame in _gif_frames(video, numbers)]
    found = []
    with open_video(video._file(), video.format, video.path or "video") as (container, stream):
        if len(secs) * stream.width * stream.height <= _WHOLE_PIXELS:
            wanted = set(numbers)
            return [
                _pixels(frame, max_side) for number, frame in _decoded(container, stream, secs, 0) if number in wanted
            ]
        stream.codec_context.skip_frame = "NONKEY"
        for number in numbers:
            _go_to(container, stream, float(secs[number]))
            frame = next(iter(container.decode(stream)), None)
            if frame is None:
                break
            found.append(_pixels(frame, max_side))
    return found


def _go_to(container: Any, stream: Any, secs: float) -> None:
    av = need("av", "frames of a video")
    try:
        container.seek(int(secs / float(stream.time_base)), stream=stream, backward=True)
    except av.FFmpegError:  # no index to go by: from the start
        container.seek(0)


def _decoded(container: Any, stream: Any, secs: NDArray[Any], start: int) -> Iterator[tuple[int, Any]]:
    """Give numbers and frames from the key frame before `start` on."""
    import numpy as np

    stream.thread_type = "AUTO"
    if start:
        _go_to(container, stream, float(secs[min(start, len(secs) - 1)]))
    base = float(stream.time_base)
    for searched, frame in enumerate(container.decode(stream)):
        at = frame.pts if frame.pts is not None else frame.dts
        number = searched if at is None else int(np.searchsorted(secs, at * base + 1e-9, side="right")) - 1
        limits.check_pixels("frame", frame.width, frame.height)
        yield max(number, 0), frame
        if number < start and searched > max(_MAX_SEARCH, start):
            return


def _pixels(frame: Any, max_side: int | None) -> NDArray[Any]:
    """Return a frame as RGB, reduced while its colours are converted."""
    width, height = _fitted(frame.width, frame.height, max_side)
    pixels: NDArray[Any] = frame.to_ndarray(format="rgb24", width=width, height=height)
    return pixels


def _fitted(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    if max_side is None or max(width, height) <= max_side:
        return width, height
    share = max_side / max(width, height)
    return max(1, round(width * share)), max(1, round(height * share))


def _reduced(frame: NDArray[Any], max_side: int | None) -> NDArray[Any]:
    import numpy as np
    import PIL.Image

    size = _fitted(frame.shape[1], frame.shape[0], max_side)
    if size == (frame.shape[1], frame.shape[0]):
        return frame
    return np.asarray(PIL.Image.fromarray(frame).resize(size, PIL.Image.Resampling.BOX))


def _gif_frames(video: Video, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
    """Give frames of a GIF as they are seen: (height, width, 4), what is not painted transparent."""
    import numpy as np
    import PIL.Image

    from datatypes import gif

    subject = video.path or "video"
    with video.open() as file:
        info = gif.scan(file, subject)
        limits.check_pixels(subject, info.width, info.height)
        file.seek(0)
        try:
            with PIL.Image.open(file, formats=("GIF",)) as image:
                for number in numbers:
                    if number >= len(info.delays_cs):
                        return
                    image.seek(number)
                    yield np.asarray(image.convert("RGBA"))
        except (OSError, ValueError, EOFError, SyntaxError) as error:
            raise UnreadableMediaError(subject, f"cannot be decoded ({error})", "Restore the file.") from error


def as_webp(frame: NDArray[Any], quality: int = 80) -> bytes:
    """Return a picture as lossy WebP, for previews."""
    import PIL.Image

    buffer = io.BytesIO()
    PIL.Image.fromarray(frame).save(buffer, "WEBP", quality=quality, method=2)
    return buffer.getvalue()
