"""Figures of Plotly (wire tag ``plotly-file``): drawn by plotly.js in an opaque frame, their data as tables."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

from app.errors import MissingLibraryError
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count

if TYPE_CHECKING:
    from collections import Counter

    from datatypes.plotly import Plotly

TAG = "plotly-file"
TYPE_NAME = "Plotly"
ICON = "chart"

#: Keys of the page, for its sheet of keys.
KEYS = (
    (("←", "→"), "previous and next object"),
    (("[", "]"), "previous and next version"),
    (("/",), "find"),
    (("?",), "these keys"),
)

_JSON = "application/json"
_BYTES = "application/octet-stream"

#: Kinds of trace that the graphics processor draws by a library that makes functions of text.
_GL = frozenset({"scattergl", "scatterpolargl", "splom", "parcoords"})

#: Points from which drawing them takes a browser seconds.
_MANY_POINTS = 200_000

#: What stays blank, and why.
_BLANK = {
    "links": ("link is shown as text/links are shown as text", "a figure of others leads nowhere here"),
    "pictures": ("picture stays blank/pictures stay blank", "it lies on a host/they lie on hosts"),
    "outlines": ("map has no coastlines/maps have no coastlines", "these are asked from a host; points are drawn"),
    "regions": ("trace is not drawn/traces are not drawn", "outlines of regions are asked from a host"),
    "tiles": ("map has no tiles/maps have no tiles", "these are asked from a host; points are drawn"),
    "deep": ("branch is left out/branches are left out", "nesting has a limit"),
}


def prepare(value: Plotly, context: Context) -> View:
    """Return addresses of the figure, its data and its JSON, and what stays blank.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing, no JSON, or an array in it lies about its length.
    """
    from app.plots.drawn import drawn_figure
    from app.plots.tables import point_count

    traces = value.traces
    drawn = drawn_figure(value.document_json)
    kinds = [str(trace.get("type", "scatter")) for trace in traces]
    points = point_count(traces)
    url, problem = _frame(kinds)
    ident = context.ident
    title = re.sub(r"<[^<>]*>", "", value.title or "")
    label = title or context.name
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=human_count(len(traces), "trace"),
        body={
            "label": f"Figure {label}",
            "file": context.name.rpartition("/")[2].partition(".")[0] or "figure",
            "url": url,
            "problem": problem,
            "payload": context.url_for_bytes(functools.partial(_payload, value), _JSON, f"plotly/1/{ident}"),
            "tables": context.url_for_bytes(
                functools.partial(_tables, value, context), _JSON, f"plotly-tables/1/{ident}"
            ),
            "source": context.url_for_bytes(functools.partial(_source, value), _BYTES, f"plotly-json/1/{ident}"),
        },
        facts=_facts(title, kinds, points, len(drawn.figure["frames"])),
        caption=str(getattr(value, "caption", None) or ""),
        notices=(*_notices(drawn.blank), *_many(points)),
        download=context.download(value.path),
        file_name=value.path or context.name,
    )


def _facts(title: str, kinds: list[str], points: int, frames: int) -> tuple[Fact, ...]:
    facts = [Fact("Traces", f"{len(kinds):,}"), Fact("Points", f"{points:,}")]
    if title:
        facts.insert(0, Fact("Title", title))
    counts = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    if counts:
        facts.append(Fact("Kinds", ", ".join(f"{count:,} {kind}" for kind, count in counts.items())))
    if frames:
        facts.append(Fact("Frames", f"{frames:,}"))
    return tuple(facts)


def draw(view: View) -> None:
    """Draw the figure and its tabs."""
    from app.components.plot_view import plot_view

    plot_view(view.body, key="object-plotly")


def preview(value: Plotly) -> bytes:
    """Return a small picture of points, lines, bars or a heat map; see `app.plots.picture`."""
    from app.plots.picture import figure_picture

    return figure_picture(value.traces)


def _frame(kinds: list[str]) -> tuple[str, str]:
    """Return the address of the page that draws these kinds of trace, or why there is none."""
    from app.opaque import page_address

    try:
        return page_address("plotly-gl" if any(kind in _GL for kind in kinds) else "plotly"), ""
    except MissingLibraryError as error:
        return "", str(error)


def _payload(value: Plotly) -> bytes:
    from app.plots.drawn import drawn_figure

    return json.dumps(drawn_figure(value.document_json).figure, ensure_ascii=False).encode("utf-8", "replace")


def _source(value: Plotly) -> bytes:
    return json.dumps(value.document_json, indent=1, ensure_ascii=False).encode("utf-8", "replace")


def _tables(value: Plotly, context: Context) -> bytes:
    from app.plots.tables import tables_as_json, trace_tables

    def address(number: int) -> str:
        make = functools.partial(_csv, value, number)
        return context.url_for_bytes(make, _BYTES, f"plotly-csv/1/{number}/{context.ident}")

    return tables_as_json(trace_tables(value.traces), address)


def _csv(value: Plotly, number: int) -> bytes:
    from app.plots.tables import trace_csv, trace_tables

    return trace_csv(trace_tables(value.traces)[number])


def _notices(blank: Counter[str]) -> list[Notice]:
    found = []
    for key, (what, why) in _BLANK.items():
        count = blank[key]
        if count:
            one, _, many = why.partition("/")
            found.append(Notice(f"{human_count(count, what)}, because {one if count == 1 or not many else many}"))
    return found


def _many(points: int) -> tuple[Any, ...]:
    if points < _MANY_POINTS:
        return ()
    return (Notice(f"{points:,} points are drawn as they are stored, which may take a browser some seconds"),)
