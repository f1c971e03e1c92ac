"""A value in a cell of a table, by its own renderer. Address: ``/entry?ref=&path=&row=&cell=``, and the state.

Of a list of values the address names one: ``&item=2``, counted from 0.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from app import media
from app.components.inspector import inspector
from app.components.notices import notices
from app.components.problem_card import problem_card
from app.components.topbar import topbar
from app.renderers import Context, Notice, View, for_tag, prepared
from app.tables.cells import decoded_cell
from app.tables.columns import Column, unique_names
from app.tables.errors import ExpressionError, QueryError
from app.tables.opening import OpenTable, open_table
from app.tables.selection import Selection, count, page, position, read_selection
from app.views import frame, inspecting
from app.views.addresses import entry_page, given
from app.views.opening import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.session import Session

_KEYS = [
    [["←", "→"], "the previous and next value of the cell, then the same cell of the row before and after"],
    [["Esc"], "back to the row"],
    [["/"], "find"],
    [["?"], "these keys"],
]

#: What of the address is the table's own.
_TABLE_STATE = ("q", "sort", "labels", "page", "size", "cols", "pin", "height", "view", "by", "order")


class _Place(NamedTuple):
    """A cell that was found."""

    table: OpenTable
    column: Column
    key: str
    row: int
    stored: Any
    value: Any
    item: int
    """Place of the value among those of the cell."""
    items: int
    """How many values the cell has."""
    notices: tuple[Notice, ...]


def show_cell(session: Session, artifact: Any, entry: Entry, ignored: Sequence[Notice]) -> Notice | None:
    """Draw the value of the cell that the address names; what is returned says why there is none, and nothing is drawn.

    Parameters
    ----------
    session : Session
        What is open.
    artifact : StoredArtifact
        Where the table lies.
    entry : Entry
        The table.
    ignored : sequence of Notice
        What of the address was ignored.
    """
    query = {key: given(st.query_params, key) for key in (*_TABLE_STATE, "row", "cell", "item")}
    try:
        place = _find(artifact, entry, query)
    except Exception as error:  # noqa: BLE001  # the boundary of one cell: the table is shown instead
        return Notice(f"The cell of the address was ignored: {error}")
    context = Context(
        artifact=place.column.source or artifact,
        name=f"{entry.name}, row {place.row}, {place.column.name}",
        url_for=media.url_for,
        url_for_bytes=media.url_for_bytes,
    )
    tag = place.value.artifact_type
    renderer = for_tag(tag)
    shown = prepared(renderer, place.value, context)
    if isinstance(shown, View):
        shown = replace(shown, notices=(*shown.notices, *place.notices))
        if place.column.side in ("left", "right"):
            shown = _with_other_side(shown, place, context)
    steps, where = _steps(artifact, entry, place, query)
    frame.title(f"{place.column.name}, row {place.row}", frame.short_name(entry.name))
    frame.sidebar(session, artifact, entry.name)
    download = shown.download if isinstance(shown, View) else ""
    crumbs = _crumbs(session, artifact, entry, place, query)
    topbar(
        {
            "crumbs": crumbs, "steps": steps, "place": where, "download": download, "keys": _keys(renderer),
            "find": frame.find_sources(session, artifact),
        }
    )  # fmt: skip
    with st.container(key="body", horizontal=True, gap=None):
        with st.container(key="main", gap=None):
            if isinstance(shown, View):
                renderer.draw(shown)
            else:
                problem_card(shown, key="object-problem", stored=inspecting.stored_json(place.stored), download="")
            lines = [*ignored, *(shown.notices if isinstance(shown, View) else ())]
            if lines:
                with st.container(key="below", gap=None):
                    notices(lines)
        with st.container(key="side", gap=None):
            inspector(_inspector(session, artifact, entry, place, shown))
    return None


def _keys(renderer: Any) -> list[list[Any]]:
    """Return the keys of a cell's page, and those of its value's own view that it does not take for itself."""
    taken = {key for keys, _ in _KEYS for key in keys}
    return [*_KEYS, *(row for row in getattr(renderer, "KEYS", ()) if not taken & set(row[0]))]


def _find(artifact: Any, entry: Entry, query: Mapping[str, str]) -> _Place:
    table = open_table(artifact, entry.name, value=entry.value, wait=20.0)
    columns = dict(zip(unique_names(table.columns), table.columns, strict=True))
    column, row = columns.get(query["cell"]), query["row"]
    if column is None:
        raise LookupError(f"there is no column “{query['cell']}”.")
    if not row.isdecimal() or int(row) >= table.rows:
        raise LookupError(f"there is no row “{row}”.")
    [(stored,)] = table.engine.rows(f"SELECT {column.cell_sql} FROM t WHERE rowid = ?", [int(row)])
    if stored is None or column.kind not in ("media", "mixed", "json"):
        raise LookupError(f"row {int(row):,} has no value with a page of its own in “{column.name}”.")
    value = decoded_cell(column, stored)
    values = value if isinstance(value, list) else [value]
    shown = [at for at, item in enumerate(values) if hasattr(item, "artifact_type")]
    if not shown:
        raise LookupError(f"row {int(row):,} has no value with a page of its own in “{column.name}”.")
    document = json.loads(stored) if isinstance(stored, str) else stored
    item, told = _chosen(query["item"], shown)
    if isinstance(document, list):
        document = document[item]
    return _Place(table, column, query["cell"], int(row), document, values[item], item, len(values), told)


def _chosen(text: str, shown: Sequence[int]) -> tuple[int, tuple[Notice, ...]]:
    """Return the place of the value that the address names, else of the first, and what was ignored."""
    if not text or (text.isdecimal() and int(text) in shown):
        return (int(text) if text else shown[0]), ()
    return shown[0], (Notice(f"The value “{text}” of the address was ignored, because the cell has no such value"),)


def _href(artifact: Any, entry: Entry, query: Mapping[str, str], **own: Any) -> str:
    """Return the address of the table in its present state, with a row and a cell of it."""
    from app.views.addresses import with_state

    state = {key: query[key] for key in _TABLE_STATE if query[key]}
    return with_state(entry_page(artifact.qualified_name, entry.name), {**state, **{k: str(v) for k, v in own.items()}})


def _crumbs(
    session: Session, artifact: Any, entry: Entry, place: _Place, query: Mapping[str, str]
) -> list[dict[str, Any]]:
    trail = frame.crumbs(session, artifact, entry.name)
    trail[-1] = {**trail[-1], "href": _href(artifact, entry, query)}
    row = {"label": f"row {place.row:,}", "href": _href(artifact, entry, query, row=place.row)}
    return [*trail, row, {"label": place.column.name, "href": None}]


def _steps(artifact: Any, entry: Entry, place: _Place, query: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return the addresses of the same cell in the rows before and after, as the table is filtered and sorted."""
    try:
        selection, _ = read_selection(place.table, query["q"], query["sort"], query["labels"])
        at = position(place.table, selection, place.row)
        total = count(place.table, selection)
    except (ExpressionError, QueryError):
        selection, at, total = Selection(), place.row, place.table.rows
    if at is None:
        return {}, ""
    around = page(place.table, selection, max(at - 1, 0), 3, []).numbers
    here = around.index(place.row)
    steps = {}
    if place.item > 0:
        steps["previous"] = _href(artifact, entry, query, row=place.row, cell=place.key, item=place.item - 1)
    elif here > 0:
        steps["previous"] = _href(artifact, entry, query, row=around[here - 1], cell=place.key)
    if place.item + 1 < place.items:
        steps["next"] = _href(artifact, entry, query, row=place.row, cell=place.key, item=place.item + 1)
    elif here + 1 < len(around):
        steps["next"] = _href(artifact, entry, query, row=around[here + 1], cell=place.key)
    values = f"value {place.item + 1:,} of {place.items:,}, row " if place.items > 1 else ""
    return steps, f"{values}{at + 1:,} of {total:,}"


def _with_other_side(shown: View, place: _Place, context: Context) -> View:
    """Lay the masks and boxes of the other side's picture over this one, where both are pictures of one size."""
    stem = place.column.name.removesuffix("_x").removesuffix("_y")
    other = next(
        (
            column
            for column in place.table.columns
            if column.kind == "media" and column.side in ("left", "right") and column.side != place.column.side
            and column.name.removesuffix("_x").removesuffix("_y") == stem
        ),
        None,
    )  # fmt: skip
    if other is None or "layers" not in shown.body:
        return shown
    [(stored,)] = place.table.engine.rows(f"SELECT {other.cell_sql} FROM t WHERE rowid = ?", [place.row])
    if stored is None:
        return shown
    value = decoded_cell(other, stored)
    its = Context(
        artifact=other.source or context.artifact,
        name=f"{context.name}, {other.side}",
        url_for=context.url_for,
        url_for_bytes=context.url_for_bytes,
    )
    view = prepared(for_tag(getattr(value, "artifact_type", "")), value, its)
    if not isinstance(view, View) or "layers" not in view.body:
        return shown
    if (view.body["width"], view.body["height"]) != (shown.body["width"], shown.body["height"]):
        text = (
            f"The layers of the {other.side} picture are not laid over this one, because it is {view.headline} pixels"
        )
        return replace(shown, notices=(*shown.notices, Notice(text)))
    layers = [
        {**layer, "name": f"{side}: {layer['name']}"}
        for side, layers in ((place.column.side, shown.body["layers"]), (other.side, view.body["layers"]))
        for layer in layers
    ]
    body = {**shown.body, "layers": layers}
    return replace(shown, body=body, notices=(*shown.notices, *view.notices))


def _inspector(session: Session, artifact: Any, entry: Entry, place: _Place, shown: Any) -> dict[str, Any]:
    """Return the inspector of the value: as that of an entry, but found by row and column."""
    here = Entry(
        name=entry.name,
        value=place.value,
        tag=place.value.artifact_type,
        json=place.stored,
        is_checked=entry.is_checked,
    )
    data = inspecting.entry_inspector(session, place.column.source or artifact, here, shown)
    table = Entry(name=entry.name, value=None, tag=entry.tag)
    code = inspecting.entry_code(session, artifact, table).replace("value = ", "table = ")
    if place.column.side:
        code += ' \ntable = table.join("outer")'
    item = f"[{place.item}]" if place.items > 1 else ""
    data["sections"][0]["text"] = f"{code}\nvalue = table.get_column({place.column.name!r})[{place.row}]{item}"
    data["facts"] = [["Row", f"{place.row:,}"], ["Column", place.column.name], *data["facts"]]
    return data
