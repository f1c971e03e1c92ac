"""Histograms."""

from __future__ import annotations

import numpy as np

import datatypes as dt


def examples():
    yield "values", dt.Histogram([1, 2, 2, 5], num_bins=3)
    yield "pair", dt.Histogram(np_histogram=np.histogram(np.random.default_rng(0).normal(size=500), bins=512))
    yield "densities", dt.Histogram(np_histogram=([0.25, 0.75], [0.0, 0.5, 1.0]))
