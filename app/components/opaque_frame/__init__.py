"""A stranger's document, or a page of ours with a library of others, in a frame that reaches nothing; with tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["opaque_frame"]

_SCRIPTS = ("frame.js", "source.js", "tables.js", "switch.js", "molecule.js", "pdf.js")


def opaque_frame(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a document with its tabs.

    Parameters
    ----------
    data : mapping
        ``label`` (for screen readers), ``tabs`` (names of tabs that are called otherwise than usual), and

        - ``url`` of the frame, by `app.opaque`, or empty with ``problem``, a sentence; ``page``: whether it is a page
          of ours, whose script runs and which gets what is at ``payload`` (an address, or None) by message, with
          ``settings``; ``binary``: whether that is bytes;
        - ``running``: address of the same with the document's own scripts, or None where it has none; ``off``,
          ``on``: what either state allows, a few words each; ``details``: the whole of it, shown when pointed at;
          ``switch``: name of the switch;
        - ``controls``: "molecule" or "pdf" for the controls of that page, else None;
        - ``held``: why it is not drawn at once, with a button that draws it, or empty; ``save``: address of the file
          to offer beside a failure, or empty;
        - ``fallback``: address of the data in a form that the page reads if it cannot read ``payload``, or None, and
          ``fallback_settings`` that then hold;
        - ``sources``: texts behind the tab Source, each ``name``, ``url``;
        - ``tables``: address of JSON ``[{"name", "columns", "rows", "total", "url"}]`` behind the tab Data, or None.
    key : str
        Place on the page.

    Notes
    -----
    Scripts of a document run only after a click on the switch, and only until the page shows something else: the state
    of the switch is in no address and in no storage, so no link of a stranger turns it on.
    """
    mount("opaque_frame", dict(data), key=key, scripts=_SCRIPTS)
