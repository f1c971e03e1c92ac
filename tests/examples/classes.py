"""Class sets."""

from __future__ import annotations

import datatypes as dt


def examples():
    yield "numbers", dt.Classes([{"id": 0, "name": "sky"}, {"id": 7, "name": "Bäume"}])
    yield "text ids and colours", dt.Classes([{"id": "a", "name": "x", "color": "red"}])
    yield "empty", dt.Classes([])
