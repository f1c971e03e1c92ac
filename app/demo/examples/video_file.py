"""Moving pictures: a file as it is, or frames of an array that are encoded; GIF, MP4, WebM, OGG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Video", "a-day"


def log(artifact: Artifact) -> None:
    """Log it."""
    artifact.add(dt.Video(demo_file("day.webm"), caption="One day of sunlight on the Jacksboro fault"), "a-day")
