"""Boxes on a picture, in pixels or shares of it, with classes and scores; several named sets side by side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image

import datatypes as dt
from app.demo import demo_file
from app.demo.story import global_threshold

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "BoundingBoxes2D", "coins-found"


def log(artifact: Artifact) -> None:
    """Log it."""
    coins = np.asarray(PIL.Image.open(demo_file("coins.png")))
    truth = json.loads(demo_file("coins-truth.json").read_text())["boxes"]

    def box(corners: Any, class_id: int, **scores: float) -> dict[str, Any]:
        left, top, right, bottom = corners
        position = {"minX": left, "maxX": right, "minY": top, "maxY": bottom}
        return {"position": position, "domain": "pixel", "class_id": class_id, "scores": scores}

    true = [box(corners, 1) for corners in truth]
    found = [box(item.box, 2, confidence=item.confidence) for item in global_threshold(coins)]
    labels = {1: "coin (truth)", 2: "coin (found)"}
    boxes = {
        "truth": {"box_data": true, "class_labels": labels},
        "found": {"box_data": found, "class_labels": labels},
    }
    artifact.add(dt.Image(coins, boxes=boxes, caption="Ancient coins, and what one threshold finds"), "coins-found")
