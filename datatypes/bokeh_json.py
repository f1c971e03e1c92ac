"""The JSON of Bokeh documents: arrays checked, two documents compared, old ones brought to the form of today.

Bokeh 3 nests its objects: ``{"type": "object", "name", "id", "attributes"}`` where an object occurs first, ``{"id"}``
after that. Bokeh 2 keeps a flat list of references and the ids of the roots. Ids are counters of the process that made
the document: they mean nothing outside of it.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import math
import zlib
from typing import TYPE_CHECKING, Any

from datatypes import limits
from datatypes.errors import DecodeLimitError, UnreadableMediaError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["comparable", "nested_roots", "number_of_roots", "upgraded"]

_DTYPES = ("bool", "float32", "float64", "int16", "int32", "int64", "int8", "uint16", "uint32", "uint64", "uint8")

#: How many objects of Bokeh 2 may hang one on the other.
_CHAIN = 60
_GZIP = b"\x1f\x8b"
#: Numbers of Bokeh 2 in columns → of Bokeh 3.
_WORDS = {"NaN": "nan", "Infinity": "+inf", "-Infinity": "-inf"}


def number_of_roots(document: dict[str, Any]) -> int:
    """Count the roots of a document of any release."""
    roots = document.get("roots")
    roots = roots.get("root_ids") if isinstance(roots, dict) else roots
    return len(roots) if isinstance(roots, list) else 0


def comparable(document: dict[str, Any], subject: str) -> dict[str, Any]:
    """Return a document in one spelling: ids by order of occurrence, arrays decoded, without the release that wrote it.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError
        If an array does not have the length that it says, or is too large.
    """
    numbers: dict[str, int] = {}
    rest = {key: item for key, item in sorted(document.items()) if key not in ("defs", "roots", "version")}
    return {"roots": _spelled(nested_roots(document), numbers, subject), **_spelled(rest, numbers, subject)}


def _spelled(value: Any, numbers: dict[str, int], subject: str) -> Any:
    if isinstance(value, list):
        return [_spelled(item, numbers, subject) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "ndarray" and (array := _array(value, subject)) is not None:
        return array
    if value.get("type") == "bytes" and isinstance(value.get("data"), str):
        return {"type": "bytes", "data": _unpacked(value["data"], limits.json_bytes(), subject).hex()}
    spelled = {}
    for key, item in sorted(value.items()):
        if key == "id" and isinstance(item, str):
            spelled[key] = numbers.setdefault(item, len(numbers))
        else:
            spelled[key] = _spelled(item, numbers, subject)
    return spelled


def _array(spec: dict[str, Any], subject: str) -> Any:
    """Decode an array of numbers; None for others, which are lists. No more is unpacked than its shape says."""
    import numpy as np

    holder, shape, dtype = spec.get("array"), spec.get("shape"), spec.get("dtype")
    data = holder.get("data") if isinstance(holder, dict) else None
    sizes = shape if isinstance(shape, list) else [None]
    if not isinstance(data, str) or dtype not in _DTYPES or not all(type(size) is int and size >= 0 for size in sizes):
        return None
    expected = math.prod(sizes) * np.dtype(dtype).itemsize
    limits.check_array_bytes(subject, expected)
    raw = _unpacked(data, expected, subject)
    if len(raw) != expected:
        problem = f"has an array of {len(raw):,} bytes that says shape {shape!r} of {dtype}"
        raise UnreadableMediaError(subject, problem, "Restore the file.")
    order = ">" if spec.get("order") == "big" else "<"
    return np.frombuffer(raw, np.dtype(dtype).newbyteorder(order)).reshape(sizes)


def _unpacked(data: str, most: int, subject: str) -> bytes:
    """Decode base64 and, since Bokeh 3.1, gzip, of one stream and at most so many bytes."""
    try:
        raw = base64.b64decode(data, validate=True)
        if not raw.startswith(_GZIP):
            return raw
        stream = zlib.decompressobj(wbits=31)
        unpacked = stream.decompress(raw, most + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise UnreadableMediaError(subject, f"has an array that cannot be unpacked ({error})", "Restore it.") from error
    if len(unpacked) > most:
        raise UnreadableMediaError(subject, f"has an array of more than {most:,} bytes", "Restore the file.")
    if not stream.eof or stream.unused_data:
        raise UnreadableMediaError(subject, "has an array that is cut, or followed by another", "Restore the file.")
    return unpacked


def nested_roots(document: dict[str, Any]) -> Any:
    """Return the roots in the form of Bokeh 3.

    Raises
    ------
    DecodeLimitError
        If objects refer to objects that refer to objects, beyond what any plot does.
    """
    roots = document.get("roots")
    if not isinstance(roots, dict):
        return roots
    references = roots.get("references")
    listed = references if isinstance(references, list) else []
    nesting = _Nesting({item["id"]: item for item in listed if isinstance(item, dict) and _is_text(item.get("id"))})
    keys = roots.get("root_ids")
    return [nesting.nest({"id": key}) for key in (keys if isinstance(keys, list) else ())]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


class _Nesting:
    """Puts the objects of Bokeh 2 where they are first referred to."""

    def __init__(self, objects: dict[str, Any]) -> None:
        self._objects = objects
        self._seen: set[str] = set()
        self._depth = 0

    def nest(self, value: Any) -> Any:
        """Return a value in the form of Bokeh 3."""
        if isinstance(value, list):
            return [self.nest(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"id"} and _is_text(value["id"]):
            return self._reference(value["id"])
        if "__ndarray__" in value:
            array = {"type": "bytes", "data": value["__ndarray__"]}
            rest = {name: value.get(name) for name in ("shape", "dtype", "order")}
            return {"type": "ndarray", "array": array, **rest}
        for kind in ("field", "value", "expr"):
            if kind in value and set(value) <= {kind, "transform", "units"}:
                return {"type": kind, **{name: self.nest(item) for name, item in value.items()}}
        return {"type": "map", "entries": [[name, self.nest(item)] for name, item in value.items()]}

    def _reference(self, key: str) -> dict[str, Any]:
        found = self._objects.get(key)
        if key in self._seen or found is None:
            return {"id": key}
        self._seen.add(key)
        self._depth += 1
        if self._depth > _CHAIN:
            problem = f"has a chain of more than {_CHAIN} objects"
            raise DecodeLimitError("Bokeh document", problem, "No plot has; look at the file itself.")
        name = found.get("subtype") or found.get("type")
        attributes = found.get("attributes")
        fields = {
            field: self._attribute(field, item)
            for field, item in (attributes.items() if isinstance(attributes, dict) else ())
            if (name, field) != ("CDSView", "source")  # since Bokeh 3 the renderer alone knows
        }
        self._depth -= 1
        return {"type": "object", "name": name, "id": key, "attributes": fields}

    def _attribute(self, name: str, value: Any) -> Any:
        if name != "data" or not isinstance(value, dict):
            return self.nest(value)
        return {"type": "map", "entries": [[key, self._column(items)] for key, items in value.items()]}

    def _column(self, items: Any) -> Any:
        """Bring a column of data to the form of Bokeh 3; numbers that are not finite were words."""
        if not isinstance(items, list) or not any(isinstance(item, float | int) for item in items):
            return self.nest(items)
        return [
            {"type": "number", "value": _WORDS[item]} if _is_text(item) and item in _WORDS else self.nest(item)
            for item in items
        ]


def upgraded(
    document: dict[str, Any], known: Callable[[str], frozenset[str] | None]
) -> tuple[dict[str, Any], list[str]]:
    """Bring a document of an older Bokeh to a form that the installed one reads.

    Parameters
    ----------
    document : dict
        Of any release.
    known : callable
        Name of a model → names of its properties in the installed release; None for a model that it has not.

    Returns
    -------
    document : dict
        In the form of Bokeh 3.9.
    left_out : list of str
        Properties that the installed release does not know, sorted: ``"BoxAnnotation.render_mode"``.
    """
    left_out: set[str] = set()
    nested = nested_roots(document)
    if isinstance(document.get("roots"), dict):
        _hide_overlays(nested)
    roots = _known_only(nested, known, left_out)
    config = document.get("config") or {"type": "object", "name": "DocumentConfig", "id": "vitrina-config"}
    fields = {"version": document.get("version"), "title": document.get("title"), "config": config, "roots": roots}
    return fields, sorted(left_out)


def _hide_overlays(nested: Any) -> None:
    """Hide boxes without a side, in place: Bokeh 2 did not draw them; since Bokeh 3 they cover the whole plot."""
    waiting = [nested]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
            fields = item.get("attributes")
            if item.get("name") == "BoxAnnotation" and isinstance(fields, dict):
                sides = [fields.get(side) for side in ("left", "right", "top", "bottom")]
                if sides == [None] * 4:
                    fields["visible"] = False


def _known_only(value: Any, known: Callable[[str], frozenset[str] | None], left_out: set[str]) -> Any:
    if isinstance(value, list):
        return [_known_only(item, known, left_out) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "bytes" and isinstance(value.get("data"), str):
        return {**value, "data": _compressed(value["data"])}
    inner = {key: _known_only(item, known, left_out) for key, item in value.items() if key != "attributes"}
    attributes = value.get("attributes")
    if value.get("type") != "object" or not isinstance(attributes, dict):
        return inner if attributes is None else {**inner, "attributes": _known_only(attributes, known, left_out)}
    names = known(str(value.get("name")))
    left_out.update(f"{value.get('name')}.{key}" for key in attributes if names is not None and key not in names)
    kept = {key: item for key, item in attributes.items() if names is None or key in names}
    return {**inner, "attributes": {key: _known_only(item, known, left_out) for key, item in kept.items()}}


def _compressed(data: str) -> str:
    """Compress bytes of an old document: Bokeh of today takes no others."""
    raw = base64.b64decode(data)
    return data if raw.startswith(_GZIP) else base64.b64encode(gzip.compress(raw, mtime=0)).decode()
