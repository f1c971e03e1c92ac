"""Boxes of scenes from centre, size and orientation."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from datatypes.errors import RejectedValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["box3d"]


def box3d(
    *,
    center: Sequence[float],
    size: Sequence[float],
    orientation: Sequence[float],
    color: Sequence[float],
    label: str | None = None,
    score: float | None = None,
) -> dict[str, Any]:
    """Return a box for `Object3D`.

    Parameters
    ----------
    center : sequence of 3 floats
        Middle of the box, in units of the scene.
    size : sequence of 3 floats
        Length of its edges along x, y and z, before it is turned.
    orientation : sequence of 4 floats
        Quaternion (w, x, y, z) that turns it about its middle; any length above zero.
    color : sequence of 3 numbers
        Red, green and blue.
    label : str, optional
        Name shown with it.
    score : float, optional
        Confidence.

    Returns
    -------
    dict
        ``corners`` (8 places: x outermost, z innermost, low before high), ``color``, and ``label`` and ``score`` if
        they were given.

    Raises
    ------
    RejectedValueError
        If an argument has another length, or the quaternion is zero.
    """
    import numpy as np

    given = {"center": (center, 3), "size": (size, 3), "orientation": (orientation, 4), "color": (color, 3)}
    for name, (values, length) in given.items():
        if len(values) != length:
            raise RejectedValueError(name, f"has {len(values)} numbers", f"Pass {length}.")
    quaternion = np.asarray(orientation, np.float64)
    norm = float(np.linalg.norm(quaternion))
    if not norm > 0:
        raise RejectedValueError("orientation", "is zero", "Pass (w, x, y, z); (1, 0, 0, 0) turns nothing.")
    w, axis = quaternion[0] / norm, quaternion[1:] / norm
    corners = np.array(list(itertools.product((-0.5, 0.5), repeat=3))) * np.asarray(size, np.float64)
    across = np.cross(axis, corners)
    turned = corners + 2 * (w * across + np.cross(axis, across)) + np.asarray(center, np.float64)
    box: dict[str, Any] = {"corners": turned.tolist(), "color": np.asarray(color).tolist()}
    box |= {"label": label} if label is not None else {}
    return box | ({"score": score} if score is not None else {})
