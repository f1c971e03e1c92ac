"""What the type of a picture column gathers from its pictures: ids, names and scores of boxes and masks."""

from __future__ import annotations

from typing import Any

from datatypes.column_types import ColumnType

__all__ = ["PLAIN_PICTURE", "merge_pictures", "picture_params"]

#: Of a picture with nothing on it.
PLAIN_PICTURE: dict[str, Any] = {
    "box_class_maps": {},
    "box_layers": {},
    "box_score_keys": set(),
    "class_map": {},
    "mask_class_maps": {},
    "mask_layers": {},
}


def picture_params(image: Any) -> dict[str, Any]:
    """Gather class ids and names of a picture's boxes and masks."""
    if not image.boxes and not image.masks:
        classes = image.classes
        return PLAIN_PICTURE if classes is None else PLAIN_PICTURE | {"class_map": _names(classes.names)}
    boxes, masks = image.boxes, image.masks
    return {
        "box_class_maps": {name: _names(part.class_labels) for name, part in boxes.items()},
        "box_layers": {name: set(part.class_labels) for name, part in boxes.items()},
        "box_score_keys": {
            key for part in boxes.values() for box in part.box_data for key in (box.get("scores") or {})
        },
        "class_map": _names(image.class_names()),
        "mask_class_maps": {name: _names(part.class_labels) for name, part in masks.items()},
        "mask_layers": {name: set(part.class_labels) for name, part in masks.items()},
    }


def _names(labels: dict[Any, str]) -> dict[str, str]:
    return {str(key): name for key, name in labels.items()}


def merge_pictures(left: ColumnType, right: ColumnType) -> ColumnType:
    """Unite the sets; of two names for one id the first row's counts."""
    mine, its = left.params, right.params
    if mine == its or not its:
        return left
    merged: dict[str, Any] = {"box_score_keys": mine["box_score_keys"] | its["box_score_keys"]}
    for key in ("box_layers", "mask_layers"):
        names = mine[key].keys() | its[key].keys()
        merged[key] = {name: mine[key].get(name, set()) | its[key].get(name, set()) for name in sorted(names)}
    for key in ("box_class_maps", "mask_class_maps"):
        names = mine[key].keys() | its[key].keys()
        merged[key] = {name: its[key].get(name, {}) | mine[key].get(name, {}) for name in sorted(names)}
    merged["class_map"] = its["class_map"] | mine["class_map"]
    return ColumnType("image-file", merged)
