"""A small picture of a figure for cards and cells: points, lines, bars and heat maps, without axes and words."""

from __future__ import annotations

import io
import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["figure_picture"]

_SIZE = (320, 200)
_MARGIN = 10

#: Drawn so many times larger, then made smaller: smooth lines.
_FINE = 2

#: Plotly's own colours of traces, which are seen on light and on dark. Source: plotly.js, MIT.
_COLOURS = (
    "#636efa", "#ef553b", "#00cc96", "#ab63fa", "#ffa15a", "#19d3f3", "#ff6692", "#b6e880", "#ff97ff", "#fecb52",
)  # fmt: skip

#: Kinds that can be drawn so, and most points of one.
_LINES = ("scatter", "scattergl")
_MAX_POINTS = 5000

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def figure_picture(traces: list[dict[str, Any]]) -> bytes:
    """Return a picture of the traces as WebP, transparent, at most 320×200.

    Raises
    ------
    ValueError
        If there is no trace of a kind that this can draw.
    """
    import PIL.Image
    import PIL.ImageDraw

    heat = next((trace for trace in traces if trace.get("type") in ("heatmap", "surface", "contour")), None)
    size = (_SIZE[0] * _FINE, _SIZE[1] * _FINE)
    picture = PIL.Image.new("RGBA", size, (128, 136, 146, 0))
    if heat is not None:
        tile = _heat_map(heat.get("z"))
        picture.paste(tile.resize((size[0] - 40, size[1] - 40), PIL.Image.Resampling.NEAREST), (20, 20))
    else:
        _draw_series(PIL.ImageDraw.Draw(picture), traces, size)
    shown = picture.resize(_SIZE, PIL.Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    shown.save(buffer, "WEBP", quality=85, method=2)
    return buffer.getvalue()


def _draw_series(pen: Any, traces: list[dict[str, Any]], size: tuple[int, int]) -> None:
    series = []
    for number, trace in enumerate(traces):
        kind = trace.get("type", "scatter")
        points = _points(trace) if kind in (*_LINES, "bar") else []
        if points:
            series.append((kind, str(trace.get("mode", "")), points, _colour(trace, number)))
    if not series:
        raise ValueError("the figure has no trace of points, lines, bars or a heat map. Open its page.")
    xs = [x for _, _, points, _ in series for x, _ in points]
    ys = [y for _, _, points, _ in series for _, y in points]
    if any(kind == "bar" for kind, *_ in series):
        ys.append(0.0)
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    margin = _MARGIN * _FINE
    bars = max((len(points) for kind, _, points, _ in series if kind == "bar"), default=0)
    inset = margin + (size[0] / bars / 2 if bars else 0)

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - left) / (right - left) if right > left else 0.5
        up = (y - low) / (high - low) if high > low else 0.5
        return inset + across * (size[0] - 2 * inset), size[1] - margin - up * (size[1] - 2 * margin)

    half = max(1.0, (size[0] - 2 * margin) / max(bars, 1) * 0.38)
    for kind, mode, points, colour in series:
        if kind == "bar":
            for x, y in points:
                (at, top), (_, base) = place(x, y), place(x, 0.0)
                pen.rectangle((at - half, min(top, base), at + half, max(top, base)), fill=colour)
        elif "lines" in mode or (not mode and len(points) >= 20) or not mode:
            pen.line([place(x, y) for x, y in points], fill=colour, width=2 * _FINE, joint="curve")
        if kind in _LINES and "markers" in mode:
            for x, y in points:
                at, top = place(x, y)
                pen.ellipse((at - 3, top - 3, at + 3, top + 3), fill=colour)


def _points(trace: dict[str, Any]) -> list[tuple[float, float]]:
    """Return the points of a trace as numbers; words and dates stand in their order."""
    given = {name: _numbers(trace.get(name)) for name in ("x", "y")}
    ys, xs = given["y"], given["x"]
    if trace.get("orientation") == "h":
        ys, xs = xs, None
    if ys is None:
        return []
    xs = xs if xs is not None and len(xs) == len(ys) else [float(at) for at in range(len(ys))]
    found = [(x, y) for x, y in zip(xs, ys, strict=False) if math.isfinite(x) and math.isfinite(y)]
    step = max(1, len(found) // _MAX_POINTS)
    return found[::step]


def _numbers(items: Any) -> list[float] | None:
    values = items.tolist() if hasattr(items, "tolist") else items
    if not isinstance(values, list) or not values:
        return None
    if not all(item is None or (isinstance(item, int | float) and not isinstance(item, bool)) for item in values):
        return None
    return [math.nan if item is None else float(item) for item in values]


def _colour(trace: dict[str, Any], number: int) -> str:
    for part in ("line", "marker"):
        style = trace.get(part)
        found = style.get("color") if isinstance(style, dict) else None
        if isinstance(found, str) and _HEX.fullmatch(found):
            return found
    return _COLOURS[number % len(_COLOURS)]


def _heat_map(values: Any) -> PIL.Image.Image:
    import numpy as np
    import PIL.Image

    from app.tables.previews import array_picture

    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        array = np.zeros(0)
    if array.ndim != 2 or not array.size:
        raise ValueError("the figure has no values of two axes. Open its page.")
    step = [max(1, -(-side // most)) for side, most in zip(array.shape, (_SIZE[1], _SIZE[0]), strict=True)]
    return PIL.Image.open(io.BytesIO(array_picture(array[:: step[0], :: step[1]][::-1])))
