"""A module of PyTorch as a graph: nodes are the modules that compute, edges what feeds what in one forward pass.

PyTorch is never imported. Between modules a tensor may pass through any function: who made it is found by walking its
``grad_fn`` back to the nearest output of a module. Where there are no gradients, the tensor itself is looked up.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

from datatypes.errors import RejectedTypeError
from datatypes.graph_parts import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datatypes.graph import Graph

__all__ = ["fill"]


def fill(graph: Graph, module: Any, inputs: tuple[Any, ...] = (), named_inputs: dict[str, Any] | None = None) -> None:
    """Put the modules of a module into a graph.

    Parameters
    ----------
    graph : Graph
        Empty.
    module : torch.nn.Module
        It is run once in evaluation mode if there are inputs; its mode and its parameters stay as they are.
    inputs, named_inputs : tuple, dict
        A sample of what the module takes. Without any there are no edges and no output shapes.

    Raises
    ------
    RejectedTypeError
        If it is no module.

    Notes
    -----
    Nodes are modules without children, and those with parameters of their own. ``id`` and ``name`` are the dotted path,
    ``parameters`` pairs of name and shape, ``num_parameters`` their count, ``child_parameters`` the count below.
    """
    if not hasattr(module, "named_modules"):
        problem = f"is {type(module).__name__}, which has no modules"
        raise RejectedTypeError("module", problem, "Pass a torch.nn.Module.")
    nodes: dict[int, Node] = {}
    for name, part in module.named_modules():
        own = list(part.named_parameters(recurse=False))
        if own or not any(True for _ in part.children()):
            nodes[id(part)] = graph.add_node(_node(name or type(part).__name__, part, own))
    if inputs or named_inputs:
        _Trace(graph, nodes).run(module, inputs, named_inputs or {})


def _node(name: str, part: Any, own: list[tuple[str, Any]]) -> Node:
    node = Node(id=name, name=name, class_name=type(part).__name__)
    node.obj = part
    node.parameters = [[key, [int(size) for size in parameter.shape]] for key, parameter in own]
    node.num_parameters = sum(int(parameter.numel()) for _, parameter in own)
    below = sum(int(parameter.numel()) for parameter in part.parameters()) - node.num_parameters
    if below:
        node.child_parameters = below
    return node


class _Trace:
    """One forward pass, watched."""

    def __init__(self, graph: Graph, nodes: dict[int, Node]) -> None:
        self._graph = graph
        self._nodes = nodes
        # Makers by identity; what is identified is kept alive, or another object could get its number.
        self._by_function: dict[int, tuple[Any, Node]] = {}
        self._by_tensor: dict[int, tuple[Any, Node]] = {}

    def run(self, module: Any, inputs: tuple[Any, ...], named_inputs: dict[str, Any]) -> None:
        """Run the module on a sample, with all hooks taken off and all modes put back at the end."""
        parts = [part for _, part in module.named_modules()]
        modes = [getattr(part, "training", False) for part in parts]
        frozen = [item for item in module.parameters() if _is_frozen(item)]
        torch = sys.modules.get("torch")
        watched = [part for part in parts if id(part) in self._nodes]
        hooks = [part.register_forward_hook(self._after, with_kwargs=True) for part in watched]
        try:
            for part in parts:
                part.training = False  # no dropout, and statistics of normalisation stay
            for parameter in frozen:
                parameter.requires_grad_(True)  # or nothing would say what was made of what
            with torch.enable_grad() if torch is not None else contextlib.nullcontext():
                given = [_with_gradient(item) for item in inputs]
                output = module(*given, **{key: _with_gradient(item) for key, item in named_inputs.items()})
            for tensor in _tensors(output):
                for node in self._makers(tensor):
                    node.is_output = True
        finally:
            for hook in hooks:
                hook.remove()
            for part, mode in zip(parts, modes, strict=True):
                part.training = mode
            for parameter in frozen:
                parameter.requires_grad_(False)

    def _after(self, part: Any, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        node = self._nodes[id(part)]
        sources: dict[int, Node] = {}
        for tensor in _tensors([args, kwargs]):
            sources.update((id(source), source) for source in self._makers(tensor))
        for source in sources.values():
            self._graph.add_edge(source, node)
        shapes = [[int(size) for size in tensor.shape] for tensor in _tensors(output)]
        node.output_shape = shapes[0] if len(shapes) == 1 else shapes
        has_children = any(True for _ in part.children())
        for tensor in _tensors(output):
            function = getattr(tensor, "grad_fn", None)
            made_inside = has_children and (id(function) in self._by_function or id(tensor) in self._by_tensor)
            if not made_inside:  # else the module inside is the maker
                self._by_tensor[id(tensor)] = (tensor, node)
                if function is not None:
                    self._by_function[id(function)] = (function, node)

    def _makers(self, tensor: Any) -> list[Node]:
        """Return the modules whose outputs a tensor was computed from, the nearest ones, sorted by their place."""
        start = getattr(tensor, "grad_fn", None)
        if start is None:
            found = self._by_tensor.get(id(tensor))
            return [found[1]] if found else []
        makers: dict[int, Node] = {}
        pending, seen = [start], set()
        kept = []  # functions seen stay alive, so that their numbers stay theirs
        while pending:
            function = pending.pop()
            if function is None or id(function) in seen:
                continue
            seen.add(id(function))
            kept.append(function)
            if id(function) in self._by_function:
                maker = self._by_function[id(function)][1]
                makers[id(maker)] = maker
            else:
                pending.extend(following for following, _ in function.next_functions)
        order = {id(node): index for index, node in enumerate(self._graph.nodes)}
        return sorted(makers.values(), key=lambda node: order[id(node)])


def _is_frozen(parameter: Any) -> bool:
    return getattr(parameter, "requires_grad", None) is False and bool(parameter.is_floating_point())


def _with_gradient(value: Any) -> Any:
    """Return a tensor of floats as one of the same values that has gradients; everything else as it is."""
    if hasattr(value, "detach") and hasattr(value, "is_floating_point") and value.is_floating_point():
        return value.detach().requires_grad_()
    return value


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
    elif hasattr(value, "shape"):
        yield value
