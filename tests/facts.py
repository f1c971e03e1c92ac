"""Comparing what a value says of itself with what the golden data expects: more is welcome, less is not."""

from __future__ import annotations

import math
from typing import Any


def missing_facts(expected: Any, actual: Any, place: str = "") -> list[str]:
    """Return what `actual` lacks of `expected`, a line each; null and absent are the same thing."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [f"{place}: expected an object, found {actual!r}"] if expected else []
        return [
            line
            for key, item in expected.items()
            for line in missing_facts(item, actual.get(key), f"{place}.{key}" if place else key)
        ]
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [f"{place}: expected {_short(expected)}, found {_short(actual)}"]
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for index, pair in pairs for line in missing_facts(*pair, f"{place}[{index}]")]
    if isinstance(expected, float) and isinstance(actual, int | float):
        # Means and rms values are rounded to three decimals; decoders of lossy files differ by some tenths.
        return [] if math.isclose(expected, actual, rel_tol=1e-6, abs_tol=6e-4) else [f"{place}: {expected} ≠ {actual}"]
    same = expected == actual and isinstance(expected, bool) == isinstance(actual, bool)
    return [] if same else [f"{place}: expected {_short(expected)}, found {_short(actual)}"]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 200 else f"{text[:200]}…"
