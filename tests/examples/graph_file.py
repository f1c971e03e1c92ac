"""Graphs."""

from __future__ import annotations

import datatypes as dt


def examples():
    graph = dt.Graph()
    first = graph.add_node(id="in", name="in", class_name="InputLayer", output_shape=[None, 4], num_parameters=0)
    second = graph.add_node(id="dense", class_name="Dense", size=(4, 2), is_output=True, parameters=[["w", [4, 2]]])
    graph.add_edge(first, second)
    yield "layers", graph
    circle = dt.Graph(format="ü")
    one, two = circle.add_node(id=1), circle.add_node(id=2, name="two")
    for ends in ((one, two), (two, one), (one, one), (one, two)):
        circle.add_edge(*ends)
    circle.edges[1].name = "back"
    circle.edges[1].attributes["weight"] = 0.5
    circle.root = two
    two.attributes["further"] = {"a": [1, None]}
    yield "circle with names and a root", circle
    yield "empty", dt.Graph()
