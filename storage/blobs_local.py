"""A store in a folder: put-if-absent that survives a killed process, a full disk and a power cut.

An object is written to ``tmp/``, made durable, and then gets its final name by a hard link, which fails if the name is
taken. So a final name never holds a part of an object, and two writers cannot both win.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Self

from storage.blobs import ObjectInfo, Placed
from storage.content import BytesContent
from storage.errors import AlreadyStoredError, BackendError, CorruptBlobError, MissingFileError, UnsafePathError
from storage.file_system import link_exclusive, sync_file, sync_file_system, sync_paths, write_all
from storage.hashing import Hasher, copy_hashed
from storage.layout import TMP, blob_key
from storage.safe_paths import list_beneath, open_beneath

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import BinaryIO

    from storage.content import Content

__all__ = ["DURABILITIES", "LocalBlobStore"]

DURABILITIES = ("full", "fast", "none")
_STAGED_FROM = 1_000  # files in one batch; from here on one sync of the file system is quicker than one a file
_SMALL_BYTES = 1 << 20  # read and hashed before anything is written: a file that is there already costs no write
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LocalBlobStore:
    """Objects as files below a folder.

    Parameters
    ----------
    root : Path
        The folder; made by the first write.
    durability : str
        ``"full"``: what was acknowledged survives a power cut. ``"fast"``: content and record are on disk before the
        record has its name, but the name may be lost: the last commits may be gone after a power cut, none is torn.
        ``"none"``: nothing is waited for; a killed process loses nothing, a power cut may damage the store.

    Notes
    -----
    No call can promise more than the device does: drives that lie about their cache, network file systems mounted
    ``async`` or containers on memory lose what they acknowledged.
    """

    def __init__(self, root: Path, durability: str = "full") -> None:
        if durability not in DURABILITIES:
            raise BackendError("durability", f"{durability!r} is none of {', '.join(DURABILITIES)}", "Choose one.")
        self.root = Path(root)
        self.location = str(root)
        self.durability = durability
        self._folders: set[str] = set()

    # ------------------------------------------------------------------------------------- reading

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return the bytes of an object, or a piece of them."""
        with self.open(key) as file:
            if offset:
                file.seek(offset)
            return file.read() if length is None else file.read(length)

    def open(self, key: str) -> BinaryIO:
        """Open an object for reading; links are never followed."""
        return open_beneath(self.root, key)

    def size(self, key: str) -> int | None:
        """Return the length of an object in bytes; None if there is no regular file of that key."""
        try:
            found = (self.root / key).lstat()
        except OSError:
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below a prefix, sorted; folders below it included, what the system put there left out."""
        try:
            with os.scandir(self.root / prefix) as found:
                entries = list(found)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise self._refused(prefix, error) from error
        keys: list[str] = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                keys += self.keys(f"{prefix}{entry.name}/")
            elif not entry.is_symlink():
                keys.append(prefix + entry.name)
        return sorted(keys)

    def list(self, prefix: str) -> list[ObjectInfo]:
        """As `keys`, with sizes and times."""
        try:
            found = list_beneath(self.root / prefix)
        except MissingFileError:
            return []
        return [ObjectInfo(prefix + item.name, item.size, item.mtime_ns / 1e9) for item in found if item.kind == "file"]

    # ------------------------------------------------------------------------------------- writing

    def create(self, key: str, data: bytes) -> None:
        """Put an object if there is none of that key; it is whole and durable when this returns."""
        try:
            self._make_folder(os.path.dirname(key))  # noqa: PTH120  # a key, not a path
            self._make_folder(TMP)
            temporary = self._write_temporary(data)
            try:
                link_exclusive(temporary, self.root / key, self.root / TMP)
            finally:
                temporary.unlink(missing_ok=True)
                self._sync_folder(key)  # also when it is taken: the winner may not have got there yet
        except FileExistsError as error:
            raise AlreadyStoredError(key, "exists already", "Read it and compare.") from error
        except OSError as error:
            raise self._refused(key, error) from error

    def _write_temporary(self, data: bytes) -> Path:
        path = self.root / TMP / secrets.token_hex(16)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o444)
        try:
            write_all(fd, data)
            if self.durability != "none":
                sync_file(fd)  # after a failed one the file is thrown away, never synced again
        except BaseException:
            os.close(fd)
            path.unlink(missing_ok=True)
            raise
        os.close(fd)
        return path

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error."""
        path = self.root / key
        try:
            path.unlink(missing_ok=True)
        except PermissionError:
            try:
                path.chmod(0o644)  # Windows keeps read-only files
                path.unlink(missing_ok=True)
            except OSError as error:
                raise self._refused(key, error) from error
        except OSError as error:
            raise self._refused(key, error) from error

    def batch(self) -> LocalBatch:
        """Begin to put content."""
        return LocalBatch(self)

    def _make_folder(self, folder: str) -> None:
        """Make a folder below the root, durably, and refuse a link in its place."""
        if folder in self._folders and (self.root / folder).is_dir():
            return
        if not self.root.is_dir():
            self.root.mkdir(parents=True, exist_ok=True)
            self._sync_folder("", above=True)
        path = self.root
        for part in folder.split("/"):
            parent, path = path, path / part
            try:
                path.mkdir()
            except FileExistsError:
                if not stat.S_ISDIR(path.lstat().st_mode):
                    raise UnsafePathError(str(path), "is a link or a file", "Replace it by a folder.") from None
            else:
                if self.durability == "full":
                    sync_paths([parent])
        self._folders.add(folder)

    def _sync_folder(self, key: str, *, above: bool = False) -> None:
        if self.durability == "full":
            path = self.root / key
            sync_paths([path.parent if key or above else path])

    def _refused(self, key: str, error: OSError) -> BackendError:
        remedy = "Check its permissions; the store is unchanged."
        if error.errno in _NO_SPACE:
            remedy = "Free space and try again; the store is unchanged."
        elif error.errno == errno.EROFS:
            remedy = "It can be read; copy it to write to it."
        return BackendError(f"{self.root}/{key}", error.strerror or str(error), remedy)


def _read_small(content: Content) -> tuple[bytes, str]:
    """Return the bytes of a small content and their digest, confirmed."""
    if isinstance(content, BytesContent):
        return content.data, content.digest  # hashed when it was made, and nobody can change it
    with content.open() as file:
        data = file.read()
        hasher = Hasher()
        hasher.update(data)
        content.confirm(file, hasher.text, hasher.size)
    return data, hasher.text


class LocalBatch:
    """Content on its way into a folder; see `storage.blobs.Batch`.

    All bytes are durable before the first final name appears. One sync at the end, after the names, would be quicker
    and wrong: after a power cut a name could hold other bytes, and a later commit would rely on it.
    """

    def __init__(self, store: LocalBlobStore) -> None:
        self._store = store
        self._waiting: list[tuple[Path, str]] = []
        self._touched: set[str] = set()
        self._token = secrets.token_hex(12)
        self._count = 0

    def put(self, content: Content, find: Callable[[str, int], int | None], epoch: int) -> Placed:
        """Store content unless it is there already."""
        known = content.known_digest
        try:
            if known is not None and (found := self._found(known, content.size, find)):
                return found
            if content.size > _SMALL_BYTES:
                return self._copy(content, find, epoch)
            data, digest = _read_small(content)
            found = self._found(digest, len(data), find) if known is None else None
            return found or self._write(data, digest, epoch)
        except (BackendError, AlreadyStoredError, MissingFileError):
            raise
        except OSError as error:
            raise self._store._refused(TMP, error) from error

    def _found(self, digest: str, size: int, find: Callable[[str, int], int | None]) -> Placed | None:
        epoch = find(digest, size)
        if epoch is None:
            return None
        self._touched.add(os.path.dirname(blob_key(digest, epoch)))  # noqa: PTH120  # a key, not a path
        return Placed(digest, size, epoch)

    def _copy(self, content: Content, find: Callable[[str, int], int | None], epoch: int) -> Placed:
        """Copy content to a temporary file and hash it on the way: one read, flat memory."""
        path, fd = self._temporary()
        with os.fdopen(fd, "wb", buffering=0) as target, content.open() as source:
            hasher = copy_hashed(source, target)
            content.confirm(source, hasher.text, hasher.size)
        if content.known_digest is None and (found := self._found(hasher.text, hasher.size, find)):
            path.unlink(missing_ok=True)
            return found
        return self._wait(path, hasher.text, hasher.size, epoch)

    def _write(self, data: bytes, digest: str, epoch: int) -> Placed:
        path, fd = self._temporary()
        try:
            write_all(fd, data)
        finally:
            os.close(fd)
        return self._wait(path, digest, len(data), epoch)

    def _temporary(self) -> tuple[Path, int]:
        self._store._make_folder(TMP)
        path = self._store.root / TMP / f"{self._token}-{self._count}"
        self._count += 1
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o444)
        self._waiting.append((path, ""))
        return path, fd

    def _wait(self, path: Path, digest: str, size: int, epoch: int) -> Placed:
        self._waiting[-1] = path, blob_key(digest, epoch)
        return Placed(digest, size, epoch)

    def finish(self) -> None:
        """Make all bytes durable, then give them their names, then make the names durable."""
        staged = [(path, key) for path, key in self._waiting if key]
        try:
            self._sync_bytes([path for path, _ in staged])
            for path, key in staged:
                folder = os.path.dirname(key)  # noqa: PTH120  # a key, not a path
                self._store._make_folder(folder)
                self._touched.add(folder)
                self._name(path, key)
                path.unlink(missing_ok=True)
            if self._store.durability == "full":
                self._sync_names(len(staged))
        except OSError as error:
            raise self._store._refused(TMP, error) from error
        self._waiting.clear()
        self._touched.clear()

    def _name(self, path: Path, key: str) -> None:
        """Give staged bytes their name; if it is taken, then by the same bytes, or by what damage has left of them."""
        try:
            link_exclusive(path, self._store.root / key, self._store.root / TMP)
        except FileExistsError as error:
            size, expected = self._store.size(key), path.stat().st_size
            if size != expected:
                problem = f"holds {size or 0:,} bytes, not {expected:,}: it is damaged"
                raise CorruptBlobError(key, problem, "Remove that file, then log again.") from error

    def _sync_bytes(self, paths: list[Path]) -> None:
        if self._store.durability == "none" or not paths:
            return
        many = len(paths) >= _STAGED_FROM or (self._store.durability == "fast" and len(paths) > 1)
        if not (many and sync_file_system(self._store.root)):
            sync_paths(paths)

    def _sync_names(self, count: int) -> None:
        if not (count >= _STAGED_FROM and sync_file_system(self._store.root)):
            sync_paths([self._store.root / folder for folder in sorted(self._touched)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path, _ in self._waiting:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        self._waiting.clear()
