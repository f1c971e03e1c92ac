"""`BoundingBoxes2D`: rectangles on a picture, with classes, scores and captions.

Wire: in an artifact a bare list inside the picture's JSON (on its own: a file ``NAME.bounding-boxes.json`` that holds
the list and no tag), in a run a side file behind the tag ``boxes2D``.
"""

from __future__ import annotations

import json
import numbers
from typing import TYPE_CHECKING, Any, Self

from datatypes import wire
from datatypes.errors import MissingFieldError, RejectedTypeError, WireFormatError
from datatypes.json_metadata import JSONMetadata, check_labels, int_keys, read_json
from datatypes.payload import BytesPayload

if TYPE_CHECKING:
    from collections.abc import Callable

    from datatypes.base import WBValue
    from datatypes.ports import MediaSink, MediaSource, RunSink

__all__ = ["BoundingBoxes2D"]

_CORNERS = ("minX", "maxX", "minY", "maxY")
_POSITION_REMEDY = "Give minX, maxX, minY, maxY, or middle [x, y], width, height, all as numbers."


def plain(value: Any) -> Any:
    """Turn arrays, tensors and their scalars, at any depth, into plain Python values."""
    if isinstance(value, dict):
        return {key.item() if hasattr(key, "item") else key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


class BoundingBoxes2D(JSONMetadata):
    """A named set of boxes.

    Parameters
    ----------
    val : dict
        ``box_data``: list of boxes; ``class_labels``: id → name, optional (``class_N`` for the ids used unless given).
        A box has ``position`` (``minX, maxX, minY, maxY`` or ``middle`` [x, y], ``width``, ``height``), ``class_id``
        (int), and where wanted ``domain`` (``"pixel"``; anything else means fractions of width and height, y down),
        ``scores`` (name → number), ``box_caption``; further keys are kept. Nothing is clipped to the picture.
    key : str
        Name of the set.
    **kwargs
        Accepted for the sake of subclasses in user code; not used.

    Raises
    ------
    MissingFieldError
        If ``box_data`` is missing, or a ``class_id`` without ``class_labels``.
    RejectedTypeError
        If a part is of the wrong kind; names the box.
    """

    artifact_type = "bounding-boxes"
    wire_aliases = ("boxes2D",)

    def __init__(self, val: dict[str, Any], key: str = "", **kwargs: Any) -> None:
        self._check_list(val)
        val = plain(val)
        super().__init__(val, key)
        self._boxes: list[dict[str, Any]] | None = val["box_data"]
        given = val.get("class_labels")
        self._labels: dict[Any, str] | Callable[[], dict[Any, str]] | None = given
        side_file = {**val, "class_labels": {str(k): name for k, name in given.items()}} if given is not None else val
        self._set_payload(BytesPayload(json.dumps(side_file).encode(), ".boxes2D.json"))

    @classmethod
    def type_name(cls) -> str:
        """Return the tag in a run."""
        return "boxes2D"

    @property
    def box_data(self) -> list[dict[str, Any]]:
        """Boxes as they were given; a side file is read when they are first asked for."""
        if self._boxes is None:
            self._read_side_file()
        return self._boxes if self._boxes is not None else []

    @property
    def class_labels(self) -> dict[Any, str]:
        """Class id → name; ``class_N`` for the ids used where none are known."""
        if self._boxes is None:
            self._read_side_file()
        if callable(self._labels):
            self._labels = self._labels()
        if not self._labels:
            ids = {box["class_id"] for box in self.box_data if "class_id" in box}
            self._labels = {number: f"class_{number}" for number in sorted(ids)}
        return self._labels

    @property
    def value(self) -> dict[str, Any]:
        """Boxes and labels."""
        return {"box_data": self.box_data, "class_labels": self.class_labels}

    def _read_side_file(self) -> None:
        payload = self._file()
        found = read_json(payload, payload.filename)
        if not isinstance(found, dict) or not isinstance(found.get("box_data"), list):
            raise WireFormatError(payload.filename, "has no list under box_data", "Restore the file.")
        self._boxes = found["box_data"]
        if isinstance(found.get("class_labels"), dict):
            self._labels = int_keys(found["class_labels"])

    @staticmethod
    def _check_list(val: Any) -> None:
        if not isinstance(val, dict) or "box_data" not in val:
            raise MissingFieldError("boxes", 'have no "box_data"', 'Pass {"box_data": [...]}.')
        if not isinstance(val["box_data"], list):
            found = type(val["box_data"]).__name__
            raise RejectedTypeError("box_data", f"is {found}, not a list", "Pass a list of dicts.")

    def validate(self, val: Any) -> bool:
        """Check boxes and labels as SDK 0.31 does; see the class for what is raised."""
        if "class_labels" in val:
            check_labels(val["class_labels"], "class_labels")
        self._check_list(val)
        for index, box in enumerate(val["box_data"]):
            _check_box(box, f"box {index}")
            if "class_id" not in box and "class_labels" not in val:
                raise MissingFieldError(f"box {index}", "has no class_id", "Give one, or pass class_labels.")
        return True

    def corners(self, width: int, height: int) -> list[tuple[float, float, float, float]]:
        """Return (left, top, right, bottom) of each box in pixels of a picture of the given size; y points down."""
        return [_corners(box, width, height) for box in self.box_data]

    def bind_to_run(self, run: RunSink, key: str, step: int | str, id_: int | str | None = None) -> None:
        """Put the boxes into a run beside the picture of that key, and their labels into its config."""
        super().bind_to_run(run, key, step, id_)
        run.add_singleton(
            "bounding_box/class_labels",
            f"{key}_wandb_delimeter_{self._key}",
            {str(number): name for number, name in self.class_labels.items()},
        )

    @staticmethod
    def corners_in_fractions(box: dict[str, Any], size: tuple[int, int]) -> tuple[float, float, float, float] | None:
        """Return (left, top, right, bottom) of a box in fractions of a picture; None if it has no place."""
        if not _is_position(box.get("position")):
            return None
        width, height = size
        left, top, right, bottom = _corners(box, width, height)
        return left / width, top / height, right / width, bottom / height

    def to_json(self, run_or_artifact: MediaSink) -> Any:
        """Return the list of boxes for an artifact, the tag with its side file for a run."""
        return super().to_json(run_or_artifact) if run_or_artifact.dialect == "run" else self.box_data

    @classmethod
    def from_json(cls, json_obj: Any, source_artifact: MediaSource) -> Self:
        """Read a list of boxes, or the reference to a side file; boxes of any SDK, unchecked as they were stored."""
        value = cls.__new__(cls)
        value._key, value._caption, value._labels = "", None, None
        if isinstance(json_obj, list):
            if not all(isinstance(box, dict) for box in json_obj):
                raise WireFormatError("boxes", "hold something that is no box", "Log the picture again.")
            value._boxes = json_obj
            value._set_payload(BytesPayload(json.dumps({"box_data": json_obj}).encode(), ".boxes2D.json"))
        else:
            value._boxes = None
            value._set_payload(cls._read_file(json_obj, source_artifact))
        return value

    def facts(self) -> dict[str, Any]:
        """Return the boxes as they are stored; with the labels where a side file has them."""
        facts: dict[str, Any] = {"boxes": wire.json_safe(self.box_data)}
        if self.class_labels:
            facts["class_labels"] = {str(key): name for key, name in self.class_labels.items()}
        if self.path:
            keys = sorted(read_json(self._file(), self.path))
            facts |= {"type": self.type_name(), "path": self.path, "file_keys": keys}
        return facts

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Count the boxes that are in both, in one alone, and those that changed; see `datatypes.box_difference`.

        Boxes in pixels are compared with boxes in pixels, those in fractions with fractions; `Image.difference` knows
        the sizes and compares all. ``labels`` names the classes that both sets have under another name.
        """
        self._same_type(other)
        assert isinstance(other, BoundingBoxes2D)
        return self.compare_on(other, None)

    def compare_on(
        self, other: BoundingBoxes2D, sizes: tuple[tuple[int, int], tuple[int, int]] | None
    ) -> dict[str, Any]:
        """Measure like `difference`; with (width, height) of both pictures, boxes in pixels meet boxes in fractions."""
        from datatypes.box_difference import compare_boxes

        def corners(box: dict[str, Any], side: int) -> tuple[float, float, float, float] | None:
            if sizes is not None:
                return self.corners_in_fractions(box, sizes[side])
            if not _is_position(box.get("position")):
                return None
            away = 1e9 if box.get("domain") == "pixel" else 0.0  # pixels lie apart from fractions: they never overlap
            left, top, right, bottom = _corners({**box, "domain": "pixel"}, 1, 1)
            return left + away, top, right + away, bottom

        found = compare_boxes(self.box_data, other.box_data, corners)
        mine, its = self.class_labels, other.class_labels
        labels = sorted(str(key) for key in mine.keys() & its.keys() if mine[key] != its[key])
        return {**found, "labels": labels} if labels else found

    def __eq__(self, other: object) -> bool:
        """Equal if boxes, their order and their labels are equal."""
        return (
            isinstance(other, BoundingBoxes2D)
            and self.box_data == other.box_data
            and self.class_labels == other.class_labels
        )

    __hash__ = None  # compared by value

    def __repr__(self) -> str:
        """One line: name of the set and how many boxes."""
        return f"BoundingBoxes2D({self._key!r}, {len(self.box_data)} boxes)"


def _check_box(box: Any, subject: str) -> None:
    if not isinstance(box, dict):
        raise RejectedTypeError(subject, f"is {type(box).__name__}, not a dict", _POSITION_REMEDY)
    if not _is_position(box.get("position")):
        raise RejectedTypeError(subject, "has no complete position", _POSITION_REMEDY)
    scores = box.get("scores", {})
    if not isinstance(scores, dict) or not all(
        isinstance(name, str) and isinstance(score, numbers.Number) for name, score in scores.items()
    ):
        raise RejectedTypeError(subject, f"has scores {scores!r}", "Pass a dict of text to numbers.")
    if "class_id" in box and not isinstance(box["class_id"], int):
        raise RejectedTypeError(subject, f"has class_id {box['class_id']!r}", "Pass a whole number.")
    if "box_caption" in box and not isinstance(box["box_caption"], str):
        raise RejectedTypeError(subject, f"has box_caption {box['box_caption']!r}", "Pass text.")


def _is_position(position: Any) -> bool:
    if not isinstance(position, dict):
        return False
    middle = position.get("middle")
    by_middle = isinstance(middle, list) and len(middle) == 2 and all(isinstance(x, numbers.Real) for x in middle)
    sides = all(isinstance(position.get(side), numbers.Real) for side in ("width", "height"))
    return (by_middle and sides) or all(isinstance(position.get(corner), numbers.Real) for corner in _CORNERS)


def _corners(box: dict[str, Any], width: int, height: int) -> tuple[float, float, float, float]:
    position = box.get("position")
    if not _is_position(position) or not isinstance(position, dict):
        raise WireFormatError("box", f"has the position {position!r}", "Log the picture again.")
    if all(corner in position for corner in _CORNERS):
        left, right, top, bottom = (float(position[corner]) for corner in _CORNERS)
    else:
        (x, y), half_w, half_h = position["middle"], position["width"] / 2, position["height"] / 2
        left, right, top, bottom = x - half_w, x + half_w, y - half_h, y + half_h
    if box.get("domain") == "pixel":
        return left, top, right, bottom
    return left * width, top * height, right * width, bottom * height
