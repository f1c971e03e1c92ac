"""A scene: points with labelled boxes and vectors, as of a lidar."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Object3D", "coins-in-boxes"


def log(artifact: Artifact) -> None:
    """Log it."""
    grey = np.asarray(PIL.Image.open(demo_file("coins.png"))).astype(float)[::4, ::4]
    rows, columns = np.mgrid[: grey.shape[0], : grey.shape[1]]
    shade = np.repeat(grey.reshape(-1, 1), 3, axis=1)
    points = np.column_stack([4 * columns.ravel(), -4 * rows.ravel(), grey.ravel() / 8, shade])
    boxes = []
    for number, (left, top, right, bottom) in enumerate(json.loads(demo_file("coins-truth.json").read_text())["boxes"]):
        corners = list(itertools.product((left, right), (-top, -bottom), (0, 32)))
        boxes.append({"corners": corners, "label": f"coin {number + 1}", "color": [230, 159, 0]})
    scene = {"type": "lidar/beta", "points": points, "boxes": np.array(boxes)}
    artifact.add(dt.Object3D(scene, caption="Brightness as height"), "coins-in-boxes")
