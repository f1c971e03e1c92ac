"""A graph as plain columns: what every later step works on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datatypes.graph import Graph

__all__ = ["MISSING", "Network", "network_of", "shape_text"]

#: Class of what an edge leads to and the file lacks.
MISSING = "missing"

#: Attributes of a node that the drawing shows by itself; the panel lists the others as they are.
_SHOWN_APART = frozenset({"id", "name", "class_name", "output_shape", "size", "num_parameters", "child_parameters"})

#: Characters of one further attribute in the panel.
_ATTRIBUTE_CHARACTERS = 400


@dataclass(frozen=True)
class Network:
    """Nodes and edges, each list in stored order; ends that the file lacks stand after all nodes.

    Attributes
    ----------
    names : list of str
        What is shown of a node: its name, else its id, else its place in the file.
    ids : list of str
        Its id as text.
    classes : list of str
        Type of layer; empty where there is none.
    parameters : list of int or None
        Count of its own parameters, where that is known.
    shapes : list of str
        Shape of what it gives, as text.
    details : list of dict
        Further attributes, as text.
    edges : list of tuple
        (from, to, name); numbers of nodes.
    stored_nodes : int
        Nodes of the file; from here on they are ends that it lacks.
    edges_to_missing : int
        Edges that lead to, or come from, such an end.
    """

    names: list[str]
    ids: list[str]
    classes: list[str]
    parameters: list[int | None]
    shapes: list[str]
    details: list[dict[str, str]]
    edges: list[tuple[int, int, str]]
    stored_nodes: int
    edges_to_missing: int

    @property
    def total_parameters(self) -> int:
        """Sum of the parameters that are known."""
        return sum(count for count in self.parameters if count is not None)

    def by_class(self) -> list[tuple[str, int, int]]:
        """Return (class, nodes, parameters), the most frequent first."""
        found: dict[str, list[int]] = {}
        for name, count in zip(self.classes, self.parameters, strict=True):
            if name != MISSING:
                entry = found.setdefault(name, [0, 0])
                entry[0] += 1
                entry[1] += count or 0
        return sorted(((name, a, b) for name, (a, b) in found.items()), key=lambda item: (-item[1], item[0]))


def network_of(graph: Graph) -> Network:
    """Take a graph apart.

    Raises
    ------
    WireFormatError
        If its file has not the form of a graph.
    """
    nodes = list(graph.nodes)
    number = {id(node): index for index, node in enumerate(nodes)}
    known_ids: dict[str, int] = {}
    edges, missing = [], 0
    for edge in graph.edges:
        ends = []
        is_missing = False
        for node in (edge.from_node, edge.to_node):
            at = number.get(id(node))
            if at is None:  # made for this edge alone; the same id is the same end
                is_missing = True
                at = known_ids.setdefault(_text(node.id), len(nodes))
                if at == len(nodes):
                    nodes.append(node)
            ends.append(at)
        missing += is_missing
        edges.append((ends[0], ends[1], _text(edge.name) if edge.name is not None else ""))
    stored = len(number)
    return Network(
        names=[_name(node, index) for index, node in enumerate(nodes)],
        ids=[_text(node.id) if node.id is not None else "" for node in nodes],
        classes=[_text(node.class_name or "") if i < stored else MISSING for i, node in enumerate(nodes)],
        parameters=[_count(node) for node in nodes],
        shapes=[shape_text(node.output_shape if node.output_shape is not None else node.size) for node in nodes],
        details=[_details(node.attributes) for node in nodes],
        edges=edges,
        stored_nodes=stored,
        edges_to_missing=missing,
    )


def shape_text(shape: Any) -> str:
    """Return a shape as people write it: ``? × 28 × 28``; free axes are question marks, several shapes are a list."""
    if shape is None:
        return ""
    if not isinstance(shape, list | tuple):
        return _text(shape)
    if any(isinstance(item, list | tuple) for item in shape):
        return ", ".join(shape_text(item) for item in shape)
    return " × ".join("?" if item is None else _text(item) for item in shape) or "scalar"


def _name(node: Any, index: int) -> str:
    for found in (node.name, node.id):
        if found is not None and _text(found):
            return _text(found)
    return f"node {index}"


def _count(node: Any) -> int | None:
    """Return the count of parameters: as stored, else from the shapes that are stored."""
    found = node.num_parameters
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    total, known = 0, False
    for item in node.parameters if isinstance(node.parameters, list) else []:
        shape = item[1] if isinstance(item, list | tuple) and len(item) == 2 else None
        if isinstance(shape, list | tuple) and all(isinstance(size, int) for size in shape):
            product = 1
            for size in shape:
                product *= size
            total, known = total + product, True
    return total if known else None


def _details(attributes: dict[str, Any]) -> dict[str, str]:
    found = {}
    for key, item in attributes.items():
        if key in _SHOWN_APART or item is None or item == []:
            continue
        text = _parameters(item) if key == "parameters" else _text(item)
        cut = text[:_ATTRIBUTE_CHARACTERS]
        found[str(key)] = cut if cut == text else f"{cut}…"
    return found


def _parameters(item: Any) -> str:
    """Return pairs of name and shape, one a line; anything else as JSON."""
    if isinstance(item, list) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in item):
        return "\n".join(f"{_text(name)}: {shape_text(shape)}" for name, shape in item)
    return _text(item)


def _text(item: Any) -> str:
    if isinstance(item, str):
        return item
    try:
        return json.dumps(item, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return str(item)
