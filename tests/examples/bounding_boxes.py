"""Sets of boxes."""

from __future__ import annotations

import numpy as np

import datatypes as dt


def examples():
    corners = {"minX": 0, "maxX": 0.5, "minY": 0.25, "maxY": 1}
    yield "corners", dt.BoundingBoxes2D({"box_data": [{"position": corners, "class_id": 3}]}, "b")
    middle = {"middle": np.array([4.5, 2.0]), "width": np.float32(2), "height": 1}
    yield "arrays and scalars", dt.BoundingBoxes2D({"box_data": [{"position": middle, "class_id": np.int64(1)}]}, "b")
    yield "none", dt.BoundingBoxes2D({"box_data": []}, "b")
