"""The choice of two things to compare: an artifact or a run on each side, its version, and if wanted one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["compare_picker"]


def compare_picker(data: Mapping[str, Any], *, key: str) -> None:
    """Draw the choice.

    Parameters
    ----------
    data : mapping
        ``a``, ``b``: what the address names already, or empty; ``single``: the one artifact that is open, or empty.
        Names are asked for over HTTP, so a store of thousands costs nothing before somebody types.
    key : str
        Place on the page.
    """
    mount("compare_picker", dict(data), key=key)
