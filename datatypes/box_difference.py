"""Which boxes of two sets are the same ones, and which were added, removed or moved.

The rule: equal boxes are pairs, once each. Of the rest, boxes of one class whose areas overlap by at least a half
(intersection over union, IoU) are pairs, those that overlap most first. What is left was added or removed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["MIN_IOU", "BoxPair", "compare_boxes", "pair_boxes"]

#: Overlap from which two boxes of one class are taken for one: the threshold of PASCAL VOC (Everingham et al. 2010).
MIN_IOU = 0.5

#: Overlaps that are computed at once.
_BLOCK = 4_000_000

Box = dict[str, Any]
Corners = tuple[float, float, float, float]


class BoxPair(NamedTuple):
    """A box and its partner, by their numbers."""

    left: int
    right: int
    iou: float
    """Of their areas; 1 for equal boxes."""
    is_equal: bool


def pair_boxes(
    left: Sequence[Box], right: Sequence[Box], corners: Callable[[Box, int], Corners | None]
) -> list[BoxPair]:
    """Find the pairs; see the module.

    Parameters
    ----------
    left, right : sequence of dict
        Boxes as stored.
    corners : callable
        (box, 0 for left or 1 for right) → (left, top, right, bottom) in one unit for both; None where it has none.

    Returns
    -------
    list of BoxPair
        In the order of `left`.
    """
    pairs = _equal_pairs(left, right)
    taken = ({pair.left for pair in pairs}, {pair.right for pair in pairs})
    groups: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, boxes in enumerate((left, right)):
        for index, box in enumerate(boxes):
            if index not in taken[side]:
                groups[repr(box.get("class_id"))][side].append(index)
    for mine, its in groups.values():
        pairs += _overlapping(left, right, mine, its, corners)
    return sorted(pairs)


def compare_boxes(
    left: Sequence[Box], right: Sequence[Box], corners: Callable[[Box, int], Corners | None]
) -> dict[str, Any]:
    """Count the boxes of two sets; see the module for what is a pair.

    Returns
    -------
    dict
        ``matched`` (pairs), ``added``, ``removed``, ``changed`` (pairs that are not equal), ``min_iou`` of the pairs
        (1 if none moved) and ``reordered``, 1 if only the order differs.
    """
    pairs = pair_boxes(left, right, corners)
    changed = sum(1 for pair in pairs if not pair.is_equal)
    added, removed = len(right) - len(pairs), len(left) - len(pairs)
    order = [pair.right for pair in pairs]
    return {
        "matched": len(pairs),
        "added": added,
        "removed": removed,
        "changed": changed,
        "min_iou": min((pair.iou for pair in pairs), default=1.0),
        "reordered": int(order != sorted(order) and not (added or removed or changed)),
    }


def _equal_pairs(left: Sequence[Box], right: Sequence[Box]) -> list[BoxPair]:
    """Pair equal boxes, in their order: looked up by a text that equal boxes share."""
    waiting: defaultdict[str, list[int]] = defaultdict(list)
    for index in reversed(range(len(right))):
        waiting[_text(right[index])].append(index)
    pairs = []
    for index, box in enumerate(left):
        if partners := waiting.get(_text(box)):
            pairs.append(BoxPair(index, partners.pop(), 1.0, is_equal=True))
    return pairs


def _text(value: Any) -> str:
    """Return text that is the same for what is equal by value: 1 and 1.0, dicts in any order, NaN and NaN."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{_text(value[key])}" for key in sorted(value, key=repr)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    is_whole = isinstance(value, float) and value.is_integer()
    return repr(int(value)) if is_whole else repr(value)


def _overlapping(
    left: Sequence[Box],
    right: Sequence[Box],
    mine: list[int],
    its: list[int],
    corners: Callable[[Box, int], Corners | None],
) -> list[BoxPair]:
    """Pair boxes of one class, those that overlap most first."""
    import numpy as np

    sides = []
    for side, boxes, indices in ((0, left, mine), (1, right, its)):
        found = [(index, corners(boxes[index], side)) for index in indices]
        kept = [(index, place) for index, place in found if place is not None]
        sides.append(([index for index, _ in kept], np.array([place for _, place in kept], float).reshape(-1, 4)))
    (rows, first), (columns, second) = sides
    candidates = sorted(
        ((-iou, rows[row], columns[column]) for row, column, iou in _overlaps(first, second)), key=lambda item: item
    )
    pairs, used_left, used_right = [], set(), set()
    for negative, one, other in candidates:
        if one not in used_left and other not in used_right:
            used_left.add(one)
            used_right.add(other)
            pairs.append(BoxPair(one, other, -negative, is_equal=False))
    return pairs


def _overlaps(first: NDArray[Any], second: NDArray[Any]) -> Iterator[tuple[int, int, float]]:
    """Give the numbers of boxes that overlap enough, and by how much."""
    import numpy as np

    if not len(first) or not len(second):
        return
    step = max(1, _BLOCK // len(second))
    areas = np.prod(second[:, 2:] - second[:, :2], axis=1)
    for start in range(0, len(first), step):
        block = first[start : start + step, None]
        low, high = np.maximum(block[:, :, :2], second[:, :2]), np.minimum(block[:, :, 2:], second[:, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=2)
        union = np.prod(block[:, :, 2:] - block[:, :, :2], axis=2) + areas - shared
        with np.errstate(divide="ignore", invalid="ignore"):
            iou = np.where(union > 0, shared / union, 0.0)
        for row, column in zip(*np.nonzero(iou >= MIN_IOU), strict=True):
            yield start + int(row), int(column), float(iou[row, column])
