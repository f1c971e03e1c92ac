"""The first rows of a table for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datatypes.table import Table

__all__ = ["to_html"]

_SHOWN_ROWS = 10
_SHOWN_COLUMNS = 20
_SHOWN_LETTERS = 200


def to_html(table: Table) -> str:
    """Return the first rows as HTML, all text escaped."""
    import html

    rows, columns = table.rows, table.columns
    shown = min(len(rows), _SHOWN_ROWS)

    def text(cell: Any) -> str:
        found = cell if isinstance(cell, str) else "" if cell is None else repr(cell)
        return html.escape(found if len(found) <= _SHOWN_LETTERS else f"{found[:_SHOWN_LETTERS]}…")

    head = "".join(f"<th>{text(str(name))}</th>" for name in columns[:_SHOWN_COLUMNS])
    body = "".join(
        "<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in rows.row(row)[:_SHOWN_COLUMNS]) + "</tr>"
        for row in range(shown)
    )
    size = f"{shown} of {len(rows):,} rows"
    if len(columns) > _SHOWN_COLUMNS:
        size += f", {_SHOWN_COLUMNS} of {len(columns):,} columns"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{size}</p>"
