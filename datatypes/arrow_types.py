"""Types of Arrow: as JSON in a table's fidelity record, and as types of columns on the wire."""

from __future__ import annotations

import re
from typing import Any

from datatypes.column_types import (
    ANY,
    BOOLEAN,
    NUMBER,
    STRING,
    TIMESTAMP,
    UNKNOWN,
    ColumnType,
    list_of,
    optional,
    typed_dict,
)
from datatypes.errors import RejectedTypeError

__all__ = ["arrow_from_json", "arrow_to_json", "wire_type"]

#: Types without parameters that `pyarrow.type_for_alias` makes of their own text.
_SIMPLE = re.compile(
    r"null|bool|u?int(8|16|32|64)|halffloat|float|double|string|large_string|string_view|binary|large_binary|binary_view"
    r"|date(32|64)\[(day|ms)\]|time32\[(s|ms)\]|time64\[(us|ns)\]|duration\[(s|ms|us|ns)\]|timestamp\[(s|ms|us|ns)\]"
)
_MAX_DEPTH = 32


def arrow_to_json(kind: Any) -> Any:
    """Return a type of Arrow as JSON: its name, or a dict for those with parameters.

    Raises
    ------
    RejectedTypeError
        If its cells have no form on the wire.
    """
    import pyarrow as pa

    text = str(kind)
    if _SIMPLE.fullmatch(text):
        return text
    if pa.types.is_timestamp(kind):
        return {"timestamp": kind.unit, "tz": kind.tz}
    if pa.types.is_decimal(kind):
        return {"decimal": [kind.bit_width, kind.precision, kind.scale]}
    if pa.types.is_fixed_size_binary(kind):
        return {"binary": kind.byte_width}
    if pa.types.is_dictionary(kind):
        return {"dictionary": [arrow_to_json(kind.index_type), arrow_to_json(kind.value_type), kind.ordered]}
    if pa.types.is_fixed_size_list(kind):
        return {"fixed_size_list": _field_to_json(kind.value_field), "length": kind.list_size}
    if pa.types.is_large_list(kind) or pa.types.is_list(kind):
        return {"large_list" if pa.types.is_large_list(kind) else "list": _field_to_json(kind.value_field)}
    if pa.types.is_map(kind):
        return {"map": [arrow_to_json(kind.key_type), arrow_to_json(kind.item_type)]}
    if pa.types.is_struct(kind):
        return {"struct": [_field_to_json(kind.field(index)) for index in range(kind.num_fields)]}
    raise RejectedTypeError(f"Arrow type {text}", "has no form in a table", "Cast the column first.")


def _field_to_json(field: Any) -> list[Any]:
    return [field.name, arrow_to_json(field.type), field.nullable]


def arrow_from_json(json_obj: Any, depth: int = 0) -> Any:  # noqa: C901, PLR0912  # one line for each kind
    """Return the type of Arrow; None if the JSON is none of ours."""
    import pyarrow as pa

    if depth > _MAX_DEPTH:
        return None
    if isinstance(json_obj, str):
        if not _SIMPLE.fullmatch(json_obj):
            return None
        known = {"null": pa.null(), "date32[day]": pa.date32(), "date64[ms]": pa.date64()}
        return known.get(json_obj) or pa.type_for_alias(json_obj)
    if not isinstance(json_obj, dict) or not json_obj:
        return None
    name, detail = next(iter(json_obj.items()))
    try:
        if name == "timestamp":
            return pa.timestamp(detail, tz=json_obj.get("tz"))
        if name == "decimal":
            make = {32: "decimal32", 64: "decimal64", 128: "decimal128", 256: "decimal256"}[detail[0]]
            return getattr(pa, make)(*detail[1:])
        if name == "binary":
            return pa.binary(detail)
        if name == "dictionary":
            index, value = (arrow_from_json(item, depth + 1) for item in detail[:2])
            return pa.dictionary(index, value, ordered=bool(detail[2]))
        if name == "map":
            return pa.map_(*(arrow_from_json(item, depth + 1) for item in detail))
        if name == "struct":
            return pa.struct([_field_from_json(item, depth + 1) for item in detail])
        if name == "fixed_size_list":
            return pa.list_(_field_from_json(detail, depth + 1), json_obj["length"])
        if name in ("list", "large_list"):
            make_list = pa.list_ if name == "list" else pa.large_list
            return make_list(_field_from_json(detail, depth + 1))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return None
    return None


def _field_from_json(json_obj: Any, depth: int) -> Any:
    import pyarrow as pa

    name, kind, nullable = json_obj
    return pa.field(name, arrow_from_json(kind, depth), nullable=bool(nullable))


def wire_type(kind: Any) -> ColumnType:
    """Return the type of a column on the wire; what lies inside lists and structs is optional.

    Raises
    ------
    RejectedTypeError
        If the cells have no form on the wire.
    """
    import pyarrow as pa

    is_type = pa.types
    if is_type.is_null(kind):
        return UNKNOWN
    if is_type.is_boolean(kind):
        return BOOLEAN
    if is_type.is_integer(kind) or is_type.is_floating(kind) or is_type.is_decimal(kind) or is_type.is_duration(kind):
        return NUMBER
    if is_type.is_timestamp(kind) or is_type.is_date(kind):
        return TIMESTAMP
    if is_type.is_dictionary(kind):
        return wire_type(kind.value_type)
    if is_type.is_map(kind):
        return list_of(list_of(optional(ANY)))
    if is_type.is_struct(kind):
        fields = [kind.field(index) for index in range(kind.num_fields)]
        return typed_dict({field.name: optional(wire_type(field.type)) for field in fields})
    if is_type.is_list(kind) or is_type.is_large_list(kind) or is_type.is_fixed_size_list(kind):
        return list_of(optional(wire_type(kind.value_type)))
    arrow_to_json(kind)  # refuses what nobody could read back
    return STRING
