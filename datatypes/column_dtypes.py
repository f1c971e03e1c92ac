"""From what a user passes as ``dtype`` to the type of a column."""

from __future__ import annotations

from types import NoneType
from typing import Any

from datatypes.base import WBValue
from datatypes.column_inference import class_ids, fixed_type
from datatypes.column_pictures import PLAIN_PICTURE
from datatypes.column_types import ANY, NONE, UNKNOWN, ColumnType, constant, list_of, python_object, typed_dict, union

__all__ = ["from_dtype"]

#: Python types that stand for a type of cells.
_BY_PYTHON_TYPE: dict[type, ColumnType] = {
    NoneType: NONE,
    dict: typed_dict({}),
    frozenset: list_of(UNKNOWN),
    list: list_of(UNKNOWN),
    set: list_of(UNKNOWN),
    tuple: list_of(UNKNOWN),
}


def from_dtype(dtype: Any) -> ColumnType:
    """Return the type that a user means.

    Parameters
    ----------
    dtype : object
        A type of ours, a Python or NumPy type, ``[T]`` (lists of T), ``[T, U]`` (either), ``{key: T}`` (dicts),
        `Classes` (ids of that set), or any other value: exactly that value.
    """
    if isinstance(dtype, ColumnType):
        return dtype
    if isinstance(dtype, type):
        return _from_class(dtype)
    if isinstance(dtype, list):
        inner = [from_dtype(item) for item in dtype]
        return union(inner) if len(inner) > 1 else list_of(inner[0] if inner else UNKNOWN)
    if isinstance(dtype, dict):
        return typed_dict({key: from_dtype(item) for key, item in dtype.items()})
    if isinstance(dtype, WBValue) and dtype.artifact_type == "classes":
        return class_ids(dtype)
    if type(dtype).__module__.startswith("numpy") and hasattr(dtype, "type"):
        return _from_class(dtype.type)
    return constant(dtype)


def _from_class(cls: type) -> ColumnType:
    if cls in _BY_PYTHON_TYPE:
        return _BY_PYTHON_TYPE[cls]
    if issubclass(cls, WBValue) and cls.artifact_type == "image-file":
        return ColumnType("image-file", PLAIN_PICTURE)
    if issubclass(cls, WBValue) and cls.artifact_type in ("table", "classes"):
        return ColumnType("table", {"column_types": typed_dict({})}) if cls.artifact_type == "table" else ANY
    return fixed_type(cls) or python_object(cls.__name__)
