"""The one gate for every path: what is opened or written lies beneath its root, or is refused.

Artifacts come from strangers. Checking the text of a name is not enough, since a folder on the way may be a link; and
resolving a path before it is checked is harmful by itself on some systems. So a name is refused by its text first, and
then walked component by component, each opened without following links. What is opened must be a regular file, and a
named pipe in its place does not block.

Names are never decoded, expanded or normalised into something else.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from storage import portable_paths
from storage.errors import AlreadyStoredError, BackendError, MissingFileError, UnsafePathError

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = [
    "FolderReader",
    "check_name",
    "is_plain_name",
    "open_beneath",
    "remove_beneath",
    "stat_beneath",
    "write_beneath",
]

MAX_COMPONENT_BYTES = 255  # what ext4, xfs, APFS and NTFS hold in one component, give or take its unit
MAX_NAME_BYTES = 1024  # below the shortest path limit of the systems that we know
MAX_COMPONENTS = 64  # deeper trees exhaust descriptors and people

_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
#: What most names are: short, ASCII, no part that begins with a dot. Nothing else need be looked for in such a one.
_PLAIN = re.compile(r"[\w\-][\w\-. ]*(?:/[\w\-][\w\-. ]*)*", re.ASCII)
_MAX_PLAIN = 2 * MAX_COMPONENTS - 1  # one letter and a slash a part
_DRIVE = re.compile(r"^[A-Za-z]:")
#: Whether the system can open relative to a descriptor.
HAS_DIR_FD = (
    os.open in os.supports_dir_fd
    and os.stat in os.supports_dir_fd
    and hasattr(os, "O_NOFOLLOW")
    and hasattr(os, "O_DIRECTORY")
)
_CLOEXEC = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _CLOEXEC
INNER_FLAGS = FOLDER_FLAGS | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | _CLOEXEC
_NOT_REGULAR = frozenset({errno.ENXIO, errno.ENODEV, errno.EISDIR, errno.EOPNOTSUPP})

_REMEDY_NAME = "Use a relative POSIX name without empty, '.' or '..' parts, backslashes or control characters."
_REMEDY_LINK = "Replace it by a regular file if you trust it; links are never followed."


def check_name(name: str) -> tuple[str, ...]:
    """Split a name into its components, if it can only lead to something beneath its root.

    Parameters
    ----------
    name : str
        Relative POSIX name, at most 1,024 bytes of UTF-8, 64 components of at most 255 bytes.

    Returns
    -------
    tuple of str
        Its components; joined by ``/`` they give `name` again.

    Raises
    ------
    UnsafePathError
        If it is empty, absolute, has a drive, an empty, ``.`` or ``..`` component, a backslash, a control
        character or a lone surrogate, or is too long or too deep.
    """
    if isinstance(name, str) and is_plain_name(name):  # type: ignore[redundant-expr]  # names come out of foreign JSON
        return tuple(name.split("/"))
    if not isinstance(name, str) or not name:  # type: ignore[redundant-expr]  # names come out of foreign JSON
        raise UnsafePathError(repr(name)[:80], "is not a name", _REMEDY_NAME)
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise UnsafePathError(ascii(name)[:200], "is not valid Unicode", _REMEDY_NAME) from None
    parts = tuple(name.split("/"))
    if size > MAX_NAME_BYTES or len(parts) > MAX_COMPONENTS or _longest(parts, size) > MAX_COMPONENT_BYTES:
        limits = f"{MAX_NAME_BYTES} bytes, {MAX_COMPONENTS} parts, {MAX_COMPONENT_BYTES} bytes a part"
        raise UnsafePathError(ascii(name)[:200], f"is longer or deeper than the limits ({limits})", _REMEDY_NAME)
    if _CONTROL.search(name):
        raise UnsafePathError(ascii(name), "has a backslash or a control character", _REMEDY_NAME)
    if any(part in {"", ".", ".."} for part in parts):
        problem = "is absolute" if name.startswith("/") else "has an empty, '.' or '..' part"
        raise UnsafePathError(name, problem, _REMEDY_NAME)
    if _DRIVE.match(name):
        raise UnsafePathError(name, "begins with a drive", _REMEDY_NAME)
    return parts


def is_plain_name(name: str) -> bool:
    """Whether a name is short and of letters that mean nothing anywhere: then `check_name` has nothing against it."""
    return len(name) <= _MAX_PLAIN and _PLAIN.fullmatch(name) is not None


def _longest(parts: tuple[str, ...], size: int) -> int:
    if size <= MAX_COMPONENT_BYTES:
        return size
    return max(len(part.encode()) for part in parts)


def open_beneath(root: Path, name: str) -> BinaryIO:
    """Open a regular file beneath a folder for reading.

    Parameters
    ----------
    root : Path
        The folder; may itself be a link, since the user named it.
    name : str
        Name beneath it; see `check_name`.

    Returns
    -------
    BinaryIO
        Buffered, seekable.

    Raises
    ------
    UnsafePathError
        If the name is refused, a link is on the way, or it is no regular file.
    MissingFileError
        If there is nothing of that name.
    BackendError
        If the system refuses.
    """
    parts = check_name(name)
    try:
        fd = _open_fd(root, parts)
    except OSError as error:
        raise _explain(error, root, parts) from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise UnsafePathError(name, "is not a regular file", _REMEDY_LINK)
    return os.fdopen(fd, "rb")


class FolderReader:
    """Reads many small files beneath a folder; one that several lie in is opened once while they follow each other.

    Parameters
    ----------
    root : Path
        The folder; may itself be a link, since the user named it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parts: tuple[str, ...] | None = None
        self._folder = -1

    def read(self, name: str) -> bytes:
        """Return the bytes of a regular file; errors as `open_beneath`."""
        fd, size = self._open(name)
        try:
            data = os.read(fd, size)
            while len(data) < size and (more := os.read(fd, size - len(data))):
                data += more
        except OSError as error:
            raise _explain(error, self._root, tuple(name.split("/"))) from error
        finally:
            os.close(fd)
        return data

    def _open(self, name: str) -> tuple[int, int]:
        """Return a descriptor and the length of the file."""
        parts = check_name(name)
        try:
            if not HAS_DIR_FD:
                fd = _open_fd(self._root, parts)
            else:
                if parts[:-1] != self._parts:
                    self.close()
                    self._folder = _walk(self._root, parts[:-1])
                    self._parts = parts[:-1]
                fd = os.open(parts[-1], _READ, dir_fd=self._folder)
        except OSError as error:
            raise _explain(error, self._root, parts) from error
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            os.close(fd)
            raise UnsafePathError(name, "is not a regular file", _REMEDY_LINK)
        return fd, found.st_size

    def close(self) -> None:
        """Close the folder that is open."""
        if self._parts is not None:
            os.close(self._folder)
            self._parts = None


def write_beneath(root: Path, name: str) -> BinaryIO:
    """Create a file beneath a folder for writing, and the folders on the way to it.

    Parameters
    ----------
    root : Path
        The folder; it must exist.
    name : str
        Name beneath it; see `check_name`.

    Raises
    ------
    AlreadyStoredError
        If there is something of that name.
    UnsafePathError
        If the name is refused, or a link or a file is where a folder should be.
    BackendError
        If the system refuses: no space, no permission, a name that it cannot hold.
    """
    parts = check_name(name)
    try:
        fd = _create_fd(root, parts)
    except FileExistsError as error:
        raise AlreadyStoredError(
            f"{root}/{name}", "exists already", "Choose an empty folder; nothing is ever overwritten."
        ) from error
    except OSError as error:
        raise _explain(error, root, parts) from error
    return os.fdopen(fd, "wb")


def stat_beneath(root: Path, name: str) -> os.stat_result:
    """Return the status of a regular file beneath a folder without following links; errors as `open_beneath`."""
    parts = check_name(name)
    try:
        if HAS_DIR_FD:
            folder = _walk(root, parts[:-1])
            try:
                found = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
            finally:
                os.close(folder)
        else:
            found = portable_paths.look(root, parts)
    except OSError as error:
        raise _explain(error, root, parts) from error
    if not stat.S_ISREG(found.st_mode):
        problem = "is a link" if portable_paths.is_link(found) else "is not a regular file"
        raise UnsafePathError(name, problem, _REMEDY_LINK)
    return found


def remove_beneath(root: Path, name: str) -> None:
    """Delete a regular file beneath a folder; the caller knows that it made the file. Errors as `open_beneath`."""
    parts = check_name(name)
    stat_beneath(root, name)
    try:
        if HAS_DIR_FD:
            folder = _walk(root, parts[:-1])
            try:
                os.unlink(parts[-1], dir_fd=folder)
            finally:
                os.close(folder)
        else:
            root.joinpath(*parts).unlink()
    except OSError as error:
        raise _explain(error, root, parts) from error


# ------------------------------------------------------------------------------------- systems with openat()


def _walk(root: Path, folders: tuple[str, ...], *, make: bool = False) -> int:
    """Return a descriptor of the folder that the components lead to; the caller closes it."""
    current = os.open(root, FOLDER_FLAGS)
    try:
        for part in folders:
            if make:
                _make_folder(part, current)
            inner = os.open(part, INNER_FLAGS, dir_fd=current)
            os.close(current)
            current = inner
    except BaseException:
        os.close(current)
        raise
    return current


def _make_folder(part: str, parent: int) -> None:
    try:
        os.mkdir(part, dir_fd=parent)
    except FileExistsError:
        return  # a folder, or something that the open without following links refuses


def _open_fd(root: Path, parts: tuple[str, ...]) -> int:
    if not HAS_DIR_FD:
        return portable_paths.open_fd(root, parts)
    folder = _walk(root, parts[:-1])
    try:
        return os.open(parts[-1], _READ, dir_fd=folder)
    finally:
        os.close(folder)


def _create_fd(root: Path, parts: tuple[str, ...]) -> int:
    if not HAS_DIR_FD:
        return portable_paths.create_fd(root, parts)
    folder = _walk(root, parts[:-1], make=True)
    try:
        return os.open(parts[-1], _WRITE, 0o666, dir_fd=folder)
    finally:
        os.close(folder)


# ------------------------------------------------------------------------------------- errors


def _explain(error: OSError, root: Path, parts: tuple[str, ...]) -> Exception:
    """Say what an error of the system means here."""
    name = "/".join(parts)
    if error.errno == errno.ELOOP or (error.errno == errno.ENOTDIR and _link_on_the_way(root, parts)):
        return UnsafePathError(name, "leads through a link", _REMEDY_LINK)
    if error.errno in _NOT_REGULAR:
        return UnsafePathError(name, "is not a regular file", _REMEDY_LINK)
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return MissingFileError(name, f"is not in {root}", "Restore the file, or check the name.")
    return BackendError(f"{root}/{name}", error.strerror or str(error), "Check space, permissions and the name.")


def _link_on_the_way(root: Path, parts: tuple[str, ...]) -> bool:
    path = Path(root)
    for part in parts:
        path /= part
        try:
            if portable_paths.is_link(path.lstat()):
                return True
        except OSError:
            return False
    return False
