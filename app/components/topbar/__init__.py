"""The bar over every page: where am I, what next; also the keys, and the dialogs for finding and for the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["topbar"]


def topbar(data: Mapping[str, Any]) -> None:
    """Draw the bar.

    Parameters
    ----------
    data : mapping
        ``crumbs``: list of ``{"label", "href" or None, "chips": [{"text", "kind"}]}``, the last is this page;
        ``steps``: addresses by name: ``previous``, ``next``, ``older``, ``newer``, each may be absent;
        ``place``: text such as "3 of 14"; ``download``: address; ``compare``: address of the
        page that compares what is shown, may be absent; ``keys``: list of [keys, what they do] of this page;
        ``find``: address that answers what is typed, up to ``&q=``; ``export``: address that sends it as one HTML
        file, and ``pin``: ``{"named", "fixed", "pinned"}``, references by name and by digest; both may be absent.
    """
    mount("topbar", dict(data), key="topbar", scripts=("find.js", "presenting.js"))
