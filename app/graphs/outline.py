"""A small picture of a network for cards and cells: its boxes and edges, without words."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from app.graphs.drawing import BOX_HEIGHT, boxes_of
from app.graphs.folding import folded
from app.graphs.layered import layered
from app.graphs.modules import default_open, find_modules
from app.graphs.network import MISSING, network_of
from app.palette import COLOURS

if TYPE_CHECKING:
    from datatypes.graph import Graph

__all__ = ["outline_picture"]

#: Longest side of the picture, and the margin in it.
_SIDE = 320
_MARGIN = 12

#: Most boxes of a preview: more would be finer than its pixels.
_MAX_BOXES = 400

#: All boxes are of one width here, for their words are not shown.
_BOX_WIDTH = 90.0

#: A grey that is seen on light and on dark.
_LINE = (128, 136, 146, 255)

#: Drawn so many times larger, then made smaller: smooth edges.
_FINE = 3


def outline_picture(graph: Graph) -> bytes:
    """Return the outline of a graph as WebP, transparent, its longest side at most 320 px.

    Raises
    ------
    ValueError
        If there is no node.
    """
    import PIL.Image
    import PIL.ImageDraw

    network = network_of(graph)
    if not network.names:
        raise ValueError("a graph without nodes has no outline. Add a node.")
    root, _ = find_modules(network)
    boxes = boxes_of(network, root, default_open(root, _MAX_BOXES), _MAX_BOXES)
    widths = [_BOX_WIDTH] * len(boxes.nodes)
    layout, _ = folded(layered(widths, BOX_HEIGHT, [edge[:2] for edge in boxes.edges]), widths, BOX_HEIGHT)
    scale = min((_SIDE - 2 * _MARGIN) / max(layout.width, 1), (_SIDE - 2 * _MARGIN) / max(layout.height, 1), 0.6)
    scale *= _FINE
    margin = _MARGIN * _FINE
    size = (round(layout.width * scale) + 2 * margin, round(layout.height * scale) + 2 * margin)
    picture = PIL.Image.new("RGBA", size, (*_LINE[:3], 0))
    pen = PIL.ImageDraw.Draw(picture)
    for way in layout.ways:
        points = [(x * scale + margin, y * scale + margin) for x, y in way.points]
        pen.line(points, fill=_LINE, width=_FINE, joint="curve")
    ranks = {name: rank for rank, (name, _, _) in enumerate(network.by_class())} | {MISSING: -1}
    for at, nodes in enumerate(boxes.nodes):
        left, top = (layout.x[at] - _BOX_WIDTH / 2) * scale + margin, (layout.y[at] - BOX_HEIGHT / 2) * scale + margin
        rank = -1 if boxes.modules[at] else ranks[network.classes[nodes[0]]]
        colour = _LINE[:3] if rank < 0 else bytes.fromhex(COLOURS[1 + rank % (len(COLOURS) - 1)][1:])
        corners = (left, top, left + max(_BOX_WIDTH * scale, _FINE), top + max(BOX_HEIGHT * scale, _FINE))
        pen.rounded_rectangle(corners, radius=4 * scale, fill=(*colour, 255))
    shown = picture.resize((max(1, size[0] // _FINE), max(1, size[1] // _FINE)), PIL.Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    shown.save(buffer, "WEBP", quality=85, method=2)
    return buffer.getvalue()
