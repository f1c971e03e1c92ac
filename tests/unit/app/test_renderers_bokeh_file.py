"""Documents of Bokeh, the pure half: data as tables, code and outside models named, old releases brought up to date."""

import csv
import importlib.util
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from app.renderers import Context, for_tag, prepared
from app.renderers.bokeh_file import preview
from app.renderers.bokeh_outline import outline
from datatypes import Bokeh
from storage import open_source

GOLDEN = Path(__file__).parents[2] / "golden" / "data"


@pytest.fixture
def figure():
    """Return a figure with a line, points, code and a tile source."""
    from bokeh.models import CustomJS, WMTSTileSource
    from bokeh.plotting import figure

    plot = figure(title="Loss", width=300, height=200)
    steps = np.arange(1500)
    plot.line(steps, np.exp(-steps / 300), name="loss")
    plot.scatter(["1", "2"], [math.nan, math.inf])
    plot.x_range.js_on_change("start", CustomJS(code="1"))
    plot.add_tile(WMTSTileSource(url="http://tiles.example/{X}/{Y}/{Z}.png"))
    return plot


@pytest.fixture
def look(tmp_path):
    """Return a function that stores a document and prepares its view; what was registered is in `made`, by kind."""
    made = {}

    def register(data, mime, ident):
        made["/".join(ident.split("/")[:2]) if ident.startswith("source.csv") else ident.split("/")[0]] = data
        return f"/api/d/{ident}"

    def prepare(data):
        text = data if isinstance(data, str) else json.dumps(Bokeh(data).document_json)
        (tmp_path / "plot.bokeh.json").write_text(text, encoding="utf-8")
        artifact = open_source(tmp_path)
        context = Context(
            artifact=artifact, name="plot.bokeh.json", url_for=lambda _, name: f"/api/m/{name}", url_for_bytes=register
        )
        return prepared(for_tag("bokeh-file"), artifact.get("plot.bokeh.json"), context)

    prepare.made = made
    return prepare


def test_data_are_tables_and_the_whole_is_a_sheet(look, figure):
    view = look(figure)
    first, second = json.loads(look.made["sources"]())
    assert (first["columns"], len(first["rows"]), first["total"]) == (["x", "y"], 1_000, 1_500)
    assert first["rows"][300] == [300, math.exp(-1)]
    assert second["rows"] == [["1", "nan"], ["2", "inf"]]
    rows = list(csv.reader(io.StringIO(look.made["source.csv/0"]().decode())))
    assert len(rows) == 1_501
    assert dict(view.facts)["Data"] == "1,502 rows in 2 sources"


def test_code_has_a_switch_and_what_asks_others_says_why_it_is_blank(look, figure):
    view = look(figure)
    assert "/bokeh-code/" in view.body["running"]
    assert "/bokeh/" in view.body["url"]
    assert dict(view.facts)["Code"] == "1 CustomJS"
    assert view.notices[0].text == "WMTSTileSource stays blank, because this viewer opens no network"
    assert view.body["label"] == "Loss"


def test_without_code_there_is_no_switch(look):
    from bokeh.plotting import figure

    assert look(figure()).body["running"] is None


@pytest.mark.parametrize("release", sorted(path.parent.name for path in GOLDEN.glob("*/bokeh")))
def test_documents_of_each_sdk_have_their_data_and_no_box_over_them(release):
    (path,) = (GOLDEN / release / "bokeh").rglob("*.bokeh.json")
    value = Bokeh(path)
    found = outline(value.document_json, "plot")
    assert [list(map(float, column)) for column in found.sources[0].columns.values()] == [[1, 2, 3], [1, 4, 9]]
    assert [curve.joined for curve in found.curves] == [True]
    text = json.dumps(value.document_for_installed)
    boxes = [item for item in walk(json.loads(text)) if item.get("name") == "BoxAnnotation"]
    for box in boxes:
        sides = [box["attributes"].get(side) for side in ("left", "right", "top", "bottom")]
        assert sides != [None] * 4 or box["attributes"]["visible"] is False
    pixels = np.asarray(PilImage.open(io.BytesIO(preview(value))))
    assert (pixels[..., 3] > 0).sum() > 500


def walk(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from walk(item)


def test_without_bokeh_the_page_says_what_to_install(look, figure, monkeypatch):
    from app.opaque.pages import page

    text = json.dumps(Bokeh(figure).document_json)
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "bokeh" else find(name))
    page.cache_clear()
    view = look(text)
    page.cache_clear()
    assert view.body["url"] == ""
    assert "pip install 'vitrina[bokeh]'" in view.body["problem"]
    assert json.loads(look.made["sources"]())[0]["total"] == 1_500


@pytest.mark.parametrize("text", ["{}", "[]", '{"roots": [{"type": "ndarray", "array": 1}]}'])
def test_what_is_no_document_is_a_card_or_empty(look, text):
    view = look(text)
    assert getattr(view, "problem", None) or view.headline


def test_an_array_that_lies_is_a_card(look):
    array = {"type": "ndarray", "array": {"type": "bytes", "data": "AAAA"}, "shape": [9], "dtype": "float64"}
    data = {"type": "map", "entries": [["x", array]]}
    source = {"type": "object", "name": "ColumnDataSource", "id": "1", "attributes": {"data": data}}
    problem = look(json.dumps({"roots": [source], "version": "3.9.0"})).problem
    assert "has an array of 3 bytes that says shape [9] of float64" in problem


def test_the_page_of_plots_makes_no_code_of_text_unless_asked():
    from app.opaque.pages import page

    assert "unsafe-eval" not in page("bokeh").policy
    assert "unsafe-eval" in page("bokeh-code").policy
    for name in ("bokeh", "bokeh-code", "molecule"):
        found = page(name)
        assert found.body.count(b"</script") == found.policy.count("'sha256-")
        assert b"<!--" not in found.body
