"""The picture that explains a number: where two values differ, as WebP on a transparent ground.

Colours are seen on light and on dark: grey for what is the same, vermilion for what was removed or differs, green for
what was added, sky blue for the old.
"""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import PIL.Image
    from numpy.typing import NDArray

__all__ = ["difference_picture", "has_picture", "series_picture"]

#: Longest side in pixels.
SIDE = 640

_WIDE = (960, 270)
_OLD, _NEW, _GONE = (86, 180, 233), (0, 158, 115), (213, 94, 0)
_SAME = (128, 128, 128, 150)

#: Points that a picture of a cloud shows; those that differ are always drawn.
_POINTS = 40_000


def has_picture(value: Any) -> bool:
    """Whether values of this type have a picture of their difference."""
    return getattr(value, "artifact_type", None) in _RULES


def difference_picture(left: Any, right: Any) -> bytes:
    """Return where two values differ.

    Raises
    ------
    ValueError
        If there is no such picture: of types without one, of pictures of different sizes.
    """
    rule = _RULES.get(getattr(left, "artifact_type", None) or "")
    if rule is None or type(left) is not type(right):
        raise ValueError("There is no picture of this difference. Look at both.")
    buffer = io.BytesIO()
    rule(left, right).save(buffer, "WEBP", lossless=True, quality=40, method=2)
    return buffer.getvalue()


def _image(left: Any, right: Any) -> PIL.Image.Image:
    """Draw how far pixels are apart, and which pixels of masks changed."""
    import numpy as np

    from datatypes.array_difference import distances

    mine, its = left.to_numpy(), right.to_numpy()
    if mine.shape[:2] != its.shape[:2]:
        raise ValueError("The two are of different sizes. Look at both.")
    if mine.shape == its.shape:
        found = distances(mine, its)
        error = found.max(axis=2) if found.ndim == 3 else found
    else:
        error = np.ones(mine.shape[:2])
    for key in left.masks.keys() & right.masks.keys():
        one, other = left.masks[key].to_numpy(), right.masks[key].to_numpy()
        if one.shape[:2] == error.shape and one.shape == other.shape and not error.any():
            error = (one != other).astype(float)
    return _heat(error)


def _heat(error: NDArray[Any]) -> PIL.Image.Image:
    """Draw errors from faint to strong; of several pixels in one the largest counts, so that a single one is seen."""
    import numpy as np
    import PIL.Image

    height, width = error.shape
    step = max(1, -(-max(height, width) // SIDE))
    padded = np.zeros((-(-height // step) * step, -(-width // step) * step))
    padded[:height, :width] = np.where(np.isfinite(error), error, np.inf)
    blocks = padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step).max(axis=(1, 3))
    finite = blocks[np.isfinite(blocks)]
    top = float(finite.max()) if finite.size else 0.0
    share = np.minimum(blocks / top, 1.0) if top else np.where(blocks > 0, 1.0, 0.0)
    pixels = np.zeros((*blocks.shape, 4), np.uint8)
    pixels[:, :, :3] = _GONE
    pixels[:, :, 3] = np.where(share > 0, 80 + np.rint(175 * np.sqrt(share)), 0)
    pixels[share == 0] = (128, 128, 128, 28)
    return PIL.Image.fromarray(pixels, "RGBA")


def _audio(left: Any, right: Any) -> PIL.Image.Image:
    """Draw old, new and residual as envelopes, one below the other, all in one scale."""
    import numpy as np
    import PIL.Image
    import PIL.ImageDraw

    sounds = [np.nan_to_num(item.to_numpy()[0]).astype(float) for item in (left, right)]
    mono = [sound if sound.ndim == 1 else sound.mean(axis=1) for sound in sounds]
    frames = max(map(len, mono), default=0)
    both = [np.pad(sound, (0, frames - len(sound))) for sound in mono]
    top = max((float(np.abs(sound).max(initial=0.0)) for sound in both), default=0.0) or 1.0
    picture = PIL.Image.new("RGBA", _WIDE)
    pen = PIL.ImageDraw.Draw(picture)
    band = _WIDE[1] // 3
    for row, (sound, colour) in enumerate(zip([*both, both[1] - both[0]], (_OLD, _NEW, _GONE), strict=True)):
        middle = row * band + band / 2
        for column, (low, high) in enumerate(_envelope(sound, _WIDE[0])):
            reach = (band / 2 - 2) / top
            pen.line((column, middle - high * reach, column, middle - low * reach + 0.5), fill=colour, width=1)
    return picture


def _envelope(sound: NDArray[Any], columns: int) -> list[tuple[float, float]]:
    import numpy as np

    if not len(sound):
        return []
    edges = np.linspace(0, len(sound), min(columns, len(sound)) + 1).astype(int)
    spread = columns / (len(edges) - 1)
    found = [(float(sound[a:b].min()), float(sound[a:b].max())) for a, b in itertools.pairwise(edges)]
    return [found[min(int(column / spread), len(found) - 1)] for column in range(columns)]


def _histogram(left: Any, right: Any) -> PIL.Image.Image:
    """Draw both over each other, as shares of their totals over one axis."""
    import numpy as np
    import PIL.Image
    import PIL.ImageDraw

    shares = []
    for item in (left, right):
        counts, edges = np.asarray(item.histogram, float), np.asarray(item.bins, float)
        with np.errstate(divide="ignore", invalid="ignore"):
            density = np.nan_to_num(counts / (np.nansum(counts) or 1.0) / np.diff(edges), posinf=0.0, neginf=0.0)
        shares.append((edges, density))
    low, high = min(edges[0] for edges, _ in shares), max(edges[-1] for edges, _ in shares)
    top = max((float(density.max(initial=0.0)) for _, density in shares), default=0.0)
    if not (top > 0 and np.isfinite([low, high]).all() and high > low):
        raise ValueError("The two have nothing that could be drawn.")
    picture = PIL.Image.new("RGBA", _WIDE)
    for (edges, density), colour in zip(shares, (_OLD, _GONE), strict=True):
        layer = PIL.Image.new("RGBA", _WIDE)
        pen = PIL.ImageDraw.Draw(layer)
        for left_edge, right_edge, height in zip(edges, edges[1:], density, strict=False):
            a, b = ((edge - low) / (high - low) * (_WIDE[0] - 1) for edge in (left_edge, right_edge))
            roof = _WIDE[1] - 1 - height / top * (_WIDE[1] - 8)
            pen.rectangle((a, roof, max(b - 1, a), _WIDE[1]), fill=(*colour, 110), outline=(*colour, 230))
        picture.alpha_composite(layer)
    return picture


def _object3d(left: Any, right: Any) -> PIL.Image.Image:
    """Draw the points from a corner: grey what is the same, in colours what moved, was added or was removed."""
    import numpy as np
    import PIL.Image

    from datatypes.point_matching import pair_rows

    mine, its = (np.ascontiguousarray(item.to_numpy(), np.float64)[:, :3].copy() + 0.0 for item in (left, right))
    partner = pair_rows(mine, its)
    matched = np.flatnonzero(partner >= 0)
    moved = (mine[matched] != its[partner[matched]]).any(axis=1)
    fresh = np.ones(len(its), bool)
    fresh[partner[matched]] = False
    same = matched[~moved]
    same = same[:: max(1, len(same) // _POINTS)]
    groups = [
        (mine[same], _SAME, 0),
        (mine[partner < 0], (*_GONE, 255), 1),
        (its[partner[matched[moved]]], (204, 121, 167, 255), 1),
        (its[fresh], (*_NEW, 255), 1),
    ]
    pixels = np.zeros((360, SIDE, 4), np.uint8)
    flat = [_from_a_corner(places[np.isfinite(places).all(axis=1)]) for places, _, _ in groups]
    every = np.vstack(flat)
    if not len(every):
        raise ValueError("The two have no point that could be drawn.")
    low, high = every.min(axis=0), every.max(axis=0)
    scale = min((SIDE - 12) / max(high[0] - low[0], 1e-12), 348 / max(high[1] - low[1], 1e-12))
    shift = np.array([SIDE, 360]) / 2 - (low + high) / 2 * scale
    for places, (_, colour, radius) in zip(flat, groups, strict=True):
        at = np.rint(places * scale + shift).astype(int)
        for dx in range(-radius, radius + 1):
            for dy in range(-radius, radius + 1):
                x, y = np.clip(at[:, 0] + dx, 0, SIDE - 1), np.clip(at[:, 1] + dy, 0, 359)
                pixels[y, x] = colour
    return PIL.Image.fromarray(pixels, "RGBA")


def _from_a_corner(places: NDArray[Any]) -> NDArray[Any]:
    """Return where points are seen from a corner, x to the right and y down; z is up."""
    import numpy as np

    x, y, z = places.T if len(places) else np.zeros((3, 0))
    return np.stack([(x - y) * 0.866, (x + y) * 0.5 - z], axis=1)


def _video(left: Any, right: Any) -> PIL.Image.Image:
    """Draw the largest error of each pixel over all frames."""
    import numpy as np

    from datatypes.array_difference import distances

    if (left.width, left.height) != (right.width, right.height):
        raise ValueError("The two are of different sizes. Look at both.")
    worst = np.zeros((left.height, left.width))
    for mine, its in zip(left.frames(), right.frames(), strict=False):
        np.maximum(worst, distances(mine, its).max(axis=2), out=worst)
    return _heat(worst)


def _mask(left: Any, right: Any) -> PIL.Image.Image:
    mine, its = left.to_numpy(), right.to_numpy()
    if mine.shape != its.shape:
        raise ValueError("The two are of different sizes. Look at both.")
    return _heat((mine != its).astype(float))


_RULES: dict[str, Callable[[Any, Any], PIL.Image.Image]] = {
    "audio-file": _audio,
    "histogram": _histogram,
    "image-file": _image,
    "mask": _mask,
    "object3D-file": _object3d,
    "video-file": _video,
}


def series_picture(left: dict[int, float], right: dict[int, float]) -> bytes:
    """Return two series of numbers over their steps as lines, the old one below the new.

    Raises
    ------
    ValueError
        If there is no finite number.
    """
    import math

    import PIL.Image
    import PIL.ImageDraw

    both = [sorted((step, value) for step, value in side.items() if math.isfinite(value)) for side in (left, right)]
    points = [point for side in both for point in side]
    if not points:
        raise ValueError("There is no number that could be drawn.")
    steps, values = [step for step, _ in points], [value for _, value in points]
    width, height = max(steps) - min(steps) or 1, max(values) - min(values) or 1.0
    picture = PIL.Image.new("RGBA", _WIDE)
    pen = PIL.ImageDraw.Draw(picture)
    for side, colour in zip(both, (_OLD, _GONE), strict=True):
        places = [
            (
                4 + (step - min(steps)) / width * (_WIDE[0] - 8),
                _WIDE[1] - 6 - (value - min(values)) / height * (_WIDE[1] - 12),
            )
            for step, value in side
        ]
        if len(places) > 1:
            pen.line(places, fill=colour, width=3, joint="curve")
        elif places:
            x, y = places[0]
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=colour)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=True, quality=40, method=2)
    return buffer.getvalue()
