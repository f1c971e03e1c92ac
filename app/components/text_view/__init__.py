"""Text, JSON, bytes or a small table, as text: never parsed as markup."""

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
    key : str
        Place on the page.
    """
    mount("text_view", dict(data), key=key)
