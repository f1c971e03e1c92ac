"""The record of each kind of input beside an independent NumPy computation of what it cost."""

import hashlib
import json
import math
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from PIL import Image as PILImage
from sinks import DictStore

import datatypes as dt

RNG = np.random.default_rng(7)


def stored(value):
    """Return the value as it is read back, and its record as JSON text holds it."""
    store = DictStore()
    document = json.loads(json.dumps(value.to_json(store)))
    return dt.init_from_json(document, store), document.get("fidelity")


def sha256_of(array):
    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<")))
    return hashlib.sha256(little.tobytes()).hexdigest()


def checked_source(record, array):
    """Compare what a record says of its source with the source."""
    source = record["source"]
    finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    assert source["dtype"] == array.dtype.name
    assert source["shape"] == list(array.shape)
    assert (source["min"], source["max"]) == (finite.min().item(), finite.max().item())
    assert source["sha256"] == sha256_of(array)


def errors(given, back):
    """The measures, computed as the contract defines them: in units of the source, over finite values."""
    finite = np.isfinite(given)
    left, right = given[finite].astype(np.float64), back[finite].astype(np.float64)
    error = np.abs(left - right)
    rmse = math.sqrt(float((error**2).mean()))
    span = float(left.max() - left.min())
    found = {"max_abs_error": float(error.max()), "rmse": rmse}
    return found | ({"psnr_db": 20 * math.log10(span / rmse)} if rmse and span else {})


U8 = RNG.integers(0, 256, (21, 34), np.uint8)
LOSSLESS = {
    "uint8 grey": U8,
    "uint8 RGB": RNG.integers(0, 256, (21, 34, 3), np.uint8),
    "uint8 RGBA": RNG.integers(0, 256, (21, 34, 4), np.uint8),
    "uint16 grey": RNG.integers(0, 65536, (21, 34), np.uint16),
    "uint16 RGB": RNG.integers(0, 65536, (21, 34, 3), np.uint16),
    "int64 from 0 to 255": RNG.integers(0, 256, (21, 34)),
    "whole floats": RNG.integers(0, 256, (21, 34)).astype(np.float32),
}


@pytest.mark.parametrize("what", LOSSLESS)
def test_pictures_that_lose_nothing(what):
    array = LOSSLESS[what]
    value, record = stored(dt.Image(array))
    assert set(record) == {"verdict", "source"}  # a lossless record is only that
    assert record["verdict"] == "lossless"
    checked_source(record, array)
    assert np.array_equal(value.to_numpy().astype(array.dtype), array)


#: What was given, the lower end and the width of the range that becomes [0, 255].
BOUNDED = {
    "float32 from 0 to 1": (RNG.random((21, 34, 3)).astype(np.float32), 0.0, 1.0),
    "float64 from 0 to 1": (RNG.random((21, 34)), 0.0, 1.0),
    "float16 from 0 to 1": (RNG.random((21, 34)).astype(np.float16), 0.0, 1.0),
    "floats with negatives": (RNG.normal(size=(21, 34)), None, None),
    "whole numbers with negatives": (RNG.integers(-300, 300, (21, 34)), None, None),
    "int 0 and 1": (RNG.integers(0, 2, (21, 34)), 0.0, 1.0),
    "uint8 0 and 1": (RNG.integers(0, 2, (21, 34), np.uint8), 0.0, 1.0),
    "bool": (RNG.random((21, 34)) > 0.5, 0.0, 1.0),
    "floats from 0 to 255": (RNG.random((21, 34)) * 255, 0.0, 255.0),
}


@pytest.mark.parametrize("what", BOUNDED)
def test_pictures_with_a_bound(what):
    array, low, span = BOUNDED[what]
    if low is None:
        low, span = float(array.min()), float(array.max()) - float(array.min())
    value, record = stored(dt.Image(array))
    pixels = value.to_numpy()
    back = pixels.astype(np.float64) / 255 * span + low
    checked_source(record, array)
    wanted = errors(array.astype(np.float64), back)
    assert record["verdict"] == "bounded"
    for name, number in wanted.items():
        assert record[name] == pytest.approx(number, rel=1e-9, abs=1e-12), name
    assert record["max_abs_error"] <= span / 255 / 2 * 1.0001
    assert (record["clipped"], record["dropped"]) == (0, 0)
    assert np.array_equal(pixels, np.rint((array.astype(np.float64) - low) * (255 / span)))


def test_pictures_with_values_that_cannot_be_stored():
    array = RNG.random((21, 34)) * 300
    array[0, :3] = np.nan, np.inf, 299.5
    value, record = stored(dt.Image(array))
    assert record["verdict"] == "lossy"
    assert record["clipped"] == np.count_nonzero(array[np.isfinite(array)] >= 255.5) + 1
    assert record["dropped"] == 1
    wanted = errors(array, np.nan_to_num(value.to_numpy().astype(np.float64)))
    assert record["max_abs_error"] == pytest.approx(wanted["max_abs_error"])


@pytest.mark.parametrize("kind", ["jpg", "bmp"])
def test_pictures_in_other_formats(kind):
    array = RNG.integers(2, 256, (24, 32, 3), np.uint8)
    value, record = stored(dt.Image(array, file_type=kind))
    back = np.asarray(PILImage.open(value.open()))
    if kind == "bmp":
        assert record["verdict"] == "lossless"
        assert np.array_equal(back, array)
        return
    wanted = errors(array, back)
    assert record["verdict"] == "lossy"
    assert {name: record[name] for name in wanted} == pytest.approx(wanted)


def test_grey_of_sixteen_bits_from_pillow():
    array = RNG.integers(0, 65536, (9, 11), np.uint16)
    value, record = stored(dt.Image(PILImage.fromarray(array)))
    assert record["verdict"] == "lossless"
    assert np.array_equal(value.to_numpy(), array)


def test_sound_beyond_full_scale():
    array = (RNG.normal(size=(500, 2)) * 0.6).astype(np.float32)
    array[7] = 1.5, -1.25
    value, record = stored(dt.Audio(array, sample_rate=8000))
    whole = np.clip(np.rint(array.astype(np.float64) * 32768), -32768, 32767) / 32768
    checked_source(record, array)
    assert record["verdict"] == "lossy"
    assert record["clipped"] == np.count_nonzero(np.abs(array) > 1)
    error = array.astype(np.float64) - whole
    assert record["max_abs_error"] == pytest.approx(np.abs(error).max())
    assert record["rmse"] == pytest.approx(math.sqrt((error**2).mean()))
    power = (array.astype(np.float64) ** 2).sum()
    assert record["snr_db"] == pytest.approx(10 * math.log10(power / (error**2).sum()), rel=1e-6)
    assert np.array_equal(value.to_numpy(np.float64)[0], whole)


def test_sound_of_twenty_four_bits():
    array = (RNG.integers(-(2**23), 2**23, 400) << 8).astype(np.int32)
    value, record = stored(dt.Audio(array, sample_rate=48000))
    assert record["verdict"] == "lossless"
    checked_source(record, array)
    assert value.subtype == "PCM_24"
    assert np.array_equal(value.to_numpy()[0], array)


@pytest.mark.parametrize("kind", ["gif", "mp4", "webm"])
def test_noise_as_video(kind):
    array = RNG.integers(0, 256, (6, 3, 32, 48), np.uint8)
    value, record = stored(dt.Video(array, fps=5, format=kind))
    frames = np.stack(list(value.frames())).transpose(0, 3, 1, 2)
    checked_source(record, array)
    wanted = errors(array, frames)
    assert len(frames) == len(array)
    assert record["verdict"] == "lossy"
    assert {name: record[name] for name in wanted} == pytest.approx(wanted, rel=1e-6)


def test_points_of_sixty_four_bits():
    array = RNG.normal(size=(200, 3)) * 1e-3
    value, record = stored(dt.Object3D(array))
    assert record["verdict"] == "lossless"
    checked_source(record, array)
    assert value.to_numpy().tobytes() == array.tobytes()


CELLS = {
    "whole numbers beyond 2^53": [2**53 + 1, -(2**63), 2**64 + 3, 5],
    "NaN and None": [1.5, float("nan"), None, float("inf")],
    "minus zero": [-0.0, 0.0, 1],
    "text": ["ü", "", "1", None],
    "booleans": [True, False, None],
}


@pytest.mark.parametrize("what", CELLS)
def test_cells(what):
    value, record = stored(dt.Table(columns=["c"], data=[[cell] for cell in CELLS[what]]))
    assert record["verdict"] == "lossless"
    for before, after in zip(CELLS[what], value.get_column("c"), strict=True):
        assert type(after) is type(before)
        assert repr(after) == repr(before)


def test_instants_with_zones():
    east = timezone(timedelta(hours=5, minutes=30))
    cells = [datetime(2024, 2, 29, 23, 59, 59, 123000, tzinfo=east), datetime(1969, 1, 1, tzinfo=UTC)]
    value, record = stored(dt.Table(columns=["when"], data=[[cell] for cell in cells]))
    after = value.get_column("when")
    assert [cell.timestamp() for cell in after] == [cell.timestamp() for cell in cells]
    lossless = all(cell.utcoffset() == before.utcoffset() for cell, before in zip(after, cells, strict=True))
    assert (record["verdict"] == "lossless") is lossless
