"""Trees of spans (wire tag ``wb_trace_tree``): what was called, when, with what, and what came of it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count, printable

if TYPE_CHECKING:
    from datatypes.trace_tree import WBTraceTree

TAG = "wb_trace_tree"
TYPE_NAME = "WBTraceTree"
ICON = "graph"

#: Keys of the page, for its sheet of keys.
KEYS = (
    (("↑", "↓"), "in the tree: from span to span"),
    (("←", "→"), "in the tree: close and open; elsewhere previous and next object"),
    (("[", "]"), "previous and next version"),
    (("/",), "find"),
    (("?",), "these keys"),
)

#: Spans that a page draws.
_MAX_SPANS = 5000

#: Characters of inputs and outputs of all spans together that are sent with the page.
_MAX_TEXT = 4_000_000

#: What a span says by itself; everything else is listed.
_SHOWN_APART = frozenset(
    {"span_id", "_span_id", "name", "start_time_ms", "end_time_ms", "status_code", "status_message", "child_spans",
     "span_kind", "results"}
)  # fmt: skip

_GOOD = frozenset({"SUCCESS", "OK"})
_BAD = frozenset({"ERROR", "FAILURE", "FAILED"})


def prepare(value: WBTraceTree, context: Context) -> View:
    """Return the spans in order, with depths and times.

    Raises
    ------
    WireFormatError
        If the stored text is no tree.
    """
    found = list(value.spans())
    spans, left, cut_texts = [], _MAX_TEXT, 0
    for depth, span in found[:_MAX_SPANS]:
        entry = _span(depth, span)
        size = sum(len(text) for _, text in entry["texts"])
        if size > left:
            entry["texts"] = [("cut", "Its texts are in the stored JSON, because those of all spans have a limit.")]
            cut_texts += 1
        left -= min(size, left)
        spans.append(entry)
    starts = [span["start"] for span in spans if span["start"] is not None]
    ends = [span["end"] for span in spans if span["end"] is not None]
    begin, end = (min(starts), max([*ends, *starts])) if starts else (None, None)
    notices = []
    if len(found) > _MAX_SPANS:
        notices.append(Notice(f"{_MAX_SPANS:,} of {len(found):,} spans, because a page has a limit"))
    if cut_texts:
        notices.append(Notice(f"{human_count(cut_texts, 'span')} without texts, because those of all have a limit"))
    if not starts:
        notices.append(Notice("no times were recorded: the order is that of the tree"))
    failed = sum(1 for span in spans if span["status"] == "bad")
    model = value.model_dict
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=human_count(len(found), "span") + (f", {_duration(end - begin)}" if begin is not None else ""),
        body={
            "label": f"Trace {context.name}: {len(found):,} spans",
            "spans": spans,
            "begin": begin,
            "end": end,
            "model": json.dumps(model, indent=2, ensure_ascii=False) if model is not None else "",
        },
        facts=_facts(found, spans, begin, end, failed),
        notices=tuple(notices),
        download=context.download(),
        file_name=context.name,
    )


def draw(view: View) -> None:
    """Draw tree and times."""
    from app.components.trace_view import trace_view

    trace_view(view.body, key="object-trace")


def _facts(
    found: list[tuple[int, dict[str, Any]]],
    spans: list[dict[str, Any]],
    begin: float | None,
    end: float | None,
    failed: int,
) -> tuple[Fact, ...]:
    facts = [Fact("Spans", f"{len(found):,}"), Fact("Depth", f"{max(depth for depth, _ in found) + 1:,}")]
    if begin is not None and end is not None:
        facts += [Fact("Took", _duration(end - begin)), Fact("Started", _instant(begin))]
    facts.append(Fact("Failed", f"{failed:,}"))
    kinds: dict[str, int] = {}
    for span in spans:
        if span["kind"]:
            kinds[span["kind"]] = kinds.get(span["kind"], 0) + 1
    if kinds:
        facts.append(Fact("Kinds", ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))))
    return tuple(facts)


def _span(depth: int, span: dict[str, Any]) -> dict[str, Any]:
    start, end = _time(span.get("start_time_ms")), _time(span.get("end_time_ms"))
    status = str(span.get("status_code") or "").upper().rpartition(".")[2]
    texts = []
    results = span.get("results")
    for number, result in enumerate(results if isinstance(results, list) else [], 1):
        which = f" {number}" if isinstance(results, list) and len(results) > 1 else ""
        if isinstance(result, dict):
            given = [key for key in ("inputs", "outputs") if result.get(key) is not None]
            texts += [(f"{key}{which}", _laid_out(result[key])) for key in given]
    further = {key: item for key, item in span.items() if key not in _SHOWN_APART and item not in (None, {}, [])}
    texts += [(printable(str(key), 40), _laid_out(item)) for key, item in further.items()]
    return {
        "depth": depth,
        "name": printable(str(span.get("name") or "no name")),
        "kind": printable(str(span.get("span_kind") or "").rpartition(".")[2], 40),
        "start": start,
        "end": end,
        "took": _duration(end - start) if start is not None and end is not None else "",
        "status": "good" if status in _GOOD else "bad" if status in _BAD else "",
        "word": printable(status.lower(), 40),
        "message": printable(str(span.get("status_message") or ""), 2000),
        "texts": texts,
    }


def _time(item: Any) -> float | None:
    is_time = isinstance(item, int | float) and not isinstance(item, bool) and math.isfinite(item)
    return float(item) if is_time else None


def _laid_out(item: Any) -> str:
    return item if isinstance(item, str) else json.dumps(item, indent=2, ensure_ascii=False)


def _duration(milliseconds: float) -> str:
    """Return a time with its unit, three digits."""
    if abs(milliseconds) < 1000:
        return f"{milliseconds:.3g} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.3g} s" if abs(seconds) < 600 else f"{seconds / 60:,.1f} min"


def _instant(milliseconds: float) -> str:
    from datetime import UTC, datetime

    try:
        found = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return "not a date"
    return f"{found:%Y-%m-%d %H:%M:%S} UTC"
