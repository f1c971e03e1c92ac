"""`WBTraceTree`: JSON inside of text."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from sinks import DictStore

import datatypes as dt
from datatypes.errors import WireFormatError


@dataclasses.dataclass
class Span:
    name: str
    start_time_ms: int = 1
    child_spans: list | None = None


def read(**fields):
    return dt.init_from_json({"_type": "wb_trace_tree", **fields}, DictStore())


def test_the_json_is_that_of_the_sdk():
    tree = dt.WBTraceTree({"span_id": "1", "name": "é"}, {"_kind": "openai", "temperature": 0.5})
    assert tree.to_json() == {
        "_type": "wb_trace_tree",
        "root_span_dumps": '{"span_id": "1", "name": "\\u00e9"}',
        "model_dict_dumps": '{"_kind": "openai", "temperature": 0.5}',
        "model_hash": "7dbbb8293f922d93",  # recorded from SDK 0.31.0
    }
    assert "model_hash" not in dt.WBTraceTree({}).to_json()
    assert dt.WBTraceTree({}).model_dict is None


def test_dataclasses_and_spans_in_order():
    tree = dt.WBTraceTree(Span("root", child_spans=[Span("a", child_spans=[Span("b")]), Span("c")]))
    assert [(depth, span["name"]) for depth, span in tree.spans()] == [(0, "root"), (1, "a"), (2, "b"), (1, "c")]
    assert repr(tree) == "WBTraceTree('root', 4 spans)"


def test_what_json_cannot_hold_is_said_and_counted():
    tree = dt.WBTraceTree({"name": "x", "attributes": {"a": {1}, "b": np.int64(3), "c": np.array([1.5])}})
    assert tree.root_span["attributes"] == {"a": "<<non-serializable: set>>", "b": 3, "c": [1.5]}
    assert tree.fidelity.to_json() == {
        "verdict": "lossy",
        "source": {"kind": "spans"},
        "steps": ["write set as text that says so"],
        "dropped": 1,
    }
    assert read(**tree.to_json()).fidelity == tree.fidelity


def test_equal_by_value_and_measured_by_path():
    left, right = read(root_span_dumps='{"a": 1, "b": 2}'), read(root_span_dumps='{"b": 2,"a": 1}')
    assert left == right
    changed = left.difference(read(root_span_dumps='{"a": 3}', model_dict_dumps="{}"))
    assert changed == {
        "paths_added": 0,
        "paths_removed": 1,
        "paths_changed": 2,
        "max_abs": 2.0,
        "paths": ["/model", "/root/a", "/root/b"],
    }


def test_texts_are_kept_as_they_are():
    fields = {"_type": "wb_trace_tree", "root_span_dumps": '{ "name":"x" }', "model_hash": "??", "more": 1}
    assert read(**fields).to_json() == fields
    assert json.dumps(read(**fields).facts())


@pytest.mark.parametrize("text", ["[1]", "{", "[" * 100_000])
def test_texts_that_are_no_objects(text):
    tree = read(root_span_dumps=text)
    with pytest.raises(WireFormatError, match="wb_trace_tree JSON: root_span_dumps is"):
        tree.facts()
    with pytest.raises(WireFormatError, match='field "root_span_dumps" is int'):
        read(root_span_dumps=5)


def test_what_is_no_span_is_refused():
    for root, model in ((5, None), (Span, None), ({}, [])):
        with pytest.raises(dt.RejectedTypeError, match=r"(root_span|model_dict): is \w+\. Pass a dict"):
            dt.WBTraceTree(root, model)
