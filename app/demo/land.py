"""The elevation model of the demo: heights, and the colours of the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from app.demo import demo_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ground_colours", "heights"]

#: Metres between two rows of the model.
_METRES_A_PIXEL = 92.5

#: Colours of the lowest and the highest ground.
_LOW, _HIGH = np.array([86, 118, 74]), np.array([226, 208, 176])


def heights() -> NDArray[np.float64]:
    """Return heights in metres, shape (344, 403), north at the top."""
    with PIL.Image.open(demo_file("terrain.png")) as picture:
        return np.asarray(picture).astype(np.float64)


def ground_colours(metres: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the colour of each point by height and light from the north-west, shape (height, width, 3)."""
    share = ((metres - metres.min()) / np.ptp(metres))[..., None]
    south, east = np.gradient(metres / _METRES_A_PIXEL)
    light = np.clip(0.75 - 0.8 * (east + south) / np.sqrt(1 + east**2 + south**2), 0.25, 1.2)[..., None]
    ground = (1 - share) * _LOW + share * _HIGH
    lit: NDArray[np.uint8] = np.clip(ground * light, 0, 255).astype(np.uint8)
    return lit
