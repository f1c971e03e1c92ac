"""Which points of two sets are the same ones: equal rows first, then places that are near each other.

The rule, in this order; each row has at most one partner:

1. equal rows at the same number, then equal rows anywhere, in their order;
2. where both sets have as many rows, and at least half of what is left is *near* the row at its own number: those;
3. what is near each other, the nearest first to within a factor of eight: the sets are laid into grids of growing
   cells, each shifted by halves, and what shares a cell is a pair. The time is that of sorting, whatever they are;
4. where both sets have as many rows, the two at one number.

Near is what lies within a hundredth of the diagonal of both sets.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["distances_of_pairs", "pair_rows"]

#: What is near, as a share of the diagonal.
REACH = 0.01

#: Cells of the grids, as shares of the reach.
_CELLS = (1 / 64, 1 / 8, 1.0)

#: Odd numbers that mix the bits of a row; a clash of two rows costs a partner, never a wrong one: rows are compared.
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)


def pair_rows(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Return for each row of `left` the number of its partner in `right`, -1 where it has none.

    Parameters
    ----------
    left, right : ndarray of float64
        (points, columns), as many columns in both; the first three are a place.
    """
    import numpy as np

    partner = np.full(len(left), -1, np.int64)
    both = min(len(left), len(right))
    same = np.flatnonzero(_equal(left[:both], right[:both]))
    partner[same] = same
    _pair(partner, *_free(partner, right), lambda one, two: _equal_anywhere(left, right, one, two))
    low, reach = _extent(left, right)
    if len(left) == len(right):
        shared = np.intersect1d(*_free(partner, right), assume_unique=True)
        near = shared[_are_near(left[shared], right[shared], reach)]
        if 2 * len(near) >= len(shared):
            partner[near] = near
    if reach > 0:
        _pair_near(partner, left, right, low, reach)
    if len(left) == len(right):
        shared = np.intersect1d(*_free(partner, right), assume_unique=True)
        partner[shared] = shared
    return partner


def distances_of_pairs(left: NDArray[Any], right: NDArray[Any], partner: NDArray[Any]) -> NDArray[Any]:
    """Return how far each row with a partner has moved: of places, infinite where only one is finite."""
    import numpy as np

    from datatypes.array_difference import distances

    at = np.flatnonzero(partner >= 0)
    steps = distances(left[at, :3], right[partner[at], :3])
    found: NDArray[Any] = np.hypot(np.hypot(steps[:, 0], steps[:, 1]), steps[:, 2])
    return found


def _equal(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    same: NDArray[Any] = ((left == right) | ((left != left) & (right != right))).all(axis=1)  # noqa: PLR0124  # NaN
    return same


def _free(partner: NDArray[Any], right: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the numbers of rows without a partner, of both sides."""
    import numpy as np

    taken = np.zeros(len(right), bool)
    taken[partner[partner >= 0]] = True
    return np.flatnonzero(partner < 0), np.flatnonzero(~taken)


def _pair(partner: NDArray[Any], mine: NDArray[Any], its: NDArray[Any], find: Any) -> None:
    if len(mine) and len(its):
        one, two = find(mine, its)
        partner[one] = two


def _equal_anywhere(
    left: NDArray[Any], right: NDArray[Any], mine: NDArray[Any], its: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    one, two = _same_keys(_hashes(left[mine]), _hashes(right[its]))
    one, two = mine[one], its[two]
    kept = _equal(left[one], right[two])
    return one[kept], two[kept]


def _hashes(rows: NDArray[Any]) -> NDArray[Any]:
    """Return a number for each row; equal for equal rows."""
    import numpy as np

    bits = np.where(np.isnan(rows), np.nan, rows + 0.0).view(np.uint64)  # one NaN, one zero
    found = np.zeros(len(rows), np.uint64)
    for column in range(rows.shape[1]):
        found = (found ^ bits[:, column]) * np.uint64(_MIX[0])
        found ^= found >> np.uint64(29)
    return found


def _same_keys(mine: NDArray[Any], its: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return places of equal keys; of a key that occurs several times the first meets the first, and so on."""
    import numpy as np

    with np.errstate(over="ignore"):
        numbered = [keys + _ranks(keys).astype(np.uint64) * np.uint64(_MIX[1]) for keys in (mine, its)]
    _, one, two = np.intersect1d(*numbered, return_indices=True)
    return one, two


def _ranks(keys: NDArray[Any]) -> NDArray[Any]:
    """Return how many equal keys come before each."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(keys) else np.zeros(0, bool)
    starts = np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))
    ranks = np.empty(len(keys), np.int64)
    ranks[order] = np.arange(len(keys)) - starts
    return ranks


def _are_near(left: NDArray[Any], right: NDArray[Any], reach: float) -> NDArray[Any]:
    import numpy as np

    with np.errstate(invalid="ignore", over="ignore"):
        near: NDArray[Any] = np.linalg.norm(left[:, :3] - right[:, :3], axis=1) <= reach
    return near


def _pair_near(partner: NDArray[Any], left: NDArray[Any], right: NDArray[Any], low: NDArray[Any], reach: float) -> None:
    """Carry out the third rule."""
    import numpy as np

    for share, shift in itertools.product(_CELLS, itertools.product((0.0, 0.5), repeat=3)):
        mine, its = (
            numbers[np.isfinite(rows[numbers, :3]).all(axis=1)]
            for rows, numbers in zip((left, right), _free(partner, right), strict=True)
        )
        if not len(mine) or not len(its):
            return
        cells = [np.floor((rows[:, :3] - low) / (reach * share) + shift) for rows in (left[mine], right[its])]
        one, two = _same_keys(*(_hashes(np.ascontiguousarray(cell)) for cell in cells))
        one, two = mine[one], its[two]
        near = _are_near(left[one], right[two], reach)
        partner[one[near]] = two[near]


def _extent(left: NDArray[Any], right: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """Return the least place of both sets, and how far is near."""
    import numpy as np

    places = np.vstack([left[:, :3], right[:, :3]])
    places = places[np.isfinite(places).all(axis=1)]
    if not len(places):
        return np.zeros(3), 0.0
    low, high = places.min(axis=0), places.max(axis=0)
    diagonal = float(np.linalg.norm(high / 2 - low / 2)) * 2
    return low, REACH * diagonal if np.isfinite(diagonal) else 0.0
