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
from storage.errors import (
    AlreadyStoredError,
    BackendError,
    CorruptBlobError,
    MissingFileError,
    StorageError,
    UnsafePathError,
)
from storage.file_system import link_exclusive, sync_file, sync_file_system, sync_paths, write_all
from storage.hashing import Hasher, copy_hashed
from storage.layout import TMP, blob_key
from storage.listing import list_beneath
from storage.safe_paths import FolderReader, open_beneath

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
        self._base = f"{os.fspath(self.root)}{os.sep}"  # paths of objects are made by the thousand: plain text is quick
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

    def reader(self) -> FolderReader:
        """Return what reads many small objects."""
        return FolderReader(self.root)

    def size(self, key: str) -> int | None:
        """Return the length of an object in bytes; None if there is no regular file of that key."""
        try:
            found = os.lstat(self._base + key)
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
            raise self.refused(prefix, error) from error
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
        folder = folder_of(key)
        try:
            changed = self.make_folder(folder) | self.make_folder(TMP)
            temporary = self._write_temporary(data)
            try:
                link_exclusive(temporary, self._base + key, self._base + TMP)
            finally:
                remove(temporary)
                self.sync_folders(changed | {folder})  # also when it is taken: the winner may not have got there yet
        except FileExistsError as error:
            raise AlreadyStoredError(key, "exists already", "Read it and compare.") from error
        except OSError as error:
            raise self.refused(key, error) from error

    def _write_temporary(self, data: bytes) -> str:
        path, fd = self.open_temporary(secrets.token_hex(16))
        try:
            write_all(fd, data)
            if self.durability != "none":
                sync_file(fd)  # after a failed one the file is thrown away, never synced again
        except BaseException:
            os.close(fd)
            remove(path)
            raise
        os.close(fd)
        return path

    def open_temporary(self, name: str) -> tuple[str, int]:
        """Create a file for staging; returns its path and its descriptor."""
        path = f"{self._base}{TMP}/{name}"
        return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o444)

    def name_staged(self, path: str, key: str) -> None:
        """Give staged bytes their name; if it is taken, then by the same bytes, or by what damage has left of them."""
        try:
            link_exclusive(path, self._base + key, self._base + TMP)
        except FileExistsError as error:
            size, expected = self.size(key), os.stat(path).st_size  # noqa: PTH116  # text is quick, pathlib is not
            if size != expected:
                problem = f"holds {size or 0:,} bytes, not {expected:,}: it is damaged"
                raise CorruptBlobError(key, problem, "Remove that file, then log again.") from error
        remove(path)

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
                raise self.refused(key, error) from error
        except OSError as error:
            raise self.refused(key, error) from error

    def batch(self) -> LocalBatch:
        """Begin to put content."""
        return LocalBatch(self)

    def make_folder(self, folder: str) -> set[str]:
        """Make a folder below the root, and refuse a link in its place; returns the folders that have changed by it."""
        if folder in self._folders and os.path.isdir(self._base + folder):  # noqa: PTH112  # text is quick, pathlib is not
            return set()
        changed = set()
        if not self.root.is_dir():
            self.root.mkdir(parents=True, exist_ok=True)
            changed.add("..")
        parent = path = ""
        for part in folder.split("/"):
            parent, path = path, f"{path}{part}/"
            try:
                os.mkdir(self._base + path)  # noqa: PTH102  # text is quick, pathlib is not
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(f"{self._base}{path}".rstrip("/")).st_mode):
                    raise UnsafePathError(self._base + path, "is a link or a file", "Replace it by a folder.") from None
            else:
                changed.add(parent)
        self._folders.add(folder)
        return changed

    def sync_folders(self, folders: set[str]) -> None:
        """Make the names in folders durable, where that is wanted."""
        if self.durability == "full":
            sync_paths([self._base + folder for folder in sorted(folders)])

    def refused(self, key: str, error: OSError) -> BackendError:
        """Return our error for one of the system."""
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
        self._staged: list[tuple[str, str]] = []
        self._unfinished = ""
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
        except StorageError:
            raise
        except OSError as error:
            raise self._store.refused(TMP, error) from error

    def _found(self, digest: str, size: int, find: Callable[[str, int], int | None]) -> Placed | None:
        epoch = find(digest, size)
        if epoch is None:
            return None
        self._touched.add(folder_of(blob_key(digest, epoch)))
        return Placed(digest, size, epoch)

    def _copy(self, content: Content, find: Callable[[str, int], int | None], epoch: int) -> Placed:
        """Copy content to a temporary file and hash it on the way: one read, flat memory."""
        with os.fdopen(self._temporary(), "wb", buffering=0) as target, content.open() as source:
            hasher = copy_hashed(source, target)
            content.confirm(source, hasher.text, hasher.size)
        if content.known_digest is None and (found := self._found(hasher.text, hasher.size, find)):
            remove(self._unfinished)
            return found
        return self._stage(hasher.text, hasher.size, epoch)

    def _write(self, data: bytes, digest: str, epoch: int) -> Placed:
        fd = self._temporary()
        try:
            write_all(fd, data)
        finally:
            os.close(fd)
        return self._stage(digest, len(data), epoch)

    def _temporary(self) -> int:
        if not self._count:
            self._touched |= self._store.make_folder(TMP)
        self._count += 1
        self._unfinished, fd = self._store.open_temporary(f"{self._token}-{self._count}")
        return fd

    def _stage(self, digest: str, size: int, epoch: int) -> Placed:
        self._staged.append((self._unfinished, blob_key(digest, epoch)))
        return Placed(digest, size, epoch)

    def finish(self) -> None:
        """Make all bytes durable, then give them their names, then make the names durable."""
        try:
            self._sync_bytes([path for path, _ in self._staged])
            for path, key in self._staged:
                folder = folder_of(key)
                if folder not in self._touched:
                    self._touched |= {folder, *self._store.make_folder(folder)}
                self._store.name_staged(path, key)
            if not (len(self._staged) >= _STAGED_FROM and self._store.durability == "full" and self._sync_all()):
                self._store.sync_folders(self._touched)
        except StorageError:
            raise
        except OSError as error:
            raise self._store.refused(TMP, error) from error
        self._staged.clear()
        self._touched.clear()

    def _sync_bytes(self, paths: list[str]) -> None:
        if self._store.durability == "none" or not paths:
            return
        many = len(paths) >= _STAGED_FROM or (self._store.durability == "fast" and len(paths) > 1)
        if not (many and self._sync_all()):
            sync_paths(paths)

    def _sync_all(self) -> bool:
        return sync_file_system(self._store.location)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in [self._unfinished, *(path for path, _ in self._staged)]:
            with contextlib.suppress(OSError):
                remove(path)
        self._staged.clear()


def folder_of(key: str) -> str:
    """Return the folder of a key, without slash at the end."""
    return key.rpartition("/")[0]


def remove(path: str) -> None:
    """Delete a file of ours, if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108  # text is quick, pathlib is not
