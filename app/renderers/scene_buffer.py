"""A scene as one flat buffer, which the browser's own script draws without copying: header, then arrays.

Layout, all little-endian: ``VSC1``, uint32 length of the header, the header (JSON in UTF-8, padded with spaces so that
arrays begin at a multiple of 4), the arrays one after the other. An array is named in the header by ``at`` (bytes from
the first array); its type follows from its name: ``xyz`` and ``uv`` float32, ``rgba`` uint8, ``index`` and ``rows``
uint32, ``normals`` uint32 with 10 signed bits each for x, y and z, columns float32.

Places are ``(place - center) / scale``: the middle is taken away in float64, so that coordinates of a map (4,000,000 m)
keep their millimetres in float32; the scale is a power of two, which costs no bit.
"""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any

from app.palette import colour_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.renderers.scene_arrays import Column, Points, Scene
    from datatypes.mesh_parts import MeshPart

__all__ = ["MAGIC", "center_and_scale", "pack", "unpack"]

MAGIC = b"VSC1"

#: Colour of what has none: bright enough to be shaded, the same on light and dark.
PLAIN = (186, 192, 200, 255)


#: Meshes with more faces than this come with a coarse form of themselves, for graphics that are slow; its grid.
COARSE_ABOVE = 40_000
_CELLS = 48


class _Arrays:
    """Arrays in the order in which they are written, each at a multiple of 4 bytes."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def add(self, array: NDArray[Any], dtype: str) -> int:
        """Append an array and return where it begins."""
        import numpy as np

        data = np.ascontiguousarray(array, np.dtype(dtype)).tobytes()
        at = self.size
        self.pieces.append(data + b"\0" * (-len(data) % 4))
        self.size += len(self.pieces[-1])
        return at


def center_and_scale(bounds: NDArray[Any] | None) -> tuple[NDArray[Any], float]:
    """Return what is taken from each place, and what it is divided by.

    Parameters
    ----------
    bounds : ndarray or None
        Lowest and highest place, (2, 3) float64.

    Returns
    -------
    center : ndarray
        (3,) float64.
    scale : float
        A power of two, so that the longest half edge is between 0.5 and 1; 1 if there is no extent.
    """
    import numpy as np

    if bounds is None:
        return np.zeros(3), 1.0
    half = bounds[1] / 2 - bounds[0] / 2  # halves first: the sum of two large doubles may be infinite
    most = float(half.max())
    scale = 2.0 ** min(max(math.ceil(math.log2(most)), -1000), 1000) if most > 0 else 1.0
    return bounds[0] + half, scale


def pack(scene: Scene) -> bytes:
    """Return the buffer of a scene."""
    import numpy as np

    bounds = scene.bounds()
    center, scale = center_and_scale(bounds)
    arrays = _Arrays()

    def placed(places: NDArray[Any]) -> NDArray[Any]:
        moved: NDArray[Any] = (places - center) / scale
        return moved

    header: dict[str, Any] = {
        "format": scene.format,
        "up": scene.up,
        "center": center.tolist(),
        "scale": scale,
        "bounds": bounds.tolist() if bounds is not None else None,
        "radius": float(np.linalg.norm(placed(bounds[1]))) if bounds is not None else 0.0,
        "points": _points(scene.points, arrays, placed) if scene.points is not None else None,
        "mesh": _mesh(scene.parts, arrays, placed) if scene.parts else None,
        "textures": [
            {"width": t.shape[1], "height": t.shape[0], "at": arrays.add(t, "u1")} for t in scene.textures
        ],
        "boxes": [
            {"corners": placed(b.corners).ravel().tolist(), "colour": b.colour, "label": b.label, "score": b.score}
            for b in scene.boxes
        ],
        "vectors": [
            {"ends": placed(np.stack(v[:2])).ravel().tolist(), "colour": v.colour, "label": v.label}
            for v in scene.vectors
        ],
    }  # fmt: skip
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *arrays.pieces])


def unpack(data: bytes) -> tuple[dict[str, Any], memoryview]:
    """Return header and arrays of a buffer: the inverse of `pack`, as the browser reads it."""
    if data[:4] != MAGIC:
        raise ValueError("buffer: does not begin as a scene. Pack it again.")
    (length,) = struct.unpack_from("<I", data, 4)
    return json.loads(data[8 : 8 + length]), memoryview(data)[8 + length :]


def _points(points: Points, arrays: _Arrays, placed: Any) -> dict[str, Any]:
    return {
        "n": len(points.xyz),
        "stored": points.stored,
        "xyz": arrays.add(placed(points.xyz), "<f4"),
        "rows": arrays.add(points.rows, "<u4"),
        "rgba": arrays.add(points.rgba, "u1") if points.rgba is not None else None,
        "columns": [_column(column, arrays) for column in points.columns],
    }


def _column(column: Column, arrays: _Arrays) -> dict[str, Any]:
    import numpy as np

    finite = column.values[np.isfinite(column.values)]
    found: dict[str, Any] = {
        "name": column.name,
        "at": arrays.add(column.values.clip(-3e38, 3e38), "<f4"),
        "low": float(finite.min()) if len(finite) else None,
        "high": float(finite.max()) if len(finite) else None,
    }
    if column.is_category:
        names, counts = np.unique(column.values.astype(np.int64), return_counts=True)
        pairs = zip(names.tolist(), counts.tolist(), strict=True)
        found["categories"] = [{"value": n, "count": c, "colour": colour_of(n)} for n, c in pairs]
    return found


def _mesh(parts: Sequence[MeshPart], arrays: _Arrays, placed: Any) -> dict[str, Any]:
    """Lay all meshes into one buffer of vertices; a group is a run of indices that is drawn with one texture."""
    import numpy as np

    groups, faces, coarse, first, at = [], [], [], 0, 0
    is_large = sum(len(part.faces) for part in parts) > COARSE_ABOVE
    for part in parts:
        group = {"name": part.name, "start": at, "count": part.faces.size, "texture": part.texture}
        groups.append(group | {"translucent": part.is_translucent, "vertex": first})
        faces.append(part.faces + first)
        if is_large:
            coarse.append(_coarse(placed(part.vertices), part.faces) + first)
        first += len(part.vertices)
        at += part.faces.size
    vertices = np.concatenate([part.vertices for part in parts])
    index = np.concatenate(faces)
    xyz = placed(vertices).astype(np.float32)
    has_uv = any(part.uv is not None for part in parts)
    return {
        "vertices": len(vertices),
        "faces": len(index),
        "xyz": arrays.add(xyz, "<f4"),
        "rgba": arrays.add(np.concatenate([_colours(part) for part in parts]), "u1"),
        "normals": arrays.add(_ten_bits(_normals(parts, xyz, index)), "<u4"),
        "uv": arrays.add(np.concatenate([_uv(part) for part in parts]), "<f4") if has_uv else None,
        "index": arrays.add(index, "<u4"),
        "groups": groups,
        "coarse": _coarse_groups(groups, coarse, arrays) if is_large else None,
        "colours": any(part.colours is not None or part.texture is not None for part in parts),
        "smooth": all(part.normals is not None for part in parts),
    }


def _coarse(places: NDArray[Any], faces: NDArray[Any]) -> NDArray[Any]:
    """Return fewer faces of about the same shape: all vertices of a cell of a grid become one of them.

    Source: Rossignac and Borrel, "Multi-resolution 3D approximations for rendering complex scenes" (1993).
    """
    import numpy as np

    if not len(faces):
        return faces
    cells = np.floor((places + 1) * (_CELLS / 2)).astype(np.int64)
    key = (cells[:, 0] * (_CELLS + 1) + cells[:, 1]) * (_CELLS + 1) + cells[:, 2]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    moved = first[inverse][faces]
    kept = moved[(moved[:, 0] != moved[:, 1]) & (moved[:, 1] != moved[:, 2]) & (moved[:, 2] != moved[:, 0])]
    turned = np.take_along_axis(kept, (kept.argmin(axis=1)[:, None] + np.arange(3)) % 3, axis=1)
    found: NDArray[Any] = np.unique(turned, axis=0)
    return found


def _coarse_groups(groups: list[dict[str, Any]], parts: list[NDArray[Any]], arrays: _Arrays) -> dict[str, Any]:
    """Lay the faces for a scene in motion into one index, in the same groups."""
    import numpy as np

    ends = np.cumsum([part.size for part in parts]).tolist()
    starts = [0, *ends[:-1]]
    shown = [
        group | {"start": start, "count": end - start} for group, start, end in zip(groups, starts, ends, strict=True)
    ]
    index = np.concatenate(parts)
    return {"faces": len(index), "index": arrays.add(index, "<u4"), "groups": shown}


def _colours(part: MeshPart) -> NDArray[Any]:
    import numpy as np

    if part.colours is not None:
        return part.colours
    return np.tile(np.array((255, 255, 255, 255) if part.texture is not None else PLAIN, np.uint8), (len(part[1]), 1))


def _uv(part: MeshPart) -> NDArray[Any]:
    import numpy as np

    if part.uv is None:
        return np.zeros((len(part.vertices), 2))
    return np.stack([part.uv[:, 0], 1 - part.uv[:, 1]], axis=1)  # the first row of a texture is on top


def _normals(parts: Sequence[MeshPart], xyz: NDArray[Any], index: NDArray[Any]) -> NDArray[Any]:
    """Return a direction a vertex: as stored, else the mean of the faces about its place, large ones more."""
    import numpy as np

    if all(part.normals is not None for part in parts):
        return np.concatenate([part.normals for part in parts if part.normals is not None])
    corners = xyz[index].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])  # its length is twice the area
    same = _same_places(xyz)
    summed = np.zeros((len(xyz), 3))
    for axis in range(3):
        for corner in range(3):
            summed[:, axis] += np.bincount(same[index[:, corner]], across[:, axis], len(xyz))
    computed = summed[same]
    lengths = np.linalg.norm(computed, axis=1, keepdims=True)
    computed /= np.where(lengths > 0, lengths, 1)
    stored = [part.normals if part.normals is not None else np.full((len(part[1]), 3), np.nan) for part in parts]
    known = np.concatenate(stored)
    found: NDArray[Any] = np.where(np.isnan(known), computed, known)
    return found


def _same_places(xyz: NDArray[Any]) -> NDArray[Any]:
    """Return for each vertex the first one at the same place: STL and hard edges repeat them."""
    import numpy as np

    words = (xyz + 0.0).view(np.uint32).astype(np.uint64)  # + 0 turns -0 to 0
    key = words[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ words[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    key = (key ^ key >> np.uint64(29)) * np.uint64(0x165667B19E3779F9) + words[:, 2] * np.uint64(0x27D4EB2F165667C5)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    found: NDArray[Any] = first[inverse]
    return found


def _ten_bits(normals: NDArray[Any]) -> NDArray[Any]:
    """Pack directions as WebGL's ``INT_2_10_10_10_REV``: x in the lowest 10 bits; 511 is 1."""
    import numpy as np

    whole = np.rint(normals.clip(-1, 1) * 511).astype(np.int64) & 0x3FF
    packed: NDArray[Any] = whole[:, 0] | whole[:, 1] << 10 | whole[:, 2] << 20
    return packed
