"""What the page of a 3D object draws, as arrays in float64: points, meshes, boxes, vectors; and what it leaves out.

One form for clouds, scenes and models, so that the page, its preview and its tests look at the same thing. The points
are in random order, drawn once with a fixed seed: the first K of them are a fair sample of all, whatever K is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.renderers.scene_boxes import read_boxes, read_vectors
from app.text import human_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.renderers.scene_boxes import SceneBox, SceneVector
    from datatypes.mesh_parts import MeshPart, ModelParts
    from datatypes.object3d import Object3D

__all__ = ["MAX_BOXES", "MAX_FACES", "MAX_POINTS", "Column", "Points", "Scene", "read_scene", "shuffled"]

#: What the browser gets at most: 2 million points take 32 to 56 MB, 3 million triangles about 90 MB.
MAX_POINTS = 2_000_000
MAX_FACES = 3_000_000
MAX_BOXES = 20_000

_SEED = 20_200_817  # any fixed number: the same points are drawn first on each visit
_MAX_CATEGORIES = 256

#: Formats whose own convention is that y points up; clouds, scans and prints mostly have z.
_Y_UP = frozenset({"babylon", "glb", "gltf", "obj"})


class Column(NamedTuple):
    """One number a point beside its place: (n,) float64; whole numbers that name a class are categories."""

    name: str
    values: NDArray[Any]
    is_category: bool = False


class Points(NamedTuple):
    """Points in the order in which they are drawn.

    Attributes
    ----------
    xyz : ndarray
        (n, 3) float64, finite.
    rows : ndarray
        (n,) uint32: place of each in the file.
    rgba : ndarray or None
        (n, 4) uint8, if they have colours.
    columns : tuple of Column
        What they have besides.
    stored : int
        How many the file holds.
    """

    xyz: NDArray[Any]
    rows: NDArray[Any]
    rgba: NDArray[Any] | None = None
    columns: tuple[Column, ...] = ()
    stored: int = 0


class Scene(NamedTuple):
    """All that is drawn.

    Attributes
    ----------
    format : str
        As `Object3D.format`.
    up : {"y", "z"}
        Axis that points up at first.
    points : Points or None
        None if the file has no row and no point of a model.
    parts : sequence of MeshPart
        Meshes.
    textures : sequence of ndarray
        (height, width, 4) uint8.
    boxes, vectors : sequence
        Of a scene.
    faces, vertices : int
        How many the file holds, each as often as it is shown.
    facts : sequence of (str, str)
        Further lines for the inspector.
    notices : sequence of str
        What is not drawn as it is stored.
    """

    format: str
    up: str
    points: Points | None = None
    parts: Sequence[MeshPart] = ()
    textures: Sequence[NDArray[Any]] = ()
    boxes: Sequence[SceneBox] = ()
    vectors: Sequence[SceneVector] = ()
    faces: int = 0
    vertices: int = 0
    facts: Sequence[tuple[str, str]] = ()
    notices: Sequence[str] = ()

    def bounds(self) -> NDArray[Any] | None:
        """Return lowest and highest place of all that is drawn, (2, 3) float64; None if there is nothing."""
        import numpy as np

        found = [part.vertices for part in self.parts] + [box.corners for box in self.boxes]
        found += [np.stack(vector[:2]) for vector in self.vectors]
        found += [self.points.xyz] if self.points is not None else []
        found = [places for places in found if len(places)]
        if not found:
            return None
        low = np.min([places.min(axis=0) for places in found], axis=0)
        high = np.max([places.max(axis=0) for places in found], axis=0)
        return np.stack([low, high])


def read_scene(value: Object3D) -> Scene:
    """Return what is drawn of an object.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError
        If the file is not of its form, or too large.
    """
    if value.format == "pts.json":
        return _read_cloud(value)
    return _read_model(value)


def shuffled(count: int, most: int = MAX_POINTS) -> NDArray[Any]:
    """Return the order in which points are drawn: places in the file, at most `most` of them.

    Returns
    -------
    ndarray
        (min(count, most),) int64, no number twice, the same for the same count.
    """
    import numpy as np

    return np.random.default_rng(_SEED).permutation(count)[:most]


def _read_cloud(value: Object3D) -> Scene:
    cloud = value.cloud_arrays()
    rows = cloud.rows
    notices: list[str] = []
    points = _points(rows, notices) if len(rows) else None
    boxes, lost_boxes = read_boxes(cloud.boxes or [])
    vectors, lost_vectors = read_vectors(cloud.vectors or [])
    for lost, all_of, what in (
        (lost_boxes, len(cloud.boxes or ()), "boxes"),
        (lost_vectors, len(cloud.vectors or ()), "vectors"),
    ):
        if lost:
            reason = "their corners are not 8 finite places" if what == "boxes" else "their ends are no finite places"
            notices.append(f"{lost:,} of {all_of:,} {what} are not drawn, because {reason}")
    if len(boxes) > MAX_BOXES:
        notices.append(f"{MAX_BOXES:,} of {len(boxes):,} boxes are drawn, because more would hide each other")
    facts = [("Kind", f"scene, {cloud.scene_type}" if cloud.scene_type else "point cloud")]
    facts += [("Columns", _column_names(rows.shape[1]))] if len(rows) else []
    return Scene(
        "pts.json", "z", points, boxes=boxes[:MAX_BOXES], vectors=vectors[:MAX_BOXES], facts=facts, notices=notices
    )


def _column_names(width: int) -> str:
    known = {3: "x, y, z", 4: "x, y, z, category", 6: "x, y, z, red, green, blue"}
    return known.get(width, f"x, y, z and {width - 3} more" if width > 3 else f"{width}")


def _points(rows: NDArray[Any], notices: list[str]) -> Points:
    """Return the rows of a cloud that can be drawn."""
    import numpy as np

    width = rows.shape[1]
    places = np.zeros((len(rows), 3))
    places[:, : min(width, 3)] = rows[:, :3]
    if width < 3:
        notices.append(f"rows have {width} columns, so the others are drawn as 0")
    keep = np.flatnonzero(np.isfinite(places).all(axis=1))
    if len(keep) < len(rows):
        lost = len(rows) - len(keep)
        notices.append(
            f"{lost:,} of {human_count(len(rows), 'point')} not drawn, because a coordinate is NaN or infinite"
        )
    if len(keep) > MAX_POINTS:
        notices.append(
            f"{MAX_POINTS:,} of {len(keep):,} points, a fair sample, because a page draws at most {MAX_POINTS:,}"
        )
    order = keep[shuffled(len(keep), MAX_POINTS)]
    chosen = rows[order]
    rgba, first_more = None, 3
    if width >= 6:
        rgba, first_more = _colours(chosen[:, 3:6], notices), 6
    columns = [_column(chosen[:, at], at, width) for at in range(first_more, min(width, 3 + 32))]
    return Points(places[order], order.astype(np.uint32), rgba, tuple(columns), len(rows))


def _colours(values: NDArray[Any], notices: list[str]) -> NDArray[Any]:
    """Return colours as bytes: (n, 4) of (n, 3) numbers from 0 to 255."""
    import numpy as np

    numbers = np.nan_to_num(np.asarray(values, np.float64))
    if len(numbers) and numbers.min() >= 0 and numbers.max() <= 1 and (numbers != np.rint(numbers)).any():
        numbers = numbers * 255
        notices.append("colours lie between 0 and 1, so they are drawn times 255")
    outside = int(np.count_nonzero((numbers < 0) | (numbers > 255)))
    if outside:
        notices.append(f"{outside:,} of {numbers.size:,} colour values are cut, because they lie outside 0 to 255")
    rgba = np.full((len(numbers), 4), 255, np.uint8)
    rgba[:, :3] = np.rint(numbers.clip(0, 255))
    return rgba


def _column(values: NDArray[Any], at: int, width: int) -> Column:
    import numpy as np

    numbers = np.asarray(values, np.float64)
    finite = numbers[np.isfinite(numbers)]
    whole = len(finite) == len(numbers) and bool((finite == np.rint(finite)).all())
    if width == 4 and whole and len(np.unique(finite)) <= _MAX_CATEGORIES:
        return Column("category", numbers, is_category=True)
    return Column("value" if width == 4 else f"column {at + 1}", numbers)


def _read_model(value: Object3D) -> Scene:
    found = value.model_parts()
    notices = list(found.left_out)
    drawn = [_drawable(item) for item in found.parts]
    lost = sum(dropped for _, dropped in drawn)
    parts = [part for part, _ in drawn if len(part.faces)]
    clouds = [part for part, _ in drawn if not len(part.faces)]
    faces = sum(len(part.faces) for part in found.parts)
    if lost:
        reason = "a corner is NaN, infinite or no vertex of theirs"
        notices.append(f"{lost:,} of {faces:,} faces are not drawn, because {reason}")
    parts = _thinned(parts, notices)
    return Scene(
        format=value.format,
        up="y" if value.format in _Y_UP else "z",
        points=_model_points(clouds, notices) if any(len(part.vertices) for part in clouds) else None,
        parts=parts,
        textures=found.textures,
        faces=faces,
        vertices=sum(len(part.vertices) for part in found.parts),
        facts=_model_facts(found, parts),
        notices=notices,
    )


def _thinned(parts: list[MeshPart], notices: list[str]) -> list[MeshPart]:
    """Leave out faces at equal steps, if there are more than the page draws."""
    drawn = sum(len(part.faces) for part in parts)
    if drawn <= MAX_FACES:
        return parts
    step = -(-drawn // MAX_FACES)
    kept = [part._replace(faces=part.faces[::step]) for part in parts]
    number = sum(len(part.faces) for part in kept)
    notices.append(f"{number:,} of {drawn:,} faces, every {step}th, because a page draws at most {MAX_FACES:,}")
    return kept


def _model_facts(found: ModelParts, parts: list[MeshPart]) -> list[tuple[str, str]]:
    def said(is_stored: bool) -> str:
        return "stored" if is_stored else "none stored"

    facts = [("Kind", "model" if parts else "model without faces")]
    if len(parts) > 1:
        facts.append(("Meshes", f"{len(parts):,}"))
    if found.materials:
        facts.append(("Materials", _listed(found.materials)))
    if found.textures:
        facts.append(("Textures", _listed([f"{item.shape[1]:,}×{item.shape[0]:,}" for item in found.textures])))
    facts.append(("Normals", said(bool(parts) and all(part.normals is not None for part in parts))))
    facts.append(("Colours", said(any(part.colours is not None or part.texture is not None for part in found.parts))))
    return facts


def _listed(names: list[str], most: int = 6) -> str:
    rest = [f"{len(names) - most} more"] if len(names) > most else []
    return ", ".join([*names[:most], *rest])


def _drawable(part: MeshPart) -> tuple[MeshPart, int]:
    """Return a mesh whose places are all finite and whose corners all exist, and how many faces that cost."""
    import numpy as np

    finite = np.isfinite(part.vertices).all(axis=1)
    count = len(part.vertices)
    faces = part.faces
    good: NDArray[Any] = np.all((faces >= 0) & (faces < count), axis=1)
    good[good] = finite[faces[good]].all(axis=1)
    if finite.all() and good.all():
        return part, 0
    vertices = np.where(finite[:, None], part.vertices, part.vertices[finite].mean(axis=0) if finite.any() else 0.0)
    return part._replace(vertices=vertices, faces=faces[good]), int(np.count_nonzero(~good))


def _model_points(clouds: list[MeshPart], notices: list[str]) -> Points:
    """Return the vertices of what has no faces."""
    import numpy as np

    places = np.concatenate([part.vertices for part in clouds])
    colours = [part.colours for part in clouds if part.colours is not None]
    rgba = np.concatenate(colours) if len(colours) == len(clouds) else None
    if len(places) > MAX_POINTS:
        notices.append(f"{MAX_POINTS:,} of {len(places):,} points, a fair sample, because a page draws at most that")
    order = shuffled(len(places), MAX_POINTS)
    return Points(places[order], order.astype(np.uint32), None if rgba is None else rgba[order], (), len(places))
