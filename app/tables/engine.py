"""One table in one DuckDB database: loaded first, then locked.

After the lock nothing can be read or written but the rows that were loaded: no file, no network, no extension, no
setting. Paths are never allowed one by one (``allowed_paths`` lets ``COPY … TO`` destroy what it names). What a user
writes reaches DuckDB only as an expression that `app.tables.expression` has written anew; the lock is the second wall.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

from app.tables.errors import QueryError
from app.tables.expression import MAX_DEPTH, check, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

    from app.tables.columns import Column

__all__ = ["BUILD_MEMORY", "Engine", "connect"]

#: What DuckDB may hold for one table; an order of all rows that needs more goes through files that it deletes itself.
#: Ten million rows are filtered and sorted no slower than with twice as much (`benchmarks/table_page.py`).
MEMORY = "256MB"

#: What DuckDB may hold while it writes a copy.
BUILD_MEMORY = "256MB"

THREADS = 2

#: Cursors that are kept for the next query.
_MAX_IDLE = 4

#: Beginning of the names of folders for what does not fit into memory.
SPILL_PREFIX = ".spill-"

#: A query that takes longer is stopped and says so.
TIMEOUT_SECONDS = 20.0

#: In this order: the last two cannot be taken back while the database lives.
_SHUT = (
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET allow_community_extensions=false",
    "SET allow_persistent_secrets=false",
    "SET max_temp_directory_size='8GB'",
    f"SET max_expression_depth={2 * MAX_DEPTH}",
    "SET enable_external_access=false",
    "SET lock_configuration=true",
)


def _spill_folder() -> str:
    """Return a new private folder for what does not fit into memory; empty for none where it cannot be made."""
    from storage import cache

    folder = cache.cache_folder() / "tables"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tempfile.mkdtemp(prefix=SPILL_PREFIX, dir=folder)
    except OSError:
        return ""


def connect(memory: str = MEMORY, path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a connection that is not locked yet, to a database in memory or to a new file."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "python_enable_replacements": "false",  # else Python variables can be read as tables
        "memory_limit": memory,
        "threads": THREADS,
    }
    return duckdb.connect(str(path) if path else ":memory:", config=config)


class _Watch:
    """Interrupts what runs for too long; one thread for all queries, and it sleeps while there are none."""

    #: An interrupt that comes between two steps of a query is lost, so it is sent until the query has heard it.
    PAUSE_SECONDS = 0.05

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._running: dict[int, tuple[duckdb.DuckDBPyConnection, float]] = {}
        self._thread: threading.Thread | None = None

    def begin(self, cursor: duckdb.DuckDBPyConnection, seconds: float) -> float:
        """Watch a cursor; return the moment from which on it is late."""
        deadline = time.monotonic() + seconds
        with self._lock:
            self._running[id(cursor)] = (cursor, deadline)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, daemon=True, name="query watch")
                self._thread.start()
            self._lock.notify()
        return deadline

    def is_late(self, deadline: float) -> bool:
        """Whether a query was interrupted because of its deadline."""
        return time.monotonic() >= deadline

    def end(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Watch a cursor no longer."""
        with self._lock:
            self._running.pop(id(cursor), None)

    def _look(self) -> None:
        while True:
            with self._lock:
                while not self._running:
                    self._lock.wait()
                now = time.monotonic()
                for cursor, deadline in self._running.values():
                    if now >= deadline:
                        cursor.interrupt()
            time.sleep(self.PAUSE_SECONDS)


_watch = _Watch()


class Engine:
    """The rows of one table, as the table ``t`` of a locked database; row n has the rowid n.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Holds ``t``. It belongs to the engine from here on, and is locked by it.
    database : str
        Name of the attached database that has it.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, database: str = "memory") -> None:
        self._connection = connection
        self._use = f"USE {database}"  # a cursor begins in memory, wherever its connection is
        folder = _spill_folder()  # DuckDB may read and write there, so it is this engine's alone
        if folder:
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        connection.execute(f"SET temp_directory={quoted(folder)}")  # before the lock: it cannot be set after it
        for statement in _SHUT:
            connection.execute(statement)
        self._checks = threading.Lock()
        self._idle: list[duckdb.DuckDBPyConnection] = []

    @classmethod
    def of_copy(cls, path: Path) -> Engine:
        """Open a copy that `app.tables.copies` has written; the file is attached for reading alone."""
        connection = connect()
        connection.execute(f"ATTACH {quoted(str(path))} AS copy (READ_ONLY)")
        return cls(connection, "copy")

    def check(self, text: str, columns: Sequence[Column]) -> str:
        """Return the SQL of a user's expression; see `app.tables.expression.check`."""
        with self._checks:
            cursor = self._connection.cursor()
            try:
                return check(cursor, text, columns)
            finally:
                cursor.close()

    @contextlib.contextmanager
    def running(self, seconds: float = TIMEOUT_SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor that is interrupted after some seconds.

        Raises
        ------
        QueryError
            If it was, or if DuckDB refuses, or memory does not do.
        """
        import duckdb

        cursor = self._cursor()
        deadline = _watch.begin(cursor, seconds)
        is_good = False
        try:
            yield cursor
            is_good = True
        except duckdb.Error as error:
            raise _told(error, late=_watch.is_late(deadline), seconds=seconds) from error
        finally:
            _watch.end(cursor)
            if is_good and len(self._idle) < _MAX_IDLE:
                self._idle.append(cursor)
            else:
                with contextlib.suppress(duckdb.Error):
                    cursor.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor that is not in use; a new one has to be told where the rows are."""
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        cursor = self._connection.cursor()
        cursor.execute(self._use)
        return cursor

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query of ours.

        Raises
        ------
        QueryError
            See `running`.
        """
        with self.running() as cursor:
            found: list[tuple[Any, ...]] = cursor.execute(sql, list(parameters)).fetchall()
            return found

    def close(self) -> None:
        """Let go of the rows."""
        while self._idle:
            self._idle.pop().close()
        self._connection.close()


def _told(error: Exception, *, late: bool, seconds: float) -> QueryError:
    """Return what went wrong, for the line under the filter."""
    import duckdb

    if late or isinstance(error, duckdb.InterruptException):
        return QueryError(
            "query", f"was stopped after {seconds:g} seconds", "Narrow the filter, or sort by one column."
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryError("query", f"needs more than {MEMORY} of memory", "Narrow the filter, or sort by one column.")
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return QueryError("expression", text[:300], "Compare columns with values of their own type.")
