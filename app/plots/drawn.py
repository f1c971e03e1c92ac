"""A figure as it is drawn: as stored, but for what would ask a host for something or lead to one.

The frame that draws it lets nothing out in any case (`app.opaque`). What is taken out here is taken out so that it can
be counted and told, and so that a map without its outlines still shows its points.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Drawn", "drawn_figure"]

#: Deepest nesting of a figure that is walked; templates have some ten levels.
_MAX_DEPTH = 100

_LINK = re.compile(r"</?a(?=[\s/>])[^>]*>", re.IGNORECASE)

#: What a geographic map would draw from outlines that it asks a host for.
_OUTLINES = ("coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits")

#: Kinds of subplot by the beginning of their key in a layout: "geo", "geo2".
_GEO = re.compile(r"geo\d*")
_TILES = re.compile(r"(map|mapbox)\d*")

#: A style of tile maps that asks for nothing.
_BLANK_STYLE = "white-bg"

#: Kinds of trace on maps of tiles.
_TILE_TRACES = ("scattermap", "scattermapbox", "densitymap", "densitymapbox", "choroplethmap", "choroplethmapbox")


class Drawn(NamedTuple):
    """A figure that is drawn.

    Attributes
    ----------
    figure : dict
        ``data``, ``layout``, ``frames``: plain JSON without NaN.
    blank : Counter
        What stays blank or leads nowhere: ``"links"``, ``"pictures"``, ``"outlines"`` (maps), ``"regions"`` (traces
        that name regions by outlines of a host), ``"tiles"`` (maps), ``"deep"`` (branches that were too deep).
    """

    figure: dict[str, Any]
    blank: Counter[str]


def drawn_figure(document: Mapping[str, Any]) -> Drawn:
    """Return a figure that asks nobody for anything.

    Parameters
    ----------
    document : mapping
        The stored figure.
    """
    blank: Counter[str] = Counter()
    traces = document.get("data")
    layout = document.get("layout")
    frames = document.get("frames")
    figure: dict[str, Any] = {
        "data": [_cleaned(trace, blank) for trace in traces if isinstance(trace, dict)]
        if isinstance(traces, list)
        else [],
        "layout": _cleaned(layout, blank) if isinstance(layout, dict) else {},
        "frames": _cleaned(frames, blank) if isinstance(frames, list) else [],
    }
    _close_maps(figure, blank)
    return Drawn(figure, blank)


def _cleaned(value: Any, blank: Counter[str], depth: int = 0) -> Any:
    """Return a copy without links, pictures of hosts, and numbers that JSON has not."""
    if depth > _MAX_DEPTH:
        blank["deep"] += 1
        return None
    if isinstance(value, str):
        if "<" not in value:
            return value
        text, count = _LINK.subn("", value)
        if count:
            blank["links"] += (count + 1) // 2  # a link begins and ends
        return text
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        if value and all(isinstance(item, int) for item in value):
            return value
        return [_cleaned(item, blank, depth + 1) for item in value]
    if isinstance(value, dict):
        return {str(key): _cleaned(item, blank, depth + 1) for key, item in _without_sources(value, blank).items()}
    return value


def _without_sources(value: dict[str, Any], blank: Counter[str]) -> dict[str, Any]:
    """Return an object without the address of a picture that is not in the figure itself."""
    source = value.get("source")
    if not isinstance(source, str) or source.lower().startswith("data:image/"):
        return value
    if "node" in value or "link" in value or "target" in value:
        return value  # a Sankey diagram has sources of its own
    blank["pictures"] += 1
    return {key: item for key, item in value.items() if key != "source"}


def _close_maps(figure: dict[str, Any], blank: Counter[str]) -> None:
    """Turn off what maps would fetch; points on them stay."""
    layout, traces = figure["layout"], figure["data"]
    is_geo = [trace for trace in traces if str(trace.get("type", "")) in ("scattergeo", "choropleth")]
    for trace in is_geo:
        layout.setdefault(str(trace.get("geo", "geo")), {})
    for trace in traces:
        if trace.get("type") in _TILE_TRACES:
            default = "mapbox" if str(trace["type"]).endswith("mapbox") else "map"
            layout.setdefault(str(trace.get("subplot", default)), {})
    for key, part in layout.items():
        if not isinstance(part, dict):
            continue
        if _GEO.fullmatch(key):
            part.update({f"show{name}": False for name in _OUTLINES})
            blank["outlines"] += 1
        elif _TILES.fullmatch(key):
            layout[key] = {name: item for name, item in part.items() if name not in ("accesstoken", "layers")}
            layout[key]["style"] = _BLANK_STYLE
            blank["tiles"] += 1
    for trace in traces:
        if _names_regions(trace):
            trace["visible"] = False
            blank["regions"] += 1


def _names_regions(trace: dict[str, Any]) -> bool:
    """Whether a trace needs outlines of a host: it names regions, or where its own outlines lie."""
    if isinstance(trace.get("geojson"), str):
        return True
    return (
        trace.get("type") in ("choropleth", "scattergeo")
        and "locations" in trace
        and not isinstance(trace.get("geojson"), dict)
    )
