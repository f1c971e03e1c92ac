"""`Histogram`: numpy's counts however they are made, refusals by kind, exact round trips, earth mover's distance."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sinks import DictStore

import datatypes as dt
from datatypes import uniform_bins
from datatypes.errors import WireFormatError
from datatypes.uniform_bins import count_values


def back(value):
    return dt.init_from_json(json.loads(json.dumps(value.to_json())), DictStore())


def assert_as_numpy(array, bins):
    try:
        counts, edges = np.histogram(array, bins=bins)
    except ValueError:  # more bins than numbers between the smallest and the largest
        with pytest.raises(ValueError, match="Too many bins for data range"):
            count_values(array, bins)
        return
    found, found_edges = count_values(array, bins)
    np.testing.assert_array_equal(found, counts)
    np.testing.assert_array_equal(found_edges, edges)
    assert (found.dtype, found_edges.dtype) == (counts.dtype, edges.dtype)


class TestCounts:
    @pytest.mark.parametrize(
        "values", [[1, 2, 2, 5], (0.5, 1.5), np.arange(9).reshape(3, 3), [True, False], [7], [], 3]
    )
    @pytest.mark.parametrize("bins", [1, 3, 64, 512])
    def test_are_those_of_numpy(self, values, bins):
        array = np.asarray(values)
        expected, edges = np.histogram(array.view(np.uint8) if array.dtype == bool else array, bins=bins)
        value = dt.Histogram(values, num_bins=bins)
        assert value.histogram == expected.tolist()
        assert value.bins == edges.tolist()
        assert all(type(count) is int for count in value.histogram)

    def test_there_are_64_bins_unless_told(self):
        assert len(dt.Histogram([1.0, 2.0]).histogram) == 64

    @settings(max_examples=60)
    @given(
        hnp.arrays(
            st.sampled_from([np.float32, np.float64]),
            st.integers(2, 400),
            elements=st.floats(-1e6, 1e6, width=32) | st.integers(-100, 100).map(float),
        ),
        st.integers(1, 512),
    )
    @example(np.array([0.0, 1.0]), 3)
    @example(np.array([0.1, 0.2, 0.3]), 3)
    def test_of_the_quick_way_are_those_of_numpy(self, array, bins):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(uniform_bins, "_WORTH_IT", 1)
            patch.setattr(uniform_bins, "_BLOCK", 64)
            assert_as_numpy(array, bins)
            try:
                edges = np.histogram_bin_edges(array, bins)  # values that are edges, and their neighbours
            except ValueError:
                return
            near = np.concatenate([edges, np.nextafter(edges, -np.inf), np.nextafter(edges, np.inf)])
            near = near.astype(array.dtype)
            assert_as_numpy(near[(near >= array.min()) & (near <= array.max())], bins)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("name", ["normal", "whole", "offset", "tiny", "huge", "skewed", "two", "one", "columns"])
    def test_of_large_arrays_are_those_of_numpy(self, dtype, name):
        rng = np.random.default_rng(1)
        normal = rng.normal(size=70_000)
        array = {
            "normal": normal,
            "whole": rng.integers(0, 64, 70_000),
            "offset": 1e6 + normal,  # of float32, edges fall together
            "tiny": normal * 1e-37,
            "huge": normal * 1e37,
            "skewed": np.exp(normal * 8),
            "two": (normal > 0) * 0.3,
            "one": np.full(70_000, 0.1),
            "columns": np.asfortranarray(normal.reshape(700, 100))[::-1],
        }[name].astype(dtype)
        for bins in (1, 7, 64, 512):
            assert_as_numpy(array, bins)

    def test_take_less_time_than_numpy(self):
        """The budget is 0.9 at ten million; the check leaves room for a busy machine."""
        array = np.random.default_rng(1).normal(size=4_000_000)
        ours = min(_seconds(lambda: count_values(array, 64)) for _ in range(5))
        numpys = min(_seconds(lambda: np.histogram(array, 64)) for _ in range(5))
        assert ours < 0.9 * numpys


def _seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({}, dt.RejectedValueError, "histogram: got neither sequence nor np_histogram"),
            ({"sequence": [1], "num_bins": 513}, dt.RejectedValueError, "num_bins: is 513, more than 512"),
            ({"sequence": [1], "num_bins": 0}, dt.RejectedValueError, "sequence: `bins` must be positive"),
            ({"sequence": [1.0, float("nan")]}, dt.RejectedValueError, "is not finite"),
            ({"sequence": [1.0, float("inf")]}, dt.RejectedValueError, "is not finite"),
            ({"sequence": np.full(70_000, np.nan)}, dt.RejectedValueError, "is not finite"),
            ({"sequence": ["a", "b"]}, dt.RejectedTypeError, "sequence: "),
            ({"np_histogram": ([1], [0, 1], [2])}, dt.RejectedValueError, "np_histogram: has 3 parts"),
            ({"np_histogram": ([1, 2], [0, 1])}, dt.RejectedValueError, "histogram: has 2 counts and 2 edges"),
            ({"np_histogram": ([1] * 513, [0] * 514)}, dt.RejectedValueError, "histogram: has 513 bins, more than 512"),
        ],
    )
    def test_are_errors_of_their_kind(self, arguments, error, message):
        with pytest.raises(error, match=message):
            dt.Histogram(**arguments)

    @pytest.mark.parametrize(
        "fields", [{}, {"values": [1]}, {"values": [1], "bins": [1]}, {"values": 1, "bins": [1, 2]}]
    )
    def test_of_stored_json(self, fields):
        with pytest.raises(WireFormatError, match="histogram JSON: has no list of n values"):
            dt.init_from_json({"_type": "histogram", **fields}, DictStore())


class TestRoundTrip:
    @given(st.lists(st.integers(0, 2**60) | st.floats(0, 1e300), min_size=1, max_size=20))
    def test_counts_and_edges_come_back_as_they_were(self, counts):
        edges = [float(index) for index in range(len(counts) + 1)]
        value = dt.Histogram(np_histogram=(counts, edges))
        again = back(value)
        assert again == value
        assert [type(count) for count in again.histogram] == [type(count) for count in counts]
        assert again.difference(value) == {"emd": 0.0, "bins_changed": 0}

    def test_more_bins_than_allowed_are_read(self):
        fields = {"_type": "histogram", "values": [1] * 600, "bins": list(range(601)), "more": None}
        value = dt.init_from_json(fields, DictStore())
        assert len(value.histogram) == 600
        assert value.to_json() == fields

    def test_facts(self):
        value = dt.Histogram(np_histogram=([1, 2.5], [0.0, 1.0, float("inf")]))
        assert value.facts() == {"$media": "histogram", "values": [1, 2.5], "bins": [0.0, 1.0, {"$inf": 1}]}
        assert repr(dt.Histogram([0, 1], num_bins=2)) == "Histogram(2 values in 2 bins, 0 to 1)"


def reference_distance(left, right):
    """Earth mover's distance by brute force: both inverse cumulative shares, sampled finely."""
    levels = (np.arange(200_000) + 0.5) / 200_000

    def inverse(value):
        shares = np.concatenate([[0], np.cumsum(value.histogram)]) / sum(value.histogram)
        return np.interp(levels, shares, value.bins)

    return float(np.mean(np.abs(inverse(left) - inverse(right))))


class TestDistance:
    def test_is_the_shift_of_shifted_values(self):
        left = dt.Histogram(np_histogram=([1, 3, 2], [0, 1, 2, 3]))
        right = dt.Histogram(np_histogram=([1, 3, 2], [2.5, 3.5, 4.5, 5.5]))
        assert left.difference(right) == {"emd": pytest.approx(2.5), "bins_changed": 3}
        assert right.difference(left)["emd"] == pytest.approx(2.5)

    def test_does_not_depend_on_the_total(self):
        left = dt.Histogram(np_histogram=([1, 3], [0, 1, 2]))
        assert left.difference(dt.Histogram(np_histogram=([10, 30], [0, 1, 2]))) == {"emd": 0.0, "bins_changed": 2}

    @settings(max_examples=30)
    @given(
        st.lists(st.integers(1, 9), min_size=1, max_size=6),
        st.lists(st.integers(1, 9), min_size=1, max_size=6),
        st.floats(-3, 3),
    )
    def test_equals_an_independent_computation(self, left, right, shift):
        first = dt.Histogram(np_histogram=(left, np.linspace(0, 2, len(left) + 1)))
        second = dt.Histogram(np_histogram=(right, np.linspace(shift, shift + 1, len(right) + 1)))
        assert first.difference(second)["emd"] == pytest.approx(reference_distance(first, second), abs=2e-4)

    def test_of_empty_histograms_is_finite(self):
        empty, full = (dt.Histogram(np_histogram=([count], [0, 1])) for count in (0, 1))
        assert np.isfinite(empty.difference(full)["emd"])
