"""An artifact that is being made: its entries and where their bytes are. Knows bytes, not values."""

from __future__ import annotations

import collections
import weakref
from typing import TYPE_CHECKING, Any

from storage.content import Spool
from storage.errors import AlreadyStoredError, MissingFileError
from storage.manifest import Manifest, ManifestEntry
from storage.safe_paths import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage.content import Content

__all__ = ["Draft", "DraftEntry"]


class DraftEntry(ManifestEntry):
    """An entry whose bytes are not in a store yet; a file is hashed when its digest is asked for.

    Parameters
    ----------
    path : str
        Name in the artifact.
    content : Content or None
        Its bytes; None for a reference to what was not read.
    digest : str or None
        Text that stands for bytes that were not read.
    size : int or None
        Length in bytes, if there is no content.
    ref, extra
        As in `ManifestEntry`.
    """

    __slots__ = ("_digest", "content")

    _digest: str | None
    content: Content | None

    def __init__(
        self,
        path: str,
        content: Content | None,
        *,
        digest: str | None = None,
        size: int | None = None,
        ref: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        fill = object.__setattr__  # entries are frozen for everybody else
        fill(self, "path", path)
        fill(self, "content", content)
        fill(self, "_digest", digest if content is None else None)
        fill(self, "size", size if content is None else content.size)
        fill(self, "ref", ref)
        fill(self, "extra", extra)
        fill(self, "epoch", None)

    @property
    def digest(self) -> str:  # computed when it is asked for
        """Hex sha256 of the bytes, or the text that stands for them."""
        if self.content is not None and self._digest is None:
            object.__setattr__(self, "_digest", self.content.digest)
        return self._digest or ""

    @property
    def known_digest(self) -> str | None:
        """The digest, if it need not be computed."""
        return self._digest or (self.content.known_digest if self.content else None)

    def release(self, digest: str) -> None:
        """Let go of the bytes: a store has them now."""
        object.__setattr__(self, "_digest", digest)
        object.__setattr__(self, "content", None)

    def __eq__(self, other: object) -> bool:
        """Equal if path, digest, size, reference and extra fields are equal."""
        if not isinstance(other, ManifestEntry):
            return NotImplemented
        mine, theirs = ((e.path, e.size, e.ref, e.extra or {}) for e in (self, other))
        return mine == theirs and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.path)

    def __repr__(self) -> str:
        return f"ManifestEntry(path={self.path!r}, size={self.size!r}, ref={self.ref!r})"


class Draft:
    """Entries under their paths."""

    def __init__(self) -> None:
        self.spool = Spool()
        self._entries: dict[str, DraftEntry] = {}
        self._folders: collections.Counter[str] = collections.Counter()
        self._by_size: dict[int, list[str]] = {}
        self._journal: list[str] = []
        self._close = weakref.finalize(self, self.spool.close)

    def __iter__(self) -> Iterator[DraftEntry]:
        """Iterate over the entries, sorted by path."""
        return (self._entries[path] for path in self.paths())

    def __len__(self) -> int:
        return len(self._entries)

    def paths(self) -> list[str]:
        """Return all paths, sorted."""
        return sorted(self._entries)

    def get(self, path: str) -> DraftEntry | None:
        """Return an entry; None if there is none."""
        return self._entries.get(path)

    def manifest(self) -> Manifest:
        """Return the entries as a manifest; files are hashed when their digests are asked for."""
        return Manifest(self._entries.values())

    def put(self, entry: DraftEntry, *, overwrite: bool = False) -> DraftEntry:
        """Add an entry; returns the one that has the path afterwards.

        Raises
        ------
        AlreadyStoredError
            If other bytes have the path, or a file would be a folder of another.
        UnsafePathError
            If the path leads outside.
        """
        parts = check_name(entry.path)
        present = self._entries.get(entry.path)
        if present is not None and not overwrite:
            if _same(present, entry):
                return present
            problem = "is the name of other bytes in this artifact"
            raise AlreadyStoredError(entry.path, problem, "Choose another name, or remove() the first.")
        if present is not None:
            self.remove(entry.path)
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        if blocking := next((folder for folder in above if folder in self._entries), None):
            raise AlreadyStoredError(entry.path, f"would lie below the file {blocking}", "Choose another name.")
        if self._folders[entry.path]:
            raise AlreadyStoredError(entry.path, "is a folder of this artifact", "Choose another name.")
        self._entries[entry.path] = entry
        self._journal.append(entry.path)
        self._folders.update(above)
        if entry.size is not None:
            self._by_size.setdefault(entry.size, []).append(entry.path)
        return entry

    def remove(self, path: str) -> None:
        """Take an entry away, or all that lie below a folder of that name.

        Raises
        ------
        MissingFileError
            If there is neither.
        """
        gone = [path] if path in self._entries else [name for name in self._entries if name.startswith(f"{path}/")]
        if not gone:
            raise MissingFileError(path, "is no entry of this artifact", "List its entries with names().")
        for name in gone:
            entry = self._entries.pop(name)
            parts = name.split("/")
            self._folders.subtract("/".join(parts[:depth]) for depth in range(1, len(parts)))
            if entry.size is not None:
                self._by_size[entry.size].remove(name)

    def first_with(self, content: Content, name: str) -> DraftEntry | None:
        """Return the entry under which the same bytes were added first, if its name ends as `name` does.

        W&B's SDK tells by the ending of a name what a file is, so that an empty list of boxes cannot stand for an empty
        cloud of points.
        """
        _, _, ending = name.rpartition("/")[2].partition(".")
        for path in self._by_size.get(content.size, ()):
            if path.endswith(f".{ending}") and self._entries[path].digest == content.digest:
                return self._entries[path]
        return None

    def mark(self) -> int:
        """Return a mark of what has been added so far."""
        return len(self._journal)

    def restore(self, mark: int) -> None:
        """Take away everything that was added after a mark."""
        for path in self._journal[mark:]:
            if path in self._entries:
                self.remove(path)
        del self._journal[mark:]


def _same(one: DraftEntry, two: DraftEntry) -> bool:
    """Whether two entries of one path have the same bytes; hashes no file if the sizes differ already."""
    return one.size == two.size and one.digest == two.digest
