"""A figure of Plotly in an opaque frame; its data as tables and its stored JSON behind tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["plot_view"]

_SHARED = ("../opaque_frame/frame.js", "../opaque_frame/source.js", "../opaque_frame/tables.js")


def plot_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a figure.

    Parameters
    ----------
    data : mapping
        ``label`` (for screen readers), ``file`` (name without ending, for pictures that are saved), ``url`` of the
        frame (see `app.opaque`) or empty with ``problem``, ``payload`` (address of the figure as it is drawn),
        ``tables`` (address of the first rows, see `app.plots.tables`), ``source`` (address of the stored JSON).
    key : str
        Place on the page.
    """
    mount("plot_view", dict(data), key=key, scripts=_SHARED)
