"""`ImageMask`: a class id for each pixel of a picture (wire tag ``mask``), stored as a grey PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes import png, wire
from datatypes.base import Media
from datatypes.errors import MissingFieldError, RejectedTypeError, WireFormatError
from datatypes.fidelity import FidelityRecord, array_source, has_negative_zero, measure_error
from datatypes.json_metadata import check_labels, int_keys
from datatypes.payload import BytesPayload, PathPayload
from datatypes.picture import picture_facts, read_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from datatypes.base import WBValue
    from datatypes.ports import MediaSource, RunSink

__all__ = ["ImageMask"]

_MAX_ID = 65535  # largest id of a 16-bit PNG


class ImageMask(Media):
    """A named mask.

    Parameters
    ----------
    val : dict
        ``mask_data``: 2-D array of class ids, 0 to 65,535 (ids above 255 make a 16-bit PNG; whole numbers are expected,
        others are cut and the record says so), or ``path``: a picture, kept as it is. ``class_labels``: id → name,
        optional; for arrays ``class_N`` of the ids that occur unless given. The size need not be the picture's.
    key : str
        Name of the mask.
    **kwargs
        Accepted for the sake of subclasses in user code; not used.

    Raises
    ------
    MissingFieldError
        If there is neither ``mask_data`` nor ``path``.
    RejectedTypeError
        If the array is not 2-D or has other values, or labels are not numbers to text.
    """

    artifact_type = "mask"
    wire_aliases = ("mask-file",)  # SDK 0.10.9 and 0.10.10
    media_folder = "media/images/mask"
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "path", "sha256", "size"})

    _has_sha256 = True  # what is written now has it; SDKs before 0.10.30 did not write it in artifacts

    def __init__(self, val: dict[str, Any], key: str = "", **kwargs: Any) -> None:
        super().__init__()
        self._key = key
        self._labels: dict[Any, str] | Callable[[], dict[Any, str]] | None = None
        self.validate(val)
        if "class_labels" in val:
            self._labels = check_labels(val["class_labels"], "class_labels")
        if "path" in val:
            self._set_payload(PathPayload(val["path"]))
            self._fidelity = FidelityRecord("lossless", {"kind": "file", "sha256": self._file().sha256})
        else:
            self._set_array(val["mask_data"])

    @classmethod
    def type_name(cls) -> str:
        """Return the wire tag."""
        return "mask"

    def validate(self, val: Any) -> bool:
        """Check that there is data, and labels; see the class for what is raised."""
        if not hasattr(val, "keys") or ("mask_data" not in val and "path" not in val):
            raise MissingFieldError("mask", 'has neither "mask_data" nor "path"', 'Pass {"mask_data": 2-D array}.')
        return True

    def _set_array(self, data: Any) -> None:
        import numpy as np

        array = np.asarray(data.numpy() if hasattr(data, "numpy") else data)
        if array.ndim != 2 or 0 in array.shape:
            problem = f"has shape {list(array.shape)}"
            raise RejectedTypeError("mask_data", problem, "Pass a 2-D array of class ids with at least one pixel.")
        if array.dtype.kind not in "buif":
            raise RejectedTypeError("mask_data", f"has dtype {array.dtype}", "Pass whole numbers.")
        low, high = array.min(), array.max()
        if not (low >= 0 and high <= _MAX_ID):
            raise RejectedTypeError("mask_data", f"has ids from {low} to {high}", f"Pass ids from 0 to {_MAX_ID:,}.")
        ids = array.astype(np.uint8 if high < 256 else np.uint16)
        source = array_source(array)
        if np.array_equal(ids, array) and not has_negative_zero(array):
            self._fidelity = FidelityRecord("lossless", source)
        else:
            self._fidelity = FidelityRecord("bounded", source, ["cut to whole numbers"], **measure_error(array, ids))
        if self._labels is None:
            self._labels = {int(number): f"class_{number}" for number in np.unique(ids)}
        self._set_payload(BytesPayload(png.encode(ids), ".mask.png"))

    @property
    def class_labels(self) -> dict[Any, str]:
        """Class id → name; empty where none are known."""
        if callable(self._labels):
            self._labels = self._labels()
        return self._labels or {}

    def to_numpy(self) -> NDArray[Any]:
        """Return the class ids: (height, width), uint8 or uint16; more axes if a colour picture was given by path."""
        import numpy as np

        ids = read_pixels(self._file(), self.path or self._file().filename)
        return ids.astype(np.uint8) if ids.dtype == bool else ids

    def _run_extension(self, payload: Any) -> str:
        return payload.extension if payload.generated else f".mask{payload.extension}"

    def bind_to_run(self, run: RunSink, key: str, step: int | str, id_: int | str | None = None) -> None:
        """Put the mask into a run beside the picture of that key, and its labels into the run's config."""
        super().bind_to_run(run, key, step, id_)
        if self.class_labels:
            labels = {str(number): name for number, name in self.class_labels.items()}
            run.add_singleton("mask/class_labels", f"{key}_wandb_delimeter_{self._key}", labels)

    def _caption_json(self) -> dict[str, Any]:
        return {}

    def _rest(self) -> dict[str, Any]:
        """Add the labels beside the record: a PNG cannot hold them, and W&B keeps them for the whole picture only."""
        rest = super()._rest()
        if self.class_labels:
            labels = {str(number): name for number, name in self.class_labels.items()}
            rest["fidelity"] = {**rest.get("fidelity", {"verdict": "unknown"}), "class_labels": labels}
        return rest

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a mask; its picture is opened when it is used."""
        if not isinstance(json_obj, dict):
            raise WireFormatError("mask JSON", f"is {type(json_obj).__name__}, not an object", "Log it again.")
        value = cls.__new__(cls)
        Media.__init__(value)
        value._key, value._labels = "", None
        value._set_payload(cls._read_file(json_obj, source_artifact))
        value._has_sha256 = "sha256" in json_obj
        value._keep_rest(json_obj)
        beside = value._fidelity.measures if value._fidelity is not None else {}
        if isinstance(labels := beside.pop("class_labels", None), dict):
            value._labels = int_keys(labels)
        if value._fidelity == FidelityRecord("unknown"):
            value._fidelity = None  # it only carried the labels
        return value

    def facts(self) -> dict[str, Any]:
        """Return the file's facts and the number of pixels of each id."""
        import numpy as np

        facts: dict[str, Any] = {"file": picture_facts(self._file(), self.path), "has_sha256": self._has_sha256}
        facts["path"] = self.path
        ids = self.to_numpy()
        if ids.ndim == 2:
            found, counts = np.unique(ids, return_counts=True)
            facts["pixels_per_id"] = {str(number): int(count) for number, count in zip(found, counts, strict=True)}
        if self.class_labels:
            facts["class_labels"] = wire.json_safe({str(key): name for key, name in self.class_labels.items()})
        return facts

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Count pixels that differ, and measure the intersection over union of each class; 1 where it is the same.

        Masks of different size have all pixels changed and no common area. ``labels`` names the classes that both have
        under another name.
        """
        import numpy as np

        self._same_type(other)
        assert isinstance(other, ImageMask)
        mine, its = self.to_numpy(), other.to_numpy()
        if mine.shape != its.shape:
            iou = {str(number): 0.0 for number in np.union1d(mine, its)}
            shapes = [list(mine.shape), list(its.shape)]
            return {"changed_pixels": int(max(mine.size, its.size)), "mask_iou": iou, "shapes": shapes}
        found = {"changed_pixels": int(np.count_nonzero(mine != its)), "mask_iou": _intersections(mine, its)}
        names, others = self.class_labels, other.class_labels
        labels = sorted(str(key) for key in names.keys() & others.keys() if names[key] != others[key])
        return {**found, "labels": labels} if labels else found

    def __eq__(self, other: object) -> bool:
        """Equal if ids and labels are, however the PNG is packed."""
        import numpy as np

        return (
            isinstance(other, ImageMask)
            and self.class_labels == other.class_labels
            and (self._file().sha256 == other._file().sha256 or bool(np.array_equal(self.to_numpy(), other.to_numpy())))
        )

    __hash__ = None  # compared by value

    def __repr__(self) -> str:
        """One line: name and labels."""
        return f"ImageMask({self._key!r}, {len(self.class_labels)} labels)"


def _intersections(left: NDArray[Any], right: NDArray[Any]) -> dict[str, float]:
    """Return the intersection over union of each id that either has; three passes, however many ids."""
    import numpy as np

    size = max(int(left.max(initial=0)), int(right.max(initial=0))) + 1
    mine, its = np.bincount(left.ravel(), minlength=size), np.bincount(right.ravel(), minlength=size)
    shared = np.bincount(left[left == right].ravel(), minlength=size)
    union = mine + its - shared
    return {str(number): float(shared[number] / union[number]) for number in np.flatnonzero(union)}
