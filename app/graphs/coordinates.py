"""Places of boxes in their layers: near the median of their neighbours, in order, without overlap."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["nearest_in_order", "place"]

#: Passes down and up; the last one listens to both sides.
_PASSES = 5

#: How much more a bend of a long edge wants to stand straight below the one above.
_BEND_WEIGHT = 4.0


def place(
    rows: Sequence[Sequence[int]],
    above: Sequence[Sequence[int]],
    below: Sequence[Sequence[int]],
    sizes: Sequence[float],
    gap: float,
    *,
    bends_from: int,
) -> list[float]:
    """Return the centre of each member.

    Parameters
    ----------
    rows : sequence of sequence of int
        Members of each layer, in order.
    above, below : sequence of sequence of int
        Neighbours in the layer before and after.
    sizes : sequence of float
        Widths.
    gap : float
        Least space between two neighbours of a layer.
    bends_from : int
        Members from this number on are bends of long edges.
    """
    x = [0.0] * len(sizes)
    offsets = [_offsets(row, sizes, gap, bends_from) for row in rows]
    for row, offset in zip(rows, offsets, strict=True):
        middle = (offset[0] + offset[-1]) / 2
        for at, away in zip(row, offset, strict=True):
            x[at] = away - middle
    numbers = range(len(rows))
    for _ in range(_PASSES):
        for neighbours, sequence in ((above, numbers), (below, reversed(numbers))):
            for number in sequence:
                _place_row(rows[number], offsets[number], [neighbours], x, bends_from)
    for number in numbers:
        _place_row(rows[number], offsets[number], [above, below], x, bends_from)
    return x


def _offsets(row: Sequence[int], sizes: Sequence[float], gap: float, bends_from: int) -> list[float]:
    """Return the places of a layer packed as tightly as it may be; bends need half the space among each other."""
    found = [0.0]
    for left, right in itertools.pairwise(row):
        space = gap / 2 if left >= bends_from or right >= bends_from else gap
        found.append(found[-1] + sizes[left] / 2 + space + sizes[right] / 2)
    return found


def _place_row(
    row: Sequence[int],
    offset: Sequence[float],
    sides: Sequence[Sequence[Sequence[int]]],
    x: list[float],
    bends_from: int,
) -> None:
    wanted, weights = [], []
    for at, away in zip(row, offset, strict=True):
        near = sorted(x[other] for side in sides for other in side[at])
        middle = (near[(len(near) - 1) // 2] + near[len(near) // 2]) / 2 if near else x[at]
        wanted.append(middle - away)
        weights.append(_BEND_WEIGHT if at >= bends_from else 1.0 if near else 0.1)
    for at, away, found in zip(row, offset, nearest_in_order(wanted, weights), strict=True):
        x[at] = found + away


def nearest_in_order(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the numbers that never fall and are nearest to those wanted, by weighted squares.

    Notes
    -----
    Pool adjacent violators; source: Barlow, Bartholomew, Bremner and Brunk (1972).
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    for value, weight in zip(wanted, weights, strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, heavy, members = pools.pop()
            total = heavy + pool[1]
            pool = ((mean * heavy + pool[0] * pool[1]) / total, total, members + pool[2])
        pools.append(pool)
    return [mean for mean, _, members in pools for _ in range(members)]
