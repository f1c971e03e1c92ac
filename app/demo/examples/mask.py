"""Class ids of each pixel, laid over the picture; ids beyond 255 are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "ImageMask", "coins-by-size"


def log(artifact: Artifact) -> None:
    """Log it."""
    coin_of_pixel = np.asarray(PIL.Image.open(demo_file("coins-truth.png")))  # 0 beside the coins, else 1 to 24
    area = np.bincount(coin_of_pixel.ravel())  # in pixels
    size = np.where(area < 1300, 1, np.where(area < 1800, 2, 3))
    size[0] = 0
    labels = {0: "background", 1: "small", 2: "middling", 3: "large"}
    masks = {"size": {"mask_data": size[coin_of_pixel], "class_labels": labels}}
    artifact.add(dt.Image(demo_file("coins.png"), masks=masks, caption="Coins by their area"), "coins-by-size")
