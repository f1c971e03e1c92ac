"""Arrays to pixels, against formulations that share nothing with the code."""

from __future__ import annotations

import math

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from sinks import DictStore

import datatypes as dt

DTYPES = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "int64", "float16", "float32", "float64"]
SHAPES = st.one_of(
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.tuples(st.integers(1, 7), st.integers(1, 7), st.sampled_from([1, 3, 4])),
)


@st.composite
def pictures(draw, dtypes=DTYPES, *, finite=False):
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    shape = draw(SHAPES)
    if dtype.kind == "f":
        low, high = draw(st.sampled_from([(0, 1), (-1, 1), (0, 255), (-3e4, 3e4)]))
        elements = st.floats(low, high, width=dtype.itemsize * 8)
        if not finite:
            elements = st.one_of(elements, st.sampled_from([math.nan, math.inf, -math.inf]))
    elif dtype.kind == "b":
        elements = st.booleans()
    else:
        info = np.iinfo(dtype)
        bounds = draw(st.sampled_from([(0, 1), (0, 255), (int(info.min), int(info.max))]))
        elements = st.integers(max(bounds[0], int(info.min)), min(bounds[1], int(info.max)))
    return draw(hnp.arrays(dtype, shape, elements=elements))


@given(pictures())
@settings(max_examples=400, deadline=None)
def test_lossless_is_never_wrong(array):
    image = dt.Image(array)
    store = DictStore()
    back = dt.init_from_json(image.to_json(store), store).to_numpy()
    given_ = array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array
    record = image.fidelity
    if record.verdict == "lossless":
        assert np.array_equal(back, given_)
    else:
        same_bits = np.array_equal(back, given_) and not (array.dtype.kind == "f" and np.signbit(given_).any())
        assert not same_bits or record.dropped or record.clipped


@given(pictures())
@settings(max_examples=200, deadline=None)
def test_exact_gives_back_the_array(array):
    image = dt.Image(array, exact=True)
    store = DictStore()
    back = dt.init_from_json(image.to_json(store), store).to_numpy()
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert image.fidelity.verdict == "lossless"


@given(pictures(["bool", "uint8", "int16", "int64", "float16", "float32", "float64"], finite=True))
@settings(max_examples=400, deadline=None)
def test_the_record_is_what_python_computes(array):
    """Pixel by pixel in Python's own arithmetic: rule, rounding, error."""
    image = dt.Image(array)
    record = image.fidelity
    values = [float(x) for x in array.ravel()]
    low, high = min(values), max(values)
    if low < 0:
        start, factor = low, (high - low) / 255
    elif high <= 1:
        start, factor = 0.0, 1 / 255
    else:
        start, factor = 0.0, 1.0
    stored = image.to_numpy().ravel()
    errors = [abs(int(pixel) * factor + start - value) for pixel, value in zip(stored, values, strict=True)]
    tolerance = 1e-9 + 2e-6 * max(abs(low), abs(high))
    if record.verdict == "lossless":
        assert max(errors) == 0 or (high <= 1 and low >= 0)
    else:
        assert record.max_abs_error == pytest.approx(max(errors), abs=tolerance)
        rmse = math.sqrt(math.fsum(error * error for error in errors) / len(errors))
        assert record.rmse == pytest.approx(rmse, abs=tolerance)
    if record.verdict == "bounded":
        assert record.max_abs_error <= factor / 2 + tolerance
    outside = sum(1 for value in values if value >= 255.5) if factor == 1.0 else 0
    assert (record.clipped or 0) == outside


@given(pictures(finite=True))
@settings(max_examples=300, deadline=None)
def test_to_uint8_is_the_seeds(array):
    """`to_uint8` of SDK 0.10.12, written out value by value in the dtype's own arithmetic."""
    if array.min() < 0 and array.min() == array.max():
        assert not dt.Image.to_uint8(array).any()  # zero by zero, which became black
        return
    data = array
    if data.min() < 0:
        with np.errstate(all="ignore"):
            data = (data - data.min()) / (data.max() - data.min())
    with np.errstate(all="ignore"):
        values = data.ravel()
        if max(values) <= 1.0:
            values = [int(x * data.dtype.type(255)) if data.dtype.kind == "f" else int(x) * 255 for x in values]
        wanted = [int(min(max(x, 0), 255)) for x in values]
        assert dt.Image.to_uint8(array).ravel().tolist() == wanted


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("shape", "mode"), [((2, 3), "L"), ((2, 3, 3), "RGB"), ((2, 3, 4), "RGBA"), ((3,), "RGB"), ((2, 3, 5, 4), "RGBA")]
)
def test_guess_mode_looks_at_the_shape_alone(dtype, shape, mode):
    assert dt.Image.guess_mode(np.zeros(shape, dtype)) == mode


@pytest.mark.parametrize("shape", [(2, 3, 2), (2, 3, 5), (3, 2, 1), (7,)])
def test_guess_mode_refuses_other_shapes(shape):
    with pytest.raises(ValueError, match="has shape"):
        dt.Image.guess_mode(np.zeros(shape))
