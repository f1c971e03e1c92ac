"""A cloud of points: x, y, z, and a category or a colour of each. Two million are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import datatypes as dt
from app.demo.land import ground_colours, heights

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Object3D", "mountains"


def log(artifact: Artifact) -> None:
    """Log it."""
    metres = heights()[::3, ::3]
    rows, columns = np.mgrid[: metres.shape[0], : metres.shape[1]]
    kilometres = np.column_stack([columns.ravel() * 0.22, -rows.ravel() * 0.28, metres.ravel() / 250])
    points = np.column_stack([kilometres, ground_colours(metres).reshape(-1, 3)])
    artifact.add(dt.Object3D(points.round(3), caption="Jacksboro fault, Tennessee; heights × 4"), "mountains")
