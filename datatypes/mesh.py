"""3D models decoded by trimesh: checked first, by an explicit format, with no file but those of the same source."""

from __future__ import annotations

import io
import posixpath
from typing import TYPE_CHECKING, Any

from datatypes import gltf_check, limits
from datatypes.errors import DataTypeError, UnreadableMediaError
from datatypes.extras import need
from datatypes.model_check import check_model
from datatypes.payload import SourcePayload

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datatypes.mesh_parts import ModelParts
    from datatypes.payload import Payload
    from datatypes.point_cloud import Cloud

__all__ = ["cloud_to_trimesh", "load_model", "load_parts", "model_arrays", "read_model"]


class SourceResolver:
    """Opens what a model refers to (buffers, textures, materials): entries of the same source, and nothing else.

    Parameters
    ----------
    payload : Payload
        The file of the model. Unless it lies in a source, there is nothing to serve.
    """

    def __init__(self, payload: Payload) -> None:
        self._payload = payload
        self.missing: list[str] = []

    def get(self, name: str) -> bytes:
        """Return the bytes of a file beside the model.

        Raises
        ------
        FileNotFoundError
            If it is an address, lies outside the source, or is not there.
        """
        source = self._payload.source if isinstance(self._payload, SourcePayload) else None
        if source is not None:
            folder = posixpath.dirname(self._payload.name) if isinstance(self._payload, SourcePayload) else ""
            place = posixpath.normpath(posixpath.join(folder, name))
            if "://" not in name and not place.startswith(("/", "..")):
                try:
                    with source.open(place) as file:
                        return file.read(limits.array_bytes())
                except (LookupError, OSError, ValueError):
                    pass
        self.missing.append(str(name)[:200])
        raise FileNotFoundError(name)

    def __getitem__(self, name: str) -> bytes:
        return self.get(name)

    def keys(self) -> list[str]:
        """Return nothing: what is here is asked for by name only."""
        return []

    def namespaced(self, namespace: str) -> SourceResolver:
        """Return itself; there is one folder."""
        return self


def read_model(payload: Payload, subject: str) -> bytes:
    """Return the bytes of a model.

    Raises
    ------
    DecodeLimitError
        If it is larger than `limits.array_bytes`.
    """
    limits.check_array_bytes(subject, payload.size)
    return payload.read()


def load_model(payload: Payload, kind: str, subject: str, *, missing: list[str] | None = None) -> Any:
    """Decode a model.

    Parameters
    ----------
    payload : Payload
        Its file.
    kind : str
        One of `model_check.FORMATS`.
    subject : str
        Name for messages.
    missing : list of str, optional
        Filled with the names of files that the model asks for and the source does not have.

    Returns
    -------
    trimesh.Trimesh or trimesh.PointCloud or trimesh.Scene
        The one mesh, if there is one and it is where it says; else the scene.

    Raises
    ------
    UnreadableMediaError
        If the file lies, is cut, empty or of another format, or needs files that are not in the same source.
    DecodeLimitError
        If it is too large.
    """
    data = read_model(payload, subject)
    check_model(data, kind, subject)
    trimesh = need("trimesh", "a 3D model as meshes")
    scene = (
        _babylon_scene(trimesh, data, subject)
        if kind == "babylon"
        else _decode(trimesh, payload, data, kind, subject, [] if missing is None else missing)
    )
    if len(scene.geometry) == 1 and len(scene.graph.nodes_geometry) == 1:
        matrix, name = scene.graph[scene.graph.nodes_geometry[0]]
        if abs(matrix - trimesh.transformations.identity_matrix()).max() == 0:
            return scene.geometry[name]
    return scene


def load_parts(payload: Payload, kind: str, subject: str) -> ModelParts:
    """Decode a model with its looks.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError
        As `load_model` and `mesh_parts.read_parts`.
    """
    from datatypes import mesh_parts

    missing: list[str] = []
    found = mesh_parts.read_parts(load_model(payload, kind, subject, missing=missing), subject)
    if kind in ("glb", "gltf"):
        found.left_out.extend(gltf_check.undrawn(read_model(payload, subject), kind))
    absent = [f"{name} is not in the same source, so it is not drawn" for name in dict.fromkeys(missing)]
    return found._replace(left_out=[*absent, *found.left_out])


def _babylon_scene(trimesh: Any, data: bytes, subject: str) -> Any:
    from datatypes import babylon

    scene = trimesh.Scene()
    for part in babylon.read_parts(data, subject):
        mesh = trimesh.Trimesh(part.vertices, part.faces, vertex_colors=part.colours, process=False, validate=False)
        scene.add_geometry(mesh, geom_name=part.name or None)
    return scene


def _decode(trimesh: Any, payload: Payload, data: bytes, kind: str, subject: str, missing: list[str]) -> Any:
    resolver = SourceResolver(payload)
    resolver.missing = missing
    if kind in ("glb", "gltf"):
        gltf_check.check_extensions(data, kind, subject)
        # trimesh would decode the pictures of this extension, whatever their format
        data = gltf_check.without_extension(data, kind, "KHR_materials_pbrSpecularGlossiness")
    try:
        scene = trimesh.load_scene(
            io.BytesIO(data), file_type=kind, resolver=resolver, allow_remote=False, process=False
        )
        parts = list(scene.geometry.values())
        empty = not parts or not any(len(part.vertices) for part in parts)
        wrong = any(len(getattr(part, "faces", ())) and part.faces.max() >= len(part.vertices) for part in parts)
    except DataTypeError:
        raise
    except Exception as error:  # seven kinds of exception were seen from hostile files
        needs = f"needs {', '.join(resolver.missing)}, which is not in the same source" if resolver.missing else ""
        problem = needs or f"cannot be decoded ({type(error).__name__}: {str(error)[:200]})"
        raise UnreadableMediaError(subject, problem, "Restore the file, or export it as one GLB.") from error
    if empty or wrong:
        problem = "has faces that point to no vertex" if wrong else "gives an empty scene"
        raise UnreadableMediaError(subject, problem, "Restore the file, or export the model again.")
    return scene


def model_arrays(loaded: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the vertices (n, 3) and triangles (m, 3) of what `load_model` gave, in the coordinates of the scene."""
    import numpy as np

    if not hasattr(loaded, "graph"):
        faces = np.asarray(loaded.faces, np.int64) if hasattr(loaded, "faces") else np.zeros((0, 3), np.int64)
        return np.asarray(loaded.vertices, np.float64), faces
    sizes = {name: sum(part.nbytes for part in model_arrays(item)) for name, item in loaded.geometry.items()}
    shown = (loaded.graph[node][1] for node in loaded.graph.nodes_geometry)  # one mesh may stand in many places
    limits.check_array_bytes("the model", sum(sizes[name] for name in shown))
    places, corners, count = [np.zeros((0, 3))], [np.zeros((0, 3), np.int64)], 0
    for node in loaded.graph.nodes_geometry:
        matrix, name = loaded.graph[node]
        vertices, faces = model_arrays(loaded.geometry[name])
        places.append(vertices @ matrix[:3, :3].T + matrix[:3, 3])
        corners.append(faces + count)
        count += len(vertices)
    return np.concatenate(places), np.concatenate(corners)


def cloud_to_trimesh(cloud: Cloud, subject: str) -> Any:
    """Return a cloud as ``trimesh.PointCloud``, with colours where rows have them; a scene's parts in its metadata."""
    import numpy as np

    trimesh = need("trimesh", "points as a trimesh object")
    rows = cloud.to_numpy(subject)
    colours = None
    if rows.shape[1] == 6:
        colours = np.rint(np.nan_to_num(rows[:, 3:]).clip(0, 255)).astype(np.uint8)
    points = trimesh.PointCloud(rows[:, :3], colors=colours)
    if rows.shape[1] == 4:
        points.metadata["category"] = rows[:, 3]
    if cloud.scene_type is not None:
        points.metadata |= {"boxes": cloud.boxes, "vectors": cloud.vectors}
    return points
