"""Documents of Bokeh (wire tag ``bokeh-file``): drawn by Bokeh's own scripts in an opaque frame; data as tables.

At first no text of the document becomes code: the frame's policy forbids it, so a plot looks and pans as it was made,
and its CustomJS does nothing. The switch shows the same document on a page whose policy allows it.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import math
from typing import TYPE_CHECKING, Any

from app.errors import MissingLibraryError
from app.opaque import page_address
from app.renderers.bokeh_outline import BokehOutline, Source, outline, quiet
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count, human_size

if TYPE_CHECKING:
    from datatypes.bokeh import Bokeh

TAG = "bokeh-file"
TYPE_NAME = "Bokeh"
ICON = "chart"
KEYS = [
    [["←", "→"], "previous and next object"],
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["?"], "these keys"],
]

#: Rows of each source that are shown; all are in its CSV file.
_ROWS = 1_000

#: Characters of a cell that are shown.
_CELL = 200

_OFF = "Drawn by Bokeh without network; code of the document does not run"
_ON = "Its code runs, cut off from network, storage and this page"
_DETAILS = (
    "CustomJS and its kin may draw and react inside the frame. They can make no request, store nothing, and see "
    "neither this page nor another file. If they try to leave for another host, the browser may open an empty "
    "connection to it before it stops them."
)
_NONE = "Drawn by Bokeh without network; the document holds no code"


def prepare(value: Bokeh, context: Context) -> View:
    """Return where frame, document and data are, and what of the document does not show.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing, no document, or lies about its arrays.
    """
    name = value.path or context.name
    found = outline(value.document_json, name)
    download = context.download(value.path)
    problem, url, running = "", "", None
    try:
        url = page_address("bokeh-math" if _has_formulas(value) else "bokeh")
        running = page_address("bokeh-code") if found.code else None
        _ = value.document_for_installed
    except MissingLibraryError as error:
        problem = f"The plot is not drawn, because {error.subject} {error.problem}. {error.remedy}"
    source: Any = value.artifact_source.artifact if value.artifact_source else context.artifact
    size = int(source.get_path(name).size or 0)
    facts = value.facts()
    roots, ident = int(facts["roots"]), str(facts["file"]["sha256"])
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=human_count(roots, "root"),
        body={
            "label": found.title or context.name,
            "tabs": {"view": "Plot"},
            "url": url if roots else "",
            "problem": problem or "The document is empty: it has no roots.",
            "running": running,
            "page": True,
            "payload": context.url_for_bytes(
                functools.partial(_document, value), "application/json", f"bokeh/{_installed()}/{ident}"
            ),
            "off": _OFF if found.code else _NONE,
            "on": _ON,
            "details": _DETAILS,
            "switch": "Run its code",
            "sources": [{"name": "as stored", "url": download}] if download else [],
            "tables": context.url_for_bytes(
                functools.partial(_tables, value, context, ident), "application/json", f"sources/{ident}"
            ),
            "controls": None,
            "settings": {},
            "fallback": None,
            "fallback_settings": {},
            "binary": False,
        },
        facts=_facts(value, found, roots, size),
        notices=_notices(value, found, problem),
        download=download,
        file_name=name,
    )


def draw(view: View) -> None:
    """Draw the frame and its tabs."""
    from app.components.opaque_frame import opaque_frame

    opaque_frame(view.body, key="object-bokeh")


def preview(value: Bokeh) -> bytes:
    """Return the curves as a small picture, or the title where there are none."""
    from app.renderers.curve_card import curve_card
    from app.renderers.text_card import text_card

    found = outline(value.document_json, value.path or "Bokeh")
    drawn = [curve for curve in found.curves if len(curve.x) > 1]
    return curve_card(drawn) if drawn else text_card(found.title or "Bokeh", human_count(found.models, "model"))


def _has_formulas(value: Bokeh) -> bool:
    text = json.dumps(value.document_json)
    return "$$" in text or '"TeX"' in text or '"MathML"' in text or "\\\\(" in text


def _installed() -> str:
    import importlib.metadata

    try:
        return importlib.metadata.version("bokeh")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _document(value: Bokeh) -> bytes:
    document = value.document_for_installed
    quiet(document)
    return json.dumps(document).encode()


def _facts(value: Bokeh, found: BokehOutline, roots: int, size_bytes: int) -> tuple[Fact, ...]:
    facts = [Fact("Title", found.title)] if found.title else []
    facts += [Fact("Roots", f"{roots:,}"), Fact("Models", f"{found.models:,}")]
    if found.sources:
        rows = sum(source.length for source in found.sources)
        facts.append(Fact("Data", f"{human_count(rows, 'row')} in {human_count(len(found.sources), 'source')}"))
    if found.code:
        facts.append(Fact("Code", ", ".join(f"{number} {name}" for name, number in sorted(found.code.items()))))
    facts += [Fact("Written by", f"Bokeh {value.version or '?'}"), Fact("File", human_size(size_bytes))]
    return tuple(facts)


def _notices(value: Bokeh, found: BokehOutline, problem: str) -> tuple[Notice, ...]:
    notices = []
    if found.outside:
        *names, last = sorted(found.outside)
        things, verb = (f"{', '.join(names)} and {last}", "stay") if names else (last, "stays")
        notices.append(Notice(f"{things} {verb} blank, because this viewer opens no network"))
    installed = _installed()
    if not problem and value.version and value.version.split(".")[0] != installed.split(".")[0]:
        notices.append(Notice(f"brought to the form of Bokeh {installed}, because it was written by {value.version}"))
    if value.document_problem:
        notices.append(Notice(value.document_problem))
    if problem:
        notices.append(Notice("not drawn; its data stand behind the tab"))
    return tuple(notices)


def _tables(value: Bokeh, context: Context, ident: str) -> bytes:
    """Return the first rows of each source as JSON for the tab."""
    tables = []
    for index, source in enumerate(outline(value.document_json, context.name).sources):
        make = functools.partial(_csv, value, context.name, index)
        tables.append(
            {
                "name": source.name,
                "columns": list(source.columns),
                "rows": [[_cell(item) for item in row] for row in _rows(source, _ROWS)],
                "total": source.length,
                "url": context.url_for_bytes(make, "application/octet-stream", f"source.csv/{index}/{ident}"),
            }
        )
    return json.dumps(tables, ensure_ascii=False).encode("utf-8", "replace")


def _rows(source: Source, most: int) -> list[list[Any]]:
    columns = list(source.columns.values())
    return [[column[i] if i < len(column) else None for column in columns] for i in range(min(source.length, most))]


def _cell(item: Any) -> Any:
    """Return a value as JSON has it: numbers as they are, what is not finite as a word, the rest as text."""
    if hasattr(item, "tolist"):
        item = item.tolist()
    if isinstance(item, dict) and item.get("type") == "number":
        return str(item.get("value")).removeprefix("+")
    if item is None or isinstance(item, bool):
        return None if item is None else str(item).lower()
    if isinstance(item, int | float):
        return item if math.isfinite(item) else str(item)
    text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False, default=str)
    return text if len(text) <= _CELL else f"{text[:_CELL]}…"


def _csv(value: Bokeh, subject: str, index: int) -> bytes:
    from app.tables.export import defused

    source = outline(value.document_json, subject).sources[index]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([defused(name) for name in source.columns])
    for row in _rows(source, source.length):
        cells = [_cell(item) for item in row]
        writer.writerow([defused(cell) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue().encode("utf-8", "replace")
