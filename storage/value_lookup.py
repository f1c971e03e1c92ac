"""Finding and decoding the values of an artifact: what reading knows of `datatypes`, which is `WBValue` alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage.errors import CorruptBlobError, InvalidNameError, MissingFileError, NotReadableError
from storage.strict_json import load_json

if TYPE_CHECKING:
    from datatypes.base import WBValue
    from storage.manifest import ManifestEntry
    from storage.reading import ReadableArtifact

__all__ = ["decode", "find_entry", "value_names"]

_HEAD_BYTES = 64 << 10  # keys are sorted, so the tag stands near the start
_TAG = re.compile(rb'"(?:_type|type)"\s*:\s*"')


def find_entry(artifact: ReadableArtifact, name: str) -> ManifestEntry | None:
    """Find an entry: exactly of that name, else the only one that has it before a suffix.

    Raises
    ------
    InvalidNameError
        If several would fit.
    """
    entries = artifact.manifest.entries
    if name in entries:
        return entries[name]
    from datatypes.base import WBValue

    wanted = {cls.with_suffix(name) for cls in WBValue.type_mapping().values()} | {f"{name}.json"}
    fits = sorted(path for path in wanted if path != name and path in entries)
    if not fits:
        rest = re.compile(re.escape(name) + r"\.[^./]+\.json")
        fits = [path for path in artifact.names(f"{name}.") if rest.fullmatch(path) and _has_tag(artifact, path)]
    if len(fits) > 1:
        problem = f"{name!a} fits more than one entry: {', '.join(fits)}"
        raise InvalidNameError(artifact.qualified_name, problem, "Give the full name.")
    return entries[fits[0]] if fits else None


def decode(artifact: ReadableArtifact, entry: ManifestEntry) -> WBValue | None:
    """Return the value that an entry holds, by its tag; a medium without JSON by its extension; else None."""
    from datatypes.base import WBValue
    from datatypes.registry import value_from_file
    from datatypes.wire import is_value_json

    if entry.path.endswith(".json"):
        document = artifact.json(entry.path)
        if is_value_json(document):
            value: WBValue = WBValue.init_from_json(document, artifact)
            if isinstance(value, WBValue):  # a tag of lists gives a list
                value.set_artifact_source(artifact, entry.path)
            return value
    medium = value_from_file(entry.path, artifact)
    if medium is not None and medium.artifact_source is None:
        medium.set_artifact_source(artifact)  # without a name: the entry is its file, not its JSON
    return medium


def value_names(artifact: ReadableArtifact) -> list[str]:
    """Return the paths of the entries that are values; see `ReadableArtifact.value_names`."""
    from datatypes.base import WBValue

    known = tuple(f".{tag}.json" for tag in WBValue.type_mapping())
    jsons = (name for name in artifact.names() if name.endswith(".json"))
    return [name for name in jsons if name.endswith(known) or _has_tag(artifact, name)]


def _has_tag(artifact: ReadableArtifact, name: str) -> bool:
    from datatypes.wire import is_value_json

    try:
        with artifact.open(name) as file:
            head = file.read(_HEAD_BYTES)
        if len(head) == _HEAD_BYTES:
            return _TAG.search(head) is not None
        return is_value_json(load_json(head, name))
    except (MissingFileError, CorruptBlobError, NotReadableError):
        return False
