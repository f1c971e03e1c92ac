"""Over a comparison: the old and the new side with their versions, swapping, and counts that filter the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["compare_head"]


def compare_head(data: Mapping[str, Any], *, key: str) -> None:
    """Draw both sides.

    Parameters
    ----------
    data : mapping
        ``sides``: two of ``{"role", "name", "entry", "href", "versions", "digest"}``, versions as `heading` has them;
        ``swap``, ``choose``: addresses; ``chips``: list of ``{"text", "kind", "href", "current"}``; ``narrow``: one
        side below the other.
    key : str
        Place on the page.
    """
    mount("compare_head", dict(data), key=key)
