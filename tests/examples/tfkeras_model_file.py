"""Saved models: files of others, never loaded."""

from __future__ import annotations

from pathlib import Path

import datatypes as dt

INPUTS = Path(__file__).parents[1] / "golden/data/inputs"


def examples():
    yield "file", dt.TFKerasModel(INPUTS / "report.html")
    yield "folder", dt.TFKerasModel(str(INPUTS / "dir_a"))
