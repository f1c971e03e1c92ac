"""The user's cache folder: what was derived from stores, kept outside them, capped, safe to delete at any time.

``VITRINA_CACHE`` names the folder; unset, it is the system's usual place. Nothing here is ever needed for a right
answer, so what cannot be written is left out.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import BackendError, CorruptBlobError
from storage.hashing import copy_hashed, hash_file, hasher_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

__all__ = ["cache_folder", "cached_copy", "read_cached", "trim", "trim_folder", "write_cached"]

_CAP_BYTES = 8 << 30  # of copies of files; VITRINA_CACHE_BYTES changes it
_until_trim = 0
_checked: dict[Path, tuple[int, int, int]] = {}


def cache_folder() -> Path:
    """Return the folder; it may not exist yet."""
    if chosen := os.environ.get("VITRINA_CACHE"):
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "vitrina"
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "vitrina" / "Cache"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "vitrina"


def read_cached(name: str) -> bytes | None:
    """Return a small derived file; None if there is none."""
    try:
        return (cache_folder() / name).read_bytes()
    except OSError:
        return None


def write_cached(name: str, data: bytes) -> bool:
    """Keep a small derived file, whole or not at all; returns whether that went well."""
    path = cache_folder() / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    except OSError:
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        return False
    return True


def cached_copy(digest: str, file_name: str, opener: Callable[[], BinaryIO]) -> Path:
    """Return the path of a copy of a file, for libraries that insist on one.

    Parameters
    ----------
    digest : str
        Digest of its bytes.
    file_name : str
        Last component of its name: libraries look at the extension.
    opener : callable
        Opens the bytes; called if there is no good copy yet.

    Raises
    ------
    CorruptBlobError
        If the bytes that were opened do not have the digest.
    BackendError
        If the copy cannot be written.
    """
    key = hashlib.sha256(digest.encode()).hexdigest()
    path = cache_folder() / "files" / key[:2] / key / file_name
    if _is_good(path, digest):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    except OSError as error:
        problem = f"the cache cannot be written: {error.strerror}"
        raise BackendError(str(path.parent), problem, "Set VITRINA_CACHE to a folder that can.") from error
    try:
        _fill(Path(temporary), handle, digest, opener)
        Path(temporary).replace(path)
    except OSError as error:
        problem = f"the cache cannot be written: {error.strerror}"
        raise BackendError(str(path), problem, "Free space, or set VITRINA_CACHE to another folder.") from error
    finally:
        with contextlib.suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
    _remember(path)
    _trim_now_and_then(path)
    return path


def _trim_now_and_then(made: Path) -> None:
    """Trim at the first copy of a process, and again whenever a sixteenth of the cap was added: listing takes time."""
    global _until_trim  # noqa: PLW0603  # one counter for the process
    _until_trim -= made.stat().st_size
    if _until_trim < 0:
        trim(keep=made)
        _until_trim = _cap_bytes() // 16


def _cap_bytes() -> int:
    text = os.environ.get("VITRINA_CACHE_BYTES", "")
    return int(text) if text.isdecimal() else _CAP_BYTES


def _fill(path: Path, handle: int, digest: str, opener: Callable[[], BinaryIO]) -> None:
    with os.fdopen(handle, "wb", buffering=0) as target, opener() as source:
        hasher = copy_hashed(source, target, hasher_for(digest))
    if hasher_for(digest) is not None and hasher.text != digest:
        raise CorruptBlobError(path.name, f"its bytes hash to {hasher.text}, not to {digest}", "Run the store check.")
    path.chmod(0o444)


def _is_good(path: Path, digest: str) -> bool:
    """Whether a copy is there and whole; hashed once in a process, by its status afterwards."""
    try:
        found = path.stat()
        if _checked.get(path) == (found.st_size, found.st_mtime_ns, found.st_ino):
            return True
        with path.open("rb", buffering=0) as file:
            hasher = hash_file(file, hasher_for(digest))
    except OSError:
        return False
    if hasher.text != digest:
        return False
    _remember(path)
    return True


def _remember(path: Path) -> None:
    found = path.stat()
    _checked[path] = (found.st_size, found.st_mtime_ns, found.st_ino)


def trim(cap_bytes: int | None = None, keep: Path | None = None) -> int:
    """Delete the copies that were made longest ago until the rest is below the cap; returns the bytes freed.

    Parameters
    ----------
    cap_bytes : int, optional
        The cap; ``VITRINA_CACHE_BYTES``, or 8 GiB, unless given.
    keep : Path, optional
        A copy that stays.

    A file that is open stays readable where the system allows that; elsewhere it is left for the next time.
    """
    cap_bytes = _cap_bytes() if cap_bytes is None else cap_bytes
    return trim_folder("files", "*/*/*", cap_bytes, keep=keep)


def trim_folder(name: str, pattern: str, cap_bytes: int, *, keep: Path | None = None, keep_newest: bool = False) -> int:
    """Delete what was changed longest ago in a folder of the cache until the rest is below the cap.

    Parameters
    ----------
    name : str
        Name of the folder in the cache folder.
    pattern : str
        Glob pattern of its files.
    cap_bytes : int
        Bytes that may stay.
    keep : Path, optional
        A file that stays.
    keep_newest : bool
        Whether the file that was changed last stays even if it alone is above the cap.

    Returns
    -------
    int
        Bytes that were freed; a file that cannot be deleted is left for the next time.
    """
    found = []
    for path in (cache_folder() / name).glob(pattern):
        with contextlib.suppress(OSError):
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    found.sort()
    total = sum(size for _, size, _ in found)
    freed = 0
    for _, size, path in found[:-1] if keep_newest else found:
        if total - freed <= cap_bytes:
            break
        if path == keep:
            continue
        with contextlib.suppress(OSError):
            path.unlink()
            freed += size
    return freed
