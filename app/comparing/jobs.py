"""Comparisons in the background: started once, watched by the page, kept by the digests of both sides.

A comparison of two large versions takes minutes. It runs in a thread of its own, says how far it is, and its result
stays in the cache folder: opening the page again shows it at once.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.comparing.artifacts import compare_artifacts
from app.comparing.entries import compare_entries
from app.comparing.model import Difference
from app.comparing.runs import compare_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.comparing.sides import Side

__all__ = ["Job", "forget", "start", "trim"]

#: Rules by which is compared; another number and everything is compared again.
_RULES = 1

_FOLDER = "comparisons"
_CAP_BYTES = 64 << 20

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


def start(left: Side, right: Side, *, wait: float = 0.0) -> Job:
    """Return the comparison of two sides; it is started if nobody has.

    Parameters
    ----------
    left, right : Side
        Two artifacts, two entries or two runs.
    wait : float
        Seconds to wait for the result.
    """
    ident = f"{_RULES}\0{left.ident}\0{right.ident}"
    with _lock:
        job = _jobs.get(ident)
        if job is None or job.error is not None:
            job = _jobs[ident] = Job()
            is_new = True
        else:
            is_new = False
        _jobs.move_to_end(ident)
        while len(_jobs) > _MAX_KEPT:
            _jobs.popitem(last=False)
    if is_new:
        threading.Thread(target=_run, args=(job, left, right, ident), daemon=True, name="comparison").start()
    job.ended.wait(wait)
    return job


def _run(job: Job, left: Side, right: Side, ident: str) -> None:
    try:
        job.result = _kept(left, right, ident, lambda: _compare(left, right, job.count))
    except Exception as error:  # noqa: BLE001  # the boundary of a thread: it is told on the page
        job.error = error
    finally:
        job.ended.set()


def _compare(left: Side, right: Side, on_step: Callable[[int, int], None]) -> Difference:
    if left.run is not None:
        return compare_runs(left.run, right.run, on_step=on_step)
    if left.entry:
        change = compare_entries(left.artifact, left.entry, right.artifact, right.entry)
        return Difference([], [], [change] if change else [], 0 if change else 1)
    return compare_artifacts(left.artifact, right.artifact, on_step=on_step)


def _kept(left: Side, right: Side, ident: str, make: Callable[[], Difference]) -> Difference:
    """Return the result from the cache folder, or make it and keep it."""
    from storage import cache

    if not (left.is_fixed and right.is_fixed):
        return make()
    digest = hashlib.sha256(ident.encode("utf-8", "surrogatepass")).hexdigest()
    name = f"{_FOLDER}/{digest}.json"
    try:
        document = json.loads(cache.read_cached(name) or b"")
        return Difference.of_json(document, document["count"])
    except (ValueError, TypeError, KeyError):  # there is none, or somebody else wrote it
        found = make()
    kept: dict[str, Any] = {**found.as_json(), "count": found.equal}
    cache.write_cached(name, json.dumps(kept).encode())
    trim()
    return found


def trim(cap_bytes: int = _CAP_BYTES) -> int:
    """Delete the results that were made longest ago until the rest is below the cap; return the bytes freed."""
    import contextlib

    from storage import cache

    found = []
    for path in (cache.cache_folder() / _FOLDER).glob("*"):
        with contextlib.suppress(OSError):
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    total = sum(size for _, size, _ in found)
    freed = 0
    for _, size, path in sorted(found)[:-1]:
        if total - freed <= cap_bytes:
            break
        with contextlib.suppress(OSError):
            path.unlink()
            freed += size
    return freed
