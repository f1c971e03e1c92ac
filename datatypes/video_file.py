"""Opening video files: formats that we trust a decoder with, by name and never guessed, each failure as one error.

GIF needs Pillow alone; MP4, WebM and Ogg need PyAV, which the extra ``video`` brings.
"""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import containers, gif, limits
from datatypes.errors import UnreadableMediaError
from datatypes.extras import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datatypes.payload import Payload

__all__ = ["FORMATS", "VideoInfo", "format_of_data", "open_video", "read_frames", "read_info", "video_facts"]

#: Extension → demuxer of FFmpeg; others (playlists, concatenations) are never reached.
_DEMUXERS = {"mp4": "mov", "webm": "matroska", "ogg": "ogg"}
#: Formats of files, by their extension.
FORMATS = ("gif", *_DEMUXERS)
_STANDARD_RATES = 12  # FFmpeg takes the rate of a GIF for a multiple of 1/12


class VideoInfo(NamedTuple):
    """What a file says, with its frames counted."""

    codec: str
    width: int
    height: int
    frames: int
    rate: Fraction | None  # frames a second; None where the file does not say
    duration_secs: float | None


def format_of_data(head: bytes) -> str | None:
    """Return the format that fits the beginning of a file; None if it is none of `FORMATS`."""
    if head[:4] == b"GIF8":
        return "gif"
    if head[4:8] == b"ftyp":
        return "mp4"
    return {b"\x1aE\xdf\xa3": "webm", b"OggS": "ogg"}.get(head[:4])


def read_info(payload: Payload, kind: str, subject: str) -> VideoInfo:
    """Return what a video file says, and how many frames it holds; nothing is decoded.

    Raises
    ------
    UnreadableMediaError
        If it is no whole video of that format.
    DecodeLimitError
        If its frames are too large.
    MissingExtraError
        If the decoder is not installed.
    """
    if kind == "gif":
        with payload.open() as file:
            found = gif.scan(file, subject)
        limits.check_pixels(subject, found.width, found.height)
        total = sum(found.delays_cs)
        rate = Fraction(100 * len(found.delays_cs), total) if total else None
        return VideoInfo("gif", found.width, found.height, len(found.delays_cs), rate, total / 100)
    with open_video(payload, kind, subject) as (container, stream):
        said = stream.frames
        count = sum(1 for packet in container.demux(stream) if packet.size)
        if not count or (said and count != said):
            problem = f"says {said} frames and holds {count}"
            raise UnreadableMediaError(subject, problem, "Restore the file; it is cut.")
        rate = stream.average_rate
        secs = container.duration / 1_000_000 if container.duration else None
        if secs is None and rate:
            secs = float(count / rate)
        return VideoInfo(stream.codec.canonical_name, stream.width, stream.height, count, rate, secs)


@contextmanager
def open_video(payload: Payload, kind: str, subject: str) -> Iterator[tuple[Any, Any]]:
    """Open a container by its demuxer, without any protocol but the bytes at hand.

    Yields
    ------
    container : av.container.InputContainer
        At its start.
    stream : av.video.stream.VideoStream
        Its first one.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError, MissingExtraError
        As `read_info`.
    """
    av = need("av", "frames of a video that is no GIF")
    if kind not in _DEMUXERS:
        known = ", ".join(FORMATS)
        raise UnreadableMediaError(subject, "is no video by its name", f"Name it as one of {known}.")

    def refuse(url: str, *_: Any) -> Any:
        raise OSError(f"{url[:80]!r} is not opened")

    with payload.open() as file:
        if kind == "webm":
            containers.check_matroska(file, payload.size, subject)
        elif kind == "ogg":
            containers.check_ogg(file, payload.size, subject)
        try:
            options = {"protocol_whitelist": "pipe"}
            with av.open(file, format=_DEMUXERS[kind], container_options=options, io_open=refuse) as container:
                if not container.streams.video:
                    raise UnreadableMediaError(subject, "has no pictures", "Pass it to Audio.")
                stream = container.streams.video[0]
                if not (stream.width and stream.height):
                    raise UnreadableMediaError(subject, "has frames of no size", "Restore the file.")
                limits.check_pixels(subject, stream.width, stream.height)
                yield container, stream
        except (av.FFmpegError, EOFError) as error:
            problem = f"cannot be decoded as {kind} ({getattr(error, 'strerror', None) or error})"
            raise UnreadableMediaError(subject, problem, "Restore the file.") from error


def read_frames(payload: Payload, kind: str, subject: str) -> Iterator[NDArray[Any]]:
    """Give the frames of a video one by one: (height, width, 3) uint8.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError, MissingExtraError
        As `read_info`.
    """
    if kind == "gif":
        yield from _gif_frames(payload, subject)
        return
    with open_video(payload, kind, subject) as (container, stream):
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            if (frame.width, frame.height) != (stream.width, stream.height):
                limits.check_pixels(subject, frame.width, frame.height)
            yield frame.to_ndarray(format="rgb24")


def _gif_frames(payload: Payload, subject: str) -> Iterator[NDArray[Any]]:
    import numpy as np

    pil = need("PIL.Image", "frames of a GIF")
    with payload.open() as file:
        info = gif.scan(file, subject)
        limits.check_pixels(subject, info.width, info.height)
        file.seek(0)
        try:
            with pil.open(file, formats=("GIF",)) as image:
                for index in range(len(info.delays_cs)):
                    image.seek(index)
                    yield np.asarray(image.convert("RGB"))
        except (OSError, ValueError, EOFError, SyntaxError) as error:
            if hasattr(error, "remedy"):
                raise
            raise UnreadableMediaError(subject, f"cannot be decoded ({error})", "Restore the file.") from error


def video_facts(payload: Payload, kind: str, name: str | None, subject: str) -> dict[str, Any]:
    """Return what a reader can check of a video file; the form of ``expected.json`` in the golden data.

    ``codec``, ``width``, ``height``, ``frames``, ``fps`` (as FFmpeg says it; of a GIF a multiple of 1/12), ``duration``
    in seconds, ``bytes``, ``sha256``.
    """
    info = read_info(payload, kind, subject)
    fps = None if info.rate is None else float(info.rate)
    if kind == "gif" and fps is not None:
        fps = round(fps * _STANDARD_RATES) / _STANDARD_RATES
    return {
        "path": name,
        "codec": info.codec,
        "width": info.width,
        "height": info.height,
        "frames": info.frames,
        "fps": None if fps is None else round(fps, 3),
        "duration": None if info.duration_secs is None else round(info.duration_secs, 6),
        "bytes": payload.size,
        "sha256": payload.sha256,
    }
