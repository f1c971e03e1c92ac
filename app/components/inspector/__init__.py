"""The column to the right: what is this, can I trust it, how do I load it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["inspector"]


def inspector(data: Mapping[str, Any], *, key: str = "inspector") -> None:
    """Draw the column.

    Parameters
    ----------
    data : mapping
        ``type``: ``{"name", "icon"}``; ``headline``; ``caption``; ``badges``: list of ``{"kind", "mark", "text",
        "title"}``; ``facts``: list of [label, text]; ``sections``: list of ``{"title", "text", "code": bool}``, folded
        but for those named in ``open``; ``names``: list of [label, short text, whole text], each with a button to copy.
    key : str
        Place on the page.
    """
    mount("inspector", dict(data), key=key)
