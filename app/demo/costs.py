"""What storing costs, measured while it is done: values that 8 or 16 bits cannot hold, kept, rounded, or encoded."""

from __future__ import annotations

import numpy as np

import datatypes as dt
from app.demo.land import heights
from app.demo.strings import plucked
from app.demo.tiles import photograph
from storage import Artifact

__all__ = ["costs"]


def costs() -> Artifact:
    """Return an artifact with values of every verdict: lossless, bounded, lossy."""
    metres = heights()[:256, :256]
    south, east = np.gradient(metres)
    slope = np.hypot(south, east).astype(np.float32)
    slope /= slope.max()
    artifact = Artifact("what-storing-costs", type="dataset", description="The same data, kept, rounded and encoded")
    whole, rounded = "16 bits a pixel, stored whole", "floats, scaled to 8 bits and rounded"
    artifact.add(dt.Image(metres.astype(np.uint16), caption=f"Heights in metres: {whole}"), "heights-16-bit")
    artifact.add(dt.Image(slope, caption=f"Slope: {rounded}"), "slope-8-bit")
    artifact.add(dt.Image(slope[::2, ::2], caption="Slope: floats, kept beside the picture", exact=True), "slope-exact")
    bands = (metres // 2).astype(np.int64)[:200, :200]
    names = {int(number): f"{2 * number} m" for number in np.unique(bands)}
    masks = {"height": {"mask_data": bands, "class_labels": names}}
    pixels = np.round(255 * slope[:200, :200]).astype(np.uint8)
    artifact.add(dt.Image(pixels, masks=masks, caption="A mask with ids beyond 255"), "many-ids")
    artifact.add(dt.Audio(plucked(57, 1.0, 16_000), 16_000, caption="A string, floats as 16 bits"), "string-16-bit")
    frames = np.stack([photograph("coffee")[8 * i : 8 * i + 120, 120:280] for i in range(12)]).transpose(0, 3, 1, 2)
    artifact.add(dt.Video(frames, fps=6, format="gif", caption="GIF has 256 colours a frame"), "pan-gif")
    return artifact
