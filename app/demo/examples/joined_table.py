"""Two tables joined by a key: what one has and the other lacks is counted, equal keys stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo.tiles import cut

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "JoinedTable", "sharp-and-warm"


def log(artifact: Artifact) -> None:
    """Log it."""
    tiles = [(f"{tile.row}-{tile.column}", tile, tile.measures()) for tile in cut() if tile.photograph == "cat"]
    sharp = [[key, dt.Image(tile.picture), m[3]] for key, tile, m in tiles if m[3] > 6]
    warm = [[key, dt.Image(tile.picture), m[2]] for key, tile, m in tiles if m[2] > 45]
    left = dt.Table(columns=["place", "tile", "sharpness"], data=sharp)
    right = dt.Table(columns=["place", "tile", "warmth"], data=warm)
    artifact.add(left, "sharp-tiles")
    artifact.add(right, "warm-tiles")
    artifact.add(dt.JoinedTable(left, right, "place"), "sharp-and-warm")
