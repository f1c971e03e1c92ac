"""Large documents of tables in blocks: the same rows as the whole, whatever stands in the cells."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tables.json_blocks import blocks, notes_of_rows, read_frame

HOSTILE = [
    "]",
    "],",
    "], [",
    ']], "ncols": 3}',
    '"data": [',
    '\\"]]',
    "\\",
    '"',
    '], "',
    "]]}",
    '{"data": []}',
    "[[",
    "\u2028",
    "é]",
]

cells = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 70), 1 << 70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(HOSTILE),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(HOSTILE) | st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)


def document(rows, **more):
    return {"_type": "table", "columns": ["a", "b"], **more, "data": rows, "ncols": 2, "nrows": len(rows)}


def read(text, block_bytes):
    file = io.BytesIO(text)
    frame = read_frame(file, len(text))
    assert frame is not None
    return frame, [row for block in blocks(file, frame, block_bytes) for row in block]


@given(
    st.lists(st.lists(cells, min_size=2, max_size=2), max_size=12),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\n ", " : ")]),
    st.integers(1, 400),
    st.booleans(),
    st.booleans(),
)
def test_blocks_hold_the_rows_of_the_document(rows, separators, block_bytes, is_sorted, is_ascii):
    whole = document(rows, column_types={"wb_type": "typedDict", "params": {"type_map": {"a": [["data"]]}}})
    text = json.dumps(whole, separators=separators, sort_keys=is_sorted, ensure_ascii=is_ascii).encode()
    frame, found = read(text, block_bytes)
    assert json.dumps(found, sort_keys=True) == json.dumps(rows, sort_keys=True)
    assert frame.document == {**whole, "data": []}


def test_only_a_part_is_in_memory():
    rows = [[number, "x" * 50] for number in range(2000)]
    text = json.dumps(document(rows)).encode()
    file = io.BytesIO(text)
    sizes = [len(block) for block in blocks(file, read_frame(file, len(text)), 4096)]
    assert sum(sizes) == 2000
    assert max(sizes) < 80


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"columns": [], "rows": []}',
        b'{"data": [[1]]}',  # no columns
        b'{"columns": ["a"], "data": [[1]',
        b'{"columns": ["a"], "data": {"x": []}}',
        b'{"note": "\\"data\\": [", "columns": []}',
    ],
)
def test_what_has_another_form_is_left_to_the_whole_parser(text):
    assert read_frame(io.BytesIO(text), len(text)) is None


def test_rows_that_are_no_json_are_an_error():
    text = b'{"columns": ["a"], "data": [[1], [tru]], "nrows": 2}'
    file = io.BytesIO(text)
    frame = read_frame(file, len(text))
    with pytest.raises(ValueError):
        list(blocks(file, frame))


def test_whole_numbers_of_any_size_are_exact():
    rows = [[12345678901234567890123, -(1 << 63)], [1e30, 0.12345678901234567]]
    assert read(json.dumps(document(rows)).encode(), 1 << 20)[1] == rows


def test_notes_follow_their_rows():
    record = {
        "verdict": "lossless",
        "columns": {
            "a": {"cells": {"kinds": ["", "date"], "runs": [0, 5, 1, 10, 0, 5]}, "dtype": "object"},
            "b": {"nulls": [2, 3, 9, 4], "rest_ns": list(range(20)), "cells": "tuple"},
            "c": {"nulls": "nan"},
        },
    }
    found = notes_of_rows(record, 4, 12)["columns"]
    assert found["a"] == {"cells": {"kinds": ["", "date"], "runs": [0, 1, 1, 7]}, "dtype": "object"}
    assert found["b"] == {"nulls": [0, 1, 5, 3], "rest_ns": list(range(4, 12)), "cells": "tuple"}
    assert found["c"] == {"nulls": "nan"}
    assert notes_of_rows(None, 0, 1) is None
    assert notes_of_rows({"columns": [1]}, 0, 1) == {"columns": [1]}
