"""Measures in words: what stands beside a changed entry on a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from app.comparing.measures import EQUAL, SAME

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["fact_of", "spoken"]

#: Counts: singular and plural.
_COUNTS = {
    "changed_pixels": ("pixel changed", "pixels changed"),
    "changed_frames": ("frame changed", "frames changed"),
    "frames_added": ("frame added", "frames added"),
    "frames_removed": ("frame removed", "frames removed"),
    "rows_added": ("row added", "rows added"),
    "rows_removed": ("row removed", "rows removed"),
    "rows_moved": ("row moved", "rows moved"),
    "cells_changed": ("cell changed", "cells changed"),
    "bins_changed": ("bin changed", "bins changed"),
    "nodes_added": ("node added", "nodes added"),
    "nodes_removed": ("node removed", "nodes removed"),
    "nodes_changed": ("node changed", "nodes changed"),
    "edges_added": ("edge added", "edges added"),
    "edges_removed": ("edge removed", "edges removed"),
    "edges_changed": ("edge changed", "edges changed"),
    "faces_added": ("face added", "faces added"),
    "faces_removed": ("face removed", "faces removed"),
    "paths_added": ("place added", "places added"),
    "paths_removed": ("place removed", "places removed"),
    "paths_changed": ("place changed", "places changed"),
    "lines_added": ("line added", "lines added"),
    "lines_removed": ("line removed", "lines removed"),
    "files_added": ("file added", "files added"),
    "files_removed": ("file removed", "files removed"),
    "files_changed": ("file changed", "files changed"),
    "items_added": ("item added", "items added"),
    "items_removed": ("item removed", "items removed"),
    "items_changed": ("item changed", "items changed"),
    "steps_added": ("step added", "steps added"),
    "steps_removed": ("step removed", "steps removed"),
    "steps_changed": ("step changed", "steps changed"),
    "added": ("added", "added"),
    "removed": ("removed", "removed"),
    "moved": ("moved", "moved"),
    "changed": ("changed", "changed"),
    "reordered": ("in another order", "in another order"),
}

_NUMBERS = {
    "max_abs": "largest error {}",
    "psnr_db": "PSNR {} dB",
    "snr_db": "SNR {} dB",
    "max_distance": "farthest move {}",
    "emd": "earth mover's distance {}",
    "min_iou": "least IoU {}",
}

_FLAGS = {
    "columns_moved": "columns in another order",
    "type_changed": "another type",
    "key_changed": "another key",
}

#: What is told elsewhere, or in other words.
_UNTOLD = frozenset({"first_difference", "bytes_between", "paths", "changed_by_column", "items", "steps"})


def spoken(metrics: dict[str, Any]) -> list[str]:
    """Return what measures say, one phrase each, only of what differs."""
    return list(_phrases(metrics))


def _phrases(metrics: dict[str, Any]) -> Iterator[str]:
    for key, item in metrics.items():
        if key in SAME or key in _UNTOLD:
            continue
        if key == "problem":
            yield f"cannot be decoded: {item}"
        elif key == "mask_iou":
            yield from _classes({name: share for name, share in item.items() if share != 1})
        elif key == "changed" and ("sizes" in metrics or "lines_added" in metrics):
            continue  # bytes and lines say more
        elif isinstance(item, dict):
            for name, inner in _groups(key, item):
                yield from (f"{name}: {phrase}" for phrase in inner)
        elif isinstance(item, list | tuple | str):
            yield from _listed(key, item)
        elif key in EQUAL:
            if item != EQUAL[key]:
                yield _NUMBERS[key].format(f"{item:.4g}")
        elif item:
            yield _counted(key, item)


def _classes(shares: dict[str, float]) -> Iterator[str]:
    """Give the class whose areas share least, and how many changed."""
    if shares:
        name, least = min(shares.items(), key=lambda item: item[1])
        rest = f", least of {len(shares):,}" if len(shares) > 1 else ""
        yield f"class {name} IoU {least:.4g}{rest}"


def fact_of(phrase: str) -> tuple[str, str]:
    """Return a phrase as a label and its value: ``2,000 pixels changed`` → ``Pixels changed``, ``2,000``."""
    if phrase.startswith("cannot be decoded: "):
        return "Problem", phrase
    group, colon, rest = phrase.rpartition(": ")
    if colon:
        label, text = fact_of(rest)
        return (f"{group}: {label[:1].lower()}{label[1:]}" if label else group), text
    if found := re.fullmatch(r"([\d,]+) (\D.*)", phrase):
        return found[2][:1].upper() + found[2][1:], found[1]
    if found := re.fullmatch(r"(\D+?) (-?[\d.,]+(?:e[-+]?\d+)?(?: dB)?|-?inf(?: dB)?)", phrase):
        return found[1][:1].upper() + found[1][1:], found[2]
    return "", phrase


def _groups(key: str, item: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Give the measures of parts: masks and boxes by name, boxes and vectors of a scene, tables of a join."""
    if any(isinstance(inner, dict) for inner in item.values()) or key in ("masks", "boxes"):
        for name, inner in item.items():
            if isinstance(inner, dict):
                yield f"{key} {name}", spoken(inner)
            elif isinstance(inner, str):
                yield f"{key} {name}", [inner]
            elif inner:
                yield key, [_counted(name, inner)]
    else:
        yield key, spoken(item)


def _listed(key: str, item: Any) -> Iterator[str]:
    if not item:
        return
    if key == "sizes":
        if item[0] != item[1]:
            yield f"{item[0]:,} → {item[1]:,} bytes"
    elif key in ("shapes", "columns", "frames"):
        texts = ["×".join(map(str, side)) if isinstance(side, list | tuple) else f"{side:,}" for side in item]
        yield f"{'' if key == 'shapes' else key + ' '}{texts[0]} → {texts[1]}"
    elif key == "fields":
        yield f"other {', '.join(map(str, item))}"
    else:
        text = item if isinstance(item, str) else ", ".join(map(str, item[:6])) + (" …" if len(item) > 6 else "")
        yield f"{key.replace('_', ' ')}: {text}"


def _counted(key: str, item: Any) -> str:
    if key in _FLAGS:
        return _FLAGS[key]
    if key in _NUMBERS:
        return _NUMBERS[key].format(f"{item:.4g}")
    if key in _COUNTS and isinstance(item, int):
        return f"{item:,} {_COUNTS[key][item != 1]}"
    return f"{key.replace('_', ' ')} {item:.4g}" if isinstance(item, float) else f"{key.replace('_', ' ')} {item}"
