"""Frames as Parquet."""

from __future__ import annotations

import numpy as np
import pandas as pd

import datatypes as dt


def examples():
    yield (
        "dtypes and index",
        dt.DataFrame(
            pd.DataFrame(
                {
                    "i": np.array([1, 2], np.int8),
                    "f": [0.5, np.nan],
                    "text": ["a", None],
                    "when": pd.to_datetime(["2020-01-01", None]).tz_localize("UTC"),
                    "kind": pd.Categorical(["x", "y"]),
                },
                index=pd.Index(["r", "s"], name="row"),
            )
        ),
    )
    yield "no rows", dt.DataFrame(pd.DataFrame({"a": pd.Series([], dtype="int64")}))
