"""Which type a cell has, and whether it fits its column: W&B's rules, in types that its SDK can read back.

W&B writes ``pythonObject`` for NumPy text, bytes, decimals and others, and its own reader then refuses the table; here
they are ``string`` and ``number``. Lists of mixed values are lists of ``any``. Source: SDK 0.31.0.
"""

from __future__ import annotations

import datetime as dt
import enum
import math
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any

from datatypes.base import WBValue
from datatypes.column_merging import admit_union, merge
from datatypes.column_pictures import picture_params
from datatypes.column_types import (
    ANY,
    BOOLEAN,
    NONE,
    NUMBER,
    STRING,
    TIMESTAMP,
    UNKNOWN,
    ColumnType,
    constant,
    list_of,
    members,
    optional,
    python_object,
    typed_dict,
)
from datatypes.table_keys import ClassSetPart, TableIndex, TableKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "ARTIFACT_TEXT",
    "admit",
    "as_array",
    "class_ids",
    "fixed_type",
    "has_values",
    "is_missing",
    "is_nan",
    "type_of",
]

#: Classes whose cells all have one type, whatever their value; others are looked up or looked at.
_FIXED: dict[type, ColumnType | None] = {
    NoneType: NONE,
    bool: BOOLEAN,
    int: NUMBER,
    float: NUMBER,
    str: STRING,
    bytes: STRING,
    bytearray: STRING,
    Decimal: NUMBER,
    dt.datetime: TIMESTAMP,
    dt.date: TIMESTAMP,
    dt.time: STRING,
    dt.timedelta: NUMBER,
    list: None,
    tuple: None,
    set: None,
    frozenset: None,
    dict: None,
    TableKey: None,
    TableIndex: None,
}

#: Tags that name a type of their own.
_TYPED_TAGS = frozenset(
    {
        *("audio-file", "bokeh-file", "html-file", "joined-table", "object3D-file"),
        *("partitioned-table", "video-file", "wb_trace_tree"),
    }
)

#: Bases in the order in which a subclass is matched: an IntEnum is an Enum first.
_BASES = (enum.Enum, bool, int, float, str, bytes, Decimal, dt.datetime, dt.date, dt.timedelta)

#: How text that W&B takes for a reference to an artifact begins.
ARTIFACT_TEXT = "wandb-artifact://"


def fixed_type(cls: type) -> ColumnType | None:
    """Return the type that all values of a class have; None if it depends on the value, or there is none."""
    if cls not in _FIXED:
        _FIXED[cls] = _look_up(cls)
    return _FIXED[cls]


def _look_up(cls: type) -> ColumnType | None:
    if issubclass(cls, WBValue):
        return _value_type(cls)
    if cls.__module__.partition(".")[0] == "pandas" and cls.__name__ in ("NaTType", "NAType"):
        return NONE
    if cls.__module__.partition(".")[0] == "pandas" and cls.__name__ in ("Period", "Interval"):
        return STRING
    if cls.__module__ == "numpy":
        return _numpy_type(cls)
    for base in _BASES:
        if issubclass(cls, base):
            return STRING if base is enum.Enum else _FIXED[base]
    if issubclass(cls, list | tuple | set | frozenset | dict):
        return None
    return STRING if any("__call__" in base.__dict__ for base in cls.__mro__) else None  # functions: by their name


def _numpy_type(cls: type) -> ColumnType | None:
    import numpy as np

    table = ((np.bool_, BOOLEAN), (np.datetime64, TIMESTAMP), (np.timedelta64, NUMBER), (np.integer, NUMBER))
    for base, found in (*table, (np.floating, NUMBER), (np.str_, STRING), (np.bytes_, STRING)):
        if issubclass(cls, base):
            return found
    return None


def _value_type(cls: type[WBValue]) -> ColumnType | None:
    tag = cls.artifact_type
    if tag in ("image-file", "table", "classes"):
        return None
    if tag is None:
        return ANY if cls.__name__ == "UnknownValue" else python_object(cls.__name__)
    return ColumnType(tag) if tag in _TYPED_TAGS else python_object(cls.__name__)


def is_missing(value: Any) -> bool:
    """Whether a cell counts as null: None, NaN, and what pandas has for it."""
    if value is None:
        return True
    if isinstance(value, float) or type(value).__module__ == "numpy":
        found = value != value  # noqa: PLR0124  # NaN and NaT are the values that differ from themselves
        return found is True or (type(found).__name__ in ("bool", "bool_") and bool(found))
    return fixed_type(type(value)) is NONE


def is_nan(cell: Any) -> bool:
    """Whether a cell is NaN, of Python or NumPy; NaT is not."""
    return (isinstance(cell, float) and math.isnan(cell)) or (
        type(cell).__module__ == "numpy"
        and getattr(getattr(cell, "dtype", None), "kind", "") == "f"
        and bool(cell != cell)  # noqa: PLR0124
    )


def has_values(cell: Any) -> bool:
    """Whether a list or dict holds values of ours somewhere inside, or nests too deeply for a type of its own."""
    return _is_opaque(cell, 0)


#: Lists and dicts that nest deeper are of type `any`: their types would nest too deeply for readers.
_TYPED_DEPTH = 12


def _is_opaque(cell: Any, depth: int) -> bool:
    if isinstance(cell, WBValue):
        return True
    if not isinstance(cell, list | tuple | set | frozenset | dict):
        return False
    if depth > _TYPED_DEPTH:
        return True
    items: Iterable[Any] = cell.values() if isinstance(cell, dict) else cell
    return any(_is_opaque(item, depth + 1) for item in items if not isinstance(item, str | int | float))


def as_array(value: Any) -> Any:
    """Return an array or a tensor of any library as an ndarray; None if it is neither."""
    if type(value).__module__.partition(".")[0] not in ("numpy", "torch", "tensorflow", "jax", "jaxlib", "cupy"):
        return None
    import numpy as np

    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, np.generic) or not hasattr(value, "shape"):
        return None
    for step in ("detach", "cpu"):
        value = getattr(value, step)() if hasattr(value, step) else value
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def type_of(value: Any) -> ColumnType | None:
    """Return the type of a cell; None if it has no form on the wire."""
    cls = type(value)
    fixed = fixed_type(cls)
    if fixed is not None:
        if fixed is NUMBER and is_missing(value):
            return NONE
        if fixed is STRING and isinstance(value, str) and value.startswith(ARTIFACT_TEXT):
            return ColumnType("artifactVersion")
        return NONE if fixed is TIMESTAMP and is_missing(value) else fixed
    if isinstance(value, TableKey | TableIndex):
        return _key_type(value)
    if isinstance(value, WBValue):
        return _media_type(value)
    if isinstance(value, list | tuple | set | frozenset | dict):
        if has_values(value):
            return ANY
        return _dict_type(value) if isinstance(value, dict) else _list_type(value)
    array = as_array(value)
    return None if array is None else ColumnType("ndarray", {"shape": array.shape, "serialization_path": None})


def _key_type(value: TableKey | TableIndex) -> ColumnType:
    if isinstance(value, TableKey):
        return ColumnType("foreignKey", {"table": value.link, "col_name": value.column}) if value.link else STRING
    return ColumnType("foreignIndex", {"table": value.link}) if value.link else NUMBER


def _dict_type(value: dict[Any, Any]) -> ColumnType | None:
    found = {key: type_of(item) for key, item in value.items()}
    return typed_dict({key: ANY if item is None else item for key, item in found.items()})


def _list_type(value: Iterable[Any]) -> ColumnType:
    items = list(value)
    missing = any(item is None or is_nan(item) for item in items)
    element: ColumnType | None = optional(UNKNOWN) if missing else UNKNOWN
    kinds = set(map(type, items))
    if len(kinds) == 1 and not missing and (single := fixed_type(kinds.pop())) is not None:
        return list_of(single, len(items))
    for item in items:
        element = None if element is None else admit(element, item)
    if element is None:
        element = optional(ANY) if missing else ANY
    return list_of(element, len(items))


def _media_type(value: Any) -> ColumnType | None:
    tag = value.artifact_type
    if tag == "table":
        return ColumnType("table", {"column_types": typed_dict(value.types_by_name())})
    if tag == "classes":
        return class_ids(value)
    return ColumnType("image-file", picture_params(value)) if tag == "image-file" else ANY


def class_ids(classes: Any) -> ColumnType:
    """Return the type of ids of a class set."""
    ids = ColumnType("union", {"allowed_types": tuple(constant(item["id"]) for item in classes.class_set)})
    return ColumnType("classesId", {"classes_obj": ClassSetPart(classes), "valid_ids": ids})


def admit(column_type: ColumnType, value: Any) -> ColumnType | None:
    """Return the type that a column has once it holds `value` too; None if the value does not fit."""
    name = column_type.name
    if name == "union":
        return admit_union(column_type, lambda member: admit(member, value))
    if name == "const":
        same = type(value) is type(column_type.params["val"]) or not isinstance(value, bool)
        return column_type if same and constant(value).params["val"] == column_type.params["val"] else None
    if name == "classesId":
        return column_type if _is_class_id(column_type, value) else None
    if name == "list" and isinstance(value, list | tuple | set | frozenset) and not has_values(value):
        element: ColumnType | None = column_type.params["element_type"]
        for item in value:
            element = None if element is None else _admit_inside(element, item)
        return None if element is None else list_of(element, len(value))
    if name == "typedDict" and isinstance(value, dict) and not has_values(value):
        return _admit_dict(column_type, value)
    if name == "ndarray" and isinstance(value, list):
        return column_type
    found = type_of(value)
    return None if found is None else merge(column_type, found)


def _admit_dict(column_type: ColumnType, value: dict[Any, Any]) -> ColumnType | None:
    type_map: dict[str, ColumnType] = column_type.params["type_map"]
    given = {str(key): item for key, item in value.items()}
    if given.keys() - type_map.keys():
        return None
    merged: dict[str, ColumnType] = {}
    for key, inner in type_map.items():
        found = _admit_inside(inner, given[key]) if key in given else admit(inner, None)
        if found is None:
            return None
        merged[key] = found
    return typed_dict(merged)


def _admit_inside(column_type: ColumnType, value: Any) -> ColumnType | None:
    """Let null in where W&B would refuse it: inside lists and dicts, where the first one met decides for W&B."""
    found = admit(column_type, value)
    if found is not None:
        return found
    if column_type.name == "none":
        other = type_of(value)
        return None if other is None else optional(other)
    return optional(column_type) if is_missing(value) else None


def _is_class_id(column_type: ColumnType, value: Any) -> bool:
    valid = column_type.params.get("valid_ids")
    if isinstance(value, WBValue) or valid is None:
        return True
    ids = [item.params.get("val") for item in members(valid)] if isinstance(valid, ColumnType) else _raw_ids(valid)
    return any(type(value) is type(item) and value == item for item in ids)


def _raw_ids(valid: Any) -> Sequence[Any]:
    """Return the ids of a class set as stored JSON has them."""
    params = valid.get("params") if isinstance(valid, dict) else None
    allowed = params.get("allowed_types") if isinstance(params, dict) else None
    items = [item.get("params") for item in allowed or [] if isinstance(item, dict)]
    return [item.get("val") for item in items if isinstance(item, dict)]
