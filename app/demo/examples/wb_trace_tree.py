"""A tree of spans: what was called, when, with what, and what came of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import datatypes as dt
from app.demo.story import adaptive, conditions

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "WBTraceTree", "detecting"


def log(artifact: Artifact) -> None:
    """Log it."""
    spans = []
    for number, (scene, grey) in enumerate(conditions()):
        start = time.time() * 1000
        found = adaptive(grey)
        result = {"inputs": {"scene": scene}, "outputs": {"coins": len(found)}}
        span = {"name": "detect", "span_kind": "TOOL", "span_id": str(number), "status_code": "SUCCESS"}
        spans.append({**span, "start_time_ms": start, "end_time_ms": time.time() * 1000, "results": [result]})
    root: dict[str, Any] = {
        "name": "evaluate",
        "span_kind": "CHAIN",
        "span_id": "all",
        "status_code": "SUCCESS",
        "child_spans": spans,
    }
    root |= {"start_time_ms": spans[0]["start_time_ms"], "end_time_ms": spans[-1]["end_time_ms"]}
    artifact.add(dt.WBTraceTree(root), "detecting")
