"""A network as a layered drawing: pan, zoom, find, modules that open and close, a panel for each node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["graph_view"]

_SCRIPTS = ("camera.js", "network.js", "painter.js", "picture.js", "panel.js", "finder.js", "pointer.js")


def graph_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a network.

    Parameters
    ----------
    data : mapping
        ``url`` (of the drawings, see `app.graphs.serving`), ``label`` (for screen readers), ``file`` (name without
        ending, for what is saved), ``palette`` (colours of classes by their rank), ``nodes``, ``edges`` and
        ``parameters`` (totals).
    key : str
        Place on the page.
    """
    mount("graph_view", dict(data), key=key, scripts=_SCRIPTS)
