"""WAV files: written from samples of any subtype, and their chunks checked before a decoder believes them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, BinaryIO

from datatypes.errors import RejectedValueError, UnreadableMediaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SUBTYPES", "check_chunks", "encode"]

_PCM, _FLOAT = 1, 3
#: Subtype, as libsndfile names it → (format code, bytes a sample).
SUBTYPES = {
    "PCM_U8": (_PCM, 1),
    "PCM_16": (_PCM, 2),
    "PCM_24": (_PCM, 3),
    "PCM_32": (_PCM, 4),
    "FLOAT": (_FLOAT, 4),
    "DOUBLE": (_FLOAT, 8),
}
_UNKNOWN = (1 << 32) - 1  # stands where a size does not fit, or was not known when the header was written
_LIMIT = _UNKNOWN - 1024  # sizes of chunks are 32-bit


def encode(samples: NDArray[Any], sample_rate_hz: int, subtype: str) -> bytes:
    """Write a WAV file.

    Parameters
    ----------
    samples : ndarray
        (frames, channels), in the numbers of the file: uint8 with 128 as silence, int16, int32 (for ``PCM_24`` from
        −2²³ to 2²³−1), float32 or float64.
    sample_rate_hz : int
        Frames a second.
    subtype : str
        A key of `SUBTYPES`.

    Raises
    ------
    RejectedValueError
        If the file would be larger than 4 GiB, which is all that WAV can say.
    """
    code, width = SUBTYPES[subtype]
    frames, channels = samples.shape
    size = frames * channels * width
    if size > _LIMIT:
        remedy = "Split it, or pass the path of a FLAC file."
        raise RejectedValueError("audio", f"takes {size:,} bytes, and WAV holds 4 GiB", remedy)
    layout = struct.pack(
        "<HHIIHH", code, channels, sample_rate_hz, sample_rate_hz * channels * width, channels * width, width * 8
    )
    chunks = [b"fmt ", struct.pack("<I", len(layout)), layout]
    if code == _FLOAT:  # the specification asks for the longer form and the number of frames
        chunks = [b"fmt ", struct.pack("<I", len(layout) + 2), layout, b"\0\0", b"fact", struct.pack("<II", 4, frames)]
    chunks += [b"data", struct.pack("<I", size), _little_endian(samples, width)]
    if size % 2:
        chunks.append(b"\0")
    body = b"".join([b"WAVE", *chunks])
    return b"".join([b"RIFF", struct.pack("<I", len(body)), body])


def _little_endian(samples: NDArray[Any], width: int) -> bytes:
    little = samples.astype(samples.dtype.newbyteorder("<"), order="C", copy=False)
    if width != 3:
        return little.tobytes()
    return little.view("u1").reshape(-1, 4)[:, :3].tobytes()


def check_chunks(file: BinaryIO, size: int, subject: str) -> None:
    """Check that the chunks of a WAV file lie in it, and that it holds the samples that it says.

    Parameters
    ----------
    file : binary file
        At any place; is left at its start.
    size : int
        Length of the file in bytes.
    subject : str
        Name for messages.

    Raises
    ------
    UnreadableMediaError
        If a chunk is longer than the file, or the format or the samples are missing.

    Notes
    -----
    Decoders believe the header: one of a few bytes makes some allocate 4 GiB, and a cut file is played as if it were
    whole. A size of 0xFFFFFFFF, which a writer to a pipe leaves, is a lie like any other.
    """
    seen: set[bytes] = set()
    long_size = 0  # of the samples, where the file is an RF64
    file.seek(0)
    order = ">" if file.read(12).startswith(b"RIFX") else "<"
    at = 12
    while at + 8 <= size and b"data" not in seen:
        kind, length = struct.unpack(f"{order}4sI", file.read(8))
        at += 8
        if kind == b"data" and long_size and length == _UNKNOWN:
            length = long_size
        if at + length > size:
            problem = f"says {length:,} bytes in its chunk {_shown(kind)}, and holds {size - at:,}"
            raise UnreadableMediaError(subject, problem, "Restore the file, or write it again from what is left.")
        seen.add(kind)
        if kind == b"fmt ":
            _check_format(file.read(min(length, 16)), order, subject)
        elif kind == b"ds64" and length >= 16:
            long_size = struct.unpack("<8xQ", file.read(16))[0]
        at += length + length % 2
        file.seek(at)
    if missing := {b"fmt ", b"data"} - seen:
        names = " and ".join(_shown(kind) for kind in sorted(missing))
        raise UnreadableMediaError(subject, f"is a WAV file without the chunk {names}", "Restore the file.")
    file.seek(0)


def _check_format(layout: bytes, order: str, subject: str) -> None:
    if len(layout) == 16:
        channels, rate, _, block = struct.unpack(f"{order}HIIH", layout[2:14])
        if channels and rate and block:
            return
    raise UnreadableMediaError(subject, "describes no channels, rate or samples in its header", "Restore the file.")


def _shown(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))
