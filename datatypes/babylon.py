"""The ``.babylon`` scene format, as far as it is geometry: JSON with transforms, parents, instances and colours.

Source: the file format map in Babylon.js' documentation. Babylon is left-handed: z is negated here, and the winding
of the triangles with it, so that scenes look as they do there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import limits
from datatypes.errors import UnreadableMediaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Part", "read_parts"]

_MAX_DEPTH = 64  # parents above a node


class Part(NamedTuple):
    """One mesh, in the coordinates of the scene."""

    name: str
    vertices: NDArray[Any]  # (n, 3) float64
    faces: NDArray[Any]  # (m, 3) int64
    colours: NDArray[Any]  # (n, 4) uint8


def read_parts(data: bytes, subject: str) -> list[Part]:
    """Read the meshes of a scene.

    Parameters
    ----------
    data : bytes
        The whole file.
    subject : str
        Name for messages.

    Returns
    -------
    list of Part
        Visible meshes and their instances, in the order of the file.

    Raises
    ------
    UnreadableMediaError
        If it is no such scene, or indices point to no vertex.
    DecodeLimitError
        If it takes more than `limits.array_bytes`.
    """
    document = _parse(data, subject)
    try:
        return list(_parts(document, subject))
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError) as error:
        if hasattr(error, "remedy"):
            raise
        raise UnreadableMediaError(subject, f"is malformed ({error})", "Export the scene again.") from error


def _parse(data: bytes, subject: str) -> dict[str, Any]:
    if len(data) > limits.json_bytes():
        problem = f"has {len(data):,} bytes of JSON"
        raise UnreadableMediaError(subject, problem, "Raise VITRINA_MAX_JSON_BYTES if you trust the file.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableMediaError(subject, f"is not JSON ({error})", "Restore the file.") from error
    if not isinstance(document, dict) or not isinstance(document.get("meshes"), list):
        raise UnreadableMediaError(subject, "is JSON, but no Babylon scene", "Restore the file.")
    return document


def _parts(document: dict[str, Any], subject: str) -> Iterator[Part]:
    import numpy as np

    colours = _materials(document)
    geometries = {item["id"]: item for item in (document.get("geometries") or {}).get("vertexData") or []}
    kinds = ("meshes", "transformNodes", "cameras", "lights")
    nodes = {item["id"]: item for kind in kinds for item in document.get(kind) or [] if item.get("id") is not None}
    total = 0
    for mesh in document["meshes"]:
        geometry = geometries.get(mesh.get("geometryId"), mesh)
        if not geometry.get("positions") or not geometry.get("indices") or mesh.get("isVisible") is False:
            continue
        places = np.asarray(geometry["positions"], np.float64).reshape(-1, 3)
        faces = np.asarray(geometry["indices"], np.int64).reshape(-1, 3)
        if faces.min() < 0 or faces.max() >= len(places):
            problem = f"has a mesh {mesh.get('name')!r} whose indices point to no vertex"
            raise UnreadableMediaError(subject, problem, "Export the scene again.")
        shown = [mesh, *(mesh.get("instances") or [])]
        total += (places.nbytes + faces.nbytes) * len(shown)
        limits.check_array_bytes(subject, total)
        colour = _vertex_colours(geometry, len(places), colours.get(mesh.get("materialId")))
        for node in shown:
            matrix = _world(node, nodes)
            moved = places @ matrix[:3, :3].T + matrix[:3, 3]
            moved[:, 2] *= -1
            yield Part(str(node.get("name") or ""), moved, faces[:, ::-1], colour)


def _materials(document: dict[str, Any]) -> dict[Any, Any]:
    """Diffuse colour of each material; of a set of materials, that of the first one known."""
    colours = {item.get("id"): item.get("diffuse") for item in document.get("materials") or []}
    for item in document.get("multiMaterials") or []:
        first = next((known for known in item.get("materials") or [] if known in colours), None)
        colours[item.get("id")] = colours.get(first)
    return colours


def _vertex_colours(geometry: dict[str, Any], count: int, diffuse: Any) -> NDArray[Any]:
    import numpy as np

    colours = np.full((count, 4), 255, np.uint8)
    if geometry.get("colors"):
        given = np.asarray(geometry["colors"], np.float64).reshape(count, -1)[:, :4]
        colours[:, : given.shape[1]] = np.rint(given.clip(0, 1) * 255)
    else:
        grey = (0.7, 0.7, 0.7)  # what the format's own viewer shows without a material is near this
        colours[:, :3] = np.rint(np.clip(np.asarray(diffuse or grey, np.float64)[:3], 0, 1) * 255)
    return colours


def _world(node: dict[str, Any], nodes: dict[Any, dict[str, Any]]) -> NDArray[Any]:
    """Transform from a node to the scene; a chain of parents that closes on itself is cut."""
    matrix, seen = _local(node), 0
    while (parent := nodes.get(node.get("parentId"))) is not None and parent is not node and seen < _MAX_DEPTH:
        matrix, node, seen = _local(parent) @ matrix, parent, seen + 1
    return matrix


def _local(node: dict[str, Any]) -> NDArray[Any]:
    import numpy as np

    quaternion = node.get("rotationQuaternion")
    turn = _from_quaternion(quaternion) if quaternion else _from_angles(node.get("rotation") or (0, 0, 0))
    matrix: NDArray[Any] = np.eye(4)
    matrix[:3, :3] = turn * np.asarray(node.get("scaling") or (1, 1, 1), np.float64)
    matrix[:3, 3] = node.get("position") or (0, 0, 0)
    return matrix


def _from_quaternion(quaternion: Any) -> NDArray[Any]:
    import numpy as np

    x, y, z, w = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _from_angles(angles: Any) -> NDArray[Any]:
    """Turn by pitch (x), yaw (y) and roll (z) in radians, roll first and yaw last."""
    import numpy as np

    (cx, cy, cz), (sx, sy, sz) = np.cos(angles), np.sin(angles)
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    roll = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    turn: NDArray[Any] = yaw @ pitch @ roll
    return turn
