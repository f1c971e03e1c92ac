"""Metadata in the form that W&B stores, and what has none."""

from __future__ import annotations

import datetime as dt
import enum
import math
from pathlib import Path

import numpy as np
import pytest

from storage.errors import InvalidNameError
from storage.metadata import json_metadata


class Colour(enum.IntEnum):
    RED = 1


def test_what_people_put_into_it():
    given = {
        "n": None, "b": True, "i": 3, "f": 0.5, "nan": math.nan, "inf": math.inf, "t": (1, [2]), "s": {2, 1},
        "d": dt.date(2026, 1, 2), "dt": dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC), "np": np.float32(0.5),
        "a": np.arange(4).reshape(2, 2), "e": Colour.RED, 3: "key", "p": Path("x/y"),
    }  # fmt: skip
    assert json_metadata(given) == {
        "n": None, "b": True, "i": 3, "f": 0.5, "nan": None, "inf": math.inf, "t": [1, [2]], "s": [1, 2],
        "d": "2026-01-02", "dt": "2026-01-02T03:00:00+00:00", "np": 0.5, "a": [[0, 1], [2, 3]], "e": 1, "3": "key",
        "p": str(Path("x/y")),
    }  # fmt: skip
    assert type(json_metadata(given)["e"]) is int
    assert json_metadata(None) == {}
    assert len(json_metadata({str(n): n for n in range(500)})) == 500


def test_what_has_no_form_is_named():
    with pytest.raises(InvalidNameError, match=r"metadata\['a'\]\[1\]: is object, which has no form in JSON"):
        json_metadata({"a": [0, object()]})
    with pytest.raises(InvalidNameError, match="metadata: is list, not a dict"):
        json_metadata([1])
    loop: list = []
    loop.append(loop)
    with pytest.raises(InvalidNameError, match="nested more than"):
        json_metadata({"loop": loop})


def test_it_is_a_copy():
    inner = {"a": [1]}
    made = json_metadata({"x": inner})
    inner["a"].append(2)
    assert made == {"x": {"a": [1]}}
