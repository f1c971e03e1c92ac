"""Text with line numbers and a search, or a small table: never parsed as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["text_view"]


def text_view(data: Mapping[str, Any], *, key: str) -> None:
    """Draw text or a table.

    Parameters
    ----------
    data : mapping
        ``{"kind": "text", "text": ..., "language": ...}`` or ``{"kind": "table", "columns": [...], "rows": [[...]]}``.
        Of a text that is only the beginning of a file also its ``url``, which answers ranges, ``size`` in bytes,
        ``used`` (bytes that became the text) and ``encoding``: the page then fetches the rest part by part.
    key : str
        Place on the page.
    """
    mount("text_view", dict(data), key=key, scripts=("pieces.js",))
