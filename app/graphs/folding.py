"""Deep networks in columns: a drawing that is a thread when it is fitted is cut across and its pieces set side by side.

Within a column every edge still leads down. An edge that is cut goes on at the top of the next column.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from app.graphs.layered import GAP_Y, Layout, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GUTTER", "STAGE", "folded"]

#: Space between columns; the cut edges lead up in it.
GUTTER = 90.0

#: Width by height of the stage in a window of 1280 by 800.
STAGE = 1.1

_MAX_COLUMNS = 12

#: A fold must make everything so much larger; else the plain drawing is easier to follow.
_WORTH = 1.5

#: Share of a column's height within which the cut looks for a place where few edges cross.
_SLACK = 0.35


def folded(
    layout: Layout, widths: Sequence[float], height: float, *, stage: float = STAGE
) -> tuple[Layout, list[tuple[float, float]]]:
    """Return the drawing in columns, and the left and right end of each; unchanged and without any if not worth it.

    Parameters
    ----------
    layout : Layout
        Of one or several parts.
    widths : sequence of float
        Of the boxes.
    height : float
        Of all boxes.
    stage : float, optional
        Width by height of what it is fitted into.
    """
    levels = sorted(set(layout.y))
    plain = _scale(layout.width, layout.height, stage)
    if len(levels) < 4 or layout.height < 2 * layout.width / stage:
        return layout, []
    crossing = _crossing(layout, levels)
    extents = _extents(layout, levels, widths)
    best: tuple[float, list[int]] = (plain * _WORTH, [])
    for columns in range(2, min(_MAX_COLUMNS, len(levels) // 2) + 1):
        cuts = _cuts(len(levels), columns, crossing)
        bands = _bands(extents, levels, cuts, height)
        width = sum(right - left for left, right, _, _ in bands) + GUTTER * (len(bands) - 1)
        scale = _scale(width, max(bottom - top for _, _, top, bottom in bands), stage)
        if scale > best[0]:
            best = (scale, cuts)
    return _set_side_by_side(layout, _bands(extents, levels, best[1], height)) if best[1] else (layout, [])


def _scale(width: float, height: float, stage: float) -> float:
    return min(stage / max(width, 1.0), 1 / max(height, 1.0))


def _crossing(layout: Layout, levels: list[float]) -> list[int]:
    """Return how many edges lead past the gap after each level."""
    found = [0] * len(levels)
    for way in layout.ways:
        first, last = sorted((layout.y[way.start], layout.y[way.end]))
        for at in range(bisect_right(levels, first) - 1, bisect_right(levels, last) - 1):
            found[at] += 1
    return found


def _cuts(levels: int, columns: int, crossing: list[int]) -> list[int]:
    """Return the levels at which the columns after the first begin: near equal parts, where few edges cross."""
    cuts: list[int] = []
    for number in range(1, columns):
        ideal = round(number * levels / columns)
        slack = max(1, int(levels / columns * _SLACK))
        low = max((cuts[-1] if cuts else 0) + 1, ideal - slack)
        choices = range(low, min(levels - 1, ideal + slack) + 1)
        if choices:
            cuts.append(min(choices, key=lambda at: (crossing[at - 1], abs(at - ideal))))
    return cuts


def _extents(layout: Layout, levels: list[float], widths: Sequence[float]) -> list[tuple[float, float]]:
    """Return the left and right end of what stands at each level, bends of edges included."""
    at_level = {y: at for at, y in enumerate(levels)}
    left, right = [float("inf")] * len(levels), [float("-inf")] * len(levels)
    for x, y, width in zip(layout.x, layout.y, widths, strict=True):
        at = at_level[y]
        left[at], right[at] = min(left[at], x - width / 2), max(right[at], x + width / 2)
    for way in layout.ways:
        for x, y in way.points[1:-1]:
            at = at_level[y]
            left[at], right[at] = min(left[at], x), max(right[at], x)
    return list(zip(left, right, strict=True))


def _bands(
    extents: list[tuple[float, float]], levels: list[float], cuts: list[int], height: float
) -> list[tuple[float, float, float, float]]:
    """Return left, right, top and bottom of each piece."""
    bands = []
    for start, end in zip([0, *cuts], [*cuts, len(levels)], strict=True):
        left, right = min(x for x, _ in extents[start:end]), max(x for _, x in extents[start:end])
        bands.append((left, right, levels[start] - height / 2, levels[end - 1] + height / 2))
    return bands


def _set_side_by_side(
    layout: Layout, bands: list[tuple[float, float, float, float]]
) -> tuple[Layout, list[tuple[float, float]]]:
    """Move each piece beside the one before; all begin at the top."""
    tops = [top for _, _, top, _ in bands]
    shifts, columns, at = [], [], 0.0
    for left, right, top, _ in bands:
        shifts.append((at - left, -top))
        columns.append((at, at + right - left))
        at += right - left + GUTTER

    def moved(x: float, y: float) -> tuple[float, float]:
        dx, dy = shifts[max(0, bisect_right(tops, y) - 1)]
        return x + dx, y + dy

    places = [moved(x, y) for x, y in zip(layout.x, layout.y, strict=True)]
    ways = [
        Way(way.start, way.end, [moved(x, y) for x, y in way.points], way.turned, way.straight) for way in layout.ways
    ]
    tallest = max(bottom - top for _, _, top, bottom in bands)
    found = replace(
        layout,
        x=[x for x, _ in places],
        y=[y for _, y in places],
        ways=ways,
        width=columns[-1][1],
        height=tallest + GAP_Y / 2,
    )
    return found, columns
