"""A pandas frame with its dtypes and index, kept as Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import PIL.Image

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "DataFrame", "heights"


def log(artifact: Artifact) -> None:
    """Log it."""
    metres = np.asarray(PIL.Image.open(demo_file("terrain.png"))).astype("int32")
    degrees_north = np.linspace(36.733, 36.446, metres.shape[0])
    frame = pd.DataFrame(
        {"lowest": metres.min(1), "median": np.median(metres, axis=1), "highest": metres.max(1)},
        index=pd.Index(degrees_north.round(4), name="degrees north"),
    )
    artifact.add(dt.DataFrame(frame), "heights")
