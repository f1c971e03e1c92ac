"""Layout of networks: no overlap, downwards, deterministic, within limits; modules; the answers of the route."""

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import datatypes as dt
from app.graphs import serving
from app.graphs.coordinates import nearest_in_order
from app.graphs.drawing import boxes_of, drawing, short_count
from app.graphs.folding import folded
from app.graphs.layered import GAP_X, layered, turned_edges
from app.graphs.modules import default_open, find_modules, paths_of
from app.graphs.network import network_of, shape_text
from app.graphs.ordering import crossings

HEIGHT = 36.0


def residual(blocks, *, separator="_"):
    """A residual network: per block six layers and one edge past five of them."""
    graph = dt.Graph()
    last = graph.add_node(id="in", name="input", class_name="InputLayer", num_parameters=0)
    for block in range(blocks):
        start, steps = last, ("1_conv", "1_bn", "1_relu", "2_conv", "2_bn", "add")
        for step in steps:
            name = f"stage{block // 20}{separator}block{block % 20}{separator}{step}"
            node = graph.add_node(id=name, name=name, class_name=step[-4:], num_parameters=10)
            graph.add_edge(last, node)
            last = node
        graph.add_edge(start, last)
    return graph


def random_edges(count, edges, seed):
    chance = random.Random(seed)
    return [(chance.randrange(count), chance.randrange(count)) for _ in range(edges)]


def check_layout(layout, widths, pairs):
    """No two boxes overlap; every edge leads down but those that were turned around, and these close a circle."""
    rows = {}
    for at, y in enumerate(layout.y):
        rows.setdefault(y, []).append(at)
    for row in rows.values():
        row.sort(key=lambda at: layout.x[at])
        for left, right in itertools.pairwise(row):
            space = layout.x[right] - widths[right] / 2 - layout.x[left] - widths[left] / 2
            assert space >= GAP_X / 2 - 1e-6
    levels = sorted(rows)
    assert all(lower - upper >= HEIGHT for upper, lower in itertools.pairwise(levels))
    assert all(layout.x[at] - widths[at] / 2 >= -1e-6 for at in range(len(widths)))
    assert all(layout.x[at] + widths[at] / 2 <= layout.width + 1e-6 for at in range(len(widths)))
    wanted = [pair for pair in dict.fromkeys(pairs) if pair[0] != pair[1]]
    assert [(way.start, way.end) for way in layout.ways] == wanted
    for way in layout.ways:
        ys = [y for _, y in way.points]
        assert ys == sorted(ys, reverse=way.turned)
        assert (layout.y[way.start] < layout.y[way.end]) is not way.turned


@given(st.integers(1, 25), st.integers(0, 60), st.integers(0, 10**6))
def test_any_graph_is_laid_out_without_overlap_and_downwards(count, edges, seed):
    pairs = random_edges(count, edges, seed)
    widths = [60.0 + 7 * (at % 5) for at in range(count)]
    layout = layered(widths, HEIGHT, pairs)
    assert layered(widths, HEIGHT, pairs) == layout  # the same input, the same drawing
    if len(_parts(count, pairs)) == 1:
        check_layout(layout, widths, pairs)


def _parts(count, pairs):
    leader = {at: {at} for at in range(count)}
    for start, end in pairs:
        if leader[start] is not leader[end]:
            leader[start] |= leader[end]
            for at in leader[end]:
                leader[at] = leader[start]
    return {id(part) for part in leader.values()}


def test_parts_without_an_edge_between_them_do_not_overlap():
    pairs = [(0, 1), (2, 3), (3, 4), (4, 2)]
    widths = [80.0] * 40
    layout = layered(widths, HEIGHT, pairs)
    places = list(zip(layout.x, layout.y, strict=True))
    for (x0, y0), (x1, y1) in itertools.combinations(places, 2):
        assert abs(x0 - x1) >= 80 or abs(y0 - y1) >= HEIGHT
    assert layout.width < 10 * 100  # in rows, not in one line


def test_edges_that_close_a_circle_are_turned_and_no_others():
    assert turned_edges(3, [(0, 1), (1, 2), (2, 0)]) == {(2, 0)}
    assert turned_edges(4, [(0, 1), (1, 2), (0, 2), (2, 3)]) == set()
    way = next(way for way in layered([60.0] * 2, HEIGHT, [(0, 1), (1, 0)]).ways if way.turned)
    assert (way.start, way.end) == (1, 0)
    assert way.points[0][1] > way.points[-1][1]


def test_long_edges_go_round_the_boxes():
    count = 6
    pairs = [*itertools.pairwise(range(count)), (0, 5)]
    widths = [100.0] * count
    layout = layered(widths, HEIGHT, pairs)
    way = next(way for way in layout.ways if (way.start, way.end) == (0, 5))
    assert len(way.points) == 6
    for x, y in way.points[1:-1]:
        box = next(at for at in range(count) if layout.y[at] == y)
        assert abs(x - layout.x[box]) > 50


def test_a_ladder_is_drawn_without_crossings():
    assert crossings([[0, 1], [0, 1]]) == 1
    assert crossings([[1], [0]]) == 1
    assert crossings([[0], [0, 1], [1]]) == 0
    pairs = [(0, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 6)]  # two chains that meet
    layout = layered([60.0] * 7, HEIGHT, pairs)
    assert (layout.x[0] - layout.x[1]) * (layout.x[2] - layout.x[3]) > 0
    assert (layout.x[2] - layout.x[3]) * (layout.x[4] - layout.x[5]) > 0


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 5)), min_size=1, max_size=30))
def test_the_nearest_numbers_in_order(items):
    wanted, weights = [item[0] for item in items], [item[1] for item in items]
    found = nearest_in_order(wanted, weights)
    assert found == sorted(found)
    # Of the best fit the weighted rests of each run of equal numbers add up to nothing.
    for value, run in itertools.groupby(range(len(found)), key=found.__getitem__):
        rest = [(wanted[at] - value) * weights[at] for at in run]
        assert sum(rest) == pytest.approx(0, abs=1e-6)


def test_thousands_of_boxes_are_laid_out_while_somebody_waits():
    kept = serving.Kept(residual(330))
    every = {module.path for module in kept.root.walk()}
    start = time.process_time()
    found = drawing(kept.network, kept.root, kept.separator, every, in_columns=False)
    assert time.process_time() - start < 10  # some 0.2 s; a quadratic step would take minutes
    assert len(found["boxes"]["x"]) == 1981
    pairs = [(a, b) for a, b, _ in kept.network.edges]
    check_layout(layered(found["boxes"]["w"], HEIGHT, pairs), found["boxes"]["w"], pairs)


def test_more_bends_than_the_limit_are_straight_lines_and_it_is_said():
    count = 300
    pairs = [*itertools.pairwise(range(count)), *((0, at) for at in range(2, count))]
    layout = layered([60.0] * count, HEIGHT, pairs, max_bends=1000)
    bends = sum(len(way.points) - 2 for way in layout.ways)
    assert bends <= 1000
    assert layout.straight == sum(way.straight for way in layout.ways) > 0
    check_layout(layout, [60.0] * count, pairs)


def test_a_deep_network_is_set_in_columns_and_within_one_every_edge_leads_down():
    count = 120
    widths = [100.0] * count
    plain = layered(widths, HEIGHT, list(itertools.pairwise(range(count))))
    layout, columns = folded(plain, widths, HEIGHT)
    assert len(columns) > 3
    assert layout.height < plain.height / 3
    column = [next(at for at, (left, right) in enumerate(columns) if left - 1 <= x <= right + 1) for x in layout.x]
    assert column == sorted(column)
    for way in layout.ways:
        if column[way.start] == column[way.end]:
            assert layout.y[way.start] < layout.y[way.end]
    assert sum(column[way.start] != column[way.end] for way in layout.ways) == len(columns) - 1
    wide = layered([100.0] * 5, HEIGHT, [(0, 1), (0, 2), (0, 3), (0, 4)])
    assert folded(wide, [100.0] * 5, HEIGHT) == (wide, [])


def test_names_part_into_modules():
    assert paths_of(["a/b/c", "a/d", "e"])[0] == [("a", "b"), ("a",), ()]
    assert paths_of(["layer1.0.conv", "layer1.1.conv", "fc"])[0] == [("layer1", "0"), ("layer1", "1"), ()]
    assert paths_of(["dense_1", "dense_2"]) == ([(), ()], "_")
    assert paths_of(["block_1_expand_BN", "block_10_add"])[0] == [("block_1", "expand"), ("block_10",)]


def test_words_are_no_modules():
    graph = dt.Graph()
    nodes = [graph.add_node(id=i, name=f"{('batch_norm', 'conv')[i % 2]}_{i}") for i in range(20)]
    for first, second in itertools.pairwise(nodes):
        graph.add_edge(first, second)
    assert list(find_modules(network_of(graph))[0].walk()) == []


def test_above_300_nodes_modules_are_closed_at_first():
    small, _ = find_modules(network_of(residual(10)))
    assert default_open(small) == {module.path for module in small.walk()}
    network = network_of(residual(330))
    root, _ = find_modules(network)
    boxes = boxes_of(network, root, default_open(root))
    assert 8 <= len(boxes.nodes) <= 300
    assert sorted(node for nodes in boxes.nodes for node in nodes) == list(range(1981))  # none is lost


def test_a_closed_module_stands_for_its_nodes_and_edges():
    graph = dt.Graph()
    a, b, c, d = (graph.add_node(id=name, name=name, num_parameters=5) for name in ("x", "m/a", "m/b", "y"))
    for ends in ((a, b), (b, c), (c, d), (a, c)):
        graph.add_edge(*ends)
    network = network_of(graph)
    root, separator = find_modules(network)
    found = drawing(network, root, separator, [])
    assert found["boxes"]["label"] == ["x", "m", "y"]
    assert found["boxes"]["count"] == [1, 2, 1]
    assert found["boxes"]["sub"][1] == "2 nodes, 10 parameters"
    assert [edge[:4] for edge in found["edges"]] == [
        [0, 1, 0, 2],
        [1, 2, 0, 1],
    ]  # two became one; one lies inside
    assert found["modules"] == [[["m"], 2, False]]
    opened = drawing(network, root, separator, [("m",), ("gone",)])
    assert len(opened["boxes"]["x"]) == 4
    assert opened["ignored"] == ["gone"]


def test_circles_repeated_edges_and_edges_to_nowhere_are_kept(tmp_path):
    graph = dt.Graph()
    one, two = graph.add_node(id=1, class_name="Op"), graph.add_node(id=2)
    ghost = dt.Node(id="gone")
    for ends in ((one, two), (two, one), (one, one), (one, two), (two, ghost), (ghost, ghost)):
        graph.add_edge(*ends)
    network = network_of(graph)
    assert network.stored_nodes == 2
    assert network.names == ["1", "2", "gone"]
    assert network.edges_to_missing == 2
    assert network.edges == [(0, 1, ""), (1, 0, ""), (0, 0, ""), (0, 1, ""), (1, 2, ""), (2, 2, "")]
    found = drawing(network, *find_modules(network), None)
    assert found["boxes"]["kind"][2] == -2
    assert [edge[:4] for edge in found["edges"]] == [
        [0, 1, 0, 2], [1, 0, 1, 1], [0, 0, 4, 1], [1, 2, 0, 1], [2, 2, 4, 1],
    ]  # fmt: skip


def test_parameters_are_counted_as_stored_or_from_shapes():
    graph = dt.Graph()
    graph.add_node(id="a", num_parameters=7)
    graph.add_node(id="b", parameters=[["w", [3, 4]], ["b", [4]]])
    graph.add_node(id="c")
    network = network_of(graph)
    assert network.parameters == [7, 16, None]
    assert network.total_parameters == 23
    assert network.details[1]["parameters"] == "w: 3 × 4\nb: 4"


@pytest.mark.parametrize(
    ("shape", "text"),
    [([None, 28, 28], "? × 28 × 28"), ([[None, 4]], "? × 4"), ("multiple", "multiple"), ([], "scalar"), (None, "")],
)
def test_shapes_as_people_write_them(shape, text):
    assert shape_text(shape) == text


def test_counts_in_three_digits():
    assert [short_count(n) for n in (0, 999, 1000, 25_636_712, 999_600, 3 * 10**9)] == [
        "0", "999", "1.00 k", "25.6 M", "1.00 M", "3.00 G",
    ]  # fmt: skip


class TestRoute:
    def test_drawings_panels_and_names(self):
        token, kept = serving.keep(residual(330), "test/route")
        status, first = serving.answer(token, "", {})
        assert status == 200
        assert len(first["boxes"]["x"]) < 300
        _, opened = serving.answer(token, "", {"open": "stage0"})
        assert len(opened["boxes"]["x"]) > len(first["boxes"]["x"]) - 17
        _, names = serving.answer(token, "names", {})
        assert names["names"] == kept.network.names
        status, node = serving.answer(token, "node", {"which": "6"})
        assert (status, node["class"], node["in_count"], node["parameters"]) == (200, "add", 2, 10)
        assert [name for _, name in node["in"]] == ["stage0_block0_2_bn", "input"]
        status, module = serving.answer(token, "node", {"which": "stage0"})
        assert (status, module["nodes"], module["parameters"]) == (200, 120, 1200)

    @pytest.mark.parametrize("which", ["", "99999", "-1", "nobody", "²", "9" * 30])
    def test_what_is_not_there_is_404(self, which):
        token, _ = serving.keep(residual(1), "test/none")
        assert serving.answer(token, "node", {"which": which})[0] == 404

    def test_unknown_tokens_say_what_to_do(self):
        assert serving.answer("0" * 40, "", {}) == (
            404,
            {"error": "The drawing is no longer kept. Load the page again."},
        )

    def test_graphs_are_not_kept_for_ever(self):
        tokens = [serving.keep(residual(1), f"test/many/{number}")[0] for number in range(20)]
        assert serving.answer(tokens[0], "", {})[0] == 404
        assert serving.answer(tokens[-1], "", {})[0] == 200
