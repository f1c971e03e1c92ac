"""glTF and GLB files looked at before a decoder believes them: chunks, buffers, views, accessors, meshes."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from typing import Any

from datatypes import limits
from datatypes.errors import UnreadableMediaError

__all__ = ["check_extensions", "check_glb", "check_gltf", "external_files", "undrawn", "without_extension"]

_JSON_CHUNK, _BINARY_CHUNK = 0x4E4F534A, 0x004E4942
_COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_COMPRESSED = frozenset({"EXT_meshopt_compression", "KHR_draco_mesh_compression", "KHR_meshopt_compression"})


def check_glb(data: bytes, subject: str) -> tuple[int, int]:
    """Check a GLB file; see `model_check.check_model`. Returns the numbers of vertices and triangles."""
    document, binary = _split_glb(data, subject)
    return _check(document, len(binary) if binary is not None else None, subject)


def check_gltf(data: bytes, subject: str) -> tuple[int, int]:
    """Check a glTF file; see `model_check.check_model`. Returns the numbers of vertices and triangles."""
    return _check(_parse(data, subject), None, subject)


def external_files(data: bytes, kind: str) -> list[str]:
    """Return the names of other files that a model asks for, sorted; none if it cannot be read."""
    try:
        document = _split_glb(data, "glTF")[0] if kind == "glb" else _parse(data, "glTF")
    except UnreadableMediaError:
        return []
    items = [item for name in ("buffers", "images") for item in _dicts(document.get(name))]
    uris = {item["uri"] for item in items if isinstance(item.get("uri"), str)}
    return sorted(uri for uri in uris if not uri.startswith("data:"))


def undrawn(data: bytes, kind: str) -> list[str]:
    """Return what a checked file has and `mesh_parts` does not give, each as the beginning of a sentence."""
    document = _split_glb(data, "glTF")[0] if kind == "glb" else _parse(data, "glTF")
    parts = [part for mesh in _dicts(document.get("meshes")) for part in _dicts(mesh.get("primitives"))]
    modes = {_number(part, "mode", _TRIANGLES) for part in parts}
    found = {"lines": {1, 2, 3}, "fans of triangles": {_FAN}}
    said = [f"{words} are not drawn" for words, numbers in found.items() if modes & numbers]
    said += ["shapes that blend are drawn at rest"] if any(part.get("targets") for part in parts) else []
    return said + (["bones and skins are drawn at rest"] if document.get("skins") else [])


def check_extensions(data: bytes, kind: str, subject: str) -> None:
    """Refuse a checked file whose places are compressed in a way that is not decoded: they would all be zero.

    Raises
    ------
    UnreadableMediaError
        If it requires such an extension.
    """
    document = _split_glb(data, subject)[0] if kind == "glb" else _parse(data, subject)
    required = document.get("extensionsRequired")
    found = sorted(_COMPRESSED.intersection(map(str, required))) if isinstance(required, list) else []
    if found:
        problem = f"is compressed by {', '.join(found)}, which is not decoded here"
        raise UnreadableMediaError(subject, problem, "Export it without compression.")


def without_extension(data: bytes, kind: str, name: str) -> bytes:
    """Return a checked file in which no material has an extension; the same bytes if none has.

    Parameters
    ----------
    data : bytes
        A file that `check_glb` or `check_gltf` has let through.
    kind : {"glb", "gltf"}
        Its format.
    name : str
        Name of the extension.
    """
    if name.encode() not in data:
        return data
    document, binary = _split_glb(data, "glTF") if kind == "glb" else (_parse(data, "glTF"), None)
    for material in _dicts(document.get("materials")):
        extensions = material.get("extensions")
        if isinstance(extensions, dict):
            extensions.pop(name, None)
    text = json.dumps(document).encode("ascii")
    if kind == "gltf":
        return text
    chunks = [(_JSON_CHUNK, text + b" " * (-len(text) % 4))]
    chunks += [(_BINARY_CHUNK, binary + b"\0" * (-len(binary) % 4))] if binary is not None else []
    body = b"".join(struct.pack("<II", len(chunk), mark) + chunk for mark, chunk in chunks)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def _split_glb(data: bytes, subject: str) -> tuple[dict[str, Any], bytes | None]:
    if len(data) < 20 or data[:4] != b"glTF":
        raise UnreadableMediaError(subject, "does not begin as a GLB file", "Restore the file.")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise UnreadableMediaError(subject, f"is GLB of version {version}", "Export it as glTF 2.0.")
    if length != len(data):
        problem = f"says {length:,} bytes and has {len(data):,}"
        raise UnreadableMediaError(subject, problem, "Restore the file; it is cut, or another file.")
    chunks: list[tuple[int, bytes]] = []
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            problem = f"says {size:,} bytes in a chunk, and holds {length - at - 8:,}"
            raise UnreadableMediaError(subject, problem, "Restore the file.")
        chunks.append((kind, data[at + 8 : at + 8 + size]))
        at += 8 + size
    if not chunks or chunks[0][0] != _JSON_CHUNK:
        raise UnreadableMediaError(subject, "is a GLB file without a description", "Restore the file.")
    binary = next((chunk for kind, chunk in chunks[1:] if kind == _BINARY_CHUNK), None)
    return _parse(chunks[0][1], subject), binary


def _parse(data: bytes, subject: str) -> dict[str, Any]:
    if len(data) > limits.json_bytes():
        problem = f"has a description of {len(data):,} bytes"
        raise UnreadableMediaError(subject, problem, "Raise VITRINA_MAX_JSON_BYTES if you trust the file.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableMediaError(subject, f"is not JSON ({error})", "Restore the file.") from error
    if not isinstance(document, dict) or not isinstance(document.get("asset"), dict):
        raise UnreadableMediaError(subject, "is JSON, but not glTF", "Restore the file.")
    return document


def _dicts(items: Any) -> list[dict[str, Any]]:
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []


def _number(item: dict[str, Any], key: str, default: int = -1) -> int:
    found = item.get(key, default)
    return found if isinstance(found, int) and found >= 0 else -1


def _check(document: dict[str, Any], binary: int | None, subject: str) -> tuple[int, int]:
    buffers = [_buffer_size(item, index, binary, subject) for index, item in enumerate(_dicts(document.get("buffers")))]
    views = _dicts(document.get("bufferViews"))
    for index, view in enumerate(views):
        end = _number(view, "byteOffset", 0) + _number(view, "byteLength")
        place = _number(view, "buffer")
        if not 0 <= place < len(buffers) or _number(view, "byteLength") < 0 or end > buffers[place]:
            raise UnreadableMediaError(
                subject, f"has a view {index} that is not inside its buffer", "Restore the file."
            )
    accessors = _dicts(document.get("accessors"))
    total = sum(_check_accessor(item, index, views, subject) for index, item in enumerate(accessors))
    limits.check_array_bytes(subject, total)
    return _count(document, accessors, subject)


def _buffer_size(item: dict[str, Any], index: int, binary: int | None, subject: str) -> int:
    said, uri = _number(item, "byteLength"), item.get("uri")
    if uri is None:
        held = binary if index == 0 else None
    elif isinstance(uri, str) and uri.startswith("data:"):
        try:
            held = len(base64.b64decode(uri.partition(",")[2], validate=True))
        except (binascii.Error, ValueError) as error:
            raise UnreadableMediaError(subject, f"has a buffer {index} that is no base64", "Restore it.") from error
    else:
        return said  # another file, which is looked at when it is opened
    if said < 0 or held is None or held < said:
        problem = f"says {said:,} bytes in buffer {index}, and holds {held or 0:,}"
        raise UnreadableMediaError(subject, problem, "Restore the file.")
    return said


def _check_accessor(item: dict[str, Any], index: int, views: list[dict[str, Any]], subject: str) -> int:
    """Check that the numbers lie in their view; return how many bytes they take."""
    count = _number(item, "count")
    parts = _COMPONENTS.get(str(item.get("type")))
    size = _COMPONENT_BYTES.get(_number(item, "componentType"))
    if count < 0 or parts is None or size is None:
        raise UnreadableMediaError(subject, f"has an accessor {index} of no known kind", "Restore the file.")
    width = parts * size
    place = _number(item, "bufferView", -1)
    if place >= 0 and count:
        view = views[place] if place < len(views) else {}
        stride = _number(view, "byteStride", width)
        end = _number(item, "byteOffset", 0) + max(stride, width) * (count - 1) + width
        if end > _number(view, "byteLength"):
            problem = f"says {count:,} elements in accessor {index}, more than its view holds"
            raise UnreadableMediaError(subject, problem, "Restore the file.")
    return count * width


def _count(document: dict[str, Any], accessors: list[dict[str, Any]], subject: str) -> tuple[int, int]:
    vertices = faces = 0
    for mesh in _dicts(document.get("meshes")):
        for part in _dicts(mesh.get("primitives")):
            attributes = part.get("attributes")
            place = _number(attributes if isinstance(attributes, dict) else {}, "POSITION")
            indices = _number(part, "indices", len(accessors)) if "indices" in part else None
            if not 0 <= place < len(accessors) or (indices is not None and not 0 <= indices < len(accessors)):
                raise UnreadableMediaError(subject, "has a mesh whose vertices are nowhere", "Restore the file.")
            points = _number(accessors[place], "count")
            corners = points if indices is None else _number(accessors[indices], "count")
            vertices += points
            mode = _number(part, "mode", _TRIANGLES)
            faces += corners // 3 if mode == _TRIANGLES else max(corners - 2, 0) if mode in (_STRIP, _FAN) else 0
    return vertices, faces
