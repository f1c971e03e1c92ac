"""Two entries against each other: measured by value where a value decodes, else by path, by line or by bytes."""

from __future__ import annotations

from typing import Any

from app.comparing.content import DECODE_ERRORS, compare_files, is_same_content, tag_of_stored
from app.comparing.measures import has_changed
from app.comparing.model import Change
from app.comparing.severity import severity_of

__all__ = ["compare_entries", "compare_values", "kind_of"]

#: Fields of a value that say where and in which bytes it lies, or what its conversion cost: not what it is. The rows of
#: a table are measured cell by cell.
_PLACE = frozenset({"path", "sha256", "size", "digest", "fidelity", "artifact_path", "_latest_artifact_path"})
_MEASURED = {"table": frozenset({"data"})}


def compare_entries(left: Any, left_name: str, right: Any, right_name: str, *, key: str | None = None) -> Change | None:
    """Compare two entries; None if they are equal, by bytes or by value.

    What does not decode is compared by its bytes, with a ``problem`` among the metrics.

    Parameters
    ----------
    left, right : StoredArtifact
        Where they lie.
    left_name, right_name : str
        Their full names.
    key : str, optional
        Column that tells the rows of tables apart, where both have it.
    """
    if is_same_content(left, left_name, right, right_name):
        return None
    try:
        mine, its = left.get(left_name), right.get(right_name)
        if mine is not None and its is not None:
            return _compare_stored((left, left_name, mine), (right, right_name, its), key)
        if mine is None and its is None and left_name.endswith(".json") and right_name.endswith(".json"):
            return _compare_documents(left_name, left.json(left_name), right.json(right_name))
    except DECODE_ERRORS as error:
        places = left.get_path(left_name), right.get_path(right_name)
        if all(place.ref is not None for place in places):  # shown, and never followed: what is recorded is compared
            return _compare_references(left_name, *places)
        metrics = compare_files(left, left_name, right, right_name)
        return Change(left_name, "file", {"problem": str(error) or type(error).__name__, **metrics})
    kinds = [kind_of(mine), kind_of(its)]
    metrics = compare_files(left, left_name, right, right_name)
    if kinds[0] != kinds[1]:
        return Change(left_name, " → ".join(kinds), {"type_changed": 1, **metrics})
    return Change(left_name, kinds[0], metrics, severity_of(metrics))


def _compare_references(name: str, left: Any, right: Any) -> Change:
    pairs = {"reference": (left.ref, right.ref), "digest": (left.digest, right.digest)}
    if left.size is not None and right.size is not None:
        pairs["sizes"] = left.size, right.size
    return Change(name, "reference", {key: list(pair) for key, pair in pairs.items() if pair[0] != pair[1]})


def kind_of(value: Any) -> str:
    """Return the wire tag of a value, of lists that of their items; ``"file"`` of none."""
    if isinstance(value, list):
        kinds = sorted({kind_of(item) for item in value})
        return f"list of {' and '.join(kinds)}" if kinds else "list"
    if value is None:
        return "file"
    tag = getattr(value, "artifact_type", "json") or getattr(value, "tag", "")  # an unknown type knows its own
    return str(tag)


def compare_values(left: Any, right: Any, key: str | None = None) -> dict[str, Any]:
    """Measure two values, two lists of values or two plain documents.

    Returns
    -------
    dict
        What `difference` of the type gives; ``type_changed`` for two types; of lists ``items_added``,
        ``items_removed``, ``items_changed`` and under ``items`` the measures of those that changed, by number.
    """
    from datatypes.base import WBValue
    from datatypes.json_difference import compare_json

    if isinstance(left, WBValue) and isinstance(right, WBValue):
        if type(left) is not type(right):
            return {"type_changed": 1}
        if (
            key is not None
            and hasattr(left, "get_column")
            and all(key in getattr(item, "columns", ()) for item in (left, right))
        ):
            found: dict[str, Any] = left.difference(right, key)  # type: ignore[call-arg]  # a table
            return found
        return left.difference(right)
    if isinstance(left, WBValue) or isinstance(right, WBValue):
        return {"type_changed": 1}
    if _is_list_of_values(left) and _is_list_of_values(right):
        return _compare_lists(left, right)
    return compare_json(left, right)


def _is_list_of_values(value: Any) -> bool:
    from datatypes.base import WBValue

    return isinstance(value, list) and any(isinstance(item, WBValue) for item in value)


def _compare_lists(left: list[Any], right: list[Any]) -> dict[str, Any]:
    both = min(len(left), len(right))
    measured = {str(at): compare_values(left[at], right[at]) for at in range(both)}
    changed = {at: metrics for at, metrics in measured.items() if has_changed(metrics)}
    return {
        "items_added": len(right) - both,
        "items_removed": len(left) - both,
        "items_changed": len(changed),
        "items": changed,
    }


def _compare_stored(left: tuple[Any, str, Any], right: tuple[Any, str, Any], key: str | None) -> Change | None:
    (_, name, mine), (_, _, its) = left, right
    kinds = [kind_of(mine), kind_of(its)]
    metrics = compare_values(mine, its, key)
    if "type_changed" in metrics:
        return Change(name, " → ".join(kinds), metrics)
    if not has_changed(metrics):
        stored = _compare_documents(name, _content(left), _content(right))
        if stored is None:
            return None
        metrics = {**metrics, "json": stored.metrics}
    return Change(name, kinds[0], metrics, severity_of(metrics, mine, its))


def _content(item: tuple[Any, str, Any]) -> Any:
    """Return the stored JSON of a value without what says where it lies; nothing of a plain medium."""
    artifact, name, _ = item
    return _without_place(artifact.json(name)) if name.endswith(".json") else None


def _without_place(stored: Any) -> Any:
    """Take off the fields of place from values, at any depth, and from nothing else: other dicts are the user's."""
    if isinstance(stored, dict):
        tag = tag_of_stored(stored)
        place = frozenset() if tag is None else _PLACE | _MEASURED.get(tag, frozenset())
        return {key: _without_place(item) for key, item in stored.items() if key not in place}
    return [_without_place(item) for item in stored] if isinstance(stored, list) else stored


def _compare_documents(name: str, left: Any, right: Any) -> Change | None:
    from datatypes.json_difference import compare_json

    metrics = compare_json(left, right)
    return Change(name, "json", metrics, severity_of(metrics, left, right)) if has_changed(metrics) else None
