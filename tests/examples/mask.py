"""Masks made from each input that `ImageMask` accepts."""

from __future__ import annotations

import numpy as np

import datatypes as dt


def examples():
    ids = np.arange(12).reshape(3, 4)
    yield "array", dt.ImageMask({"mask_data": ids, "class_labels": {0: "a", 11: "b"}}, "m")
    yield "default labels", dt.ImageMask({"mask_data": ids % 3}, "m")
    yield "ids beyond 255", dt.ImageMask({"mask_data": ids * 5000}, "m")
    yield "bool array", dt.ImageMask({"mask_data": ids > 4}, "m")
    yield "floats", dt.ImageMask({"mask_data": ids + 0.25}, "m")
