"""From an entry of an artifact to an open table: small ones in memory, large ones by a copy in the cache folder."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.tables import sources
from app.tables.copying import copy_elsewhere
from app.tables.errors import NotATableError
from app.tables.gallery import PICTURES

if TYPE_CHECKING:
    from app.tables.columns import Column
    from app.tables.engine import Engine
    from app.tables.labels import Labels

__all__ = ["OpenTable", "Progress", "forget", "open_table"]

#: Tables kept open. A page shows one; each holds at most `app.tables.engine.MEMORY`.
_MAX_OPEN = 4

#: Seconds that somebody who asks for rows waits for a copy before they get the first rows instead.
WAIT_SECONDS = 0.8


@dataclass
class Progress:
    """How far a copy is.

    Attributes
    ----------
    done, total : int
        Rows; `total` is 0 as long as nobody knows.
    error : Exception or None
        What ended it.
    """

    done: int = 0
    total: int = 0
    error: Exception | None = None


@dataclass(eq=False)
class OpenTable:
    """A table that is shown.

    Attributes
    ----------
    columns : tuple of Column
        In their stored order.
    engine : Engine
        Holds the rows: all of them, or as long as `progress` is not None the first ones.
    rows : int
        All rows that there are; as far as known while a copy is made.
    progress : Progress or None
        None once all rows can be asked for.
    join : dict or None
        Of a join: ``keys``, and rows with ``both``, ``left`` only, ``right`` only.
    ident : str
        Changes with the content.
    """

    columns: tuple[Column, ...]
    engine: Engine
    rows: int
    ident: str
    progress: Progress | None = None
    join: dict[str, Any] | None = None
    orders: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    """Row numbers by selection; see `app.tables.selection`."""
    labels: dict[int, Labels] = field(default_factory=dict)
    """Labels of pictures by number of the column; see `app.tables.labels`."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_whole(self) -> bool:
        """Whether all rows can be asked for."""
        return self.progress is None


class _Slot:
    """One table in the list of open ones."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.table: OpenTable | None = None
        self.whole = threading.Event()


_slots: OrderedDict[str, _Slot] = OrderedDict()
_lock = threading.Lock()


def forget() -> None:
    """Close all tables; for tests."""
    with _lock:
        _slots.clear()


def open_table(artifact: Any, name: str, *, value: Any = None, wait: float = WAIT_SECONDS) -> OpenTable:
    """Return the table of an entry, opened once.

    Parameters
    ----------
    artifact : StoredArtifact
        Where it lies.
    name : str
        Full name of the entry.
    value : WBValue, optional
        The entry, where it was decoded before.
    wait : float
        Seconds to wait for the copy of a large table; what comes back then may have its first rows only.

    Raises
    ------
    NotATableError
        If it is none.
    DataTypeError, StorageError
        If it cannot be read.
    """
    digest = str(artifact.digest if name == PICTURES else artifact.get_path(name).digest)
    key = "\0".join([str(artifact.qualified_name), str(artifact.digest), name, digest])
    with _lock:
        slot = _slots.setdefault(key, _Slot())
        _slots.move_to_end(key)
        while len(_slots) > _MAX_OPEN:
            _slots.popitem(last=False)
    with slot.lock:
        if slot.table is None:
            slot.table = _open(artifact, name, key, slot, value)
    if not slot.table.is_whole:
        slot.whole.wait(wait)
    return slot.table


def _open(artifact: Any, name: str, key: str, slot: _Slot, value: Any) -> OpenTable:
    source = sources.find(artifact, name, value)
    if source is None:
        raise NotATableError(name, "is no table", "Open it from its artifact's page.")
    if not source.is_large:
        table = _loaded(source, key)
        slot.whole.set()
        return table
    kept = sources.kept_copy(source)
    if kept is not None:
        slot.whole.set()
        return OpenTable(columns=kept.columns, engine=kept.engine, rows=kept.rows, ident=key, join=source.join)
    first = sources.first_rows(source)
    progress = Progress(total=source.rows or 0)
    table = OpenTable(
        columns=first.columns, engine=first.engine, rows=source.rows or first.rows, ident=key, progress=progress
    )
    where = _where(artifact, name)
    threading.Thread(target=_copy, args=(source, where, table, progress, slot), daemon=True, name="table copy").start()
    return table


def _where(artifact: Any, name: str) -> tuple[str, str, str] | None:
    """Return by what another process finds the entry; None where nothing is open that it could open."""
    from app import session

    try:
        here = session.current()
        is_found = bool(here.path) and here.resolve(here.reference_of(artifact)).digest == artifact.digest
    except (LookupError, OSError, ValueError, RuntimeError):
        return None
    return (here.path, here.reference_of(artifact), name) if is_found else None


def _loaded(source: sources.Source, key: str) -> OpenTable:
    loaded = sources.load(source)
    return OpenTable(columns=loaded.columns, engine=loaded.engine, rows=loaded.rows, ident=key, join=source.join)


def _copy(
    source: sources.Source, where: tuple[str, str, str] | None, table: OpenTable, progress: Progress, slot: _Slot
) -> None:
    """Make the copy, then put it in the place of the first rows."""

    def on_rows(done: int) -> None:
        progress.done = done

    try:
        if where is not None:
            copy_elsewhere(*where, on_rows)
        kept = sources.kept_copy(source) or sources.make_copy(source, on_rows)
    except Exception as error:  # noqa: BLE001  # the boundary of a thread: it is told on the page
        progress.error = error
    else:
        with table.lock:
            table.columns, table.engine, table.rows = kept.columns, kept.engine, kept.rows
            table.orders.clear()
            table.labels.clear()
            table.progress = None
    slot.whole.set()
