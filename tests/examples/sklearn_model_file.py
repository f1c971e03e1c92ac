"""Saved models: files of others, never loaded."""

from __future__ import annotations

from pathlib import Path

import datatypes as dt

INPUTS = Path(__file__).parents[1] / "golden/data/inputs"


def examples():
    yield "file", dt.SklearnModel(INPUTS / "report.html")
    yield "folder", dt.SklearnModel(str(INPUTS / "dir_a"))
