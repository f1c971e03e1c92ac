"""One version of a store, as its artifact reads it: manifest, bytes, facts. Knows bytes, not values."""

from __future__ import annotations

import copy
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from storage.errors import MissingFileError, StorageError
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

_MAX_SEARCHED = 1_000  # versions that are looked through for content whose id leads elsewhere: a manifest each


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

    def resolve(self, ref: ArtifactRef, digest: str = "") -> ReadableArtifact | None:
        """Return the version of the same store that a reference leads to.

        Parameters
        ----------
        ref : ArtifactRef
            The reference.
        digest : str, optional
            Hex sha256 of what it leads to, where that is known. Content that was logged under two ids is one version,
            which knows the first of them; and ids of several servers meet. So where the version of that id does not
            have these bytes there, the one that does is meant.
        """
        state = self._log.state
        found = state.find_kept(ref)
        artifact = self._opener(*found) if found else None
        if not digest or (artifact is not None and _holds(artifact, ref.path, digest)):
            return artifact
        others = (self._opener(*kept) for kept in islice(state.kept(), _MAX_SEARCHED))
        return next((other for other in others if _holds(other, ref.path, digest)), artifact)


def _holds(artifact: ReadableArtifact, path: str, digest: str) -> bool:
    """Whether an artifact has an entry with these bytes; one that cannot be read has none."""
    try:
        entry = artifact.manifest.entries.get(path)
    except StorageError:
        return False
    return entry is not None and entry.digest == digest
