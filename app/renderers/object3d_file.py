"""Points, scenes and models (wire tag ``object3D-file``): drawn in the browser from one flat buffer."""

from __future__ import annotations

import collections
import functools
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count, human_size, printable

if TYPE_CHECKING:
    from app.renderers.scene_arrays import Scene
    from datatypes.object3d import Object3D

TAG = "object3D-file"
TYPE_NAME = "Object3D"
ICON = "artifact"

KEYS = [
    [["←", "→"], "previous and next object"],
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["F"], "fit"],
    [["1", "2", "3", "4"], "front, side, top, oblique"],
    [["+", "−"], "zoom"],
    [["Shift", "arrows"], "turn"],
    [["W", "A", "S", "D"], "move"],
    [["O"], "perspective or orthographic"],
    [["G"], "axes and grid"],
    [["E"], "edges of faces"],
    [["M"], "measure between two places"],
    [["H"], "held: hide boxes and labels"],
    [["?"], "these keys"],
]

#: Scenes that were shown last, packed: a page is drawn several times. Bytes of all of them.
_KEPT_BYTES = 192 << 20


class _Packed(NamedTuple):
    """A scene as the browser gets it, and what the page says about it."""

    data: bytes
    headline: str
    facts: tuple[Fact, ...]
    notices: tuple[str, ...]
    is_empty: bool


_kept: collections.OrderedDict[str, _Packed] = collections.OrderedDict()
_lock = threading.Lock()


def prepare(value: Object3D, context: Context) -> View:
    """Return the scene and its facts.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing, not of its form, or too large.
    """
    source: Any = value.artifact_source.artifact if value.artifact_source else context.artifact
    name = value.path or context.name
    packed = _packed(value, context.ident)
    address = context.url_for(source, name)
    make = functools.partial(_buffer, value, context.ident)
    size = int(source.get_path(name).size or 0)
    file = Fact("File", f"{value.format}{f', {human_size(size)}' if size else ''}")
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=packed.headline,
        body={
            "label": value.caption or context.name,
            "url": context.url_for_bytes(make, "application/octet-stream", f"scene/1/{context.ident}"),
            "picture": context.url_for_bytes(functools.partial(preview, value), "image/webp", f"shot/{context.ident}"),
            "download": address,
            "empty": packed.is_empty,
        },
        facts=(*packed.facts, file),
        caption=value.caption or "",
        notices=tuple(Notice(text, "open the file", address) for text in packed.notices),
        download=address,
        file_name=name,
    )


def draw(view: View) -> None:
    """Draw the scene."""
    from app.components.scene_view import scene_view

    scene_view(view.body, key="object-scene")


def preview(value: Object3D) -> bytes:
    """Return the picture of an object on a card: WebP, at most 320 pixels, transparent where nothing is."""
    from app.renderers.scene_arrays import read_scene
    from app.renderers.scene_picture import webp

    return webp(read_scene(value))


def _packed(value: Object3D, ident: str) -> _Packed:
    """Return a scene as it is sent, from what was kept of it."""
    with _lock:
        if ident in _kept:
            _kept.move_to_end(ident)
            return _kept[ident]
    from app.renderers.scene_arrays import read_scene
    from app.renderers.scene_buffer import pack

    scene = read_scene(value)
    packed = _Packed(pack(scene), _headline(scene), _facts(scene), tuple(scene.notices), scene.bounds() is None)
    with _lock:
        _kept[ident] = packed
        while len(_kept) > 1 and sum(len(item.data) for item in _kept.values()) > _KEPT_BYTES:
            _kept.popitem(last=False)
    return packed


def _buffer(value: Object3D, ident: str) -> bytes:
    return _packed(value, ident).data


def _headline(scene: Scene) -> str:
    if scene.faces:
        return human_count(scene.faces, "face")
    if scene.points is not None:
        return human_count(scene.points.stored, "point")
    if scene.boxes:
        return human_count(len(scene.boxes), "box/boxes")
    return "empty"


def _facts(scene: Scene) -> tuple[Fact, ...]:
    import numpy as np

    from app.renderers.scene_buffer import center_and_scale

    facts = [Fact(label, printable(text)) for label, text in scene.facts]
    counts = [("Points", scene.points.stored if scene.points is not None else 0), ("Vertices", scene.vertices)]
    counts += [("Faces", scene.faces), ("Boxes", len(scene.boxes)), ("Vectors", len(scene.vectors))]
    facts += [Fact(label, f"{number:,}") for label, number in counts if number]
    bounds = scene.bounds()
    if bounds is not None:
        with np.errstate(over="ignore"):
            extent = bounds[1] - bounds[0]
        facts += [Fact(f"{axis} range", _range(*bounds[:, i].tolist())) for i, axis in enumerate("xyz")]
        facts.append(Fact("Extents", " × ".join(f"{size:.6g}" for size in extent.tolist())))
        center = center_and_scale(bounds)[0]
        if np.abs(center).max() > 100 * extent.max() > 0:  # float32 alone would lose digits
            facts.append(Fact("Drawn about", ", ".join(f"{place:.12g}" for place in center.tolist())))
    return tuple(facts)


def _range(low: float, high: float) -> str:
    """Return two numbers with as many digits as tell them apart."""
    digits = next((d for d in range(4, 16) if f"{low:.{d}g}" != f"{high:.{d}g}"), 4) + 2 if low != high else 8
    return f"{low + 0.0:.{min(digits, 15)}g} … {high + 0.0:.{min(digits, 15)}g}"  # + 0 turns -0 to 0
