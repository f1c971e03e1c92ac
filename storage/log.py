"""The log: the one sequence of records of what happened to a store.

Invariant: whoever puts record n has read records 0 … n−1. A record is put only if there is none of its number; who
loses that race reads on and proposes again, knowing what happened.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from storage import cache
from storage.errors import AlreadyStoredError, BackendError, CorruptBlobError, MissingFileError, Problem, StorageError
from storage.layout import blob_from_key, record_key
from storage.state import State, seal
from storage.strict_json import canonical, load_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.blobs import BlobStore

__all__ = ["Log", "Operation"]

Operation = dict[str, Any]

_SNAPSHOT_EVERY = 64  # records; reading them takes about as long as reading the snapshot
_PATIENCE = (0.02, 0.1, 0.4)  # seconds: a network folder may hide a file that somebody else has just made
_REMEDY = "Restore the record from a copy; until then the store can be read and not written."


class Log:
    """The records of a store and their fold.

    Parameters
    ----------
    objects : BlobStore
        Where the records are.
    store_id : str
        Names the snapshots in the user's cache folder; empty for none.
    """

    def __init__(self, objects: BlobStore, store_id: str = "") -> None:
        self._objects = objects
        self._store_id = store_id
        self._lock = threading.RLock()
        self._state = State()
        self._saved = 0
        if store_id:
            self._load_snapshot()

    @property
    def store_id(self) -> str:
        """Names what is kept of the store in the user's cache folder; empty if nothing is."""
        return self._store_id

    @property
    def state(self) -> State:
        """The fold as far as it was read."""
        return self._state

    def refresh(self) -> State:
        """Read on until there is no next record; returns the fold."""
        with self._lock:
            self._read_on()
            self._save_snapshot()
            return self._state

    def append(
        self, propose: Callable[[State], list[Operation]], *, run: str | None = None
    ) -> tuple[State, list[Operation]]:
        """Put the next record.

        Parameters
        ----------
        propose : callable
            Gets the fold and returns the operations that are to happen together; none if there is nothing to do. It is
            asked again after each lost race, and may raise to give up.
        run : str, optional
            Id of the run for which this is done.

        Returns
        -------
        State, list of dict
            The fold after the record, and the operations in it.

        Raises
        ------
        CorruptBlobError
            If a record is damaged: it may have been a sweep or a commit, so nobody may write before it is restored.
        BackendError
            If the store refuses.
        """
        tx = secrets.token_hex(16)
        with self._lock:
            while True:
                self._read_on()
                self.check_writable()
                operations = propose(self._state)
                if not operations:
                    return self._state, []
                body = {"tx": tx, "time": _now(), "prev": self._state.prev, "ops": operations}
                if run is not None:
                    body["run"] = run
                if self._put(seal(body), tx):
                    self._save_snapshot()
                    return self._state, operations

    def check_writable(self) -> None:
        """Refuse to write to a log with a damaged record.

        Raises
        ------
        CorruptBlobError
            Naming the first.
        """
        if self._state.problems:
            first = self._state.problems[0]
            raise CorruptBlobError(first.subject, f"{first.problem}; so nothing is written", first.remedy)

    def _put(self, raw: bytes, tx: str) -> bool:
        """Put a record with the next number; whether it is there now, by this call or an earlier try of it."""
        number = self._state.length
        try:
            self._objects.create(record_key(number), raw)
        except AlreadyStoredError:
            return self._is_ours(number, tx)
        except BackendError:
            if self._is_ours(number, tx):  # the answer was lost, the record was not
                return True
            raise
        self._state.apply(raw, self.read_list)
        return True

    def _is_ours(self, number: int, tx: str) -> bool:
        """Whether the record that has this number is one that we put; reads on to the end."""
        bodies = self._read_on()
        if self._state.length == number and self._objects.size(record_key(number)) is not None:
            if self._read_patiently(number) is None:
                raise BackendError(record_key(number), "exists and cannot be read", "Try again later.")
            bodies += self._read_on()
        return any(body.get("tx") == tx for body in bodies)

    # ------------------------------------------------------------------------------------- reading

    def _read_on(self) -> list[dict[str, Any]]:
        """Fold what is new; returns the bodies."""
        bodies = []
        while True:
            number = self._state.length
            raw = self._read(number)
            if raw is None:
                if self._objects.size(record_key(number + 1)) is None:
                    break
                raw = self._read_patiently(number)
            if raw is None:
                self._state.skip(
                    Problem(record_key(number), "is missing, and later ones are there", _REMEDY, "missing")
                )
                continue
            try:
                bodies.append(self._state.apply(raw, self.read_list))
            except CorruptBlobError as error:
                self._state.skip(error.as_problem("digest"))
        return bodies

    def _read(self, number: int) -> bytes | None:
        try:
            return self._objects.read(record_key(number))
        except MissingFileError:
            return None

    def _read_patiently(self, number: int) -> bytes | None:
        for seconds in _PATIENCE:
            time.sleep(seconds)
            if (raw := self._read(number)) is not None:
                return raw
        return None

    def read_list(self, key: str) -> list[str]:
        """Return the keys in the list of a long sweep.

        Raises
        ------
        CorruptBlobError
            If the list is damaged or lost: then nobody knows what was swept.
        """
        named = blob_from_key(key)
        try:
            data = self._objects.read(key)
        except MissingFileError as error:
            raise CorruptBlobError(key, "the list of a sweep is missing", _REMEDY) from error
        if named is None or hashlib.sha256(data).hexdigest() != named.digest:
            raise CorruptBlobError(key, "the list of a sweep is damaged", _REMEDY)
        return data.decode("ascii").splitlines()

    # ------------------------------------------------------------------------------------- snapshots

    def _load_snapshot(self) -> None:
        """Start from a snapshot, if the chain proves that it belongs to this log."""
        data = cache.read_cached(f"snapshots/{self._store_id}")
        seal_text, _, text = (data or b"").partition(b"\n")
        if not text or hashlib.sha256(text).hexdigest().encode() != seal_text:
            return
        try:
            state = State.from_json(load_json(text, "snapshot"))
            last = self._read(state.length - 1)
        except (StorageError, KeyError, TypeError, ValueError, IndexError):
            return
        if last is not None and hashlib.sha256(last).hexdigest() == state.prev:
            self._state, self._saved = state, state.length

    def _save_snapshot(self) -> None:
        state = self._state
        due = self._saved + max(_SNAPSHOT_EVERY, self._saved // 16)  # so that all snapshots together stay linear
        if not self._store_id or state.problems or state.prev is None or state.length < due:
            return
        text = canonical(state.to_json())
        sealed = hashlib.sha256(text).hexdigest().encode() + b"\n" + text
        if cache.write_cached(f"snapshots/{self._store_id}", sealed):
            self._saved = state.length


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
