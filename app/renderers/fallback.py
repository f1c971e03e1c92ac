"""What has no renderer of its own: unknown types by their JSON, plain files by their content.

What a file is, its bytes say; its name only helps to choose between kinds of text. Nothing is run, and no more is read
than is shown.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from app.renderers.view import Context, Fact, Notice, View
from app.text import human_size

if TYPE_CHECKING:
    from collections.abc import Callable

TAG = ""
TYPE_NAME = "File"
ICON = "file"

#: Most bytes of a text that are sent to the page; beyond, a browser's text layout becomes slow.
_TEXT_BYTES = 512 * 1024

#: First bytes that are shown of what is no text.
_HEX_BYTES = 512

#: Rows of a CSV file that are shown under its header.
_CSV_ROWS = 50

#: Most characters of a cell; the row's page will show all.
_CELL_CHARACTERS = 200

_SEPARATORS = {"csv": ",", "tsv": "\t"}

#: First bytes of kinds of file that people keep beside their media; for the sentence only, nothing is opened.
_SIGNATURES = (
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"\x93NUMPY", "NumPy array"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF-", "PDF"),
    (b"glTF", "glTF binary"),
    (b"\x80\x02", "Python pickle, never loaded"),
    (b"\x80\x03", "Python pickle, never loaded"),
    (b"\x80\x04", "Python pickle, never loaded"),
    (b"\x80\x05", "Python pickle, never loaded"),
    (b"SQLite format 3\0", "SQLite"),
    (b"RIFF", "RIFF media"),
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC"),
    (b"ID3", "MP3"),
    (b"\x7fELF", "ELF program"),
)


#: Icons of types, for those that have no renderer yet.
_TYPE_ICONS = {
    "audio-file": "audio", "bokeh-file": "chart", "classes": "text", "data-frame": "table", "graph-file": "chart",
    "histogram": "chart", "html-file": "code", "joined-table": "table", "molecule-file": "molecule",
    "object3D-file": "artifact", "partitioned-table": "table", "plotly-file": "chart", "table": "table",
    "table-file": "table", "video-file": "video",
}  # fmt: skip


class _Content(NamedTuple):
    """What was found in a file."""

    kind: str
    body: dict[str, Any]
    notices: tuple[Notice, ...] = ()


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
    """Draw text, table or bytes."""
    from app.components.text_view import text_view

    text_view(view.body, key="object-text")


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
        body = {"kind": "text", "text": json.dumps(facts, indent=2, ensure_ascii=False), "language": "json"}
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
    shown = [[_cell(item) for item in row] for row in rows[:_CSV_ROWS]]
    return {"kind": "table", "columns": [str(name) for name in facts["columns"]], "rows": shown}


def _table_notice(facts: Any, body: dict[str, Any]) -> str:
    total = facts.get("nrows") if body["kind"] == "table" else None
    if not isinstance(total, int):
        return ""
    shown = len(body["rows"])
    amount = f"{shown:,} of {total:,} rows" if shown < total else "rows as text"
    return f"{amount}, because tables have no page of their own yet"


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
    with context.artifact.open(context.name) as file:
        data = file.read(_TEXT_BYTES + 1)
    size = int(entry.size if entry.size is not None else len(data))
    address = context.download()
    content = _look_at(data, size, context.name, address)
    return View(
        type_name=TYPE_NAME,
        icon="table" if content.body["kind"] == "table" else ICON if content.body["language"] == "hex" else "text",
        headline=f"{content.kind}, {human_size(size)}",
        body=content.body,
        facts=(Fact("Content", content.kind), Fact("Size", f"{human_size(size)} ({size:,} B)")),
        notices=content.notices,
        download=address,
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


def _look_at(data: bytes, size: int, name: str, address: str) -> _Content:
    """Find out what a file is from its first bytes, the longest piece that is shown plus one."""
    text = _as_text(data[:_TEXT_BYTES], whole=size <= _TEXT_BYTES)
    if text is None:
        return _hex_dump(data, size, address)
    notices: tuple[Notice, ...] = ()
    if size > _TEXT_BYTES:
        shown = f"{human_size(_TEXT_BYTES)} of {human_size(size)}, because a page of text has a limit"
        notices = (Notice(shown, "download the whole file", address),)
    extension = name.rpartition(".")[2].lower()
    readers: dict[str, Callable[[], _Content | None]] = {
        "json": lambda: _json_text(text, size),
        "csv": lambda: _csv_head(text, extension, size, address),
        "tsv": lambda: _csv_head(text, extension, size, address),
    }
    reader = readers.get(extension)
    found = reader() if reader else None
    return found or _Content("text", {"kind": "text", "text": text, "language": extension}, notices)


def _as_text(data: bytes, *, whole: bool) -> str | None:
    """Decode UTF-8; None if it is none. A character that the limit cut is left out."""
    if b"\0" in data[:8192]:
        return None
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        text = decoder.decode(data, final=whole)
    except UnicodeDecodeError:
        return None
    strange = sum(1 for letter in text[:4096] if ord(letter) < 32 and letter not in "\t\n\r\f\x1b")
    return None if strange > len(text[:4096]) // 50 else text


def _json_text(text: str, size: int) -> _Content | None:
    """Lay out JSON; None if it is none, or was cut."""
    if size > _TEXT_BYTES:
        return None
    try:
        pretty = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return _Content("JSON", {"kind": "text", "text": pretty, "language": "json"})


def _csv_head(text: str, extension: str, size: int, address: str) -> _Content | None:
    """Return header and first rows; the table page comes with the tables."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_SEPARATORS[extension])
    try:
        rows = [row for row, _ in zip(reader, range(_CSV_ROWS + 2), strict=False)]
    except csv.Error:
        return None
    if not rows:
        return None
    header, body = rows[0], rows[1:]
    notices: tuple[Notice, ...] = ()
    if len(body) > _CSV_ROWS:
        whole = f"of {text.count(chr(10)):,} lines" if size <= _TEXT_BYTES else f"of a file of {human_size(size)}"
        text_ = f"{_CSV_ROWS} rows {whole}, because this is a first look"
        notices = (Notice(text_, "download the whole file", address),)
    table = {"kind": "table", "columns": header, "rows": body[:_CSV_ROWS]}
    return _Content(extension.upper(), table, notices)


def _hex_dump(data: bytes, size: int, address: str) -> _Content:
    kind = next((label for start, label in _SIGNATURES if data.startswith(start)), "binary" if data else "empty")
    lines = []
    for offset in range(0, min(len(data), _HEX_BYTES), 16):
        row = data[offset : offset + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
        lines.append(f"{offset:08x}  {row.hex(' '):<47}  {letters}")
    shown = f"{min(size, _HEX_BYTES):,} of {size:,} bytes, because this is no text"
    notice = Notice(shown, "download the file", address) if size else Notice("0 bytes: the file is empty")
    return _Content(kind, {"kind": "text", "text": "\n".join(lines), "language": "hex"}, (notice,))
