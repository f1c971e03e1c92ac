"""`Image`: a picture with masks, boxes and classes (wire tag ``image-file``; lists: ``images/separated``)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import image_list, wire
from datatypes.base import BatchableMedia, Media
from datatypes.bounding_boxes import BoundingBoxes2D
from datatypes.classes import Classes
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.image_input import load_picture
from datatypes.image_mask import ImageMask
from datatypes.payload import BytesPayload, Payload, SourcePayload
from datatypes.picture import open_picture, picture_facts, read_pixels
from datatypes.pixels import guess_mode, to_uint8

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import PIL.Image
    from numpy.typing import NDArray

    from datatypes.base import WBValue
    from datatypes.fidelity import FidelityRecord
    from datatypes.ports import MediaSink, MediaSource, RunSink

__all__ = ["Image"]


class ImageJSON(TypedDict, total=False):
    """Form on the wire."""

    _type: Literal["image-file"]
    path: str
    sha256: str
    size: int  # run only
    format: str
    width: int
    height: int
    caption: str | None
    grouping: int
    classes: dict[str, str]  # artifact only
    boxes: dict[str, Any]  # set → list of boxes (artifact), set → boxes2D (run)
    masks: dict[str, Any]  # set → mask


class Image(BatchableMedia):
    """A picture, with what hangs on it.

    Parameters
    ----------
    data_or_path : str, PathLike, file object, PIL.Image.Image, array, tensor, figure or Image
        A path or file object is kept byte for byte. An array is (height, width) or (height, width, 1, 3 or 4) of
        booleans, integers or floats: values in [0, 1] are times 255, negative ones stretch the range to [0, 255], what
        lies beyond is clipped, uint16 stays 16-bit. A tensor of torch is channel-first. Of an `Image` the picture is
        taken, and caption, grouping and classes unless others are given; not its boxes and masks.
    mode : str, optional
        Mode of Pillow that an array is converted to. Ignored for everything else, as W&B does.
    caption : str, optional
        Text shown with it.
    grouping : int, optional
        Number that W&B shows pictures together by.
    classes : Classes or list of dict, optional
        Names of class ids for boxes and masks.
    boxes : dict, optional
        Name → `BoundingBoxes2D` or its `val`.
    masks : dict, optional
        Name → `ImageMask` or its `val`.
    file_type : {"png", "jpg", "jpeg", "bmp"}, optional
        Format in which arrays and Pillow images are encoded.
    exact : bool
        Keep the array itself beside the picture; `to_numpy` then returns it equal.

    Raises
    ------
    RejectedValueError, RejectedTypeError, MissingMediaError, UnreadableMediaError
        If it is no picture, or what hangs on it is malformed.
    """

    MAX_DIMENSION = 65500

    artifact_type = "image-file"
    batch_type = "images/separated"
    batch_aliases = ("images",)  # ≤0.9.7: one picture with all the tiles in a row
    media_folder = "media/images"
    file_extensions = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")
    wire_keys: ClassVar[frozenset[str]] = frozenset(
        ("_type", "path", "sha256", "size", "format", "width", "height", "caption", "grouping")
    ) | {"classes", "boxes", "masks"}

    format: str
    boxes: dict[str, BoundingBoxes2D]
    masks: dict[str, ImageMask]
    _grouping: int | None
    _classes: Classes | None
    _class_file: SourcePayload | None
    _exact: Payload | None
    _exact_path: str | None
    _size: tuple[int, int] | None
    _stored_json: dict[str, Any]

    guess_mode = staticmethod(guess_mode)
    to_uint8 = staticmethod(to_uint8)

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Classes | Sequence[dict[str, Any]] | None = None,
        boxes: Mapping[str, Any] | None = None,
        masks: Mapping[str, Any] | None = None,
        file_type: str | None = None,
        *,
        exact: bool = False,
    ) -> None:
        super().__init__()
        self._reset()
        if isinstance(data_or_path, Image):
            self._copy(data_or_path)
        else:
            self._load(data_or_path, mode, file_type, exact=exact)
        self._caption = caption if caption is not None else self._caption
        self._grouping = grouping if grouping is not None else self._grouping
        if classes is not None:
            self._classes = classes if isinstance(classes, Classes) else Classes(classes)
        self.boxes = _named(boxes, BoundingBoxes2D, "boxes")
        self.masks = _named(masks, ImageMask, "masks")

    def _reset(self) -> None:
        self._grouping = self._classes = self._class_file = None
        self._exact = self._exact_path = self._size = None
        self._stored_json = {}
        self.format = ""
        self.boxes = {}
        self.masks = {}

    def _load(self, data: Any, mode: str | None, file_type: str | None, *, exact: bool) -> None:
        picture = load_picture(data, mode, file_type, exact=exact)
        self._set_payload(picture.payload)
        self.format, self._size, self._fidelity = picture.format, picture.size, picture.record
        if picture.exact is not None:
            import numpy as np

            buffer = io.BytesIO()
            np.save(buffer, picture.exact, allow_pickle=False)
            self._exact = BytesPayload(buffer.getvalue(), ".npy")

    def _copy(self, other: Image) -> None:
        self._set_payload(other._file())
        self._caption, self._grouping = other._caption, other._grouping
        self._classes, self._class_file = other._classes, other._class_file
        self._size, self.format, self._fidelity = other._size, other.format, other.fidelity
        self._exact = other._exact
        if other.artifact_source is not None:
            self.set_artifact_source(other.artifact_source.artifact)

    @property
    def width(self) -> int:
        """Width in pixels; measured, not as declared."""
        return self._measured()[0]

    @property
    def height(self) -> int:
        """Height in pixels; measured, not as declared."""
        return self._measured()[1]

    def _measured(self) -> tuple[int, int]:
        if self._size is None:
            payload = self._file()
            with payload.open() as file:
                self._size = open_picture(file, self.path or payload.filename, load=False).size
        return self._size

    @property
    def grouping(self) -> int | None:
        """Number that W&B shows pictures together by."""
        return self._grouping

    @property
    def classes(self) -> Classes | None:
        """Class set of the picture; its file is read when it is first asked for."""
        if self._classes is None and self._class_file is not None:
            found = self._class_file.source.get(self._class_file.name)
            self._classes = found if isinstance(found, Classes) else None
            self._class_file = None
        return self._classes

    @property
    def is_exact(self) -> bool:
        """Whether the array that was given lies beside the picture (``exact=True``); `to_numpy` returns it then."""
        return self._exact is not None

    def to_numpy(self) -> NDArray[Any]:
        """Return the pixels; see `datatypes.picture.read_pixels`. With ``exact=True`` the array that was given."""
        if self._exact is not None:
            return image_list.read_array(self._exact)
        return read_pixels(self._file(), self.path or self._file().filename)

    def to_pil(self) -> PIL.Image.Image:
        """Return the picture as Pillow opens it (16 bits a channel come as 8)."""
        with self.open() as file:
            return open_picture(file, self.path or self._file().filename)

    def bind_to_run(self, run: RunSink, key: str, step: int | str, id_: int | str | None = None) -> None:
        """Put the picture, its boxes and its masks into a run; see `Media.bind_to_run`."""
        super().bind_to_run(run, key, step, id_)
        for parts in (self.boxes, self.masks):
            for index, part in enumerate(parts.values()):
                part.bind_to_run(run, key, step, None if id_ is None else f"{id_}{index}")
        if self._exact is not None:
            name = wire.run_file_name(self.media_folder, key, step, self._exact.sha256[: wire.DIGITS], ".npy")
            self._exact_path = run.add_file(self._exact.handover, name).path

    def to_json(self, run_or_artifact: MediaSink) -> dict[str, Any]:
        """Return the JSON; pictures, masks, class set (artifact) and box files (run) go to the target.

        Raises
        ------
        UnboundValueError
            If the target is a run and `bind_to_run` was not called.
        RejectedValueError
            If, in an artifact, there are masks by path without any labels and no classes were passed.
        """
        in_artifact = run_or_artifact.dialect == "artifact"
        fields = self._file_json(run_or_artifact)
        fields |= {"format": self.format, "width": self.width, "height": self.height, **self._caption_json()}
        if self._grouping is not None:
            fields["grouping"] = self._grouping
        for name, parts in (("boxes", self.boxes), ("masks", self.masks)):
            if parts:
                fields[name] = {key: part.to_json(run_or_artifact) for key, part in parts.items()}
        fields |= self._rest()
        besides: dict[str, Any] = {}
        if self._exact is not None:
            if in_artifact:
                self._exact_path = self._store_payload(run_or_artifact, self._exact).path
            besides["exact"] = {"path": self._exact_path, "sha256": self._exact.sha256}
        if in_artifact:
            besides |= self._add_classes(run_or_artifact, fields)
        elif self.classes is not None:  # W&B drops them in a run
            besides["classes"] = self.classes.class_set
        if besides:
            fields["fidelity"] = {**(fields.get("fidelity") or {"verdict": "unknown"}), **besides}
        return fields

    def class_names(self) -> dict[Any, str]:
        """Return id → name as W&B collects them: of each box set, of each mask, then of `classes`; later names win."""
        names: dict[Any, str] = {}
        parts: list[BoundingBoxes2D | ImageMask] = [*self.boxes.values(), *self.masks.values()]
        for part in parts:
            names.update(part.class_labels)
        return names | (self.classes.names if self.classes else {})

    def _add_classes(self, artifact: MediaSink, fields: dict[str, Any]) -> dict[str, Any]:
        """Add the class set to `fields`; return what it cannot hold, which goes beside the record of fidelity.

        W&B's set has ids and names only, and one name an id: labels of a set that differ from it, and further keys of
        classes such as colours, would be lost.
        """
        if self.classes is None and any(not mask.class_labels for mask in self.masks.values()):
            remedy = "Pass classes, or class_labels with each mask."
            raise RejectedValueError("Image", "has a mask without class names", remedy)
        names = self.class_names()
        if not names and self.classes is None:
            return {}
        fields["classes"] = Classes([{"id": key, "name": name} for key, name in names.items()]).stored_in(artifact)
        besides: dict[str, Any] = {}
        if self.classes is not None and any(len(item) > 2 for item in self.classes.class_set):
            besides["classes"] = self.classes.class_set
        if any(part.class_labels != names for part in self.boxes.values()):
            besides["box_labels"] = {
                key: {str(number): name for number, name in part.class_labels.items()}
                for key, part in self.boxes.items()
            }
        return besides

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a picture of any SDK, from an artifact or a run; no file is opened before it is used."""
        value = cls.__new__(cls)
        BatchableMedia.__init__(value)
        value._reset()
        value._set_payload(cls._read_file(json_obj, source_artifact))
        value._stored_json = json_obj
        value.format = str(json_obj.get("format") or "")
        value._caption, value._grouping = json_obj.get("caption"), json_obj.get("grouping")
        value._keep_rest(json_obj)
        image_list.read_parts(value, json_obj, source_artifact)
        return value

    @classmethod
    def from_file(cls, name: str, source: MediaSource) -> Image:
        """Make a picture of a plain file, which is opened when it is used."""
        value = cls.from_json({"_type": "image-file", "path": name}, source)
        value.format = value._file().extension.removeprefix(".")
        return value

    @property
    def fidelity(self) -> FidelityRecord | None:
        """What the conversion cost."""
        return self._fidelity

    def facts(self) -> dict[str, Any]:
        """Return what a reader can check; a missing file is named, what hangs on the picture is shown all the same."""
        facts: dict[str, Any] = {"$media": "image-file", "caption": self._caption, "grouping": self._grouping}
        facts |= {"format": self.format, "width": self.width, "height": self.height}
        facts["has_sha256"] = "sha256" in self._stored_json if self._stored_json else True
        facts["file"] = picture_facts(self._file(), self.path)
        if self.classes is not None:
            ordered = sorted(self.classes.class_set, key=lambda item: str(item["id"]))
            facts["classes"] = wire.json_safe(ordered)
        reference = self._stored_json.get("classes")
        if isinstance(reference, dict) and "path" in reference:
            facts["classes_path"] = reference["path"]
        for name, parts in (("boxes", self.boxes), ("masks", self.masks)):
            if parts:
                facts[name] = {key: part.facts() for key, part in parts.items()}
        return facts

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure pixels, masks, boxes, captions and classes; see `datatypes.image_list.compare`."""
        self._same_type(other)
        if not isinstance(other, Image):
            raise RejectedTypeError("difference", "needs two pictures", "Pass an Image.")
        return image_list.compare(self, other)

    @classmethod
    def all_masks(cls, images: Sequence[Image], run: RunSink, run_key: str, step: int | str) -> Any:
        """Return one dict of masks, or None, per picture; False if none has any."""
        return image_list.all_parts([image.masks for image in images], run)

    @classmethod
    def all_boxes(cls, images: Sequence[Image], run: RunSink, run_key: str, step: int | str) -> Any:
        """Return one dict of box sets, or None, per picture; False if none has any."""
        return image_list.all_parts([image.boxes for image in images], run)

    @classmethod
    def all_captions(cls, images: Sequence[Media]) -> list[str | None] | Literal[False]:
        """Return the captions, None where there is none; False if no picture has one."""
        captions = [image.caption for image in images]
        return captions if any(caption is not None for caption in captions) else False

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: RunSink, key: str, step: int | str) -> dict[str, Any]:
        """Return the JSON of a list of pictures that are bound to the run; none is left out, however many there are."""
        return image_list.to_json(list(seq), run, key, step)

    @classmethod
    def seq_from_json(cls, json_obj: dict[str, Any], source: MediaSource) -> list[Self]:
        """Read a list of pictures of any SDK; declared sizes are those of the first one and count for nothing."""
        items = image_list.item_jsons(json_obj, source)
        if json_obj.get("_type") == "images":
            return image_list.cut_tiles(cls, json_obj, items, source)
        return [cls.from_json(item, source) for item in items]

    @classmethod
    def seq_facts(cls, json_obj: dict[str, Any], source: MediaSource) -> dict[str, Any]:
        """Return the declared fields of a list, the facts of each picture file, and of boxes and masks."""
        return image_list.facts(cls.seq_from_json(json_obj, source), json_obj)

    def __eq__(self, other: object) -> bool:
        """Equal if pixels, caption, grouping, classes, boxes and masks are, however the file is packed."""
        return isinstance(other, Image) and image_list.equal(self, other)

    __hash__ = None  # type: ignore[assignment]  # compared by value

    def __repr__(self) -> str:
        """One line: format, size, caption, what hangs on it."""
        parts = [self.format or "?"] + ([f"{self._size[0]}×{self._size[1]}"] if self._size else [])
        parts += [f"{self.caption!r}"] if self.caption else []
        parts += [f"masks: {', '.join(self.masks)}"] if self.masks else []
        parts += [f"boxes: {', '.join(self.boxes)}"] if self.boxes else []
        return f"Image({', '.join(parts)})"

    def _repr_html_(self) -> str:
        """Return the picture for a notebook, as a data address."""
        import base64
        import html

        mime = {"jpg": "jpeg", "": "png"}.get(self.format.lower(), self.format.lower())
        data = base64.b64encode(self._file().read()).decode()
        return f'<img alt="{html.escape(repr(self), quote=True)}" src="data:image/{html.escape(mime)};base64,{data}">'


def _named(parts: Any, cls: type[Any], name: str) -> dict[str, Any]:
    """Take boxes or masks: a dict of names to values, or to what makes them."""
    if not parts:
        return {}
    if not hasattr(parts, "items"):
        raise RejectedValueError(name, f"is {type(parts).__name__}, not a dict", "Pass a dict of names to sets.")
    made = {}
    for key, part in parts.items():
        if not isinstance(part, cls | dict):
            raise RejectedTypeError(f"{name}[{key!r}]", f"is {type(part).__name__}", f"Pass {cls.__name__} or a dict.")
        made[key] = part if isinstance(part, cls) else cls(part, key)
        made[key]._key = key
    return made
