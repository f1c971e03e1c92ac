"""Checks of what is stored, down to its bytes. They find and name; they change nothing.

Names of the checks, in order: ``path`` (may a file have this name), ``missing``, ``size``, ``digest``, ``reference``.
"""

from __future__ import annotations

import hashlib
import os
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from storage.errors import (
    CorruptBlobError,
    MissingFileError,
    NotReadableError,
    Problem,
    StorageError,
    UnsafePathError,
)
from storage.hashing import hash_file, hasher_for, short
from storage.refs import parse_ref
from storage.safe_paths import check_name, is_plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from storage.blobs import Reader
    from storage.manifest import ManifestEntry
    from storage.reading import ReadableArtifact

__all__ = ["LARGE_BYTES", "check_artifact", "check_bytes", "check_data", "in_threads"]

T = TypeVar("T")

LARGE_BYTES = 4 << 20  # below, starting a thread's work costs more than it gains
_SHA256_DIGITS = 64
_REMEDY = "Restore the file from a copy, or log a new version."


def check_artifact(artifact: ReadableArtifact, step: Callable[[], object] | None = None) -> list[Problem]:
    """Check every entry of an artifact; returns what is wrong, in the order of the manifest.

    Parameters
    ----------
    artifact : ReadableArtifact
        What to check.
    step : callable, optional
        Called after each file; what it raises ends the check.
    """
    try:
        entries = list(artifact.manifest)
    except CorruptBlobError as error:
        return [error.as_problem("digest", artifact.qualified_name)]
    except MissingFileError as error:
        return [error.as_problem("missing", artifact.qualified_name)]
    except StorageError as error:
        return [error.as_problem("digest", artifact.qualified_name)]
    found: dict[int, list[Problem]] = {}
    if (reader := artifact._reader()) is not None:
        try:
            found = dict(_check_small(artifact, entries, reader, step))
        finally:
            reader.close()
    rest = [index for index in range(len(entries)) if index not in found]
    work = [(entries[index].size or 0, partial(check_entry, artifact, entries[index])) for index in rest]
    found.update(zip(rest, in_threads(work, step), strict=True))
    return [problem for index in range(len(entries)) for problem in found[index]]


def _check_small(
    artifact: ReadableArtifact, entries: list[ManifestEntry], reader: Reader, step: Callable[[], object] | None
) -> Iterator[tuple[int, list[Problem]]]:
    """Check small files that have bytes here, in the order in which they lie; what is not as it should be in full."""
    small = []
    for index, entry in enumerate(entries):
        place = artifact._place(entry) if entry.size is not None and entry.size < LARGE_BYTES else None
        if place is not None and is_plain_name(entry.path):
            small.append((place, index))
    for place, index in sorted(small):
        entry = entries[index]
        try:
            wrong = check_data(reader.read(place), entry.digest, entry.size or 0)
        except StorageError:
            wrong = "missing", ""
        yield index, check_entry(artifact, entry) if wrong else []
        if step is not None:
            step()


def check_entry(artifact: ReadableArtifact, entry: ManifestEntry) -> list[Problem]:
    """Check one entry of an artifact."""

    def problem(check: str, text: str, remedy: str = _REMEDY) -> Problem:
        return Problem(f"{name}, entry {entry.path}", text, remedy, check, name, entry.path)

    name = artifact.qualified_name
    found = []
    try:
        check_name(entry.path)
    except UnsafePathError as error:
        found.append(problem("path", error.problem, error.remedy))
    try:
        file = artifact._open_raw(entry)
    except MissingFileError as error:
        if entry.ref is None:
            found.append(problem("missing", "its file is not there"))
        elif parse_ref(entry.ref):
            found.append(problem("reference", error.problem, error.remedy))
        return found
    except UnsafePathError as error:
        return found or [problem("path", error.problem, error.remedy)]
    except (CorruptBlobError, NotReadableError) as error:
        return [*found, problem("reference", error.problem, error.remedy)]
    except StorageError as error:
        return [*found, problem("missing", error.problem, error.remedy)]
    with file:
        size = entry.size if entry.ref is None else None  # W&B writes 0 for references to artifacts
        found += [problem(check, text) for check, text in check_bytes(file, entry.digest, size)]
    return found


def check_bytes(file: BinaryIO, digest: str, size: int | None) -> list[tuple[str, str]]:
    """Compare a file's bytes with what was recorded; returns pairs of check and problem.

    A file of the wrong size is not hashed: that its digest is wrong as well says nothing more.
    """
    try:
        length = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size is not None and length != size:
            return [("size", f"{length:,} bytes, the manifest says {size:,}")]
        hasher = hasher_for(digest)
        if hasher is None:
            return []
        hash_file(file, hasher)
    except OSError as error:
        return [("missing", f"its file cannot be read: {error.strerror or error}")]
    if hasher.text != digest:
        return [("digest", _says(hasher.size, hasher.text, digest))]
    return []


def check_data(data: bytes, digest: str, size: int) -> tuple[str, str] | None:
    """Compare the bytes of a small file with a digest and a length; returns the check that fails and the problem."""
    if len(data) != size:
        return "size", f"{len(data):,} bytes, the manifest says {size:,}"
    if len(digest) == _SHA256_DIGITS:  # most of them; a hash of our own class costs as much as the hash
        found = hashlib.sha256(data).hexdigest()
    else:
        hasher = hasher_for(digest)
        if hasher is None:
            return None
        hasher.update(data)
        found = hasher.text
    return None if found == digest else ("digest", _says(size, found, digest))


def _says(size: int, found: str, digest: str) -> str:
    return f"{size:,} bytes hash to {short(found)}, the manifest says {short(digest)}"


def in_threads(work: Iterable[tuple[int, Callable[[], T]]], step: Callable[[], object] | None = None) -> list[T]:
    """Run pieces of work and return their results in order; those over many bytes share the processor's cores.

    Parameters
    ----------
    work : iterable of (int, callable)
        How many bytes it reads, and what to do. Hashing lets other threads run.
    step : callable, optional
        Called in this thread after each piece; what it raises ends the work: pieces that have not begun never do.
    """
    pieces = list(work)
    large = [piece for size, piece in pieces if size >= LARGE_BYTES]
    done: list[T] = []
    if len(large) < 2:
        for _, piece in pieces:
            done.append(piece())
            if step is not None:
                step()
        return done
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        running = {id(piece): pool.submit(piece) for piece in large}
        try:
            for _, piece in pieces:
                done.append(running[id(piece)].result() if id(piece) in running else piece())
                if step is not None:
                    step()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return done
