"""`Node` and `Edge`: what a `Graph` is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from datatypes.base import WBValue
from datatypes.errors import RejectedTypeError, WireFormatError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datatypes.ports import MediaSink, MediaSource

__all__ = ["Edge", "Node", "plain_attribute"]


def plain_attribute(value: Any, subject: str) -> Any:
    """Return an attribute as plain JSON: arrays, tensors' sizes and tuples become lists, numpy's numbers Python's.

    Raises
    ------
    RejectedTypeError
        If JSON cannot hold it.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): plain_attribute(item, subject) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_attribute(item, subject) for item in value]
    for method in ("tolist", "as_list"):  # arrays and numpy's numbers; shapes of tensorflow
        if hasattr(value, method):
            return plain_attribute(getattr(value, method)(), subject)
    problem = f"is {type(value).__name__}, which JSON has not"
    raise RejectedTypeError(subject, problem, "Use numbers, text, lists or dicts.")


class _Attribute:
    """An attribute that is stored under its name, and absent until it is set."""

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        return instance.attributes.get(self._name)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.attributes[self._name] = value


class _ListAttribute(_Attribute):
    """As `_Attribute`; an empty list until it is set."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        found = super().__get__(instance, owner)
        return [] if found is None else found


class _SizeAttribute(_Attribute):
    """As `_Attribute`; a tuple."""

    def __set__(self, instance: Any, value: Any) -> None:
        super().__set__(instance, None if value is None else tuple(value))


class Node(WBValue):
    """A node of a graph: a layer, a module, an operation. Each attribute can be read and set.

    Parameters
    ----------
    id : str or int, optional
        Unique in its graph.
    name : str, optional
        What is shown.
    class_name : str, optional
        Type of the layer.
    size : sequence of int, optional
        Size of its tensor.
    parameters : list, optional
        Of torch: pairs of name and shape.
    output_shape : list, optional
        Shape of what it gives, None for a free axis; a list of shapes, or ``["multiple"]``.
    is_output : bool, optional
        Whether it is an output of the graph.
    num_parameters : int, optional
        Count of its own parameters.
    node : Node, optional
        Takes over all attributes of another node but its id.

    Attributes
    ----------
    attributes : dict
        All that were set, under their names; further ones of your own are kept too.
    in_edges, out_edges : dict
        Id of the neighbour → last edge from it or to it.
    obj : object
        The layer or module, where one made the node; not stored.
    """

    id = _Attribute("Unique in its graph.")
    name = _Attribute("What is shown.")
    class_name = _Attribute("Type of the layer.")
    functions = _ListAttribute("Functions that it was made of.")
    parameters = _ListAttribute("Of torch: pairs of name and shape.")
    size = _SizeAttribute("Size of its tensor.")
    output_shape = _Attribute("Shape of what it gives.")
    is_output = _Attribute("Whether it is an output of the graph.")
    num_parameters = _Attribute("Count of its own parameters.")
    child_parameters = _Attribute("Count of the parameters of what it contains.")
    is_constant = _Attribute("Whether it is a constant.")

    def __init__(
        self,
        id: str | int | None = None,  # noqa: A002  # W&B's own name
        name: str | None = None,
        class_name: str | None = None,
        size: Sequence[int] | None = None,
        parameters: list[Any] | None = None,
        output_shape: Any = None,
        is_output: bool | None = None,
        num_parameters: int | None = None,
        node: Node | None = None,
    ) -> None:
        super().__init__()
        self.attributes: dict[str, Any] = {"name": None}
        self.in_edges: dict[Any, Edge] = {}
        self.out_edges: dict[Any, Edge] = {}
        self.obj: Any = None
        if node is not None:
            self.attributes.update((key, item) for key, item in node.attributes.items() if key != "id")
            self.obj = node.obj
        given = {"id": id, "name": name, "class_name": class_name, "size": size, "parameters": parameters}
        given |= {"output_shape": output_shape, "is_output": is_output, "num_parameters": num_parameters}
        for key, value in given.items():
            if value is not None:
                setattr(self, key, value)

    def to_json(self, run_or_artifact: MediaSink | None = None) -> dict[str, Any]:
        """Return exactly the attributes that were set, in that order; the name always."""
        subject = f"node {self.id!r}"
        return {key: plain_attribute(item, f"{subject}, {key}") for key, item in self.attributes.items()}

    @classmethod
    def from_json(cls, json_obj: Any, source_artifact: MediaSource | None = None) -> Self:
        """Read a node with all its attributes, known or not.

        Raises
        ------
        WireFormatError
            If it is no object.
        """
        if not isinstance(json_obj, dict):
            raise WireFormatError("graph", f"a node is {type(json_obj).__name__}, not an object", "Restore the file.")
        node = cls()
        node.attributes = dict(json_obj)
        if isinstance(node.size, list):
            node.size = node.size
        return node

    def __eq__(self, other: object) -> bool:
        """Equal if all attributes are; edges and the object behind it do not count."""
        return isinstance(other, Node) and self._compared() == other._compared()

    __hash__ = None  # type: ignore[assignment]  # compared by value, and values change

    def _compared(self) -> dict[str, Any]:
        return {key: item for key, item in self.to_json().items() if item is not None}

    def __repr__(self) -> str:
        """One line: id and type."""
        return f"Node({self.id!r}, {self.class_name!r})" if self.class_name else f"Node({self.id!r})"


class Edge(WBValue):
    """A directed connection of two nodes.

    Parameters
    ----------
    from_node, to_node : Node
        The ends.

    Attributes
    ----------
    attributes : dict
        What was set besides the ends: the name, and what you like.
    """

    artifact_type: ClassVar[str | None] = None

    name = _Attribute("Optional, need not be unique.")

    def __init__(self, from_node: Node, to_node: Node) -> None:
        super().__init__()
        self.attributes: dict[str, Any] = {}
        self.from_node = from_node
        self.to_node = to_node

    def to_json(self, run_or_artifact: MediaSink | None = None) -> Any:
        """Return the pair of ids; a `Graph` keeps the attributes beside them."""
        return [plain_attribute(self.from_node.id, "edge"), plain_attribute(self.to_node.id, "edge")]

    def __eq__(self, other: object) -> bool:
        """Equal if the ids of the ends and the attributes are."""
        return isinstance(other, Edge) and (self.to_json(), self.attributes) == (other.to_json(), other.attributes)

    __hash__ = None  # type: ignore[assignment]  # compared by value, and values change

    def __repr__(self) -> str:
        """One line: ids of the ends, and the name."""
        name = f", name={self.name!r}" if self.name is not None else ""
        return f"Edge({self.from_node.id!r}, {self.to_node.id!r}{name})"
