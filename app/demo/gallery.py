"""The type gallery: finds the examples, shows their code, and logs them as one artifact."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from app.demo import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage import Artifact

__all__ = ["ARTIFACT", "SHOWN_BY", "Example", "all_examples", "by_entry", "gallery"]

#: Name of the artifact that holds them.
ARTIFACT = "type-gallery"

#: Order of the page: what most people look for first. Types that are not named come last, by name.
_ORDER = (
    "Image", "BoundingBoxes2D", "ImageMask", "Table", "JoinedTable", "PartitionedTable", "DataFrame", "Audio", "Video",
    "Object3D", "Molecule", "Graph", "Histogram", "Plotly", "Bokeh", "Html", "Classes", "JSONMetadata", "WBTraceTree",
    "SklearnModel", "UnknownValue",
)  # fmt: skip

#: Types that an example of another shows.
SHOWN_BY = {"TorchModel": "SklearnModel", "TFKerasModel": "SklearnModel"}


class _Module(Protocol):
    TYPE: str
    ENTRY: str
    __doc__: str

    def log(self, artifact: Artifact) -> None: ...


@dataclass(frozen=True)
class Example:
    """One example.

    Attributes
    ----------
    key : str
        Short name, for addresses.
    type_name : str
        Public name in `datatypes`.
    text : str
        What the type is for, in a sentence or two.
    entry : str
        Name under which it is added.
    code : str
        Python that logs it, complete: it runs as it stands.
    log : callable
        The same code, as it was executed.
    """

    key: str
    type_name: str
    text: str
    entry: str
    code: str
    log: Callable[[Artifact], None]


@cache
def all_examples() -> tuple[Example, ...]:
    """Return the examples in the order of the page; their modules are imported, and so are the libraries they need."""
    found = [_example(name) for name in sorted(info.name for info in pkgutil.iter_modules(examples.__path__))]
    order = {name: at for at, name in enumerate(_ORDER)}
    return tuple(sorted(found, key=lambda item: (order.get(item.type_name, len(order)), item.type_name)))


def _example(name: str) -> Example:
    module = cast("_Module", importlib.import_module(f"{examples.__name__}.{name}"))
    text = inspect.cleandoc(module.__doc__)
    return Example(name, module.TYPE, text, module.ENTRY, _code(cast("Any", module)), module.log)


def _code(module: Any) -> str:
    """Return the module's imports and the body of its `log`, between what makes an artifact and what stores it."""
    source = inspect.getsource(module)
    tree = ast.parse(source)
    imports = [line for node in tree.body if (line := _shown_import(node))]
    (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "log")
    first = function.body[1].lineno - 1  # after the docstring
    while source.splitlines()[first - 1].strip().startswith("#"):
        first -= 1
    body = textwrap.dedent("\n".join(source.splitlines()[first : function.end_lineno]))
    start = f'artifact = Artifact("{ARTIFACT}", type="gallery")'
    end = 'Store("my-store").log_artifact(artifact)'
    return "\n".join([*imports, "from storage import Artifact, Store", "", start, body, end]) + "\n"


def _shown_import(node: ast.stmt) -> str:
    """Return an import as it is shown, without what only our own module needs; nothing for other statements."""
    if isinstance(node, ast.Import):
        return ast.unparse(node)
    if not isinstance(node, ast.ImportFrom) or node.module == "__future__":
        return ""
    node.names = [name for name in node.names if name.name != "TYPE_CHECKING"]
    return ast.unparse(node) if node.names else ""


def gallery(progress: Callable[[str], None] = lambda _: None) -> Artifact:
    """Return an artifact with every example in it, not yet logged.

    Parameters
    ----------
    progress : callable, optional
        Told the type that comes next.
    """
    from storage import Artifact

    artifact = Artifact(ARTIFACT, type="gallery", description="Every data type, with the code that logged it")
    for example in all_examples():
        progress(example.type_name)
        example.log(artifact)
    artifact.metadata = {"examples": len(all_examples())}
    return artifact


def by_entry(artifact: Any) -> Iterator[tuple[Example, str]]:
    """Yield the examples with the full name of their entry, as far as the artifact has them."""
    names = list(artifact.names())
    for example in all_examples():
        full = next((name for name in names if name.startswith(f"{example.entry}.") and name.endswith(".json")), None)
        if full is not None:
            yield example, full
