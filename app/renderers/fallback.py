"""What has no renderer of its own: unknown types by their JSON, plain files by their content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.renderers.file_content import look_at
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_size

if TYPE_CHECKING:
    from collections.abc import Mapping

TAG = ""
TYPE_NAME = "File"
ICON = "file"

#: Keys of the page, for its sheet of keys.
KEYS = (
    (("Ctrl+F",), "find in the page, as everywhere"),
    (("arrows",), "in a tree: from line to line, open and close"),
    (("PageUp", "PageDown"), "in a PDF: previous and next page; + − larger and smaller, W and F fit width and page"),
    (("←", "→"), "previous and next object"),
    (("[", "]"), "previous and next version"),
    (("/",), "find"),
    (("?",), "these keys"),
)

#: Rows of a value of a known type without a renderer that are shown under its header.
_ROWS = 50

#: Most characters of a cell.
_CELL_CHARACTERS = 200

#: Icons of types, for those that have no renderer yet.
_TYPE_ICONS = {
    "audio-file": "audio", "bokeh-file": "chart", "classes": "text", "data-frame": "table", "graph-file": "graph",
    "histogram": "chart", "html-file": "code", "joined-table": "table", "molecule-file": "molecule",
    "object3D-file": "artifact", "partitioned-table": "table", "plotly-file": "chart", "table": "table",
    "table-file": "table", "video-file": "video",
}  # fmt: skip


def prepare(value: Any, context: Context) -> View:
    """Return the view of a value of an unknown type, or of a plain file.

    Parameters
    ----------
    value : WBValue or None
        None for a plain file: it is read from the context's artifact.
    context : Context
        Where it lies.

    Raises
    ------
    StorageError
        If the file is missing or not the one that was recorded.
    """
    return _prepare_file(context) if value is None else _prepare_value(value, context)


def draw(view: View) -> None:
    """Draw what the body's ``kind`` says."""
    draw_body(view.body)


def draw_body(body: Mapping[str, Any]) -> None:
    """Draw a body by its ``kind``: that of a text, table, tree, bytes, document, picture, PDF or sheet."""
    kind = body["kind"]
    if kind == "json":
        from app.components.json_tree import json_tree

        json_tree(body, key="object-json")
    elif kind == "bytes":
        from app.components.hex_view import hex_view

        hex_view(body, key="object-bytes")
    elif kind == "document":
        from app.components.document_view import document_view

        document_view(body, key="object-document")
    elif kind == "picture":
        from app.components.image_canvas import image_canvas

        image_canvas(body["picture"], key="object-image")
    elif kind == "pdf":
        from app.components.opaque_frame import opaque_frame

        opaque_frame({name: item for name, item in body.items() if name != "kind"}, key="object-pdf")
    elif kind == "sheet":
        from app.components.sheet_view import sheet_view

        sheet_view(body, key="object-sheet")
    else:
        from app.components.text_view import text_view

        text_view(body, key="object-text")


def type_icon(tag: str) -> str:
    """Return the icon of a type by its wire tag."""
    return _TYPE_ICONS.get(tag, "unknown")


def _prepare_value(value: Any, context: Context) -> View:
    """Show a value by what every value has: its facts, which for an unknown type are its JSON."""
    from datatypes.unknown import UnknownValue
    from datatypes.wire import json_safe

    side_file = getattr(value, "path", None)
    side_file = side_file if isinstance(side_file, str) else None
    if isinstance(value, UnknownValue):
        tag, facts, headline = value.tag, json_safe(value.json), "unknown type"
        reason = "shown as stored, because nobody here knows this type"
    else:
        tag, facts, headline = type(value).__name__, json_safe(value.facts()), ""
        reason = "shown by its facts, because this type has no view of its own yet"
    body = _table_of(facts)
    if body is None:
        body = {"kind": "json", "text": json.dumps(facts, ensure_ascii=False), "file": context.name}
    else:
        headline = f"{facts.get('nrows', '?'):,} × {len(body['columns'])}"
    return View(
        type_name=str(tag),
        icon=type_icon(str(value.artifact_type or tag)),
        headline=headline,
        body=body,
        facts=(Fact("Type", str(value.artifact_type or tag)),),
        caption=str(getattr(value, "caption", None) or ""),
        notices=(Notice(_table_notice(facts, body) or f"{tag}: {reason}"),),
        download=context.download(side_file),
        file_name=side_file or context.name,
    )


def _table_of(facts: Any) -> dict[str, Any] | None:
    """Return the first rows of a table from its facts; None if they are those of something else."""
    if not isinstance(facts, dict) or not isinstance(facts.get("columns"), list):
        return None
    rows = facts.get("rows", facts.get("first_rows"))
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return None
    shown = [[_cell(item) for item in row] for row in rows[:_ROWS]]
    return {"kind": "table", "columns": [str(name) for name in facts["columns"]], "rows": shown}


def _table_notice(facts: Any, body: dict[str, Any]) -> str:
    total = facts.get("nrows") if body["kind"] == "table" else None
    if not isinstance(total, int):
        return ""
    shown = len(body["rows"])
    amount = f"{shown:,} of {total:,} rows" if shown < total else "rows as text"
    return f"{amount}, because this type has no page of its own"


def _cell(item: Any) -> str:
    """Return the text of a cell: of a medium its type, of JSON its beginning."""
    if isinstance(item, str):
        return item[:_CELL_CHARACTERS]
    if isinstance(item, dict) and "$media" in item:
        return f"({item['$media']}) {item.get('caption') or ''}".strip()
    return "" if item is None else json.dumps(item, ensure_ascii=False)[:_CELL_CHARACTERS]


def _prepare_file(context: Context) -> View:
    entry = context.artifact.get_path(context.name)
    if getattr(entry, "ref", None) and not _has_bytes(context):
        return _prepare_reference(entry, context)
    content = look_at(context, None if entry.size is None else int(entry.size))
    facts = [Fact("Content", content.kind), Fact("Size", f"{human_size(content.size)} ({content.size:,} B)")]
    return View(
        type_name=TYPE_NAME,
        icon=content.icon,
        headline=f"{content.kind}, {human_size(content.size)}",
        body=content.body,
        facts=(*facts, *content.facts),
        notices=content.notices,
        download=context.download(),
        file_name=context.name,
    )


def _has_bytes(context: Context) -> bool:
    try:
        context.artifact.open(context.name).close()
    except (LookupError, OSError, ValueError):
        return False
    return True


def _prepare_reference(entry: Any, context: Context) -> View:
    """Show where a reference points; it is text, never a link: nobody asked to go there."""
    return View(
        type_name="Reference",
        icon="link",
        headline=human_size(int(entry.size or 0)),
        body={"kind": "text", "text": str(entry.ref), "language": ""},
        facts=(Fact("Points to", str(entry.ref)), Fact("Size", human_size(int(entry.size or 0)))),
        notices=(Notice("not followed, because a reference leads out of the artifact"),),
        file_name=context.name,
    )
