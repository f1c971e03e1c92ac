"""What lies in a document of Bokeh: columns of data, models that hold code, and the lines of a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["BokehOutline", "Curve", "Source", "outline", "quiet"]

#: Models whose text is JavaScript.
_CODE = frozenset({
    "CustomAction", "CustomJS", "CustomJSExpr", "CustomJSFilter", "CustomJSHover", "CustomJSTickFormatter",
    "CustomJSTicker", "CustomJSTransform", "CustomLabelingPolicy", "FuncTickFormatter", "HTMLTemplateFormatter",
})  # fmt: skip

#: Models that ask a server for data or pictures.
_OUTSIDE = frozenset({
    "AjaxDataSource", "GMapPlot", "ImageURL", "QUADKEYTileSource", "ServerSentDataSource", "TMSTileSource",
    "WMTSTileSource", "BBoxTileSource", "GMap",
})  # fmt: skip


class Source(NamedTuple):
    """Columns of equal length, as far as they are equal: name → list or array."""

    name: str
    columns: dict[str, Any]

    @property
    def length(self) -> int:
        """Number of rows."""
        return max((len(column) for column in self.columns.values()), default=0)


class Curve(NamedTuple):
    """What a glyph draws: two columns of numbers, joined by lines or not."""

    x: Any
    y: Any
    joined: bool


class BokehOutline(NamedTuple):
    """What was found.

    Attributes
    ----------
    sources : list of Source
        In the order of the document.
    curves : list of Curve
        Of glyphs with plain columns.
    code : dict of str to int
        Models that hold code, by name.
    outside : set of str
        Names of models that ask others.
    models : int
        All of them.
    title : str
        Of the first figure that has one.
    """

    sources: list[Source]
    curves: list[Curve]
    code: dict[str, int]
    outside: set[str]
    models: int
    title: str


def outline(document: dict[str, Any], subject: str) -> BokehOutline:
    """Look through a document of any release.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError
        If an array does not have the length that it says, or is too large.
    """
    from datatypes.bokeh_json import comparable

    objects = list(_objects(comparable(document, subject).get("roots")))
    by_id = {item.get("id"): item for item in objects}
    sources: list[Source] = []
    places: dict[Any, dict[str, Any]] = {}
    code: dict[str, int] = {}
    title = ""
    for item in objects:
        name = str(item.get("name"))
        if name in _CODE:
            code[name] = code.get(name, 0) + 1
        attributes = _attributes(item)
        if "data" in attributes and name.endswith("DataSource"):
            label = attributes.get("name")
            columns = _columns(attributes["data"])
            places[item.get("id")] = columns
            sources.append(Source(label if isinstance(label, str) else f"source {len(sources) + 1}", columns))
        text = attributes.get("text")
        if name == "Title" and not title and isinstance(text, str):
            title = text
    outside = {str(item.get("name")) for item in objects} & _OUTSIDE
    curves = [curve for item in objects if (curve := _curve(item, places, by_id)) is not None]
    return BokehOutline(sources, curves, code, outside, len(objects), title)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Give every model, in the order of the document; without recursion, for documents may nest deeply."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if item.get("type") == "object" and "name" in item:
                yield item
            waiting.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            waiting.extend(reversed(item))


def quiet(document: dict[str, Any]) -> None:
    """Keep Bokeh from asking for what it cannot have again and again, in place.

    Tiles are asked for without a pause, some thousand times a second, and sources in the interval that they say.
    """
    for item in _objects(document.get("roots")):
        attributes = _attributes(item)
        if item.get("name") == "TileRenderer":
            item["attributes"] = {**attributes, "visible": False}
        elif item.get("name") in _OUTSIDE:
            attributes.pop("polling_interval", None)


def _attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    found = item.get("attributes")
    return found if isinstance(found, dict) else {}


def _columns(data: Any) -> dict[str, Any]:
    entries = data.get("entries") if isinstance(data, dict) else None
    pairs = [pair for pair in entries if isinstance(pair, list) and len(pair) == 2] if isinstance(entries, list) else []
    return {str(name): _column(items) for name, items in pairs}


def _column(items: Any) -> Any:
    """Return a column as a list or an array of one dimension or more."""
    if isinstance(items, dict):  # an array of objects, a range, or bytes
        inner = items.get("array", items.get("entries"))
        return inner if isinstance(inner, list) else []
    return items if isinstance(items, list) or getattr(items, "ndim", None) else []


def _curve(item: dict[str, Any], places: dict[Any, dict[str, Any]], by_id: dict[Any, Any]) -> Curve | None:
    """Return what a renderer of a glyph draws, if its x and y are columns of numbers."""
    import numpy as np

    attributes = _attributes(item)
    glyph, source = (_resolved(attributes.get(name), by_id) for name in ("glyph", "data_source"))
    if item.get("name") != "GlyphRenderer" or glyph is None or source is None:
        return None
    columns, fields = places.get(source.get("id"), {}), _attributes(glyph)
    found = []
    for names in (("x",), ("y", "top")):
        spec = next((fields[name] for name in names if isinstance(fields.get(name), dict)), {"field": names[0]})
        column = columns.get(str(spec.get("field")))
        try:
            numbers = np.asarray(column, np.float64)
        except (TypeError, ValueError):
            return None
        if numbers.ndim != 1 or not numbers.size:
            return None
        found.append(numbers)
    return Curve(found[0], found[1], glyph.get("name") in ("Line", "Step")) if len(found[0]) == len(found[1]) else None


def _resolved(value: Any, by_id: dict[Any, Any]) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    return value if value.get("type") == "object" else by_id.get(value.get("id"))
