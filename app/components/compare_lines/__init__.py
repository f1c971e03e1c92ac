"""Two values that have no view together: their pictures, and every place that differs, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["compare_lines"]


def compare_lines(data: Mapping[str, Any], *, key: str) -> None:
    """Draw them.

    Parameters
    ----------
    data : mapping
        ``a``, ``b``: as the address has them; ``pictures``: list of ``{"label", "src"}``. The state of the view stands
        in the address: ``show`` (changed, removed, added), ``at`` (number of the first line).
    key : str
        Place on the page.
    """
    mount("compare_lines", dict(data), key=key, scripts=("../table_difference/paging.js",))
