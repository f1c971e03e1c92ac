"""What differs between two versions, entries or files: measured by value where a value decodes, else by bytes.

Equal digests are equal content and are not decoded. A side file that only a changed value names is no difference of its
own: it is a part of that value.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["Change", "Difference", "compare_artifacts", "compare_entries", "nonzero"]

#: What decoders raise on damaged files, besides the errors of our own libraries, which derive from these.
_DECODE_ERRORS = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
#: Measures that are not zero for equal values, with the value that they have then.
_EQUAL = {"psnr_db": math.inf, "snr_db": math.inf, "mask_iou": 1.0}
#: Counts of what is the same.
_SAME = frozenset({"matched", "compared"})
#: Fields of a value that say where and in which bytes it lies, or what its conversion cost: not what it is. The rows of
#: a table are measured cell by cell.
_PLACE = frozenset({"path", "sha256", "size", "digest", "fidelity", "artifact_path", "_latest_artifact_path"})
_MEASURED = {"table": frozenset({"data"})}
_PIECE = 1 << 20


class Change(NamedTuple):
    """An entry that is in both and differs."""

    entry: str
    type: str
    """Wire tag; ``"json"`` or ``"file"`` for what is no value; ``"a → b"`` where the types differ."""
    metrics: dict[str, Any]


class Difference(NamedTuple):
    """What it takes to get from one to the other."""

    added: list[str]
    removed: list[str]
    changed: list[Change]

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.changed)

    def as_json(self) -> dict[str, Any]:
        """Return the document that ``vitrina diff --json`` prints."""
        changed = [change._asdict() for change in self.changed]
        return {
            "equal": self.is_equal,
            "entries": {"added": self.added, "removed": self.removed, "changed": changed},
        }


def compare_artifacts(left: Any, right: Any) -> Difference:
    """Compare all entries of two artifacts.

    Parameters
    ----------
    left, right : StoredArtifact
        The entries of `right` that `left` lacks are *added*.
    """
    mine, its = set(left.manifest.entries), set(right.manifest.entries)
    added, removed, changed = its - mine, mine - its, []
    for name in sorted(mine & its):
        if _is_same_content(left, name, right, name):
            continue
        parts = _named_in(left, name) | _named_in(right, name)
        added, removed = added - parts, removed - parts
        change = compare_entries(left, name, right, name)
        if change is not None:
            changed.append(change)
    return Difference(sorted(added), sorted(removed), changed)


def compare_entries(left: Any, left_name: str, right: Any, right_name: str) -> Change | None:
    """Compare two entries; None if they are equal, by bytes or by value.

    What does not decode is compared by its bytes, with a ``problem`` among the metrics.
    """
    if _is_same_content(left, left_name, right, right_name):
        return None
    try:
        mine, its = left.get(left_name), right.get(right_name)
        if mine is not None and its is not None:
            return _compare_values((left, left_name, mine), (right, right_name, its))
        if mine is None and its is None and left_name.endswith(".json") and right_name.endswith(".json"):
            return _compare_documents(left_name, left.json(left_name), right.json(right_name))
    except _DECODE_ERRORS as error:
        metrics = _compare_files(left, left_name, right, right_name)
        return Change(left_name, "file", {"problem": str(error) or type(error).__name__, **metrics})
    kinds = [_kind(mine), _kind(its)]
    type_ = kinds[0] if kinds[0] == kinds[1] else " → ".join(kinds)
    metrics = _compare_files(left, left_name, right, right_name)
    return Change(left_name, type_, metrics if kinds[0] == kinds[1] else {"type_changed": 1, **metrics})


def _kind(value: Any) -> str:
    return "file" if value is None else str(value.artifact_type)


def _compare_values(left: tuple[Any, str, Any], right: tuple[Any, str, Any]) -> Change | None:
    (_, name, mine), (_, _, its) = left, right
    if type(mine) is not type(its):
        return Change(name, f"{_kind(mine)} → {_kind(its)}", {"type_changed": 1})
    metrics = mine.difference(its)
    if not any(nonzero(metrics)):
        stored = _compare_documents(name, _content(left), _content(right))
        if stored is None:
            return None
        metrics = {**metrics, "json": stored.metrics}
    return Change(name, _kind(mine), metrics)


def _content(item: tuple[Any, str, Any]) -> Any:
    """Return the stored JSON of a value without what says where it lies; nothing of a plain medium."""
    artifact, name, _ = item
    return _without_place(artifact.json(name)) if name.endswith(".json") else None


def _without_place(stored: Any) -> Any:
    """Take off the fields of place from values, at any depth, and from nothing else: other dicts are the user's."""
    if isinstance(stored, dict):
        tag = _tag(stored)
        place = frozenset() if tag is None else _PLACE | _MEASURED.get(tag, frozenset())
        return {key: _without_place(item) for key, item in stored.items() if key not in place}
    return [_without_place(item) for item in stored] if isinstance(stored, list) else stored


def _compare_documents(name: str, left: Any, right: Any) -> Change | None:
    from datatypes.json_difference import compare_json

    metrics = compare_json(left, right)
    return Change(name, "json", metrics) if any(nonzero(metrics)) else None


def nonzero(metrics: Any, place: str = "") -> Iterator[str]:
    """Give each measure that says that something differs, as ``name = number``."""
    if isinstance(metrics, dict):
        for key, item in metrics.items():
            if key in _EQUAL:
                parts = item if isinstance(item, dict) else {"": item}
                for part, number in parts.items():
                    if number != _EQUAL[key]:
                        yield f"{place}{key}{'.' if part else ''}{part} = {_number(number)}"
            elif key not in _SAME:
                yield from nonzero(item, f"{place}.{key}" if place and not place.endswith(".") else f"{place}{key}")
    elif isinstance(metrics, list | tuple | str):
        if metrics:
            yield f"{place} = {metrics}"
    elif metrics is not None and metrics != 0:
        yield f"{place} = {_number(metrics)}"


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _is_same_content(left: Any, left_name: str, right: Any, right_name: str) -> bool:
    """Whether two entries hold the same bytes. ``stat:`` and other identities are no digests: then the bytes count."""
    from storage.hashing import hash_file, hasher_for

    mine, its = left.get_path(left_name), right.get_path(right_name)
    if mine.digest == its.digest and (hasher_for(mine.digest) is not None or (mine.ref and mine.ref == its.ref)):
        return True
    if len(mine.digest) == len(its.digest) and hasher_for(mine.digest) and hasher_for(its.digest):
        return False
    try:
        with left.open(left_name) as one, right.open(right_name) as other:
            return bool(hash_file(one).text == hash_file(other).text)
    except _DECODE_ERRORS:
        return False


def _compare_files(left: Any, left_name: str, right: Any, right_name: str) -> dict[str, Any]:
    """Return where two files differ first, and how long they are."""
    try:
        with left.open(left_name) as one, right.open(right_name) as other:
            offset = _first_difference(one, other)
    except _DECODE_ERRORS as error:
        return {"changed": 1, "unreadable": str(error) or type(error).__name__}
    sizes = [left.get_path(left_name).size, right.get_path(right_name).size]
    return {"changed": 1, "first_difference": offset, "sizes": sizes}


def _first_difference(left: BinaryIO, right: BinaryIO) -> int:
    """Return the offset of the first byte that differs; the shorter length if one begins with the other."""
    start = 0
    while True:
        mine, its = left.read(_PIECE), right.read(_PIECE)
        if mine != its or not mine:
            shared = min(len(mine), len(its))
            pairs = enumerate(zip(mine[:shared], its[:shared], strict=True))
            return start + next((index for index, (one, other) in pairs if one != other), shared)
        start += len(mine)


def _named_in(artifact: Any, name: str) -> set[str]:
    """Return the side files that the JSON of an entry names: paths of values, of class files, of arrays."""
    if not name.endswith(".json"):
        return set()
    try:
        pending, found = [artifact.json(name)], set()
    except _DECODE_ERRORS:
        return set()
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            arrays = item.get("serialization_path")
            for holder in (item if _tag(item) else None, arrays):
                if isinstance(holder, dict) and isinstance(holder.get("path"), str):
                    found.add(holder["path"])
            exact = item.get("exact")  # beside the record of a picture that keeps its array
            if isinstance(exact, dict) and isinstance(exact.get("path"), str):
                found.add(exact["path"])
        if isinstance(item, dict | list):
            pending.extend(item.values() if isinstance(item, dict) else item)
    return found


def _tag(stored: dict[str, Any]) -> str | None:
    """Return what a dict of stored JSON is, if it is a value or the reference to a class file."""
    from datatypes.wire import tag_of

    return tag_of(stored) or ("classes-file" if stored.get("type") == "classes-file" else None)
