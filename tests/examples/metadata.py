"""JSON side files."""

from __future__ import annotations

import datatypes as dt


def examples():
    yield "dict", dt.JSONMetadata({"a": [1, 2.5, None, True, "ü"], "b": {}})
    yield "list", dt.JSONMetadata([1, 2])
    yield "text", dt.JSONMetadata("x")
