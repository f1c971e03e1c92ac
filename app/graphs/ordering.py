"""The order of boxes in their layers: sweeps by barycentre, the order with the fewest crossings wins."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["crossings", "order"]

#: Sweeps, each down and up. Later ones hardly change anything (measured on residual networks).
_SWEEPS = 6

#: Boxes and bends from which two sweeps must do: the time grows with both.
_MANY = 20_000


def order(rows: list[list[int]], above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> None:
    """Order the members of each layer, in place.

    Parameters
    ----------
    rows : list of list of int
        Members of each layer.
    above, below : sequence of sequence of int
        Neighbours of each member in the layer before and after.
    """
    _first_order(rows, below)
    place = [0.0] * len(above)
    for row in rows:
        _number(row, place)
    best, fewest = [list(row) for row in rows], _all_crossings(rows, below, place)
    sweeps = 2 if len(above) > _MANY else _SWEEPS
    for _ in range(sweeps):
        if not fewest:
            break
        for row in rows[1:]:
            _sort(row, above, place)
        for row in reversed(rows[:-1]):
            _sort(row, below, place)
        found = _all_crossings(rows, below, place)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    for row, kept in zip(rows, best, strict=True):
        row[:] = kept


def _first_order(rows: list[list[int]], below: Sequence[Sequence[int]]) -> None:
    """Order members as a walk from the top meets them: neighbours begin near each other."""
    met: dict[int, int] = {}
    for row in rows:
        for root in row:
            pending = [root]
            while pending:
                at = pending.pop()
                if at not in met:
                    met[at] = len(met)
                    pending += reversed(below[at])
    for row in rows:
        row.sort(key=met.__getitem__)


def _number(row: list[int], place: list[float]) -> None:
    for index, at in enumerate(row):
        place[at] = float(index)


def _sort(row: list[int], neighbours: Sequence[Sequence[int]], place: list[float]) -> None:
    """Sort one layer by the mean place of the neighbours; members without any stay where they are."""
    if len(row) > 1:
        wanted = {
            at: sum(place[other] for other in near) / len(near) if (near := neighbours[at]) else place[at] for at in row
        }
        row.sort(key=wanted.__getitem__)
        _number(row, place)


def _all_crossings(rows: list[list[int]], below: Sequence[Sequence[int]], place: list[float]) -> int:
    return sum(crossings([sorted(int(place[other]) for other in below[at]) for at in row]) for row in rows)


def crossings(ends: Sequence[Sequence[int]]) -> int:
    """Return how many edges between two layers cross.

    Parameters
    ----------
    ends : sequence of sequence of int
        For each member of the upper layer, in order, the places of its neighbours in the lower one, sorted.
    """
    seen: list[int] = []
    total = 0
    for places in ends:
        for at in places:
            total += len(seen) - bisect_left(seen, at + 1)
        for at in places:
            insort(seen, at)
    return total
