"""Pictures made from each input that `Image` accepts."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image

import datatypes as dt

LABELS = {0: "background", 1: "cat", 300: "sky"}


def examples():
    rng = np.random.default_rng(7)
    rgb = rng.integers(0, 256, (9, 14, 3), dtype=np.uint8)
    grey = np.arange(126, dtype=np.uint8).reshape(9, 14)
    yield "RGB array", dt.Image(rgb, caption="Ünïcode ⟶", grouping=3)
    yield "RGBA array", dt.Image(rng.integers(0, 256, (9, 14, 4), dtype=np.uint8))
    yield "grey array", dt.Image(grey, caption="")
    yield "grey array with a channel", dt.Image(grey[:, :, None])
    yield "bool array", dt.Image(grey > 60)
    yield "array of 0 and 1", dt.Image((grey > 60).astype(np.int64))
    yield "uint16 array", dt.Image(rng.integers(0, 65536, (9, 14), dtype=np.uint16))
    yield "uint16 RGB array", dt.Image(rng.integers(0, 65536, (9, 14, 3), dtype=np.uint16))
    yield "float array", dt.Image(rng.random((9, 14, 3)))
    yield "negative floats", dt.Image(rng.normal(size=(9, 14)).astype(np.float32))
    yield "exact floats", dt.Image(rng.normal(size=(9, 14)), exact=True)
    yield "one pixel", dt.Image(np.array([[[9, 8, 7]]], np.uint8))
    yield "another mode", dt.Image(rgb, mode="L")
    yield "JPEG of an array", dt.Image(rgb, file_type="jpg")
    yield "BMP of an array", dt.Image(rgb, file_type="bmp")
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F"):
        yield f"Pillow {mode}", dt.Image(PIL.Image.fromarray(rgb).convert("L" if mode == "LA" else "RGB").convert(mode))
    yield "Pillow I;16", dt.Image(PIL.Image.fromarray(rng.integers(0, 65536, (9, 14), dtype=np.uint16)))
    buffer = io.BytesIO()
    PIL.Image.fromarray(rgb).save(buffer, "JPEG")
    yield "file object", dt.Image(buffer)
    yield "another image", dt.Image(dt.Image(rgb, caption="first"), caption="second")
    yield "overlays", overlays(rgb)
    yield (
        "box labels of its own",
        dt.Image(
            grey,
            classes=[{"id": 1, "name": "dog", "color": "#a0b0c0"}, {"id": "x", "name": "unknown"}],
            boxes={"predicted": {"box_data": [box(1)], "class_labels": {1: "cat"}}},
        ),
    )
    yield "no boxes at all", dt.Image(grey, boxes={"empty": {"box_data": []}})


def overlays(rgb):
    ids = np.zeros(rgb.shape[:2], np.int64)
    ids[2:5], ids[6:] = 1, 300
    return dt.Image(
        rgb,
        classes=dt.Classes([{"id": key, "name": name} for key, name in LABELS.items()]),
        masks={"truth": {"mask_data": ids, "class_labels": LABELS}, "guess": {"mask_data": ids > 0}},
        boxes={
            "corners": {"box_data": [box(1), box(0, scores={"iou": 0.5}, box_caption="ä")], "class_labels": LABELS},
            "middle": {
                "box_data": [
                    {"position": {"middle": [5, 4], "width": 3, "height": 2}, "domain": "pixel", "class_id": 1}
                ],
                "class_labels": LABELS,
            },
        },
    )


def box(class_id, **more):
    return {"position": {"minX": 0.1, "maxX": 0.9, "minY": -0.2, "maxY": 1.5}, "class_id": class_id, **more}
