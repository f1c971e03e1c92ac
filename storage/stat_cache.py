"""What files hashed to when they were last logged: a file whose status has not changed since need not be read again.

Derived, kept in the user's cache folder, safe to delete at any time. A status is only kept of a file that had been left
alone for some seconds when it was added: one that was changed just before may change again within one tick of its file
system's clock, unseen. ``ctime`` is part of the status: programs that set ``mtime`` back cannot set that.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from storage import cache
from storage.content import FileContent
from storage.layout import is_digest

if TYPE_CHECKING:
    from storage.content import Content

__all__ = ["StatCache"]


class StatCache:
    """Status and digest of the files of one artifact of one store.

    Parameters
    ----------
    store_id, name : str
        Of the store and the artifact; without an id nothing is kept.
    """

    def __init__(self, store_id: str, name: str) -> None:
        self._file = f"stats/{store_id}-{name}" if store_id else ""
        self._known: dict[bytes, tuple[bytes, bytes]] | None = None
        self._seen: dict[bytes, tuple[bytes, bytes]] = {}

    def recall(self, content: Content) -> None:
        """Tell a file its digest, if it has the status that it had when it was hashed."""
        if not self._file or not isinstance(content, FileContent) or content.known_digest is not None:
            return
        status = content.settled_status
        if status is None:
            return
        if self._known is None:
            self._known = _load(self._file)
        known = self._known.get(os.fsencode(content.local_file_text))
        if known is not None and known[0] == status and content.is_unchanged():
            content.known_digest = known[1].decode("ascii")

    def note(self, content: Content, digest: str) -> None:
        """Keep what a file hashed to."""
        if self._file and isinstance(content, FileContent) and content.settled_status is not None:
            path = os.fsencode(content.local_file_text)
            self._seen[path] = (content.settled_status, digest.encode("ascii"))

    def save(self) -> None:
        """Keep what was noted, in place of what was known before."""
        if not self._seen or self._seen == self._known:
            return
        text = b"\0".join(b"%s\0%s\0%s" % (path, *found) for path, found in self._seen.items())
        cache.write_cached(self._file, hashlib.sha256(text).hexdigest().encode() + b"\n" + text)


def _load(name: str) -> dict[bytes, tuple[bytes, bytes]]:
    """Return what was kept; nothing if it is not what was written."""
    seal, _, text = (cache.read_cached(name) or b"").partition(b"\n")
    if not text or hashlib.sha256(text).hexdigest().encode() != seal:
        return {}
    fields = text.split(b"\0")
    if len(fields) % 3 or not all(is_digest(digest.decode("ascii", "replace")) for digest in fields[2::3]):
        return {}
    return dict(zip(fields[::3], zip(fields[1::3], fields[2::3], strict=True), strict=True))
