"""What `Audio` accepts, turned into a side file and a record: paths, file objects, arrays of every audio dtype."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import audio_pcm, wav
from datatypes.audio_file import extension_of
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.extras import need
from datatypes.fidelity import FidelityRecord, array_source
from datatypes.media_input import file_object_bytes, file_payload, file_record, given_name, made_payload

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datatypes.payload import Payload

__all__ = ["FILE_TYPES", "Sound", "load_sound"]

#: Containers that arrays are stored in, and the subtypes that each can hold.
FILE_TYPES = {"wav": tuple(wav.SUBTYPES), "flac": ("PCM_16", "PCM_24")}

_MOST_CHANNELS = 1024  # more are an array the wrong way round


class Sound(NamedTuple):
    """A side file and what is known of it."""

    payload: Payload
    record: FidelityRecord | None
    duration_secs: float | None = None


def load_sound(data: Any, sample_rate: float | None, *, exact: bool, subtype: str | None, file_type: str) -> Sound:
    """Turn what was given into a side file.

    Parameters
    ----------
    data : object
        See `Audio`.
    sample_rate : int, optional
        Frames a second; needed for arrays.
    exact : bool
        Choose a subtype that holds every value.
    subtype : str, optional
        One of `wav.SUBTYPES`.
    file_type : str
        A key of `FILE_TYPES`.

    Raises
    ------
    RejectedValueError, RejectedTypeError, MissingMediaError
        If it is no sound.
    """
    if file_type not in FILE_TYPES:
        raise RejectedValueError("file_type", f"is {file_type!r}", f"Use one of {', '.join(FILE_TYPES)}.")
    if subtype is not None and subtype not in FILE_TYPES[file_type]:
        known = ", ".join(FILE_TYPES[file_type])
        raise RejectedValueError("subtype", f"is {subtype!r}, which {file_type} does not hold", f"Use one of {known}.")
    if given_name(data) is not None:
        payload = file_payload(data)
        return Sound(payload, file_record(payload))
    if hasattr(data, "read"):
        content = file_object_bytes(data, "file object")
        payload = made_payload(content, extension_of(content, "file object"))
        return Sound(payload, file_record(payload))
    if sample_rate is None:
        raise RejectedValueError("sample_rate", "is missing", "Pass the frames a second of the samples.")
    if int(sample_rate) != sample_rate or not 0 < sample_rate < 1 << 31:
        raise RejectedValueError("sample_rate", f"is {sample_rate!r}", "Pass a whole number of frames a second.")
    return _encode(_as_samples(data), int(sample_rate), exact=exact, subtype=subtype, file_type=file_type)


def _as_samples(data: Any) -> NDArray[Any]:
    """Return (frames,) or (frames, channels) of a dtype that audio has."""
    import numpy as np

    if hasattr(data, "detach"):
        data = data.detach().cpu()
    if hasattr(data, "numpy"):
        data = data.numpy()
    if not isinstance(data, np.ndarray | list | tuple) and not hasattr(data, "__array__"):
        remedy = "Pass a path, a file object, or samples as an array."
        raise RejectedTypeError("data_or_path", f"is {type(data).__name__}", remedy)
    samples = np.asarray(data)
    if samples.dtype.kind not in "iuf" or samples.dtype.name in ("int64", "uint64", "uint16", "uint32"):
        remedy = "Convert it: floats in [-1, 1], or int16, int32, int8, uint8 at their full scale."
        raise RejectedValueError("samples", f"have dtype {samples.dtype}, whose full scale is not known", remedy)
    if samples.ndim not in (1, 2):
        raise RejectedValueError(
            "samples", f"have shape {list(samples.shape)}", "Pass (frames,) or (frames, channels)."
        )
    if samples.ndim == 2 and not 0 < samples.shape[1] <= _MOST_CHANNELS:
        problem = f"have shape {list(samples.shape)}: {samples.shape[1]:,} channels"
        raise RejectedValueError("samples", problem, "Pass (frames, channels); transpose the array.")
    return samples


def _encode(given: NDArray[Any], rate: int, *, exact: bool, subtype: str | None, file_type: str) -> Sound:
    source = array_source(given)
    chosen = subtype or _choose_subtype(given, exact=exact, file_type=file_type)
    columns = given[:, None] if given.ndim == 1 else given
    stored, measured = audio_pcm.to_file_numbers(columns, chosen)
    record = _record(source, chosen, measured)
    if exact and record.verdict != "lossless":
        remedy = "Use another subtype, or leave subtype out."
        raise RejectedValueError("exact", f"is asked for, and {chosen} does not hold every sample", remedy)
    duration = len(given) / rate
    if file_type == "wav":
        return Sound(made_payload(wav.encode(stored, rate, chosen), ".wav"), record, duration)
    return Sound(made_payload(_encode_flac(stored, rate, chosen), ".flac"), record, duration)


def _choose_subtype(given: NDArray[Any], *, exact: bool, file_type: str) -> str:
    """The smallest subtype that holds whole numbers; for floats 16 bits, and what holds every bit if `exact`."""
    import numpy as np

    name = given.dtype.name
    if name in ("uint8", "int8"):
        return "PCM_U8" if file_type == "wav" else "PCM_16"
    if name == "int16":
        return "PCM_16"
    if name == "int32":
        used = int(np.bitwise_or.reduce(given, axis=None)) if given.size else 0
        for subtype in ("PCM_16", "PCM_24"):
            if not used & ((1 << (32 - audio_pcm.BITS[subtype])) - 1):
                return subtype
        return "PCM_32" if file_type == "wav" else "PCM_24"
    if not exact:
        return "PCM_16"
    if file_type == "flac":
        return "PCM_24"
    return "FLOAT" if given.dtype.itemsize <= 4 else "DOUBLE"


def _record(source: dict[str, Any], subtype: str, measured: dict[str, Any]) -> FidelityRecord:
    if not measured:
        return FidelityRecord("lossless", source)
    steps = []
    if measured["dropped"]:
        steps.append(f"store {measured['dropped']} NaN as silence")
    if measured["clipped"]:
        steps.append(f"clip {measured['clipped']} samples beyond full scale")
    steps.append(f"round to {subtype}")
    verdict = "lossy" if measured["clipped"] or measured["dropped"] else "bounded"
    return FidelityRecord(verdict, source, steps, **measured, subtype=subtype)  # type: ignore[arg-type]  # a verdict


def _encode_flac(stored: NDArray[Any], rate: int, subtype: str) -> bytes:
    soundfile = need("soundfile", "Audio as FLAC")
    buffer = io.BytesIO()
    samples = stored << 8 if subtype == "PCM_24" else stored
    try:
        soundfile.write(buffer, samples, rate, subtype, format="FLAC")
    except (soundfile.LibsndfileError, ValueError) as error:
        problem = f"cannot be stored as FLAC ({error})"
        raise RejectedValueError(f"audio of {stored.shape[1]} channels at {rate} Hz", problem, "Use wav.") from error
    return buffer.getvalue()
