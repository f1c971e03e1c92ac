"""One version of a store, as its artifact reads it: manifest, bytes, facts. Knows bytes, not values."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from storage.errors import MissingFileError
from storage.layout import blob_key
from storage.paged_manifest import PagedManifest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from storage.blobs import BlobStore
    from storage.log import Log
    from storage.manifest import ManifestEntry
    from storage.reading import ReadableArtifact
    from storage.refs import ArtifactRef
    from storage.state import VersionRecord

__all__ = ["StoredVersion"]


class StoredVersion:
    """A version and where to read it.

    Parameters
    ----------
    objects, log : BlobStore, Log
        The store.
    name : str
        Name of the artifact.
    record : VersionRecord
        What the log says of the version.
    opener : callable
        Makes an artifact of another version of the same store.
    """

    def __init__(
        self,
        objects: BlobStore,
        log: Log,
        name: str,
        record: VersionRecord,
        opener: Callable[[str, VersionRecord], ReadableArtifact],
    ) -> None:
        self.objects = objects
        self._log = log
        self.name = name
        self.record = record
        self._opener = opener

    @property
    def type(self) -> str:
        """Type of the artifact."""
        return self.record.type

    @property
    def version(self) -> str:
        """``"v3"``."""
        return f"v{self.record.number}"

    @property
    def digest(self) -> str:
        """Digest of the artifact."""
        return self.record.digest

    @property
    def created(self) -> str:
        """When it was logged, UTC, ISO 8601."""
        return self.record.created

    @property
    def client_id(self) -> str:
        """Identifier in references."""
        return self.record.client_id

    @property
    def server_id(self) -> str | None:
        """Identifier in references of what came from a server."""
        return self.record.server_id

    @property
    def entry_count(self) -> int:
        """Number of entries."""
        return self.record.entries

    @property
    def aliases(self) -> Sequence[str]:
        """Names that point at it as far as the log was read, sorted."""
        state = self._log.state.names.get(self.name)
        return state.aliases_of(self.record.number) if state else ()

    @cached_property
    def manifest(self) -> PagedManifest:
        """Its entries, read by page."""

        def read(offset: int, length: int) -> bytes:
            return self.objects.read(self.record.manifest, offset, length)

        return PagedManifest(read, self.record.tail, f"{self.name}:{self.version}, manifest {self.record.manifest}")

    @property
    def description(self) -> str | None:
        """Text for people."""
        text = self.manifest.header.get("description")
        return text if isinstance(text, str) else None

    @property
    def metadata(self) -> dict[str, Any]:
        """Facts for programs, a copy."""
        found = self.manifest.header.get("metadata")
        return copy.deepcopy(found) if isinstance(found, dict) else {}

    @property
    def wandb_digest(self) -> str | None:
        """Digest that W&B had recorded of what was imported."""
        text = self.manifest.header.get("wandb_digest")
        return text if isinstance(text, str) else None

    def open_entry(self, entry: ManifestEntry) -> BinaryIO:
        """Open the bytes of an entry, unchecked.

        Raises
        ------
        MissingFileError
            If the store has none.
        """
        if entry.epoch is None:
            subject = f"{self.name}:{self.version}, entry {entry.path}"
            raise MissingFileError(subject, "is a reference without bytes in this store", "Follow it yourself.")
        return self.objects.open(blob_key(entry.digest, entry.epoch))

    def resolve(self, ref: ArtifactRef) -> ReadableArtifact | None:
        """Return the version of the same store that a reference leads to."""
        found = self._log.state.find_kept(ref)
        return self._opener(*found) if found else None
