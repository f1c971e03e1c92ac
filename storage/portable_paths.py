"""The path gate on systems without ``openat()``: look at each component, then open, then compare.

Between the look and the open somebody on the same machine could put a link in the way. The open therefore compares the
file that it got with the one that was seen. Only `safe_paths` uses this.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from storage.errors import UnsafePathError

__all__ = ["create_fd", "is_link", "look", "open_fd"]

#: What Windows understands as something else: devices, streams, wild cards, trailing dots and blanks.
_WINDOWS_NAME = re.compile(
    r'[<>:"|?*]|[. ]$|^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[1-9¹²³])(\.|$)', re.IGNORECASE
)
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_REMEDY = "Replace it by a regular file if you trust it; links are never followed."


def is_link(found: os.stat_result) -> bool:
    """Whether a status is that of a symbolic link, or on Windows of a junction or another reparse point."""
    return stat.S_ISLNK(found.st_mode) or bool(getattr(found, "st_reparse_tag", 0))


def look(root: Path, parts: tuple[str, ...], *, windows: bool = os.name == "nt") -> os.stat_result:
    """Look at each component without following it; return the status of the last.

    On Windows names are refused by their text before any call of the system: resolving one may already leak.
    """
    if windows and (bad := next((part for part in parts if _WINDOWS_NAME.search(part)), None)):
        raise UnsafePathError(bad, "is a name that Windows gives another meaning", "Export it under another name.")
    path = Path(root)
    found = path.stat()
    for part in parts:
        path /= part
        found = path.lstat()
        if is_link(found):
            raise UnsafePathError("/".join(parts), "leads through a link", _REMEDY)
    return found


def open_fd(root: Path, parts: tuple[str, ...]) -> int:
    """Open a regular file for reading."""
    seen = look(root, parts)
    if not stat.S_ISREG(seen.st_mode):
        raise UnsafePathError("/".join(parts), "is not a regular file", _REMEDY)
    fd = os.open(Path(root).joinpath(*parts), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _FLAGS)
    got = os.fstat(fd)
    if (got.st_dev, got.st_ino) != (seen.st_dev, seen.st_ino):
        os.close(fd)
        raise UnsafePathError("/".join(parts), "was replaced while it was opened", _REMEDY)
    return fd


def create_fd(root: Path, parts: tuple[str, ...]) -> int:
    """Create a file for writing, and the folders on the way."""
    for depth in range(1, len(parts)):
        Path(root).joinpath(*parts[:depth]).mkdir(exist_ok=True)
        look(root, parts[:depth])
    return os.open(Path(root).joinpath(*parts), os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o666)
