"""Data frames: the rows of their Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.renderers import table

if TYPE_CHECKING:
    from app.renderers.view import Context, View

TAG = "data-frame"
TYPE_NAME = "DataFrame"
ICON = "table"

KEYS = table.KEYS
draw = table.draw
preview = table.preview


def prepare(value: Any, context: Context) -> View:
    """Return the table, opened; see `app.renderers.table.prepare`."""
    return table.table_view(value, context, TYPE_NAME)
