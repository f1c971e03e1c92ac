"""`Graph`, `Node`, `Edge`: attributes, what comes back, what is refused; models by duck type and real ones."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sinks import DictRun, DictStore

import datatypes as dt
from datatypes.errors import UnreadableMediaError, WireFormatError

ATTRIBUTES = {
    "id": "a",
    "name": "first",
    "class_name": "Dense",
    "functions": ["f"],
    "parameters": [["weight", [2, 3]]],
    "size": (2, 3),
    "output_shape": [[None, 3], [None, 4]],
    "is_output": False,
    "num_parameters": 0,
    "child_parameters": 12,
    "is_constant": True,
}


def back(graph):
    store = DictStore()
    return store.get(store.add(graph, "net").path)


def small(*pairs):
    graph = dt.Graph()
    for key in sorted({key for pair in pairs for key in pair}):
        graph.add_node(id=key)
    for left, right in pairs:
        graph.add_edge(graph[left], graph[right])
    return graph


class TestNode:
    @pytest.mark.parametrize("name", ATTRIBUTES)
    def test_each_attribute_is_set_read_and_comes_back(self, name):
        node = dt.Node()
        assert getattr(node, name) == ([] if name in ("functions", "parameters") else None)
        setattr(node, name, ATTRIBUTES[name])
        graph = dt.Graph()
        graph.add_node(node)
        (again,) = back(graph).nodes
        for each in (node, again):
            assert getattr(each, name) == ATTRIBUTES[name]
        assert again == node

    def test_json_has_exactly_what_was_set(self):
        assert dt.Node().to_json() == {"name": None}
        node = dt.Node(id="x", size=np.array([1, 2]), num_parameters=np.int64(3), output_shape=(None, 2))
        assert node.size == (1, 2)
        assert node.to_json() == {
            "name": None,
            "id": "x",
            "size": [1, 2],
            "output_shape": [None, 2],
            "num_parameters": 3,
        }
        assert type(node.to_json()["num_parameters"]) is int

    def test_a_node_made_of_another_takes_all_but_its_id(self):
        node = dt.Node(id="a", name="n", class_name="C", parameters=[1])
        node.obj = object()
        made = dt.Node(node=node, id="b")
        assert (made.id, made.name, made.class_name, made.parameters) == ("b", "n", "C", [1])
        assert made.obj is node.obj
        assert dt.Node(node=dt.Node()).id is None

    def test_what_json_cannot_hold_is_named(self):
        graph = dt.Graph()
        graph.add_node(id="a", parameters=[object()])
        with pytest.raises(dt.RejectedTypeError, match="node 'a', parameters: is object, which JSON has not"):
            graph.to_json(DictStore())


class TestGraph:
    def test_the_file_is_that_of_the_sdk(self):
        graph = dt.Graph()
        first = graph.add_node(id="in", name="in", class_name="InputLayer", output_shape=[None, 4], num_parameters=0)
        second = dt.Node(
            id="dense",
            name="dense",
            class_name="Dense",
            size=[4, 2],
            output_shape=[None, 2],
            is_output=True,
            num_parameters=10,
        )
        assert graph.add_node(second) is second
        graph.add_edge(first, second)
        store = DictStore()
        stored = graph.to_json(store)
        recorded = Path(__file__).parents[2] / "golden/data/0.31.0/run-media/run/files/media/graph"
        assert store.files[stored["path"]] == next(recorded.glob("graph_15_*")).read_bytes()

    def test_an_artifact_and_a_run(self):
        graph, store, run = small("ab"), DictStore(), DictRun("net", 2)
        assert store.add(graph, "net").path == "net.graph-file.json"
        assert graph.to_json(store)["path"].startswith("media/graph/")
        with pytest.raises(dt.UnboundValueError):
            graph.to_json(run)
        graph.bind_to_run(run, "net", 2)
        stored = graph.to_json(run)
        assert stored["path"] == f"media/graph/net_2_{stored['sha256'][:20]}.graph.json"
        assert set(stored) == {"_type", "path", "sha256", "size"}
        assert dt.init_from_json(stored, run) == graph

    def test_cycles_and_repeated_edges_come_back(self):
        graph = small("ab", "ba", "aa", "ab")
        again = back(graph)
        assert again == graph
        assert [edge.to_json() for edge in again.edges] == [["a", "b"], ["b", "a"], ["a", "a"], ["a", "b"]]
        assert again["a"].out_edges["b"] is again.edges[3]
        assert again["a"].in_edges["b"] is again.edges[1]
        assert again.nodes_by_id == {"a": again.nodes[0], "b": again.nodes[1]}

    def test_names_of_edges_and_the_root_come_back(self):
        graph = small("ab", "ba")
        edge = graph.edges[1]
        assert edge.name is None
        edge.name = "back"
        edge.attributes["weight"] = np.float32(0.5)
        graph.root = graph["b"]
        again = back(graph)
        assert (again.edges[1].name, again.edges[1].attributes) == ("back", {"name": "back", "weight": 0.5})
        assert again.edges[0].attributes == {}
        assert again.root is again["b"]
        assert again == graph
        assert "name='back'" in repr(again.edges[1])

    def test_attributes_of_the_graph(self):
        graph = dt.Graph(format="torch")
        assert (graph.format, graph.loaded, graph.root, graph.nodes, graph.edges) == ("torch", False, None, [], [])
        graph.format, graph.loaded = "onnx", True
        assert back(graph).format == "onnx"
        assert back(graph).loaded

    def test_what_is_refused(self):
        graph = small("ab")
        with pytest.raises(dt.RejectedValueError, match="node 'a': there is a node of this id"):
            graph.add_node(id="a")
        with pytest.raises(dt.RejectedValueError, match="add_node: got a node and name"):
            graph.add_node(dt.Node(id="c"), name="c")
        with pytest.raises(dt.RejectedTypeError, match="edge: has the end str"):
            graph.add_edge("a", "b")
        with pytest.raises(KeyError):
            _ = graph["z"]
        assert len(graph.nodes) == 2
        assert graph == small("ab")

    def test_the_file_is_opened_when_it_is_used_and_kept_as_it_is(self):
        text = b'{"edges": [["a", "a"]], "format": "x", "nodes": [{"id": "a", "later": 1}], "more": {"k": 2}}\n'
        store, target = DictStore(files={"g.graph.json": text}), DictStore()
        graph = dt.Graph.from_file("g.graph.json", store)
        assert not store.opened
        assert repr(graph) == "Graph('g.graph.json')"
        assert graph.nodes[0].attributes["later"] == 1
        assert graph.is_unchanged()
        stored = graph.to_json(target)
        assert (stored["path"], target.files[stored["path"]]) == ("g.graph.json", text)
        graph.nodes[0].name = "changed"
        assert not graph.is_unchanged()
        changed = dt.init_from_json(graph.to_json(target), target)
        assert changed == graph
        assert changed.document_json["more"] == {"k": 2}
        assert changed.nodes[0].attributes == {"id": "a", "later": 1, "name": "changed"}

    def test_a_graph_that_grew_is_stored_as_it_is_now(self):
        graph, store = small("ab"), DictStore()
        graph.to_json(store)
        graph.add_node(id="c")
        assert dt.init_from_json(graph.to_json(store), store) == graph
        assert len(store.files) == 2

    def test_inline_graphs_of_old_sdks(self):
        row = {"_type": "graph", "format": "keras", "nodes": [{"id": "a", "name": None}], "edges": [["a", "a"]], "x": 1}
        graph = dt.init_from_json(row, DictStore())
        assert graph == small("aa")
        assert graph.facts()["$media"] == "graph"
        assert graph.to_json(DictStore())["x"] == 1
        assert "nodes" not in graph.to_json(DictStore())

    def test_strange_files_that_are_read(self):
        nodes = [{"id": "a"}, {"id": "a", "name": "again"}, {"name": "no id"}, {"id": ["list"]}]
        text = json.dumps({"nodes": nodes, "edges": [["a", "gone"], [["list"], None]], "root": "gone"}).encode()
        graph = dt.Graph.from_file("g", DictStore(files={"g": text}))
        assert [edge.to_json() for edge in graph.edges] == [["a", "gone"], [["list"], None]]
        assert graph.nodes_by_id == {"a": graph.nodes[1]}
        assert graph.is_unchanged()
        assert graph.format == ""
        assert not any(graph.difference(graph).values())
        assert back(graph) == graph

    @pytest.mark.parametrize(
        ("document", "problem"),
        [
            ({"nodes": {}}, "are not lists"),
            ({"edges": 5}, "are not lists"),
            ({"nodes": [1]}, "a node is int, not an object"),
            ({"edges": [["a"]]}, "an edge is no pair of ids"),
            ({"edges": ["ab"]}, "an edge is no pair of ids"),
            ({"edges": [["a", "b"]], "edge_attributes": [1]}, "an edge is no pair"),
            ({"edges": [["a", "b"]], "edge_attributes": [{}, {}]}, "no list of as many"),
        ],
    )
    def test_files_that_are_no_graphs(self, document, problem):
        graph = dt.Graph.from_file("g", DictStore(files={"g": json.dumps(document).encode()}))
        for _ in range(2):  # the second time as well
            with pytest.raises(WireFormatError, match=problem):
                _ = graph.nodes

    def test_a_file_that_is_no_json(self):
        graph = dt.Graph.from_file("g", DictStore(files={"g": b"[1]"}))
        with pytest.raises(UnreadableMediaError, match="g: is list, not an object"):
            graph.facts()

    def test_difference(self):
        left = small("ab", "bc", "bc")
        assert not any(left.difference(small("ab", "bc", "bc")).values())
        right = small("ab", "bd")
        right["a"].class_name = "Dense"
        right.format = "torch"
        assert left.difference(right) == {
            "nodes_added": 1,
            "nodes_removed": 1,
            "nodes_changed": 1,
            "edges_added": 1,
            "edges_removed": 2,
            "edges_changed": 0,
            "fields": ["format"],
            "reordered": 0,
        }
        named = small("ab", "bc", "bc")
        named.edges[2].name = "x"
        assert {key: item for key, item in left.difference(named).items() if item} == {"edges_changed": 1}
        moved = small("bc", "ab", "bc")
        assert {key: item for key, item in left.difference(moved).items() if item} == {"reordered": 1}
        assert left != moved

    @given(
        st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=5),
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8),
    )
    def test_any_graph_comes_back_equal(self, names, pairs):
        graph = dt.Graph()
        for key, name in names.items():
            graph.add_node(id=key, name=name)
        for pair in pairs:
            if names:
                graph.add_edge(*(graph.nodes[end % len(names)] for end in pair))
        again = back(graph)
        assert again == graph
        assert not any(graph.difference(again).values())

    def test_pprint(self, capsys):
        small("ab").pprint()
        assert capsys.readouterr().out.splitlines() == [
            "Edge('a', 'b')",
            "{'name': None, 'id': 'a'}",
            "{'name': None, 'id': 'b'}",
        ]


# --------------------------------------------------------------------------------------------------------------- Keras


class Layer:
    """What Keras 2 has of a layer."""

    def __init__(self, name, shape, count, *inbound, cls="Dense"):
        self.__class__ = type(cls, (Layer,), {})
        self.name, self.output_shape, self._count = name, shape, count
        self._inbound_nodes = [InboundNode(layers) for layers in inbound]

    def count_params(self):
        if self._count is None:
            raise ValueError("not built")
        return self._count


class InboundNode:
    def __init__(self, layers):
        self.inbound_layers = layers


class Model:
    def __init__(self, *layers, nodes=None):
        self.layers = list(layers)
        if nodes is not None:
            self._nodes_by_depth = nodes


def recorded(name):
    folder = Path(__file__).parents[2] / "golden/data/0.31.0/run-keras-graph/run/files/media/graph"
    return json.loads(next(folder.glob(f"{name}_*")).read_text())


class TestKeras2:
    def test_a_sequential_model_shows_its_input_layer(self):
        pixels = Layer("pixels", [(None, 8, 8, 1)], 0, [], cls="InputLayer")
        conv = Layer("conv", (None, 6, 6, 4), 40, pixels, cls="Conv2D")
        flat = Layer("flat", (None, 144), 0, conv, cls="Flatten")
        probs = Layer("probs", (None, 10), 1450, flat)
        graph = dt.Graph.from_keras(Model(conv, flat, probs))
        assert back(graph).document_json == recorded("sequential")
        assert graph["conv"].obj is conv

    def test_branches(self):
        features = Layer("features", [(None, 16)], 0, [], cls="InputLayer")
        left, right = (Layer(name, (None, 8), 136, features) for name in ("left", "right"))
        total = Layer("sum", (None, 8), 0, [left, right], cls="Add")
        graph = dt.Graph.from_keras(Model(features, left, right, total, Layer("score", (None, 1), 9, total)))
        assert back(graph).document_json == recorded("branching")

    def test_a_shared_layer_has_one_node_and_an_edge_per_use(self):
        x, y = (Layer(name, [(None, 4)], 0, [], cls="InputLayer") for name in "xy")
        shared = Layer("shared", (None, 4), 20, x, y, object())
        both = Layer("both", (None, 8), 0, [shared, shared], cls="Concatenate")
        nodes = {0: both._inbound_nodes, 1: shared._inbound_nodes[:2]}  # the third use is in another model
        graph = dt.Graph.from_keras(Model(x, y, shared, both, nodes=nodes))
        assert back(graph).document_json == recorded("siamese")

    def test_layers_in_any_order_give_each_node_once(self):
        a = Layer("a", (None, 1), 0, [])
        b = Layer("b", (None, 1), 0, {"one": a})
        graph = dt.Graph.from_keras(Model(b, a))
        assert [node.id for node in graph.nodes] == ["a", "b"]
        assert [edge.to_json() for edge in graph.edges] == [["a", "b"]]

    def test_what_is_not_built_or_has_several_shapes(self):
        layer = Layer("late", None, None)
        del layer.output_shape
        graph = dt.Graph.from_keras(Model(layer))
        assert graph.nodes[0].to_json() == {
            "name": "late",
            "id": "late",
            "class_name": "Dense",
            "output_shape": ["multiple"],
        }

    def test_what_is_no_model_is_refused(self):
        with pytest.raises(dt.RejectedTypeError, match="model: is int, which has no layers"):
            dt.Graph.from_keras(5)


@pytest.mark.filterwarnings("ignore")
class TestRealKeras:
    @pytest.fixture
    def keras(self):
        backend = next((name for name in ("jax", "torch", "tensorflow") if importlib.util.find_spec(name)), "")
        os.environ.setdefault("KERAS_BACKEND", backend)
        return importlib.import_module("keras")

    def test_models_are_what_the_sdk_made_of_keras_2(self, keras):
        layers = keras.layers
        steps = [keras.Input((8, 8, 1), name="pixels"), layers.Conv2D(4, 3, name="conv"), layers.Flatten(name="flat")]
        sequential = keras.Sequential([*steps, layers.Dense(10, name="probs")])
        assert back(dt.Graph.from_keras(sequential)).document_json == recorded("sequential")
        features = keras.Input((16,), name="features")
        both = [layers.Dense(8, name=name)(features) for name in ("left", "right")]
        score = layers.Dense(1, name="score")(layers.Add(name="sum")(both))
        assert back(dt.Graph.from_keras(keras.Model(features, score))).document_json == recorded("branching")
        x, y, shared = keras.Input((4,), name="x"), keras.Input((4,), name="y"), layers.Dense(4, name="shared")
        siamese = keras.Model([x, y], layers.Concatenate(name="both")([shared(x), shared(y)]))
        shared(keras.Input((4,)))  # a use in no model
        assert back(dt.Graph.from_keras(siamese)).document_json == recorded("siamese")

    def test_operations_nested_models_and_several_outputs(self, keras):
        start = keras.Input((3,), name="start")
        twice = keras.ops.add(start, start)
        inner = keras.Model(start, [twice, keras.layers.Dense(2, name="head")(twice)], name="inner")
        graph = dt.Graph.from_keras(inner)
        add = graph.nodes[1].id
        assert [edge.to_json() for edge in graph.edges] == [["start", add], ["start", add], [add, "head"]]
        outer = dt.Graph.from_keras(keras.Model(start, inner(start)))
        assert outer["inner"].output_shape == [[None, 3], [None, 2]]
        assert outer["inner"].num_parameters == 8
        assert [edge.to_json() for edge in outer.edges] == [["start", "inner"]]


# --------------------------------------------------------------------------------------------------------------- torch


class Tensor:
    """What torch has of a tensor, without gradients."""

    def __init__(self, *shape):
        self.shape = shape

    def numel(self):
        return int(np.prod(self.shape))


class Module:
    """What torch has of a module."""

    training = True

    def __init__(self, parameters=(), out=None, **children):
        self._own, self._out, self._children, self.hooks = dict(parameters), out, children, []

    def children(self):
        return iter(self._children.values())

    def named_modules(self, prefix=""):
        yield prefix, self
        for name, child in self._children.items():
            yield from child.named_modules(f"{prefix}.{name}" if prefix else name)

    def named_parameters(self, recurse=True):
        yield from self._own.items()
        for child in self._children.values() if recurse else ():
            yield from child.named_parameters()

    def parameters(self):
        return (parameter for _, parameter in self.named_parameters())

    def register_forward_hook(self, hook, *, with_kwargs):
        assert with_kwargs
        self.hooks.append(hook)
        owner = self

        class Handle:
            def remove(self):
                owner.hooks.remove(hook)

        return Handle()

    def __call__(self, *args, **kwargs):
        assert not self.training
        output = self._out if self._out is not None else args[0]
        for child in self._children.values():
            output = child(args[0] if output is None else output)
            args = (output,)
        for hook in self.hooks:
            hook(self, args, kwargs, output)
        return output


class TestTorchStandIn:
    def model(self):
        linear = Module({"weight": Tensor(3, 2), "bias": Tensor(3)}, out=Tensor(1, 3))
        return Module(fc=linear, act=Module(out=Tensor(1, 3)), tail=Module(inner=Module(out=(Tensor(1, 3), Tensor(1)))))

    def test_modules_without_a_sample(self):
        graph = dt.Graph.from_torch(self.model())
        assert graph.format == "torch"
        assert [node.id for node in graph.nodes] == ["fc", "act", "tail.inner"]
        assert graph["fc"].to_json() == {
            "name": "fc",
            "id": "fc",
            "class_name": "Module",
            "parameters": [["weight", [3, 2]], ["bias", [3]]],
            "num_parameters": 9,
        }
        assert graph.edges == []
        assert back(graph) == graph

    def test_a_sample_gives_edges_and_shapes_and_leaves_the_module_as_it_was(self):
        module = self.model()
        graph = dt.Graph.from_torch(module, Tensor(1, 2))
        assert [edge.to_json() for edge in graph.edges] == [["fc", "act"], ["act", "tail.inner"]]
        assert graph["fc"].output_shape == [1, 3]
        assert graph["tail.inner"].output_shape == [[1, 3], [1]]
        assert graph["tail.inner"].is_output
        assert graph["fc"].is_output is None
        assert all(part.training and not part.hooks for _, part in module.named_modules())

    def test_a_pass_that_fails_leaves_the_module_as_it_was(self):
        module = self.model()
        with pytest.raises(IndexError):
            dt.Graph.from_torch(module, sample=Tensor(1))
        assert all(part.training and not part.hooks for _, part in module.named_modules())

    def test_parameters_of_a_container_and_of_what_it_contains(self):
        module = Module({"scale": Tensor(4)}, fc=Module({"weight": Tensor(2, 2)}))
        graph = dt.Graph.from_torch(module)
        assert [(node.id, node.num_parameters, node.child_parameters) for node in graph.nodes] == [
            ("Module", 4, 4),
            ("fc", 4, None),
        ]

    def test_what_is_no_module_is_refused(self):
        with pytest.raises(dt.RejectedTypeError, match="module: is int, which has no modules"):
            dt.Graph.from_torch(5)


@pytest.mark.filterwarnings("ignore")
class TestRealTorch:
    @pytest.fixture
    def torch(self):
        return pytest.importorskip("torch", reason="PyTorch is not installed")

    def test_a_residual_network(self, torch):
        nn = torch.nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.stem, self.norm = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4)
                self.block = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(inplace=True), nn.Dropout(0.5))
                self.head, self.aux = nn.Linear(4, 2), nn.Linear(4, 1)

            def forward(self, x):
                x = self.norm(self.stem(x))
                x = (x + self.block(x)).mean((2, 3))
                return self.head(x), {"aux": self.aux(x)}

        module, sample = Net(), torch.randn(1, 3, 8, 8)
        state = {key: item.clone() for key, item in module.state_dict().items()}
        for parameter in module.head.parameters():
            parameter.requires_grad_(False)
        graph = dt.Graph.from_torch(module, sample)
        assert [edge.to_json() for edge in graph.edges] == [
            ["stem", "norm"],
            ["norm", "block.0"],
            ["block.0", "block.1"],
            ["block.1", "block.2"],
            ["norm", "head"],
            ["block.2", "head"],
            ["norm", "aux"],
            ["block.2", "aux"],
        ]
        assert graph["stem"].num_parameters == 112
        assert graph["stem"].output_shape == [1, 4, 8, 8]
        assert [node.id for node in graph.nodes if node.is_output] == ["head", "aux"]
        assert module.training
        assert module.block[2].training
        assert not sample.requires_grad
        assert [parameter.requires_grad for parameter in module.head.parameters()] == [False, False]
        assert all(torch.equal(state[key], item) for key, item in module.state_dict().items())
        assert back(graph) == graph

    def test_a_frozen_network_of_token_ids(self, torch):
        nn = torch.nn
        module = nn.Sequential(nn.Embedding(10, 4), nn.LSTM(4, 3)).requires_grad_(False)
        graph = dt.Graph.from_torch(module, torch.zeros(5, dtype=torch.long))
        assert [edge.to_json() for edge in graph.edges] == [["0", "1"]]
        assert not any(parameter.requires_grad for parameter in module.parameters())
