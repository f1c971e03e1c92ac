"""What `Object3D` accepts, each turned into a side file and a record: arrays, scenes, paths, file objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datatypes import model_check, point_cloud
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.fidelity import FidelityRecord
from datatypes.media_input import file_object_bytes, file_payload, given_name, made_payload

if TYPE_CHECKING:
    from datatypes.payload import Payload

__all__ = ["FILE_TYPES", "load_object", "type_of"]

#: Types of files, as their names end.
FILE_TYPES = ("babylon", "glb", "gltf", "obj", "pts.json", "stl")


def type_of(name: str) -> str | None:
    """Return the type of a file by the end of its name, in this case of letters; None if it is none of ours."""
    return next((kind for kind in FILE_TYPES if name.endswith(f".{kind}")), None)


def load_object(data: Any, file_type: str | None) -> tuple[Payload, str, FidelityRecord]:
    """Turn what was given into a side file, its type and a record.

    Parameters
    ----------
    data : object
        See `Object3D`.
    file_type : str, optional
        Type of a file object.

    Raises
    ------
    RejectedValueError, RejectedTypeError, MissingMediaError
        If it is no 3D object.
    """
    if file_type is not None and file_type not in FILE_TYPES:
        raise RejectedValueError("file_type", f"is {file_type!r}", f"Use one of {', '.join(FILE_TYPES)}.")
    name = given_name(data)
    if name is not None:
        kind = type_of(name)
        if kind is None:
            remedy = f"Pass a file that ends in one of {', '.join(FILE_TYPES)}."
            raise RejectedValueError(name, "is no file of a 3D object by its name", remedy)
        payload = file_payload(data)
        return payload, kind, _file_record(payload, kind)
    if hasattr(data, "read"):
        if file_type is None:
            raise RejectedValueError("file_type", "is missing", "Say what the file object holds: file_type='obj'.")
        payload = made_payload(file_object_bytes(data, "file object"), f".{file_type}")
        return payload, file_type, _file_record(payload, file_type)
    if isinstance(data, dict) and "type" in data:
        return (*_pair(point_cloud.encode_scene(data)),)
    if hasattr(data, "detach"):
        data = data.detach().cpu().numpy()
    if hasattr(data, "__array__"):
        return (*_pair(point_cloud.encode_points(data)),)
    remedy = "Pass an array, a scene with its type, a path, or a file object with file_type."
    if isinstance(data, list | tuple | dict):
        raise RejectedValueError("data_or_path", f"is a {type(data).__name__}, not an array", remedy)
    raise RejectedTypeError("data_or_path", f"is {type(data).__name__}", remedy)


def _pair(stored: tuple[Payload, FidelityRecord]) -> tuple[Payload, str, FidelityRecord]:
    return stored[0], "pts.json", stored[1]


def _file_record(payload: Payload, kind: str) -> FidelityRecord:
    """Record a file that is kept byte for byte, and what it refers to, which is not kept."""
    notices = []
    if kind in ("gltf", "glb", "obj"):
        others = model_check.external_files(payload.read(), kind)
        if others:
            notices = [f"refers to {', '.join(others[:8])}, which are not stored with it"]
    return FidelityRecord("lossless", {"kind": "file", "sha256": payload.sha256}, notices=notices or None)
