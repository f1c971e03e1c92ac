"""The rows that differ between two tables: the old cell over the new one, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["table_difference"]


def table_difference(data: Mapping[str, Any], *, key: str) -> None:
    """Draw the rows; they are asked for by the component itself.

    Parameters
    ----------
    data : mapping
        ``a``, ``b``: as the address has them. The state of the view stands in the address: ``show`` (changed, removed,
        added), ``column`` (only rows whose cell in it changed), ``at`` (number of the first row).
    key : str
        Place on the page.
    """
    mount("table_difference", dict(data), key=key, scripts=("../table_grid/cells.js", "paging.js"))
