"""Copies of large tables: a file of DuckDB each, in the cache folder, keyed by digest, capped, safe to delete.

A copy is written under a name of its own and renamed when it is whole; of two writers the later one wins, with equal
rows. Its columns, as the page knows them, lie in it as JSON.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage import cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

__all__ = ["copy_path", "read_notes", "trim", "writing"]

#: Form of the copies; another number and all are made again.
_RULES = 1

_FOLDER = "tables"
_CAP_BYTES = 8 << 30

#: Age at which a folder that a process should have deleted itself is taken for forgotten.
_LEFT_SECONDS = 7 * 86_400


def copy_path(digests: str) -> Path:
    """Return where the copy of a table lies, or would.

    Parameters
    ----------
    digests : str
        Digests of everything that its rows come from.
    """
    key = hashlib.sha256(f"{_RULES}\0{digests}".encode("utf-8", "surrogatepass")).hexdigest()
    return cache.cache_folder() / _FOLDER / f"{key}.duckdb"


@contextlib.contextmanager
def writing(path: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Callable[[Any], None]]]:
    """Give a connection to a new database, and a function that notes JSON in it; in place when all went well.

    Raises
    ------
    OSError
        If the cache folder cannot be written.
    """
    from app.tables.engine import BUILD_MEMORY, connect

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-", ignore_cleanup_errors=True) as folder:
        new = Path(folder) / "rows.duckdb"
        connection = connect(BUILD_MEMORY, new)
        try:
            connection.execute("CREATE TABLE notes (text VARCHAR)")

            def note(document: Any) -> None:
                connection.execute("DELETE FROM notes")
                connection.execute("INSERT INTO notes VALUES (?)", [json.dumps(document)])

            yield connection, note
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
        new.replace(path)
    trim()


def read_notes(path: Path) -> Any:
    """Return what was noted in a copy; None if there is no copy that can be read."""
    import duckdb

    from app.tables.engine import connect
    from app.tables.expression import quoted

    if not path.is_file():
        return None
    try:
        connection = connect("64MB")
        try:
            connection.execute(f"ATTACH {quoted(str(path))} AS copy (READ_ONLY)")
            row = connection.execute("SELECT text FROM copy.notes").fetchone()
            found = json.loads(row[0]) if row else None
        finally:
            connection.close()
    except (duckdb.Error, ValueError):
        with contextlib.suppress(OSError):
            path.unlink()
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # the copies that nobody opened for longest go first
    return found


def trim(cap_bytes: int = _CAP_BYTES) -> int:
    """Delete the copies that were not opened for longest until the rest is below the cap; return the bytes freed."""
    folder = cache.cache_folder() / _FOLDER
    for left in [*folder.glob(".spill-*"), *folder.glob(".new-*")]:  # of a viewer that was killed
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    return cache.trim_folder(_FOLDER, "*.duckdb", cap_bytes, keep_newest=True)
