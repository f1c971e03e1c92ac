"""A small picture of curves and points: what stands for a plot on cards and in cells."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.renderers.bokeh_outline import Curve

__all__ = ["curve_card"]

_WIDTH, _HEIGHT, _EDGE, _SCALE = 320, 200, 14, 2

#: Points of a curve that are drawn: more than there are pixels show nothing more.
_MOST = 2_000


def curve_card(curves: Sequence[Curve]) -> bytes:
    """Draw curves on one pair of axes.

    Parameters
    ----------
    curves : sequence of Curve
        Places that are not finite are left out.

    Returns
    -------
    bytes
        WebP, 320×200 pixels, transparent.
    """
    import numpy as np
    import PIL.Image
    import PIL.ImageDraw

    from app.palette import COLOURS

    picture = PIL.Image.new("RGBA", (_WIDTH * _SCALE, _HEIGHT * _SCALE))
    pen = PIL.ImageDraw.Draw(picture)
    edge, size = _EDGE * _SCALE, np.array([_WIDTH, _HEIGHT]) * _SCALE
    points = [np.column_stack([curve.x, curve.y])[:: len(curve.x) // _MOST + 1] for curve in curves]
    points = [found[np.isfinite(found).all(axis=1)] for found in points]
    whole = np.vstack(points)
    corners = (edge, edge, size[0] - edge, size[1] - edge)
    pen.line([corners[:2], (edge, corners[3]), corners[2:]], (130, 140, 150, 255), _SCALE)
    if len(whole):
        low, high = whole.min(axis=0), whole.max(axis=0)
        ratio = (size - 4 * edge / 2 - edge) / np.where(high > low, high - low, 1)
        for number, (curve, found) in enumerate(zip(curves, points, strict=True)):
            placed = (found - low) * ratio + 1.5 * edge
            placed[:, 1] = size[1] - placed[:, 1]
            colour = COLOURS[1 + number % (len(COLOURS) - 1)]  # not the first: black, unseen on dark
            if curve.joined and len(placed) > 1:
                pen.line([tuple(place) for place in placed.tolist()], colour, 2 * _SCALE, joint="curve")
                continue
            for x, y in placed.tolist():
                pen.ellipse((x - 5, y - 5, x + 5, y + 5), colour)
    buffer = io.BytesIO()
    picture.resize((_WIDTH, _HEIGHT), PIL.Image.Resampling.LANCZOS).save(buffer, "WEBP", quality=85, method=2)
    return buffer.getvalue()
