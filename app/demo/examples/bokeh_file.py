"""A document of Bokeh, from a figure or a file. It runs in a frame of its own, its scripts off at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Bokeh", "elevation"


def log(artifact: Artifact) -> None:
    """Log it."""
    artifact.add(dt.Bokeh(demo_file("elevation.bokeh.json")), "elevation")
