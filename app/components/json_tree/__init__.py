"""JSON as a tree: opened branch by branch, searched, every number as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["json_tree"]


def json_tree(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a tree.

    Parameters
    ----------
    data : mapping
        ``text`` of the document or ``url`` of its file; ``lines``: whether each line is a document of its own;
        ``file`` (its name, for screen readers).
    key : str
        Place on the page.
    """
    mount("json_tree", dict(data), key=key, scripts=("parse.js",))
