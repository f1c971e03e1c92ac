"""Opening sound files: formats that we trust a decoder with, within limits, each failure as one clear error."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import audio_pcm, containers, limits, wav
from datatypes.errors import UnreadableMediaError
from datatypes.extras import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from datatypes.payload import Payload

__all__ = [
    "EXTENSIONS",
    "LOSSY",
    "SoundInfo",
    "extension_of",
    "go_to",
    "open_sound",
    "read_blocks",
    "read_info",
    "read_samples",
    "sound_facts",
]

#: Extension → how such a file begins. Raw samples have no beginning and are never guessed.
_MAGIC = {
    ".wav": (b"RIFF", b"RIFX", b"RF64"),
    ".flac": (b"fLaC",),
    ".ogg": (b"OggS",),
    ".mp3": (b"ID3",),
    ".aiff": (b"FORM",),
    ".au": (b".snd",),
    ".caf": (b"caff",),
}
#: Extensions of files that are opened as sound.
EXTENSIONS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aiff", ".aif", ".au", ".caf")
#: Subtypes whose samples are not those that were recorded.
LOSSY = ("VORBIS", "OPUS", "MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III")
_BLOCK = 1 << 16  # frames decoded at a time
_MPEG_LEAD = 10 * 1152  # frames: ten of MPEG's own, more than its bit reservoir reaches back


class SoundInfo(NamedTuple):
    """What the header says."""

    container: str
    subtype: str
    sample_rate_hz: int
    channels: int
    frames: int

    @property
    def duration_secs(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate_hz


def extension_of(data: bytes, subject: str) -> str:
    """Return the extension, with its dot, that fits the beginning of a file.

    Raises
    ------
    UnreadableMediaError
        If it begins like no sound file.
    """
    for extension, beginnings in _MAGIC.items():
        if data.startswith(beginnings):
            return extension
    if data[:1] == b"\xff" and data[1:2] >= b"\xe0" and data[1] & 6:  # a frame of MP3: eleven bits and a layer
        return ".mp3"
    known = "WAV, FLAC, OGG, MP3, AIFF, AU or CAF"
    raise UnreadableMediaError(subject, f"is not a sound in {known}", "Restore or convert the file.")


@contextmanager
def open_sound(payload: Payload, subject: str) -> Iterator[Any]:
    """Open a decoder; the header is checked first where decoders are known to believe it.

    Yields
    ------
    soundfile.SoundFile
        At its first frame.

    Raises
    ------
    UnreadableMediaError
        If it is no whole sound file of a known format.
    MissingExtraError
        If the decoder is not installed.
    """
    soundfile = need("soundfile", "the samples of a sound file")
    with payload.open() as file:
        extension = extension_of(file.read(16), subject)
        if extension == ".wav":
            wav.check_chunks(file, payload.size, subject)
        elif extension == ".ogg":
            containers.check_ogg(file, payload.size, subject)
        file.seek(0)
        try:
            with soundfile.SoundFile(file) as sound:
                if not (sound.samplerate and sound.channels):
                    raise UnreadableMediaError(subject, "has no channels or no sample rate", "Restore the file.")
                yield sound
        except soundfile.LibsndfileError as error:
            raise UnreadableMediaError(subject, f"cannot be decoded ({error.error_string})", "Restore it.") from error


def _info(sound: Any) -> SoundInfo:
    return SoundInfo(sound.format, sound.subtype, sound.samplerate, sound.channels, sound.frames)


def read_info(payload: Payload, subject: str) -> SoundInfo:
    """Return what the header of a sound file says.

    Raises
    ------
    UnreadableMediaError
        If it is no whole sound file of a known format.
    MissingExtraError
        If the decoder is not installed.
    """
    with open_sound(payload, subject) as sound:
        return _info(sound)


def read_blocks(
    payload: Payload, subject: str, start: int = 0, stop: int | None = None, *, block_frames: int = _BLOCK
) -> Iterator[NDArray[Any]]:
    """Give the samples of a range block by block, so that memory does not grow with the length of a sound.

    Parameters
    ----------
    payload : Payload
        The file.
    subject : str
        Name for messages.
    start, stop : int
        First frame, and the one after the last; what lies beyond the end is left out.
    block_frames : int
        Frames of a block; the last one is shorter.

    Yields
    ------
    ndarray
        (frames, channels), as fractions of full scale: float32, or float64 where the file holds more than 24 bits.

    Raises
    ------
    UnreadableMediaError
        As `read_info`. A file that ends before its header says gives what there is.
    """
    with open_sound(payload, subject) as sound:
        bits = audio_pcm.BITS.get(sound.subtype, 0)
        dtype = "float64" if bits > 24 or sound.subtype == "DOUBLE" else "float32"
        stop = sound.frames if stop is None else min(stop, sound.frames)
        if start >= stop:
            return
        go_to(sound, start)
        left = stop - start
        while left and len(block := sound.read(min(left, block_frames), dtype=dtype, always_2d=True)):
            left -= len(block)
            yield block


def go_to(sound: Any, frame: int) -> None:
    """Go to a frame of an open sound, from which it is then read on block by block.

    Parameters
    ----------
    sound : soundfile.SoundFile
        Of `open_sound`.
    frame : int
        Number of the frame.

    Notes
    -----
    soundfile seeks after every read to where it is anyway, and a decoder of MPEG audio that seeks loses what later
    frames need of earlier ones: each block would begin with wrong samples. So the seek is taken from it, and of MPEG
    audio the frames before are decoded as well and left aside. Source: measured with soundfile 0.14; a test compares.
    """
    lead = min(frame, _MPEG_LEAD) if sound.subtype.startswith("MPEG") else 0
    sound.seek(frame - lead)
    sound.seekable = lambda: False
    if lead:
        sound.read(lead, dtype="float32", always_2d=True)


def read_samples(
    payload: Payload, subject: str, dtype: np.dtype[Any] | None, *, only_if_exact: bool = False
) -> NDArray[Any]:
    """Return all samples: (frames, channels).

    Parameters
    ----------
    payload : Payload
        The file.
    subject : str
        Name for messages.
    dtype : dtype, optional
        As `audio_pcm.from_file_numbers`; float32 unless given, float64 where the file holds more than 24 bits.
    only_if_exact : bool
        Take `dtype` for a wish: it is left aside if it does not hold every sample.

    Raises
    ------
    UnreadableMediaError
        As `read_info`, and if there are fewer samples than the header says.
    DecodeLimitError
        If they take more than `limits.array_bytes`.
    """
    import numpy as np

    with open_sound(payload, subject) as sound:
        info = _info(sound)
        bits = audio_pcm.BITS.get(info.subtype, 0)
        natural = np.dtype(np.float64 if bits > 24 or info.subtype == "DOUBLE" else np.float32)
        wanted = natural if dtype is None else dtype
        native = {True: "int16", False: "int32"}[bits <= 16] if bits else natural.name
        limits.check_array_bytes(subject, info.frames * info.channels * max(np.dtype(native).itemsize, wanted.itemsize))
        numbers = sound.read(dtype=native, always_2d=True)
    if len(numbers) != info.frames:
        problem = f"says {info.frames:,} frames and holds {len(numbers):,}"
        raise UnreadableMediaError(subject, problem, "Restore the file.")
    if bits in (8, 24):  # the decoder moves them to the upper end
        numbers >>= 8
    samples = audio_pcm.from_file_numbers(numbers, bits, wanted)
    if only_if_exact and wanted != natural:
        plain = audio_pcm.from_file_numbers(numbers, bits, natural)
        if not np.array_equal(audio_pcm.as_floats(samples, natural), plain, equal_nan=True):
            return plain
    return samples


def sound_facts(payload: Payload, name: str | None) -> dict[str, Any]:
    """Return what a reader can check of a sound file; the form of ``expected.json`` in the golden data.

    ``container`` and ``subtype`` as libsndfile names them, ``sample_rate``, ``channels``, ``frames``, ``duration``
    (seconds), ``bytes``, ``sha256``, and for lossless files ``rms`` of each channel, as a fraction of full scale.
    """
    import numpy as np

    subject = name or payload.filename
    with open_sound(payload, subject) as sound:
        info = _info(sound)
        squares, count = np.zeros(info.channels), 0
        go_to(sound, 0)
        while len(block := sound.read(_BLOCK, dtype="float64", always_2d=True)):
            squares += np.einsum("fc,fc->c", block, block)
            count += len(block)
    if count != info.frames:
        raise UnreadableMediaError(subject, f"says {info.frames:,} frames and holds {count:,}", "Restore the file.")
    facts: dict[str, Any] = {
        "path": name,
        "container": info.container,
        "subtype": info.subtype,
        "sample_rate": info.sample_rate_hz,
        "channels": info.channels,
        "frames": info.frames,
        "duration": round(info.duration_secs, 6),
        "bytes": payload.size,
        "sha256": payload.sha256,
    }
    if info.subtype not in LOSSY:
        facts["rms"] = [round(math.sqrt(square / max(count, 1)), 5) for square in squares.tolist()]
    return facts
