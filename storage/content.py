"""Bytes on their way into a store: in memory, in a spool, in a user's file, in another store.

A *content* says how long it is, and what it hashes to if that is known; it can be opened more than once, and it notices
when what it opens is no longer what was added.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import (
    BackendError,
    CorruptBlobError,
    MissingFileError,
    MissingPathError,
    UnsafePathError,
    VersionConflictError,
)
from storage.hashing import hash_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

__all__ = ["BytesContent", "Content", "FileContent", "SourceContent", "Spool"]

_RACY_NS = 2_000_000_000  # a file changed so shortly ago may change again within one tick of its clock, unseen
_SPOOL_FROM_BYTES = 32 << 20  # what a draft holds in memory before it begins to spool


class Content:
    """Bytes of one file."""

    size: int
    """Length in bytes."""
    known_digest: str | None = None
    """Hex sha256, if it was computed already."""

    def open(self) -> BinaryIO:
        """Open for reading, from the start."""
        raise NotImplementedError

    def confirm(self, file: BinaryIO, digest: str, size: int) -> None:
        """Check, after all of `file` was read, that it is what was added."""

    @property
    def digest(self) -> str:
        """Hex sha256; reads the bytes once if it is not known yet."""
        if self.known_digest is None:
            with self.open() as file:
                hasher = hash_file(file)
                self.confirm(file, hasher.text, hasher.size)
            self.known_digest = hasher.text
        return self.known_digest

    def local_file(self) -> Path | None:
        """Path of the file, if it is one."""
        return None


class BytesContent(Content):
    """Bytes in memory.

    Parameters
    ----------
    data : bytes
        The content.
    """

    def __init__(self, data: bytes) -> None:
        self.data = bytes(data)
        self.size = len(data)
        self.known_digest = hashlib.sha256(data).hexdigest()

    def open(self) -> BinaryIO:
        """Open for reading."""
        return io.BytesIO(self.data)


class FileContent(Content):
    """A file on disk, read when it is stored: once, and then compared with its status when it was added.

    Parameters
    ----------
    path : Path or str
        The file; a link to one is followed, since the caller named it.
    is_ours : bool
        Whether nobody else can write to it.

    Raises
    ------
    MissingPathError
        If it is not there.
    UnsafePathError
        If it is no regular file.
    BackendError
        If it cannot be read.

    Notes
    -----
    Hashing at once would read every file twice. Size, times and inode tell whether it changed in between, except for a
    file that was changed within the last ticks of its file system's clock: such a file is hashed at once.
    """

    def __init__(self, path: Path | str, *, is_ours: bool = False) -> None:
        self._path = os.path.abspath(path)  # noqa: PTH100  # not resolved: the user's own name of it
        found = self._looked_at()
        if not stat.S_ISREG(found.st_mode):
            what = "a folder" if stat.S_ISDIR(found.st_mode) else "not a regular file"
            raise UnsafePathError(str(path), f"is {what}", "Add a file, or use add_dir for a folder.")
        self.size = found.st_size
        self._seen = _status(found)
        self._is_settled = not is_ours and time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) >= _RACY_NS
        if not is_ours and not self._is_settled:
            self.known_digest = self.digest

    @property
    def settled_status(self) -> bytes | None:
        """Size, times and inode when it was added; None for a file that may have changed since without a trace."""
        return b"%x %x %x %x %x" % self._seen if self._is_settled else None

    @property
    def local_file_text(self) -> str:
        """Path of the file as text: quick where there are thousands."""
        return self._path

    def is_unchanged(self) -> bool:
        """Whether the file has the status that it had when it was added."""
        try:
            return _status(os.stat(self._path)) == self._seen  # noqa: PTH116  # as above
        except OSError:
            return False

    def open(self) -> BinaryIO:
        """Open for reading.

        Raises
        ------
        VersionConflictError
            If the file has changed since it was added.
        """
        file = self._opened()
        if _status(os.fstat(file.fileno())) != self._seen:
            file.close()
            raise self._changed()
        return file

    def _looked_at(self) -> os.stat_result:
        try:
            found = os.stat(self._path)  # noqa: PTH116  # text is quick, pathlib is not
        except FileNotFoundError as error:
            raise MissingPathError(self._path, "is not there", "Check the path.") from error
        except OSError as error:
            raise BackendError(self._path, error.strerror or str(error), "Check its permissions.") from error
        if not os.access(self._path, os.R_OK):
            raise BackendError(self._path, os.strerror(errno.EACCES), "Check its permissions.")
        return found

    def _opened(self) -> BinaryIO:
        try:
            # Not blocking: a pipe in place of a file is refused, not waited for.
            fd = os.open(self._path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except FileNotFoundError as error:
            raise MissingPathError(self._path, "is gone since it was added", "Restore it.") from error
        except OSError as error:
            raise BackendError(self._path, error.strerror or str(error), "Check its permissions.") from error
        return os.fdopen(fd, "rb", buffering=0)

    def confirm(self, file: BinaryIO, digest: str, size: int) -> None:
        """Check that nobody wrote to the file while it was read."""
        if _status(os.fstat(file.fileno())) != self._seen or size != self.size:
            raise self._changed()
        if self.known_digest not in {None, digest}:
            raise self._changed()

    def _changed(self) -> VersionConflictError:
        return VersionConflictError(
            self._path, "has changed since it was added", "Make a new artifact and add the file again."
        )

    def local_file(self) -> Path:
        """Path of the file."""
        return Path(self._path)


def _status(found: os.stat_result) -> tuple[int, int, int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev


class SourceContent(Content):
    """Bytes that lie in a source, which checks them itself when they are opened.

    Parameters
    ----------
    opener : callable
        Opens them.
    size : int or None
        Length in bytes; measured if it is None.
    digest : str or None
        Hex sha256, if the source has recorded it.
    name : str
        What it is, for errors.
    """

    def __init__(self, opener: Callable[[], BinaryIO], size: int | None, digest: str | None, name: str) -> None:
        self._opener = opener
        self._name = name
        self.known_digest = digest
        if size is None:
            with opener() as file:
                hasher = hash_file(file)
            size, self.known_digest = hasher.size, hasher.text
        self.size = size

    def open(self) -> BinaryIO:
        """Open for reading.

        Raises
        ------
        MissingFileError
            If the source has it no more: it was deleted since.
        """
        try:
            return self._opener()
        except MissingFileError as error:
            problem = f"is gone since it was added ({error.subject}: {error.problem})"
            raise MissingFileError(self._name, problem, "Make the artifact again without it.") from error

    def confirm(self, file: BinaryIO, digest: str, size: int) -> None:
        """Check that the bytes are those that the source has recorded."""
        if size != self.size or self.known_digest not in {None, digest}:
            problem = f"gave {size:,} bytes that are not those of its manifest"
            raise CorruptBlobError(self._name, problem, "Check the source, then add it again.")


class Spool:
    """Bytes of many contents: in memory as long as they are few, else in one temporary file without a name.

    The file goes with this object, and with the process, however that ends.
    """

    def __init__(self, memory_bytes: int = _SPOOL_FROM_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._in_memory = 0
        self._file: BinaryIO | None = None
        self._length = 0
        self._lock = threading.Lock()

    def add(self, data: bytes) -> Content:
        """Take bytes; they are hashed once."""
        content = BytesContent(data)
        if self._in_memory + content.size <= self._memory_bytes:
            self._in_memory += content.size
            return content
        try:
            with self._lock:
                if self._file is None:
                    self._file = tempfile.TemporaryFile(prefix="vitrina-")  # noqa: SIM115  # lives with the draft
                offset = self._length
                self._file.seek(offset)
                self._file.write(content.data)
                self._length += content.size
        except OSError as error:
            problem = f"cannot keep {content.size:,} bytes of a draft: {error.strerror}"
            raise BackendError(
                tempfile.gettempdir(), problem, "Free space, or set TMPDIR to another folder."
            ) from error
        return _SpooledContent(self, offset, content.size, content.digest)

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes that were added."""
        with self._lock:
            assert self._file is not None
            self._file.seek(offset)
            return self._file.read(length)

    def close(self) -> None:
        """Give the file back."""
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()


class _SpooledContent(Content):
    def __init__(self, spool: Spool, offset: int, size: int, digest: str) -> None:
        self._spool, self._offset = spool, offset
        self.size, self.known_digest = size, digest

    def open(self) -> BinaryIO:
        return io.BytesIO(self._spool.read(self._offset, self.size))

    def confirm(self, file: BinaryIO, digest: str, size: int) -> None:
        if (digest, size) != (self.known_digest, self.size):
            raise CorruptBlobError("draft", "its temporary file was changed", "Make the artifact again.")
