"""An artifact without needs: what it refers to in other artifacts, written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datatypes.base import WBValue
from storage.artifact import Artifact
from storage.draft import DraftEntry
from storage.refs import parse_ref

if TYPE_CHECKING:
    from storage.reading import ReadableArtifact

__all__ = ["self_contained"]


def self_contained(source: ReadableArtifact) -> Artifact:
    """Return a draft of an artifact in which no reference leads to another artifact that can be read here.

    A file that was a reference is a file. A value that was one is written out, its side files with it; if other bytes
    have the name of a side file, the value gives it another name. References to anything but artifacts stay.
    """
    flat = Artifact.copy_of(source)
    draft = flat.entry_draft
    for entry in list(draft):
        if entry.ref is None or parse_ref(entry.ref) is None:
            continue
        value = source.get(entry.path) if entry.path.endswith(".json") else None
        if isinstance(value, WBValue):
            value.artifact_source = None if value.artifact_source is None else value.artifact_source.artifact
            flat.value_sink.write_out(value, entry.path)
        elif entry.content is not None:
            draft.put(DraftEntry(entry.path, entry.content, extra=entry.extra), overwrite=True)
    return flat
