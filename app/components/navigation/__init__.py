"""The sidebar: what is open, its artifacts, and the values of the artifact that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["navigation"]


def navigation(data: Mapping[str, Any]) -> None:
    """Draw the sidebar.

    Parameters
    ----------
    data : mapping
        ``title`` and ``kind`` of what is open; ``current``: whether the page is its own; ``heading`` of the list;
        ``artifacts``: list of ``{"name", "version", "href", "current", "values", "rest"}``; ``values``: list of
        ``{"name", "icon", "href", "current"}``; ``rest``: what is not listed, as a sentence; ``runs``, ``runs_rest``:
        the same for runs; ``tour``: list of [title, text, href]; ``where``: changes with the address; ``pages``: other
        pages, like ``values``; ``foot``: counts.
    """
    mount("navigation", dict(data), key="navigation")
