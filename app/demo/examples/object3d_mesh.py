"""A model in a file: glTF, GLB, OBJ, STL, Babylon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Object3D", "mountains-mesh"


def log(artifact: Artifact) -> None:
    """Log it."""
    artifact.add(dt.Object3D(demo_file("terrain.glb"), caption="The same mountains as a mesh"), "mountains-mesh")
