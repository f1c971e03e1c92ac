"""JSON is read within limits, exactly as Python reads it otherwise."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import NotReadableError
from storage.strict_json import MAX_DEPTH, canonical, json_line, load_json

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_what_python_writes_comes_back_equal(document):
    for data in (json.dumps(document).encode(), canonical(document), json_line(document)):
        again = load_json(data, "x")
        assert again == document
        assert json.dumps(again, sort_keys=True) == json.dumps(
            document, sort_keys=True
        )  # types too: 1 is not 1.0 is not True


def test_numbers_that_fast_parsers_lose():
    big = [2**53 + 1, 2**64, -(2**70), 10**400, -0.0, 1e-320]
    again = load_json(json.dumps(big).encode(), "x")
    assert again == big
    assert math.copysign(1, again[4]) == -1
    assert load_json(b"[NaN, Infinity, -Infinity]", "x")[1:] == [math.inf, -math.inf]


def test_lone_surrogates_survive():
    assert load_json(rb'"\ud800"', "x") == "\ud800"
    assert load_json(json_line("\ud800"), "x") == "\ud800"


@pytest.mark.parametrize("data", [b"", b"{", b"[1,]", b"\xff\xfe[\0", '{"a": 1}'.encode("utf-16"), b"nul", b'"\xff"'])
def test_what_is_no_json(data):
    with pytest.raises(NotReadableError, match=r"^cat\.json: is not JSON"):
        load_json(data, "cat.json")


def nested(depth, filling=""):
    return f"{'[' * depth}{filling}{']' * depth}".encode()


@pytest.mark.parametrize("filling", ["", '"]"', r'"\"]]]]\\"', r'"\\\"", "["', '{"a[": "}"}'])
def test_depth_is_limited_whatever_strings_hold(filling):
    extra = filling.startswith("{")
    assert load_json(nested(MAX_DEPTH - extra, filling), "x")
    for depth in (MAX_DEPTH + 1, 5_000, 100_000):
        with pytest.raises(NotReadableError, match="nested more than 100 deep"):
            load_json(nested(depth, filling), "x")
    wide = b"[" + b",".join([nested(50)] * 1000) + b"]"
    assert len(load_json(wide, "x")) == 1000


def test_size_is_limited(monkeypatch):
    monkeypatch.setenv("VITRINA_MAX_JSON_BYTES", "10")
    assert load_json(b'"12345678"', "x") == "12345678"
    with pytest.raises(NotReadableError, match="11 bytes of JSON are more than the limit of 10") as caught:
        load_json(b'"123456789"', "x")
    assert "VITRINA_MAX_JSON_BYTES" in caught.value.remedy


def test_keys_that_occur_twice_are_refused_where_asked():
    assert load_json(b'{"a": 1, "a": 2}', "x") == {"a": 2}
    with pytest.raises(NotReadableError, match="the key 'a' occurs twice"):
        load_json(b'[{"b": {"a": 1, "a": 2}}]', "x", unique_keys=True)


@pytest.mark.parametrize(
    "text",
    [
        "0.00012345678901234567",
        "[-0.1234567890123456789012345, 5e-324, 1.7976931348623157e308]",
        "12345678901234567890",
        "[1, -123456789012345678901234567890]",
        "123456789012345678901.5",
        '{"a": 0.1234567890123456789, "b": 18446744073709551617}',
        "1.00000000000000000000012345678901234567890",
    ],
)
def test_numbers_of_many_digits_are_read_exactly(text):
    found, wanted = load_json(text.encode(), "x"), json.loads(text)
    assert found == wanted
    assert repr(found) == repr(wanted)
