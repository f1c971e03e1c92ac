"""`Graph`: nodes and edges of a model (wire tag ``graph-file``; ≤0.8.22: ``graph``, inline)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import wire
from datatypes.base import Media
from datatypes.errors import RejectedTypeError, RejectedValueError, WireFormatError
from datatypes.graph_difference import compare
from datatypes.graph_parts import Edge, Node, plain_attribute
from datatypes.json_document import JSONDocument, document_bytes
from datatypes.payload import BytesPayload

if TYPE_CHECKING:
    from datatypes.base import WBValue
    from datatypes.payload import Payload
__all__ = ["Edge", "Graph", "Node"]


class GraphJSON(TypedDict, total=False):
    """Form on the wire."""

    _type: Literal["graph-file"]
    path: str
    sha256: str
    size: int  # run only


class GraphFile(TypedDict, total=False):
    """Form of the file. The last two are ours, and written only where there is something to say."""

    format: str
    nodes: list[dict[str, Any]]
    edges: list[list[Any]]
    root: Any  # id of the root
    edge_attributes: list[dict[str, Any]]  # one per edge


_FILE_KEYS = ("format", "nodes", "edges", "root", "edge_attributes")


class Graph(JSONDocument):
    """A graph of nodes and edges, usually of a model.

    Parameters
    ----------
    format : str
        What the graph is of: ``"keras"``, ``"torch"`` or a word of your own.

    Attributes
    ----------
    nodes : list of Node
        In the order in which they were added.
    nodes_by_id : dict
        Id → node.
    edges : list of Edge
        In the order in which they were added; edges may repeat, and go in circles.
    root : Node or None
        The node that contains all others, if there is one.
    loaded : bool
        Whether the graph is complete; a note for whoever builds it step by step. A graph that was read is.

    Notes
    -----
    Source: SDK 0.31.0; it writes a name of an edge and a root nowhere, and cannot read a graph back.
    """

    artifact_type = "graph-file"
    wire_aliases = ("graph",)  # ≤0.8.22
    media_folder = "media/graph"
    extension = ".graph.json"
    file_extensions = (".graph.json",)
    wire_keys: ClassVar[frozenset[str]] = frozenset(["_type", "path", "sha256", "size"])

    _is_read: bool

    def __init__(self, format: str = "keras") -> None:  # noqa: A002  # W&B's own name
        super().__init__()
        self._start(format)
        self._is_read = True

    def _start(self, format: Any) -> None:  # noqa: A002  # as above
        self._format = format
        self._nodes: list[Node] = []
        self._nodes_by_id: dict[Any, Node] = {}
        self._edges: list[Edge] = []
        self._root: Node | None = None
        self._further: dict[str, Any] = {}
        self.loaded = False
        self.criterion: Any = None
        self.criterion_passed = False

    @classmethod
    def _empty(cls) -> Self:
        value = cls.__new__(cls)
        Media.__init__(value)
        value._start("")
        value._is_read, value.loaded = False, True
        return value

    @classmethod
    def _inline_document(cls, json_obj: dict[str, Any]) -> dict[str, Any]:
        return {key: json_obj[key] for key in _FILE_KEYS if key in json_obj}

    def _keep_rest(self, json_obj: dict[str, Any]) -> None:
        inline = self._tag is not None
        super()._keep_rest({key: item for key, item in json_obj.items() if not (inline and key in _FILE_KEYS)})

    def _read(self) -> Graph:
        """Take the file apart when nodes or edges are first asked for."""
        if not self._is_read:
            self._take(self.document_json)
            self._is_read = True
        return self

    def _take(self, document: dict[str, Any]) -> None:
        nodes, pairs = document.get("nodes", []), document.get("edges", [])
        if not isinstance(nodes, list) or not isinstance(pairs, list):
            raise WireFormatError(self._subject, '"nodes" and "edges" are not lists', "Restore the file.")
        notes = document.get("edge_attributes") or [{}] * len(pairs)
        if not isinstance(notes, list) or len(notes) != len(pairs):
            raise WireFormatError(self._subject, '"edge_attributes" is no list of as many', "Restore the file.")
        self._format = document.get("format", "")
        self._nodes = [Node.from_json(item) for item in nodes]
        self._nodes_by_id = {key: node for node in self._nodes if (key := _key(node.id)) is not None}
        self._edges = []
        for pair, attributes in zip(pairs, notes, strict=True):
            if not isinstance(pair, list) or len(pair) != 2 or not isinstance(attributes, dict):
                raise WireFormatError(self._subject, "an edge is no pair of ids", "Restore the file.")
            self._connect(*(self._end(end) for end in pair)).attributes.update(attributes)
        self._root = self._nodes_by_id.get(_key(document.get("root")))
        known = _FILE_KEYS if self._root is not None else [key for key in _FILE_KEYS if key != "root"]
        self._further = {key: item for key, item in document.items() if key not in known}

    def _end(self, key: Any) -> Node:
        """Return the node of an id; one that the file lacks is made for the edge alone."""
        found = self._nodes_by_id.get(_key(key))
        if found is None:
            found = Node()
            found.id = key
        return found

    def _connect(self, from_node: Node, to_node: Node) -> Edge:
        edge = Edge(from_node, to_node)
        from_node.out_edges[_key(to_node.id)] = edge
        to_node.in_edges[_key(from_node.id)] = edge
        self._edges.append(edge)
        return edge

    @property
    def format(self) -> str:
        """What the graph is of."""
        return str(self._read()._format)

    @format.setter  # noqa: A003  # W&B's own name
    def format(self, value: str) -> None:
        self._read()._format = value

    @property
    def nodes(self) -> list[Node]:
        """Nodes in the order in which they were added."""
        return self._read()._nodes

    @property
    def nodes_by_id(self) -> dict[Any, Node]:
        """Id → node."""
        return self._read()._nodes_by_id

    @property
    def edges(self) -> list[Edge]:
        """Edges in the order in which they were added."""
        return self._read()._edges

    @property
    def root(self) -> Node | None:
        """The node that contains all others, if there is one."""
        return self._read()._root

    @root.setter
    def root(self, node: Node | None) -> None:
        self._read()._root = node

    def __getitem__(self, nid: Any) -> Node:
        """Return the node of an id."""
        return self.nodes_by_id[nid]

    def add_node(self, node: Node | None = None, **node_kwargs: Any) -> Node:
        """Add a node: one that exists, or one of the parameters of `Node`.

        Raises
        ------
        RejectedValueError
            If both are passed, or there is a node of that id.
        """
        if node is None:
            node = Node(**node_kwargs)
        elif node_kwargs:
            problem = f"got a node and {', '.join(sorted(node_kwargs))}"
            raise RejectedValueError("add_node", problem, "Pass one or the other.")
        if node.id is not None:
            if node.id in self.nodes_by_id:
                problem = "there is a node of this id"
                raise RejectedValueError(f"node {node.id!r}", problem, "Give each node an id of its own.")
            self.nodes_by_id[node.id] = node
        self.nodes.append(node)
        return node

    def add_edge(self, from_node: Any, to_node: Any) -> Edge:
        """Add an edge between two nodes (`Node`); it may be there already.

        Raises
        ------
        RejectedTypeError
            If an end is no node.
        """
        for node in (from_node, to_node):
            if not isinstance(node, Node):
                found = type(node).__name__
                raise RejectedTypeError("edge", f"has the end {found}, which is no node", "Pass nodes of the graph.")
        return self._read()._connect(from_node, to_node)

    @classmethod
    def from_keras(cls, model: Any) -> Self:
        """Make a graph of a model of Keras 2 or 3; see `datatypes.keras_graph.fill`."""
        from datatypes import keras_graph

        graph = cls("keras")
        keras_graph.fill(graph, model)
        return graph

    @classmethod
    def from_torch(cls, module: Any, *inputs: Any, **named_inputs: Any) -> Self:
        """Make a graph of a module of PyTorch; see `datatypes.torch_graph.fill`."""
        from datatypes import torch_graph

        graph = cls("torch")
        torch_graph.fill(graph, module, inputs, named_inputs)
        return graph

    def _document_now(self) -> dict[str, Any]:
        """Return the document as the nodes and edges are now."""
        document: dict[str, Any] = {"format": self._read()._format, "nodes": [node.to_json() for node in self.nodes]}
        document["edges"] = [edge.to_json() for edge in self.edges]
        if self._root is not None:
            document["root"] = plain_attribute(self._root.id, "root")
        if any(edge.attributes for edge in self.edges):
            document["edge_attributes"] = [plain_attribute(edge.attributes, repr(edge)) for edge in self.edges]
        return {**document, **self._further}

    def is_unchanged(self) -> bool:
        """Whether nodes and edges are still those of the file that was read."""
        return not self._is_read or (
            self._document is not None and self._document_now() == self._normal(self._document)
        )

    @staticmethod
    def _normal(document: dict[str, Any]) -> dict[str, Any]:
        return {"format": "", "nodes": [], "edges": [], **document}

    def file_is_set(self) -> bool:
        """True: the file is made of the nodes and edges when it is asked for."""
        return True

    def _file(self) -> Payload:
        if self._payload is not None and self.is_unchanged():
            return self._payload
        data = document_bytes(self._document_now(), "Graph")
        if not isinstance(self._payload, BytesPayload) or self._payload.data != data:
            self._set_payload(BytesPayload(data, self.extension))
            self._document = None
        assert self._payload is not None
        return self._payload

    def _comparable(self) -> Any:
        return self._document_now()

    def facts(self) -> dict[str, Any]:
        """Return format, nodes and edges."""
        document = self._document_now()
        nodes = [{key: item for key, item in node.items() if item is not None} for node in document["nodes"]]
        further = {key: item for key, item in document.items() if key not in ("format", "nodes", "edges")}
        shown = {"format": document["format"], "nodes": nodes, "edges": document["edges"], **further}
        return {**super().facts(), **wire.json_safe(shown)}

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure by node and by edge; see `datatypes.graph_difference.compare`."""
        self._same_type(other)
        if not isinstance(other, Graph):
            raise RejectedTypeError("difference", "needs two graphs", "Pass a Graph.")
        return compare(self, other)

    def __eq__(self, other: object) -> bool:
        """Equal if format, nodes, edges and root are, in their order."""
        if not isinstance(other, Graph):
            return NotImplemented
        return (
            (self.format, self.nodes, self.edges) == (other.format, other.nodes, other.edges)
            and (self.root is None) == (other.root is None)
            and (self.root is None or self.root == other.root)
            and self._further == other._further
        )

    __hash__ = None

    def pprint(self) -> None:
        """Print nodes and edges, one a line."""
        import sys

        lines = [repr(edge) for edge in self.edges] + [str(node.to_json()) for node in self.nodes]
        sys.stdout.write("".join(f"{line}\n" for line in lines))

    def __repr__(self) -> str:
        """One line: format and size."""
        if not self._is_read:
            return f"Graph({self.path!r})"
        return f"Graph({self.format!r}, {len(self.nodes)} nodes, {len(self.edges)} edges)"


def _key(value: Any) -> Any:
    """Return an id as a key of a dict; ids of strange files that cannot be one have none."""
    return value if isinstance(value, str | int | float) else None
