"""Sets of classes (wire tag ``classes``): ids, names and the colours that they have everywhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.renderers.saved_model import KEYS, draw
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count, printable

if TYPE_CHECKING:
    from datatypes.classes import Classes

TAG = "classes"
TYPE_NAME = "Classes"
ICON = "text"

__all__ = ["ICON", "KEYS", "TAG", "TYPE_NAME", "draw", "prepare", "preview"]

#: Classes that a page lists.
_LISTED = 5000

#: Swatches of a preview, in rows of eight.
_SWATCHES = 32
_ROW = 8
_SIDE = 36


def prepare(value: Classes, context: Context) -> View:
    """Return the classes in their order; keys beyond id and name have a column of their own."""
    from app.palette import colour_of

    items = value.class_set
    further = list(dict.fromkeys(key for item in items for key in item if key not in ("id", "name")))
    rows = [[_text(item.get(key)) for key in ("id", "name", *further)] for item in items[:_LISTED]]
    colours = [colour_of(_palette_id(item["id"])) for item in items[:_LISTED]]
    notices = []
    ids = [_text(item["id"]) for item in items]
    if len(set(ids)) < len(ids):
        text = human_count(len(ids) - len(set(ids)), "id that comes again/ids that come again")
        notices.append(Notice(f"{text}: the later name counts"))
    if len(items) > _LISTED:
        notices.append(Notice(f"{_LISTED:,} of {len(items):,} classes, because a page has a limit"))
    if any(key in ("color", "colour") for key in further):
        notices.append(Notice("stored colours are listed; drawn are those of the viewer, the same on every page"))
    columns = [">id" if all(isinstance(item["id"], int) for item in items) else "id", "name", *map(printable, further)]
    body = {"kind": "sheet", "sections": [{"columns": columns, "rows": rows, "colours": colours}]}
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=human_count(len(items), "class/classes"),
        body=body,
        facts=(Fact("Classes", f"{len(items):,}"),),
        notices=tuple(notices),
        download=context.download(),
        file_name=context.name,
    )


def preview(value: Classes) -> bytes:
    """Return the colours of the first classes as a small picture, WebP, transparent."""
    import io

    import PIL.Image
    import PIL.ImageDraw

    from app.palette import colour_of

    shown = value.class_set[:_SWATCHES]
    rows = max(1, -(-len(shown) // _ROW))
    picture = PIL.Image.new("RGBA", (_ROW * _SIDE, rows * _SIDE), (128, 136, 146, 0))
    pen = PIL.ImageDraw.Draw(picture)
    for at, item in enumerate(shown):
        left, top = at % _ROW * _SIDE + 4, at // _ROW * _SIDE + 4
        corners = (left, top, left + _SIDE - 8, top + _SIDE - 8)
        pen.rounded_rectangle(corners, radius=6, fill=colour_of(_palette_id(item["id"])), outline=(128, 136, 146, 255))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=True, method=2)
    return buffer.getvalue()


def _palette_id(given: Any) -> int | str:
    return given if isinstance(given, int) and not isinstance(given, bool) else str(given)


def _text(item: Any) -> str:
    if isinstance(item, str):
        return printable(item, 400)
    return "" if item is None else printable(json.dumps(item, ensure_ascii=False, default=str), 400)
