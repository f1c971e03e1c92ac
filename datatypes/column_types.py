"""Types of table columns, as ``column_types`` in the JSON of a table says them: the model, its JSON, its short form.

A type is a name with parameters; `datatypes.column_inference` finds types for cells. Source of all names and rules: SDK
0.31.0, and the old names of SDK 0.10.13.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from datatypes.errors import WireFormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "ANY",
    "BOOLEAN",
    "NONE",
    "NUMBER",
    "OLD_NAMES",
    "STRING",
    "TIMESTAMP",
    "UNKNOWN",
    "ColumnType",
    "TypePart",
    "column_type_from_json",
    "constant",
    "list_of",
    "members",
    "optional",
    "python_object",
    "short_form",
    "typed_dict",
    "types_from_json",
    "types_to_json",
    "union",
]

#: Names that SDK 0.10.13 to 0.10.29 wrote, and what they are called since.
OLD_NAMES = {
    "dictionary": "typedDict",
    "object": "pythonObject",
    "wandb.Classes_id": "classesId",
    "wandb.Image": "image-file",
    "wandb.JoinedTable": "joined-table",
    "wandb.PartitionedTable": "partitioned-table",
    "wandb.Table": "table",
    "wandb.TableForeignIndex": "foreignIndex",
    "wandb.TableForeignKey": "foreignKey",
    "wandb.TablePrimaryKey": "primaryKey",
}

#: Nobody nests types deeper; a stranger's JSON might.
_MAX_DEPTH = 32

#: What the type of a picture column gathers from its pictures; each is written as a `const`.
_PICTURE_SETS = ("box_layers", "mask_layers")
_PICTURE_MAPS = ("box_class_maps", "class_map", "mask_class_maps")


class TypePart:
    """A parameter that is no plain JSON: a table or a class set that has to be stored before it can be named."""

    def to_json(self) -> Any:
        """Return what stands for it where nothing is stored."""
        raise NotImplementedError


class ColumnType:
    """Type of a column, or of what lies inside its cells.

    Parameters
    ----------
    name : str
        ``wb_type``: ``"number"``, ``"union"``, ``"image-file"`` …
    params : dict, optional
        By name: ``union`` has ``allowed_types`` (tuple of types), ``list`` ``element_type`` and ``length``,
        ``typedDict`` ``type_map``, ``const`` ``val`` and ``is_set``, ``ndarray`` ``shape`` (tuple of int) and
        ``serialization_path``, ``pythonObject`` ``class_name``. Others are kept as they are.
    """

    __slots__ = ("name", "params")

    def __init__(self, name: str, params: dict[str, Any] | None = None) -> None:
        self.name = name
        self.params = params or {}

    def to_json(self, place: Callable[[TypePart], Any] | None = None) -> dict[str, Any]:
        """Return the JSON; `place` stores a part (the table behind a key) and returns how it is named."""
        params = {key: _plain(value, place) for key, value in self.params.items()}
        if self.name == "image-file":
            params = {key: _picture_const(key, value) for key, value in sorted(self.params.items())}
        return {"params": params, "wb_type": self.name} if params else {"wb_type": self.name}

    def __eq__(self, other: object) -> bool:
        """Equal if name and parameters are."""
        return isinstance(other, ColumnType) and self.name == other.name and self.params == other.params

    __hash__ = None  # type: ignore[assignment]  # parameters are dicts

    def __str__(self) -> str:
        """Text that W&B sorts the members of a union by; also how errors name a type."""
        if self.name == "union":
            return " or ".join(str(item) for item in self.params["allowed_types"])
        if self.name == "list":
            return f"{self.params['element_type']}[]"
        if self.name == "typedDict":
            return "{" + ", ".join(f"{key!r}: {item}" for key, item in self.params["type_map"].items()) + "}"
        if self.name == "const":
            return str(self.params["val"])
        shown = {key: value for key, value in self.params.items() if key != "serialization_path"}
        if self.name == "ndarray":
            shown["shape"] = list(shown.get("shape") or ())
        tail = ", ".join(f"{key}:{value}" for key, value in shown.items())
        return self.name.capitalize() + (f"({tail})" if tail else "")

    def __repr__(self) -> str:
        """One line."""
        return f"ColumnType({self})"


def _plain(value: Any, place: Callable[[TypePart], Any] | None) -> Any:
    if isinstance(value, ColumnType):
        return value.to_json(place)
    if isinstance(value, TypePart):
        return place(value) if place else value.to_json()
    if isinstance(value, tuple):
        return [_plain(item, place) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, place) for key, item in value.items()}
    return value


def _picture_const(key: str, value: Any) -> dict[str, Any]:
    if key == "box_score_keys":
        return {"params": {"is_set": True, "val": sorted(value)}, "wb_type": "const"}
    if key in _PICTURE_SETS:
        value = {name: sorted(ids, key=lambda item: (str(type(item)), item)) for name, ids in value.items()}
    return {"params": {"is_set": False, "val": value}, "wb_type": "const"}


NONE, NUMBER, STRING, BOOLEAN = ColumnType("none"), ColumnType("number"), ColumnType("string"), ColumnType("boolean")
TIMESTAMP, ANY, UNKNOWN = ColumnType("timestamp"), ColumnType("any"), ColumnType("unknown")


def members(column_type: ColumnType) -> tuple[ColumnType, ...]:
    """Return the members of a union, or the type itself."""
    allowed: tuple[ColumnType, ...] = column_type.params.get("allowed_types", ())
    return allowed if column_type.name == "union" else (column_type,)


def union(types: Iterable[ColumnType]) -> ColumnType:
    """Return the union of `types`: flat, without repetitions, in W&B's order; a single member stands for itself."""
    flat: list[ColumnType] = []
    for item in types:
        flat.extend(member for member in members(item) if member not in flat)
    flat.sort(key=str)
    return flat[0] if len(flat) == 1 else ColumnType("union", {"allowed_types": tuple(flat)})


def optional(column_type: ColumnType) -> ColumnType:
    """Return the type with null allowed."""
    return union([column_type, NONE])


def list_of(element: ColumnType, length: int | None = None) -> ColumnType:
    """Return the type of lists."""
    return ColumnType("list", {"element_type": element, "length": length})


def typed_dict(type_map: Mapping[Any, ColumnType]) -> ColumnType:
    """Return the type of dicts with exactly these keys."""
    return ColumnType("typedDict", {"type_map": {str(key): item for key, item in type_map.items()}})


def constant(value: Any) -> ColumnType:
    """Return the type of one value."""
    is_set = isinstance(value, set | frozenset)
    return ColumnType("const", {"val": sorted(value, key=repr) if is_set else value, "is_set": is_set})


def python_object(class_name: str) -> ColumnType:
    """Return the type of a class that has none of its own."""
    return ColumnType("pythonObject", {"class_name": class_name})


def types_to_json(
    columns: Iterable[str | int], types: Iterable[ColumnType], place: Callable[[TypePart], Any] | None = None
) -> dict[str, Any]:
    """Return ``column_types``: a typed dict of the columns, whose names become text."""
    type_map = {str(column): item.to_json(place) for column, item in zip(columns, types, strict=True)}
    return {"params": {"type_map": type_map}, "wb_type": "typedDict"}


def types_from_json(json_obj: Any, read_part: Callable[[str, Any], Any] | None = None) -> dict[str, ColumnType]:
    """Read ``column_types``: column name as text → type.

    Raises
    ------
    WireFormatError
        If it is not a typed dict.
    """
    found = column_type_from_json(json_obj, read_part)
    if found.name != "typedDict":
        raise WireFormatError("column_types", f"is of type {found.name}, not typedDict", "Restore the object file.")
    type_map: dict[str, ColumnType] = found.params["type_map"]
    return type_map


def column_type_from_json(
    json_obj: Any, read_part: Callable[[str, Any], Any] | None = None, depth: int = 0
) -> ColumnType:
    """Read a type under its old or its new name; what nobody knows keeps its name and its parameters.

    Parameters
    ----------
    json_obj : dict
        ``{"wb_type": …, "params": {…}}``.
    read_part : callable, optional
        Makes a `TypePart` of the parameter of a key type: ``read_part("table", "species.table.json")``.
    depth : int
        How deep it lies inside other types.

    Raises
    ------
    WireFormatError
        If it is not of that form, or nested too deeply.
    """
    stored = json_obj.get("wb_type") if isinstance(json_obj, dict) else None
    if not isinstance(stored, str) or depth > _MAX_DEPTH:
        raise WireFormatError("column_types", "holds what is no type", "Restore the object file.")
    name = OLD_NAMES.get(stored, stored)
    params = {} if json_obj.get("params") is None else json_obj["params"]
    if not isinstance(params, dict):
        raise WireFormatError("column_types", f"{name} has no dict of parameters", "Restore the object file.")

    def inner(item: Any) -> ColumnType:
        return column_type_from_json(item, read_part, depth + 1)

    if name == "union":
        return ColumnType(name, {"allowed_types": tuple(inner(item) for item in _list(params, "allowed_types"))})
    if name == "list":
        element = params.get("element_type")
        length = params.get("length")
        return list_of(UNKNOWN if element is None else inner(element), length if isinstance(length, int) else None)
    if name == "typedDict":
        type_map = {} if params.get("type_map") is None else params["type_map"]
        if not isinstance(type_map, dict):
            raise WireFormatError("column_types", "type_map is not a dict", "Restore the object file.")
        return typed_dict({key: inner(item) for key, item in type_map.items()})
    if name == "ndarray":
        shape = tuple(size for size in _list(params, "shape") if isinstance(size, int))
        return ColumnType(name, {"shape": shape, "serialization_path": params.get("serialization_path")})
    if name == "image-file":
        return ColumnType(name, _picture_params(params))
    if name == "table" and "column_types" in params:
        return ColumnType(name, {"column_types": inner(params["column_types"])})
    if read_part is not None:
        params = {key: read_part(key, value) if key in _PARTS else value for key, value in params.items()}
    return ColumnType(name, dict(params))


#: Parameters that name other entries.
_PARTS = ("table", "classes_obj")


def _list(params: dict[str, Any], key: str) -> list[Any]:
    found = [] if params.get(key) is None else params[key]
    if not isinstance(found, list):
        raise WireFormatError("column_types", f"{key} is not a list", "Restore the object file.")
    return found


def _picture_params(params: dict[str, Any]) -> dict[str, Any]:
    """Read the constants of a picture column, as far as they have the form of SDK 0.12.8 and later."""

    def value_of(key: str) -> Any:
        item = params.get(key)
        return item["params"].get("val") if isinstance(item, dict) and isinstance(item.get("params"), dict) else None

    def is_ids(item: Any) -> bool:
        return isinstance(item, list) and all(isinstance(one, int | str) for one in item)

    found: dict[str, Any] = {}
    for key in _PICTURE_SETS:
        layers = value_of(key)
        layers = layers if isinstance(layers, dict) else {}
        found[key] = {name: set(ids) for name, ids in layers.items() if is_ids(ids)}
    scores = value_of("box_score_keys")
    found["box_score_keys"] = {item for item in scores if isinstance(item, str)} if isinstance(scores, list) else set()
    for key in _PICTURE_MAPS:
        names = value_of(key)
        found[key] = names if isinstance(names, dict) else {}
    return found


def short_form(json_obj: Any) -> Any:
    """Return the short form that `facts` use: a name, or a name with what it holds; as stored, unions in order."""
    if not isinstance(json_obj, dict):
        return None
    name, params = json_obj.get("wb_type"), json_obj.get("params") or {}
    if name == "union":
        return {"union": sorted(map(short_form, params.get("allowed_types") or []), key=json.dumps)}
    if name == "list":
        return {"list": short_form(params.get("element_type")), "length": params.get("length")}
    if name == "ndarray":
        return {"ndarray": params.get("shape")}
    if name == "const":
        return {"const": params.get("val")}
    if name in ("typedDict", "dictionary"):
        return {name: {key: short_form(item) for key, item in (params.get("type_map") or {}).items()}}
    if name in ("pythonObject", "object"):
        return {name: params.get("class_name")}
    return name
