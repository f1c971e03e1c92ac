"""The verdict on a value with values in it: the worst of their records."""

from __future__ import annotations

from typing import Any

from datatypes.wire import tag_of

__all__ = ["ORDER", "verdict_of", "worst"]

#: Worst first: what is known to be lost, what nobody knows, what is bounded, nothing lost.
ORDER = ("lossy", "unknown", "bounded", "lossless")

#: Types that convert nothing, and have a record only if something did.
_WITHOUT_RECORD = frozenset(
    ("classes", "histogram", "joined-table", "partitioned-table", "bounding-boxes", "boxes2D", "graph-file", "metadata")
)


def worst(verdicts: set[str]) -> str:
    """Return the worst of some verdicts; ``unknown`` if there are none."""
    return next((verdict for verdict in ORDER if verdict in verdicts), "unknown")


def verdict_of(stored: Any) -> str:
    """Return the worst verdict among the records in stored JSON.

    Parameters
    ----------
    stored : object
        Stored JSON of a value, of a table with all its cells, or of a row's value.

    Returns
    -------
    str
        One of `ORDER`. A medium without a record is ``unknown``, whatever lies beside it.
    """
    found: set[str] = set()
    waiting = [stored]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += [inner for inner in item if type(inner) is dict or type(inner) is list]
        elif isinstance(item, dict):
            _take(item, found)
            waiting += [item[key] for key in item if key != "fidelity" and type(item[key]) in (dict, list)]
    return worst(found)


def _take(item: dict[str, Any], found: set[str]) -> None:
    records = item.get("fidelity")
    for record in records if isinstance(records, list) else [records]:
        verdict = record.get("verdict") if isinstance(record, dict) else None
        if isinstance(verdict, str):
            found.add(verdict if verdict in ORDER else "unknown")
    tag = tag_of(item)
    if tag is not None and records is None and tag not in _WITHOUT_RECORD:
        found.add("unknown")
