"""Tables (wire tags ``table``, ``table-file``, ``incremental-table-file``, files of columns): rows in a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.renderers.view import Fact, Notice, View

if TYPE_CHECKING:
    from app.renderers.view import Context

TAG = "table"
TYPE_NAME = "Table"
ICON = "table"

#: Keys of the page, for its sheet of keys.
KEYS = (
    (("Q",), "write a filter"),
    (("arrows",), "move between cells"),
    (("Enter",), "open the value, or the row"),
    (("Space",), "open the row"),
    (("F",), "only rows with this value"),
    (("X",), "no rows with this value"),
    (("S",), "sort by this column; with Shift, by several"),
    (("Ctrl+C",), "copy the cell"),
    (("←", "→"), "outside of the table: previous and next object; in a row: previous and next row"),
    (("Esc",), "back from the row"),
    (("[", "]"), "previous and next version"),
    (("/",), "find"),
    (("?",), "these keys"),
)


def prepare(value: Any, context: Context) -> View:
    """Return the table, opened: its columns, and how many rows there are. The rows are asked for by the page.

    Parameters
    ----------
    value : Table, PartitionedTable, JoinedTable, DataFrame or Outline
        Decoded, or for a large table only its outline.
    context : Context
        Where it lies.

    Raises
    ------
    NotATableError, DataTypeError, StorageError
        If it cannot be read.
    """
    return table_view(value, context, TYPE_NAME)


def table_view(value: Any, context: Context, type_name: str) -> View:
    """Return the view of anything that is shown as a table."""
    from app.tables.api import described
    from app.tables.opening import open_table

    table = open_table(context.artifact, context.name, value=value, wait=0.0)
    facts = [Fact("Rows", f"{table.rows:,}"), Fact("Columns", f"{len(table.columns):,}"), _types(table.columns)]
    mode = getattr(value, "stored_log_mode", None)
    if isinstance(mode, str) and mode != "IMMUTABLE":
        facts.append(Fact("Log mode", mode.lower()))
    notices: tuple[Notice, ...] = ()
    if len(table.columns) > _SHOWN_COLUMNS:
        text = f"{_SHOWN_COLUMNS} of {len(table.columns):,} columns, because a page has no more; Columns has the rest"
        notices = (Notice(text),)
    data = described(table)
    ref = str(context.artifact.qualified_name)
    return View(
        type_name=type_name,
        icon=ICON,
        headline=f"{table.rows:,} × {len(table.columns):,}",
        body={"ref": ref, "path": context.name, "name": context.name, **data},
        facts=tuple(facts),
        notices=notices,
        download=context.download(),
        file_name=context.name,
    )


#: Columns that a page shows unless others are chosen; the same as `app.tables.api.MAX_COLUMNS`.
_SHOWN_COLUMNS = 200


def _types(columns: Any) -> Fact:
    """Return how many columns there are of each type, the most frequent first."""
    counts: dict[str, int] = {}
    for column in columns:
        label = column.label if column.kind in ("media", "array") else column.kind
        counts[label] = counts.get(label, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Fact("Types", ", ".join(f"{count:,} {label}" for label, count in ordered))


def preview(value: Any) -> bytes:
    """Return a picture of the first rows; see `app.table_preview`."""
    from app.table_preview import table_preview

    return table_preview(value)


def draw(view: View) -> None:
    """Draw the grid."""
    import streamlit as st

    from app.components.table_grid import table_grid

    body = {**view.body, "query_path": st.query_params.get("path", "")}
    table_grid(body, key="object-table")
