"""The one verify that a server runs in the background: started from a page, watched, stopped."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from app.verifying.engine import verify_session
from app.verifying.options import Options
from app.verifying.report import Report
from app.verifying.results import remember

if TYPE_CHECKING:
    from app.session import Session

__all__ = ["VerifyJob", "job"]


class VerifyJob:
    """A verify of all that is open, in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._report = Report()
        self._state = "idle"
        self._done = self._total = 0
        self._is_deep = False
        self._ended = 0.0
        self._problem = ""

    def start(self, session: Session, *, is_deep: bool) -> bool:
        """Begin, unless one is under way; whether it did.

        Parameters
        ----------
        session : Session
            What is open.
        is_deep : bool
            Whether records are measured again.
        """
        with self._lock:
            if self._state == "running":
                return False
            self._stop, self._report = threading.Event(), Report()
            self._state, self._done, self._is_deep, self._problem = "running", 0, is_deep, ""
            self._total = 0
            self._thread = threading.Thread(target=self._run, args=(session,), name="verify", daemon=True)
            self._thread.start()
        return True

    def stop(self) -> None:
        """Ask it to end; it does after the file or value that it is at."""
        self._stop.set()

    def wait(self, timeout_secs: float) -> bool:
        """Wait for its end; whether it came."""
        if self._thread is not None:
            self._thread.join(timeout_secs)
        return self._state != "running"

    def status(self) -> dict[str, Any]:
        """Return where it is: ``state`` (``idle``, ``running``, ``done``, ``stopped``, ``failed``), counts, numbers."""
        return {
            "state": self._state,
            "done": self._done,
            "total": max(self._total, self._done),
            "deep": self._is_deep,
            "problems": len(self._report.problems),
            "findings": len(self._report.findings),
            "values": self._report.values,
            "bytes": self._report.bytes,
            "ended": self._ended,
            "problem": self._problem,
        }

    def _run(self, session: Session) -> None:
        try:
            self._total = _steps_of(session)
            verify_session(session, Options(is_deep=self._is_deep, step=self._step, stop=self._stop), self._report)
            remember(session.path, self._report, is_deep=self._is_deep)
            self._state = "done" if self._report.is_complete else "stopped"
        except Exception as error:  # noqa: BLE001  # the boundary of the thread: what is open is a stranger's
            self._problem = str(error)
            self._state = "failed"
        self._ended = time.time()

    def _step(self, count: int) -> None:
        self._done += count


def _steps_of(session: Session) -> int:
    """Count the files and values that a verify will look at; a file that several versions have counts for each."""
    count = 0
    for item in session.artifacts():
        rows = session.versions(item.name)
        values, files = len(item.value_names()), len(item.manifest.entries)
        count += sum(row.entries for row in rows) + values * len(rows) if rows else values + files
    return count


#: The job of this process: one server shows one session.
job = VerifyJob()
