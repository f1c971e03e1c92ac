"""Rows in typed columns; a cell may be a picture, a sound, any value. Millions are paged, sorted and filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo.tiles import cut

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Table", "tiles"


def log(artifact: Artifact) -> None:
    """Log it."""
    table = dt.Table(columns=["tile", "photograph", "brightness", "saturation", "warmth", "sharpness"])
    for tile in cut()[::23]:
        table.add_data(dt.Image(tile.picture), tile.photograph, *tile.measures())
    artifact.add(table, "tiles")
