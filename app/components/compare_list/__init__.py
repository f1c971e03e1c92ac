"""What differs, one entry a row: its measures in words, the pictures and the lines that explain them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["compare_list"]


def compare_list(data: Mapping[str, Any], *, key: str) -> None:
    """Draw the list.

    Parameters
    ----------
    data : mapping
        ``rows``: each ``{"kind", "title", "whole", "type", "icon", "href", "severity", "phrases", "pictures",
        "lines", "places"}``; ``pictures`` are ``{"label", "src"}``; ``lines`` is the address of the lines that differ,
        asked for when the row comes near the window; ``places`` are lines that are known already.
    key : str
        Place on the page.
    """
    mount("compare_list", dict(data), key=key)
