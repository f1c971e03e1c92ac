"""A column of numbers as a chart of some width shows it: the least and the greatest of each pixel, never a sample."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.runs.columns import Column

__all__ = ["drawn", "summary"]

#: Points a pixel up to which a chart gets every point.
_POINTS_A_PIXEL = 2

#: Steps of numbers that cannot be drawn, which the chart marks one by one.
_MAX_MARKS = 200


def drawn(column: Column, width: int, first: float | None = None, last: float | None = None) -> dict[str, Any]:
    """Reduce a column.

    Parameters
    ----------
    column : Column
        Sorted by step.
    width : int
        Of the chart, pixels.
    first, last : float, optional
        Range of steps, both ends included; the whole unless given.

    Returns
    -------
    dict
        ``n`` points drawn one by one as ``x`` and ``y``; or, where there are more than the chart has room for, of each
        pixel with points in it ``x`` (the mean step), ``low``, ``high`` and ``y`` (the mean). ``of`` points of the
        range, ``undrawn``: how many of them are NaN or infinite, ``marks``: steps of the first of those. NaN is
        null in JSON: there the line has a gap.
    """
    import numpy as np

    steps, values = column.steps, column.values
    start = 0 if first is None else int(np.searchsorted(steps, first, "left"))
    end = len(steps) if last is None else int(np.searchsorted(steps, last, "right"))
    steps, values = steps[start:end], values[start:end]
    finite = np.isfinite(values)
    undrawn = int(len(values) - finite.sum())
    base = {"of": len(steps), "undrawn": undrawn, "marks": steps[~finite][:_MAX_MARKS].tolist()}
    if len(steps) <= width * _POINTS_A_PIXEL:
        return {**base, "n": len(steps), "x": steps.tolist(), "y": _json(np.where(finite, values, np.nan))}
    return {**base, **_binned(steps[finite], values[finite], width)}


def _binned(steps: Any, values: Any, width: int) -> dict[str, Any]:
    """Return least, greatest and mean of the points of each pixel."""
    import numpy as np

    if not len(steps):
        return {"n": 0, "x": [], "y": [], "low": [], "high": []}
    span = float(steps[-1] - steps[0]) or 1.0
    pixel = np.minimum(((steps - steps[0]) * (width / span)).astype(np.int64), width - 1)
    starts = np.flatnonzero(np.diff(pixel, prepend=-1))
    counts = np.diff(starts, append=len(steps))
    means = np.add.reduceat(values, starts) / counts
    return {
        "n": len(starts),
        "x": (np.add.reduceat(steps.astype(np.float64), starts) / counts).tolist(),
        "y": means.tolist(),
        "low": np.minimum.reduceat(values, starts).tolist(),
        "high": np.maximum.reduceat(values, starts).tolist(),
    }


def _json(values: Any) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def summary(column: Column) -> dict[str, Any]:
    """Return what is said of a column beside its chart: how many, the last, the least, the greatest."""
    import numpy as np

    finite = column.values[np.isfinite(column.values)]
    last = float(column.values[-1]) if len(column.values) else None
    return {
        "count": len(column.values),
        "first": int(column.steps[0]) if len(column.steps) else 0,
        "end": int(column.steps[-1]) if len(column.steps) else 0,
        "last": last if last is None or np.isfinite(last) else str(last),
        "least": float(finite.min()) if len(finite) else None,
        "most": float(finite.max()) if len(finite) else None,
    }
