"""A row of links of which one is chosen: a filter that stands in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["choices"]


def choices(label: str, items: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Draw the links.

    Parameters
    ----------
    label : str
        What is chosen, for those who do not see it.
    items : sequence of mapping
        Each with ``text``, ``note`` (a count), ``href``, ``current``.
    key : str
        Place on the page.
    """
    mount("choices", {"label": label, "items": [dict(item) for item in items]}, key=key)
