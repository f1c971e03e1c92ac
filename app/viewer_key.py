"""The user's own key that the viewer's cookies are made with: one file in the state folder, readable by nobody else.

It outlives the viewer, so a bookmarked address opens after a restart. Whoever deletes it makes every cookie worthless.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from pathlib import Path
from typing import NamedTuple

__all__ = ["KEY_BYTES", "ViewerKey", "load_viewer_key", "state_folder"]

#: Bytes of the key: as many as the digest of the MAC that uses it.
KEY_BYTES = 32

_FILE_NAME = "viewer.key"


class ViewerKey(NamedTuple):
    """A key, and whether it will be there again at the next start."""

    secret: bytes
    notice: str = ""


def state_folder() -> Path:
    r"""Return the folder for what Vitrina remembers between two starts; it need not exist.

    ``$XDG_STATE_HOME/vitrina`` or ``~/.local/state/vitrina``; ``~/Library/Application Support/vitrina`` on macOS,
    ``%LOCALAPPDATA%\vitrina`` on Windows. A relative ``XDG_STATE_HOME`` is ignored, as the XDG specification asks.
    """
    wanted = Path(os.environ.get("XDG_STATE_HOME", ""))
    if wanted.is_absolute():
        return wanted / "vitrina"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "vitrina"
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", ""))
        return (local if local.is_absolute() else Path.home() / "AppData" / "Local") / "vitrina"
    return Path.home() / ".local" / "state" / "vitrina"


def load_viewer_key(folder: Path | None = None) -> ViewerKey:
    """Return the key, made at the first call.

    Parameters
    ----------
    folder : Path, optional
        Where it lies; `state_folder` unless given.

    Returns
    -------
    ViewerKey
        A key that others could have read is replaced. Where nothing can be written, the key is a passing one and the
        notice says so: the viewer works, and its bookmarks last as long as it does.
    """
    try:
        where = folder or state_folder()
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            where.chmod(0o700)
        path = where / _FILE_NAME
        return ViewerKey(_read_private(path) or _create(path))
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home folder
        reason = getattr(error, "strerror", None) or str(error)
        return ViewerKey(
            secrets.token_bytes(KEY_BYTES),
            f"bookmarks will not outlive this viewer, because its key could not be kept ({reason}).",
        )


def _read_private(path: Path) -> bytes | None:
    """Return the key if it is whole and was never open to others; None if a new one is needed."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags)
    except OSError:  # not there, a link, or not ours: in each case a new one
        return None
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            return None
        if os.name == "posix" and (state.st_uid != os.getuid() or stat.S_IMODE(state.st_mode) & 0o077):
            return None
        secret = file.read(KEY_BYTES + 1)
    return secret if len(secret) == KEY_BYTES else None


def _create(path: Path) -> bytes:
    """Write a new key whole, then give it its name: another start sees the old one or the new one, never a part."""
    import tempfile

    secret = secrets.token_bytes(KEY_BYTES)
    handle, passing = tempfile.mkstemp(dir=path.parent, prefix=".viewer-key-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        Path(passing).replace(path)
    except OSError:
        Path(passing).unlink(missing_ok=True)
        raise
    return _read_private(path) or secret
