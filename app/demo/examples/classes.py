"""Names of class ids, kept once and shared by the pictures of an artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo.tiles import PHOTOGRAPHS

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Classes", "photographs"


def log(artifact: Artifact) -> None:
    """Log it."""
    names = [{"id": number, "name": name} for number, name in enumerate(PHOTOGRAPHS, 1)]
    artifact.add(dt.Classes(names), "photographs")
