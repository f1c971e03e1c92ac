"""Copying entries out of an artifact into folders, through the path gate.

Before anything is written, names that would meet in one file on common file systems are found, and files that are there
already are looked at. Nothing is deleted or replaced but what an earlier checkout made and nobody has touched.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from storage import cache
from storage.errors import AlreadyStoredError, BackendError, MissingFileError, NotReadableError, UnsafePathError
from storage.hashing import Hasher, copy_hashed, hash_file, hasher_for
from storage.listing import list_beneath
from storage.refs import parse_ref
from storage.safe_paths import check_name, open_beneath, remove_beneath, stat_beneath, write_beneath
from storage.strict_json import canonical, load_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.manifest import ManifestEntry
    from storage.reading import ReadableArtifact

__all__ = ["checkout", "copy_entry", "download", "download_entry", "find_collisions"]


def download(
    artifact: ReadableArtifact, root: str | os.PathLike[str] | None, *, prefix: str = "", allow_missing: bool = False
) -> Path:
    """Copy entries into a folder; see `ReadableArtifact.download`."""
    folder = _folder(artifact, root)
    entries = _wanted(artifact, prefix, allow_missing=allow_missing)
    find_collisions(entry.path for entry in entries)
    present = _present(folder)
    to_copy = [entry for entry in entries if not _is_there(folder, entry, present)]
    _make(folder)
    for entry in to_copy:
        copy_entry(artifact, entry, folder)
    return folder


def download_entry(artifact: ReadableArtifact, entry: ManifestEntry, root: Path) -> Path:
    """Copy one entry into a folder, under its name; returns the path of the copy."""
    check_name(entry.path)
    if not _is_there(root, entry, _present(root)):
        _make(root)
        copy_entry(artifact, entry, root)
    return root.joinpath(*check_name(entry.path))


def checkout(artifact: ReadableArtifact, root: str | os.PathLike[str] | None) -> Path:
    """Make a folder hold this version; see `ReadableArtifact.checkout`."""
    folder = _folder(artifact, root)
    entries = _wanted(artifact, "", allow_missing=False)
    find_collisions(entry.path for entry in entries)
    record = _Record(folder)
    wanted = {entry.path for entry in entries}
    present = _present(folder)
    kept = [entry for entry in entries if not record.made(entry.path) and _is_there(folder, entry, present)]
    for name in sorted(record.names & present):
        if record.made(name):
            remove_beneath(folder, name)
    _make(folder)
    stays = {entry.path for entry in kept}
    for entry in entries:
        if entry.path not in stays:
            copy_entry(artifact, entry, folder)
    _remove_empty_folders(folder, record.names - wanted)
    record.write(wanted - stays)
    return folder


def copy_entry(artifact: ReadableArtifact, entry: ManifestEntry, folder: Path) -> Hasher:
    """Copy one entry to its name beneath a folder, and check it on the way; a bad copy is taken away again.

    Returns
    -------
    Hasher
        Of the bytes; sha256 where the entry's digest is of no kind that can be checked.

    Raises
    ------
    CorruptBlobError
        If the bytes are not those that were recorded.
    """
    with artifact._open_raw(entry) as source, write_beneath(folder, entry.path) as target:
        try:
            hasher = copy_hashed(source, target, hasher_for(entry.digest))
            target.flush()
            if hasher_for(entry.digest) is not None:
                artifact._compare(entry, hasher.size, hasher.text)
        except OSError as error:
            remove_beneath(folder, entry.path)
            problem = error.strerror or str(error)
            raise BackendError(f"{folder}/{entry.path}", problem, "Free space or choose another folder.") from error
        except ValueError:
            remove_beneath(folder, entry.path)
            raise
    return hasher


def find_collisions(paths: Iterable[str]) -> None:
    """Refuse names that would be one file, or a file and a folder, on common file systems.

    Windows and macOS fold case, some systems decompose letters, Windows drops dots and blanks at the end.

    Raises
    ------
    AlreadyStoredError
        Naming both.
    UnsafePathError
        If a name leads outside.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        parts = [unicodedata.normalize("NFC", part).casefold().rstrip(". ") for part in check_name(path)]
        folded = "/".join(parts)
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        other = files.get(folded) or folders.get(folded) or next((files[part] for part in above if part in files), None)
        if other is not None:
            problem = f"would be the same file as {other} on some systems, or lie below it"
            raise AlreadyStoredError(path, problem, "Copy the two into different folders, one at a time.")
        files[folded] = path
        folders.update(dict.fromkeys(above, path))


def _folder(artifact: ReadableArtifact, root: str | os.PathLike[str] | None) -> Path:
    if root is not None:
        return Path(root)
    separator = "-" if os.name == "nt" else ":"
    return Path("artifacts") / artifact.qualified_name.replace(":", separator)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackendError(str(folder), error.strerror or str(error), "Choose a folder that can be made.") from error


def _wanted(artifact: ReadableArtifact, prefix: str, *, allow_missing: bool) -> list[ManifestEntry]:
    """Return the entries whose bytes can be had; references to anything but artifacts are never followed."""
    wanted = []
    for entry in artifact.manifest:
        if not entry.path.startswith(prefix):
            continue
        if entry.ref is None or _has_bytes(artifact, entry):
            wanted.append(entry)
        elif parse_ref(entry.ref) and not allow_missing:
            artifact._target(entry)  # says which artifact is missing
            wanted.append(entry)
    return wanted


def _has_bytes(artifact: ReadableArtifact, entry: ManifestEntry) -> bool:
    try:
        artifact._open_raw(entry).close()
    except (MissingFileError, NotReadableError):
        return False
    return True


def _present(folder: Path) -> set[str]:
    return {item.name for item in list_beneath(folder)} if folder.is_dir() else set()


def _is_there(folder: Path, entry: ManifestEntry, present: set[str]) -> bool:
    """Whether the file is there with the right bytes; False if there is none.

    Raises
    ------
    AlreadyStoredError
        If there is a file with other bytes.
    """
    if entry.path not in present:
        return False
    with open_beneath(folder, entry.path) as file:
        hasher = hash_file(file, hasher_for(entry.digest))
    if hasher.text == entry.digest:
        return True
    remedy = "Choose an empty folder, or move that file away; nothing is ever overwritten."
    raise AlreadyStoredError(f"{folder}/{entry.path}", "holds other bytes", remedy)


def _remove_empty_folders(folder: Path, names: Iterable[str]) -> None:
    """Take away folders that held only files of an earlier checkout."""
    parents = {parent for name in names for parent in Path(name).parents if parent != Path()}
    for parent in sorted(parents, key=lambda path: len(path.parts), reverse=True):
        try:
            (folder / parent).rmdir()
        except OSError:
            continue  # not empty, or gone


class _Record:
    """What checkouts made in a folder: kept in the cache folder, so that the checkout holds nothing but the artifact.

    Where the record is lost, files count as somebody else's and stay.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        key = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()
        self._name = f"checkouts/{key}.json"
        self._files: dict[str, list[int]] = {}
        if data := cache.read_cached(self._name):
            try:
                found = load_json(data, self._name)
            except NotReadableError:
                return
            if isinstance(found, dict):
                self._files = found

    @property
    def names(self) -> set[str]:
        """Names of the files that were made."""
        return set(self._files)

    def made(self, name: str) -> bool:
        """Whether an earlier checkout made this file and nobody has changed it since."""
        if name not in self._files:
            return False
        try:
            return self._files[name] == self._status(name)
        except (MissingFileError, UnsafePathError):
            return False

    def write(self, names: Iterable[str]) -> None:
        """Note which files were made."""
        cache.write_cached(self._name, canonical({name: self._status(name) for name in sorted(names)}))

    def _status(self, name: str) -> list[int]:
        found = stat_beneath(self._folder, name)
        return [found.st_size, found.st_mtime_ns, found.st_ino]
