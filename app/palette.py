"""Colours of classes: one table, chosen by class id, the same on every page.

The first eight are those of Okabe and Ito, black at id 0 (often the background). The others were chosen one by one,
each as far as possible from all before it: by the smallest distance in CIELAB for normal sight, and for protan and
deutan sight as Machado, Oliveira and Fernandes (2009) simulate them. No two of the table are closer than the closest
two of Okabe and Ito's own; ``tests/unit/app/test_palette.py`` measures it.
"""

from __future__ import annotations

import zlib

__all__ = ["COLOURS", "colour_of", "is_background", "luminance", "text_colour"]

COLOURS = (
    "#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7",
    "#0000ff", "#87ffa5", "#781e00", "#6969ff", "#78005a", "#a5f0ff", "#3c1ea5", "#e10f4b",
    "#5af0c3", "#e1a55a", "#87003c", "#6996ff", "#e1f078", "#3c2d87", "#2d3ce1", "#a53c00",
)  # fmt: skip

#: Names of a class 0 that means "nothing here": it is drawn transparent at first.
_BACKGROUND_NAMES = frozenset({"background", "unlabelled", "unlabeled", "void", "none", "ignore"})


def colour_of(class_id: int | str) -> str:
    """Return the colour of a class as ``#rrggbb``; ids beyond the table begin again, text has a fixed place in it."""
    number = class_id if isinstance(class_id, int) else zlib.crc32(str(class_id).encode("utf-8", "surrogatepass"))
    return COLOURS[number % len(COLOURS)]


def is_background(class_id: int | str, name: str | None) -> bool:
    """Whether a class means that there is nothing: id 0, without a name or with one that says so."""
    return class_id == 0 and (not name or name.strip().lower() in _BACKGROUND_NAMES)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    linear = []
    for start in (1, 3, 5):
        share = int(colour[start : start + 2], 16) / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def text_colour(colour: str) -> str:
    """Return black or white, whichever is easier to read on `colour`; the contrast is 4.5:1 at least."""
    light = luminance(colour) + 0.05
    return "#ffffff" if 1.05 / light >= light / 0.05 else "#000000"
