"""`Audio`: sound with its sample rate (wire tag ``audio-file``; lists: ``audio``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import audio_file, media_list, wire
from datatypes.audio_input import load_sound
from datatypes.base import BatchableMedia
from datatypes.errors import RejectedTypeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import DTypeLike, NDArray

    from datatypes.base import WBValue
    from datatypes.ports import MediaSource, RunSink

__all__ = ["Audio"]


class AudioJSON(TypedDict, total=False):
    """Form on the wire."""

    _type: Literal["audio-file"]
    path: str
    sha256: str
    size: int  # run only
    caption: str | None  # SDK 0.31 cannot read a sound without it
    sample_rate: int | None  # ≤0.10.20, as declared


class AudioListJSON(TypedDict, total=False):
    """Form of a list in a run."""

    _type: Literal["audio"]
    count: int
    audio: list[AudioJSON]
    sampleRates: list[int | None]  # as declared
    durations: list[float | None]  # seconds; null for files
    captions: list[str]  # only if one has a caption


class Audio(BatchableMedia):
    """A sound.

    Parameters
    ----------
    data_or_path : str, PathLike, file object, array, tensor or list
        A path or file object is kept byte for byte and opened when it is used. Samples are (frames,) or
        (frames, channels): floats in [-1, 1], or int8, uint8 (128 is silence), int16, int32 at their full scale.
        Floats become 16-bit, rounded; what lies beyond ±1 is clipped and counted in `fidelity`; whole numbers keep
        every bit, in the smallest subtype that holds them.
    sample_rate : int, optional
        Frames a second in hertz; needed for samples. For a file it is what you declare, and lists in runs show it.
    caption : str, optional
        Text shown with it.
    exact : bool
        Store floats as floats, so that `to_numpy` returns every bit.
    subtype : {"PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"}, optional
        How samples are stored, instead of the choice above.
    file_type : {"wav", "flac"}
        Container of samples. FLAC is smaller, and holds 16 or 24 bits.

    Raises
    ------
    RejectedValueError, RejectedTypeError, MissingMediaError
        If it is no sound, samples come without a rate, or `exact` asks for more than the subtype holds.
    """

    artifact_type = "audio-file"
    batch_type = "audio"
    media_folder = "media/audio"
    file_extensions = audio_file.EXTENSIONS
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "path", "sha256", "size", "caption"})

    _info: audio_file.SoundInfo | None = None
    _duration: float | None = None
    _sample_rate: int | None = None
    _stored_json: dict[str, Any] | None = None

    def __init__(
        self,
        data_or_path: Any,
        sample_rate: int | None = None,
        caption: str | None = None,
        *,
        exact: bool = False,
        subtype: str | None = None,
        file_type: str = "wav",
    ) -> None:
        super().__init__(caption=caption)
        sound = load_sound(data_or_path, sample_rate, exact=exact, subtype=subtype, file_type=file_type)
        self._set_payload(sound.payload)
        self._fidelity = sound.record
        self._duration, self._sample_rate = sound.duration_secs, sample_rate

    @property
    def _subject(self) -> str:
        return self.path or self._file().filename

    @property
    def info(self) -> audio_file.SoundInfo:
        """What the file's header says; read once."""
        if self._info is None:
            self._info = audio_file.read_info(self._file(), self._subject)
        return self._info

    @property
    def sample_rate_hz(self) -> int:
        """Frames a second; of the file, not as declared."""
        return self.info.sample_rate_hz

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.info.channels

    @property
    def n_frames(self) -> int:
        """Number of samples of each channel."""
        return self.info.frames

    @property
    def duration_secs(self) -> float:
        """Length in seconds."""
        return self.info.duration_secs

    @property
    def subtype(self) -> str:
        """How a sample is stored, as libsndfile names it: ``"PCM_16"``, ``"FLOAT"``, ``"VORBIS"``."""
        return self.info.subtype

    def blocks(self, start: int = 0, stop: int | None = None, *, block_frames: int = 1 << 16) -> Iterator[NDArray[Any]]:
        """Give the samples from `start` to before `stop` block by block: (frames, channels), fractions of full scale.

        Raises
        ------
        UnreadableMediaError
            If the file is no whole sound; one that ends before its header says gives what there is.
        """
        return audio_file.read_blocks(self._file(), self._subject, start, stop, block_frames=block_frames)

    def to_numpy(self, dtype: DTypeLike | None = None) -> tuple[NDArray[Any], int]:
        """Return the samples and the sample rate.

        Parameters
        ----------
        dtype : dtype, optional
            float16, float32, float64 in [-1, 1], or int8, uint8, int16, int32 at full scale.

        Returns
        -------
        samples : ndarray
            (frames,) for one channel, else (frames, channels). Dtype and shape of the array that was given, where the
            record of fidelity knows and that dtype holds every sample; else float32, or float64 where the file holds
            more than 24 bits.
        sample_rate_hz : int
            Frames a second.

        Raises
        ------
        UnreadableMediaError, DecodeLimitError
            If the file is no whole sound, or too large to decode.
        """
        import numpy as np

        source = self.fidelity.source if self.fidelity is not None else {}
        wanted = _wanted(dtype, source.get("dtype"))
        samples = audio_file.read_samples(self._file(), self._subject, wanted, only_if_exact=dtype is None)
        if samples.shape[1] == 1 and source.get("shape") != list(samples.shape):
            samples = samples[:, 0]
        return np.ascontiguousarray(samples), self.sample_rate_hz

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a sound of any SDK, from an artifact or a run; the file is opened when it is used."""
        value = cls.__new__(cls)
        BatchableMedia.__init__(value, caption=json_obj.get("caption"))
        value._set_payload(cls._read_file(json_obj, source_artifact))
        declared = json_obj.get("sample_rate")
        value._sample_rate = declared if isinstance(declared, int) else None
        value._stored_json = json_obj
        value._keep_rest(json_obj)
        return value

    @classmethod
    def from_file(cls, name: str, source: MediaSource) -> Audio:
        """Make a sound of a plain file, which is opened when it is used."""
        return cls.from_json({"_type": "audio-file", "path": name}, source)

    def facts(self) -> dict[str, Any]:
        """Return what a reader can check: caption, the file's header and level, the keys of the stored JSON."""
        facts: dict[str, Any] = {"$media": "audio-file", "caption": self._caption}
        facts["file"] = audio_file.sound_facts(self._file(), self.path)
        if self._stored_json is not None:
            facts["json_keys"] = sorted(set(self._stored_json) - {"caption", "fidelity"})
            facts["json_sample_rate"] = self._stored_json.get("sample_rate")
        return wire.json_safe(facts)  # type: ignore[no-any-return]  # a dict stays one

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure how far two sounds are apart, as fractions of full scale.

        Returns
        -------
        dict
            ``max_abs`` and ``snr_db`` (of this one against the error; infinite for equal samples) over the frames that
            both have, sample by sample as they are stored, whatever the rates; ``frames_added`` or ``frames_removed``
            where one goes on; and ``fields``: which of caption, sample rate and channels differ. Sounds with other
            channels have ``frames`` instead.
        """
        self._same_type(other)
        if not isinstance(other, Audio):
            raise RejectedTypeError("difference", "needs two sounds", "Pass an Audio.")
        return _compare(self, other)

    @classmethod
    def durations(cls, audio_list: Sequence[Audio]) -> list[float | None]:
        """Return the lengths in seconds; None for files, whose length nobody declared."""
        return [audio._duration for audio in audio_list]

    @classmethod
    def sample_rates(cls, audio_list: Sequence[Audio]) -> list[int | None]:
        """Return the sample rates as they were declared; None where they were not."""
        return [audio._sample_rate for audio in audio_list]

    @classmethod
    def captions(cls, audio_list: Sequence[Audio]) -> list[str] | Literal[False]:
        """Return the captions, empty where there is none; False if no sound has one."""
        captions = [audio.caption for audio in audio_list]
        return ["" if text is None else text for text in captions] if any(x is not None for x in captions) else False

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: RunSink, key: str, step: int | str) -> dict[str, Any]:
        """Return the JSON of a list of sounds that are bound to the run."""
        sounds: list[Audio] = list(seq)
        meta: dict[str, Any] = {"_type": "audio", "count": len(sounds), "audio": [x.to_json(run) for x in sounds]}
        meta |= {"sampleRates": cls.sample_rates(sounds), "durations": cls.durations(sounds)}
        captions = cls.captions(sounds)
        return {**meta, "captions": captions} if captions else meta

    @classmethod
    def seq_from_json(cls, json_obj: dict[str, Any], source: MediaSource) -> list[Self]:
        """Read a list of sounds of any SDK."""
        rates, durations = (json_obj.get(name) or [] for name in ("sampleRates", "durations"))
        sounds = []
        for index, item in enumerate(media_list.item_jsons(json_obj, "audio")):
            sound = cls.from_json(item, source)
            sound.set_artifact_source(source)
            if sound._caption is None:
                sound._caption = media_list.caption_at(json_obj, index)
            sound._sample_rate = rates[index] if index < len(rates) else sound._sample_rate
            sound._duration = durations[index] if index < len(durations) else None
            sounds.append(sound)
        return sounds

    @classmethod
    def seq_facts(cls, json_obj: dict[str, Any], source: MediaSource) -> dict[str, Any]:
        """Return what a reader can check of a list: the declared rates, durations and captions, and each sound."""
        declared = {name: json_obj.get(name) for name in ("sampleRates", "durations", "captions")}
        return {**super().seq_facts(json_obj, source), **wire.json_safe(declared)}

    def __eq__(self, other: object) -> bool:
        """Equal if caption, rate and samples are, however the file is packed."""
        import numpy as np

        if not isinstance(other, Audio) or type(other) is not type(self):
            return NotImplemented
        if self._caption != other._caption:
            return False
        if self._file().sha256 == other._file().sha256:
            return True
        if self.info[2:] != other.info[2:]:
            return False
        double: np.dtype[Any] = np.dtype(np.float64)
        mine, its = (audio_file.read_samples(sound._file(), sound._subject, double) for sound in (self, other))
        return bool(np.array_equal(mine, its))

    __hash__ = None  # type: ignore[assignment]  # compared by value

    def __repr__(self) -> str:
        """One line: what is known of the file, and the caption."""
        parts = [self._file().extension.removeprefix(".") or "?"] if self.file_is_set() else []
        if self._info is not None:
            parts += [f"{self._info.duration_secs:.3g} s", f"{self._info.sample_rate_hz} Hz"]
        elif self._duration is not None:
            parts += [f"{self._duration:.3g} s", f"{self._sample_rate} Hz"]
        parts += [f"{self._caption!r}"] if self._caption else []
        return f"Audio({', '.join(parts)})"

    def _repr_html_(self) -> str:
        """Return a player for a notebook, with the sound in a data address."""
        import base64
        import html

        kind = {"wav": "wav", "flac": "flac", "mp3": "mpeg", "ogg": "ogg"}.get(
            self._file().extension[1:].lower(), "wav"
        )
        data = base64.b64encode(self._file().read()).decode()
        caption = f"<figcaption>{html.escape(self._caption)}</figcaption>" if self._caption else ""
        return f'<figure><audio controls src="data:audio/{kind};base64,{data}"></audio>{caption}</figure>'


def _wanted(dtype: DTypeLike | None, given: Any) -> np.dtype[Any] | None:
    """Dtype that is asked for, or that of the array that was given; a record from elsewhere may say anything."""
    import numpy as np

    known = ("float16", "float32", "float64", "int8", "uint8", "int16", "int32")
    if dtype is None:
        return np.dtype(given) if isinstance(given, str) and given in known else None
    wanted = np.dtype(dtype)
    if wanted.name not in known:
        raise RejectedTypeError("dtype", f"is {wanted.name}", f"Use one of {', '.join(known)}.")
    return wanted


def _compare(left: Audio, right: Audio) -> dict[str, Any]:
    import numpy as np

    from datatypes.array_difference import decibels, distances, root_mean_square

    double: np.dtype[Any] = np.dtype(np.float64)
    mine, its = (audio_file.read_samples(sound._file(), sound._subject, double) for sound in (left, right))
    pairs = {"caption": (left.caption, right.caption), "sample_rate_hz": (left.sample_rate_hz, right.sample_rate_hz)}
    pairs["channels"] = (left.channels, right.channels)
    fields = sorted(name for name, (one, two) in pairs.items() if one != two)
    if mine.shape[1:] != its.shape[1:]:
        return {"frames": [len(mine), len(its)], "fields": fields}
    both = min(len(mine), len(its))
    signal = mine[:both]
    error = distances(signal, its[:both])
    found: dict[str, Any] = {"max_abs": float(error.max(initial=0.0)), "fields": fields}
    power = root_mean_square(np.abs(np.where(np.isfinite(signal), signal, 0.0)))
    found["snr_db"] = decibels(power, root_mean_square(error))
    if len(mine) != len(its):
        found |= {"frames_added": len(its) - both, "frames_removed": len(mine) - both}
    return found
