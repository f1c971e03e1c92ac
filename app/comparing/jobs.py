"""Comparisons in the background: started once, watched by the page, kept by the digests of both sides.

A comparison of two large versions takes minutes. It runs in a thread of its own, says how far it is, and its result
stays in the cache folder: opening the page again shows it at once.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from app.comparing.artifacts import compare_artifacts
from app.comparing.entries import compare_entries
from app.comparing.measures import has_changed
from app.comparing.model import Change, Difference
from app.comparing.runs import compare_runs
from app.comparing.severity import severity_of
from app.comparing.table_rows import compared, is_table
from app.comparing.worker import compare_elsewhere, keep_result, kept_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.comparing.sides import Side

__all__ = ["Job", "compare", "forget", "ident_of", "known", "start", "to_bytes"]

#: Rules by which is compared; another number and everything is compared again.
_RULES = 1

#: Bytes of two versions from which they are compared by a process of its own.
_LARGE_BYTES = 32 << 20

#: Comparisons that are kept in memory.
_MAX_KEPT = 32


@dataclass(eq=False)
class Job:
    """One comparison.

    Attributes
    ----------
    done, total : int
        Entries that have been looked at; `total` is 0 as long as nobody knows.
    result : Difference or None
        What was found.
    error : Exception or None
        What ended it.
    """

    done: int = 0
    total: int = 0
    result: Difference | None = None
    error: Exception | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def count(self, done: int, total: int) -> None:
        """Note how far it is."""
        self.done, self.total = done, total


_jobs: OrderedDict[str, Job] = OrderedDict()
_lock = threading.Lock()


def forget() -> None:
    """Forget what is kept in memory; for tests."""
    with _lock:
        _jobs.clear()


def ident_of(left: Side, right: Side) -> str:
    """Return what identifies a comparison: equal idents, equal results."""
    return f"entries/{_RULES}\0{left.ident}\0{right.ident}"


def known(left: Side, right: Side) -> Difference | None:
    """Return the result of a comparison that was made before; None if there is none, and nothing is started."""
    ident = ident_of(left, right)
    with _lock:
        job = _jobs.get(ident)
    return job.result if job is not None else _kept(ident)


def start(left: Side, right: Side, *, wait: float = 0.0) -> Job:
    """Return the comparison of two sides; it is started if nobody has.

    Parameters
    ----------
    left, right : Side
        Two artifacts, two entries or two runs.
    wait : float
        Seconds to wait for the result.
    """
    ident = ident_of(left, right)
    with _lock:
        job = _jobs.get(ident)
        is_new = job is None or job.error is not None
        if job is None or is_new:
            job = _jobs[ident] = Job()
        _jobs.move_to_end(ident)
        while len(_jobs) > _MAX_KEPT:
            _jobs.popitem(last=False)
    if is_new:
        threading.Thread(target=_run, args=(job, left, right, ident), daemon=True, name="comparison").start()
    job.ended.wait(wait)
    return job


def _run(job: Job, left: Side, right: Side, ident: str) -> None:
    try:
        result = _kept(ident) if left.is_fixed and right.is_fixed else None
        is_large = left.kind == "version" and left.size + right.size >= _LARGE_BYTES
        if result is None and is_large and compare_elsewhere("entries", left, right, job.count):
            result = _kept(ident)
        if result is None:
            result = compare(left, right, job.count)
            if left.is_fixed and right.is_fixed:
                keep_result(ident, to_bytes(result))
        job.result = result
    except Exception as error:  # noqa: BLE001  # the boundary of a thread: it is told on the page
        job.error = error
    finally:
        job.ended.set()


def _kept(ident: str) -> Difference | None:
    try:
        document = json.loads(kept_result(ident) or b"")
        return Difference.of_json(document, document["count"])
    except (ValueError, TypeError, KeyError):  # there is none, or somebody else wrote it
        return None


def to_bytes(found: Difference) -> bytes:
    """Return a result as it is kept; NaN and infinities as Python's JSON has them."""
    return json.dumps({**found.as_json(), "count": found.equal}).encode()


def compare(left: Side, right: Side, on_step: Callable[[int, int], None]) -> Difference:
    """Compare two sides of one kind, in this thread."""
    if left.run is not None:
        return compare_runs(left.run, right.run, on_step=on_step)
    if left.entry:
        change = _compare_tables(left, right)
        change = change or compare_entries(left.artifact, left.entry, right.artifact, right.entry)
        return Difference([], [], [change] if change else [], 0 if change else 1)
    return compare_artifacts(left.artifact, right.artifact, on_step=on_step)


class _Size(NamedTuple):
    """What `severity_of` asks of a table."""

    rows: int
    columns: range
    artifact_type: str = "table"

    def row_count(self) -> int:
        return self.rows


def _compare_tables(left: Side, right: Side) -> Change | None:
    """Compare two tables by what their page found out of them; None for all else, and where no cell differs."""
    if not (is_table(left.entry) and is_table(right.entry)):
        return None
    found = compared(left, right)
    found.ended.wait()
    if found.error is not None or not has_changed(found.counts):
        return None
    size = _Size(found.size[0], range(found.size[1]))
    return Change(left.entry, "table", found.counts, severity_of(found.counts, size, size))
