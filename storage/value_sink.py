"""The port through which values write themselves into an artifact.

It differs from the public `Artifact.add_file` in one thing: bytes that were added before keep their first name. A
picture made of ``p.png`` whose file was added as ``p.png`` points there, and equal pictures share one file; while a
caller who adds the same file under two names gets two entries. So values get this object, not the artifact itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from storage.additions import file_entry, named_by_digest, source_entry, written_content
from storage.draft import DraftEntry
from storage.errors import AlreadyStoredError, VersionConflictError
from storage.reading import ReadableArtifact
from storage.refs import parse_ref
from storage.safe_paths import check_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO, Literal

    from datatypes.base import WBValue
    from datatypes.ports import SourceFile, StoredFile
    from storage.content import Content
    from storage.draft import Draft
    from storage.refs import ArtifactRef
    from storage.state import State

__all__ = ["ValueSink"]

_TABLES = "media/tables/"  # names below it are replaced by digests


class ValueSink:
    """Files and nested values of a draft; a `datatypes.ports.MediaSink`.

    Parameters
    ----------
    draft : Draft
        Where they go.
    """

    dialect: Literal["artifact"] = "artifact"

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._added: dict[int, tuple[WBValue, DraftEntry]] = {}
        self._referred: dict[str, tuple[WBValue, ReadableArtifact]] = {}

    def add_file(self, source: Path | bytes | SourceFile, name: str) -> StoredFile:
        """Take one side file; bytes that were added before keep their first name, if that has the same ending."""
        entry = file_entry(self._draft, source, name)
        first = self._draft.first_with(entry.content, entry.path) if entry.content is not None else None
        return cast("StoredFile", first or self._draft.put(entry))  # its size is known, since its bytes are

    def add(self, value: WBValue, name: str) -> StoredFile:
        """Take a nested value; the same object again gives its first entry."""
        return cast("StoredFile", self.entry_of(value) or self.add_value(value, name)[0])  # as above

    def names(self, prefix: str = "") -> list[str]:
        """Return the names that begin with `prefix`, sorted."""
        return [path for path in self._draft.paths() if path.startswith(prefix)]

    def entry_of(self, value: WBValue) -> DraftEntry | None:
        """Return the entry under which the same object was added."""
        found = self._added.get(id(value))
        return found[1] if found else None

    def add_value(self, value: WBValue, name: str, *, overwrite: bool = False) -> tuple[DraftEntry, bool]:
        """Add a value; returns the entry of its name, and whether that says what the value says.

        Side files of a value whose name is taken stay, as in W&B's SDK; those of one that cannot be written do not.
        """
        wanted = value.entry_name(name)
        check_name(wanted)
        mark = self._draft.mark()
        try:
            reference = self._reference(value, wanted)
            made = reference or self._named(self._written(value), wanted)
            present = None if overwrite else self._draft.get(made.path)
            entry = present or self._draft.put(made, overwrite=overwrite)
        except BaseException:
            self._draft.restore(mark)
            raise
        if entry is reference and value.artifact_source is not None:
            self._referred[entry.path] = (value, cast("ReadableArtifact", value.artifact_source.artifact))
        self._added[id(value)] = (value, entry)
        return entry, entry.digest == made.digest

    def _written(self, value: WBValue) -> Content:
        """Return the JSON of a value as every SDK spells it; its side files are added on the way.

        A value that says that it is large writes its text itself, piece by piece.
        """
        if getattr(value, "is_streamed", False):
            write = cast("Callable[[BinaryIO, ValueSink], None]", value.write_json)  # type: ignore[attr-defined]  # said
            return written_content(self._draft, lambda file: write(file, self))
        return self._draft.spool.add(json.dumps(value.to_json(self), sort_keys=True).encode("ascii"))

    @staticmethod
    def _named(content: Content, wanted: str) -> DraftEntry:
        entry = DraftEntry(wanted, content)
        return named_by_digest(entry) if wanted.startswith(_TABLES) else entry

    def _reference(self, value: WBValue, wanted: str) -> DraftEntry | None:
        """Make a reference to the entry that a value was read from; None if it was made here, or changed since."""
        origin = value.artifact_source
        if origin is None or not origin.name or not value.is_unchanged():
            return None
        source = origin.artifact
        if not isinstance(source, ReadableArtifact) or getattr(source, "value_sink", None) is self:
            return None
        entry = source_entry(source, origin.name, wanted)
        return entry if parse_ref(entry.ref) else None

    def resolve(self, ref: ArtifactRef) -> ReadableArtifact | None:
        """Return the artifact that a reference of this draft leads to, as far as it came in through a value."""
        for _, source in self._referred.values():
            if ref.id == (source.server_id if ref.by_server_id else source.client_id):
                return source
        return None

    def clear(self) -> None:
        """Let go of all values."""
        self._added.clear()
        self._referred.clear()

    # ------------------------------------------------------------------------------------- when it is logged

    def settle(self, state: State) -> tuple[str, ...]:
        """Make sure that what the draft refers to can be read in the store that it goes to.

        A value of a version that is live in that store stays a reference; the client ids of such versions are returned,
        and their bytes stay as long as the new version does, even if they are deleted. A value of anything else is
        written out: its JSON and its side files become entries of the draft.
        """
        needs = set()
        for entry in self._draft:
            if entry.ref is None or not entry.path.endswith(".json"):
                continue  # a file whose bytes are stored needs nothing else; the JSON of a value needs its side files
            if client_id := _live_target(state, entry.ref):
                needs.add(client_id)
            elif entry.path in self._referred:
                self._settle_foreign(entry)
        return tuple(sorted(needs))

    def _settle_foreign(self, entry: DraftEntry) -> None:
        path = entry.path
        value, source = self._referred.pop(path)
        try:
            written = self._written(value)
        except (AlreadyStoredError, LookupError) as error:
            problem = f"refers to a value of {source.qualified_name}, which is not in this store and cannot be copied"
            raise VersionConflictError(
                path, f"{problem} ({error})", "Log that artifact to this store first."
            ) from error
        ref = entry.ref if written.digest == entry.digest else None
        self._draft.put(DraftEntry(path, written, ref=ref), overwrite=True)

    def write_out(self, value: WBValue, path: str) -> None:
        """Replace the entry of exactly that path by what a value writes itself, its side files with it."""
        written = self._written(value)
        self._draft.put(DraftEntry(path, written), overwrite=True)


def _live_target(state: State, ref: str) -> str | None:
    """Return the client id of the live version that a reference leads to."""
    target = parse_ref(ref)
    found = state.find_live(target) if target else None
    return found[1].client_id if found else None
