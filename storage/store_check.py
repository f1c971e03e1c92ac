"""The check of a whole store: every record, every manifest, every file, each file once.

A damaged file is named together with every entry of every version that needs it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from storage.check import LARGE_BYTES, check_bytes, check_data, in_threads
from storage.errors import CorruptBlobError, MissingFileError, Problem, StorageError, UnsafePathError
from storage.layout import LOG, blob_key, number_from_key
from storage.log import Log
from storage.manifest import artifact_digest
from storage.refs import parse_ref
from storage.safe_paths import check_name, is_plain_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.blobs import BlobStore
    from storage.manifest import ManifestEntry
    from storage.reading import ReadableArtifact
    from storage.state import VersionRecord
    from storage.store_file import StoreFile

__all__ = ["check_store"]

_REMEDY = "Restore the file from a copy, or remove it and log the same content again."
_RECORD_REMEDY = "Restore the record from a copy; until then the store can be read and not written."


def check_store(
    objects: BlobStore,
    log: Log,
    store_file: StoreFile,
    opener: Callable[[str, VersionRecord], ReadableArtifact],
    step: Callable[[], object] | None = None,
) -> list[Problem]:
    """Check everything; returns what is wrong, the log first, then by name, version and path.

    `step` is called after each file; what it raises ends the check.
    """
    log.refresh()
    fresh = Log(objects)
    state = fresh.refresh()
    found = [*_check_store_file(store_file), *_log_problems(objects, fresh)]
    artifacts = [(opener(name, row), row) for name, row in state.kept()]
    wanted: dict[str, tuple[str, int | None]] = {}
    entries: list[tuple[ReadableArtifact, list[ManifestEntry]]] = []
    for artifact, row in artifacts:
        problem, listed = _check_manifest(objects, artifact, row)
        if problem is not None:
            found.append(problem)
            continue
        entries.append((artifact, listed))
        for entry in entries[-1][1]:
            if entry.epoch is not None:
                wanted.setdefault(blob_key(entry.digest, entry.epoch), (entry.digest, entry.size))
    blobs = _check_blobs(objects, wanted, step)
    for artifact, listed in entries:
        for entry in listed:
            found += _check_entry(artifact, entry, blobs)
    return found


def _check_store_file(store_file: StoreFile) -> list[Problem]:
    try:
        store_file.read()
    except StorageError as error:
        return [error.as_problem("digest")]
    return []


def _log_problems(objects: BlobStore, log: Log) -> list[Problem]:
    """Return records that are damaged, and those behind a gap that the fold did not reach."""
    numbers = [number for key in objects.keys(f"{LOG}/") if (number := number_from_key(key)) is not None]
    beyond = [number for number in numbers if number >= log.state.length]
    found = list(log.state.problems)
    if beyond:
        gap = f"{LOG}/{log.state.length:010d}"
        found.append(Problem(gap, f"is missing, and {len(beyond)} later ones are there", _RECORD_REMEDY, "missing"))
    return found


def _check_manifest(
    objects: BlobStore, artifact: ReadableArtifact, row: VersionRecord
) -> tuple[Problem | None, list[ManifestEntry]]:
    """Return what is wrong with a manifest, if anything is, and its entries, which are read once."""
    name = artifact.qualified_name
    subject = f"{name}, manifest {row.manifest}"
    digest = row.manifest.rpartition("/")[2].partition(".")[0]
    entries: list[ManifestEntry] = []
    try:
        with objects.open(row.manifest) as file:
            wrong = check_bytes(file, digest, row.manifest_size)
        if not wrong:
            entries = list(artifact.manifest)
            if artifact.manifest.digest == row.digest and artifact_digest(entries) != row.digest:
                wrong = [("digest", "its entries do not give the version's digest")]
    except MissingFileError:
        wrong = [("missing", "is not there")]
    except CorruptBlobError as error:
        wrong = [("digest", error.problem)]
    except StorageError as error:
        wrong = [("path" if isinstance(error, UnsafePathError) else "digest", error.problem)]
    return (Problem(subject, wrong[0][1], _REMEDY, wrong[0][0], name) if wrong else None), entries


def _check_blobs(
    objects: BlobStore, wanted: dict[str, tuple[str, int | None]], step: Callable[[], object] | None
) -> dict[str, tuple[str, str]]:
    """Return, for each blob that is not what its key says, the check and the problem."""
    reader = objects.reader()

    def check(key: str) -> tuple[str, str] | None:
        digest, size = wanted[key]
        try:
            if size is not None and size < LARGE_BYTES:
                return check_data(reader.read(key), digest, size)
            with objects.open(key) as file:
                wrong = check_bytes(file, digest, size)
        except MissingFileError:
            return "missing", "its file is not there"
        except UnsafePathError as error:
            return "path", error.problem
        except StorageError as error:
            return "missing", error.problem
        return wrong[0] if wrong else None

    keys = sorted(wanted)
    try:
        results = in_threads([(wanted[key][1] or 0, partial(check, key)) for key in keys], step)
    finally:
        reader.close()
    return {key: result for key, result in zip(keys, results, strict=True) if result is not None}


def _check_entry(artifact: ReadableArtifact, entry: ManifestEntry, blobs: dict[str, tuple[str, str]]) -> list[Problem]:
    if entry.epoch is not None and entry.ref is None and not blobs and is_plain_name(entry.path):
        return []
    name = artifact.qualified_name
    subject = f"{name}, entry {entry.path}"
    found = []
    try:
        check_name(entry.path)
    except UnsafePathError as error:
        found.append(Problem(subject, error.problem, error.remedy, "path", name, entry.path))
    if entry.epoch is not None:
        if blobs and (wrong := blobs.get(blob_key(entry.digest, entry.epoch))):
            text = f"{wrong[1]} ({blob_key(entry.digest, entry.epoch)})"
            found.append(Problem(subject, text, _REMEDY, wrong[0], name, entry.path))
    elif entry.ref is None:
        found.append(Problem(subject, "has neither bytes nor a reference", _REMEDY, "missing", name, entry.path))
    if parse_ref(entry.ref) and entry.epoch is None:
        try:
            artifact._open_raw(entry).close()
        except StorageError as error:
            found.append(Problem(subject, error.problem, error.remedy, "reference", name, entry.path))
    return found
