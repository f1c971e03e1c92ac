"""The type that holds all of two types, by W&B's rules; see `datatypes.column_inference` for cells."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from datatypes.column_pictures import merge_pictures
from datatypes.column_types import UNKNOWN, ColumnType, list_of, members, typed_dict, union

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["admit_union", "merge"]


def admit_union(column_type: ColumnType, fit: Callable[[ColumnType], ColumnType | None]) -> ColumnType | None:
    """Give a value to the first member that takes it; what is unknown takes any kind, once."""
    allowed = column_type.params["allowed_types"]
    for index, member in enumerate(allowed):
        if member.name == "unknown":
            continue
        found = fit(member)
        if found is not None:
            return column_type if found == member else union([*allowed[:index], found, *allowed[index + 1 :]])
    if not any(member.name == "unknown" for member in allowed):
        return None
    found = fit(UNKNOWN)
    return None if found is None else union([*(item for item in allowed if item.name != "unknown"), found])


def _merge_into(other: ColumnType, column_type: ColumnType) -> ColumnType | None:
    return merge(column_type, other)


def merge(column_type: ColumnType, other: ColumnType) -> ColumnType | None:  # a table of W&B's rules
    """Return the type that holds all of both; None if W&B's rules do not let one column have both."""
    name, kind = column_type.name, other.name
    if name == "union":
        found: ColumnType | None = column_type
        for item in members(other):
            found = None if found is None else admit_union(found, functools.partial(_merge_into, item))
        return found
    if name == "unknown":
        return None if kind == "none" else other
    if name == "any":
        return None if kind == "none" else column_type
    if name in _TAKES:
        return column_type if kind in _TAKES[name] else None
    if name != kind:
        return None
    if name == "list":
        return _merge_lists(column_type, other)
    if name in ("typedDict", "table"):
        return _merge_maps(column_type, other)
    if name == "image-file":
        return merge_pictures(column_type, other)
    if name == "ndarray":
        return column_type if column_type.params["shape"] == other.params["shape"] else None
    return column_type if column_type == other else None


#: Kinds that cells of keys and links arrive as.
_TAKES = {
    "artifactVersion": ("artifactVersion",),
    "foreignIndex": ("number", "foreignIndex"),
    "foreignKey": ("string", "foreignKey"),
    "primaryKey": ("string", "primaryKey", "foreignKey"),
}


def _merge_lists(left: ColumnType, right: ColumnType) -> ColumnType | None:
    element = merge(left.params["element_type"], right.params["element_type"])
    if right.params["element_type"] == UNKNOWN:  # an empty list fits every list
        element = left.params["element_type"]
    if element is None:
        return None
    length = left.params["length"] if left.params["length"] == right.params["length"] else None
    return list_of(element, length)


def _merge_maps(left: ColumnType, right: ColumnType) -> ColumnType | None:
    if left.name == "table":
        inner = merge(left.params.get("column_types", UNKNOWN), right.params.get("column_types", UNKNOWN))
        return None if inner is None else ColumnType("table", {"column_types": inner})
    mine, its = left.params["type_map"], right.params["type_map"]
    if its.keys() - mine.keys():
        return None
    merged = {key: merge(item, its[key]) if key in its else item for key, item in mine.items()}
    return None if None in merged.values() else typed_dict({key: item for key, item in merged.items() if item})
