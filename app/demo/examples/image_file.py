"""A picture from an array, a file or Pillow, with its caption. 8 and 16 bits a channel are kept as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Image", "astronaut"


def log(artifact: Artifact) -> None:
    """Log it."""
    artifact.add(dt.Image(demo_file("astronaut.jpg"), caption="Eileen Collins, astronaut (NASA)"), "astronaut")
