"""Clouds read straight into arrays are those that are read row by row."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from datatypes import Object3D, cloud_text
from datatypes.cloud_text import read_arrays, read_rows
from datatypes.errors import DecodeLimitError, UnreadableMediaError
from datatypes.payload import BytesPayload


def payload(text):
    return BytesPayload(text if isinstance(text, bytes) else text.encode(), ".pts.json")


@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 30), st.sampled_from([1, 3, 4, 6, 7]))))
def test_every_bit_comes_back(rows):
    value = Object3D(rows) if rows.shape[1] in (3, 4, 6) else None
    text = value._file().read() if value is not None else json.dumps(rows.tolist()).encode()
    assert np.array_equal(read_arrays(payload(text), "p").rows, rows, equal_nan=True)


def test_blocks_make_one_array(monkeypatch):
    rows = np.random.default_rng(1).normal(size=(500, 6))
    text = json.dumps(rows.tolist(), separators=(",", ":")).encode()
    for size in (1, 7, 100, 5000):
        monkeypatch.setattr(cloud_text, "_BLOCK", size)
        assert np.array_equal(read_rows(text), rows)


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "]", "[]", "[[]]", "[[],[]]", "[[1,2],[3]]", "[[1],[2,3],[4,5]]", "[[1,2,3],[1,2],[1,2,3,4]]",
        "[[[1,2]]]", "[[1,[2]]]", "[[1,,2]]", "[[1,2],]", "[[1,2]][3]", "[[--1]]", "[[1e]]", "[[NaN,1]]", '[["1",2]]',
        "[[null,1]]", "[[true]]", "[1,2]", '{"points":[[1,2]]}', "[[01,2]]", "[[1,2]", "[1,2]]",
    ],
)  # fmt: skip
def test_whatever_is_not_plain_is_left_to_the_other_reader(text):
    assert read_rows(text.encode()) is None


def test_scenes():
    box = {"corners": [[0, 0, 0]] * 8, "label": 'say "points":[[1,2]]'}
    scene = {"type": "lidar/beta", "vectors": [{"a": 1}], "points": [[1, 2, 3], [4, 5, 6.5]], "boxes": [box]}
    found = read_arrays(payload(json.dumps(scene, separators=(",", ":"))), "s")
    assert found.rows.tolist() == [[1, 2, 3], [4, 5, 6.5]]
    assert found[1:] == ("lidar/beta", [box], [{"a": 1}])


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize(
    "scene",
    [
        {"type": "lidar/beta", "boxes": [{"points": [[1, 2, 3]]}], "points": [[7, 8, 9]]},
        {"type": "lidar/beta", "boxes": [{"points": [[1, 2, 3]]}]},
        {"type": "lidar/beta", "points": []},
        {"points": [[1, 2, 3]]},
        {"type": "lidar/beta", "points": [[1, 2, 3]], "boxes": 3},
        {"type": "lidar/beta", "points": [[1, 2, 3], "x"]},
    ],
)
def test_scenes_are_what_the_other_reader_says(scene, separators):
    from datatypes.point_cloud import read_cloud

    given = payload(json.dumps(scene, separators=separators))

    def said(read):
        try:
            return read()
        except UnreadableMediaError as error:
            return str(error)

    expected = said(lambda: read_cloud(given, "s"))
    found = said(lambda: read_arrays(given, "s"))
    if isinstance(expected, str):
        assert found == expected
    else:
        assert (found.rows.tolist(), found[1:]) == (expected.to_numpy("s").tolist(), expected[1:])


def test_the_limit(monkeypatch):
    monkeypatch.setenv("VITRINA_MAX_JSON_BYTES", "10")
    with pytest.raises(DecodeLimitError):
        read_arrays(payload("[[1,2,3],[4,5,6]]"), "p")
