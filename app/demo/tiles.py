"""A table of a few thousand pictures: tiles cut from the photographs, with what can be measured on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import PIL.Image

import datatypes as dt
from app.demo import demo_file
from storage import Artifact

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PHOTOGRAPHS", "Tile", "cut", "photograph", "tiles"]

#: Photograph → what it shows.
PHOTOGRAPHS = {
    "astronaut": "Eileen Collins, astronaut (NASA)",
    "cat": "Chelsea the cat",
    "coffee": "A cup of coffee",
    "deep-field": "Hubble eXtreme Deep Field (NASA, ESA)",
    "retina": "A healthy retina",
    "rocket": "A rocket leaves for space (SpaceX)",
    "tissue": "Tissue of the colon, stained",
}

SIDE = 32


class Tile(NamedTuple):
    """One tile and its measures."""

    photograph: str
    row: int
    column: int
    pixels: NDArray[np.uint8]

    @property
    def picture(self) -> PIL.Image.Image:
        """The tile for `Image`: an array of nothing above 1 would be taken for shares of white, as W&B does."""
        return PIL.Image.fromarray(self.pixels)

    def measures(self) -> list[float]:
        """Return brightness, saturation and hue warmth (means in [0, 255]) and sharpness (grey levels a pixel)."""
        values = self.pixels.astype(np.float64)
        grey = values.mean(2)
        slope = np.hypot(*np.gradient(grey)).mean()
        saturation = (values.max(2) - values.min(2)).mean()
        warmth = (values[..., 0] - values[..., 2]).mean()
        return [round(float(number), 2) for number in (grey.mean(), saturation, warmth, slope)]


def photograph(name: str) -> NDArray[np.uint8]:
    """Return a photograph of the demo, shape (height, width, 3)."""
    with PIL.Image.open(demo_file(f"{name}.jpg")) as picture:
        return np.asarray(picture.convert("RGB"))


def cut() -> list[Tile]:
    """Cut every photograph into tiles; what is left at the edges is left out."""
    found = []
    for name in PHOTOGRAPHS:
        pixels = photograph(name)
        for row in range(pixels.shape[0] // SIDE):
            for column in range(pixels.shape[1] // SIDE):
                top, left = row * SIDE, column * SIDE
                found.append(Tile(name, row, column, pixels[top : top + SIDE, left : left + SIDE]))
    return found


def tiles(cuttings: list[Tile]) -> Artifact:
    """Return the tiles as a table of an artifact."""
    artifact = Artifact("tiles", type="dataset", description="Seven photographs, cut into tiles of 32×32 pixels")
    artifact.metadata = {"tile": [SIDE, SIDE], "photographs": list(PHOTOGRAPHS)}
    columns: list[str | int] = [
        "tile",
        "photograph",
        "row",
        "column",
        "brightness",
        "saturation",
        "warmth",
        "sharpness",
    ]
    rows = [[dt.Image(tile.picture), *tile[:3], *tile.measures()] for tile in cuttings]
    artifact.add(dt.Table(columns=columns, data=rows), "tiles")
    return artifact
