"""Histograms (wire tag ``histogram``): bars with exact edges, and what can be said of values that were only counted."""

from __future__ import annotations

import io
import itertools
import math
from typing import TYPE_CHECKING, Any

from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datatypes.histogram import Histogram

TAG = "histogram"
TYPE_NAME = "Histogram"
ICON = "chart"

#: Keys of the page, for its sheet of keys.
KEYS = (
    (("L",), "counts on a logarithmic axis"),
    (("T",), "bars or table"),
    (("arrows",), "in the bars: from bin to bin"),
    (("←", "→"), "previous and next object"),
    (("[", "]"), "previous and next version"),
    (("/",), "find"),
    (("?",), "these keys"),
)

#: Size of a preview in pixels, and the bars that it has at most.
_PREVIEW = (320, 180)
_PREVIEW_BARS = 80

#: A violet that is seen on light and on dark.
_PREVIEW_COLOUR = (110, 104, 236, 255)


def prepare(value: Histogram, context: Context) -> View:
    """Return bars and facts; what the counts alone cannot say is called an estimate."""
    counts, edges, problem = _numbers(value)
    total = math.fsum(counts)
    notices = []
    if problem:
        notices.append(Notice(problem))
    elif len(set(_widths(edges))) > 1 and not _is_uniform(edges):
        notices.append(Notice("bins of several widths: the height of a bar is its count, not its density"))
    facts = [Fact("Total", _text(total)), Fact("Bins", f"{len(value.histogram):,}")]
    if not problem:
        facts.append(Fact("Range", f"{_text(edges[0])} to {_text(edges[-1])}"))
        facts.append(Fact("Empty bins", f"{sum(1 for count in counts if not count):,}"))
        if total > 0:
            facts.append(Fact("Mean, from bins", f"≈ {mean_of_bins(counts, edges):.4g}"))
            facts.append(Fact("Median, from bins", f"≈ {quantile_of_bins(counts, edges, 0.5):.4g}"))
            most = max(range(len(counts)), key=counts.__getitem__)
            facts.append(Fact("Largest bin", f"{_text(counts[most])} from {_text(edges[most])}"))
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=f"{_text(total)} in {human_count(len(value.histogram), 'bin')}",
        body={
            "label": f"Histogram of {context.name}: {_text(total)} values in {len(counts):,} bins",
            "file": context.name.rpartition("/")[2].partition(".")[0] or "histogram",
            "counts": counts,
            "edges": edges,
            "problem": problem,
        },
        facts=tuple(facts),
        notices=tuple(notices),
        download=context.download(),
        file_name=context.name,
    )


def draw(view: View) -> None:
    """Draw the bars."""
    from app.components.histogram_view import histogram_view

    histogram_view(view.body, key="object-histogram")


def preview(value: Histogram) -> bytes:
    """Return the bars as WebP, transparent, 320×180.

    Raises
    ------
    ValueError
        If there is nothing that could be drawn.
    """
    import PIL.Image
    import PIL.ImageDraw

    counts, edges, problem = _numbers(value)
    if problem:
        raise ValueError(f"the histogram has no picture, because {problem}. Look at its JSON.")
    width, height = _PREVIEW
    picture = PIL.Image.new("RGBA", _PREVIEW, (*_PREVIEW_COLOUR[:3], 0))
    pen = PIL.ImageDraw.Draw(picture)
    most, low, span = max(counts), edges[0], edges[-1] - edges[0]
    gap = 1 if len(counts) <= _PREVIEW_BARS else 0
    for count, left, right in zip(counts, edges, edges[1:], strict=False):
        if count > 0:
            start, end = (8 + (edge - low) / span * (width - 16) for edge in (left, right))
            top = height - 8 - count / most * (height - 16)
            pen.rectangle((start, top, max(start, end - gap - 1), height - 8), fill=_PREVIEW_COLOUR)
    pen.line((8, height - 7, width - 8, height - 7), fill=(128, 136, 146, 255))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=True, method=2)
    return buffer.getvalue()


def mean_of_bins(counts: Sequence[float], edges: Sequence[float]) -> float:
    """Return the mean as if all values of a bin stood in its middle."""
    middles = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    return math.fsum(count * middle for count, middle in zip(counts, middles, strict=True)) / math.fsum(counts)


def quantile_of_bins(counts: Sequence[float], edges: Sequence[float], share: float) -> float:
    """Return the value below which a share of all lies, as if the values of a bin were spread evenly over it."""
    wanted = math.fsum(counts) * share
    seen = 0.0
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        if count > 0 and seen + count >= wanted:
            return low + (high - low) * max(0.0, (wanted - seen) / count)
        seen += count
    return edges[-1]


def _numbers(value: Histogram) -> tuple[list[Any], list[Any], str]:
    """Return counts and edges as they can be drawn, and why they cannot if so."""
    counts: list[Any] = list(value.histogram)
    edges: list[Any] = list(value.bins)
    numbers: list[Any] = [*counts, *edges]  # as they were stored: anything that JSON has
    if not all(isinstance(item, int | float) and not isinstance(item, bool) for item in numbers):
        return [], [], "some counts or edges are no numbers"
    if not counts:
        return [], [], "there is no bin"
    if not all(math.isfinite(item) for item in numbers):
        return [], [], "some counts or edges are not finite"
    if any(high <= low for low, high in itertools.pairwise(edges)):
        return [], [], "the edges do not rise"
    if any(count < 0 for count in counts):
        return [], [], "some counts are negative"
    return counts, edges, ""


def _widths(edges: Sequence[float]) -> list[float]:
    return [high - low for low, high in itertools.pairwise(edges)]


def _is_uniform(edges: Sequence[float]) -> bool:
    """Whether all bins are of one width, but for rounding."""
    mean = (edges[-1] - edges[0]) / (len(edges) - 1)
    return all(abs(width - mean) <= 1e-6 * mean for width in _widths(edges))


def _text(number: float) -> str:
    is_whole = float(number).is_integer() and abs(number) < 1e15
    return f"{int(number):,}" if is_whole else f"{number:.6g}"
