"""What the last verify found, kept in the user's cache by place, digest and rules: so that a page says when it was.

Derived data: never in the store, never needed for a right answer. A result speaks of the bytes as they were then; it is
kept for one place, because equal content elsewhere is other bytes.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from storage import cache

if TYPE_CHECKING:
    from app.verifying.report import Report

__all__ = ["RULES", "Result", "ValueResult", "recall", "remember"]

#: Rules of checking; another number and nothing counts as verified.
RULES = 1

#: Texts of problems and findings that are kept for each value; the command line names all.
_MAX_TEXTS = 5


class ValueResult(NamedTuple):
    """What was found of one value."""

    state: str
    """As `report.ValueVerdict`."""
    problems: int
    findings: int
    texts: tuple[str, ...]
    """The first of them, problems first."""


class Result(NamedTuple):
    """What was found of one artifact."""

    time: float
    """When, seconds since 1970."""
    is_deep: bool
    problems: int
    """Of everything in it, files included."""
    findings: int
    values: dict[str, ValueResult]


def _key(place: str, digest: str, name: str) -> str:
    text = "\0".join((str(RULES), place, digest, name))
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"verified/{mark[:2]}/{mark}.json"


def remember(place: str, report: Report, *, is_deep: bool) -> None:
    """Keep what a complete verify found of each artifact.

    Parameters
    ----------
    place : str
        Path of what was opened.
    report : Report
        The whole; one that was stopped is not kept, for it says nothing of what it did not look at.
    is_deep : bool
        Whether records were measured again.
    """
    if not report.is_complete:
        return
    now = time.time()
    for name, digest in report.checked:
        values = {row.entry: _value(report, row) for row in report.verdicts if row.artifact == name}
        for wrong in report.problems:  # files, and values that were not opened for their sake
            if wrong.artifact == name and wrong.entry not in values:
                values[wrong.entry] = ("failed", 1, 0, [f"{wrong.check}: {wrong.problem}"])
        document = {
            "time": now,
            "deep": is_deep,
            "problems": sum(wrong.artifact == name for wrong in report.problems),
            "findings": sum(found.artifact == name for found in report.findings),
            "values": values,
        }
        cache.write_cached(_key(place, digest, name), json.dumps(document).encode())


def _value(report: Report, row: Any) -> tuple[str, int, int, list[str]]:
    texts: list[str] = []
    if row.problems or row.findings:
        mine = (row.artifact, row.entry)
        texts = [f"{w.check}: {w.problem}" for w in report.problems if (w.artifact, w.entry) == mine]
        texts += [found.text for found in report.findings if (found.artifact, found.entry) == mine]
    return row.state, row.problems, row.findings, texts[:_MAX_TEXTS]


def recall(place: str, artifact: Any) -> Result | None:
    """Return what the last verify found of an artifact; None if there was none, or its content is another now."""
    data = cache.read_cached(_key(place, str(artifact.digest), str(artifact.qualified_name)))
    if data is None:
        return None
    try:
        found = json.loads(data)
        values = {
            name: ValueResult(str(state), int(problems), int(findings), tuple(map(str, texts)))
            for name, (state, problems, findings, texts) in found["values"].items()
        }
        return Result(float(found["time"]), bool(found["deep"]), int(found["problems"]), int(found["findings"]), values)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # somebody else wrote into the cache
