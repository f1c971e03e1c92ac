"""Trees of spans."""

from __future__ import annotations

import datatypes as dt


def examples():
    child = {"span_id": "2", "name": "llm", "start_time_ms": 1100, "end_time_ms": 1900, "child_spans": None}
    root = {"span_id": "1", "name": "ü", "results": [{"inputs": {"q": 1}, "outputs": None}], "child_spans": [child]}
    yield "span", dt.WBTraceTree(root)
    yield "span and model", dt.WBTraceTree(root, {"_kind": "openai", "temperature": 0.5})
    yield "what JSON cannot hold", dt.WBTraceTree({"name": "x", "attributes": {"a": {1}}})
