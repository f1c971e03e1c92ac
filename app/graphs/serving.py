"""Drawings by address: ``/api/graph/<token>?open=…`` and ``/api/graph/<token>/node?which=…``.

A graph is kept as long as its page may ask for more of it; the few used last are. The token names its content, so the
answer to one address never changes.
"""

from __future__ import annotations

import collections
import functools
import hashlib
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from app.answers import json_route
from app.graphs.drawing import box_details, drawing
from app.graphs.folding import STAGE
from app.graphs.modules import find_modules
from app.graphs.network import network_of

if TYPE_CHECKING:
    from starlette.routing import Route

    from app.graphs.modules import Module
    from app.graphs.network import Network
    from datatypes.graph import Graph

__all__ = ["Kept", "answer", "keep", "opened_of", "routes"]

#: Graphs that are kept; a page shows one.
_MAX_KEPT = 8


class Kept:
    """A graph, taken apart once."""

    def __init__(self, graph: Graph) -> None:
        self.network: Network = network_of(graph)
        self.root: Module
        self.separator: str
        self.root, self.separator = find_modules(self.network)


_kept: collections.OrderedDict[str, Kept] = collections.OrderedDict()
_lock = threading.Lock()


def keep(graph: Graph, ident: str) -> tuple[str, Kept]:
    """Keep a graph and return its token.

    Parameters
    ----------
    graph : Graph
        What is shown.
    ident : str
        Identifies its content.
    """
    token = hashlib.sha256(ident.encode("utf-8", "surrogatepass")).hexdigest()[:40]
    with _lock:
        found = _kept.get(token)
    if found is None:
        found = Kept(graph)
    with _lock:
        _kept[token] = found
        _kept.move_to_end(token)
        while len(_kept) > _MAX_KEPT:
            _kept.popitem(last=False)
    return token, found


def opened_of(text: str | None, separator: str) -> set[tuple[str, ...]] | None:
    """Read the open modules of an address: paths with escaped commas, ``-`` for none; None where it says nothing.

    ``*`` stands for all, and is not read here.
    """
    if not text:
        return None
    return {tuple(unquote(part).split(separator)) for part in text.split(",") if part not in ("", "-")}


def answer(token: str, what: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Return status and document of an answer."""
    with _lock:
        kept = _kept.get(token)
    if kept is None:
        return 404, {"error": "The drawing is no longer kept. Load the page again."}
    if what == "node":
        found = box_details(kept.network, kept.root, kept.separator, query.get("which", ""))
        return (200, found) if found is not None else (404, {"error": "There is no such node."})
    if what == "names":
        network = kept.network
        paths = {node: module.path for module in kept.root.walk() for node in module.nodes}
        return 200, {"names": network.names, "modules": [list(paths.get(at, ())) for at in range(len(network.names))]}
    opened = opened_of(query.get("open"), kept.separator)
    if query.get("open") == "*":
        opened = {module.path for module in kept.root.walk()}
    document = drawing(
        kept.network,
        kept.root,
        kept.separator,
        opened,
        in_columns=query.get("columns") != "0",
        stage=_stage_of(query.get("stage", "")),
    )
    return 200, document


def _stage_of(text: str) -> float:
    """Read the shape of the stage; anything strange is the usual one."""
    found = re.fullmatch(r"\d{1,2}(\.\d{1,3})?", text)
    return min(4.0, max(0.25, float(text))) if found else STAGE


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    return [
        json_route("/api/graph/{token}", functools.partial(answer, what="")),
        json_route("/api/graph/{token}/{what}", answer),
    ]
