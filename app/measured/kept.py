"""What was measured of media, kept in the user's cache by digest and bounded; made once, also when two ask at once."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

from storage import cache

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["kept", "progress"]

_FOLDER = "measured"
_CAP_BYTES = 512 << 20
_WRITES_BETWEEN_TRIMS = 50

#: At most as many measurements at once as leave a core for the pages.
_slots = threading.Semaphore(2)
_lock = threading.Lock()
_busy: dict[str, threading.Lock] = {}
_done: dict[str, float] = {}
_writes = 0


def kept(digest: str, what: str, make: Callable[[Callable[[float], None]], bytes], *, store: bool = True) -> bytes:
    """Return what was measured, from the cache where it is there.

    Parameters
    ----------
    digest : str
        Of the file that is measured.
    what : str
        What is measured, with every parameter and the number of its rules.
    make : callable
        Measures; gets a function that it may tell the fraction that is done.
    store : bool
        Whether the result is worth keeping; without it only two at the same time share nothing.
    """
    key = hashlib.sha256(f"{digest}\0{what}".encode("utf-8", "surrogatepass")).hexdigest()
    name = f"{_FOLDER}/{key[:2]}/{key}"
    with _lock:
        alone = _busy.setdefault(key, threading.Lock())
    with alone:
        data = cache.read_cached(name) if store else None
        if data is not None:
            return data
        try:
            with _slots:
                data = make(lambda part: _done.__setitem__(digest, part))
        finally:
            _done.pop(digest, None)
            with _lock:
                _busy.pop(key, None)
        if store and cache.write_cached(name, data):
            _count_write()
    return data


def progress(digest: str) -> float | None:
    """Return the fraction of a measurement of a file that is done; None if none is running."""
    return _done.get(digest)


def _count_write() -> None:
    global _writes  # noqa: PLW0603  # counts for this process: how often the folder is looked through
    with _lock:
        _writes += 1
        due = _writes % _WRITES_BETWEEN_TRIMS == 0
    if due:
        trim()


def trim(cap_bytes: int = _CAP_BYTES) -> int:
    """Delete what was measured longest ago until the rest is below the cap; return the bytes freed."""
    return cache.trim_folder(_FOLDER, "*/*", cap_bytes)
