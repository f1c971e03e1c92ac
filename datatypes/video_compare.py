"""How far two videos are apart, frame by frame."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from datatypes.video_array import ErrorMeter

if TYPE_CHECKING:
    from datatypes.video import Video

__all__ = ["compare"]


def compare(left: Video, right: Video) -> dict[str, Any]:
    """Measure how far two videos are apart; see `Video.difference`."""
    import numpy as np

    pairs: dict[str, tuple[Any, Any]] = {"caption": (left.caption, right.caption)}
    pairs |= {"fps": (left.info.rate, right.info.rate), "n_frames": (left.n_frames, right.n_frames)}
    found: dict[str, Any] = {"fields": sorted(name for name, (one, two) in pairs.items() if one != two)}
    size = left.width * left.height
    if (left.width, left.height) != (right.width, right.height):
        shapes = [[item.width, item.height] for item in (left, right)]
        return {**found, "changed_frames": max(left.n_frames, right.n_frames), "shapes": shapes}
    meter, changed_frames, changed_pixels = ErrorMeter(), 0, 0
    for mine, its in itertools.zip_longest(left.frames(), right.frames()):
        if mine is None or its is None:
            changed_frames, changed_pixels = changed_frames + 1, changed_pixels + size
            continue
        unequal = int(np.count_nonzero((mine != its).any(axis=2)))
        changed_frames, changed_pixels = changed_frames + bool(unequal), changed_pixels + unequal
        meter.add(mine, its)
    rmse = meter.measures()["rmse"]
    found |= {"max_abs": meter.peak, "psnr_db": 20 * math.log10(255 / rmse) if rmse else math.inf}
    return {**found, "changed_frames": changed_frames, "changed_pixels": changed_pixels}
