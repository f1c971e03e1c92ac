"""Models as they are to be drawn: places in the coordinates of the scene, triangles, colours, normals, textures.

`mesh.model_arrays` gives the shape alone, for measures. Here a file's looks come with it, as far as they are plain: one
colour a vertex, and the picture of the base colour. What is left out (other maps, formats of pictures that are not
trusted) is named, never dropped in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import limits

if TYPE_CHECKING:
    import PIL.Image
    from numpy.typing import NDArray

__all__ = ["MeshPart", "ModelParts", "read_parts"]

#: Longest side of a texture as it is given, and bytes of all of them.
MAX_TEXTURE_SIDE = 2048
MAX_TEXTURE_BYTES = 64 << 20

#: Maps that a material may have besides its base colour, and how they are called in a sentence.
_OTHER_MAPS = {
    "normalTexture": "normal maps",
    "metallicRoughnessTexture": "metallic and roughness maps",
    "emissiveTexture": "emissive maps",
    "occlusionTexture": "occlusion maps",
}


class MeshPart(NamedTuple):
    """One mesh, or one set of points, where it stands in the scene.

    Attributes
    ----------
    name : str
        As in the file.
    vertices : ndarray
        (n, 3) float64.
    faces : ndarray
        (m, 3) int64, into `vertices`; none for points.
    colours : ndarray or None
        (n, 4) uint8 as stored, factor of the material and colours of vertices multiplied; None if the file says none.
    normals : ndarray or None
        (n, 3) float64 of length 1, where the file has them.
    uv : ndarray or None
        (n, 2) float64, origin at the lower left; None unless `texture` is used.
    texture : int or None
        Place in `ModelParts.textures`.
    is_translucent : bool
        Whether the material says that alpha is to be mixed.
    """

    name: str
    vertices: NDArray[Any]
    faces: NDArray[Any]
    colours: NDArray[Any] | None = None
    normals: NDArray[Any] | None = None
    uv: NDArray[Any] | None = None
    texture: int | None = None
    is_translucent: bool = False


class ModelParts(NamedTuple):
    """All of a model.

    Attributes
    ----------
    parts : list of MeshPart
        In the order of the scene.
    textures : list of ndarray
        (height, width, 4) uint8, first row on top, at most `MAX_TEXTURE_SIDE`.
    materials : list of str
        Names of the materials in use, without double ones.
    left_out : list of str
        What is not given, each as the beginning of a sentence with its reason.
    """

    parts: list[MeshPart]
    textures: list[NDArray[Any]]
    materials: list[str]
    left_out: list[str]


def read_parts(loaded: Any, subject: str) -> ModelParts:
    """Take apart what `mesh.load_model` gave.

    Parameters
    ----------
    loaded : trimesh.Trimesh, trimesh.PointCloud or trimesh.Scene
        The model.
    subject : str
        Name for messages.

    Raises
    ------
    DecodeLimitError
        If its meshes, each as often as the scene shows it, take more than `limits.array_bytes`.
    """
    looks = _Looks(subject)
    if not hasattr(loaded, "graph"):
        return looks.result([] if _is_path(loaded) else [looks.part(loaded, "", None)])
    placed = [(node, *loaded.graph[node]) for node in loaded.graph.nodes_geometry]
    placed = [item for item in placed if not _is_path(loaded.geometry[item[2]])]
    sizes = {name: _size(item) for name, item in loaded.geometry.items()}
    limits.check_array_bytes(subject, sum(sizes[name] for _, _, name in placed))
    parts = [looks.part(loaded.geometry[name], str(name), matrix) for _, matrix, name in placed]
    return looks.result(parts)


def _is_path(item: Any) -> bool:
    """Whether trimesh made lines of it, in which it has not kept which vertices belong together."""
    return hasattr(item, "entities")


def _size(item: Any) -> int:
    """Return about how many bytes a mesh takes once it is placed."""
    return len(item.vertices) * 64 + len(getattr(item, "faces", ())) * 24


class _Looks:
    """Colours and textures of one model; a texture that several parts use is decoded once."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._textures: list[NDArray[Any]] = []
        self._known: dict[int, tuple[int | None, Any]] = {}  # by identity, which the picture beside it keeps alive
        self._materials: dict[str, None] = {}
        self._left_out: dict[str, None] = {}

    def result(self, parts: list[MeshPart]) -> ModelParts:
        return ModelParts(parts, self._textures, list(self._materials), list(self._left_out))

    def part(self, item: Any, name: str, matrix: Any) -> MeshPart:
        """Place one geometry."""
        import numpy as np

        vertices = np.asarray(item.vertices, np.float64).reshape(-1, 3)
        faces = np.asarray(getattr(item, "faces", np.zeros((0, 3))), np.int64).reshape(-1, 3)
        colours, uv, texture, blend = self._look(item, len(vertices))
        normals = _stored_normals(item, len(vertices))
        if _has_face_colours(item):  # corners of their own: a colour that ends at an edge
            vertices, normals = vertices[faces.ravel()], None if normals is None else normals[faces.ravel()]
            colours = np.repeat(np.asarray(item.visual.face_colors, np.uint8), 3, axis=0)
            faces = np.arange(len(vertices)).reshape(-1, 3)
        if matrix is not None:
            vertices = vertices @ matrix[:3, :3].T + matrix[:3, 3]
            normals = None if normals is None else _turned(normals, matrix)
            if np.linalg.det(matrix[:3, :3]) < 0:  # mirrored: outside stays outside
                faces = faces[:, ::-1]
        return MeshPart(name, vertices, faces, colours, normals, uv, texture, blend)

    def _look(self, item: Any, count: int) -> tuple[NDArray[Any] | None, NDArray[Any] | None, int | None, bool]:
        """Return colours, texture coordinates, place of the texture, and whether alpha is mixed."""
        import numpy as np

        visual: Any = getattr(item, "visual", None)
        kind = getattr(visual, "kind", None)
        if kind == "vertex":
            return np.asarray(visual.vertex_colors, np.uint8).reshape(count, -1), None, None, False
        own = np.asarray(getattr(item, "colors", ()))  # of a trimesh.PointCloud
        if kind != "texture":
            return (own.astype(np.uint8) if own.shape == (count, 4) else None), None, None, False
        material = visual.material
        self._name_material(material)
        factor, picture = _base(material)
        colours = _vertex_factors(visual, count)
        if factor is not None:
            whole = np.broadcast_to(factor, (count, 4)) if colours is None else colours * (factor / 255)
            colours = np.rint(whole).astype(np.uint8)
        texture = self._texture(picture) if picture is not None else None
        uv = _coordinates(visual, count) if texture is not None else None
        blend = getattr(material, "alphaMode", None) == "BLEND"
        return colours, uv, None if uv is None else texture, blend

    def _name_material(self, material: Any) -> None:
        if name := getattr(material, "name", None):
            self._materials[str(name)] = None
        for key, words in _OTHER_MAPS.items():
            if getattr(material, key, None) is not None:
                self._left_out[f"{words} are not drawn"] = None

    def _texture(self, picture: Any) -> int | None:
        if id(picture) not in self._known:
            self._known[id(picture)] = (self._decoded(picture), picture)
        return self._known[id(picture)][0]

    def _decoded(self, picture: PIL.Image.Image) -> int | None:
        """Decode a texture whose header alone was read so far; None if it is not to be trusted, or broken."""
        import numpy as np

        from datatypes.picture import FORMATS

        kind = str(getattr(picture, "format", None) or "unknown")
        if kind not in FORMATS:
            self._left_out[f"a texture is not drawn, because it is a picture of type {kind}"] = None
            return None
        try:
            limits.check_pixels(self._subject, *picture.size)
            whole = picture.convert("RGBA")
        except (OSError, ValueError, SyntaxError, MemoryError) as error:
            problem = getattr(error, "problem", "") or f"it cannot be decoded ({type(error).__name__})"
            self._left_out[f"a texture is not drawn, because {problem}"] = None
            return None
        if max(whole.size) > MAX_TEXTURE_SIDE:
            size = f"{whole.width:,}×{whole.height:,}"
            self._left_out[f"a texture of {size} px is drawn at {MAX_TEXTURE_SIDE:,} px, because it is large"] = None
            whole.thumbnail((MAX_TEXTURE_SIDE, MAX_TEXTURE_SIDE))
        pixels = np.asarray(whole)
        if sum(item.nbytes for item in self._textures) + pixels.nbytes > MAX_TEXTURE_BYTES:
            limit = f"{MAX_TEXTURE_BYTES >> 20} MiB"
            self._left_out[f"some textures are not drawn, because all are drawn up to {limit}"] = None
            return None
        self._textures.append(pixels)
        return len(self._textures) - 1


def _base(material: Any) -> tuple[NDArray[Any] | None, Any]:
    """Return the factor, 0 to 255, and the picture of the base colour; a picture without a factor is not tinted."""
    import numpy as np

    if hasattr(material, "baseColorTexture"):
        factor, picture = material.baseColorFactor, material.baseColorTexture
    else:
        picture = getattr(material, "image", None)
        factor = None if picture is not None else getattr(material, "diffuse", None)
    if factor is None:
        return None, picture
    found = np.asarray(factor, np.float64).ravel()
    return np.append(found, 255.0)[:4] if len(found) >= 3 else None, picture


def _vertex_factors(visual: Any, count: int) -> NDArray[Any] | None:
    """Return colours of vertices that stand beside a texture: (count, 4), 0 to 255."""
    import numpy as np

    attributes = getattr(visual, "vertex_attributes", None)
    found = np.asarray(attributes["color"]) if attributes is not None and "color" in attributes else None
    if found is None or found.ndim != 2 or len(found) != count or found.shape[1] not in (3, 4):
        return None
    high = np.iinfo(found.dtype).max if found.dtype.kind == "u" else 1.0
    colours = np.full((count, 4), 255.0)
    colours[:, : found.shape[1]] = np.clip(np.nan_to_num(found / high), 0, 1) * 255
    return colours


def _coordinates(visual: Any, count: int) -> NDArray[Any] | None:
    import numpy as np

    uv = np.asarray(visual.uv, np.float64) if visual.uv is not None else np.zeros((0, 2))
    if uv.ndim != 2 or len(uv) != count or uv.shape[1] < 2 or not np.isfinite(uv).all():
        return None
    return uv[:, :2]


def _has_face_colours(item: Any) -> bool:
    visual = getattr(item, "visual", None)
    return getattr(visual, "kind", None) == "face" and len(getattr(visual, "face_colors", ())) == len(item.faces)


def _stored_normals(item: Any, count: int) -> NDArray[Any] | None:
    """Return the normals that came with the file; trimesh would else compute some when asked."""
    import numpy as np

    cache = getattr(item, "_cache", None)
    found = cache.cache.get("vertex_normals") if cache is not None and count else None
    if found is None or np.shape(found) != (count, 3):
        return None
    normals = np.nan_to_num(np.asarray(found, np.float64), posinf=0, neginf=0)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return normals / np.where(lengths > 0, lengths, 1)


def _turned(normals: NDArray[Any], matrix: NDArray[Any]) -> NDArray[Any]:
    """Turn normals as a surface is turned: by the transposed inverse, so that scaling does not tilt them."""
    import numpy as np

    try:
        moved: NDArray[Any] = normals @ np.linalg.inv(matrix[:3, :3])
    except np.linalg.LinAlgError:  # flattened: there is no inside
        return normals
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return moved / np.where(lengths > 0, lengths, 1)
