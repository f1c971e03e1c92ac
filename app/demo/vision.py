"""Finding bright things on a dark ground, and comparing what was found with the truth: NumPy alone.

The demo's two detectors are made of these. They are real detectors on real pictures: every number that the demo shows
was computed by them when it was built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Found", "Score", "box_blur", "components", "find", "intersection_over_union", "otsu", "score"]


class Found(NamedTuple):
    """One thing that was found."""

    box: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels; right and bottom are outside."""
    confidence: float
    """How far it stands out from the threshold, in [0, 1]."""


class Score(NamedTuple):
    """How a set of boxes compares with the truth."""

    matched: int
    missed: int
    false: int
    overlap: float
    """Mean intersection over union of the matched; 0 without any."""

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, in [0, 1]."""
        total = 2 * self.matched + self.missed + self.false
        return 2 * self.matched / total if total else 1.0


def otsu(grey: NDArray[np.uint8]) -> int:
    """Return the threshold between two classes of grey that are farthest apart.

    Notes
    -----
    Source: N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9 (1979), equation 12.
    """
    share = np.bincount(grey.ravel(), minlength=256) / grey.size
    below, mean = np.cumsum(share), np.cumsum(share * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mean[-1] * below - mean) ** 2 / (below * (1 - below))
    return int(np.nanargmax(np.where(np.isfinite(between), between, -1)))


def box_blur(values: NDArray[Any], side: int) -> NDArray[np.float64]:
    """Return the mean over a square around each pixel; edges are mirrored.

    Parameters
    ----------
    values : ndarray, shape (height, width)
        Any real numbers.
    side : int
        Odd side of the square in pixels.
    """
    half = side // 2
    padded = np.pad(values.astype(np.float64), half + 1, mode="symmetric")[:-1, :-1]
    sums = padded.cumsum(0).cumsum(1)
    means: NDArray[np.float64] = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return means / side**2


def components(solid: NDArray[np.bool_]) -> list[tuple[int, int, int, int, int]]:
    """Return the connected parts of a mask (four neighbours) as left, top, right, bottom, area.

    Runs of set pixels are joined row by row; so the work grows with runs, not with pixels.
    """
    edges = np.diff(np.pad(solid, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    runs = np.column_stack([starts, ends[:, 1]]).tolist()  # row, first, past the last; in reading order
    parent = list(range(len(runs)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    above = 0
    for at, (row, first, last) in enumerate(runs):
        while runs[above][0] < row - 1 or (runs[above][0] == row - 1 and runs[above][2] <= first):
            above += 1
        other = above
        while runs[other][0] == row - 1 and runs[other][1] < last:
            parent[root(other)] = root(at)
            other += 1
    boxes: dict[int, list[int]] = {}
    for at, (row, first, last) in enumerate(runs):
        box = boxes.setdefault(root(at), [first, row, last, row + 1, 0])
        box[0], box[2], box[3] = min(box[0], first), max(box[2], last), row + 1
        box[4] += last - first
    return [(box[0], box[1], box[2], box[3], box[4]) for box in boxes.values()]


def find(excess: NDArray[np.floating], *, smallest: int = 300, smooth: int = 5) -> list[Found]:
    """Return what lies above zero in a picture from which a threshold was taken.

    Parameters
    ----------
    excess : ndarray, shape (height, width)
        Grey values above the threshold, in grey levels.
    smallest : int
        Parts with fewer pixels are specks.
    smooth : int
        Side of the square whose mean decides; odd.
    """
    even = box_blur(excess, smooth)
    found = []
    for left, top, right, bottom, area in components(even > 0):
        if area < smallest or min(right - left, bottom - top) < smooth:
            continue
        inside = even[top:bottom, left:right]
        confidence = float(np.clip(inside[inside > 0].mean() / 64, 0, 1))
        found.append(Found((left, top, right, bottom), round(confidence, 3)))
    return sorted(found, key=lambda item: -item.confidence)


def intersection_over_union(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the common area of two boxes by the area of both together."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(width, 0) * max(height, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return common / (areas - common) if areas > common else 0.0


def score(truth: Sequence[Sequence[int]], found: Sequence[Found], *, least: float = 0.5) -> Score:
    """Compare boxes with the truth: the surest first, each takes the true box that it covers best.

    Parameters
    ----------
    truth : sequence of boxes
        Left, top, right, bottom.
    found : sequence of Found
        Surest first.
    least : float
        Intersection over union from which on two boxes are the same thing.
    """
    open_boxes = list(truth)
    overlaps = []
    for item in found:
        best = max(open_boxes, key=lambda box: intersection_over_union(box, item.box), default=None)
        if best is not None and (overlap := intersection_over_union(best, item.box)) >= least:
            overlaps.append(overlap)
            open_boxes.remove(best)
    mean = float(np.mean(overlaps)) if overlaps else 0.0
    return Score(len(overlaps), len(open_boxes), len(found) - len(overlaps), mean)
