"""`Video`: moving pictures (wire tag ``video-file``; lists: ``videos``)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import limits, media_list, video_encode, video_file, wire
from datatypes.base import BatchableMedia
from datatypes.errors import RejectedTypeError, RejectedValueError, UnreadableMediaError
from datatypes.media_input import file_object_bytes, file_payload, file_record, given_name, made_payload
from datatypes.video_array import tile_shape, untile
from datatypes.video_compare import compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from datatypes.base import WBValue
    from datatypes.ports import MediaSink, MediaSource, RunSink

__all__ = ["Video"]


#: Dtypes that an array of a record may have had.
_DTYPES = (
    "bool",
    *(f"{kind}int{bits}" for kind in ("u", "") for bits in (8, 16, 32, 64)),
    "float16",
    "float32",
    "float64",
)


class VideoJSON(TypedDict, total=False):
    """Form on the wire."""

    _type: Literal["video-file"]
    path: str
    sha256: str
    size: int  # run only
    width: int  # of arrays
    height: int
    caption: str | None


class VideoListJSON(TypedDict, total=False):
    """Form of a list in a run."""

    _type: Literal["videos"]
    count: int
    videos: list[VideoJSON]
    captions: list[str | None] | Literal[False]


class Video(BatchableMedia):
    """Moving pictures.

    Parameters
    ----------
    data_or_path : str, PathLike, file object, array or tensor
        A path or a file object is kept byte for byte and opened when it is used. An array is
        (time, channel, height, width), or a batch of such with one more axis in front, which is laid out as tiles;
        1, 3 or 4 channels, values from 0 to 255. Other values are rounded and clipped, and `fidelity` says so.
    caption : str, optional
        Text shown with it.
    fps : float
        Frames a second of an array.
    format : {"gif", "mp4", "webm", "ogg"}, optional
        In which an array is encoded, GIF unless given (``"webm"`` if `exact`), or what a file object holds. All but
        GIF need the extra ``video``. MP4 has even sides: the last pixels are repeated where needed.
    exact : bool
        Store frames without loss, so that `to_numpy` returns the array equal.

    Raises
    ------
    RejectedValueError, RejectedTypeError, MissingMediaError, MissingExtraError
        If it is no video, or cannot be encoded so.
    """

    EXTS: ClassVar[tuple[str, ...]] = video_file.FORMATS

    artifact_type = "video-file"
    batch_type = "videos"
    media_folder = "media/videos"
    file_extensions = (".mp4", ".webm")  # a .gif opens as an Image, an .ogg as Audio: most of them are
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "path", "sha256", "size", "caption", "width", "height"})

    _info: video_file.VideoInfo | None = None
    _declared: tuple[Any, Any] = (None, None)

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: float | None = 4,
        format: str | None = None,  # noqa: A002  # W&B's own name
        *,
        exact: bool = False,
    ) -> None:
        super().__init__(caption=caption)
        if format is not None and format not in video_file.FORMATS:
            known = ", ".join(video_file.FORMATS)
            raise RejectedValueError("format", f"is {format!r}", f"Use one of {known}.")
        name = given_name(data_or_path)
        if name is not None or hasattr(data_or_path, "read"):
            self._take_file(data_or_path, name, format)
        else:
            kind = format or ("webm" if exact else "gif")
            self._encode(data_or_path, kind, _rate(fps), exact=exact)

    def _take_file(self, data: Any, name: str | None, kind: str | None) -> None:
        if name is not None:
            if name.rpartition(".")[2].lower() not in video_file.FORMATS or "." not in name:
                remedy = f"Pass a file that ends in one of {', '.join(video_file.FORMATS)}."
                raise RejectedValueError(name, "is no video by its name", remedy)
            payload = file_payload(data)
        else:
            content = file_object_bytes(data, "file object")
            kind = kind or video_file.format_of_data(content[:16])
            if kind is None:
                raise RejectedValueError("format", "is missing", "Say what the file object holds: format='mp4'.")
            payload = made_payload(content, f".{kind}")
        self._set_payload(payload)
        self._fidelity = file_record(payload)

    def _encode(self, data: Any, kind: str, rate: Fraction, *, exact: bool) -> None:
        import numpy as np

        if hasattr(data, "detach"):
            data = data.detach().cpu()
        if hasattr(data, "numpy"):
            data = data.numpy()
        if not isinstance(data, np.ndarray):
            remedy = "Pass an array, a path or a file object."
            raise RejectedValueError("data_or_path", f"is {type(data).__name__}", remedy)
        payload, self._fidelity, self._declared = video_encode.encode(data, kind, rate, exact=exact)
        self._set_payload(payload)

    @property
    def _subject(self) -> str:
        return self.path or self._file().filename

    @property
    def format(self) -> str:
        """Format of the file by the end of its name: ``"gif"``, ``"mp4"``, ``"webm"`` or ``"ogg"``."""
        return self._file().extension.removeprefix(".").lower()

    @property
    def info(self) -> video_file.VideoInfo:
        """What the file says, with its frames counted; read once."""
        if self._info is None:
            self._info = video_file.read_info(self._file(), self.format, self._subject)
        return self._info

    @property
    def width(self) -> int:
        """Width of a frame in pixels; of the file, not as declared."""
        return self.info.width

    @property
    def height(self) -> int:
        """Height of a frame in pixels; of the file, not as declared."""
        return self.info.height

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return self.info.frames

    @property
    def fps(self) -> float | None:
        """Frames a second on average; None where the file says neither a rate nor how long it lasts."""
        if self.info.rate is None:
            return self.info.frames / self.info.duration_secs if self.info.duration_secs else None
        return float(self.info.rate)

    @property
    def duration_secs(self) -> float | None:
        """Length in seconds; None where the file does not say."""
        return self.info.duration_secs

    @property
    def codec(self) -> str:
        """How frames are coded, as FFmpeg names it: ``"gif"``, ``"h264"``, ``"vp9"``."""
        return self.info.codec

    def frames(self) -> Iterator[NDArray[Any]]:
        """Give the frames one by one: (height, width, 3) uint8.

        Raises
        ------
        UnreadableMediaError, DecodeLimitError
            If the file is no whole video, or its frames are too large.
        MissingExtraError
            If the decoder is not installed.
        """
        return video_file.read_frames(self._file(), self.format, self._subject)

    def to_numpy(self) -> NDArray[Any]:
        """Return all frames: (time, channel, height, width) uint8.

        What was stored without loss comes back as it was given, in its dtype, channels and batch.

        Raises
        ------
        UnreadableMediaError, DecodeLimitError, MissingExtraError
            As `frames`; and if all frames together are too large.
        """
        import numpy as np

        info = self.info
        limits.check_array_bytes(self._subject, info.frames * info.height * info.width * 3)
        frames = list(self.frames())
        if not frames:
            raise UnreadableMediaError(self._subject, "holds no frame that can be decoded", "Restore the file.")
        shape = self._given_shape()
        if shape is None:
            return np.stack(frames).transpose(0, 3, 1, 2)
        parts = np.stack([untile(frame, 1 if len(shape) == 4 else shape[0]) for frame in frames], axis=1)
        channels = shape[-3]
        if channels == 4:  # all of it was opaque, or it would not be lossless
            parts = np.concatenate([parts, np.full_like(parts[:, :, :1], 255)], axis=2)
        back = parts[:, :, :channels].reshape(shape)
        dtype = self.fidelity.source.get("dtype") if self.fidelity is not None else None
        return back.astype(dtype) if dtype in _DTYPES else back

    def _given_shape(self) -> list[int] | None:
        """Shape of the array that was given, if the file holds it whole; a record from elsewhere may say anything."""
        record = self.fidelity
        if record is None or record.verdict != "lossless" or record.source.get("kind") != "ndarray":
            return None
        shape = record.source.get("shape")
        if not isinstance(shape, list) or len(shape) not in (4, 5) or not all(isinstance(n, int) for n in shape):
            return None
        rows, columns = tile_shape(shape[0]) if len(shape) == 5 and shape[0] > 0 else (1, 1)
        held = (self.n_frames, self.height, self.width)
        fits = (shape[-4], rows * shape[-2], columns * shape[-1]) == held and shape[-3] in (1, 3, 4)
        return shape if fits and min(shape) > 0 else None

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the JSON; width and height are written for arrays, as W&B does."""
        fields = super().to_json(run_or_artifact)
        size = {name: item for name, item in zip(("width", "height"), self._declared, strict=True) if item is not None}
        return {**fields, **size}

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a video of any SDK, from an artifact or a run; the file is opened when it is used."""
        value = cls.__new__(cls)
        BatchableMedia.__init__(value, caption=json_obj.get("caption"))
        value._set_payload(cls._read_file(json_obj, source_artifact))
        value._declared = (json_obj.get("width"), json_obj.get("height"))
        value._keep_rest(json_obj)
        return value

    @classmethod
    def from_file(cls, name: str, source: MediaSource) -> Video:
        """Make a video of a plain file, which is opened when it is used."""
        return cls.from_json({"_type": "video-file", "path": name}, source)

    def facts(self) -> dict[str, Any]:
        """Return what a reader can check: caption, declared size, and the file with its frames counted."""
        facts: dict[str, Any] = {"$media": "video-file", "caption": self._caption}
        facts |= {"json_width": self._declared[0], "json_height": self._declared[1]}
        facts["file"] = video_file.video_facts(self._file(), self.format, self.path, self._subject)
        if self.fidelity is not None and self.fidelity.notices:
            facts["notices"] = self.fidelity.notices
        return wire.json_safe(facts)  # type: ignore[no-any-return]  # a dict stays one

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure how far two videos are apart, frame by frame.

        Returns
        -------
        dict
            ``max_abs``, ``psnr_db`` (peak 255; infinite for equal frames), ``changed_frames``, ``changed_pixels``, and
            ``fields``: which of caption, fps and number of frames differ. Frames of different size have ``shapes``
            instead; what one has and the other has not counts as changed.
        """
        self._same_type(other)
        if not isinstance(other, Video):
            raise RejectedTypeError("difference", "needs two videos", "Pass a Video.")
        return compare(self, other)

    @classmethod
    def captions(cls, videos: Sequence[Video]) -> list[str | None] | Literal[False]:
        """Return the captions, None where there is none; False if no video has one."""
        captions = [video.caption for video in videos]
        return captions if any(text is not None for text in captions) else False

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: RunSink, key: str, step: int | str) -> dict[str, Any]:
        """Return the JSON of a list of videos that are bound to the run."""
        jsons = [video.to_json(run) for video in seq]
        return {"_type": "videos", "count": len(jsons), "videos": jsons, "captions": cls.captions(seq)}

    @classmethod
    def seq_from_json(cls, json_obj: dict[str, Any], source: MediaSource) -> list[Self]:
        """Read a list of videos of any SDK."""
        values = [cls.from_json(item, source) for item in media_list.item_jsons(json_obj, "videos")]
        for index, value in enumerate(values):
            value.set_artifact_source(source)
            value._caption = value._caption or media_list.caption_at(json_obj, index)
        return values

    @classmethod
    def seq_facts(cls, json_obj: dict[str, Any], source: MediaSource) -> dict[str, Any]:
        """Return what a reader can check of a list: the captions, and each video."""
        return {**super().seq_facts(json_obj, source), "captions": json_obj.get("captions")}

    def __eq__(self, other: object) -> bool:
        """Equal if caption, rate and frames are, however the file is packed."""
        if not isinstance(other, Video) or type(other) is not type(self):
            return NotImplemented
        if self._caption != other._caption:
            return False
        if self._file().sha256 == other._file().sha256:
            return True
        return self.info[1:5] == other.info[1:5] and compare(self, other)["changed_frames"] == 0

    __hash__ = None  # type: ignore[assignment]  # compared by value

    def __repr__(self) -> str:
        """One line: format, size if it is known, caption."""
        parts = [self.format or "?"]
        if self._declared[0] is not None:
            parts.append(f"{self._declared[0]}×{self._declared[1]}")
        parts += [f"{self._caption!r}"] if self._caption else []
        return f"Video({', '.join(parts)})"

    def _repr_html_(self) -> str:
        """Return a player for a notebook, with the video in a data address."""
        import base64
        import html

        data = base64.b64encode(self._file().read()).decode()
        caption = f"<figcaption>{html.escape(self._caption)}</figcaption>" if self._caption else ""
        kind = self.format if self.format in video_file.FORMATS else "mp4"
        if kind == "gif":
            return f'<figure><img src="data:image/gif;base64,{data}">{caption}</figure>'
        return f'<figure><video controls loop src="data:video/{kind};base64,{data}"></video>{caption}</figure>'


def _rate(fps: float | None) -> Fraction:
    """Frames a second as a fraction that containers hold."""
    if fps is None:
        return Fraction(4)
    if not 0 < fps <= 1000:
        raise RejectedValueError("fps", f"is {fps!r}", "Pass frames a second, above 0 and at most 1,000.")
    return Fraction(fps).limit_denominator(1001)
