"""Frames to a file: GIF by Pillow, MP4, WebM and Ogg by PyAV; decoded again and measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import gif, video_file
from datatypes.errors import RejectedValueError
from datatypes.extras import need
from datatypes.fidelity import FidelityRecord, array_source
from datatypes.payload import TemporaryPayload
from datatypes.video_array import Clip, ErrorMeter, untile

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from datatypes.payload import Payload

__all__ = ["encode"]


class Coding(NamedTuple):
    """How frames are encoded by FFmpeg."""

    muxer: str
    encoder: str
    layout: str  # of pixels
    options: dict[str, str]
    even_sides: bool = False


#: Format → coding. Patent-free Theora has no encoder in PyAV's wheels: Ogg holds VP8, which its specification allows.
_CODINGS = {
    "mp4": Coding("mp4", "libx264", "yuv420p", {"preset": "veryfast", "crf": "23"}, even_sides=True),
    "webm": Coding("webm", "libvpx-vp9", "yuv420p", {"crf": "31", "b": "0", "deadline": "realtime", "cpu-used": "8"}),
    "ogg": Coding("ogg", "libvpx", "yuv420p", {"crf": "10", "b": "2M", "deadline": "realtime", "cpu-used": "5"}),
}
#: What browsers show exactly: VP9 of red, green and blue, without loss.
_LOSSLESS = Coding(
    "webm", "libvpx-vp9", "gbrp", {"lossless": "1", "deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
)
_SLOWEST_CS = 2  # browsers show frames of less time as if they had ten hundredths


def encode(
    data: NDArray[Any], kind: str, rate: Fraction, *, exact: bool
) -> tuple[Payload, FidelityRecord, tuple[int, int]]:
    """Encode an array.

    Parameters
    ----------
    data : ndarray
        See `Clip`.
    kind : str
        One of `video_file.FORMATS`.
    rate : Fraction
        Frames a second.
    exact : bool
        Store frames without loss: as WebM, or as GIF where no frame has more than 256 colours.

    Returns
    -------
    payload : Payload
        The file.
    record : FidelityRecord
        Measured by decoding the file.
    size : tuple of int
        Width and height of its frames.

    Raises
    ------
    RejectedValueError
        If it is no video, or `exact` asks for more than the format holds.
    MissingExtraError
        If the encoder is not installed.
    """
    clip = Clip(data)
    if exact:
        _check_exact(clip, kind)
    payload = TemporaryPayload(f".{kind}")
    size = (clip.width, clip.height)
    steps, notices = clip.steps(), []
    if kind == "gif":
        notices = _write_gif(clip, payload, rate)
        steps.append("quantise each frame to 256 colours")
    else:
        coding = _LOSSLESS if exact else _CODINGS[kind]
        if coding.even_sides and (size[0] % 2 or size[1] % 2):
            size = (size[0] + size[0] % 2, size[1] + size[1] % 2)
            steps.append(f"pad {clip.width}×{clip.height} to {size[0]}×{size[1]} pixels by the last ones")
        _mux(clip, payload, coding, rate, size)
        steps.append(f"encode {coding.encoder} as {coding.layout}")
    record = _measured(clip, payload, kind, steps, notices)
    if exact and record.verdict != "lossless":
        remedy = 'Use format="webm".' if kind == "gif" else "Add the array as a file of its own."
        problem = f"is asked for, and {kind} does not give every frame back (greatest error {record.max_abs_error:.6g})"
        raise RejectedValueError("exact", problem, remedy)
    return payload, record, size


def _check_exact(clip: Clip, kind: str) -> None:
    if kind not in ("webm", "gif"):
        raise RejectedValueError("exact", f"is asked for, and {kind} has no exact form that is shown", 'Use "webm".')
    if not clip.is_whole:
        problem = "is asked for, and the values are not whole numbers from 0 to 255"
        raise RejectedValueError("exact", problem, "Convert them to uint8, or add the array as a file.")
    if clip.has_alpha:
        problem = "is asked for, and frames have transparency, which no format here keeps"
        raise RejectedValueError("exact", problem, "Pass the fourth channel as a video of its own.")


def _write_gif(clip: Clip, payload: Payload, rate: Fraction) -> list[str]:
    """Write a GIF; return what is to be said of its timing."""
    times = gif.delays(len(clip), rate)
    with payload.local_path().open("wb") as file:
        file.write(gif.write_header(clip.width, clip.height))
        for index, delay in enumerate(times):
            file.write(gif.encode_frame(gif.quantise(clip.frame(index)), delay))
        file.write(gif.trailer())
    return _timing_notices(times, rate)


def _timing_notices(times: list[int], rate: Fraction) -> list[str]:
    notices = []
    if len(set(times)) > 1 or 100 / rate != times[0]:
        notices.append(
            f"frames last {min(times)} to {max(times)} hundredths of a second, {float(100 / rate):.6g} were meant"
        )
    if min(times) < _SLOWEST_CS:
        notices.append("browsers show frames of less than two hundredths of a second more slowly")
    return notices


def _mux(clip: Clip, payload: Payload, coding: Coding, rate: Fraction, size: tuple[int, int]) -> None:
    import numpy as np

    av = need("av", f"Video as {coding.muxer}")
    margins = ((0, size[1] - clip.height), (0, size[0] - clip.width), (0, 0))
    try:
        with av.open(str(payload.local_path()), "w", format=coding.muxer) as container:
            stream = container.add_stream(coding.encoder, rate=rate, options=coding.options)
            stream.width, stream.height, stream.pix_fmt = *size, coding.layout
            for index in range(len(clip)):
                pixels = (
                    np.pad(clip.frame(index), margins, mode="edge") if any(map(sum, margins)) else clip.frame(index)
                )
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                frame.pts, frame.time_base = index, 1 / rate
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    except (av.FFmpegError, ValueError) as error:
        problem = (
            f"of {len(clip)} frames of {size[0]}×{size[1]} at {float(rate):.6g} a second cannot be encoded ({error})"
        )
        raise RejectedValueError("video", problem, "Use another format or rate.") from error


def _measured(clip: Clip, payload: Payload, kind: str, steps: list[str], notices: list[str]) -> FidelityRecord:
    """Decode the file again and measure the whole way from what was given to what a reader gets."""
    source = array_source(clip.given)
    meter, count = ErrorMeter(), 0
    for shown in video_file.read_frames(payload, kind, "encoded video"):
        if count < len(clip):
            given = clip.seen(count)
            meter.add(given, untile(shown[: clip.height, : clip.width], len(clip.batch))[:, : given.shape[1]])
        count += 1
    if count != len(clip):
        notices = [*notices, f"holds {count} frames of {len(clip)}"]
    if clip.looks_scaled:
        notices = [*notices, "values from 0 to 1 are taken as they are, nearly black: multiply by 255 to see them"]
    more: dict[str, Any] = {"notices": notices} if notices else {}
    if not meter.peak and clip.is_whole and not clip.has_alpha and count == len(clip):
        return FidelityRecord("lossless", source, **more)
    return FidelityRecord(
        "lossy", source, steps, **meter.measures(), clipped=clip.clipped, dropped=clip.missing, **more
    )
