"""Masks and boxes of a picture as layers of the canvas."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

from app.palette import colour_of, is_background
from app.renderers.view import Notice, problem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.renderers.view import Context
    from datatypes.bounding_boxes import BoundingBoxes2D
    from datatypes.image import Image
    from datatypes.image_mask import ImageMask

__all__ = ["mask_and_box_layers"]


def mask_and_box_layers(
    image: Image, width: int, height: int, context: Context
) -> tuple[list[dict[str, Any]], list[Notice]]:
    """Return the layers in the order in which they are drawn, and what could not be read of them.

    Parameters
    ----------
    image : Image
        The picture.
    width, height : int
        Its size in pixels, for boxes in fractions of it.
    context : Context
        Where it lies.
    """
    names = image.classes.names if image.classes else {}
    layers, notices = [], []
    for key, mask in sorted(image.masks.items()):
        layers.append(_mask(key, mask, {**names, **mask.class_labels}, context))
    for key, boxes in sorted(image.boxes.items()):
        try:
            layers.append(_boxes(key, boxes, names, width, height))
        except (LookupError, OSError, ValueError) as error:
            found = problem_of(error, f"boxes {key}")
            notices.append(Notice(f"boxes “{key}” are not shown: {found.subject} {found.problem}. {found.remedy}"))
    return layers, notices


def _class(class_id: Any, names: Mapping[Any, str], colour: str | None = None) -> dict[str, Any]:
    name = names.get(class_id, names.get(str(class_id)))
    return {"id": class_id, "name": name, "colour": colour or colour_of(class_id)}


def _mask(key: str, mask: ImageMask, names: Mapping[Any, str], context: Context) -> dict[str, Any]:
    url = context.url_for_bytes(
        functools.partial(_mask_npy, mask), "application/octet-stream", f"mask/{key}/{context.ident}"
    )
    ids = sorted({int(number) for number in names if str(number).lstrip("-").isdecimal()})
    classes = [_class(number, names) for number in ids]
    for item in classes:
        item["hidden"] = is_background(item["id"], item["name"])
    return {"kind": "mask", "name": key, "raw": {"url": url}, "classes": classes}


def _mask_npy(mask: ImageMask) -> bytes:
    from app.renderers.image_file import npy_bytes

    ids = mask.to_numpy()
    return npy_bytes(
        ids if ids.ndim == 2 else ids[:, :, 0]
    )  # a colour picture as a mask: its first channel, as W&B does


def _boxes(key: str, boxes: BoundingBoxes2D, names: Mapping[Any, str], width: int, height: int) -> dict[str, Any]:
    labels = {**names, **boxes.class_labels}
    data = boxes.box_data
    corners = boxes.corners(width, height)
    if not all(math.isfinite(number) for box in corners for number in box):
        raise ValueError("have a position that is not finite")
    xywh = [(left, top, right - left, bottom - top) for left, top, right, bottom in corners]
    ids = [box.get("class_id", "") for box in data]
    return {
        "kind": "boxes",
        "name": key,
        "xywh": [round(number, 3) for box in xywh for number in box],
        "ids": ids,
        "scores": _scores(data),
        "captions": [str(box.get("box_caption") or "") for box in data],
        "classes": [_class(number, labels) for number in _distinct(ids)],
    }


def _scores(data: list[dict[str, Any]]) -> dict[str, list[float | None]]:
    """Return every score by name, in the order in which they first come; None where a box has none that is finite."""
    boxes = [box.get("scores") for box in data]
    names = dict.fromkeys(str(name) for scores in boxes if isinstance(scores, dict) for name in scores)
    return {name: [_number(scores, name) for scores in boxes] for name in names}


def _number(scores: Any, name: str) -> float | None:
    score = scores.get(name) if isinstance(scores, dict) else None
    return float(score) if isinstance(score, int | float) and math.isfinite(score) else None


def _distinct(ids: Iterable[Any]) -> list[Any]:
    return sorted(set(ids), key=lambda item: (isinstance(item, str), item))
