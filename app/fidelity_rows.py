"""The values of all that is open by what is recorded of them, worst first: the list of the page Fidelity.

It is read from the JSON of each value, nothing is decoded, and kept in the user's cache by the artifact's digest.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from typing import TYPE_CHECKING, Any

from app.listed_values import listed_values
from app.records import stored_document
from app.text import human_count
from app.verifying.results import recall
from app.verifying.verdicts import ORDER, verdict_of
from datatypes.wire import tag_of
from storage import cache

if TYPE_CHECKING:
    from app.session import Session

__all__ = ["fidelity_document", "rows_of"]

#: Rules by which rows are made; another number and all are made again.
_RULES = 1

#: Decibels that stand for "no error at all" where rows are ordered.
_NO_ERROR_DB = 1000.0

_ERRORS = (OSError, LookupError, ValueError)


def fidelity_document(session: Session) -> dict[str, Any]:
    """Return the list as JSON.

    Parameters
    ----------
    session : Session
        What is open.

    Returns
    -------
    dict
        ``artifacts``: names of the versions shown; ``types``: wire tag → name and icon; ``rows``: artifact (its place
        in the list), entry, short name, tag, verdict, label, title, state, problems, findings, first text;
        ``verified``: for each artifact seconds since its last verify and whether that was deep, or null; ``others``:
        problems of what is no value.
    """
    artifacts = session.artifacts()
    rows: list[list[Any]] = []
    verified: list[list[Any] | None] = []
    others: list[list[Any]] = []
    now = time.time()
    for index, artifact in enumerate(artifacts):
        result = recall(session.path, artifact)
        verified.append(None if result is None else [now - result.time, result.is_deep])
        found = dict(result.values) if result is not None else {}
        for row in rows_of(artifact):
            known = found.pop(row[0], None)
            checked = ["", 0, 0, ""] if known is None else [*known[:3], known.texts[0] if known.texts else ""]
            rows.append([index, *row, *checked])
        others += [[index, name, value.texts[0]] for name, value in found.items() if value.problems and value.texts]
    rows.sort(key=_badness)
    return {
        "artifacts": [str(artifact.qualified_name) for artifact in artifacts],
        "types": _types({str(row[3]) for row in rows}),
        "rows": [row[:7] + row[8:] for row in rows],
        "verified": verified,
        "others": others,
    }


def rows_of(artifact: Any) -> list[list[Any]]:
    """Return what is recorded of each value of an artifact: entry, short name, tag, verdict, label, title, decibels."""
    digest = hashlib.sha256(f"{_RULES}\0{artifact.digest}".encode()).hexdigest()
    key = f"fidelity/{digest[:2]}/{digest}.json"
    if artifact.version and (kept := cache.read_cached(key)) is not None:
        try:
            found: list[list[Any]] = json.loads(kept)
        except ValueError:
            found = []  # somebody else wrote into the cache
        if found:
            return found
    rows = [_row(artifact, name) for name in listed_values(artifact)]
    if artifact.version:
        cache.write_cached(key, json.dumps(rows).encode())
    return rows


def _row(artifact: Any, name: str) -> list[Any]:
    from app.views.frame import short_name

    try:
        document = stored_document(artifact, name) if name.endswith(".json") else {}
        tag, verdict = str(tag_of(document) or ""), verdict_of(document)
        label, title, decibels = _measure(document, verdict)
    except _ERRORS as error:
        problem = str(getattr(error, "problem", error))
        tag, verdict, label, title, decibels = "", "unknown", "unreadable", problem, -_NO_ERROR_DB
    return [name, short_name(name), tag, verdict, label, title, decibels]


def _measure(document: Any, verdict: str) -> tuple[str, str, float]:
    """Return the number that a verdict rests on, what was done, decibels to order by; of several records the worst."""
    worst: tuple[str, str, float] = ("", "", _NO_ERROR_DB)
    count = 0
    waiting = [document]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += [inner for inner in item if isinstance(inner, dict | list)]
        elif isinstance(item, dict):
            record = item.get("fidelity")
            if isinstance(record, dict) and record.get("verdict") == verdict != "lossless":
                count += 1
                worst = min(worst, _said(record), key=lambda said: said[2])
            waiting += [inner for key, inner in item.items() if key != "fidelity" and isinstance(inner, dict | list)]
    if count > 1:
        return worst[0], f"the worst of {human_count(count, 'record')}. {worst[1]}", worst[2]
    return worst


def _said(record: dict[str, Any]) -> tuple[str, str, float]:
    steps = record.get("steps")
    title = "; ".join(map(str, steps)) if isinstance(steps, list) else ""
    for key in ("psnr_db", "snr_db"):
        if _is_number(record.get(key)):
            label = f"{record[key]:.1f} dB"
            if record["verdict"] == "bounded" and _is_number(record.get("max_abs_error")):
                label = f"{record['max_abs_error']:.3g}"
            return label, title, float(record[key])
    for key in ("max_abs_error", "max_distance"):
        if _is_number(record.get(key)):
            return f"{record[key]:.3g}", title, _NO_ERROR_DB - 1
    dropped = record.get("dropped")
    return (f"{dropped} dropped" if _is_number(dropped) else ""), title, _NO_ERROR_DB - 2


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _badness(row: list[Any]) -> tuple[Any, ...]:
    """Order: problems first, then by verdict, decibels, findings, and name."""
    _, name, _, _, verdict, _, _, decibels, _, problems, findings, _ = row
    return -problems, ORDER.index(verdict) if verdict in ORDER else 0, decibels, -findings, row[0], name


def _types(tags: set[str]) -> dict[str, list[str]]:
    from app.renderers import for_tag

    return {tag: [for_tag(tag).TYPE_NAME if tag else "File", for_tag(tag).ICON] for tag in sorted(tags)}
