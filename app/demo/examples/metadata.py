"""Any JSON, kept as a file beside the value that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo.tiles import PHOTOGRAPHS, photograph

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "JSONMetadata", "about-the-photographs"


def log(artifact: Artifact) -> None:
    """Log it."""
    about = {name: {"text": text, "pixels": photograph(name).shape[:2]} for name, text in PHOTOGRAPHS.items()}
    artifact.add(dt.JSONMetadata(about), "about-the-photographs")
