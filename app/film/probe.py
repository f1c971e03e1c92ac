"""What the header of a video says; nothing is decoded and no frame counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import gif
from datatypes.errors import MissingExtraError
from datatypes.video_file import open_video

if TYPE_CHECKING:
    from datatypes.video import Video

__all__ = ["FilmInfo", "probe"]


class FilmInfo(NamedTuple):
    """What the header says; empty or None where it does not.

    Attributes
    ----------
    container, codec, pixel_format : str
        As FFmpeg names them.
    width, height : int
        Pixels of a frame as stored.
    rate : float or None
        Frames a second on average.
    frames : int
        As said; 0 where not.
    duration_secs : float or None
        Length.
    bit_rate : int
        Bits a second of the whole file.
    audio : str
        Codec, rate and channels of the first track with sound.
    turned : int
        Degrees by which players turn frames.
    """

    container: str
    codec: str
    pixel_format: str
    width: int
    height: int
    rate: float | None
    frames: int
    duration_secs: float | None
    bit_rate: int
    audio: str
    turned: int


def probe(video: Video) -> FilmInfo | None:
    """Return what the header says; None where the library that reads it is not installed.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError
        If it is no video of its format, or its frames are too large.
    """
    subject = video.path or "video"
    if video.format == "gif":
        return _probe_gif(video, subject)
    try:
        with open_video(video._file(), video.format, subject) as (container, stream):
            rate = stream.average_rate
            return FilmInfo(
                container=str(container.format.name).partition(",")[0] if video.format != "mp4" else "MP4",
                codec=_codec(stream),
                pixel_format=str(stream.pix_fmt or ""),
                width=int(stream.width),
                height=int(stream.height),
                rate=float(rate) if rate else None,
                frames=int(stream.frames or 0),
                duration_secs=container.duration / 1e6 if container.duration else None,
                bit_rate=int(container.bit_rate or 0),
                audio=_audio(container),
                turned=_turned(stream),
            )
    except MissingExtraError:
        return None


def _probe_gif(video: Video, subject: str) -> FilmInfo:
    from datatypes import limits

    with video.open() as file:
        found = gif.scan(file, subject)
    limits.check_pixels(subject, found.width, found.height)
    total, count = sum(found.delays_cs) / 100, len(found.delays_cs)
    return FilmInfo("GIF", "gif", "palette", found.width, found.height, count / total if total else None, count,
                    total or None, 0, "", 0)  # fmt: skip


def _codec(stream: Any) -> str:
    profile = str(stream.profile or "")
    return f"{stream.codec.canonical_name}{f', {profile}' if profile else ''}"


def _audio(container: Any) -> str:
    if not container.streams.audio:
        return ""
    track = container.streams.audio[0]
    return f"{track.codec.canonical_name}, {track.rate:,} Hz, {track.layout.name}"


def _turned(stream: Any) -> int:
    """Return the degrees of the display matrix, which a decoder tells with a frame; of old files the tag says it."""
    text = str(stream.metadata.get("rotate", "0"))
    return int(text) % 360 if text.lstrip("-").isdecimal() else 0
