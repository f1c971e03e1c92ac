"""Counts of values in bins, from the values or from counts and edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import datatypes as dt
from app.demo.land import heights

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Histogram", "heights-histogram"


def log(artifact: Artifact) -> None:
    """Log it."""
    metres = heights()
    artifact.add(dt.Histogram(np_histogram=np.histogram(metres, bins=64)), "heights-histogram")
