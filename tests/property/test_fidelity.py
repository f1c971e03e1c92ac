"""Records of every type over arrays of every dtype: ``lossless`` is never wrong, and a deep verify agrees with each."""

from __future__ import annotations

import math

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

import datatypes as dt
from app.verifying import Options, verify_artifact
from storage import Artifact, Store

NUMBERS = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "int64", "float16", "float32", "float64"]
SOUND = ["int8", "uint8", "int16", "int32", "float16", "float32", "float64"]


def elements_of(dtype, low=None, high=None):
    """Numbers of a dtype; floats also beyond what is stored, NaN and infinities among them."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return st.booleans()
    if dtype.kind == "f":
        usual = st.floats(-1.5, 1.5, width=8 * dtype.itemsize)
        return st.one_of(usual, st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf]))
    info = np.iinfo(dtype)
    least, most = int(info.min) if low is None else low, int(info.max) if high is None else high
    return st.integers(max(least, int(info.min)), min(most, int(info.max)))


@st.composite
def arrays(draw, dtypes, shapes, **limits):
    dtype = draw(st.sampled_from(dtypes))
    return draw(hnp.arrays(np.dtype(dtype), draw(shapes), elements=elements_of(dtype, **limits)))


def stored(value):
    """Return a value as a store gives it back, after a deep verify that has nothing against it."""
    artifact = Artifact("one", type="dataset")
    artifact.add(value, "value")
    saved = Store.in_memory().log_artifact(artifact)
    report = verify_artifact(saved, Options(is_deep=True, workers=1))
    assert report.problems == []
    assert report.findings == []  # there is a record, so nothing has to be inferred
    return saved.get("value"), saved.json(saved.value_names()[-1]).get("fidelity", {})


def same(left, right):
    """Every bit that the dtype holds, up to which NaN it is."""
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    return np.array_equal(left, right, equal_nan=left.dtype.kind == "f")


SIDES = st.integers(1, 6)


@given(arrays(NUMBERS, st.one_of(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES, st.sampled_from([3, 4])))))
@settings(max_examples=150, deadline=None)
def test_pictures(array):
    value, record = stored(dt.Image(array))
    pixels = value.to_numpy()
    assert (record["verdict"] == "lossless") <= bool(np.array_equal(pixels, array))
    if record["verdict"] == "bounded":  # the error is that of the way back, and no more than half a step of 8 bits
        low, high = array.min(), array.max()
        scaled = (low < 0) or (high <= 1)
        span = (float(high) - float(low)) if low < 0 else (1.0 if scaled else 255.0)
        start = float(low) if low < 0 else 0.0
        back = pixels / 255 * span + start if scaled else pixels.astype(np.float64)
        assert record["max_abs_error"] == np.abs(back - array.astype(np.float64)).max()
        assert record["max_abs_error"] <= span / 510 * 1.001 + 1e-12


@given(arrays(NUMBERS[:8], st.tuples(SIDES, SIDES), low=0, high=65535))
@settings(max_examples=80, deadline=None)
def test_masks(array):
    value, _ = stored(dt.Image(np.full((4, 4), 9, np.uint8), masks={"m": {"mask_data": array}}))
    mask = value.masks["m"]
    assert mask.fidelity.verdict == "lossless"
    assert np.array_equal(mask.to_numpy(), array)


@given(
    arrays(SOUND, st.one_of(st.tuples(st.integers(1, 40)), st.tuples(st.integers(1, 40), st.integers(1, 3)))),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_sounds(array, exact):
    value, record = stored(dt.Audio(array, sample_rate=8000, exact=exact))
    samples, rate = value.to_numpy()
    assert rate == 8000
    if exact:
        assert record["verdict"] == "lossless"
    if record["verdict"] == "lossless":
        assert same(samples, array)
    else:
        assert record["clipped"] == np.count_nonzero(np.abs(array.astype(np.float64)) > 1)
        assert record["dropped"] == np.count_nonzero(np.isnan(array))


@given(
    arrays(
        ["uint8", "int16", "int32", "float32", "float64"],
        st.tuples(st.integers(1, 20), st.sampled_from([3, 4, 6])),
    )
)
@settings(max_examples=80, deadline=None)
def test_points(array):
    value, record = stored(dt.Object3D(array))
    assert record["verdict"] == "lossless"
    assert same(value.to_numpy(), array)


CELLS = st.one_of(
    st.none(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.booleans(),
)


@given(st.lists(CELLS, max_size=12))
@settings(max_examples=100, deadline=None)
def test_cells(cells):
    table = dt.Table(columns=["c"], data=[[cell] for cell in cells], allow_mixed_types=True)
    value, record = stored(table)
    assert record["verdict"] == "lossless"
    for before, after in zip(cells, value.get_column("c"), strict=True):
        assert type(before) is type(after)
        assert before == after or (before != before and after != after)  # noqa: PLR0124  # NaN


@given(arrays(["uint8"], st.tuples(st.integers(1, 4), st.sampled_from([1, 3]), st.just(16), st.just(16))))
@settings(max_examples=15, deadline=None)
def test_films(array):
    for settings_ in ({"format": "gif"}, {"format": "webm", "exact": True}):
        value, record = stored(dt.Video(array, fps=4, **settings_))
        frames = value.to_numpy()
        assert value.n_frames == len(array)
        if record["verdict"] == "lossless":
            assert np.array_equal(np.broadcast_to(array, frames.shape) if array.shape[1] == 1 else array, frames)
