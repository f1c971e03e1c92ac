"""Two versions of a detector on the same pictures, and the two joined: what the demo's five clicks lead through.

A photograph of 24 ancient coins is taken under fourteen conditions. The first detector compares each pixel with one
threshold for the whole picture (Otsu's), the second with its surroundings. The second is better nearly everywhere; the
demo shows where it is not, and whether that is what was logged.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image

import datatypes as dt
from app.demo import demo_file
from app.demo.vision import box_blur, find, otsu, score
from storage import Artifact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from app.demo.vision import Found

__all__ = ["COMPARISON", "DETECTOR", "KEY", "adaptive", "comparison", "conditions", "evaluation", "global_threshold"]

DETECTOR, COMPARISON, KEY = "coin-detector", "detector-comparison", "scene"

#: Seed of the camera's noise: the same pictures in every demo.
_SEED = 7

#: Side of the surroundings that the second detector looks at, pixels: about two coins.
_SURROUNDINGS = 101

#: Grey levels by which a coin must be brighter than its surroundings.
_MARGIN = 8

COLUMNS = ["scene", "picture", "f1", "precision", "recall", "overlap", "coins found", "missed", "false"]


def conditions() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield the photograph of the coins under each condition, 8-bit grey."""
    with PIL.Image.open(demo_file("coins.png")) as picture:
        plain = np.asarray(picture).astype(np.float64)
    height, width = plain.shape
    across, down = np.linspace(-1, 1, width)[None, :], np.linspace(-1, 1, height)[:, None]
    random = np.random.default_rng(_SEED)
    shifted = [np.roll(plain, step, axis=1) for step in range(-7, 8)]
    made = {
        "as photographed": plain,
        "exposed longer": plain * 1.35,
        "exposed shorter": plain * 0.5,
        "low contrast": plain * 0.35 + 90,
        "shadow from the left": plain * (0.62 + 0.38 * across),
        "shadow from the right": plain * (0.62 - 0.38 * across),
        "light from above": plain * (0.7 - 0.45 * down),
        "lamp in the middle": plain * np.clip(1.15 - 0.75 * (across**2 + down**2), 0.1, None),
        "some noise": plain + random.normal(0, 20, plain.shape),
        "much noise": plain + random.normal(0, 45, plain.shape),
        "out of focus": box_blur(box_blur(plain, 7), 7),
        "moving camera": np.mean(shifted, axis=0),
        "haze": plain * 0.45 + 110 + 40 * across,
    }
    for name, values in made.items():
        yield name, np.clip(np.round(values), 0, 255).astype(np.uint8)
    yield "compressed", _compressed(plain.astype(np.uint8), quality=4)


def _compressed(grey: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Return a picture as JPEG of that quality leaves it."""
    buffer = io.BytesIO()
    PIL.Image.fromarray(grey).save(buffer, "JPEG", quality=quality)
    return np.asarray(PIL.Image.open(buffer))


def global_threshold(grey: NDArray[np.uint8]) -> list[Found]:
    """Detector 1: one threshold for the whole picture."""
    return find(grey.astype(np.float64) - otsu(grey))


def adaptive(grey: NDArray[np.uint8]) -> list[Found]:
    """Detector 2: brighter than the surroundings."""
    return find(grey - box_blur(grey, _SURROUNDINGS) - _MARGIN)


def evaluation(version: int) -> Artifact:
    """Return the evaluation of a detector: a row a condition, with the picture, what was found and the truth.

    Parameters
    ----------
    version : int
        0 for the global threshold, 1 for the adaptive one.
    """
    detector, method = ((global_threshold, "Otsu"), (adaptive, "adaptive"))[version]
    truth = json.loads(demo_file("coins-truth.json").read_text("utf-8"))["boxes"]
    table = dt.Table(columns=list(COLUMNS))
    for scene, grey in conditions():
        found = detector(grey)
        result = score(truth, found)
        precision = result.matched / len(found) if found else 1.0
        rounded = [round(number, 3) for number in (result.f1, precision, result.matched / len(truth), result.overlap)]
        table.add_data(scene, _picture(grey, truth, found), *rounded, len(found), result.missed, result.false)
    metadata = {"method": method, "scenes": len(table.data), "coins": len(truth), "least overlap": 0.5}
    description = f"The {method} threshold on fourteen photographs of 24 coins; every number computed from the boxes"
    artifact = Artifact(DETECTOR, type="evaluation", description=description, metadata=metadata)
    artifact.add(table, "scenes")
    return artifact


def _picture(grey: NDArray[np.uint8], truth: list[list[int]], found: list[Found]) -> dt.Image:
    """Return the picture with the true boxes and those that were found."""
    return dt.Image(
        grey,
        boxes={
            "truth": {"box_data": [_box(box, 1) for box in truth], "class_labels": {1: "coin (truth)"}},
            "found": {
                "box_data": [{**_box(item.box, 2), "scores": {"confidence": item.confidence}} for item in found],
                "class_labels": {2: "coin (found)"},
            },
        },
    )


def _box(corners: Any, class_id: int) -> dict[str, Any]:
    left, top, right, bottom = corners
    position = {"minX": left, "maxX": right, "minY": top, "maxY": bottom}
    return {"position": position, "domain": "pixel", "class_id": class_id}


def comparison(before: Artifact, after: Artifact) -> Artifact:
    """Return the two evaluations joined by the condition; the tables stay where they are and are referred to."""
    artifact = Artifact(COMPARISON, type="comparison", description="Two versions of the detector, scene by scene")
    artifact.metadata = {"left": before.qualified_name, "right": after.qualified_name}
    artifact.add(dt.JoinedTable(before.get("scenes"), after.get("scenes"), KEY), "old-and-new")
    return artifact
