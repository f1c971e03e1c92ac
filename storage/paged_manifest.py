"""A manifest read from its blob page by page: one entry of 100,000 without the others, a listing as a stream.

Every page is checked against the index, and the index against what the log recorded, before a byte of it is used.
"""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from storage.errors import CorruptBlobError, NotReadableError
from storage.manifest import FORMAT, Manifest, ManifestEntry, entry_from_json, load_lines, parse_index
from storage.strict_json import load_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.manifest import IndexLine, Tail

__all__ = ["PagedManifest"]

_KEPT_PAGES = 64  # 4 MB of text: random access to 20,000 entries without reading again


class PagedManifest(Manifest):
    """The entries of a stored version.

    Parameters
    ----------
    read : callable
        ``read(offset, length) -> bytes`` of the blob.
    tail : Tail
        Where its index is, from the log.
    subject : str
        What it is, for errors: ``"pets:v3, manifest"``.
    """

    def __init__(self, read: Callable[[int, int], bytes], tail: Tail, subject: str) -> None:
        self._read = read
        self._tail = tail
        self._subject = subject
        self._pages: dict[int, list[bytes]] = {}
        self._entries = _PagedEntries(self)

    @cached_property
    def header(self) -> dict[str, Any]:
        """First line: type, description, metadata, digest, number of entries, sum of sizes.

        Raises
        ------
        CorruptBlobError
            If its bytes are not those that were recorded.
        NotReadableError
            If it is no manifest.
        """
        header = load_json(self.page(0)[0], self._subject)
        if not isinstance(header, dict) or header.get("format") != FORMAT or header.get("version") != 1:
            raise NotReadableError(self._subject, "is not a manifest that this release reads", "Update Vitrina.")
        return header

    @cached_property
    def index(self) -> list[IndexLine]:
        """What the blob says of its pages; the first is the header."""
        return parse_index(self._checked(self._tail.offset, self._tail.length, self._tail.sha256), self._subject)

    @cached_property
    def _first_paths(self) -> list[str]:
        return [line.first for line in self.index[1:]]

    def page(self, number: int) -> list[bytes]:
        """Return the lines of a page; the last 64 are kept."""
        lines = self._pages.get(number)
        if lines is None:
            line = self.index[number]
            lines = self._checked(line.offset, line.length, line.sha256).splitlines()
            while len(self._pages) >= _KEPT_PAGES:
                self._pages.pop(next(iter(self._pages)), None)
            self._pages[number] = lines
        return lines

    def _checked(self, offset: int, length: int, sha256: str) -> bytes:
        data = self._read(offset, length)
        if len(data) != length or hashlib.sha256(data).hexdigest() != sha256:
            problem = f"bytes {offset:,} to {offset + length:,} are not those that were recorded"
            raise CorruptBlobError(self._subject, problem, "Run the check of the store; restore the file from a copy.")
        return data

    def _entry(self, document: Any) -> ManifestEntry:
        try:
            return entry_from_json(document)
        except ValueError as error:
            raise NotReadableError(self._subject, str(error), "Restore the file from a copy.") from error

    def find(self, path: str) -> ManifestEntry | None:
        """Return one entry; reads the index and one page."""
        number = bisect.bisect_right(self._first_paths, path)
        if number == 0:
            return None
        lines = self.page(number)
        at = bisect.bisect_left(lines, path, key=lambda line: self._entry(load_json(line, self._subject)).path)
        found = self._entry(load_json(lines[at], self._subject)) if at < len(lines) else None
        return found if found is not None and found.path == path else None

    def scan(self, start: str = "") -> Iterator[ManifestEntry]:
        """Iterate over the entries from path `start` on, in order."""
        first = max(bisect.bisect_right(self._first_paths, start), 1)
        for number in range(first, len(self.index)):
            for document in load_lines(self.page(number), self._subject):
                entry = self._entry(document)
                if entry.path >= start:
                    yield entry

    def names(self, prefix: str = "") -> list[str]:
        """Return the paths that begin with `prefix`, in order."""
        found = []
        for entry in self.scan(prefix):
            if not entry.path.startswith(prefix):
                break
            found.append(entry.path)
        return found

    @property
    def digest(self) -> str:
        """Digest of the artifact, as the header has it."""
        return str(self.header["digest"])

    @property
    def size(self) -> int:
        """Sum of all sizes that are known, bytes, as the header has it."""
        return int(self.header["size"])

    def __len__(self) -> int:
        return int(self.header["entries"])

    def __iter__(self) -> Iterator[ManifestEntry]:
        """Iterate over the entries in order."""
        return self.scan()

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.find(path) is not None


class _PagedEntries(Mapping[str, ManifestEntry]):
    """Path → entry over the pages of a manifest."""

    def __init__(self, manifest: PagedManifest) -> None:
        self._manifest = manifest

    def __getitem__(self, path: str) -> ManifestEntry:
        found = self._manifest.find(path)
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        return (entry.path for entry in self._manifest)

    def __len__(self) -> int:
        return len(self._manifest)

    def values(self) -> Any:
        """Return the entries in order, each page read once."""
        return list(self._manifest)

    def items(self) -> Any:
        """Return path and entry in order, each page read once."""
        return [(entry.path, entry) for entry in self._manifest]
