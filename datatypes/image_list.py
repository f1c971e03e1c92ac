"""Parts of `Image` that concern more than one picture: lists in runs, what hangs on a picture, comparison."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from datatypes import limits, wire
from datatypes.array_difference import decibels, distances, peak_of, root_mean_square
from datatypes.bounding_boxes import BoundingBoxes2D
from datatypes.classes import Classes
from datatypes.errors import UnreadableMediaError, WireFormatError
from datatypes.fidelity import FidelityRecord
from datatypes.image_mask import ImageMask
from datatypes.json_metadata import int_keys
from datatypes.payload import SourcePayload
from datatypes.picture import picture_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from datatypes.image import Image

    AnyImage = TypeVar("AnyImage", bound=Image)
    from datatypes.payload import Payload
    from datatypes.ports import MediaSource, RunSink

__all__ = ["all_parts", "compare", "cut_tiles", "equal", "facts", "item_jsons", "read_array", "read_parts", "to_json"]

_FOLDER = "media/images"


def read_array(payload: Payload) -> NDArray[Any]:
    """Read a ``.npy`` side file, without pickles and within the limits."""
    import numpy as np

    subject = payload.filename
    with payload.open() as file:
        try:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(file)
            limits.check_array_bytes(subject, math.prod(shape) * dtype.itemsize)
            file.seek(0)
            return np.load(file, allow_pickle=False)  # type: ignore[no-any-return]  # an array, since it is no archive
        except (ValueError, EOFError, OSError) as error:
            if hasattr(error, "remedy"):
                raise
            raise UnreadableMediaError(subject, f"is no plain array ({error})", "Restore the file.") from error


def read_parts(image: Image, json_obj: dict[str, Any], source: MediaSource) -> None:
    """Read class set, boxes, masks and the exact array of a picture; files are opened when they are used."""
    reference = json_obj.get("classes")
    if isinstance(reference, dict) and isinstance(reference.get("path"), str):
        image._class_file = SourcePayload(source, reference["path"])
    beside = image._fidelity.measures if image._fidelity is not None else {}
    if isinstance(full := beside.pop("classes", None), list):
        image._classes = Classes(full)
    exact = beside.pop("exact", None)
    if isinstance(exact, dict) and isinstance(exact.get("path"), str):
        image._exact = SourcePayload(source, exact["path"])
    box_labels = beside.pop("box_labels", {})
    if image._fidelity is not None and image._fidelity == FidelityRecord("unknown"):
        image._fidelity = None  # it only carried what was taken off above
    image.boxes = _read_group(BoundingBoxes2D, "boxes", json_obj, source)
    image.masks = _read_group(ImageMask, "masks", json_obj, source)
    for key, boxes in image.boxes.items():
        recorded = int_keys(box_labels[key]) if key in box_labels else None
        boxes._labels = recorded or _label_reader(image, source, "bounding_box", key)
    for key, mask in image.masks.items():
        mask._labels = mask._labels or _label_reader(image, source, "mask", key)


def _read_group(cls: Any, kind: str, json_obj: dict[str, Any], source: MediaSource) -> dict[str, Any]:
    stored = json_obj.get(kind) or {}
    if not isinstance(stored, dict):
        raise WireFormatError("image-file JSON", f"{kind} is {type(stored).__name__}, not an object", "Log it again.")
    group = {}
    for key, item in stored.items():
        group[key] = cls.from_json(item, source)
        group[key]._key = key
        group[key].set_artifact_source(source)
    return group


def _label_reader(image: Image, source: MediaSource, kind: str, key: str) -> Callable[[], dict[Any, str]]:
    """Return what finds the labels of one set: in the run's config, or in the class set of the picture."""

    def read() -> dict[Any, str]:
        singleton = getattr(source, "singleton", None)
        if singleton is not None:
            return int_keys(
                singleton(f"{kind}/class_labels", f"{getattr(source, 'key', '')}_wandb_delimeter_{key}") or {}
            )
        return image.classes.names if image.classes else {}

    return read


def item_jsons(json_obj: dict[str, Any], source: MediaSource) -> list[dict[str, Any]]:
    """Take the JSON of a list of pictures apart into that of each picture.

    Notes
    -----
    Source: ``filenames`` since SDK 0.12.11; before, names follow from key, step and index.
    """
    count = json_obj.get("count")
    if not isinstance(count, int) or count < 0:
        raise WireFormatError("images/separated JSON", f"count is {count!r}", "Log the list again.")
    names = json_obj.get("filenames")
    extension = json_obj.get("format") or "png"
    if not isinstance(names, list):
        stem = wire.list_stem(source, _FOLDER)
        names = [f"{stem}_{index}.{extension}" for index in range(count)]
    if len(names) != count:
        problem = f"says {count} pictures and names {len(names)}"
        raise WireFormatError("images/separated JSON", problem, "Log the list again.")
    captions = json_obj.get("captions") or []
    records = json_obj.get("fidelity")
    items = []
    for index, name in enumerate(names):
        item = {"_type": "image-file", "path": name, "format": extension}
        item |= {"caption": captions[index]} if index < len(captions) and captions[index] is not None else {}
        item |= {"grouping": json_obj["grouping"]} if json_obj.get("grouping") is not None else {}
        for kind, listed in (("boxes", json_obj.get("all_boxes")), ("masks", json_obj.get("all_masks"))):
            if isinstance(listed, list) and index < len(listed) and listed[index]:
                item[kind] = listed[index]
        if isinstance(records, list) and index < len(records) and records[index]:
            item["fidelity"] = records[index]
        items.append(item)
    return items


def cut_tiles(
    cls: type[AnyImage], json_obj: dict[str, Any], items: list[dict[str, Any]], source: MediaSource
) -> list[AnyImage]:
    """Cut the one picture of a list of SDK 0.9.7 and before into its tiles, which lie in a row.

    Raises
    ------
    WireFormatError
        If the picture is narrower or lower than its tiles.
    """
    from datatypes.picture import open_picture

    name = f"{wire.list_stem(source, _FOLDER)}.{json_obj.get('format') or 'png'}"
    with source.open(name) as file:
        sheet = open_picture(file, name)
    width, height = json_obj.get("width"), json_obj.get("height")
    if not isinstance(width, int) or not isinstance(height, int) or width * len(items) > sheet.width:
        problem = f"has {sheet.width} pixels in width for {len(items)} tiles of {width}"
        raise WireFormatError(name, problem, "Restore the file.")
    tiles = []
    for index, item in enumerate(items):
        part = sheet.crop((index * width, 0, (index + 1) * width, height))
        tile = cls(part, caption=item.get("caption"), grouping=item.get("grouping"))
        read_parts(tile, item, source)
        tile.set_artifact_source(source)
        tiles.append(tile)
    return tiles


def facts(images: Sequence[Image], json_obj: dict[str, Any]) -> dict[str, Any]:
    """Return what a reader can check of a list of pictures; see `Image.seq_facts`."""
    declared = {name: json_obj.get(name) for name in ("format", "width", "height", "grouping")}
    parts = {
        name: [{key: part.facts() for key, part in group.items()} or None for group in groups]
        for name, groups in (("all_boxes", [x.boxes for x in images]), ("all_masks", [x.masks for x in images]))
    }
    return {
        "$media": "images/separated",
        "count": len(images),
        "filenames_given": isinstance(json_obj.get("filenames"), list),
        "captions": [image.caption for image in images] if json_obj.get("captions") else None,
        "images": [picture_facts(image._file(), image.path) for image in images],
        **declared,
        **{name: listed if any(listed) else None for name, listed in parts.items()},
    }


def all_parts(groups: Sequence[Mapping[str, Any]], run: RunSink) -> Any:
    """Return the JSON of masks or boxes of each picture, None where it has none; False if no picture has any."""
    found = [{key: part.to_json(run) for key, part in group.items()} if group else None for group in groups]
    return found if any(found) else False


def to_json(images: list[Image], run: RunSink, key: str, step: int | str) -> dict[str, Any]:
    """Return the JSON of a list of pictures of one run.

    Notes
    -----
    Source: SDK 0.31: width, height and format are those of the first picture. W&B keeps the first 108 pictures, and
    captions only if the first one has one; here nothing is left out.
    """
    if not images:
        raise WireFormatError("images", "is an empty list", "Log at least one picture.")
    jsons = [image.to_json(run) for image in images]
    first = jsons[0]
    meta: dict[str, Any] = {"_type": "images/separated"}
    meta |= {name: first[name] for name in ("width", "height", "format")}
    meta |= {"count": len(images), "filenames": [item["path"] for item in jsons]}
    cls = type(images[0])
    for name, listed in (
        ("captions", cls.all_captions(images)),
        ("all_masks", cls.all_masks(images, run, key, step)),
        ("all_boxes", cls.all_boxes(images, run, key, step)),
    ):
        if listed:
            meta[name] = listed
    records = [item.get("fidelity") for item in jsons]
    return {**meta, "fidelity": records} if any(records) else meta


def equal(left: Image, right: Image) -> bool:
    """Whether two pictures are the same by value."""
    import numpy as np

    return (
        (left.caption, left.grouping) == (right.caption, right.grouping)
        and _class_items(left) == _class_items(right)
        and left.boxes == right.boxes
        and left.masks == right.masks
        and (left._file().sha256 == right._file().sha256 or bool(np.array_equal(left.to_numpy(), right.to_numpy())))
    )


def _class_items(image: Image) -> dict[Any, dict[str, Any]]:
    items = {key: {"id": key, "name": name} for key, name in image.class_names().items()}
    return items | {item["id"]: item for item in (image.classes.class_set if image.classes else [])}


def compare(left: Image, right: Image) -> dict[str, Any]:
    """Measure how far two pictures are apart.

    Returns
    -------
    dict
        ``max_abs``, ``changed_pixels`` and ``psnr_db`` (infinite for equal pixels; the peak is 255 or 65,535 by dtype,
        of floats the range of `left`; with ``shapes`` instead where these differ), ``masks`` and ``boxes`` by name, and
        ``fields``: what else differs.
    """
    found: dict[str, Any] = _compare_pixels(left.to_numpy(), right.to_numpy())
    sizes = ((left.width or 1, left.height or 1), (right.width or 1, right.height or 1))
    masks = {key: mask.difference(right.masks[key]) for key, mask in left.masks.items() if key in right.masks}
    boxes = {key: item.compare_on(right.boxes[key], sizes) for key, item in left.boxes.items() if key in right.boxes}
    for kind, groups, mine, its in (
        ("masks", masks, left.masks, right.masks),
        ("boxes", boxes, left.boxes, right.boxes),
    ):
        gone: dict[str, Any] = {key: "removed" for key in mine if key not in its}
        come: dict[str, Any] = {key: "added" for key in its if key not in mine}
        if groups or gone or come:
            found[kind] = {**groups, **gone, **come}
    pairs = {"caption": (left.caption, right.caption), "grouping": (left.grouping, right.grouping)}
    pairs["classes"] = (_class_items(left), _class_items(right))  # type: ignore[assignment]  # compared, not typed
    found["fields"] = sorted(name for name, (mine, its) in pairs.items() if mine != its)
    return found


def _compare_pixels(left: NDArray[Any], right: NDArray[Any]) -> dict[str, Any]:
    import numpy as np

    if left.shape != right.shape:
        counts = max(math.prod(left.shape[:2]), math.prod(right.shape[:2]))
        return {"changed_pixels": counts, "shapes": [list(left.shape), list(right.shape)]}
    distance = distances(left, right)
    return {
        "max_abs": float(distance.max(initial=0.0)),
        "changed_pixels": int(np.count_nonzero(distance.any(axis=2) if distance.ndim == 3 else distance)),
        "psnr_db": decibels(peak_of(left), root_mean_square(distance)),
    }
