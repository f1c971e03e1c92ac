"""List the files of a folder that others wrote: names through the path gate, no link followed, nothing silent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from storage.errors import Problem, StorageError
from storage.safe_paths import check_name, stat_beneath

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["FoundFile", "FoundFiles", "is_file", "walk_files"]

MAX_FILES = 1_000_000  # more is a disk and not a folder of media; the listing would take gigabytes


class FoundFile(NamedTuple):
    """A regular file below the folder."""

    name: str
    """POSIX, relative to the folder."""
    size: int
    modified_ns: int
    device: int
    inode: int


class FoundFiles(NamedTuple):
    """What a walk found."""

    files: list[FoundFile]
    """Sorted by name."""
    problems: list[Problem]
    """What was left out."""


def walk_files(root: Path, enter: Callable[[str], bool] | None = None) -> FoundFiles:
    """List the regular files below `root`.

    Parameters
    ----------
    root : Path
        The folder. It may itself be reached by a link; nothing in it may lead out by one.
    enter : callable, optional
        Says of a folder's name (POSIX, relative) whether to go into it; all folders unless given.

    Returns
    -------
    FoundFiles
        Links, devices, unreadable folders and names that the gate refuses are problems.
    """
    files: list[FoundFile] = []
    problems: list[Problem] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError as error:
            problems.append(
                Problem(folder or root.name, f"cannot be listed: {error.strerror}", "Check its permissions.")
            )
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            try:
                if entry.is_dir(follow_symlinks=False):
                    if enter is None or enter(name):
                        folders.append(name)
                    continue
                files.append(_found(entry, name))
            except (StorageError, OSError) as error:
                problems.append(_problem(name, error))
        if len(files) > MAX_FILES:
            problems.append(Problem(root.name, f"holds more than {MAX_FILES:,} files", "Open one of its folders."))
            break
    return FoundFiles(sorted(files), problems)


def is_file(folder: Path, name: str) -> bool:
    """Whether a folder holds a regular file of that name."""
    try:
        stat_beneath(folder, name)
    except (StorageError, OSError):
        return False
    return True


def _found(entry: os.DirEntry[str], name: str) -> FoundFile:
    """Check one directory entry that is no folder."""
    check_name(name)
    if entry.is_symlink():
        raise OSError(0, "is a link, and links are not followed")
    if not entry.is_file(follow_symlinks=False):
        raise OSError(0, "is not a regular file")
    state = entry.stat(follow_symlinks=False)
    return FoundFile(name, state.st_size, state.st_mtime_ns, state.st_dev, state.st_ino)


def _problem(name: str, error: StorageError | OSError) -> Problem:
    """Say why an entry was left out."""
    if isinstance(error, StorageError):
        return error.as_problem("path", entry=name)
    return Problem(
        name, str(error.strerror), "Put the file itself there if it belongs to the data.", "path", entry=name
    )
