"""What a conversion cost: the record beside a value, and the measures it rests on.

A *record* says what was given, which steps were taken and how far what is stored is from what was given, in the units
of the source. Four *verdicts*: ``lossless`` (what is read back equals what was given), ``bounded`` (a bound follows
from the steps and was measured), ``lossy`` (measured only), ``unknown`` (came from elsewhere without a record).
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, Literal

from datatypes.errors import WireFormatError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FidelityRecord", "Verdict", "array_source", "has_negative_zero", "measure_error"]

Verdict = Literal["lossless", "bounded", "lossy", "unknown"]
_VERDICTS = ("lossless", "bounded", "lossy", "unknown")

#: Order in which the fields are written; what is not here follows, sorted.
_MEASURES = ("max_abs_error", "rmse", "psnr_db", "snr_db", "max_distance", "clipped", "dropped")


class FidelityRecord:
    """What was given, what was done to it, and what that cost.

    Parameters
    ----------
    verdict : {"lossless", "bounded", "lossy", "unknown"}
        The judgement.
    source : dict, optional
        What was given: ``kind``, ``dtype``, ``shape``, ``min``, ``max``, ``sha256`` as far as they apply.
    steps : list of str, optional
        Conversions in the order in which they were made.
    **measures : float or int or dict or list
        ``max_abs_error``, ``rmse`` (units of the source), ``psnr_db``, ``snr_db`` (decibels), ``max_distance``,
        ``clipped``, ``dropped`` (counts). Further keys are kept as they are.
    """

    __slots__ = ("measures", "source", "steps", "verdict")

    def __init__(
        self,
        verdict: Verdict,
        source: dict[str, Any] | None = None,
        steps: list[str] | None = None,
        **measures: Any,
    ) -> None:
        self.verdict: Verdict = verdict
        self.source = dict(source or {})
        self.steps = list(steps or [])
        self.measures = {key: value for key, value in measures.items() if value is not None}

    def __getattr__(self, name: str) -> Any:
        """Give a measure by its name; None if it was not taken."""
        if name.startswith("_") or name in FidelityRecord.__slots__:
            raise AttributeError(name)
        return self.measures.get(name)

    def to_json(self) -> dict[str, Any]:
        """Return the record as it is written under ``"fidelity"``; a lossless one is only verdict and source."""
        record: dict[str, Any] = {"verdict": self.verdict}
        if self.source:
            record["source"] = self.source
        if self.steps and self.verdict != "lossless":
            record["steps"] = self.steps
        extra = sorted(set(self.measures) - set(_MEASURES))
        names = extra if self.verdict == "lossless" else [*_MEASURES, *extra]
        record.update((name, self.measures[name]) for name in names if name in self.measures)
        return record

    @classmethod
    def from_json(cls, json_obj: Any) -> FidelityRecord:
        """Read a record.

        Raises
        ------
        WireFormatError
            If it is not a record.
        """
        if not isinstance(json_obj, dict) or json_obj.get("verdict") not in _VERDICTS:
            raise WireFormatError("fidelity", "is not a record with a known verdict", "Remove the key or log again.")
        rest = {key: value for key, value in json_obj.items() if key not in ("verdict", "source", "steps")}
        return cls(json_obj["verdict"], json_obj.get("source"), json_obj.get("steps"), **rest)

    def __eq__(self, other: object) -> bool:
        """Equal if everything that is written is equal."""
        return isinstance(other, FidelityRecord) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]  # holds dicts

    def __repr__(self) -> str:
        """One line: verdict and the worst error."""
        error = self.measures.get("max_abs_error")
        tail = f", max_abs_error={error:.6g}" if error is not None and self.verdict != "lossless" else ""
        return f"FidelityRecord({self.verdict!r}{tail})"


def array_source(array: NDArray[Any], kind: str = "ndarray") -> dict[str, Any]:
    """Describe an array that was given.

    Parameters
    ----------
    array : ndarray
        Any shape and numeric dtype.
    kind : str
        What the caller gave: ``"ndarray"``, ``"PIL"``, ``"tensor"``.

    Returns
    -------
    dict
        ``kind``, ``dtype``, ``shape``, ``min``, ``max`` (over finite values; absent if there are none) and ``sha256``
        over the C-order bytes in little-endian order.
    """
    import numpy as np

    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    source: dict[str, Any] = {"kind": kind, "dtype": array.dtype.name, "shape": list(array.shape)}
    if array.size and array.dtype.kind in "buif":
        low, high = array.min(), array.max()
        if array.dtype.kind == "f" and not (np.isfinite(low) and np.isfinite(high)):
            finite = array[np.isfinite(array)]
            low, high = (finite.min(), finite.max()) if finite.size else (None, None)
        if low is not None:
            source |= {"min": low.item(), "max": high.item()}
    source["sha256"] = hashlib.sha256(little.tobytes()).hexdigest()
    return source


def has_negative_zero(array: NDArray[Any]) -> bool:
    """Whether floats hold a zero with a sign, which no whole number has: stored as one, that bit is lost."""
    import numpy as np

    return array.dtype.kind == "f" and bool(np.any(np.signbit(array) & (array == 0)))


def measure_error(given: NDArray[Any], stored: NDArray[Any]) -> dict[str, float]:
    """Measure how far what is stored is from what was given.

    Parameters
    ----------
    given, stored : ndarray
        Equal shapes, both in the units of the source. Places where `given` is not finite are left out.

    Returns
    -------
    dict
        ``max_abs_error``, ``rmse`` and ``psnr_db`` = 20·log10(range of `given` / rmse); ``psnr_db`` is absent where the
        error or the range is zero.
    """
    import numpy as np

    wide: np.dtype[Any] = np.dtype(np.longdouble if given.dtype.kind in "iu" and given.dtype.itemsize == 8 else float)
    finite = np.isfinite(given) if given.dtype.kind == "f" else None
    left = given.astype(wide) if finite is None else given[finite].astype(wide)
    right = stored.astype(wide) if finite is None else stored[finite].astype(wide)
    if not left.size:
        return {"max_abs_error": 0.0, "rmse": 0.0}
    error = np.abs(left - right)
    rmse = float(np.sqrt(np.mean(np.square(error))))
    measured = {"max_abs_error": float(error.max()), "rmse": rmse}
    span = float(left.max() - left.min())
    if rmse > 0 and span > 0:
        measured["psnr_db"] = 20 * math.log10(span / rmse)
    return measured
