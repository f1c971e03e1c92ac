"""How far two graphs are apart: by node and by edge."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datatypes.graph import Graph
    from datatypes.graph_parts import Node

__all__ = ["compare", "edges_by_ends", "nodes_by_name"]


def compare(left: Graph, right: Graph) -> dict[str, Any]:
    """Measure how far two graphs are apart.

    Returns
    -------
    dict
        ``nodes_added``, ``nodes_removed``, ``nodes_changed`` (by id), ``edges_added``, ``edges_removed`` (by their
        ends; repeated ones count singly), ``edges_changed`` (attributes), ``fields`` (names of what else differs) and
        ``reordered``, 1 if only the order differs.
    """
    mine, its = nodes_by_name(left), nodes_by_name(right)
    ends, other_ends = _edges(left), _edges(right)
    found: dict[str, Any] = {
        "nodes_added": len(its.keys() - mine.keys()),
        "nodes_removed": len(mine.keys() - its.keys()),
        "nodes_changed": sum(1 for key in mine.keys() & its.keys() if mine[key] != its[key]),
        "edges_added": (other_ends - ends).total(),
        "edges_removed": (ends - other_ends).total(),
    }
    more = (_edges(right, with_attributes=True) - _edges(left, with_attributes=True)).total()
    found["edges_changed"] = max(0, more - found["edges_added"])
    first, second = left._document_now(), right._document_now()
    fields = sorted({**first, **second}.keys() - {"nodes", "edges", "edge_attributes"})
    found["fields"] = [key for key in fields if first.get(key) != second.get(key)]
    found["reordered"] = 0 if any(found.values()) or left == right else 1
    return found


def nodes_by_name(graph: Graph) -> dict[str, Node]:
    """Return the nodes under their ids; of several of one id, which old files have, each under a number."""
    seen: Counter[str] = Counter()
    named = {}
    for node in graph.nodes:
        key = repr(node.id)
        named[f"{key}#{seen[key]}"] = node
        seen[key] += 1
    return named


def edges_by_ends(graph: Graph) -> Counter[str]:
    """Return the edges as text, ``a → b``, and how often each occurs."""
    return Counter(" → ".join(map(str, edge.to_json())) for edge in graph.edges)


def _edges(graph: Graph, *, with_attributes: bool = False) -> Counter[str]:
    notes = [repr(sorted(edge.attributes.items())) if with_attributes else "" for edge in graph.edges]
    return Counter(f"{edge.to_json()!r}{note}" for edge, note in zip(graph.edges, notes, strict=True))
