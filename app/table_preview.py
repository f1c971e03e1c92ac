"""Previews of tables: the first pictures of one that has any, else its header and first rows as text."""

from __future__ import annotations

import io
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import PIL.Image

__all__ = ["first_rows", "table_preview"]

_WIDTH, _HEIGHT = 320, 208

#: Pictures of a contact sheet: columns and rows.
_SHEET = (4, 3)

#: Rows from which its pictures are chosen, evenly: neighbours often look alike.
_LOOKED_AT = 2000

#: Rows and columns of a table of text.
_ROWS, _COLUMNS = 8, 4

#: Greys that can be read on white and on black.
_HEAD, _TEXT, _LINE = (118, 124, 134, 255), (134, 140, 150, 255), (134, 140, 150, 90)


def table_preview(value: Any) -> bytes:
    """Return a picture of a table as WebP, on a transparent ground.

    Parameters
    ----------
    value : Table, JoinedTable, PartitionedTable, DataFrame or Outline
        As the table renderers take it. No more than its first rows are read.
    """
    names, rows = first_rows(value, _LOOKED_AT)
    wanted = _SHEET[0] * _SHEET[1]
    pictures = list(islice(_pictures(rows[:: max(1, len(rows) // wanted)]), wanted))
    shown = _contact_sheet(pictures) if pictures else _text_table(names, rows)
    buffer = io.BytesIO()
    shown.save(buffer, "WEBP", quality=82, method=2)
    return buffer.getvalue()


def first_rows(value: Any, count: int) -> tuple[list[str], list[Sequence[Any]]]:
    """Return the names of the columns of anything that is shown as a table, and its first rows."""
    document = getattr(value, "document", None)
    if isinstance(document, dict):  # an outline: rows are not read for a preview
        return [str(name) for name in document.get("columns", [])], []
    if hasattr(value, "counts") and hasattr(value, "join"):
        value = value.table1  # the left side stands for both: the same key, the same kind of rows
    if hasattr(value, "to_arrow") and not hasattr(value, "iterrows"):
        frame = value.to_arrow().slice(0, count)
        return [str(name) for name in frame.column_names], [list(row.values()) for row in frame.to_pylist()]
    if not hasattr(value, "iterrows"):
        return [], []
    return [str(name) for name in value.columns], [row for _, row in islice(value.iterrows(), count)]


def _pictures(rows: Sequence[Sequence[Any]]) -> Iterator[PIL.Image.Image]:
    """Yield the pictures among the cells, reduced, with what is laid over them."""
    import PIL.Image

    from app import thumbnails
    from datatypes.image import Image

    for row in rows:
        for cell in row:
            if isinstance(cell, Image):
                ident = f"{cell.path}/{cell.facts().get('sha256', '')}/{sorted(cell.boxes)}/{sorted(cell.masks)}"
                source = cell.artifact_source.artifact if cell.artifact_source else None
                if source is not None:
                    yield PIL.Image.open(io.BytesIO(thumbnails.of_value(cell, source, ident)))


def _contact_sheet(pictures: Sequence[PIL.Image.Image]) -> PIL.Image.Image:
    """Lay pictures out in a grid, each filling its place."""
    import PIL.Image
    import PIL.ImageOps

    columns = min(_SHEET[0], max(1, len(pictures)))
    rows = -(-len(pictures) // columns)
    gap = 4
    side = ((_WIDTH - gap * (columns - 1)) // columns, (_HEIGHT - gap * (rows - 1)) // rows)
    sheet = PIL.Image.new("RGBA", (_WIDTH, _HEIGHT))
    for at, picture in enumerate(pictures):
        is_small = max(picture.size) < max(side)
        method = PIL.Image.Resampling.NEAREST if is_small else PIL.Image.Resampling.LANCZOS
        fitted = PIL.ImageOps.fit(picture.convert("RGBA"), side, method, centering=(0.5, 0.4))
        sheet.paste(fitted, (at % columns * (side[0] + gap), at // columns * (side[1] + gap)))
    return sheet


def _text_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> PIL.Image.Image:
    """Draw header and rows."""
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    shown = PIL.Image.new("RGBA", (_WIDTH, _HEIGHT))
    pen = PIL.ImageDraw.Draw(shown)
    font = PIL.ImageFont.load_default(15)
    count = max(1, min(len(names), _COLUMNS))
    width, height = _WIDTH // count, 24
    for place, name in enumerate(names[:_COLUMNS]):
        pen.text((place * width + 4, 3), _cut(name, width), _HEAD, font, stroke_width=0.3)
    pen.line((0, height, _WIDTH, height), _LINE)
    for line, row in enumerate(rows[: _ROWS - 1], 1):
        for place, cell in enumerate(row[:_COLUMNS]):
            pen.text((place * width + 4, line * height + 4), _cut(_cell_text(cell), width), _TEXT, font)
        pen.line((0, (line + 1) * height, _WIDTH, (line + 1) * height), _LINE)
    return shown


def _cell_text(cell: Any) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.4g}"
    return str(cell) if isinstance(cell, str | int | bool) else type(cell).__name__


def _cut(text: str, width: int) -> str:
    """Return what fits into a width in pixels; eight pixels a letter at this size."""
    most = max(2, width // 8)
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
