"""``store.json``: what makes a folder a store; created once, by whoever writes first."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, Any

from storage.errors import AlreadyStoredError, MissingFileError, NotInStoreError, NotReadableError
from storage.layout import FORMAT, STORE_KEY, VERSION, is_store_name
from storage.strict_json import json_line, load_json

if TYPE_CHECKING:
    from pathlib import Path

    from storage.blobs import BlobStore

__all__ = ["StoreFile"]


class StoreFile:
    """The file that says what a store is.

    Parameters
    ----------
    objects : BlobStore
        The store.
    path : Path or None
        Its folder, if it is one.
    """

    def __init__(self, objects: BlobStore, path: Path | None) -> None:
        self._objects = objects
        self._path = path
        self._read: dict[str, Any] | None = None

    def exists(self) -> bool:
        """Whether there is a store."""
        return self._objects.size(STORE_KEY) is not None

    def read(self) -> dict[str, Any]:
        """Return what it says.

        Raises
        ------
        NotInStoreError
            If there is no store.
        NotReadableError
            If it is of another kind, or damaged.
        """
        if self._read is None:
            try:
                found = load_json(self._objects.read(STORE_KEY), STORE_KEY)
            except MissingFileError as error:
                remedy = "Check the path; the first write makes a store."
                raise NotInStoreError(self._objects.location, "there is no store", remedy) from error
            if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("id"), str):
                raise NotReadableError(
                    f"{self._objects.location}/{STORE_KEY}", "is not the file of a store", "Restore it from a copy."
                )
            self._read = found
        return self._read

    def create(self) -> None:
        """Make the store if there is none; of two who try, both go on with what the first has made.

        Raises
        ------
        NotReadableError
            If a later release has made it, or the folder holds something else.
        """
        if self._read is None and not self.exists():
            self._check_free()
            document = {"format": FORMAT, "version": VERSION, "id": secrets.token_hex(16)}
            with contextlib.suppress(AlreadyStoredError):  # somebody else was quicker
                self._objects.create(STORE_KEY, json_line(document))
        self.check_writable()

    def check_writable(self) -> None:
        """Refuse to write to a store of a later release.

        Raises
        ------
        NotReadableError
            If it is one.
        NotInStoreError
            If there is no store.
        """
        if self.read().get("version") != VERSION:
            problem = f"its format has version {self.read().get('version')!r}, this release writes {VERSION}"
            raise NotReadableError(self._objects.location, problem, "Update Vitrina; it can be read until then.")

    def _check_free(self) -> None:
        """Refuse to make a store among other files."""
        if self._path is None:
            return
        try:
            others = sorted(path.name for path in self._path.iterdir() if not is_store_name(path.name))
        except FileNotFoundError:
            return
        except NotADirectoryError as error:
            raise NotReadableError(str(self._path), "is a file", "Choose a folder.") from error
        if others:
            problem = f"is no store and not empty: it holds {others[0]!r}"
            raise NotReadableError(str(self._path), problem, "Choose a new or an empty folder.")
