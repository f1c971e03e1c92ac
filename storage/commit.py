"""Making a version: content, manifest, record, each durable before the next names it.

The safety of the store beside collectors rests on one rule: the record names no blob that an earlier sweep names. Who
puts the record has read all sweeps before it; what one of them took is stored again, under a key of a later epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from storage.content import BytesContent
from storage.layout import blob_folder, blob_from_key, blob_key
from storage.manifest import Manifest, ManifestEntry, encode_manifest
from storage.stat_cache import StatCache
from storage.state import LATEST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage.blobs import Batch, BlobStore, Placed
    from storage.draft import Draft
    from storage.log import Log, Operation
    from storage.state import State, VersionRecord

__all__ = ["Commit", "Facts", "alias_operations"]

_FEW_EPOCHS = 8  # asked for one by one; beyond, the folder is listed once


class Facts(NamedTuple):
    """What is recorded of an artifact besides its entries."""

    name: str
    type: str
    description: str | None
    metadata: dict[str, Any]
    client_id: str
    server_id: str | None
    wandb_digest: str | None

    def header(self) -> dict[str, Any]:
        """Return what the first line of the manifest says."""
        header: dict[str, Any] = {"type": self.type, "description": self.description, "metadata": self.metadata}
        header |= {"client_id": self.client_id, "server_id": self.server_id, "wandb_digest": self.wandb_digest}
        return {key: value for key, value in header.items() if value is not None or key == "description"}


class Commit:
    """One draft on its way to a version.

    Parameters
    ----------
    objects, log : BlobStore, Log
        The store.
    facts : Facts
        What is recorded besides the entries.
    draft : Draft
        The entries.
    settle : callable
        Called with the fold before content is stored. It may change the draft, and returns the client ids of the
        artifacts whose values the draft refers to.
    """

    def __init__(
        self,
        objects: BlobStore,
        log: Log,
        facts: Facts,
        draft: Draft,
        settle: Callable[[State], tuple[str, ...]],
    ) -> None:
        self._objects = objects
        self._log = log
        self._facts = facts
        self._draft = draft
        self._settle = settle
        self._placed: dict[str, Placed] = {}
        self._number = 0
        self._stats = StatCache(log.store_id, facts.name)

    def run(self, aliases: Sequence[str] = (), run: str | None = None) -> VersionRecord:
        """Store the draft as a version of its name, and move aliases to it, in one step.

        If a live version of the name has the same type and content, that version is returned and nothing is stored.

        Raises
        ------
        VersionConflictError
            If a file changed since it was added, or values of a version that was deleted are referred to.
        BackendError
            If the store refuses. Then there is no new version.
        """
        state, _ = self._log.append(lambda state: self._propose(state, aliases), run=run)
        self._stats.save()
        for entry in self._draft:
            if entry.path in self._placed:
                entry.release(self._placed[entry.path].digest)
        return state.names[self._facts.name].versions[self._number]

    def _propose(self, state: State, aliases: Sequence[str]) -> list[Operation]:
        """Store content and manifest, and return the operations that make them a version."""
        name = self._facts.name
        needs = self._settle(state)
        with self._objects.batch() as batch:
            find = Finder(self._objects, state)
            manifest = Manifest(self._place(batch, find, state))
            digest = manifest.digest
            if (same := _version_of(state, self._facts, digest)) is not None:
                self._number = same.number
                batch.finish()  # bytes of that version that were lost are there again
                return alias_operations(state, name, same.number, aliases)
            encoded = encode_manifest(manifest, self._facts.header())
            stored = batch.put(BytesContent(encoded.data), find, state.epoch)
            batch.finish()
        self._number = state.names[name].next_number if name in state.names else 0
        operation: Operation = {
            "op": "commit",
            "name": name,
            "version": self._number,
            "type": self._facts.type,
            "digest": digest,
            "size": manifest.size,
            "entries": len(manifest),
            "manifest": {**stored._asdict(), "tail": list(encoded.tail)},
            "client_id": self._facts.client_id,
        }
        if self._facts.server_id:
            operation["server_id"] = self._facts.server_id
        if needs:
            operation["needs"] = list(needs)
        return [operation, *alias_operations(state, name, self._number, aliases)]

    def _place(self, batch: Batch, find: Finder, state: State) -> list[ManifestEntry]:
        """Store the bytes of all entries that have some; those of an earlier try count unless a sweep took them."""
        entries = []
        for entry in self._draft:
            if entry.content is None:
                entries.append(ManifestEntry(entry.path, entry.digest, entry.size, entry.ref, entry.extra))
                continue
            placed = self._placed.get(entry.path)
            if placed is None or blob_key(placed.digest, placed.epoch) in state.swept:
                self._stats.recall(entry.content)
                placed = self._placed[entry.path] = batch.put(entry.content, find, state.epoch)
                self._stats.note(entry.content, placed.digest)
            entries.append(ManifestEntry(entry.path, placed.digest, placed.size, entry.ref, entry.extra, placed.epoch))
        return entries


def _version_of(state: State, facts: Facts, digest: str) -> VersionRecord | None:
    """Return the newest live version of that name and type with that content."""
    rows = state.names[facts.name].versions.values() if facts.name in state.names else ()
    return next((row for row in reversed(rows) if (row.digest, row.type) == (digest, facts.type)), None)


def alias_operations(state: State, name: str, number: int, aliases: Sequence[str]) -> list[Operation]:
    """Return the moves that are needed; ``latest`` is never stored, and what points there already stays."""
    present = state.names[name].aliases if name in state.names else {}
    wanted = [alias for alias in dict.fromkeys(aliases) if alias != LATEST and present.get(alias) != number]
    return [{"op": "alias", "name": name, "alias": alias, "version": number} for alias in wanted]


class Finder:
    """Finds a blob that may be used again: one that no sweep names, of the right size."""

    def __init__(self, objects: BlobStore, state: State) -> None:
        self._objects = objects
        self._state = state
        self._folders: dict[str, dict[str, list[int]]] = {}

    def __call__(self, digest: str, size: int) -> int | None:
        """Return the epoch of its key; None if the bytes must be stored."""
        for epoch in self._epochs(digest):
            key = blob_key(digest, epoch)
            if key not in self._state.swept and self._objects.size(key) == size:
                return epoch
        return None

    def _epochs(self, digest: str) -> Sequence[int]:
        if self._state.epoch < _FEW_EPOCHS:
            return range(self._state.epoch, -1, -1)
        folder = blob_folder(digest)
        if folder not in self._folders:
            found: dict[str, list[int]] = {}
            for key in self._objects.keys(folder):
                if named := blob_from_key(key):
                    found.setdefault(named.digest, []).append(named.epoch)
            self._folders[folder] = found
        return self._folders[folder].get(digest, ())
