"""Freeing what nobody needs, and counting what takes the space.

A sweep is a record like any other: it names keys, and whoever puts it has read every commit before it; whoever commits
afterwards has read the sweep and names none of its keys. Only then are the objects deleted. No locks, no clocks.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from storage.content import BytesContent
from storage.errors import MissingFileError, StorageError
from storage.layout import BLOBS, LOG, RUNS, TMP, blob_from_key, blob_key
from storage.log import Log
from storage.paged_manifest import PagedManifest

if TYPE_CHECKING:
    from storage.blobs import BlobStore, ObjectInfo
    from storage.log import Operation
    from storage.state import State, VersionRecord

__all__ = ["DiskUsage", "GarbageReport", "collect", "disk_usage"]

_LONG_SWEEP = (
    500  # keys; a record stays below 64 kB, since a bucket takes only a small object in one conditional request
)
_STALE_SECS = 86_400  # what lies in tmp/ for a day belongs to nobody who lives


class GarbageReport(NamedTuple):
    """What a collection has freed, or would free."""

    keys: list[str]
    """Of blobs that no live version needs, sorted."""
    size: int
    """Their bytes."""
    temporary: int
    """Bytes of files that killed processes left behind."""
    dry_run: bool
    """Whether everything is still there."""


class NameUsage(NamedTuple):
    """What one name takes."""

    name: str
    versions: int
    size: int
    """Sum of the sizes of its versions, as if nothing were shared; bytes."""
    stored: int
    """Bytes of the blobs that its versions need, each counted once."""
    own: int
    """Bytes of those that no other name needs."""


class DiskUsage(NamedTuple):
    """What takes the space of a store; bytes."""

    total: int
    blobs: int
    log: int
    runs: int
    temporary: int
    garbage: int
    """Of blobs that no live version needs."""
    names: list[NameUsage]
    """By name, the one that takes most first."""


def collect(objects: BlobStore, log: Log, *, dry_run: bool, grace: float) -> GarbageReport:
    """Free what no live version needs; see `Store.gc`."""
    fresh = Log(objects)  # from record 0: a snapshot decides nothing here
    now = time.time()
    listed = {info.key: info for info in objects.list(f"{BLOBS}/") if blob_from_key(info.key)}
    known: dict[str, set[str]] = {}
    swept: list[str] = []

    def propose(state: State) -> list[Operation]:
        needed = live_keys(objects, state, known)
        left_behind = _left_by_deleted(objects, state, known)
        swept[:] = sorted(
            key
            for key, info in listed.items()
            if key not in needed and (key in state.swept or key in left_behind or now - info.modified >= grace)
        )
        new = [key for key in swept if key not in state.swept]
        return [_sweep(objects, state, new)] if new else []

    if dry_run:
        state = fresh.refresh()
        fresh.check_writable()
        propose(state)
    else:
        fresh.append(propose)
        for key in swept:
            objects.delete(key)
        log.refresh()
    temporary = _temporary(objects, now, dry_run=dry_run)
    return GarbageReport(swept[:], sum(listed[key].size for key in swept), temporary, dry_run)


def live_keys(objects: BlobStore, state: State, known: dict[str, set[str]]) -> set[str]:
    """Return the keys that live versions need, their manifests and the lists of sweeps among them.

    Raises
    ------
    StorageError
        If the manifest of a live version cannot be read: then nobody knows what it needs.
    """
    needed = set(state.lists)
    for name, row in state.kept():
        needed.add(row.manifest)
        needed |= _keys_of(objects, name, row, known)
    return needed


def _keys_of(objects: BlobStore, name: str, row: VersionRecord, known: dict[str, set[str]]) -> set[str]:
    if row.manifest not in known:
        subject = f"{name}:v{row.number}, manifest {row.manifest}"
        manifest = PagedManifest(lambda start, length: objects.read(row.manifest, start, length), row.tail, subject)
        known[row.manifest] = {blob_key(entry.digest, entry.epoch) for entry in manifest if entry.epoch is not None}
    return known[row.manifest]


def _left_by_deleted(objects: BlobStore, state: State, known: dict[str, set[str]]) -> set[str]:
    """Return the keys that versions named which are deleted now: no upload is under way for their sake."""
    left = set()
    for name, row in state.deleted:
        left.add(row.manifest)
        try:
            left |= _keys_of(objects, name, row, known)
        except StorageError:
            continue  # it decides nothing but haste
    return left


def _sweep(objects: BlobStore, state: State, keys: list[str]) -> Operation:
    """Return the operation that says which keys are free; a long list becomes a blob, put before the record."""
    if len(keys) <= _LONG_SWEEP:
        return {"op": "sweep", "keys": keys}
    with objects.batch() as batch:
        content = BytesContent("\n".join(keys).encode("ascii"))
        placed = batch.put(content, lambda _digest, _size: None, state.epoch)
        batch.finish()
    return {"op": "sweep", "list": blob_key(placed.digest, placed.epoch), "count": len(keys)}


def _temporary(objects: BlobStore, now: float, *, dry_run: bool) -> int:
    stale = [info for info in _list(objects, TMP) if now - info.modified >= _STALE_SECS and info.key != f"{TMP}/lock"]
    if not dry_run:
        for info in stale:
            objects.delete(info.key)
    return sum(info.size for info in stale)


def _list(objects: BlobStore, folder: str) -> list[ObjectInfo]:
    try:
        return objects.list(f"{folder}/")
    except MissingFileError:
        return []


def disk_usage(objects: BlobStore, log: Log) -> DiskUsage:
    """Count what takes the space; see `Store.disk_usage`."""
    state = log.refresh()
    sizes = {info.key: info.size for info in _list(objects, BLOBS)}
    known: dict[str, set[str]] = {}
    by_name: dict[str, set[str]] = {}
    for name, row in state.kept():
        try:
            keys = _keys_of(objects, name, row, known)
        except StorageError:
            keys = set()  # the check of the store says which manifest is damaged
        by_name.setdefault(name, set()).update(keys, [row.manifest])
    needed = set(state.lists).union(*by_name.values())
    counts: dict[str, int] = {}
    for keys in by_name.values():
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
    folders = [sum(info.size for info in _list(objects, folder)) for folder in (LOG, RUNS, TMP)]
    blobs = sum(sizes.values())

    def total(keys: set[str]) -> int:
        return sum(sizes.get(key, 0) for key in keys)

    names = [
        NameUsage(
            name,
            len(state.names[name].versions),
            sum(row.size for row in state.names[name].versions.values()),
            total(keys),
            total({key for key in keys if counts[key] == 1}),
        )
        for name, keys in by_name.items()
    ]
    garbage = sum(size for key, size in sizes.items() if key not in needed)
    names.sort(key=lambda usage: (-usage.stored, usage.name))
    return DiskUsage(blobs + sum(folders), blobs, folders[0], folders[1], folders[2], garbage, names)
