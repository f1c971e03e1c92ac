"""The types that a table declares for its columns, beside the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes.registry import class_for_tag, type_mapping
from datatypes.wire import tag_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.verifying.part import Part

__all__ = ["check", "kinds"]


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


#: Types whose cells are plain JSON, and what such a cell is. W&B reads null in any column.
_PLAIN: dict[str, Callable[[Any], bool]] = {
    "number": _is_number,
    "string": lambda cell: isinstance(cell, str),
    "boolean": lambda cell: isinstance(cell, bool),
    "timestamp": _is_number,
}


def kinds(stored: dict[str, Any]) -> dict[str, str]:
    """Return column → name of its declared type, without whether it may be missing; empty if none are declared."""
    types = stored.get("column_types")
    params = types.get("params") if isinstance(types, dict) else None
    found = params.get("type_map") if isinstance(params, dict) else None
    return {name: _kind(item) for name, item in found.items()} if isinstance(found, dict) else {}


def _kind(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    params = item.get("params")
    allowed = params.get("allowed_types") if isinstance(params, dict) else None
    if item.get("wb_type") == "union" and isinstance(allowed, list):
        rest = [_kind(one) for one in allowed if _kind(one) != "none"]
        return rest[0] if len(rest) == 1 else ""
    return str(item.get("wb_type", ""))


def _test_of(kind: str) -> Callable[[Any], bool] | None:
    """Return what says whether a cell is of a type; None for types whose cells may be anything."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    wanted = class_for_tag(kind) if kind in type_mapping() else None
    if wanted is None:
        return None
    return lambda cell: (tag := tag_of(cell)) is not None and class_for_tag(tag) is wanted


def _class_ids(item: Any) -> set[Any] | None:
    """Return the ids that a column of class ids may hold; None if it is no such column, or does not say."""
    params = item.get("params") if isinstance(item, dict) else None
    if not isinstance(params, dict):
        return None
    if isinstance(allowed := params.get("allowed_types"), list):
        return next((found for one in allowed if (found := _class_ids(one)) is not None), None)
    valid = params.get("valid_ids")
    inner = valid.get("params") if isinstance(valid, dict) else None
    consts = inner.get("allowed_types") if isinstance(inner, dict) else None
    if not isinstance(consts, list):
        return None
    values = [one.get("params", {}).get("val") for one in consts if isinstance(one, dict)]
    return {value for value in values if isinstance(value, int | str)}


def _ids_of_file(part: Part, declared: Any) -> set[Any] | None:
    """Return the ids of the class set that a column's type names; None if it names none that is here."""
    waiting = [declared]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            place = item.get("classes_obj")
            path = place.get("path") if isinstance(place, dict) else None
            if isinstance(path, str) and part.files.has(path) and part.files.has_bytes(path):
                return {one.get("id") for one in getattr(part.source.get(path), "class_set", [])}
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return None


def _check_class_ids(part: Part, name: str, cells: list[Any]) -> None:
    """Compare the ids of a column with its class set."""
    declared = part.stored["column_types"]["params"]["type_map"][name]
    known = _class_ids(declared)
    if known is None:
        return
    if (found := _ids_of_file(part, declared)) is not None and (lost := known - found):
        some = min(map(str, lost))
        part.problem("reference", f'column "{name}" may hold class {some}, which its class set does not have')
        return
    for number, cell in enumerate(cells):
        if cell is not None and (not isinstance(cell, int | str) or cell not in known):
            part.problem("reference", f'row {number}, column "{name}": {cell!r:.60} is no id of its class set')
            return


def check(part: Part) -> None:
    """Compare declared types with cells; W&B's SDK cannot read a table whose cells do not fit.

    Parameters
    ----------
    part : Part
        A table with its rows; takes what is found.
    """
    columns, data = part.stored.get("columns"), part.stored.get("data")
    if "column_types" not in part.stored or not isinstance(columns, list) or not isinstance(data, list):
        return
    declared = kinds(part.stored)
    for index, name in enumerate(columns):
        if str(name) not in declared:
            part.problem("decode", f'column "{name}" has no declared type')
            continue
        _check_class_ids(part, str(name), [row[index] for row in data if isinstance(row, list) and index < len(row)])
        fits = _test_of(declared[str(name)])
        for number, row in enumerate(data if fits is not None else ()):
            cell = row[index] if isinstance(row, list) and index < len(row) else None
            if fits is not None and cell is not None and not fits(cell):
                kind = declared[str(name)]
                part.problem("decode", f'row {number}, column "{name}": {cell!r:.60} is no {kind}, as is declared')
                break
