"""A layered drawing of a directed graph: every edge leads down, long ones through gaps between boxes.

The four steps of Sugiyama, Tagawa and Toda (1981), each by its simplest good method:

1. turn around the edges that close a circle (a depth-first search finds them);
2. give every box the longest way from a source as its layer;
3. order the layers: long edges become chains of bends, then sweeps by
   barycentre, and the order with the fewest crossings wins;
4. place: each box wants the median of its neighbours; the nearest places in the same order without overlap are those
   of isotonic regression (pool adjacent violators), exact and linear.

Parts that no edge connects are laid out alone and packed in rows. The result depends on the input alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.graphs.coordinates import place
from app.graphs.ordering import order

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GAP_X", "GAP_Y", "MAX_BENDS", "Layout", "Way", "layered"]

#: Least space between boxes, and between layers.
GAP_X = 24.0
GAP_Y = 44.0

#: Bends of all long edges together; beyond, the longest edges are drawn straight.
MAX_BENDS = 40_000

#: Width of a gap through which a long edge leads.
BEND_WIDTH = 10.0

#: Space between two edges that touch one side of a box.
_PORT_STEP = 14.0

#: Space between parts that no edge connects, and the shape of the whole that they are packed into.
_PART_GAP = 60.0
_ASPECT = 1.4


@dataclass(frozen=True)
class Way:
    """Where an edge leads.

    Attributes
    ----------
    start, end : int
        Boxes.
    points : list of tuple
        (x, y) from the lower edge of `start` to the upper edge of `end`, in order; of an edge that was turned around
        from the upper edge of `start` upwards.
    turned : bool
        Whether it leads up, because it closes a circle.
    straight : bool
        Whether it was not led around boxes.
    """

    start: int
    end: int
    points: list[tuple[float, float]]
    turned: bool = False
    straight: bool = False


@dataclass(frozen=True)
class Layout:
    """Places of boxes (centres) and ways of edges, all from 0.

    Attributes
    ----------
    x, y : list of float
        Centres.
    ways : list of Way
        One for each pair of boxes, in the order in which the pairs first came; none for an edge to itself.
    width, height : float
        Of the whole.
    straight : int
        Edges that were not led around boxes.
    """

    x: list[float]
    y: list[float]
    ways: list[Way]
    width: float
    height: float
    straight: int = 0


def layered(
    widths: Sequence[float], height: float, edges: Sequence[tuple[int, int]], *, max_bends: int = MAX_BENDS
) -> Layout:
    """Lay out a graph.

    Parameters
    ----------
    widths : sequence of float
        Of each box.
    height : float
        Of all boxes.
    edges : sequence of pair
        (from, to). Repeated ones count once; those from a box to itself have no way.
    max_bends : int, optional
        See `MAX_BENDS`.
    """
    pairs = list(dict.fromkeys(edge for edge in edges if edge[0] != edge[1]))
    parts = _connected_parts(len(widths), pairs)
    part_of = {node: number for number, part in enumerate(parts) for node in part}
    by_part: list[list[tuple[int, int]]] = [[] for _ in parts]
    for pair in pairs:
        by_part[part_of[pair[0]]].append(pair)
    longest = _edges_to_draw_straight(len(widths), pairs, max_bends)
    layouts = [
        _one_part(part, widths, height, its_pairs, longest) for part, its_pairs in zip(parts, by_part, strict=True)
    ]
    return _packed(len(widths), parts, layouts, {pair: at for at, pair in enumerate(pairs)}, len(longest))


def turned_edges(count: int, pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the edges that close a circle, found depth first from the sources, in the order of the boxes."""
    below: list[list[int]] = [[] for _ in range(count)]
    has_above = [False] * count
    for start, end in pairs:
        below[start].append(end)
        has_above[end] = True
    state = bytearray(count)  # 0 not seen, 1 on the way, 2 done
    turned = set()
    for root in sorted(range(count), key=lambda node: has_above[node]):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(below[root]))]
        while stack:
            node, rest = stack[-1]
            for other in rest:
                if state[other] == 1:
                    turned.add((node, other))
                elif not state[other]:
                    state[other] = 1
                    stack.append((other, iter(below[other])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return turned


def layers_of(count: int, pairs: Sequence[tuple[int, int]], turned: set[tuple[int, int]]) -> list[int]:
    """Return the layer of each box: the longest way from a source; sources are moved down next to what they feed."""
    below: list[list[int]] = [[] for _ in range(count)]
    waits = [0] * count
    for start, end in pairs:
        first, second = (end, start) if (start, end) in turned else (start, end)
        below[first].append(second)
        waits[second] += 1
    sources = [node for node in range(count) if not waits[node]]
    layer, ready = [0] * count, list(sources)
    while ready:
        node = ready.pop()
        for other in below[node]:
            layer[other] = max(layer[other], layer[node] + 1)
            waits[other] -= 1
            if not waits[other]:
                ready.append(other)
    for node in sources:
        if below[node]:
            layer[node] = min(layer[other] for other in below[node]) - 1
    return layer


def _connected_parts(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the boxes of each part, parts and boxes in order."""
    leader = list(range(count))

    def find(node: int) -> int:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for start, end in pairs:
        first, second = find(start), find(end)
        leader[max(first, second)] = min(first, second)
    parts: dict[int, list[int]] = {}
    for node in range(count):
        parts.setdefault(find(node), []).append(node)
    return list(parts.values())


def _edges_to_draw_straight(count: int, pairs: Sequence[tuple[int, int]], max_bends: int) -> set[tuple[int, int]]:
    """Return the longest edges, as many as are needed to keep all bends within the limit."""
    layer = layers_of(count, pairs, turned_edges(count, pairs))
    spans = sorted(((abs(layer[end] - layer[start]) - 1, (start, end)) for start, end in pairs), reverse=True)
    total = sum(span for span, _ in spans)
    straight = set()
    for span, pair in spans:
        if total <= max_bends:
            break
        straight.add(pair)
        total -= span
    return straight


@dataclass(frozen=True)
class _Part:
    x: list[float]
    y: list[float]
    ways: list[Way]
    width: float
    height: float


def _one_part(
    part: list[int],
    widths: Sequence[float],
    height: float,
    pairs: list[tuple[int, int]],
    straight: set[tuple[int, int]],
) -> _Part:
    """Lay out one part; numbers of boxes are those of the whole, places begin at 0."""
    local = {node: at for at, node in enumerate(part)}
    inner = [(local[start], local[end]) for start, end in pairs]
    turned = turned_edges(len(part), inner)
    layer = layers_of(len(part), inner, turned)
    direct = {edge for edge, pair in zip(inner, pairs, strict=True) if pair in straight}
    rows, chains, sizes = _chains(layer, inner, turned, direct, [widths[node] for node in part])
    above: list[list[int]] = [[] for _ in sizes]
    below: list[list[int]] = [[] for _ in sizes]
    for edge, chain in zip(inner, chains, strict=True):
        for first, second in itertools.pairwise(chain) if edge not in direct else ():
            below[first].append(second)
            above[second].append(first)
    order(rows, above, below)
    x = place(rows, above, below, sizes, GAP_X, bends_from=len(part))
    left = min(centre - size / 2 for centre, size in zip(x, sizes, strict=True))
    x = [centre - left for centre in x]
    depth = [0.0] * len(sizes)
    for number, row in enumerate(rows):
        for at in row:
            depth[at] = height / 2 + number * (height + GAP_Y)
    ways = []
    leaves, arrives = _ports(chains, x, sizes, leaving=True), _ports(chains, x, sizes, leaving=False)
    for number, (edge, pair, chain) in enumerate(zip(inner, pairs, chains, strict=True)):
        points = [(x[at], depth[at]) for at in chain]
        points[0] = (leaves[number], points[0][1] + height / 2)
        points[-1] = (arrives[number], points[-1][1] - height / 2)
        ways.append(Way(*pair, points[::-1] if edge in turned else points, edge in turned, edge in direct))
    right = max(centre + size / 2 for centre, size in zip(x, sizes, strict=True))
    return _Part(x[: len(part)], depth[: len(part)], ways, right, height + (len(rows) - 1) * (height + GAP_Y))


def _ports(chains: list[list[int]], x: list[float], sizes: list[float], *, leaving: bool) -> list[float]:
    """Return where each edge touches its upper box from below, or its lower box from above: side by side, in order."""
    by_box: dict[int, list[tuple[float, int]]] = {}
    for number, chain in enumerate(chains):
        box, near = (chain[0], chain[1]) if leaving else (chain[-1], chain[-2])
        by_box.setdefault(box, []).append((x[near], number))
    found = [0.0] * len(chains)
    for box, ends in by_box.items():
        step = min(_PORT_STEP, (sizes[box] - 16) / len(ends))
        for place_, (_, number) in enumerate(sorted(ends)):
            found[number] = x[box] + (place_ - (len(ends) - 1) / 2) * step
    return found


def _chains(
    layer: list[int],
    edges: list[tuple[int, int]],
    turned: set[tuple[int, int]],
    direct: set[tuple[int, int]],
    widths: list[float],
) -> tuple[list[list[int]], list[list[int]], list[float]]:
    """Return the members of each layer, the chain of each edge from above to below, and the width of each member.

    Members beyond the boxes are the bends of long edges, one in each layer that an edge passes.
    """
    rows: list[list[int]] = [[] for _ in range(max(layer) + 1)]
    for at, row in enumerate(layer):
        rows[row].append(at)
    sizes, chains = list(widths), []
    for start, end in edges:
        first, second = (end, start) if (start, end) in turned else (start, end)
        chain = [first]
        for row in range(layer[first] + 1, layer[second]) if (start, end) not in direct else ():
            rows[row].append(len(sizes))
            chain.append(len(sizes))
            sizes.append(BEND_WIDTH)
        chains.append([*chain, second])
    return rows, chains, sizes


def _packed(
    count: int, parts: list[list[int]], layouts: list[_Part], rank: dict[tuple[int, int], int], straight: int
) -> Layout:
    """Set parts beside each other in rows, in their order."""
    area = sum((part.width + _PART_GAP) * (part.height + _PART_GAP) for part in layouts)
    widest = max([*(part.width for part in layouts), (area * _ASPECT) ** 0.5], default=0.0)
    x, y, ways = [0.0] * count, [0.0] * count, []
    left = top = row_height = width = 0.0
    for nodes, part in zip(parts, layouts, strict=True):
        gap = GAP_X if len(nodes) == 1 else _PART_GAP
        if left and left + part.width > widest:
            left, top, row_height = 0.0, top + row_height + gap, 0.0
        for node, at_x, at_y in zip(nodes, part.x, part.y, strict=True):
            x[node], y[node] = at_x + left, at_y + top
        for way in part.ways:
            moved = [(at_x + left, at_y + top) for at_x, at_y in way.points]
            ways.append(Way(way.start, way.end, moved, way.turned, way.straight))
        width = max(width, left + part.width)
        row_height = max(row_height, part.height)
        left += part.width + gap
    ways.sort(key=lambda way: rank[way.start, way.end])
    return Layout(x, y, ways, width, top + row_height, straight)
