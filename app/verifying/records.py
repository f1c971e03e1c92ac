"""Whether a record of fidelity can be true: its numbers among themselves, and measured again from what is stored.

The source itself is not here any more. What can be proved: of a lossless record that the stored array has the dtype,
shape and sha256 that were recorded, which is proof enough; of the others that the stored range lies no farther from
the recorded one than the recorded error, and that every number fits the others.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, TypeGuard

from app.verifying import measuring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.verifying.part import Part

__all__ = ["VERDICTS", "check", "check_form"]

VERDICTS = ("lossless", "bounded", "lossy", "unknown")

_ERRORS = ("max_abs_error", "rmse", "max_distance")
_COUNTS = ("clipped", "dropped")
_DIGEST = re.compile("[0-9a-f]{64}")
_REMEDY = "The record does not belong to this value; log it again from the original."

#: Largest and smallest number of the dtypes that a record may name.
_RANGES = {f"{sign}int{bits}": bits for sign in ("u", "") for bits in (8, 16, 32, 64)}

#: How much a number that went through float arithmetic and text may be off.
_TOLERANCE = 1e-3


def check_form(part: Part) -> bool:
    """Check that a record is one; whether it can be read."""
    if "fidelity" not in part.stored:
        return True
    record = part.stored["fidelity"]
    if not isinstance(record, dict) or record.get("verdict") not in VERDICTS:
        part.problem("fidelity", "its record has no known verdict", "Remove the key, or log the value again.")
        return False
    source = record.get("source", {})
    if not isinstance(source, dict) or not isinstance(record.get("steps", []), list):
        part.problem("fidelity", "its record is malformed", "Remove the key, or log the value again.")
        return False
    return True


def check(part: Part, value: Any) -> None:
    """Check the record of a value.

    Parameters
    ----------
    part : Part
        Its stored JSON; takes what is found. With ``case.is_deep`` the record is measured again.
    value : WBValue
        As decoded.
    """
    record = part.record
    if record is None:
        return
    with part.guarded("fidelity"):
        said = [*_contradictions(record), *_impossible_source(record.get("source") or {})]
        said += measuring.file_disagrees(part, value, record)
        if not said and part.case.is_deep:
            said += measuring.measure_again(value, record)
            part.case.measured += 1
        for text in said:
            part.problem("fidelity", f"its record lies: {text}", _REMEDY)


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _contradictions(record: dict[str, Any]) -> Iterator[str]:
    """Give what the numbers of a record say against each other."""
    verdict = record["verdict"]
    for name in (*_ERRORS, *_COUNTS):
        found = record.get(name)
        if found is None:
            continue
        if not _number(found) or not math.isfinite(found) or found < 0:
            yield f'"{name}" is {found!r:.40}'
            return
        if verdict == "lossless" and found:
            yield f'it says lossless, and "{name}" {found:.6g}'
        if verdict == "bounded" and name in _COUNTS and found:
            yield f'it says bounded, and "{name}" {found:.6g}'
    error, rmse = record.get("max_abs_error"), record.get("rmse")
    if error is not None and rmse is not None and rmse > error * (1 + 1e-9):
        yield f'"rmse" {rmse:.6g} is more than "max_abs_error" {error:.6g}'
    if verdict == "bounded" and error is None and record.get("max_distance") is None:
        yield "it says bounded and names no bound"
    yield from _wrong_decibels(record)
    yield from _beyond_its_steps(record)


def _wrong_decibels(record: dict[str, Any]) -> Iterator[str]:
    source, rmse, said = record.get("source") or {}, record.get("rmse"), record.get("psnr_db")
    low, high = source.get("min"), source.get("max")
    if not (_number(said) and _number(low) and _number(high) and rmse and high > low):
        return
    wanted = 20 * math.log10((high - low) / rmse)
    if abs(wanted - said) > 0.01:
        yield f'"psnr_db" is {said:.2f}, and range and "rmse" make it {wanted:.2f}'


def _beyond_its_steps(record: dict[str, Any]) -> Iterator[str]:
    """Give an error that is larger than rounding to 8 bits can make it."""
    source, steps, error = record.get("source") or {}, record.get("steps") or [], record.get("max_abs_error")
    low, high = source.get("min"), source.get("max")
    if record["verdict"] != "bounded" or "round to uint8" not in steps or not (_number(low) and _number(high)):
        return
    scales = [step for step in steps if isinstance(step, str) and step.startswith("scale ")]
    span = 255.0 if not scales else (1.0 if scales[0].startswith("scale [0, 1]") else float(high) - float(low))
    if error is not None and error > span / 255 / 2 * (1 + _TOLERANCE) + 1e-9:
        yield f'"max_abs_error" {error:.6g} is more than one half of a step of 8 bits'


def _impossible_source(source: dict[str, Any]) -> Iterator[str]:
    """Give what cannot be said of any array."""
    digest, dtype, shape = source.get("sha256"), source.get("dtype"), source.get("shape")
    low, high = source.get("min"), source.get("max")
    if digest is not None and not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
        yield f'"sha256" is {digest!r:.40}, which is none'
    if shape is not None and not (isinstance(shape, list) and all(isinstance(n, int) and n >= 0 for n in shape)):
        yield f'"shape" is {shape!r:.60}'
    if not (_number(low) and _number(high)):
        return
    if low > high:
        yield f'"min" {low:.6g} is more than "max" {high:.6g}'
    bits = _RANGES.get(dtype) if isinstance(dtype, str) else None
    if bits is not None and isinstance(dtype, str):
        least, most = (0, (1 << bits) - 1) if dtype.startswith("u") else (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        if low < least or high > most:
            yield f"no {dtype} lies between {low:.6g} and {high:.6g}"
