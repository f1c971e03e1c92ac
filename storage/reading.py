"""The one interface through which artifacts are read, and what all of them share.

`StoredArtifact` is the interface. `ReadableArtifact` implements it on four primitives: a manifest, how to open an
entry, where its file lies (if anywhere), and which artifact a reference leads to. Artifacts of a store and everything
in `storage.sources` derive from it.
"""

from __future__ import annotations

import abc
import io
from typing import TYPE_CHECKING, Any

from storage import cache, value_lookup
from storage.errors import CorruptBlobError, MissingFileError
from storage.hashing import hash_file, hasher_for, short
from storage.refs import client_ref, mask_credentials, parse_ref, server_ref
from storage.stored import StoredArtifact, StoredEntry
from storage.strict_json import load_json, max_json_bytes
from storage.trust import guard, remember, was_checked

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from datatypes.base import WBValue
    from storage.blobs import Reader
    from storage.errors import Problem
    from storage.manifest import Manifest, ManifestEntry
    from storage.refs import ArtifactRef

__all__ = ["ReadableArtifact", "StoredArtifact", "StoredEntry"]

_IN_MEMORY_BYTES = 1 << 20  # up to here an entry is checked and handed out as one piece of memory


class ReadableArtifact(abc.ABC):
    """What all artifacts share that can be read.

    A subclass sets the attributes and implements `_manifest` and `_open_entry`; `_local_file` and `_resolve` where it
    can do better than these here.

    Attributes
    ----------
    name, type, version, digest, description, metadata, problems
        As in `StoredArtifact`.
    client_id, server_id : str or None
        Identifiers under which references name it.
    """

    kind: str = "artifact"
    name: str
    type: str
    version: str | None = None
    digest: str = ""
    description: str | None = None
    metadata: dict[str, Any]
    problems: list[Problem]
    client_id: str | None = None
    server_id: str | None = None

    # ------------------------------------------------------------------------------------- primitives

    @abc.abstractmethod
    def _manifest(self) -> Manifest:
        """Return the manifest; called often."""

    @abc.abstractmethod
    def _open_entry(self, entry: ManifestEntry) -> BinaryIO:
        """Open the bytes of an entry that lie here, unchecked.

        Raises
        ------
        MissingFileError
            If there are none; a reference is then followed.
        """

    def _local_file(self, entry: ManifestEntry) -> Path | None:
        """Path at which an entry's bytes lie under its own file name; None if nowhere, then a copy is made."""
        return None

    def _reader(self) -> Reader | None:
        """Return what reads many small files of this artifact; None if nothing does that better than `_open_entry`."""
        return None

    def _place(self, entry: ManifestEntry) -> str | None:
        """Name by which `_reader` reads an entry; None if it has no bytes there."""
        return None

    def _resolve(self, ref: ArtifactRef) -> ReadableArtifact | None:
        """Return the artifact that a reference leads to; None if it cannot be found."""
        return None

    def _resolve_entry(self, entry: ManifestEntry, ref: ArtifactRef) -> ReadableArtifact | None:
        """As `_resolve`, for an entry whose digest may tell which of several is meant."""
        return self._resolve(ref)

    # ------------------------------------------------------------------------------------- entries

    @property
    def aliases(self) -> Sequence[str]:
        """Names that point at this version, sorted."""
        return ()

    @property
    def manifest(self) -> Manifest:
        """Its entries."""
        return self._manifest()

    @property
    def size(self) -> int:
        """Sum of the sizes of all entries, bytes."""
        return self._manifest().size

    @property
    def qualified_name(self) -> str:
        """``"pets:v3"``, or the bare name where there are no versions."""
        return f"{self.name}:{self.version}" if self.version else self.name

    def names(self, prefix: str = "") -> Sequence[str]:
        """Paths of the entries that begin with `prefix`, in order."""
        return self._manifest().names(prefix)

    def files(self) -> list[StoredEntry]:
        """Return all entries, in order."""
        return [StoredEntry(self, entry) for entry in self._manifest()]

    def get_path(self, name: str) -> StoredEntry:
        """Return one entry: exactly of that name, else with a known suffix.

        Raises
        ------
        MissingFileError
            If there is none.
        InvalidNameError
            If several would fit.
        """
        return StoredEntry(self, self._entry(name))

    get_entry = get_path

    def ref_url(self, name: str) -> str:
        """Return the reference under which other artifacts may name an entry of this one.

        Of an entry that is a reference to an artifact, that reference. Where there is no identifier, a text that says
        where it came from.
        """
        entry = self._entry(name)
        if entry.ref is not None and parse_ref(entry.ref):
            return entry.ref
        if self.client_id:
            return client_ref(self.client_id, entry.path)
        if self.server_id:
            return server_ref(self.server_id, entry.path)
        return f"vitrina-source://{self.qualified_name}/{entry.path}"

    def referenced(self, uri: str) -> ReadableArtifact | None:
        """Return the artifact that the reference of an entry leads to; None if it is of another kind or not here."""
        ref = parse_ref(uri)
        return self._resolve(ref) if ref is not None else None

    def _entry(self, name: str) -> ManifestEntry:
        found = self._find(name)
        if found is None:
            problem = f"has no entry {ascii(name)[1:-1]}"
            raise MissingFileError(self.qualified_name, problem, "List its entries with names().")
        return found

    def _find(self, name: str) -> ManifestEntry | None:
        """Find an entry: exactly of that name, else the only one that has it before a suffix."""
        return value_lookup.find_entry(self, name)

    # ------------------------------------------------------------------------------------- bytes

    def open(self, name: str) -> BinaryIO:
        """Open one entry for reading. Its size and digest are checked before the first byte is handed out.

        Raises
        ------
        MissingFileError
            If there is no such entry, its file is gone, or it refers to what cannot be read here.
        CorruptBlobError
            If the bytes are not those that were recorded.
        UnsafePathError
            If the entry leads outside.
        """
        return self._open_checked(self._entry(name))

    def local_path(self, name: str) -> Path:
        """Path of an entry on this machine's disk, for libraries that insist on a file. It is not to be changed.

        Errors as `open`.
        """
        entry = self._entry(name)
        path = self._local_file(entry)
        if path is None:
            return cache.cached_copy(entry.digest, entry.path.rpartition("/")[2], lambda: self._open_raw(entry))
        self._open_checked(entry).close()
        return path

    def json(self, name: str) -> Any:
        """Return the stored JSON document of an entry, whether it is a value or not.

        Raises
        ------
        NotReadableError
            If it is no JSON, or exceeds the limits. Else as `open`.
        """
        entry = self._entry(name)
        with self._open_checked(entry) as file:
            data = file.read(max_json_bytes() + 1)
        return load_json(data, self._subject(entry))

    def _subject(self, entry: ManifestEntry) -> str:
        return f"{self.qualified_name}, entry {entry.path}"

    def _open_raw(self, entry: ManifestEntry) -> BinaryIO:
        """Open an entry's bytes here, or those that it refers to; unchecked unless they lie elsewhere."""
        if entry.ref is None:
            return self._open_entry(entry)
        try:
            return self._open_entry(entry)
        except MissingFileError:
            target, path = self._target(entry)
        with guard(self, self.qualified_name, entry.path):
            return target.open(path)

    def _target(self, entry: ManifestEntry) -> tuple[ReadableArtifact, str]:
        """Return the artifact and the entry that a reference leads to."""
        ref = parse_ref(entry.ref)
        if ref is None:
            problem = f"is a reference to {mask_credentials(entry.ref or '')}, which is shown and never followed"
            raise MissingFileError(self._subject(entry), problem, "Fetch it yourself if you trust it.")
        found = self._resolve_entry(entry, ref)
        if found is None:
            which = f"{'server' if ref.by_server_id else 'client'} id {ref.id}"
            problem = f"refers to {ref.path} of the artifact with {which}, which is not here"
            raise MissingFileError(self._subject(entry), problem, "Bring that artifact into the same store or folder.")
        return found, ref.path

    def _open_checked(self, entry: ManifestEntry) -> BinaryIO:
        file = self._open_raw(entry)
        hasher = hasher_for(entry.digest)
        if hasher is None:
            return file
        try:
            head = file.read(_IN_MEMORY_BYTES + 1)
            if len(head) <= _IN_MEMORY_BYTES:
                hasher.update(head)
                self._compare(entry, hasher.size, hasher.text)
                file.close()
                return io.BytesIO(head)
            file.seek(0)
            if not was_checked(file, entry.digest):
                hash_file(file, hasher)
                self._compare(entry, hasher.size, hasher.text)
                remember(file, entry.digest)
                file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _compare(self, entry: ManifestEntry, size: int, digest: str) -> None:
        if digest != entry.digest:
            problem = f"{size:,} bytes hash to {short(digest)}, the manifest says {short(entry.digest)}"
            remedy = "Run the check of the store; restore the file or log a new version."
            raise CorruptBlobError(self._subject(entry), problem, remedy)

    # ------------------------------------------------------------------------------------- values

    def get(self, name: str) -> WBValue | None:
        """Return the value stored under `name`.

        Parameters
        ----------
        name : str
            Of an entry exactly, else of one with a known suffix added: ``"predictions"`` for
            ``predictions.table.json``.

        Returns
        -------
        WBValue or None
            None if there is no such entry, or it is no value. Its class comes from the stored tag, never from the file
            name; a picture or another medium without JSON gives a value as well.

        Raises
        ------
        InvalidNameError
            If several entries would fit.
        NotReadableError
            If the stored JSON cannot be read, or values name each other in a circle.
        """
        entry = self._find(name)
        if entry is None:
            return None
        with guard(self, self.qualified_name, entry.path):
            if entry.ref is not None and (found := self._referenced(entry)):
                return found[0].get(found[1])
            return value_lookup.decode(self, entry)

    def _referenced(self, entry: ManifestEntry) -> tuple[ReadableArtifact, str] | None:
        """Return where a reference leads; None if it leads nowhere that is here, and the bytes may be."""
        ref = parse_ref(entry.ref)
        found = self._resolve_entry(entry, ref) if ref else None
        if found is None or ref is None or ref.path not in found.manifest.entries:
            return None  # what has its id and lacks the entry is another artifact: ids of servers meet
        return found, ref.path

    def value_names(self) -> list[str]:
        """Return the paths of the entries that are values, in order.

        The suffix decides where it is a known one; other ``.json`` entries are opened and asked for a tag.
        """
        return value_lookup.value_names(self)

    # ------------------------------------------------------------------------------------- copies and checks

    def download(
        self,
        root: str | os.PathLike[str] | None = None,
        *,
        path_prefix: str = "",
        allow_missing_references: bool = False,
    ) -> Path:
        """Copy entries into a folder, each verified while it is copied.

        Parameters
        ----------
        root : path, optional
            Folder, made if it is not there; ``artifacts/NAME-vN`` below the current one unless given.
        path_prefix : str
            Only entries that begin with it.
        allow_missing_references : bool
            Whether references to artifacts that are not here are left out. References to anything else are never
            followed, and left out always.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        AlreadyStoredError
            If a file of other bytes has the name of an entry, or two names are one on common file systems; before
            anything is written. A file with the same bytes is left as it is.
        CorruptBlobError
            If bytes are not those that were recorded.
        """
        from storage import transfer

        return transfer.download(self, root, prefix=path_prefix, allow_missing=allow_missing_references)

    def checkout(self, root: str | os.PathLike[str] | None = None) -> Path:
        """Make a folder hold this version.

        As `download`; besides, files that an earlier checkout made there and nobody changed are replaced or taken
        away. What it did not make is never deleted.
        """
        from storage import transfer

        return transfer.checkout(self, root)

    def verify(self, step: Callable[[], object] | None = None) -> list[Problem]:
        """Check every entry: name, presence, size, digest, references; returns what is wrong, in order.

        `step` is called after each file; what it raises ends the check.
        """
        from storage import check

        return check.check_artifact(self, step)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.qualified_name!r}, type={self.type!r})"
