"""Networks (wire tag ``graph-file``): a layered drawing with modules that open and close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count

if TYPE_CHECKING:
    from app.graphs.network import Network
    from app.graphs.serving import Kept
    from datatypes.graph import Graph

TAG = "graph-file"
TYPE_NAME = "Graph"
ICON = "graph"

#: Keys of the page, for its sheet of keys.
KEYS = (
    (("N",), "find a node"),
    (("F",), "fit"),
    (("+", "−"), "zoom"),
    (("Shift", "arrows"), "move the drawing"),
    (("W",), "whole ways in and out of the chosen node"),
    (("C",), "columns, where a deep network has them"),
    (("arrows",), "in the drawing: walk along edges and layers"),
    (("Enter",), "open the chosen module"),
    (("Esc",), "back to the whole network"),
    (("←", "→"), "previous and next object"),
    (("[", "]"), "previous and next version"),
    (("/",), "find"),
    (("?",), "these keys"),
)

#: Classes that the inspector counts; the panel has all.
_COUNTED_CLASSES = 4


def prepare(value: Graph, context: Context) -> View:
    """Return totals, and the address of the drawing: it is laid out when the page asks for it.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing or no graph.
    """
    from app.graphs.drawing import short_count
    from app.graphs.serving import keep
    from app.palette import COLOURS

    token, kept = keep(value, f"graph/{context.ident}")
    network = kept.network
    parameters = network.total_parameters
    classes = network.by_class()
    common = ", ".join(f"{count:,} {name or 'no class'}" for name, count, _ in classes[:_COUNTED_CLASSES])
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=f"{human_count(network.stored_nodes, 'node')}, {short_count(parameters)} parameters",
        body={
            "url": f"/api/graph/{token}",
            "label": f"Network {context.name}: {network.stored_nodes:,} nodes, {len(network.edges):,} edges; {common}",
            "file": context.name.rpartition("/")[2].partition(".")[0] or "graph",
            "palette": list(COLOURS[1:]),  # the first is black, which a dark page would swallow
            "nodes": network.stored_nodes,
            "edges": len(network.edges),
            "parameters": parameters,
        },
        facts=_facts(value, kept),
        notices=_notices(network),
        download=context.download(value.path) if value.path else context.download(),
        file_name=value.path or context.name,
    )


def _facts(value: Graph, kept: Kept) -> tuple[Fact, ...]:
    network = kept.network
    facts = [
        Fact("Nodes", f"{network.stored_nodes:,}"),
        Fact("Edges", f"{len(network.edges):,}"),
        Fact("Parameters", f"{network.total_parameters:,}"),
    ]
    if value.format:
        facts.append(Fact("Format", value.format))
    if value.root is not None:
        facts.append(Fact("Root", str(value.root.name or value.root.id)))
    modules = sum(1 for _ in kept.root.walk())
    if modules:
        facts.append(Fact("Modules", f"{modules:,}"))
    return tuple(facts)


def _notices(network: Network) -> tuple[Notice, ...]:
    """Say that edges have ends which the file lacks."""
    if not network.edges_to_missing:
        return ()
    text = human_count(network.edges_to_missing, "edge")
    missing = len(network.names) - network.stored_nodes
    ends = human_count(missing, "node that the file lacks/nodes that the file lacks")
    return (Notice(f"{text} of {len(network.edges):,} with an end among {ends}: drawn dashed"),)


def draw(view: View) -> None:
    """Draw the network."""
    from app.components.graph_view import graph_view

    graph_view(view.body, key="object-graph")


def preview(value: Graph) -> bytes:
    """Return the outline of the network; see `app.graphs.outline.outline_picture`."""
    from app.graphs.outline import outline_picture

    return outline_picture(value)
