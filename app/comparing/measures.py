"""Measures as text: those that say that something differs, and no others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["has_changed", "nonzero"]

#: Measures that are not zero for equal values, with the value that they have then.
EQUAL = {"psnr_db": math.inf, "snr_db": math.inf, "mask_iou": 1.0, "min_iou": 1.0}

#: What says how was measured, or counts what is the same.
SAME = frozenset({"matched", "key"})


def has_changed(metrics: Any) -> bool:
    """Whether any measure says that something differs."""
    return any(True for _ in nonzero(metrics))


def nonzero(metrics: Any, place: str = "") -> Iterator[str]:
    """Give each measure that says that something differs, as ``name = number``."""
    if isinstance(metrics, dict):
        for key, item in metrics.items():
            if key in EQUAL:
                parts = item if isinstance(item, dict) else {"": item}
                for part, number in parts.items():
                    if number != EQUAL[key]:
                        yield f"{place}{'.' if place else ''}{key}{'.' if part else ''}{part} = {_number(number)}"
            elif key not in SAME:
                yield from nonzero(item, f"{place}.{key}" if place else str(key))
    elif isinstance(metrics, list | tuple):
        if metrics:
            yield f"{place} = {', '.join(map(str, metrics))}"
    elif isinstance(metrics, str):
        if metrics:
            yield f"{place} = {metrics}"
    elif metrics is not None and metrics != 0:
        yield f"{place} = {_number(metrics)}"


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
