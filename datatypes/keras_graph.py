"""A model of Keras 2 or 3 as a graph: nodes are layers and operations, edges what feeds what.

Keras is never imported: a model has ``layers``, a layer ``name``, ``count_params`` and ``_inbound_nodes``. In Keras 2
an inbound node names ``inbound_layers``, in Keras 3 it has tensors that know where they came from.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from datatypes.errors import RejectedTypeError
from datatypes.graph_parts import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datatypes.graph import Graph

__all__ = ["fill"]


def fill(graph: Graph, model: Any) -> None:
    """Put the layers of a model into a graph.

    Parameters
    ----------
    graph : Graph
        Empty.
    model : keras.Model
        Sequential, functional, or written by hand; of the last kind no edges are known. Layers that are shared have
        one node and an edge per use, models inside of the model are one node.

    Raises
    ------
    RejectedTypeError
        If it has no layers.

    Notes
    -----
    Source: SDK 0.31.0 for Keras 2: order of nodes and edges, `Node` attributes, and the nested shape of input layers.
    """
    functional = getattr(model, "_functional", None) or model  # what a Sequential of Keras 3 is inside
    layers = getattr(functional, "operations", None) or getattr(model, "layers", None)
    if not isinstance(layers, list | tuple):
        raise RejectedTypeError("model", f"is {type(model).__name__}, which has no layers", "Pass a model of Keras.")
    by_depth = getattr(functional, "_nodes_by_depth", None) or {}
    used = {id(node) for nodes in by_depth.values() for node in nodes}
    for layer in layers:
        sources = [source for inbound in _inbound(layer, used) for source in _sources(inbound)]
        for each in [*sources, layer]:
            if each.name not in graph.nodes_by_id:
                graph.add_node(_node(each, used))
        for source in sources:
            graph.add_edge(graph.nodes_by_id[source.name], graph.nodes_by_id[layer.name])


def _inbound(layer: Any, used: set[int]) -> list[Any]:
    """Return the uses of a layer that belong to this model; a layer may be part of several."""
    nodes = getattr(layer, "_inbound_nodes", None) or ()
    return [node for node in nodes if not used or id(node) in used]


def _sources(inbound: Any) -> Iterator[Any]:
    """Give the layers that feed one use of a layer, one per tensor."""
    if hasattr(inbound, "inbound_layers"):
        yield from _flat(inbound.inbound_layers)
        return
    for tensor in _flat(getattr(inbound, "input_tensors", ())):
        source = getattr(getattr(tensor, "_keras_history", None), "operation", None)
        if source is not None:
            yield source


def _flat(nested: Any) -> Iterator[Any]:
    if isinstance(nested, dict):
        nested = list(nested.values())
    if isinstance(nested, list | tuple):
        for item in nested:
            yield from _flat(item)
    elif nested is not None:
        yield nested


def _node(layer: Any, used: set[int]) -> Node:
    node = Node()
    node.obj = layer
    node.id = node.name = layer.name
    node.class_name = type(layer).__name__
    node.output_shape = _output_shape(layer, used)
    with contextlib.suppress(ValueError):  # a layer that was never called has no parameters yet
        node.num_parameters = int(layer.count_params()) if hasattr(layer, "count_params") else 0
    return node


def _output_shape(layer: Any, used: set[int]) -> Any:
    """Return the shape of what a layer gives: a list, for several outputs and for input layers a list of lists."""
    try:
        return _plain_shape(layer.output_shape)  # Keras 2
    except (AttributeError, RuntimeError):  # Keras 3; or used with several shapes; or never called
        shapes = []
        for inbound in _inbound(layer, used):
            shape = [_plain_shape(tensor.shape) for tensor in _flat(getattr(inbound, "outputs", ()))]
            if shape and shape not in shapes:
                shapes.append(shape)
    if len(shapes) != 1:
        return ["multiple"]
    nested = len(shapes[0]) > 1 or type(layer).__name__ == "InputLayer"
    return shapes[0] if nested else shapes[0][0]


def _plain_shape(shape: Any) -> Any:
    if isinstance(shape, dict):
        return [_plain_shape(item) for item in shape.values()]
    if hasattr(shape, "as_list"):
        return shape.as_list()
    return [_plain_shape(item) for item in shape] if isinstance(shape, list | tuple) else shape
