"""Modules of a network: nodes whose names share a beginning, as a tree; and which of them are open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.graphs.network import Network

__all__ = ["MANY_NODES", "Module", "default_open", "find_modules", "paths_of"]

#: Nodes from which modules are closed at first: more are a texture and no drawing.
MANY_NODES = 300

#: Boxes that a first view should have at least; as long as there are fewer, modules are opened.
_FEW_BOXES = 8

#: Depth of modules that are told apart; deeper names stay in the deepest.
_MAX_DEPTH = 8


@dataclass
class Module:
    """Nodes of one beginning.

    Attributes
    ----------
    path : tuple of str
        Parts of the beginning.
    nodes : list of int
        All nodes below it, also those of modules in it.
    children : dict
        Name → module, sorted.
    """

    path: tuple[str, ...]
    nodes: list[int] = field(default_factory=list)
    children: dict[str, Module] = field(default_factory=dict)

    def walk(self) -> Iterable[Module]:
        """Give this module's descendants, each before those below it, sorted by name."""
        for child in self.children.values():
            yield child
            yield from child.walk()


def paths_of(names: Sequence[str]) -> tuple[list[tuple[str, ...]], str]:
    """Return the parts of each name before its last, and what they were parted by.

    Parameters
    ----------
    names : sequence of str
        Names of all nodes.

    Returns
    -------
    paths : list of tuple
        Empty for names without a module.
    separator : str
        ``"/"``, ``"."`` or ``"_"``: the first that at least a third of the names have; with ``"_"`` a number belongs
        to the part before it (``block_1``), so that ``dense_1`` and ``dense_2`` are no module.
    """
    share = max(1, len(names) // 3)
    for separator in ("/", "."):
        if sum(1 for name in names if separator in name.strip(separator)) >= share:
            return [tuple(name.strip(separator).split(separator)[:-1][:_MAX_DEPTH]) for name in names], separator
    parts = [re.findall(r"[^_]+(?:_\d+(?=_|$))*", name) for name in names]
    return [tuple(found[:-1][:_MAX_DEPTH]) for found in parts], "_"


def find_modules(network: Network) -> tuple[Module, str]:
    """Return the tree of modules of a network, its root being the whole, and what parts their names.

    Names parted by ``_`` only look like modules where their nodes hang together; those of other networks are words
    (``batch_normalization_7``), and such modules are dropped with their nodes moved up.
    """
    paths, separator = paths_of(network.names[: network.stored_nodes])
    root = Module(())
    for node, path in enumerate(paths):
        at = root
        for depth, part in enumerate(path):
            at = at.children.setdefault(part, Module(path[: depth + 1]))
            at.nodes.append(node)
    root.nodes = list(range(network.stored_nodes))
    neighbours: list[list[int]] = [[] for _ in network.names]
    for start, end, _ in network.edges:
        neighbours[start].append(end)
        neighbours[end].append(start)
    _prune(root, neighbours, by_words=separator == "_")
    return root, separator


def _prune(module: Module, neighbours: list[list[int]], *, by_words: bool) -> None:
    """Drop modules of one node, and those by words that do not hang together; sort the rest by name."""
    kept = {}
    for name, child in sorted(module.children.items(), key=lambda item: _natural(item[0])):
        if len(child.nodes) < 2 or (by_words and not _is_connected(child.nodes, neighbours)):
            continue
        _prune(child, neighbours, by_words=by_words)
        kept[name] = child
    module.children = kept


def _natural(text: str) -> list[tuple[int, int | str]]:
    """Return a key that sorts ``block_10`` after ``block_9``."""
    pieces = re.split(r"(\d{1,18})", text)
    return [(0, int(piece)) if piece.isdecimal() else (1, piece) for piece in pieces]


def _is_connected(nodes: list[int], neighbours: list[list[int]]) -> bool:
    inside, seen, pending = set(nodes), {nodes[0]}, [nodes[0]]
    while pending:
        for other in neighbours[pending.pop()]:
            if other in inside and other not in seen:
                seen.add(other)
                pending.append(other)
    return len(seen) == len(inside)


def default_open(root: Module, many: int = MANY_NODES) -> set[tuple[str, ...]]:
    """Return the paths of the modules that are open at first.

    All, as long as there are at most `many` nodes. Else none, but the largest ones one after the other as long as there
    are only a few boxes and opening one does not make many.
    """
    if len(root.nodes) <= many:
        return {module.path for module in root.walk()}
    opened: set[tuple[str, ...]] = set()
    closed = list(root.children.values())
    boxes = _boxes(root)
    while closed and boxes < _FEW_BOXES:
        largest = max(closed, key=lambda module: len(module.nodes))
        added = _boxes(largest) - 1
        closed.remove(largest)
        if boxes + added > many:
            continue
        opened.add(largest.path)
        closed += largest.children.values()
        boxes += added
    return opened


def _boxes(module: Module) -> int:
    """Return the number of boxes that an open module shows while all in it are closed."""
    inside = sum(len(child.nodes) for child in module.children.values())
    return len(module.nodes) - inside + len(module.children)
