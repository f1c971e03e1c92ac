"""`Histogram`: counts and bin edges (wire tag ``histogram``), inline in the JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes import wire
from datatypes.base import WBValue
from datatypes.errors import RejectedTypeError, RejectedValueError, WireFormatError
from datatypes.uniform_bins import count_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from datatypes.ports import MediaSink, MediaSource

__all__ = ["Histogram"]


class Histogram(WBValue):
    """Counts of values in bins.

    Parameters
    ----------
    sequence : array_like, optional
        Values; counted as `numpy.histogram` counts them (the last bin includes its upper edge).
    np_histogram : pair, optional
        ``(counts, edges)`` as `numpy.histogram` returns them, instead of `sequence`; densities are accepted.
    num_bins : int
        Number of equal bins for `sequence`, at most 512.

    Attributes
    ----------
    histogram : list of int or float
        n counts.
    bins : list of float
        n + 1 edges.

    Raises
    ------
    RejectedValueError
        If there are more than 512 bins, the pair is none, its lengths do not fit, or values are not finite.
    """

    artifact_type = "histogram"
    wire_keys: ClassVar[frozenset[str]] = frozenset({"_type", "values", "bins"})

    MAX_LENGTH = 512

    def __init__(
        self,
        sequence: ArrayLike | None = None,
        np_histogram: Sequence[Any] | None = None,
        num_bins: int = 64,
    ) -> None:
        super().__init__()
        if np_histogram is not None:
            if len(np_histogram) != 2:
                problem = f"has {len(np_histogram)} parts"
                raise RejectedValueError("np_histogram", problem, "Pass the pair (counts, edges), or a sequence.")
            counts, edges = (item.tolist() if hasattr(item, "tolist") else list(item) for item in np_histogram)
        else:
            counts, edges = self._count(sequence, num_bins)
        self._set(counts, edges)

    def _set(self, counts: list[float], edges: list[float]) -> None:
        if len(counts) > self.MAX_LENGTH:
            problem = f"has {len(counts):,} bins, more than {self.MAX_LENGTH}"
            raise RejectedValueError("histogram", problem, "Use fewer bins.")
        if len(counts) + 1 != len(edges):
            problem = f"has {len(counts)} counts and {len(edges)} edges"
            raise RejectedValueError("histogram", problem, "Pass one edge more than counts.")
        self.histogram = counts
        self.bins = edges

    def _count(self, sequence: ArrayLike | None, num_bins: int) -> tuple[list[float], list[float]]:
        import numpy as np

        if sequence is None:
            raise RejectedValueError("histogram", "got neither sequence nor np_histogram", "Pass one of them.")
        if num_bins > self.MAX_LENGTH:
            problem = f"is {num_bins:,}, more than {self.MAX_LENGTH}"
            raise RejectedValueError("num_bins", problem, "Use fewer bins.")
        try:
            counts, edges = count_values(np.asarray(sequence), num_bins)
        except ValueError as error:
            raise RejectedValueError("sequence", str(error), "Pass finite numbers.") from error
        except TypeError as error:
            raise RejectedTypeError("sequence", str(error), "Pass numbers.") from error
        return counts.tolist(), edges.tolist()

    def to_json(self, run_or_artifact: MediaSink | None = None) -> dict[str, Any]:
        """Return the JSON; there is no side file, so any target will do, None too."""
        return {"_type": "histogram", "values": self.histogram, "bins": self.bins, **self._rest()}

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a histogram exactly: whole numbers stay whole."""
        counts, edges = json_obj.get("values"), json_obj.get("bins")
        if not isinstance(counts, list) or not isinstance(edges, list) or len(counts) + 1 != len(edges):
            raise WireFormatError("histogram JSON", "has no list of n values and n + 1 bins", "Log it again.")
        value = cls.__new__(cls)
        WBValue.__init__(value)
        value.histogram, value.bins = counts, edges  # more than MAX_LENGTH is shown all the same: it is stored
        value._keep_rest(json_obj)
        return value

    def facts(self) -> dict[str, Any]:
        """Return counts and edges."""
        return {
            "$media": "histogram",
            "values": wire.json_safe(self.histogram),
            "bins": wire.json_safe(self.bins),
        }

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure the earth mover's distance between the two normalised histograms, and count bins that differ.

        ``emd`` is the area between the cumulative shares, in the units of the bins; each count is spread evenly over
        its bin. ``bins_changed`` counts bins whose count or edges differ. NaN is NaN.
        """
        self._same_type(other)
        if not isinstance(other, Histogram) or self == other:
            return {"emd": 0.0, "bins_changed": 0}
        mine = list(zip(self.histogram, self.bins, self.bins[1:], strict=False))
        its = list(zip(other.histogram, other.bins, other.bins[1:], strict=False))
        same = sum(1 for left, right in zip(mine, its, strict=False) if all(map(_same, left, right)))
        changed = max(len(mine), len(its)) - same
        return {"emd": _earth_mover(self, other) if changed else 0.0, "bins_changed": changed}

    def __eq__(self, other: object) -> bool:
        """Equal if counts and edges are."""
        return isinstance(other, Histogram) and self.histogram == other.histogram and self.bins == other.bins

    __hash__ = None  # type: ignore[assignment]  # compared by value, and values change

    def __repr__(self) -> str:
        """One line: total, bins and range."""
        total = math.fsum(self.histogram)
        return f"Histogram({total:g} values in {len(self.histogram)} bins, {self.bins[0]:g} to {self.bins[-1]:g})"


def _earth_mover(left: Histogram, right: Histogram) -> float:
    """Integrate the distance between two piecewise linear cumulative shares, exactly, also where they cross."""
    import numpy as np

    grid = np.union1d(np.asarray(left.bins, float), np.asarray(right.bins, float))
    gap = _share(left, grid) - _share(right, grid)
    widths, start, end = np.diff(grid), gap[:-1], gap[1:]
    straight = (np.abs(start) + np.abs(end)) / 2
    crossing = np.divide(start**2 + end**2, 2 * (np.abs(start) + np.abs(end)), where=start * end < 0, out=straight)
    found = float(np.sum(widths * crossing))
    return found if found == found else math.inf  # noqa: PLR0124  # an edge or a count is NaN in one of them


def _same(left: float, right: float) -> bool:
    return left == right or (left != left and right != right)  # noqa: PLR0124  # NaN is NaN


def _share(item: Histogram, grid: Any) -> Any:
    import numpy as np

    total = math.fsum(item.histogram)
    edges = np.asarray(item.bins, float)
    shares = np.concatenate([[0.0], np.cumsum(item.histogram)]) / (total or 1)
    return np.interp(grid, edges, shares)
