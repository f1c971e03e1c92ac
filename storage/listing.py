"""Listing what lies beneath a folder: links and special files are reported, and never followed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from storage import portable_paths, safe_paths
from storage.errors import BackendError, MissingFileError, UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Listed", "list_beneath"]


class Listed(NamedTuple):
    """One thing that lies beneath a folder."""

    name: str
    """POSIX name relative to the folder."""
    kind: str
    """``"file"``; or what is reported and not followed: ``"link"``, ``"special"``, ``"unnameable"``, ``"too deep"``,
    ``"unreadable"`` (a folder)."""
    size: int
    """Length in bytes; of files only, else 0."""
    mtime_ns: int
    """Time of last change, nanoseconds since 1970."""


def list_beneath(root: Path) -> list[Listed]:
    """List everything beneath a folder, sorted by name; links and special files are reported and not followed.

    Raises
    ------
    MissingFileError
        If the folder is not there.
    BackendError
        If it cannot be read.
    """
    try:
        if not safe_paths.HAS_DIR_FD or os.scandir not in os.supports_fd:
            return sorted(_scan_paths(os.fspath(root), "", 1))
        fd = os.open(root, safe_paths.FOLDER_FLAGS)
        try:
            return sorted(_scan_fd(fd, "", 1))
        finally:
            os.close(fd)
    except FileNotFoundError as error:
        raise MissingFileError(str(root), "is not there", "Check the path.") from error
    except OSError as error:
        raise BackendError(str(root), error.strerror or str(error), "Check its permissions.") from error


def _scan_fd(folder: int, prefix: str, depth: int) -> Iterator[Listed]:
    with os.scandir(folder) as found:
        entries = list(found)
    for entry in entries:
        name = prefix + entry.name
        if not entry.is_dir(follow_symlinks=False):
            yield _listed(entry, name)
        elif depth >= safe_paths.MAX_COMPONENTS:
            yield Listed(name, "too deep", 0, 0)
        else:
            try:
                inner = os.open(entry.name, safe_paths.INNER_FLAGS, dir_fd=folder)
            except OSError:
                yield Listed(name, "unreadable", 0, 0)
                continue
            try:
                yield from _scan_fd(inner, f"{name}/", depth + 1)
            finally:
                os.close(inner)


def _scan_paths(folder: str, prefix: str, depth: int) -> Iterator[Listed]:
    """As `_scan_fd`, for systems that cannot list a descriptor."""
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:
        if not prefix:
            raise
        yield Listed(prefix[:-1], "unreadable", 0, 0)
        return
    for entry in entries:
        name = prefix + entry.name
        if portable_paths.is_link(entry.stat(follow_symlinks=False)) or not entry.is_dir(follow_symlinks=False):
            yield _listed(entry, name)
        elif depth >= safe_paths.MAX_COMPONENTS:
            yield Listed(name, "too deep", 0, 0)
        else:
            yield from _scan_paths(entry.path, f"{name}/", depth + 1)


def _listed(entry: os.DirEntry[str], name: str) -> Listed:
    found = entry.stat(follow_symlinks=False)
    if portable_paths.is_link(found):
        return Listed(name, "link", 0, found.st_mtime_ns)
    if not stat.S_ISREG(found.st_mode):
        return Listed(name, "special", 0, found.st_mtime_ns)
    try:
        safe_paths.check_name(name)
    except UnsafePathError:
        return Listed(name, "unnameable", found.st_size, found.st_mtime_ns)
    return Listed(name, "file", found.st_size, found.st_mtime_ns)
