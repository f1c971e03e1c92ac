"""`Plotly`: figures come back equal, arrays are checked, figures of matplotlib are converted or drawn."""

from __future__ import annotations

import base64
import decimal
import json
import sys
import types
from datetime import date

import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sinks import DictRun, DictStore

import datatypes as dt
from datatypes import figure_json
from datatypes.errors import DecodeLimitError, MissingExtraError, UnreadableMediaError
from datatypes.matplotlib_figure import convert

FIGURES = {
    "lists": lambda: go.Figure(go.Scatter(x=[1, 2], y=[4.5, None], text=["ä", "b"]), layout={"title": {"text": "t"}}),
    "float32": lambda: go.Figure(go.Heatmap(z=np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3))),
    "int64": lambda: go.Figure(go.Bar(y=np.array([1, 2**40]))),
    "nan": lambda: go.Figure(go.Scatter(y=np.array([1, np.nan, -np.inf]))),
    "bool": lambda: go.Figure(go.Scatter(y=np.array([True, False]))),
    "text": lambda: go.Figure(go.Bar(x=np.array(["a", "b"]), y=[1, 2])),
    "pandas": lambda: go.Figure(go.Scatter(x=pd.Series([1.5, 2.5]), y=pd.Index([1, 2]))),
    "objects": lambda: go.Figure(go.Scatter(y=np.array([1, None, "x"], dtype=object))),
    "3D": lambda: go.Figure(go.Surface(z=[[1.0, 2.0], [3.0, 4.0]])),
    "table": lambda: go.Figure(go.Table(header={"values": ["a"]}, cells={"values": [[1, 2]]})),
    "frames": lambda: go.Figure(data=[go.Bar(y=[1])], frames=[go.Frame(data=[go.Bar(y=[2])], name="f")]),
    "empty": go.Figure,
}


def back(value):
    store = DictStore()
    stored = json.loads(json.dumps(value.to_json(store)))
    assert stored["path"].endswith(".plotly.json")
    return dt.init_from_json(stored, store)


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES.keys())
def test_a_figure_comes_back_equal(make):
    figure = make()
    value = dt.Plotly(figure)
    again = back(value)
    assert again.figure == figure == value.figure
    assert again.figure_problem is None
    assert again == value
    assert value.fidelity.to_json() == {
        "verdict": "lossless",
        "source": {"kind": "plotly", "traces": len(figure.data)},
    }


def test_the_file_is_strict_json_in_the_form_of_the_sdk():
    value = dt.Plotly(go.Figure(go.Scatter(y=[1.0, float("nan")], name="ä"), layout={"template": "none"}))
    text = value.open().read().decode()
    spec = {"dtype": "f8", "bdata": base64.b64encode(np.array([1.0, np.nan]).tobytes()).decode()}
    expected = {"data": [{"name": "ä", "y": spec, "type": "scatter"}], "layout": value.document_json["layout"]}
    assert text == json.dumps(expected, separators=(",", ":"), ensure_ascii=False)


def test_numbers_of_lists_that_are_not_finite_come_back():
    value = dt.Plotly(go.Figure(go.Scatter(x=[1, 2, 3], y=[1.0, float("nan"), float("inf")])))
    np.testing.assert_array_equal(back(value).traces[0]["y"], [1, np.nan, np.inf])
    assert value.fidelity.verdict == "lossless"
    assert value.fidelity.dropped is None


def test_what_becomes_null_is_counted():
    value = dt.Plotly(go.Figure(go.Scatter(x=["a", "b"], y=["x", float("nan")], meta=decimal.Decimal("0.1"))))
    assert value.document_json["data"][0]["y"] == ["x", None]
    assert value.fidelity.verdict == "lossy"
    assert value.fidelity.dropped == 1
    assert value.fidelity.steps == [
        "write 1 single numbers that are not finite as null",
        "round 1 decimals to floats",
    ]


def test_dates_become_iso_text():
    day = date(2026, 1, 2)
    value = dt.Plotly(go.Figure([go.Scatter(x=[day, None]), go.Scatter(x=pd.to_datetime(["2026-01-02", None]))]))
    first, second = (trace["x"] for trace in back(value).document_json["data"])
    assert first == ["2026-01-02", None]
    single = dt.Plotly.from_dict({"data": [], "layout": {"meta": [np.datetime64("2026-01-02"), np.datetime64("NaT")]}})
    assert single.document_json["layout"]["meta"] == ["2026-01-02", None]
    assert [text and text[:19] for text in second] == ["2026-01-02T00:00:00", None]


@given(
    hnp.arrays(
        st.sampled_from(["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "?"]),
        hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=4),
    )
)
def test_arrays_of_all_kinds_come_back(array):
    value = dt.Plotly(go.Figure(go.Scatter(customdata=array)))
    found = np.asarray(back(value).traces[0]["customdata"])
    np.testing.assert_array_equal(found, array)


def spec(**changes):
    return {"dtype": "f4", "bdata": base64.b64encode(bytes(24)).decode(), "shape": "2, 3"} | changes


@pytest.mark.parametrize("dtype", ["f4", "float32", "i4", "int32"])
def test_arrays_in_binary_form_are_decoded(dtype):
    assert figure_json.decode_array(spec(dtype=dtype), "x").shape == (2, 3)
    assert figure_json.decode_array(spec(dtype=dtype, shape=[6]), "x").dtype.itemsize == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dtype": "O"}, "dtype 'O', which plotly has not"),
        ({"dtype": ["f4"]}, "which plotly has not"),
        ({"bdata": 5}, "which plotly has not"),
        ({"bdata": "!!!!"}, "not base64"),
        ({"bdata": "ä" * 8}, "not base64"),
        ({"shape": "1000000000000, 3"}, r"24 bytes that says shape '1000000000000, 3' of f4"),
        ({"shape": "2, 4"}, "24 bytes that says shape '2, 4'"),
        ({"shape": "-2, -3"}, "says shape '-2, -3'"),
        ({"shape": {"a": 1}}, "says shape"),
        ({"shape": None, "bdata": base64.b64encode(bytes(23)).decode()}, "23 bytes"),
    ],
)
def test_arrays_that_lie_are_refused(changes, message):
    figure = {"data": [{"type": "scatter", "y": spec(**changes)}]}
    value = back(dt.Plotly.from_dict(figure))
    for use in (lambda: value.figure, lambda: value.traces, lambda: value.difference(back(dt.Plotly(go.Figure())))):
        with pytest.raises(UnreadableMediaError, match=message):
            use()
    assert value.facts()["traces"] == 1


def test_an_array_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setenv("VITRINA_MAX_ARRAY_BYTES", "20")
    with pytest.raises(DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
        figure_json.decode_array(spec(), "x")


@pytest.mark.parametrize("text", ["[]", "5", '{"data": ', '{"data":' + "[" * 5000 + "]" * 5000 + "}"])
def test_a_file_that_is_no_document_is_one_clear_error(text):
    value = dt.Plotly.from_file("a.plotly.json", DictStore(files={"a.plotly.json": text.encode()}))
    with pytest.raises((UnreadableMediaError, DecodeLimitError), match=r"a\.plotly\.json"):
        _ = value.document_json


def test_a_document_that_nests_too_deep_is_refused():
    text = '{"data":' + "[" * 300 + "]" * 300 + "}"
    value = dt.Plotly.from_file("a.plotly.json", DictStore(files={"a.plotly.json": text.encode()}))
    with pytest.raises(DecodeLimitError, match="nests more than 200 levels"):
        value.facts()


def test_strange_figures_have_facts():
    for document in ({}, {"data": {}, "layout": 5}, {"data": [1, None, {"type": [2]}], "layout": {"title": 7}}):
        value = dt.Plotly.from_file("a", DictStore(files={"a": json.dumps(document).encode()}))
        json.dumps(value.facts(), allow_nan=False)


def test_properties_that_plotly_does_not_know_are_named_and_kept():
    figure = {"data": [{"type": "scatter", "y": [1]}], "layout": {"template": {"data": {"heatmapgl": [{}]}}}}
    value = back(dt.Plotly.from_dict(figure))
    assert value.figure.data[0].y == (1,)
    assert "heatmapgl" in value.figure_problem
    assert value.document_json == figure


def test_inline_figures_of_old_sdks():
    plot = {"data": [{"type": "scatter", "y": [1, 2]}], "layout": {"title": "old"}}
    value = dt.init_from_json({"_type": "plotly", "plot": plot, "x": 1}, DictStore())
    assert value.document_json == plot
    assert value.facts()["$media"] == "plotly"
    assert value.title == "old"
    assert back(value) == value == dt.Plotly.from_dict(plot)
    with pytest.raises(ValueError, match='plotly JSON: field "plot" is no object'):
        dt.init_from_json({"_type": "plotly", "plot": None}, DictStore())


@pytest.mark.parametrize("value", ["figure", {"data": []}, 5, None, go.Scatter(y=[1])])
def test_what_is_no_figure_is_refused(value):
    with pytest.raises(dt.RejectedValueError, match=r"val: is \w+, not a figure\. Pass a figure"):
        dt.Plotly(value)


def test_what_json_cannot_hold_is_refused():
    for figure in ({"data": 1}, [], {"data": [{"y": {1, 2}}]}, {"data": [object()]}):
        with pytest.raises(dt.RejectedTypeError, match="figure: (is no dict|holds)"):
            dt.Plotly.from_dict(figure)
    with pytest.raises(dt.RejectedValueError, match="lone surrogate"):
        dt.Plotly.from_dict({"data": [{"name": "\ud800"}]})


def test_difference_is_by_path_and_by_value():
    left = dt.Plotly(go.Figure(go.Scatter(y=[1, 2, 3], name="a"), layout={"template": "none"}))
    arrays = dt.Plotly(go.Figure(go.Scatter(y=np.array([1, 2, 3]), name="a"), layout={"template": "none"}))
    assert left == arrays
    assert left.difference(arrays) == {
        "paths_added": 0,
        "paths_removed": 0,
        "paths_changed": 0,
        "max_abs": 0.0,
        "paths": [],
    }
    right = dt.Plotly(go.Figure(go.Scatter(y=np.array([1, 2, 3.5]), x=[1]), layout={"template": "none"}))
    assert left != right
    assert left.difference(right) == {
        "paths_added": 1,
        "paths_removed": 1,
        "paths_changed": 1,
        "max_abs": 0.5,
        "paths": ["/data/0/name", "/data/0/x", "/data/0/y"],
    }


def test_a_run():
    run, value = DictRun("plot", 4), dt.Plotly(go.Figure())
    value.bind_to_run(run, "plot", 4)
    stored = value.to_json(run)
    assert stored["path"] == f"media/plotly/plot_4_{stored['sha256'][:20]}.plotly.json"
    assert set(stored) == {"_type", "path", "sha256", "size", "fidelity"}
    assert dt.init_from_json(stored, run) == value


# ---------------------------------------------------------------------------------------------------------- matplotlib


@pytest.fixture
def axes():
    from matplotlib.figure import Figure

    return Figure(figsize=(2, 1.5), dpi=60).add_subplot()


def test_a_figure_of_matplotlib_is_converted_and_measured(axes):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=20) * 1e5, rng.normal(size=20)
    axes.plot(x, y, label="given")
    axes.scatter(y, x, c=y)
    axes.bar([1, 2], [3, 4], bottom=[0, 1])
    axes.barh([1, 2], [3, 4])
    axes.fill_between([0, 1, 2], [0, 1, 4])
    axes.legend()
    value = dt.Plotly.make_plot_media(axes.figure)
    trace = value.traces[0]
    independent = max(np.abs(np.asarray(trace["x"]) - x).max(), np.abs(np.asarray(trace["y"]) - y).max())
    assert value.fidelity.max_abs_error >= independent
    assert value.fidelity.max_abs_error < 1e-6
    assert value.fidelity.source == {"kind": "matplotlib", "size_inches": [2.0, 1.5], "dpi": 60.0}
    assert value.fidelity.verdict == "lossy"
    assert value.fidelity.dropped == 0
    layout = value.document_json["layout"]
    assert (layout["width"], layout["height"]) == (120, 90)
    assert back(value).fidelity == value.fidelity


def test_axes_pyplot_and_artists_are_taken_for_their_figure(axes):
    (line,) = axes.plot([1, 2])
    pyplot = types.ModuleType("matplotlib.pyplot")
    pyplot.gcf = lambda: axes.figure
    expected = dt.Plotly(axes.figure)
    for spelling in (axes, line, pyplot):
        assert dt.Plotly(spelling) == expected
    lost = mpl.lines.Line2D([0], [0])
    with pytest.raises(dt.RejectedTypeError, match="Line2D outside a figure"):
        dt.Plotly(lost)


@pytest.mark.parametrize(
    ("draw", "problem"),
    [
        (lambda axes: axes.imshow([[0, 1]]), "it has 1 image, which"),
        (lambda axes: axes.boxplot([[1, 2, 3]]), r"refuses it \(ValueError"),
    ],
)
def test_what_cannot_be_converted_is_drawn_with_the_reason(axes, draw, problem):
    draw(axes)
    with pytest.raises(dt.RejectedValueError, match=problem):
        dt.Plotly(axes.figure)
    picture = dt.Plotly.make_plot_media(axes.figure)
    assert isinstance(picture, dt.Image)
    assert (picture.width, picture.height) == (120, 90)
    assert picture.fidelity.verdict == "lossy"
    assert picture.fidelity.steps[0] == "draw as PNG"
    assert picture.fidelity.source["kind"] == "matplotlib"


@pytest.mark.parametrize(
    ("draw", "lost"),
    [
        (lambda axes: axes.axhline(1), ["Line2D"]),
        (lambda axes: axes.pie([1, 2]), ["Wedge", "Wedge"]),
        (lambda axes: axes.pcolormesh(np.eye(2)), ["QuadMesh"]),
        (lambda axes: axes.quiver([0, 1], [0, 1], [1, 1], [1, 0]), ["Quiver"]),
    ],
)
def test_what_the_converter_leaves_out_is_found(axes, draw, lost):
    axes.plot([0, 1], [0, 2])
    draw(axes)
    converted = convert(axes.figure)
    assert converted.problem == f"plotly's converter leaves out {', '.join(lost)}"
    assert converted.record.dropped == len(lost)
    assert isinstance(dt.Plotly.make_plot_media(axes), dt.Image)
    assert dt.Plotly(axes).fidelity.dropped == len(lost)


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.plot(np.array(["2026-01-01", "2026-01-02"], "datetime64[D]"), [1, 2]),
        lambda axes: axes.plot([1, 2, 3], [1, float("nan"), 2]),
        lambda axes: axes.semilogy([1, 2, 3], [1, 10, 1000]),
        lambda axes: axes.errorbar([0, 1], [1, 2], yerr=[0.1, 0.2]),
        lambda axes: axes.hist([1, 2, 2, 3], bins=[0, 1, 2, 3]),
        lambda axes: axes.contour(np.arange(9).reshape(3, 3) % 4),
        lambda axes: axes.plot([], []),
        lambda axes: axes.bar(["a", "b"], [1, 2]),
    ],
)
def test_what_the_converter_can_do_is_recognised(axes, draw):
    draw(axes)
    converted = convert(axes.figure)
    assert converted.problem is None
    assert not converted.record.max_abs_error


def test_a_plotly_figure_stays_one():
    assert isinstance(dt.Plotly.make_plot_media(go.Figure()), dt.Plotly)


def test_a_missing_library_is_named(monkeypatch):
    value = dt.Plotly.from_dict({"data": []})
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    with pytest.raises(MissingExtraError, match=r"Plotly\.figure: needs plotly, .* Install it"):
        _ = value.figure
