"""Videos of each format, from arrays, files and file objects."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from datatypes.video import Video

INPUTS = Path(__file__).parents[1] / "golden/data/inputs"


def examples():
    clip = np.load(INPUTS / "bunny_tchw_8x3x32x48.npy")
    for kind in ("gif", "mp4", "webm", "ogg"):
        yield kind, Video(clip, format=kind, fps=10, caption=kind)
    yield "exact", Video(clip, exact=True)
    yield "batch", Video(np.load(INPUTS / "bunny_batch_3x4x3x32x48.npy"), fps=2)
    yield "grey", Video(clip[:, :1], format="gif")
    for name in ("bunny_96x54.mp4", "bunny_64x36.webm", "bunny_64x36.ogg", "no_time.gif"):
        yield name, Video(INPUTS / name, caption=name)
    yield "file object", Video(io.BytesIO((INPUTS / "no_time.gif").read_bytes()))
