"""Plain files by their content: each kind as the body of a view, in bounds, nothing run."""

from __future__ import annotations

import csv
import functools
import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from app.files import arrays
from app.files.kinds import kind_of
from app.files.text import TEXT_BYTES, Text, read_text
from app.renderers.pdf_content import look_at_pdf
from app.renderers.view import Context, Fact, Notice
from app.text import human_count, human_size

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Content", "look_at"]

#: Bytes of JSON up to which it is a tree; a browser holds some ten times as much of it.
_TREE_BYTES = 16 << 20

#: Rows of a CSV file under its header; only of those that the table page does not take.
_CSV_ROWS = 50

#: Values of an array that is no picture that are shown.
_ARRAY_VALUES = 2000

#: Sides of an array that is drawn as a picture.
_MIN_PICTURE_SIDE, _MAX_PICTURE_SIDE = 4, 8192

#: Longer by shorter side of such an array; columns of coordinates are no picture.
_MAX_ASPECT = 64

_SEPARATORS = {"csv": ",", "tsv": "\t"}
_MARKDOWN = frozenset({"md", "markdown", "mdown", "rmd"})
_JSON_LINES = frozenset({"jsonl", "ndjson"})


class Content(NamedTuple):
    """What was found in a file.

    Attributes
    ----------
    kind : str
        Name of it, for people.
    body : dict
        See `app.renderers.fallback.draw_body`.
    size : int
        Bytes of the file.
    icon : str
        Name in `app/components/shared.js`.
    facts : tuple of Fact
        For the inspector.
    notices : tuple of Notice
        What is not shown.
    """

    kind: str
    body: dict[str, Any]
    size: int
    icon: str = "text"
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()


def look_at(context: Context, size: int | None) -> Content:
    """Find out what a file is.

    Parameters
    ----------
    context : Context
        Where it lies.
    size : int or None
        Its bytes, where that is recorded.

    Raises
    ------
    StorageError
        If the file is missing or not the one that was recorded.
    """
    with context.artifact.open(context.name) as file:
        data = file.read(TEXT_BYTES + 4)
    if size is None:
        size = _measured(context) if len(data) > TEXT_BYTES else len(data)
    if not size:
        return Content("empty", {"kind": "text", "text": "", "language": ""}, 0, icon="file", notices=(_EMPTY,))
    text = read_text(data[:TEXT_BYTES], whole=size <= TEXT_BYTES)
    if text is not None and not data.startswith(b"%PDF-"):
        return _text_content(text, size, context)
    if data.startswith(b"\x93NUMPY"):
        found = _array(context, size)
        if found is not None:
            return found
    if data.startswith(b"PK\x03\x04"):
        with context.artifact.open(context.name) as file:
            members = arrays.npz_members(file)
        if members is not None and any(dtype != "no array" for _, dtype, _, _ in members[0]):
            return _archive(*members, size)
    if data.startswith(b"%PDF-"):
        pdf = look_at_pdf(context, size)
        return Content("PDF", pdf.body, size, icon="file", facts=pdf.facts, notices=pdf.notices)
    return _bytes(data, size, context)


def _measured(context: Context) -> int:
    with context.artifact.open(context.name) as file:
        return int(file.seek(0, io.SEEK_END))


def _text_content(text: Text, size: int, context: Context) -> Content:
    extension = context.name.rpartition(".")[2].lower() if "." in context.name.rpartition("/")[2] else ""
    readers: dict[str, Callable[[], Content | None]] = {
        "json": lambda: _json(size, context),
        "geojson": lambda: _json(size, context),
        "ipynb": lambda: _json(size, context),
        "svg": lambda: _svg(text, size, context),
        **{name: lambda: _json_lines(size, context) for name in _JSON_LINES},
        **{name: lambda: _csv_head(text.text, extension, size, context) for name in _SEPARATORS},
        **{name: lambda: _markdown(text, size) for name in _MARKDOWN},
    }
    reader = readers.get(extension)
    found = reader() if reader else None
    if found is None:
        lines = text.text.count("\n") + (not text.text.endswith("\n") and bool(text.text))
        facts = (Fact("Lines", f"{lines:,}{'' if text.used >= size else ' in the part that is shown'}"),)
        found = Content("text", _text_body(text, size, context, extension), size, facts=facts)
    encoding = () if text.label == "UTF-8" else (Fact("Encoding", text.label),)
    return found._replace(facts=(*encoding, *found.facts))


def _text_body(text: Text, size: int, context: Context, language: str) -> dict[str, Any]:
    """Return the body of a text; the page asks for the bytes beyond the first part itself."""
    body: dict[str, Any] = {"kind": "text", "text": text.text, "language": language}
    if text.used < size:
        body |= {"url": context.download(), "used": text.used, "size": size, "encoding": text.encoding}
    return body


def _json(size: int, context: Context) -> Content | None:
    """Return JSON as a tree; None if it is none, or larger than a tree may be."""
    if size > _TREE_BYTES:
        return None
    with context.artifact.open(context.name) as file:
        data = file.read(size)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    facts: tuple[Fact, ...] = ()
    if isinstance(found, dict | list):
        amount = human_count(len(found), "key" if isinstance(found, dict) else "item")
        facts = (Fact("Top level", amount),)
    return Content("JSON", {"kind": "json", "url": context.download(), "file": context.name}, size, facts=facts)


def _json_lines(size: int, context: Context) -> Content | None:
    """Return lines of JSON as a tree of their documents; None if the first is none."""
    if size > _TREE_BYTES:
        return None
    with context.artifact.open(context.name) as file:
        first = file.readline(1 << 20)
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return None
    return Content("JSON lines", {"kind": "json", "url": context.download(), "file": context.name, "lines": True}, size)


def _markdown(text: Text, size: int) -> Content | None:
    if text.used < size:
        return None
    body = {"kind": "document", "format": "markdown", "text": text.text}
    notice = Notice("links and pictures are shown as text, because documents of others lead nowhere here")
    has_links = "](" in text.text or "<http" in text.text
    return Content("Markdown", body, size, notices=(notice,) if has_links else ())


def _svg(text: Text, size: int, context: Context) -> Content | None:
    if "<svg" not in text.text[:4096] or text.used < size:
        return None
    body = {"kind": "document", "format": "svg", "text": text.text, "name": context.name}
    notice = Notice("shown as a picture: its scripts do not run, and what lies outside of it stays blank")
    return Content("SVG picture", body, size, icon="image", notices=(notice,))


def _csv_head(text: str, extension: str, size: int, context: Context) -> Content | None:
    """Return header and first rows: of a table that its own page does not take."""
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
        whole = f"of {text.count(chr(10)):,} lines" if size <= TEXT_BYTES else f"of a file of {human_size(size)}"
        notices = (
            Notice(
                f"{_CSV_ROWS} rows {whole}, because this is a first look", "download the whole file", context.download()
            ),
        )
    table = {"kind": "table", "columns": header, "rows": body[:_CSV_ROWS]}
    return Content(extension.upper(), table, size, icon="table", notices=notices)


def _array(context: Context, size: int) -> Content | None:
    """Return an .npy file: a picture where it is one, else its values; None if its header is none."""
    with context.artifact.open(context.name) as file:
        header = arrays.read_header(file)
    if header is None:
        return None
    facts = [Fact("Shape", header.shape_text), Fact("Type", header.dtype)]
    if header.fortran and len(header.shape) > 1:
        facts.append(Fact("Order", "Fortran: the first axis runs fastest"))
    if header.size_bytes is None:
        told = {"kind": "sheet", "sections": [{"title": "Not loaded", "text": _NOT_LOADED}]}
        return Content("NumPy array of objects", told, size, icon="table", facts=tuple(facts))
    with context.artifact.open(context.name) as file:
        values = arrays.load_values(file, header, context.name)
    facts += [Fact(*fact) for fact in arrays.array_statistics(values)]
    if _is_picture(header):
        body = {"kind": "picture", "picture": _picture(context, header)}
        return Content("NumPy array", body, size, icon="image", facts=tuple(facts))
    shown, notices = _values_text(values)
    body = {"kind": "text", "text": shown, "language": "array"}
    return Content("NumPy array", body, size, icon="table", facts=tuple(facts), notices=notices)


_NOT_LOADED = (
    "The array holds Python objects, stored as a pickle. To load a pickle is to run what its maker wrote, so it is "
    "named and measured here, and never loaded."
)


def _is_picture(header: arrays.ArrayHeader) -> bool:
    channels = header.shape[2:] in ((), (1,), (3,), (4,))
    sides = all(_MIN_PICTURE_SIDE <= side <= _MAX_PICTURE_SIDE for side in header.shape[:2])
    sides = sides and max(header.shape[:2]) <= _MAX_ASPECT * min(header.shape[:2])
    kind = str(header.descr)[1:2]
    return header.is_numeric and kind != "c" and len(header.shape) in (2, 3) and channels and sides


def _picture(context: Context, header: arrays.ArrayHeader) -> dict[str, Any]:
    height, width = header.shape[:2]
    make = functools.partial(_as_npy, context, header)
    url = context.url_for_bytes(make, "application/octet-stream", f"array/{context.ident}")
    return {
        "label": context.name,
        "width": width,
        "height": height,
        "transparent": False,
        "pixels": {"url": None, "raw": {"url": url}, "window": None, "channels": None, "exact": False},
        "layers": [],
        "palette": [],
    }


def _as_npy(context: Context, header: arrays.ArrayHeader) -> bytes:
    from app.renderers.image_file import npy_bytes

    with context.artifact.open(context.name) as file:
        return npy_bytes(arrays.load_values(file, header, context.name))


def _values_text(values: Any) -> tuple[str, tuple[Notice, ...]]:
    """Return the first values of an array, one row of its last axis a line."""
    flat = values.reshape(-1)
    shown = flat[:_ARRAY_VALUES]
    width = values.shape[-1] if values.ndim > 1 else 10
    texts = [str(item) for item in shown.tolist()]
    digits = max(map(len, texts), default=0)
    rows = [texts[start : start + max(1, width)] for start in range(0, len(texts), max(1, width))]
    text = "\n".join("  ".join(item.rjust(digits) for item in row) for row in rows)
    notices: tuple[Notice, ...] = ()
    if flat.size > _ARRAY_VALUES:
        notices = (Notice(f"{_ARRAY_VALUES:,} of {flat.size:,} values, because this is a first look"),)
    return text, notices


def _archive(members: list[tuple[str, str, str, int]], total: int, size: int) -> Content:
    rows = [[name, dtype, shape, human_size(length)] for name, dtype, shape, length in members]
    columns = ["array", "type", "shape", ">bytes"]
    body = {"kind": "sheet", "sections": [{"title": "Arrays", "columns": columns, "rows": rows}]}
    notices: tuple[Notice, ...] = ()
    if total > len(members):
        notices = (Notice(f"{len(members):,} of {total:,} members, because a page has a limit"),)
    facts = (Fact("Arrays", human_count(total, "member")),)
    return Content("NumPy archive", body, size, icon="table", facts=facts, notices=notices)


def _bytes(data: bytes, size: int, context: Context) -> Content:
    body = {"kind": "bytes", "url": context.download(), "size": size}
    return Content(kind_of(data), body, size, icon="file")


_EMPTY = Notice("0 bytes: the file is empty")
