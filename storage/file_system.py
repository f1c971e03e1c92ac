"""What a folder store asks of the system: whole writes, exclusive names, and syncs that mean it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["link_exclusive", "sync_file", "sync_file_system", "sync_paths", "write_all"]

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})
_NO_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})  # of file systems that have nothing to sync
_RENAME_NOREPLACE = 1  # Linux, renameat2
_RENAME_EXCL = 4  # macOS, renamex_np
_AT_FDCWD = -100  # Linux: names are relative to the current folder
_THREADS = 16  # of syncs; they wait for the device, not for the processor


def write_all(fd: int, data: bytes) -> None:
    """Write all bytes; a full disk shortens a write without any error.

    Raises
    ------
    OSError
        If nothing more can be written.
    """
    left = memoryview(data)
    while left:
        written = os.write(fd, left)
        if written == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left = left[written:]


def link_exclusive(source: str, target: str, lock_folder: str) -> None:
    """Give a file its final name, if that name is free: one system call, so that two writers cannot both win.

    A hard link where there are such; else the system's exclusive rename; else, on a volume that one machine mounts, a
    rename under a lock that the system frees when its holder dies. The source may be gone afterwards.

    Raises
    ------
    FileExistsError
        If the name is taken.
    OSError
        If the system has none of these.
    """
    try:
        os.link(source, target)
    except OSError as error:
        if isinstance(error, FileExistsError) or error.errno not in _NO_LINKS:
            raise
    else:
        return
    if not _rename_exclusive(source, target):
        _rename_locked(source, target, lock_folder)


def _rename_exclusive(source: str, target: str) -> bool:
    """Rename where the name is free; False if the system or the file system cannot."""
    if sys.platform == "win32":
        os.rename(source, target)  # noqa: PTH104  # text is quick, pathlib is not; it refuses a name that is taken
        return True
    call = _exclusive_call()
    if call is None:
        return False
    if call(os.fsencode(source), os.fsencode(target)) == 0:
        return True
    number = ctypes.get_errno()
    if number in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(number, os.strerror(number), target)


@functools.cache
def _exclusive_call() -> Any:
    library = _libc()
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return lambda source, target: library.renamex_np(source, target, _RENAME_EXCL)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return lambda source, target: library.renameat2(_AT_FDCWD, source, _AT_FDCWD, target, _RENAME_NOREPLACE)
    return None


def _rename_locked(source: str, target: str, lock_folder: str) -> None:
    with _lock(lock_folder):
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
        os.rename(source, target)  # noqa: PTH104  # text is quick, pathlib is not


@contextlib.contextmanager
def _lock(folder: str) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:
        problem = "has neither hard links nor an exclusive rename nor locks"
        raise OSError(errno.ENOTSUP, problem, folder) from None
    fd = os.open(f"{folder}/lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def sync_file(fd: int) -> None:
    """Return when a file's bytes are on what its device calls stable; on macOS that takes a call of its own."""
    try:
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        else:
            os.fsync(fd)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def sync_paths(paths: Sequence[str]) -> None:
    """Sync many files or folders, several at a time."""
    if len(paths) < 2:
        for path in paths:
            _sync_path(path)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(_THREADS, len(paths))) as pool:
        for _ in pool.map(_sync_path, paths):
            pass


def _sync_path(path: str) -> None:
    try:
        fd = os.open(path, os.O_RDONLY)
    except PermissionError:
        if os.name == "nt":
            return  # Windows opens no folders, and has no call to sync one
        raise
    try:
        sync_file(fd)
    finally:
        os.close(fd)


def sync_file_system(path: str) -> bool:
    """Sync everything on the file system that holds `path`, in one call; False if the system has none."""
    if sys.platform != "linux" or not hasattr(_libc(), "syncfs"):
        return False
    fd = os.open(path, os.O_RDONLY)
    try:
        if _libc().syncfs(fd) != 0:
            number = ctypes.get_errno()
            if number == errno.ENOSYS:
                return False
            raise OSError(number, os.strerror(number), path)
    finally:
        os.close(fd)
    return True


@functools.cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True) if sys.platform != "win32" else None
