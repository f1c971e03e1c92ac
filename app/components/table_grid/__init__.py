"""Rows in a grid of our own: virtual rows, filter, order, columns, cards, groups, the page of a row.

The component asks the viewer's routes for rows (`app.tables.api`); its state is the address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SCRIPTS", "table_grid"]

SCRIPTS = (
    "address.js", "rows.js", "cells.js", "columns.js", "head.js", "body.js", "facts.js", "menus.js",
    "filter.js", "labels.js", "row.js",
    "cards.js", "groups.js", "bars.js",
)  # fmt: skip


def table_grid(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a table.

    Parameters
    ----------
    data : mapping
        ``ref`` and ``path`` of the entry, ``name`` for people, and what `app.tables.api.described` returns.
    key : str
        Place on the page.
    """
    mount("table_grid", dict(data), key=key, scripts=SCRIPTS)
