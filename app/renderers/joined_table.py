"""Joined tables: the key first, what is on both sides beside each other, and how many rows meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.renderers import table

if TYPE_CHECKING:
    from app.renderers.view import Context, View

TAG = "joined-table"
TYPE_NAME = "JoinedTable"
ICON = "table"

KEYS = table.KEYS
draw = table.draw
preview = table.preview


def prepare(value: Any, context: Context) -> View:
    """Return the table, opened; see `app.renderers.table.prepare`."""
    return table.table_view(value, context, TYPE_NAME)
