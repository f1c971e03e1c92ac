"""What is drawn of a network: boxes with their places, the ways between them, and what stands in a box's panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.graphs.folding import STAGE, folded
from app.graphs.layered import layered
from app.graphs.modules import default_open
from app.graphs.network import MISSING
from app.text import human_count, printable

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.graphs.modules import Module
    from app.graphs.network import Network

__all__ = ["BOX_HEIGHT", "MAX_BOXES", "Boxes", "boxes_of", "drawing"]

BOX_HEIGHT = 36.0

#: Boxes of one drawing; more can neither be laid out nor told apart while somebody waits.
MAX_BOXES = 6_000

#: Width of a box in CSS pixels: that of its text, within limits.
_CHARACTER_WIDTH = 6.7
_BOX_MARGIN = 28.0
_MIN_WIDTH, _MAX_WIDTH = 64.0, 240.0
_LABEL_CHARACTERS = 28

#: Members of a closed module that its panel names.
_NAMED_MEMBERS = 200


class Boxes(NamedTuple):
    """Boxes and the edges between them.

    Attributes
    ----------
    nodes : list of list of int
        Nodes in each box: one, or all of a closed module.
    modules : list of Module or None
        The closed module that a box is.
    edges : list of tuple
        (from, to, names, count): boxes, the names of the edges that became one, and how many they were.
    left_out : int
        Boxes beyond `MAX_BOXES`.
    """

    nodes: list[list[int]]
    modules: list[Module | None]
    edges: list[tuple[int, int, list[str], int]]
    left_out: int


def boxes_of(network: Network, root: Module, opened: Collection[tuple[str, ...]], limit: int = MAX_BOXES) -> Boxes:
    """Return the boxes that are seen while some modules are open: in the order of their first nodes."""
    closed: dict[int, Module] = {}
    pending = [root]
    while pending:
        for child in pending.pop().children.values():
            if child.path in opened:
                pending.append(child)
            else:
                closed.update(dict.fromkeys(child.nodes, child))
    box_of: dict[int, int] = {}
    by_module: dict[int, int] = {}
    nodes: list[list[int]] = []
    modules: list[Module | None] = []
    left_out: set[object] = set()
    for node in range(len(network.names)):
        module = closed.get(node)
        at = by_module.get(id(module)) if module else None
        if at is None:
            if len(nodes) >= limit:
                left_out.add(id(module) if module else (node,))
                continue
            at = len(nodes)
            nodes.append([])
            modules.append(module)
            if module:
                by_module[id(module)] = at
        nodes[at].append(node)
        box_of[node] = at
    joined: dict[tuple[int, int], tuple[list[str], int]] = {}
    for start, end, name in network.edges:
        if start not in box_of or end not in box_of:
            continue
        pair = (box_of[start], box_of[end])
        if pair[0] == pair[1] and modules[pair[0]]:
            continue  # inside a closed module
        names, count = joined.get(pair, ([], 0))
        joined[pair] = ([*names, name] if name and len(names) < 3 else names, count + 1)
    return Boxes(nodes, modules, [(*pair, *found) for pair, found in joined.items()], len(left_out))


def drawing(
    network: Network,
    root: Module,
    separator: str,
    opened: Collection[tuple[str, ...]] | None,
    *,
    in_columns: bool = True,
    stage: float = STAGE,
) -> dict[str, Any]:
    """Return a drawing as JSON for the component.

    Parameters
    ----------
    network : Network
        What is drawn.
    root : Module
        Its modules.
    separator : str
        What parts their names.
    opened : collection of tuple of str or None
        Paths of the modules that are open; those that do not exist are told in ``ignored``. None for a first view.
    in_columns : bool, optional
        Whether a drawing that is much taller than wide is set in columns.
    stage : float, optional
        Width by height of the place that it is fitted into.

    Returns
    -------
    dict
        ``boxes`` (columns ``x y w h label sub kind node count module``; places are centres), ``edges``
        (``[from, to, flags, count, name, x0, y0, x1, y1, …]``; flags 1: leads up, 2: drawn straight, 4: to itself),
        ``width``, ``height``, ``columns`` (left and right end, none if there are no columns), ``classes`` (name,
        nodes, parameters), ``modules`` (path, nodes, open), ``separator``, ``notices``, ``ignored``.
    """
    known = {module.path for module in root.walk()}
    wanted = default_open(root) if opened is None else known & set(opened)
    boxes = boxes_of(network, root, wanted)
    labels = [_label(network, boxes, at, separator) for at in range(len(boxes.nodes))]
    widths = [_width(*label) for label in labels]
    layout = layered(widths, BOX_HEIGHT, [edge[:2] for edge in boxes.edges])
    columns: list[tuple[float, float]] = []
    if in_columns:
        layout, columns = folded(layout, widths, BOX_HEIGHT, stage=stage)
    classes = network.by_class()
    kinds = {name: at for at, (name, _, _) in enumerate(classes)} | {MISSING: -2}
    return {
        "boxes": {
            "x": [round(value, 1) for value in layout.x],
            "y": [round(value, 1) for value in layout.y],
            "w": widths,
            "h": BOX_HEIGHT,
            "label": [label for label, _ in labels],
            "sub": [sub for _, sub in labels],
            "kind": [
                -1 if boxes.modules[at] else kinds[network.classes[nodes[0]]] for at, nodes in enumerate(boxes.nodes)
            ],
            "node": [-1 if boxes.modules[at] else nodes[0] for at, nodes in enumerate(boxes.nodes)],
            "count": [len(nodes) for nodes in boxes.nodes],
            "module": [separator.join(module.path) if module else "" for module in boxes.modules],
        },
        "edges": _edges(boxes, layout),
        "width": round(layout.width, 1),
        "height": round(layout.height, 1),
        "columns": [[round(left, 1), round(right, 1)] for left, right in columns],
        "classes": [[name or "no class", nodes, parameters] for name, nodes, parameters in classes],
        "modules": [[list(module.path), len(module.nodes), module.path in wanted] for module in root.walk()],
        "separator": separator,
        "notices": _notices(boxes, layout.straight),
        "ignored": [separator.join(path) for path in sorted(set(opened or ()) - known)],
    }


def _notices(boxes: Boxes, straight: int) -> list[str]:
    """Say what is not drawn, or not as all else is."""
    notices = []
    if boxes.left_out:
        total = len(boxes.nodes) + boxes.left_out
        notices.append(f"{len(boxes.nodes):,} of {total:,} boxes, because more cannot be told apart; close modules")
    if straight:
        text = human_count(straight, "edge") + " drawn straight across boxes"
        notices.append(f"{text}, because so many long edges cannot all be led around them")
    return notices


def _edges(boxes: Boxes, layout: Any) -> list[list[Any]]:
    ways = {(way.start, way.end): way for way in layout.ways}
    found = []
    for start, end, names, count in boxes.edges:
        way = ways.get((start, end))
        flags = 4 if way is None else way.turned * 1 + way.straight * 2
        points = [round(value, 1) for point in way.points for value in point] if way else []
        found.append([start, end, flags, count, ", ".join(names), *points])
    return found


def _label(network: Network, boxes: Boxes, at: int, separator: str) -> tuple[str, str]:
    """Return the two lines of a box: the last part of its name, and what it is."""
    module, nodes = boxes.modules[at], boxes.nodes[at]
    if module is not None:
        total = sum(network.parameters[node] or 0 for node in nodes)
        sub = human_count(len(nodes), "node") + (f", {short_count(total)} parameters" if total else "")
        return printable(separator.join(module.path), _LABEL_CHARACTERS), sub
    node = nodes[0]
    name = network.names[node]
    if separator != "_":
        name = name.strip(separator).rpartition(separator)[2] or name
    shape = network.shapes[node]
    sub = " · ".join(part for part in (network.classes[node], shape) if part)
    return printable(name, _LABEL_CHARACTERS), printable(sub, _LABEL_CHARACTERS + 12)


def _width(label: str, sub: str) -> float:
    text = max(len(label) * _CHARACTER_WIDTH, len(sub) * _CHARACTER_WIDTH * 0.86)
    return round(min(_MAX_WIDTH, max(_MIN_WIDTH, text + _BOX_MARGIN)), 1)


def short_count(count: int) -> str:
    """Return a large count in three digits: ``25.6 M``."""
    value = float(count)
    for unit in ("", " k", " M", " G"):
        if value < 999.5 or unit == " G":
            break
        value /= 1000
    if not unit:
        return str(count)
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}{unit}"


def box_details(network: Network, root: Module, separator: str, which: str) -> dict[str, Any] | None:
    """Return what the panel of a node (its number) or of a module (its path) says; None if there is none."""
    if which.isdecimal() and len(which) < 10 and int(which) < len(network.names):
        node = int(which)
        before = [start for start, end, _ in network.edges if end == node]
        after = [end for start, end, _ in network.edges if start == node]
        return {
            "name": network.names[node],
            "id": network.ids[node],
            "class": network.classes[node],
            "parameters": network.parameters[node],
            "shape": network.shapes[node],
            "details": network.details[node],
            "module": _module_of(root, node),
            "in": [[at, network.names[at]] for at in before[:_NAMED_MEMBERS]],
            "out": [[at, network.names[at]] for at in after[:_NAMED_MEMBERS]],
            "in_count": len(before),
            "out_count": len(after),
        }
    module = next((module for module in root.walk() if separator.join(module.path) == which), None)
    if module is None:
        return None
    counts: dict[str, int] = {}
    for at in module.nodes:
        counts[network.classes[at] or "no class"] = counts.get(network.classes[at] or "no class", 0) + 1
    return {
        "name": separator.join(module.path),
        "module": list(module.path),
        "nodes": len(module.nodes),
        "parameters": sum(network.parameters[at] or 0 for at in module.nodes),
        "classes": sorted(counts.items(), key=lambda item: (-item[1], item[0])),
        "members": [[at, network.names[at]] for at in module.nodes[:_NAMED_MEMBERS]],
    }


def _module_of(root: Module, node: int) -> list[str]:
    """Return the path of the deepest module that a node is in."""
    found: list[str] = []
    for module in root.walk():
        if len(module.path) > len(found) and node in module.nodes:
            found = list(module.path)
    return found
