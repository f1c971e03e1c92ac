"""Values as HTML without scripts: pictures, sounds and films inside the file, tables as such, the rest by preview."""

from __future__ import annotations

import base64
import json
from html import escape
from typing import TYPE_CHECKING, Any

from app.media_types import SNIFF_BYTES, sniff
from app.text import human_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.renderers import View
    from app.tables.columns import Column
    from app.views.opening import Entry

__all__ = ["body_of"]

#: Rows of a table in one file.
MAX_ROWS = 500

#: Longest side of a picture, and of one in a cell, pixels.
PICTURE_SIDE, CELL_SIDE = 1600, 200

#: Largest file of sound or film that is put in whole.
MAX_MEDIA_BYTES = 12 << 20


def body_of(artifact: Any, entry: Entry, view: View, state: Mapping[str, str]) -> str:
    """Return a value itself.

    Parameters
    ----------
    artifact : StoredArtifact
        Where it lies.
    entry : Entry
        Opened.
    view : View
        As its renderer prepared it.
    state : mapping
        Of a table: ``q``, ``sort``, ``cols``.
    """
    from datatypes.image import Image

    value = entry.value
    if isinstance(value, Image):
        from app import thumbnails

        return _picture(thumbnails.rendered(value, PICTURE_SIDE), value.caption or entry.name)
    if view.icon == "table" and "columns" in view.body and view.body.get("ref"):
        return _table(artifact, entry, state)
    if view.body.get("kind") in ("text", "table") and "text" in view.body:
        return f"<pre>{escape(str(view.body['text']))}</pre>"
    return _media(artifact, view) or _preview(value)


def _picture(data: bytes, text: str, mime: str = "image/webp") -> str:
    return f'<img alt="{escape(str(text))}" src="data:{mime};base64,{base64.b64encode(data).decode()}">'


def _media(artifact: Any, view: View) -> str:
    """Return a sound or a film as the file that it is, if that is small enough to travel in another."""
    if not view.file_name:
        return ""
    try:
        size = int(artifact.get_path(view.file_name).size or 0)
        with artifact.open(view.file_name) as file:
            mime = sniff(file.read(SNIFF_BYTES))
            kind = mime.partition("/")[0]
            if kind == "image":
                kind, tail = "img", ""
            elif kind in ("audio", "video"):
                tail = f"</{kind}>"
            else:
                return ""
            if size > MAX_MEDIA_BYTES:
                return f"<p>{escape(view.file_name)}, {human_size(size)}, is too large for one file of HTML.</p>"
            file.seek(0)
            data = base64.b64encode(file.read()).decode()
    except (LookupError, OSError, ValueError):
        return ""
    return f'<{kind}{"" if kind == "img" else " controls"} src="data:{mime};base64,{data}">{tail}'


def _preview(value: Any) -> str:
    """Return the preview that the type's renderer makes, if there is one."""
    from app.renderers import for_tag

    preview = getattr(for_tag(getattr(value, "artifact_type", None)), "preview", None)
    if value is None or preview is None:
        return (
            "<p class=muted>Its facts and its JSON stand below; to see it, open it with <code>vitrina view</code>.</p>"
        )
    try:
        return _picture(preview(value), "preview")
    except Exception as error:  # noqa: BLE001  # a boundary: the value of a stranger, drawn by any renderer
        return f"<p class=muted>No preview: {escape(str(error))}</p>"


def _table(artifact: Any, entry: Entry, state: Mapping[str, str]) -> str:
    """Return the rows that the page shows: filtered, sorted, and of the columns in their order."""
    from app.tables.columns import split_names, unique_names
    from app.tables.opening import open_table
    from app.tables.selection import count, page, read_selection

    table = open_table(artifact, entry.name, value=entry.value, wait=600.0)
    selection, _ = read_selection(table, state.get("q", ""), state.get("sort", ""))
    by_key = dict(zip(unique_names(table.columns), table.columns, strict=True))
    wanted = [name.removeprefix("+") for name in split_names(state.get("cols", ""))]
    shown = {key: by_key[key] for key in wanted if key in by_key} or by_key
    total = count(table, selection)
    found = page(table, selection, 0, MAX_ROWS, [column.cell_sql for column in shown.values()]).rows
    head = "".join(f"<th>{escape(str(key))}</th>" for key in shown)
    rows = "".join(f"<tr>{_cells(list(shown.values()), row)}</tr>" for row in found)
    said = f"{len(found):,} of {table.rows:,} rows"
    if state.get("q"):
        said += f", those with {state['q']}"
    if total > len(found):
        said += f"; {total:,} fit, but a file that is read by people ends at {MAX_ROWS:,} (--format parquet has all)"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p class=muted>{escape(said)}</p>"


def _cells(columns: Sequence[Column], row: Sequence[Any]) -> str:
    return "".join(_cell(column, cell) for column, cell in zip(columns, row, strict=True))


def _cell(column: Column, cell: Any) -> str:
    if cell is None:
        return "<td>–</td>"
    if column.kind in ("media", "mixed"):
        return f"<td>{_value_cell(column, cell)}</td>"
    if isinstance(cell, float):
        return f"<td class=number>{cell:.6g}</td>"
    text = cell if isinstance(cell, str) else str(cell)
    is_number = column.kind == "number"
    return f"<td{' class=number' if is_number else ''}>{escape(text[:2000])}</td>"


def _value_cell(column: Column, cell: Any) -> str:
    """Return the value of a cell: pictures as such, other values by their preview, else by their type."""
    from app import thumbnails
    from app.tables.cells import decoded_cell
    from datatypes.image import Image

    try:
        value = decoded_cell(column, cell)
        values = value if isinstance(value, list) else [value]
        pictures = [
            _picture(thumbnails.rendered(item, CELL_SIDE), "") for item in values[:4] if isinstance(item, Image)
        ]
    except Exception as error:  # noqa: BLE001  # a boundary: one bad cell leaves the rest of the table
        return escape(f"cannot be read: {error}")
    if pictures:
        return "".join(pictures)
    if hasattr(value, "artifact_type"):
        return _preview(value)
    return escape(json.dumps(value, ensure_ascii=False, default=str)[:2000])
