"""Boxes and vectors of scenes as they are drawn: corners in one order, a colour, a label, a score."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from app.palette import colour_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SceneBox", "SceneVector", "read_boxes", "read_vectors"]

#: Orders of corners that are in use, each as the places of corners 0 to 7 of ours: bit 2 of a number is the first axis,
#: bit 0 the third, so that edges join numbers that differ in one bit.
_ORDERS = (
    (0, 1, 2, 3, 4, 5, 6, 7),  # ours, and that of `datatypes.boxes3d.box3d`
    (0, 1, 3, 2, 4, 5, 7, 6),  # one face around, then the opposite one around: KITTI, nuScenes, Open3D's lines
    (0, 2, 1, 5, 3, 6, 4, 7),  # the example in W&B's documentation
)

_EDGES = tuple((i, i | bit) for i in range(8) for bit in (1, 2, 4) if not i & bit)


class SceneBox(NamedTuple):
    """One box.

    Attributes
    ----------
    corners : ndarray
        (8, 3) float64 in the order of `datatypes.boxes3d.box3d`: edges join those that differ in one bit.
    colour : str
        ``#rrggbb``.
    label : str
        Empty if it has none.
    score : float or None
        Confidence, if it is a number.
    """

    corners: NDArray[Any]
    colour: str
    label: str = ""
    score: float | None = None


class SceneVector(NamedTuple):
    """One vector: where it starts and ends, (3,) float64 each."""

    start: NDArray[Any]
    end: NDArray[Any]
    colour: str
    label: str = ""


def read_boxes(items: Sequence[Any]) -> tuple[list[SceneBox], int]:
    """Return the boxes that can be drawn, and how many cannot: corners that are not 8 finite places."""
    boxes = []
    for item in items:
        corners = _places(item.get("corners") if isinstance(item, dict) else None, 8)
        if corners is None:
            continue
        label = _text(item.get("label"))
        boxes.append(SceneBox(_in_order(corners), _colour(item.get("color"), label), label, _number(item.get("score"))))
    return boxes, len(items) - len(boxes)


def read_vectors(items: Sequence[Any]) -> tuple[list[SceneVector], int]:
    """Return the vectors that can be drawn, and how many cannot."""
    vectors = []
    for item in items:
        ends = _places([item.get("start"), item.get("end")] if isinstance(item, dict) else None, 2)
        if ends is None:
            continue
        label = _text(item.get("label"))
        vectors.append(SceneVector(ends[0], ends[1], _colour(item.get("color"), label), label))
    return vectors, len(items) - len(vectors)


def _places(given: Any, count: int) -> NDArray[Any] | None:
    import numpy as np

    try:
        places = np.array(given, np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return places if places.shape == (count, 3) and np.isfinite(places).all() else None


def _in_order(corners: NDArray[Any]) -> NDArray[Any]:
    """Return corners in our order, whichever of the known ones they have.

    In a wrong order some edges are diagonals, and a diagonal is longer than an edge: the order with the shortest edges
    is the right one.
    """
    import numpy as np

    candidates = corners[np.array(_ORDERS)]
    edges = np.array(_EDGES)
    lengths = np.linalg.norm(candidates[:, edges[:, 0]] - candidates[:, edges[:, 1]], axis=2).sum(axis=1)
    found: NDArray[Any] = candidates[int(np.argmin(lengths * (1 + 1e-9 * np.arange(len(_ORDERS)))))]
    return found


def _text(given: Any) -> str:
    return "" if given is None else str(given)[:200]


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return None
    return float(given)


def _colour(given: Any, label: str) -> str:
    """Return a stored colour, 0 to 255 each; without one, that of the label."""
    if isinstance(given, list) and len(given) >= 3 and all(_number(part) is not None for part in given[:3]):
        return "#" + "".join(f"{min(max(round(part), 0), 255):02x}" for part in given[:3])
    return colour_of(label) if label else "#e69f00"
