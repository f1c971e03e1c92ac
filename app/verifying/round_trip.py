"""Whether a value comes back: read, written again into memory, its JSON is equal, or the same by value.

Values of other SDKs are written in today's form: fields that old ones did not have are added, none is lost. So either
the JSON is equal, or it has every field of the stored one and reads as an equal value.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from datatypes.base import WBValue
from datatypes.ports import Dialect, SourceFile
from datatypes.registry import decode
from datatypes.wire import canonical_json, tag_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.verifying.part import Part

__all__ = ["Rewritten", "check"]

#: Tags that a run writes and an artifact spells otherwise; those that only point at an artifact.
_OWN_FORM = frozenset({"table-file", "incremental-table-file", "eval-table"})

#: Fields that name files by their bytes or their place: another name of the same bytes is no difference.
_NAMES = frozenset({"path", "sha256", "size", "digest", "artifact_path", "_latest_artifact_path"})


#: Facts about the form of the JSON.
_SPELLING = frozenset({"path", "has_sha256", "json_keys", "json_sample_rate", "column_types", "size"})


class _File(NamedTuple):
    path: str
    digest: str
    size: int


class Rewritten:
    """Where a value is written to and read from again: new files in memory, those of its source as they lie there.

    Parameters
    ----------
    part : Part
        The value.
    """

    dialect: Dialect = "artifact"
    key = ""
    step = 0

    def __init__(self, part: Part) -> None:
        self._source = part.source
        self._known = part.files
        self._files: dict[str, bytes] = {}

    def add_file(self, source: Path | bytes | SourceFile, name: str) -> _File:
        """Take a file; one of the value's own source keeps its place."""
        import hashlib

        if isinstance(source, SourceFile):
            if source.source is self._source and self._known.has(source.name):
                return _File(source.name, self._known.sha256(source.name), self._known.size(source.name))
            with source.source.open(source.name) as file:
                data = file.read()
        else:
            data = source if isinstance(source, bytes) else source.read_bytes()
        if self._files.setdefault(name, data) != data:
            raise ValueError(f"{name}: other bytes have this name. Give another.")
        return _File(name, hashlib.sha256(data).hexdigest(), len(data))

    def add(self, value: WBValue, name: str) -> _File:
        """Take a nested value."""
        name = value.entry_name(name) if hasattr(value, "entry_name") else value.with_suffix(name)
        return self.add_file(canonical_json(value.to_json(self)), name)

    def open(self, name: str) -> BinaryIO:
        """Open a new file, else one of the source."""
        if name in self._files:
            return io.BytesIO(self._files[name])
        found: BinaryIO = self._source.open(name)
        return found

    def local_path(self, name: str) -> Path:
        """Path of a file of the source."""
        found: Path = self._source.local_path(name)
        return found

    def get(self, name: str) -> WBValue | None:
        """Return a nested value."""
        if name in self._files:
            import json

            found: WBValue = decode(json.loads(self._files[name]), self)
            return found
        given: WBValue | None = self._source.get(name)
        return given

    def names(self, prefix: str = "") -> Sequence[str]:
        """Names of all files."""
        mine = [name for name in self._files if name.startswith(prefix)]
        return [*self._source.names(prefix), *mine]

    def resolve(self, uri: str) -> Any:
        """Find what a reference leads to, as the source does."""
        found = getattr(self._source, "resolve", None)
        return found(uri) if found is not None else None


def check(part: Part, value: Any) -> None:
    """Write a value again and compare.

    Parameters
    ----------
    part : Part
        Its stored JSON; takes what is found.
    value : WBValue
        As decoded from it.
    """
    if str(tag_of(part.stored)) in _OWN_FORM or not isinstance(value, WBValue):
        return
    with part.guarded("roundtrip"):
        target = Rewritten(part)
        again = value.to_json(target)
        if again == part.stored or canonical_json(again) == canonical_json(part.stored):
            return
        lost = [] if part.is_in_run else sorted(_lost(part.stored, again))
        if lost:
            part.problem(
                "roundtrip", f'written again it has no "{lost[0]}"' + _more(lost), "Tell us; keep the original."
            )
            return
        reread = decode(again, target)
        if not _is_equal(value, reread):
            differing = sorted(key for key, item in part.stored.items() if again.get(key) != item)
            names = ", ".join(differing[:5]) or "its files"
            part.problem("roundtrip", f"written and read again it is another value; {names} differ")


def _is_equal(value: Any, again: Any) -> bool:
    """Whether two values are equal, or the second says everything that the first does.

    A picture written today has the names of all its classes in one set, where an old SDK lost those of its boxes.
    """
    if type(value) is not type(again):
        return False
    return bool(value == again) or _is_kept(value.facts(), again.facts())


def _is_kept(before: Any, after: Any, key: str = "") -> bool:
    """Whether every fact is there again; names of files may differ, their digests may not."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(
            name in after and _is_kept(item, after[name], name) for name, item in before.items() if _counts(name)
        )
    if isinstance(before, list) and isinstance(after, list):
        if key == "classes":
            return all(item in after for item in before)
        return len(before) == len(after) and all(map(_is_kept, before, after))
    return bool(before == after)


def _counts(name: str) -> bool:
    """Whether a fact is about the value, and not about how its JSON is spelt."""
    return name not in _SPELLING and not name.endswith("_path")


def _lost(stored: dict[str, Any], again: dict[str, Any]) -> set[str]:
    """Return the fields with something in them that the JSON written again does not have."""
    return {key for key, item in stored.items() if key not in again and item not in (None, {}, [], False)} - _NAMES


def _more(names: list[str]) -> str:
    return f" and {len(names) - 1} more fields" if len(names) > 1 else ""
