"""The examination of one value: are its files here, does it open to the end, is its JSON true, does it come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.verifying import declared, records, round_trip, types
from datatypes.registry import batch_tags, decode
from datatypes.wire import tag_of
from storage.errors import UnsafePathError
from storage.safe_paths import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.verifying.part import Part

__all__ = ["inspect", "inspect_inside"]

#: Values inside of values: deeper than tables are nested by anybody.
_MAX_DEPTH = 16


def inspect(part: Part, depth: int = 0) -> None:
    """Examine a value and what is inside of it.

    Parameters
    ----------
    part : Part
        The value; what is found goes to its case.
    depth : int
        How many values it lies in.
    """
    part.case.values += 1
    tag = str(tag_of(part.stored))
    if depth > _MAX_DEPTH:
        part.problem("decode", f"values lie more than {_MAX_DEPTH} deep in each other")
        return
    with part.guarded():
        if tag in batch_tags():
            _inspect_list(part, tag)
            return
        kind = types.for_tag(tag)
        if not _files_are_here(part, kind.side_files(part.stored)):
            return
        before = len(part.case.problems)
        stored = part.stored
        if not records.check_form(part):
            stored = {key: item for key, item in stored.items() if key != "fidelity"}
        value = decode(stored, part.source)
        declared.check_forms(part)
        declared.check_bytes(part)
        kind.inspect(part, value)
        for inside, place in kind.inside(part.stored):
            inspect(part.inner(inside, place), depth + 1)
        if len(part.case.problems) > before:
            return  # what is read wrongly is written wrongly: one fault is one problem
        records.check(part, value)
        if not depth and not part.case.is_partial:
            round_trip.check(part, value)


def inspect_inside(part: Part, stored: Any, source_at: Any, place: str) -> None:
    """Examine the values in stored JSON that is no value itself, at any depth: a row of history.

    Parameters
    ----------
    part : Part
        Whose case takes what is found.
    stored : object
        The JSON.
    source_at : callable
        Returns the source for a key of the row.
    place : str
        Where it lies.
    """
    if isinstance(stored, list):
        for index, item in enumerate(stored):
            inspect_inside(part, item, source_at, f"{place}[{index}]")
    elif isinstance(stored, dict) and tag_of(stored) is None:
        for key, item in stored.items():
            inspect_inside(part, item, source_at, f"{place}.{key}" if place else key)
    elif isinstance(stored, dict):
        key = place.rpartition(".")[2].partition("[")[0]
        inspect(part.inner(stored, place, source_at(key)))


def _inspect_list(part: Part, tag: str) -> None:
    """Examine a list of media, which has a form of its own in a run."""
    values = batch_tags()[tag].seq_from_json(part.stored, part.source)
    said = part.stored.get("count")
    if said is not None and said != len(values):
        part.problem("decode", f'says "count" {said} and holds {len(values):,}')
    for index, (item, value) in enumerate(_items(part, values)):
        inner = part.inner(item, f"item {index}")
        kind = types.for_tag(str(tag_of(item)))
        inner.case.values += 1
        with inner.guarded():
            if _files_are_here(inner, kind.side_files(item)):
                declared.check_forms(inner)
                declared.check_bytes(inner)
                kind.inspect(inner, value)
                records.check(inner, value)
    types.for_tag(tag).inspect_list(part, values)


def _items(part: Part, values: list[Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Pair the items of a list with their JSON; where a list has none for each, with the least that it could be."""
    lists = (part.stored.get(key) for key in ("audio", "videos", "html", "objects"))
    jsons: list[Any] = next((found for found in lists if isinstance(found, list)), [])
    for index, value in enumerate(values):
        item = jsons[index] if index < len(jsons) and isinstance(jsons[index], dict) else {}
        yield {"_type": value.artifact_type, "path": value.path, **item}, value


def _files_are_here(part: Part, names: Iterator[str] | list[str]) -> bool:
    """Check closure; whether the value can be opened. What fixity has named already is not named again."""
    whole = True
    for name in names:
        if name in part.case.broken:
            whole = False
            continue
        try:
            check_name(name)
        except UnsafePathError as error:
            part.problem("reference", f"names {ascii(name)[1:-1]}, which {error.problem}", error.remedy)
            whole = False
            continue
        if not part.files.has(name):
            what = "run has no such file" if part.is_in_run else "manifest has no such entry"
            part.problem("reference", f"names {ascii(name)[1:-1]}, and the {what}")
            whole = False
        elif not part.files.has_bytes(name):
            whole = False
    part.case.is_partial = part.case.is_partial or not whole
    return whole
