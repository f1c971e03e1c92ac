"""Metadata of an artifact as JSON: what people put into such dicts, in the form that W&B stores."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from storage.errors import InvalidNameError

__all__ = ["json_metadata"]

_MAX_DEPTH = 64


def json_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return metadata in plain JSON types, a copy.

    Dates become ISO text, arrays and tuples lists, NumPy scalars Python's, keys text; NaN becomes null as in W&B, while
    infinities stay.

    Raises
    ------
    InvalidNameError
        If something in it has no such form.
    """
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise InvalidNameError("metadata", f"is {type(metadata).__name__}, not a dict", "Pass a dict.")
    return {str(key): _plain(value, f"metadata[{key!r:.80}]", 1) for key, value in metadata.items()}


def _plain(value: Any, subject: str, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise InvalidNameError(subject, f"is nested more than {_MAX_DEPTH} deep", "Store it as a JSON file instead.")
    if value is None or isinstance(value, bool | int | str):
        return _own_type(value)
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, f"{subject}[{key!r:.80}]", depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{subject}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, AbstractSet):
        return [_plain(item, subject, depth + 1) for item in sorted(value, key=repr)]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if callable(to_list := getattr(value, "tolist", None)):  # NumPy arrays and scalars, torch tensors
        return _plain(to_list(), subject, depth + 1)
    problem = f"is {type(value).__name__}, which has no form in JSON"
    raise InvalidNameError(subject, problem, "Convert it to text, numbers, lists or dicts.")


def _own_type(value: bool | int | str | None) -> bool | int | str | None:
    """Return a subclass of a plain type, such as an enum, as the plain type."""
    if value is None or type(value) in {bool, int, str}:
        return value
    return int(value) if isinstance(value, int) else str.__str__(value)
