"""A scene drawn without a graphics card, small: for cards, cells of tables, and browsers without WebGL2.

Triangles are rasterised exactly (a pixel belongs to the triangle that covers its middle) and points are squares; the
nearest wins. All in NumPy, all triangles at once, so a picture of an ordinary object takes some 50 ms.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from app.renderers.scene_buffer import PLAIN, center_and_scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from app.renderers.scene_arrays import Points, Scene
    from datatypes.mesh_parts import MeshPart

__all__ = ["render", "webp"]

#: Size of a preview, and how many times larger it is drawn, so that edges are smooth.
WIDTH, HEIGHT = 320, 240
_OVERSAMPLING = 2

#: What is drawn at most: more is not seen on so few pixels.
_MAX_POINTS = 150_000
_MAX_FACES = 400_000
_MAX_FRAGMENTS = 6_000_000
_MAX_BOXES = 300

#: From where it is seen, as on the page at first: angles in degrees about and above the horizon.
_YAW, _PITCH = 35.0, 24.0

#: Colours of viridis at equal steps. Source: matplotlib, CC0.
_VIRIDIS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))


class _Fragments(NamedTuple):
    """Candidates for pixels: place in the picture (flat), depth (small is near), colour."""

    pixel: NDArray[Any]  # (k,) int64
    depth: NDArray[Any]  # (k,) float64
    rgb: NDArray[Any]  # (k, 3) uint8


def render(scene: Scene, width: int = WIDTH, height: int = HEIGHT) -> NDArray[Any]:
    """Draw a scene.

    Returns
    -------
    ndarray
        (height, width, 4) uint8, transparent where nothing is.
    """
    import numpy as np
    import PIL.Image

    size = (width * _OVERSAMPLING, height * _OVERSAMPLING)
    picture = np.zeros((size[1] * size[0], 4), np.uint8)
    eye = _Eye(scene, size)
    fragments = list(_all_fragments(scene, eye, size))
    if fragments:
        pixel, depth, rgb = (np.concatenate([getattr(f, name) for f in fragments]) for name in _Fragments._fields)
        nearest = np.full(len(picture), np.inf)
        np.minimum.at(nearest, pixel, depth)
        seen = depth <= nearest[pixel]
        picture[pixel[seen], :3] = rgb[seen]
        picture[pixel[seen], 3] = 255
    large = PIL.Image.fromarray(picture.reshape(size[1], size[0], 4), "RGBA").convert("RGBa")  # premultiplied
    small: NDArray[Any] = np.asarray(large.reduce(_OVERSAMPLING).convert("RGBA"))
    return small


def webp(scene: Scene) -> bytes:
    """Return the preview of a scene as WebP, at most 320 pixels, transparent where nothing is."""
    import PIL.Image

    buffer = io.BytesIO()
    PIL.Image.fromarray(render(scene), "RGBA").save(buffer, "WEBP", quality=86, method=2)
    return buffer.getvalue()


class _Eye:
    """Turns places to pixels: seen from above at an angle, without perspective, all of it in the picture."""

    def __init__(self, scene: Scene, size: tuple[int, int]) -> None:
        import numpy as np

        bounds = scene.bounds()
        self.center, self.scale = center_and_scale(bounds)
        yaw, pitch = math.radians(_YAW), math.radians(_PITCH)
        right = np.array([math.cos(yaw), 0.0, -math.sin(yaw)])
        back = np.array([math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch)])
        axes = np.stack([right, np.cross(back, right), back])  # rows: right, up, towards the eye
        if scene.up == "z":
            axes = axes @ np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])
        self.axes = axes
        corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
        box = np.zeros((8, 3)) if bounds is None else np.where(corners, bounds[1], bounds[0])
        seen = ((box - self.center) / self.scale) @ axes.T
        extent = seen[:, :2].max(axis=0) - seen[:, :2].min(axis=0)
        room = 0.94 * np.array(size)
        self.zoom = float(min(room / np.maximum(extent, 1e-9))) if extent.max() > 0 else 1.0
        middle = (seen[:, :2].max(axis=0) + seen[:, :2].min(axis=0)) / 2
        self.shift = np.array(size) / 2 - middle * self.zoom * np.array([1, -1])

    def project(self, places: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return (n, 2) pixels, x right and y down, and (n,) depths."""
        import numpy as np

        seen = ((places - self.center) / self.scale) @ self.axes.T
        return seen[:, :2] * np.array([self.zoom, -self.zoom]) + self.shift, -seen[:, 2]


def _all_fragments(scene: Scene, eye: _Eye, size: tuple[int, int]) -> Iterator[_Fragments]:
    for part in scene.parts:
        yield from _triangles(part, scene, eye, size)
    if scene.points is not None and len(scene.points.xyz):
        yield _splats(scene.points, 2 if scene.up == "z" else 1, eye, size)
    edges = [(i, i | bit) for i in range(8) for bit in (1, 2, 4) if not i & bit]
    for box in scene.boxes[:_MAX_BOXES]:
        yield _segments(box.corners[edges], tuple(bytes.fromhex(box.colour[1:])), eye, size)
    for vector in scene.vectors[:_MAX_BOXES]:
        ends = _stacked(vector.start, vector.end)
        yield _segments(ends, tuple(bytes.fromhex(vector.colour[1:])), eye, size)


def _stacked(start: NDArray[Any], end: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    return np.stack([start, end])[None]


def _splats(points: Points, up: int, eye: _Eye, size: tuple[int, int]) -> _Fragments:
    """Squares of points, the larger the fewer there are; without colours they are coloured by height."""
    xyz = points.xyz[:_MAX_POINTS]
    pixels, depth = eye.project(xyz)
    rgb = points.rgba[:_MAX_POINTS, :3] if points.rgba is not None else _point_colours(points, xyz, up)
    side = 2 if len(xyz) > 20_000 else 3 if len(xyz) > 2_000 else 5 if len(xyz) > 100 else 9
    return _squares(pixels, depth, rgb, side, size)


def _squares(
    pixels: NDArray[Any], depth: NDArray[Any], rgb: NDArray[Any], side: int, size: tuple[int, int]
) -> _Fragments:
    """Squares of `side` pixels about places: (n, 2) pixels, (n,) depths, (n, 3) colours."""
    import numpy as np

    steps = np.arange(side) - side // 2
    x = (np.floor(pixels[:, 0]).astype(np.int64)[:, None, None] + steps[None, None, :]).repeat(side, axis=1)
    y = (np.floor(pixels[:, 1]).astype(np.int64)[:, None, None] + steps[None, :, None]).repeat(side, axis=2)
    inside = ((x >= 0) & (x < size[0]) & (y >= 0) & (y < size[1])).ravel()
    each = side * side
    return _Fragments((y * size[0] + x).ravel()[inside], depth.repeat(each)[inside], rgb.repeat(each, axis=0)[inside])


def _point_colours(points: Points, xyz: NDArray[Any], up: int) -> NDArray[Any]:
    import numpy as np

    from app.palette import colour_of

    column = next((column for column in points.columns if column.is_category), None)
    if column is not None:
        names, places = np.unique(column.values[: len(xyz)].astype(np.int64), return_inverse=True)
        table = [tuple(bytes.fromhex(colour_of(name)[1:])) for name in names.tolist()]
        found: NDArray[Any] = np.array(table, np.uint8)[places]
        return found
    low, high = xyz[:, up].min(), xyz[:, up].max()
    share = (xyz[:, up] - low) / (high - low) if high > low else np.full(len(xyz), 0.5)
    steps = np.linspace(0, 1, len(_VIRIDIS))
    channels = [np.interp(share, steps, [colour[i] for colour in _VIRIDIS]) for i in range(3)]
    ramp: NDArray[Any] = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    return ramp


def _segments(ends: NDArray[Any], colour: tuple[int, ...], eye: _Eye, size: tuple[int, int]) -> _Fragments:
    """Lines of three pixels: (k, 2, 3) ends."""
    import numpy as np

    pixels, depth = eye.project(ends.reshape(-1, 3))
    pixels, depth = pixels.reshape(-1, 2, 2), depth.reshape(-1, 2)
    steps = min(max(int(np.abs(pixels[:, 1] - pixels[:, 0]).max(initial=1)) + 1, 2), sum(size))
    share = np.linspace(0, 1, steps)[None, :]
    along = pixels[:, 0, :, None] * (1 - share)[:, None] + pixels[:, 1, :, None] * share[:, None]
    deep = (depth[:, :1] * (1 - share) + depth[:, 1:] * share).ravel()
    x, y = (np.floor(along[:, axis]).astype(np.int64).ravel() for axis in (0, 1))
    offsets = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    x, y = (np.concatenate([line + step[axis] for step in offsets]) for axis, line in enumerate((x, y)))
    deep = np.tile(deep, len(offsets))
    inside = (x >= 0) & (x < size[0]) & (y >= 0) & (y < size[1])
    rgb = np.tile(np.array(colour, np.uint8), (int(inside.sum()), 1))
    return _Fragments((y * size[0] + x)[inside], deep[inside], rgb)


def _triangles(part: MeshPart, scene: Scene, eye: _Eye, size: tuple[int, int]) -> Iterator[_Fragments]:
    """Pixels whose middle lies in a triangle, lit from the eye; of very many triangles some, as squares."""
    import numpy as np

    step = -(-len(part.faces) // _MAX_FACES)
    faces = part.faces[::step]
    pixels, depth = eye.project(part.vertices)
    surface = _Surface(part, faces, scene, eye)
    if step > 1:  # each is smaller than a pixel; the ones left out would be holes
        rgb = surface.colours(np.arange(len(faces)), None)
        yield _squares(pixels[faces].mean(axis=1), depth[faces].mean(axis=1), rgb, 3, size)
        return
    corners = pixels[faces]
    first, rows = _span(corners[:, :, 1].min(axis=1), corners[:, :, 1].max(axis=1), size[1])
    for start, stop in _blocks(rows * (np.ptp(corners[:, :, 0], axis=1) / 2 + 1)):
        face, y = _runs(first[start:stop], rows[start:stop])
        face += start
        left, right = _crossings(corners[face], y + 0.5)
        from_x, widths = _span(left, right, size[0])
        row, x = _runs(from_x, widths)
        found = face[row]
        inside = (corners, found, x + 0.5, y[row] + 0.5)
        rgb = surface.colours(found, inside)
        yield _Fragments(y[row] * size[0] + x, _across(depth[faces], *inside), rgb)


def _span(low: NDArray[Any], high: NDArray[Any], size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the first pixel whose middle lies between two places, and how many there are."""
    import numpy as np

    first = np.clip(np.ceil(low - 0.5), 0, size).astype(np.int64)
    last = np.clip(np.floor(high - 0.5), -1, size - 1).astype(np.int64)
    return first, np.maximum(last - first + 1, 0)


def _runs(first: NDArray[Any], counts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return for each number of each run, which count up from its first, the place of the run and the number."""
    import numpy as np

    run = np.repeat(np.arange(len(counts)), counts)
    return run, np.arange(len(run)) - np.repeat(np.cumsum(counts) - counts - first, counts)


def _crossings(corners: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return where a row enters and leaves a triangle: (k, 3, 2) corners, (k,) rows."""
    import numpy as np

    left, right = np.full(len(y), np.inf), np.full(len(y), -np.inf)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        (ax, ay), (bx, by) = corners[:, a].T, corners[:, b].T
        crosses = (ay <= y) != (by <= y)
        x = ax + (bx - ax) * ((y - ay) / np.where(ay == by, 1, by - ay))
        left = np.where(crosses, np.minimum(left, x), left)
        right = np.where(crosses, np.maximum(right, x), right)
    return left, right


def _across(values: NDArray[Any], corners: NDArray[Any], face: NDArray[Any], x: Any, y: Any) -> NDArray[Any]:
    """Return values at pixels of triangles: (m, 3) at their corners, straight between them."""
    import numpy as np

    origin, u, v = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    area = np.where(area == 0, 1, area)
    du, dv = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    along_x, along_y = (du * v[:, 1] - dv * u[:, 1]) / area, (dv * u[:, 0] - du * v[:, 0]) / area
    start = values[:, 0] - along_x * origin[:, 0] - along_y * origin[:, 1]
    found: NDArray[Any] = start[face] + along_x[face] * x + along_y[face] * y
    return found


def _blocks(counts: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Give runs of triangles that take bounded memory; what is beyond a sensible whole is left out."""
    import numpy as np

    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, done + 1_000_000, "right")), start + 1)
        if done > _MAX_FRAGMENTS:
            return
        yield start, stop
        start = stop


class _Surface:
    """Colours of the triangles of a mesh: one each, or those of its texture; darker the more they face away.

    Parameters
    ----------
    part : MeshPart
        The mesh.
    faces : ndarray
        (m, 3) its triangles that are drawn.
    scene : Scene
        Has the texture.
    eye : _Eye
        Where the light comes from.
    """

    def __init__(self, part: MeshPart, faces: NDArray[Any], scene: Scene, eye: _Eye) -> None:
        import numpy as np

        is_textured = part.texture is not None and part.uv is not None
        self._texture = scene.textures[part.texture] if part.texture is not None and is_textured else None
        self._uv = part.uv[faces] if part.uv is not None else np.zeros((0, 3, 2))
        if part.colours is not None:
            flat = part.colours[faces][:, :, :3].mean(axis=1)
        else:
            flat = np.tile(np.array((255,) * 3 if is_textured else PLAIN[:3], np.float64), (len(faces), 1))
        corners = (part.vertices[faces] - eye.center) / eye.scale
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        lengths = np.linalg.norm(across, axis=1)
        light = eye.axes[2] + 0.35 * eye.axes[1] - 0.25 * eye.axes[0]
        share = np.abs(across @ (light / np.linalg.norm(light))) / np.where(lengths > 0, lengths, 1)
        self._flat = flat * (0.32 + 0.68 * share)[:, None]

    def colours(self, face: NDArray[Any], places: tuple[Any, ...] | None) -> NDArray[Any]:
        """Return (k, 3) uint8 for pixels of triangles `face` at `places`; without places, at their middles."""
        import numpy as np

        flat = self._flat[face]
        if self._texture is not None:
            if places is None:
                u, v = self._uv[face].mean(axis=1).T
            else:
                u, v = (_across(self._uv[:, :, axis], *places) for axis in (0, 1))
            height, width = self._texture.shape[:2]
            x, y = (u % 1 * width).astype(np.int64) % width, ((1 - v) % 1 * height).astype(np.int64) % height
            flat = flat * (self._texture[y, x, :3] / 255)
        found: NDArray[Any] = np.rint(flat.clip(0, 255)).astype(np.uint8)
        return found
