"""Points of each width, scenes, and models of each format."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from datatypes.object3d import Object3D

INPUTS = Path(__file__).parents[1] / "golden/data/inputs"


def examples():
    random = np.random.default_rng(0)
    for width in (3, 4, 6):
        yield f"float64, {width} columns", Object3D(random.normal(size=(50, width)), caption=str(width))
    yield "float32", Object3D(random.normal(size=(9, 3)).astype(np.float32))
    yield "int64", Object3D(np.array([[1, 2, 2**60 + 1]]))
    yield "not finite", Object3D(np.array([[np.nan, np.inf, -np.inf], [0.0, -0.0, 1e-300]]))
    yield "none", Object3D(np.zeros((0, 3)))
    box = {"corners": random.normal(size=(8, 3)), "label": "ä", "color": [1, 2, 3], "score": np.float32(0.5)}
    vector = {"start": [0, 0, 0], "end": np.array([1.5, 0, 0])}
    yield "scene", Object3D({"type": "lidar/beta", "points": random.normal(size=(5, 6)), "boxes": np.array([box])})
    yield "parts", Object3D.from_point_cloud([[0, 0, 0, 1]], [box], [vector], caption="parts")
    for name in ("box.glb", "box.gltf", "box.obj", "sphere.stl", "triangle.babylon", "airplane_small.pts.json"):
        yield name, Object3D(INPUTS / name, caption=name)
    yield "file object", Object3D(io.StringIO("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), file_type="obj")
