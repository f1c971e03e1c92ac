"""`Artifact`: a named collection of files and values; written until it is logged, frozen and read afterwards.

::

    artifact = Artifact("pets", type="dataset", metadata={"split": "val"})
    artifact.add(table, "predictions")
    artifact.add_file("weights.pt")
    saved = store.log_artifact(artifact, aliases=["best"])
"""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from storage import additions
from storage.draft import Draft
from storage.errors import FrozenArtifactError, NotAValueError
from storage.layout import blob_key, is_digest
from storage.metadata import json_metadata
from storage.names import check_artifact_name, check_type
from storage.reading import ReadableArtifact
from storage.refs import new_client_id
from storage.value_sink import ValueSink

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO, Literal

    from datatypes.base import WBValue
    from datatypes.ports import SourceFile
    from storage.blobs import Reader
    from storage.draft import DraftEntry
    from storage.manifest import Manifest, ManifestEntry
    from storage.refs import ArtifactRef
    from storage.stored_version import StoredVersion

__all__ = ["Artifact"]


class Artifact(ReadableArtifact):
    """A collection of files and values under a name.

    Parameters
    ----------
    name : str
        1 to 128 of ``a-z A-Z 0-9 _ - .``.
    type : str
        What it is: ``"dataset"``, ``"model"``, any word.
    description : str, optional
        Text for people.
    metadata : mapping, optional
        Facts for programs: plain values, lists, dicts, dates, arrays. The attribute can be changed until it is logged.

    Raises
    ------
    InvalidNameError
        If a name or something in the metadata is refused; a ValueError.

    Notes
    -----
    Small data is kept in memory until it is logged, more of it in one temporary file; files that are added stay where
    they are, are read when the artifact is logged, and must not change before.
    """

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002  # W&B's own parameter
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = check_artifact_name(name)
        self.type = check_type(type)
        self.problems = []
        self.client_id = new_client_id()
        self._description = description
        self._metadata = json_metadata(metadata)
        self._draft = Draft()
        self._sink = ValueSink(self._draft)
        self._is_final = False
        self._stored: StoredVersion | None = None
        self._wandb_digest: str | None = None

    # ------------------------------------------------------------------------------------- facts

    @property
    def dialect(self) -> Literal["artifact"]:
        """Which of the two wire dialects values speak here."""
        return "artifact"

    @property
    def version(self) -> str | None:  # type: ignore[override]  # known once it is logged
        """``"v3"``; None until it is logged."""
        return self._stored.version if self._stored else None

    @property
    def aliases(self) -> Sequence[str]:
        """Names that point at this version, sorted; ``latest`` among them if it is the highest."""
        return self._stored.aliases if self._stored else ()

    @property
    def digest(self) -> str:  # type: ignore[override]  # computed from the entries
        """Digest of paths, digests and sizes of all entries."""
        return self._stored.digest if self._stored else self._draft.manifest().digest

    @property
    def wandb_digest(self) -> str | None:
        """Digest that W&B had recorded of what this is a copy of; None for what was made here."""
        return self._stored.wandb_digest if self._stored else self._wandb_digest

    @property
    def created(self) -> str | None:
        """When it was logged, UTC, ISO 8601; None until then."""
        return self._stored.created if self._stored else None

    @property
    def description(self) -> str | None:
        """Text for people."""
        return self._stored.description if self._stored else self._description

    @description.setter
    def description(self, text: str | None) -> None:
        self._check_draft()
        self._description = text

    @property
    def metadata(self) -> dict[str, Any]:
        """Facts for programs; changes to it count until it is logged."""
        return self._stored.metadata if self._stored else self._metadata

    @metadata.setter
    def metadata(self, metadata: Mapping[str, Any]) -> None:
        self._check_draft()
        self._metadata = json_metadata(metadata)

    def __repr__(self) -> str:
        count = len(self._draft) if self._stored is None else self._stored.entry_count
        state = "draft" if self._stored is None else "logged"
        return f"Artifact({self.qualified_name!r}, type={self.type!r}, {count} entries, {state})"

    # ------------------------------------------------------------------------------------- adding

    def add(self, obj: WBValue, name: str, overwrite: bool = False) -> ManifestEntry:
        """Add a value.

        Parameters
        ----------
        obj : WBValue
            Any value. One that was read from another artifact and is unchanged becomes a reference to it.
        name : str
            Name; the suffix of its type is added: ``"predictions"`` becomes ``predictions.table.json``.
        overwrite : bool
            Whether a value that has the name is replaced.

        Returns
        -------
        ManifestEntry
            Where it lies. The same object added again gives its first entry. If the name is taken by another value,
            that one stays, a UserWarning names it, and its entry is returned.

        Raises
        ------
        NotAValueError
            If `obj` is no value; both a TypeError and a ValueError.
        FrozenArtifactError
            If the artifact was logged.
        """
        from datatypes.base import WBValue

        self._check_draft()
        if not isinstance(obj, WBValue):
            problem = f"is {type(obj).__name__}, which is no value"  # type: ignore[unreachable]  # callers may not type
            raise NotAValueError(f"object for {name!r}", problem, "Wrap it: Image(...), Table(...), or use add_file.")
        known = self._sink.entry_of(obj)
        if known is not None:
            import logging

            logging.getLogger(__name__).warning(
                "%s was added as %s already; %r is not added", type(obj).__name__, known.path, name
            )
            return known
        entry, added = self._sink.add_value(obj, name, overwrite=overwrite)
        if not added:
            text = f"{self.name}: {entry.path} is taken by another value, which stays; choose another name."
            warnings.warn(text, UserWarning, stacklevel=2)
        return entry

    def add_file(
        self,
        local_path: str | os.PathLike[str] | bytes | SourceFile,
        name: str | None = None,
        is_tmp: bool = False,
        skip_cache: bool = False,
        policy: str | None = "mutable",
        overwrite: bool = False,
    ) -> ManifestEntry:
        """Add a file.

        Parameters
        ----------
        local_path : path or bytes or SourceFile
            The file; it is read when the artifact is logged and must not change before. Bytes need a name. A file of
            another artifact becomes a reference to it.
        name : str, optional
            Name in the artifact; the last component of the path unless given.
        is_tmp : bool
            Whether the name is replaced by the digest: ``x.table.json`` becomes ``<20 digits>.table.json``.
        skip_cache, policy
            Of W&B's SDK; there is nothing that they could change here.
        overwrite : bool
            Whether a file that has the name is replaced.

        Raises
        ------
        MissingPathError, UnsafePathError
            If there is no such file, or it is none; ValueErrors.
        AlreadyStoredError
            If other bytes have the name; a ValueError.
        FrozenArtifactError
            If the artifact was logged.
        """
        self._check_draft()
        entry = additions.file_entry(self._draft, local_path, name)
        return self._draft.put(additions.named_by_digest(entry) if is_tmp else entry, overwrite=overwrite)

    def add_dir(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        skip_cache: bool = False,
        policy: str | None = "mutable",
    ) -> None:
        """Add all files of a folder, under their names beneath it.

        Parameters
        ----------
        local_path : path
            The folder. Links that stay inside are followed.
        name : str, optional
            Folder in the artifact; its top unless given.
        skip_cache, policy
            As in `add_file`.

        Raises
        ------
        MissingPathError
            If there is no such folder; a ValueError.
        UnsafePathError
            If a link leads outside, or something in it is no file.
        AlreadyStoredError
            If other bytes have one of the names.
        """
        self._check_draft()
        for entry in additions.folder_entries(Path(local_path), name or ""):
            self._draft.put(entry)

    def add_reference(
        self,
        uri: str | os.PathLike[str] | ManifestEntry,
        name: str | None = None,
        checksum: bool = True,
        max_objects: int | None = None,
    ) -> list[ManifestEntry]:
        """Add a reference to what stays where it is; it is never followed when the artifact is read.

        Parameters
        ----------
        uri : str
            ``file://`` URIs are hashed, a folder gives an entry for each file; of others the URI itself is the digest.
            An entry of another artifact gives a reference to that.
        name : str, optional
            Name in the artifact; the last component of the URI unless given.
        checksum : bool
            Whether ``file://`` URIs are read.
        max_objects : int, optional
            Of W&B's SDK; nothing is listed here that it could limit.

        Raises
        ------
        InvalidNameError
            If it is no URI, or has no name of its own and none is given.
        MissingPathError
            If a ``file://`` URI leads to nothing.
        """
        self._check_draft()
        entries = additions.reference_entries(uri, name, checksum=checksum)
        return [self._draft.put(entry) for entry in entries]

    @contextlib.contextmanager
    def new_file(self, name: str, mode: str = "w", encoding: str | None = None) -> Iterator[IO[Any]]:
        """Write a file of the artifact: ``with artifact.new_file("notes.txt") as f: f.write("hello")``.

        Parameters
        ----------
        name : str
            Name in the artifact.
        mode : str
            As of `open`, for writing; ``"wb"`` for bytes.
        encoding : str, optional
            Of text; UTF-8 unless given. Line ends are written as they are.

        Raises
        ------
        AlreadyStoredError
            If the name is taken.
        """
        self._check_draft()
        with additions.new_file(self._draft, name, mode, encoding) as file:
            yield file

    def remove(self, item: str | os.PathLike[str] | ManifestEntry) -> None:
        """Take an entry away, or all below a folder.

        Raises
        ------
        MissingFileError
            If there is neither.
        """
        self._check_draft()
        path = getattr(item, "path", None)
        self._draft.remove(str(path if path is not None else item))

    def finalize(self) -> None:
        """Freeze the artifact without logging it."""
        self._is_final = True

    @classmethod
    def copy_of(cls, source: ReadableArtifact, name: str | None = None) -> Artifact:
        """Start an artifact with everything that another has: entries, references, description, metadata, identity.

        For bringing an artifact into another store. Bytes are read when the copy is logged.
        """
        made = cls(name or source.name, "copy", source.description, source.metadata)
        made.adopt(source)
        for entry in source.manifest:
            made._draft.put(additions.copied_entry(source, entry))
        return made

    def adopt(self, source: ReadableArtifact) -> None:
        """Take over the type and the identity of another artifact: what W&B and its references know it by."""
        self.type = source.type  # also one that W&B keeps for itself
        self.client_id = source.client_id or self.client_id
        self.server_id = source.server_id
        self._wandb_digest = source.wandb_digest if isinstance(source, Artifact) else source.digest or None

    def _check_draft(self) -> None:
        if self._is_final or self._stored is not None:
            problem = "was logged and cannot be changed" if self._stored else "is final and cannot be changed"
            raise FrozenArtifactError(self.qualified_name, problem, "Make a new Artifact of the same name.")

    # ------------------------------------------------------------------------------------- reading

    @property
    def entry_draft(self) -> Draft:
        """What is to be stored; for `storage.store`."""
        return self._draft

    @property
    def value_sink(self) -> ValueSink:
        """Where values are written to; for `storage.store`."""
        return self._sink

    @property
    def stored(self) -> StoredVersion | None:
        """What the store has of it; None until it is logged."""
        return self._stored

    def bind(self, stored: StoredVersion) -> None:
        """Become what a store has: from now on everything is read from there."""
        self._stored = stored
        self._is_final = True
        self.type, self.client_id, self.server_id = stored.type, stored.client_id, stored.server_id
        self._sink.clear()

    def _manifest(self) -> Manifest:
        return self._stored.manifest if self._stored else self._draft.manifest()

    def names(self, prefix: str = "") -> Sequence[str]:
        """Paths of the entries that begin with `prefix`, in order."""
        if self._stored:
            return self._stored.manifest.names(prefix)
        return [path for path in self._draft.paths() if path.startswith(prefix)]

    def _open_entry(self, entry: ManifestEntry) -> BinaryIO:
        return self._stored.open_entry(entry) if self._stored else additions.open_draft_entry(self, entry)

    def _reader(self) -> Reader | None:
        return self._stored.objects.reader() if self._stored else None

    def _place(self, entry: ManifestEntry) -> str | None:
        return blob_key(entry.digest, entry.epoch) if entry.ref is None and entry.epoch is not None else None

    def _local_file(self, entry: ManifestEntry) -> Path | None:
        draft_entry: DraftEntry | None = None if self._stored else self._draft.get(entry.path)
        return draft_entry.content.local_file() if draft_entry and draft_entry.content else None

    def _resolve_entry(self, entry: ManifestEntry, ref: ArtifactRef) -> ReadableArtifact | None:
        if self._stored is None:
            return self._sink.resolve(ref)
        return self._stored.resolve(ref, entry.digest if is_digest(entry.digest) else "")

    def _resolve(self, ref: ArtifactRef) -> ReadableArtifact | None:
        return self._stored.resolve(ref) if self._stored else self._sink.resolve(ref)
