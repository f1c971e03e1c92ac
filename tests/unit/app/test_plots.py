"""Figures of Plotly: nothing that asks a host, the data as tables, a small picture."""

import csv
import io
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image as PilImage

import datatypes as dt
from app.opaque import pages
from app.plots.drawn import drawn_figure
from app.plots.tables import point_count, tables_as_json, trace_csv, trace_tables
from app.renderers import Context, View, for_tag, prepared
from app.renderers.plotly_file import _payload
from storage import Artifact, Store


@pytest.fixture
def shown(tmp_path):
    def log(value):
        artifact = Artifact("plots", type="dataset")
        entry = artifact.add(value, "figure")
        saved = Store(tmp_path / "store").log_artifact(artifact)
        context = Context(
            artifact=saved,
            name=entry.path,
            url_for=lambda _, path: f"/api/m/{path}",
            url_for_bytes=lambda *_: "/api/d/0",
        )
        return prepared(for_tag("plotly-file"), saved.get(entry.path), context)

    return log


def test_a_figure_that_asks_nobody_stays_as_it_is():
    figure = json.loads(go.Figure(go.Scatter(x=[1, 2], y=[3, 4]), layout={"title": {"text": "a < b"}}).to_json())
    drawn = drawn_figure(figure)
    assert drawn.figure == {"data": figure["data"], "layout": figure["layout"], "frames": []}
    assert not drawn.blank


HOSTILE = {
    "data": [
        {"y": [1, 2], "name": '<a href="javascript:alert(1)">x</a>', "text": ["<A HREF='//e'>y</A>"] * 2},
        {"type": "image", "source": "https://example.invalid/i.png"},
        {"type": "image", "source": "data:image/png;base64,AAAA"},
        {"type": "choropleth", "locations": ["DEU"], "z": [1]},
        {"type": "scattermap", "lat": [1], "lon": [2], "subplot": "map2"},
        {"type": "sankey", "link": {"source": [0], "target": [1]}, "node": {"label": ["a", "b"]}},
        "no trace",
    ],
    "layout": {
        "images": [{"source": "//example.invalid/i.png", "x": 0}],
        "mapbox": {"style": "https://example.invalid/style", "accesstoken": "secret", "layers": [{"source": "https://e"}]},
        "geo2": {"showland": True},
        "title": {"text": "<b>bold</b> <img src=x onerror=alert(1)>"},
    },
    "config": {"plotlyServerURL": "https://example.invalid"},
}  # fmt: skip


def test_what_leads_to_a_host_is_taken_out_and_counted():
    drawn = drawn_figure(HOSTILE)
    text = json.dumps(drawn.figure)
    for trace in ("example.invalid", "javascript:", "href", "HREF", "secret", "//e"):
        assert trace not in text
    assert drawn.blank == {"links": 3, "pictures": 3, "outlines": 2, "tiles": 2, "regions": 1}
    data, layout = drawn.figure["data"], drawn.figure["layout"]
    assert len(data) == 6
    assert data[0]["name"] == "x"
    assert data[2]["source"] == "data:image/png;base64,AAAA"
    assert data[3]["visible"] is False
    assert data[5] == HOSTILE["data"][5]  # a Sankey diagram's sources are numbers
    assert layout["geo2"]["showland"] is False
    assert layout["geo"]["showcoastlines"] is False
    assert layout["map2"]["style"] == layout["mapbox"]["style"] == "white-bg"
    assert "config" not in drawn.figure
    assert drawn_figure(HOSTILE) == drawn  # and the stored figure was not changed
    assert HOSTILE["layout"]["geo2"] == {"showland": True}


def test_notices_say_what_stays_blank_and_why(shown):
    view = shown(dt.Plotly.from_dict({**HOSTILE, "data": HOSTILE["data"][:-1]}))
    texts = [notice.text for notice in view.notices]
    assert texts[0] == "3 links are shown as text, because a figure of others leads nowhere here"
    assert "1 trace is not drawn, because outlines of regions are asked from a host" in texts
    assert len(texts) == 5


def test_deep_and_endless_numbers_are_plain_json():
    assert drawn_figure({"data": [{"y": [float("nan"), 1.0]}]}).figure["data"][0]["y"] == [None, 1.0]
    value = dt.Plotly.from_dict({"data": [{"y": [1.0, 2.0]}], "layout": {}})
    assert json.loads(_payload(value)) == {"data": [{"y": [1.0, 2.0]}], "layout": {}, "frames": []}
    deep = {"a": 1}
    for _ in range(300):
        deep = {"a": deep}
    assert drawn_figure({"data": [], "layout": deep}).blank == {"deep": 1}


def test_facts_count_traces_and_points(shown):
    z = np.arange(6, dtype=np.float32).reshape(2, 3)
    figure = go.Figure([go.Scatter(y=np.arange(10)), go.Heatmap(z=z), go.Bar(x=["a", "b"], y=[1, 2])])
    view = shown(dt.Plotly(figure))
    assert isinstance(view, View), view
    facts = dict(view.facts)
    assert (facts["Traces"], facts["Points"], facts["Kinds"]) == ("3", "18", "1 scatter, 1 heatmap, 1 bar")
    assert view.body["url"].startswith("/api/f/p/plotly/")


def test_kinds_for_the_graphics_processor_have_a_page_of_their_own(shown):
    assert "/plotly-gl/" in shown(dt.Plotly(go.Figure(go.Scattergl(y=[1])))).body["url"]
    assert "'unsafe-eval'" not in pages.page("plotly").policy
    assert "connect-src 'none'" in pages.page("plotly-gl").policy


def test_tables_hold_every_number_that_was_stored():
    x, z = np.linspace(0, 1, 300), np.arange(6.0).reshape(2, 3)
    figure = go.Figure(
        [go.Scatter(x=x, y=x**2, name="curve", marker={"size": [1, 2, 3]}), go.Heatmap(z=z), go.Scatter(y=[1, None])]
    )
    value = dt.Plotly(figure)
    tables = trace_tables(value.traces)
    assert [table.name for table in tables] == ["curve (scatter)", "heatmap 2", "scatter 3"]
    curve = dict(zip(tables[0].columns, tables[0].values, strict=True))
    assert curve["x"] == x.tolist()  # binary arrays are decoded
    assert curve["y"] == (x**2).tolist()
    assert curve["marker.size"] == [1, 2, 3]
    assert tables[1].columns == ["z[0]", "z[1]", "z[2]"]
    assert [tables[1].row(at) for at in range(2)] == z.tolist()
    assert point_count(value.traces) == 300 + 6 + 2
    found = json.loads(tables_as_json(tables, lambda number: f"/csv/{number}"))
    assert (len(found[0]["rows"]), found[0]["total"], found[0]["url"]) == (200, 300, "/csv/0")
    assert dict(zip(found[0]["columns"], found[0]["rows"][3], strict=True)) == {
        "x": x[3],
        "y": x[3] ** 2,
        "marker.size": None,
    }
    rows = list(csv.reader(io.StringIO(trace_csv(tables[0]).decode())))
    assert len(rows) == 301
    assert [float(row[rows[0].index("y")]) for row in rows[1:]] == (x**2).tolist()


def test_formulas_in_a_csv_are_defused():
    table = trace_tables([{"type": "bar", "x": ["=1+1", "b"], "y": [-1, 2]}])[0]
    rows = list(csv.reader(io.StringIO(trace_csv(table).decode())))
    assert not rows[1][0].startswith("=")
    assert rows[1][1] == "-1"


def picture_of(*traces):
    picture = PilImage.open(io.BytesIO(for_tag("plotly-file").preview(dt.Plotly(go.Figure(list(traces))))))
    assert picture.size == (320, 200)
    return np.asarray(picture.convert("RGBA")).astype(int)


class TestPreview:
    def test_bars_are_as_tall_as_their_values(self):
        pixels = picture_of(go.Bar(x=["a", "b"], y=[1, 4], marker={"color": "#ff0000"}))
        heights = (pixels[..., 3] > 128).sum(axis=0)
        assert heights[80] * 4 == pytest.approx(heights[240], rel=0.1)
        assert pixels[180, 240, :3].tolist() == pytest.approx([255, 0, 0], abs=12)

    def test_a_line_rises(self):
        pixels = picture_of(go.Scatter(y=list(range(50))))
        rows = [np.flatnonzero(pixels[:, x, 3] > 128).mean() for x in (40, 160, 280)]
        assert rows == sorted(rows, reverse=True)

    def test_a_heat_map_has_its_first_row_below(self):
        pixels = picture_of(go.Heatmap(z=[[0, 0], [1, 1]]))
        assert pixels[160, 160, :3].sum() < pixels[40, 160, :3].sum()

    def test_other_kinds_have_none(self):
        with pytest.raises(ValueError, match="no trace of points"):
            picture_of(go.Pie(values=[1, 2]))
