"""Entries of a draft from what callers add: files, folders, bytes, files of other artifacts, references."""

from __future__ import annotations

import contextlib
import os
import tempfile
import weakref
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from storage.content import FileContent, SourceContent
from storage.draft import DraftEntry
from storage.errors import (
    AlreadyStoredError,
    InvalidNameError,
    MissingFileError,
    MissingPathError,
    NotReadableError,
    UnsafePathError,
)
from storage.layout import is_digest
from storage.manifest import ManifestEntry
from storage.reading import ReadableArtifact
from storage.refs import parse_ref
from storage.safe_paths import check_name
from storage.stored import StoredEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from storage.content import Content
    from storage.draft import Draft

__all__ = [
    "copied_entry",
    "file_entry",
    "folder_entries",
    "named_by_digest",
    "new_file",
    "open_draft_entry",
    "reference_entries",
    "source_entry",
    "written_content",
]

_DIGITS = 20  # of a digest in a name
_KEPT_BYTES = 1 << 20  # of a file that was written through new_file: up to here it is kept with other small data


def file_entry(draft: Draft, given: Any, name: str | None) -> DraftEntry:
    """Make an entry of a file, bytes, or a file of a source; its name comes from the file unless given."""
    if isinstance(given, bytes | bytearray | memoryview):
        if name is None:
            raise InvalidNameError("bytes", "have no name of their own", 'Pass name="…".')
        return DraftEntry(name, draft.spool.add(bytes(given)))
    if isinstance(given, StoredEntry):
        return source_entry(given.artifact, given.path, name or given.path)
    if hasattr(given, "source") and hasattr(given, "name"):  # a SourceFile of `datatypes`
        return source_entry(given.source, given.name, name or given.name)
    path = Path(given)
    return DraftEntry(name or path.name, FileContent(path))


def named_by_digest(entry: DraftEntry) -> DraftEntry:
    """Return an entry with the first part of its last component replaced by its digest."""
    folder, slash, last = entry.path.rpartition("/")
    _, dot, suffix = last.partition(".")
    path = f"{folder}{slash}{entry.digest[:_DIGITS]}{dot}{suffix}"
    return DraftEntry(path, entry.content, digest=entry.digest, size=entry.size, ref=entry.ref, extra=entry.extra)


def source_entry(source: Any, name: str, wanted: str) -> DraftEntry:
    """Make an entry of a file that lies in a source already.

    A reference to it, if the source is an artifact that references can name. The bytes are stored as well where they
    can be read, so that nothing dangles when the other artifact is deleted; a store that has them stores nothing.
    """
    if not isinstance(source, ReadableArtifact):
        return DraftEntry(wanted, SourceContent(lambda: source.open(name), None, None, name))
    entry = source._entry(name)
    ref = source.ref_url(entry.path)
    return DraftEntry(
        wanted,
        _content_of(source, entry),
        digest=entry.digest,
        size=entry.size,
        ref=ref if parse_ref(ref) else entry.ref,
        extra=entry.extra if entry.ref is not None else None,
    )


def copied_entry(source: ReadableArtifact, entry: ManifestEntry) -> DraftEntry:
    """Make an entry that is what another artifact has: a file stays a file, a reference a reference."""
    extra = dict(entry.extra or {})
    content = _content_of(source, entry)
    if content is not None and entry.digest.startswith(("md5:", "xxh128:")):
        extra["digest"] = entry.digest  # as it was recorded there; ours is the sha256
    return DraftEntry(entry.path, content, digest=entry.digest, size=entry.size, ref=entry.ref, extra=extra or None)


def _content_of(source: ReadableArtifact, entry: ManifestEntry) -> Content | None:
    """Return the bytes of an entry of an artifact, to be read later; None where there are none to read."""
    try:
        source._open_raw(entry).close()
    except (MissingFileError, NotReadableError):
        if entry.ref is None:
            raise
        return None
    known = entry.digest if is_digest(entry.digest) else None

    def opener() -> BinaryIO:
        found = source._entry(entry.path) if isinstance(entry, DraftEntry) else entry  # a draft may be logged by then
        return source._open_raw(found) if known else source._open_checked(found)

    size = entry.size if known or entry.ref is None else None  # W&B records 0 for a reference to an artifact
    return SourceContent(opener, size, known, f"{source.qualified_name}, entry {entry.path}")


def open_draft_entry(artifact: ReadableArtifact, entry: ManifestEntry) -> BinaryIO:
    """Open the bytes of an entry that is not stored yet."""
    content = entry.content if isinstance(entry, DraftEntry) else None
    if content is None:
        problem = "is a reference whose bytes were not read"
        raise MissingFileError(f"{artifact.qualified_name}, entry {entry.path}", problem, "Fetch it yourself.")
    return content.open()


# ------------------------------------------------------------------------------------------------ folders


def folder_entries(folder: Path, name: str) -> list[DraftEntry]:
    """Make entries of all files of a folder, sorted by name."""
    if not folder.is_dir():
        raise MissingPathError(str(folder), "is no folder", "Check the path; use add_file for a file.")
    prefix = f"{name.rstrip('/')}/" if name.strip("/") else ""
    return [DraftEntry(prefix + inner, FileContent(path)) for inner, path in folder_files(folder)]


def folder_files(folder: Path) -> list[tuple[str, str]]:
    """List the files of a folder with their names beneath it, sorted; links that stay inside are followed.

    Raises
    ------
    UnsafePathError
        If a link leads outside or in a circle, something is no file, or a name is none.
    """
    top = folder.resolve()
    found: list[tuple[str, str]] = []
    waiting: list[tuple[str, str, tuple[Path, ...]]] = [("", os.fspath(folder), (top,))]
    while waiting:
        prefix, path, above = waiting.pop()
        with os.scandir(path) as listed:
            entries = list(listed)
        for entry in entries:
            name = prefix + entry.name
            real = entry.path
            if entry.is_symlink():
                real = os.fspath(_inside(top, name, Path(entry.path)))
            if entry.is_dir():
                if (resolved := Path(real).resolve()) in above:
                    raise UnsafePathError(name, "is a link that leads in a circle", "Remove the link.")
                waiting.append((f"{name}/", real, (*above, resolved)))
            elif entry.is_file():
                check_name(name)
                found.append((name, real))
            else:
                raise UnsafePathError(name, "is no regular file", "Remove it, or add the files one by one.")
    return sorted(found)


def _inside(top: Path, name: str, path: Path) -> Path:
    """Return where a link leads, if that lies beneath the folder that was given."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise UnsafePathError(name, "is a link that leads to nothing", "Remove the link.") from error
    if not real.is_relative_to(top):
        raise UnsafePathError(name, "is a link that leads outside the folder", "Copy the file, or add it by itself.")
    return real


# ------------------------------------------------------------------------------------------------ references


def reference_entries(uri: Any, name: str | None, *, checksum: bool) -> list[DraftEntry]:
    """Make the entries of a reference: one, or one for each file of a folder."""
    if isinstance(uri, StoredEntry):
        return [source_entry(uri.artifact, uri.path, name or uri.path)]
    if isinstance(uri, ManifestEntry):
        raise InvalidNameError(uri.path, "belongs to no artifact that could be referred to", "Pass get_path(...).")
    text = os.fspath(uri) if isinstance(uri, os.PathLike) else uri
    parts = urlsplit(text) if isinstance(text, str) else None
    if parts is None or not parts.scheme or "://" not in text:
        raise InvalidNameError(
            f"reference {text!r:.200}", "is no URI", 'Write "file:///data/x.bin", "s3://bucket/key".'
        )
    if parts.scheme == "file" and checksum:
        return _file_references(Path(unquote(parts.path)), text, name)
    last = parts.path.rstrip("/").rpartition("/")[2] or (parts.netloc if parts.scheme == "file" else "")
    wanted = name or (parts.path.strip("/") if parts.scheme in {"s3", "gs"} else last)
    if not wanted:
        raise InvalidNameError(f"reference {text!r:.200}", "has no name of its own", 'Pass name="…".')
    return [DraftEntry(wanted, None, digest=text, ref=text)]


def _file_references(path: Path, uri: str, name: str | None) -> list[DraftEntry]:
    if path.is_dir():
        prefix = f"{name.rstrip('/')}/" if name else ""
        base = uri.rstrip("/")
        return [_hashed_reference(real, f"{base}/{inner}", prefix + inner) for inner, real in folder_files(path)]
    return [_hashed_reference(path, uri, name or path.name)]


def _hashed_reference(path: Path | str, uri: str, name: str) -> DraftEntry:
    """Make a reference to a file of this machine: its digest says what it was, its bytes stay where they are."""
    content = FileContent(path)
    return DraftEntry(name, None, digest=content.digest, size=content.size, ref=uri)


# ------------------------------------------------------------------------------------------------ new files


@contextlib.contextmanager
def new_file(draft: Draft, name: str, mode: str, encoding: str | None) -> Iterator[IO[Any]]:
    """Open a temporary file for writing, and add it to the draft when the block ends well."""
    check_name(name)
    if draft.get(name) is not None:
        raise AlreadyStoredError(name, "is a file of this artifact already", "Choose another name, or remove() it.")
    binary = "b" in mode
    handle, temporary = tempfile.mkstemp(prefix="vitrina-")
    os.close(handle)
    owner = _TemporaryFile(Path(temporary))
    options: dict[str, Any] = {} if binary else {"encoding": encoding or "utf-8", "newline": ""}
    with owner.path.open("w+b" if binary else "w+", **options) as file:
        yield file
    if owner.path.stat().st_size <= _KEPT_BYTES:
        content: Content = draft.spool.add(owner.path.read_bytes())
    else:
        content = _OwnedFile(owner)
    draft.put(DraftEntry(name, content))


def written_content(draft: Draft, write: Callable[[BinaryIO], Any]) -> Content:
    """Take what is written as it goes along: a large text is never held in memory whole.

    Parameters
    ----------
    draft : Draft
        Whose spool takes it if it is small after all.
    write : callable
        Writes to the file that it is given.
    """
    handle, temporary = tempfile.mkstemp(prefix="vitrina-")
    owner = _TemporaryFile(Path(temporary))
    with os.fdopen(handle, "wb") as file:
        write(file)
        size = file.tell()
    return draft.spool.add(owner.path.read_bytes()) if size <= _KEPT_BYTES else _OwnedFile(owner)


class _TemporaryFile:
    """A file of ours that goes with this object."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cleanup = weakref.finalize(self, path.unlink, missing_ok=True)


class _OwnedFile(FileContent):
    """A temporary file, kept until nobody needs it."""

    def __init__(self, owner: _TemporaryFile) -> None:
        self._owner = owner
        super().__init__(owner.path, is_ours=True)
