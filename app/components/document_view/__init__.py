"""A document that is drawn from its text without being parsed as markup: Markdown, or SVG as a picture; its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["document_view"]


def document_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a document.

    Parameters
    ----------
    data : mapping
        ``format`` (``"markdown"`` or ``"svg"``), ``text``, and for pictures ``name``.
    key : str
        Place on the page.
    """
    mount("document_view", dict(data), key=key, scripts=("markdown.js",))
