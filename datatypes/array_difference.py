"""How far two arrays of one shape are apart, element by element: exactly zero where they are the same.

NaN is the same as NaN, an infinity as itself. An element that is finite on one side only is infinitely far away.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decibels", "distances", "peak_of", "root_mean_square"]

_WHOLE = "iub"


def distances(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Return the distance of each element of one array from the other's.

    Parameters
    ----------
    left, right : ndarray
        Numbers of any dtype, equal shapes.

    Returns
    -------
    ndarray of float64
        0 exactly where the two are the same; of whole numbers of 64 bits never 0 where they are not.
    """
    import numpy as np

    kinds = left.dtype.kind + right.dtype.kind
    if set(kinds) <= set(_WHOLE):
        if max(left.dtype.itemsize, right.dtype.itemsize) < 4:
            return np.asarray(np.abs(left.astype(np.int32) - right.astype(np.int32)), np.float64)
        if left.dtype == right.dtype:  # modulo 2^64 the larger minus the smaller is right whatever the sign
            high, low = np.maximum(left, right).astype(np.uint64), np.minimum(left, right).astype(np.uint64)
            return np.asarray(high - low, np.float64)
    wide: type[Any] = np.complex128 if "c" in kinds else np.longdouble if set(kinds) & set(_WHOLE) else np.float64
    mine, its = left.astype(wide), right.astype(wide)
    same = (mine == its) | ((mine != mine) & (its != its))  # noqa: PLR0124  # NaN alone differs from itself
    with np.errstate(invalid="ignore", over="ignore"):
        found = np.where(same, 0.0, np.abs(mine - its)).astype(np.float64)
    found[np.isnan(found)] = np.inf
    return found


def root_mean_square(distance: NDArray[Any]) -> float:
    """Return the root of the mean square; 0 of nothing."""
    import numpy as np

    if not distance.size:
        return 0.0
    top = float(distance.max())  # scaled, so that the squares neither overflow nor vanish
    if not top or not math.isfinite(top):
        return top
    return top * float(np.sqrt(np.mean(np.square(distance / top))))


def peak_of(array: NDArray[Any]) -> float:
    """Return the range of what an array may hold: of whole numbers its dtype's, else from its least to its largest.

    1 where that would be zero, so that a quotient of it exists.
    """
    import numpy as np

    if array.dtype.kind == "b" or not array.size:
        return 1.0
    if array.dtype.kind in "iu":
        limits = np.iinfo(array.dtype)
        return float(limits.max) - min(float(limits.min), 0.0)
    finite = array[np.isfinite(array)]
    span = float(finite.max()) - float(finite.min()) if finite.size and array.dtype.kind == "f" else 0.0
    return span if 0 < span < math.inf else 1.0


def decibels(signal: float, noise: float) -> float:
    """Return 20·log10(signal / noise): infinite without noise, minus infinity without a signal."""
    if not noise:
        return math.inf
    if not signal or math.isinf(noise):
        return -math.inf
    return 20 * (math.log10(signal) - math.log10(noise))
