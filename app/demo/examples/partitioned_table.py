"""Tables below one path, read as one: many writers add parts without touching what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo.tiles import PHOTOGRAPHS, cut

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "PartitionedTable", "measures"


def log(artifact: Artifact) -> None:
    """Log it."""
    tiles = cut()
    for name in PHOTOGRAPHS:
        rows = [[name, tile.row, tile.column, *tile.measures()] for tile in tiles if tile.photograph == name]
        columns: list[str | int] = ["photograph", "row", "column", "brightness", "saturation", "warmth", "sharpness"]
        artifact.add(dt.Table(columns=columns, data=rows), f"parts/{name}")
    artifact.add(dt.PartitionedTable("parts"), "measures")
