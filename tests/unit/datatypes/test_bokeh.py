"""`Bokeh`: documents of every release are read, compared by value, and shown by the one that is installed."""

from __future__ import annotations

import base64
import gzip
import io
import json
import sys

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from sinks import DictRun, DictStore

import datatypes as dt
from datatypes.errors import DecodeLimitError, MissingExtraError, UnreadableMediaError


def plot(y=(1, 4, 9), **options):
    made = figure(width=200, height=150, **options)
    made.line([1, 2, 3], list(y))
    return made


def back(value):
    store = DictStore()
    stored = json.loads(json.dumps(value.to_json(store)))
    return dt.init_from_json(stored, store)


def read(document):
    name = "x.bokeh.json"
    return dt.Bokeh.from_file(name, DictStore(files={name: json.dumps(document).encode()}))


def test_a_figure_comes_back_equal():
    value = dt.Bokeh(plot(title="squares"))
    again = back(value)
    (root,) = again.document.roots
    assert root.title.text == "squares"
    assert root.renderers[0].data_source.data == {"x": [1, 2, 3], "y": [1, 4, 9]}
    assert again.document_problem is None
    assert dt.Bokeh(again.document) == value == again
    assert value.fidelity.to_json() == {"verdict": "lossless", "source": {"kind": "bokeh", "roots": 1}}


def test_a_figure_stays_as_it_was():
    made, document = plot(), Document()
    dt.Bokeh(made)
    assert made.document is None
    document.add_root(made)
    dt.Bokeh(made)
    assert made.document is document


def test_a_document_is_stored_with_all_its_roots():
    document = Document(title="two")
    document.add_root(plot())
    document.add_root(plot(y=(1, 2, 3)))
    value = back(dt.Bokeh(document))
    assert value.facts()["roots"] == 2
    assert value.document.title == "two"


def test_equal_figures_made_twice_are_equal_though_their_ids_differ():
    left, right = dt.Bokeh(plot()), dt.Bokeh(plot())
    assert left._file().sha256 != right._file().sha256
    assert left == right
    assert left.difference(right) == {
        "paths_added": 0,
        "paths_removed": 0,
        "paths_changed": 0,
        "max_abs": 0.0,
        "paths": [],
    }
    changed = left.difference(dt.Bokeh(plot(y=(1, 4, 9.5))))
    assert (changed["paths_changed"], changed["max_abs"]) == (1, 0.5)
    assert left != dt.Bokeh(plot(title="other"))


def test_arrays_come_back_exactly():
    data = {"a": np.array([1.5, np.nan, np.inf]), "b": np.array([1, 2, 3], dtype=np.int16)}
    made = figure()
    made.scatter("a", "b", source=ColumnDataSource(data))
    value = dt.Bokeh(made)
    found = back(value).document.roots[0].renderers[0].data_source.data
    for name, array in data.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    assert back(value) == value


@pytest.mark.parametrize("kind", [str, lambda path: path, lambda path: io.StringIO(path.read_text())])
def test_a_file_needs_no_bokeh_and_is_kept_byte_for_byte(tmp_path, monkeypatch, kind):
    path = tmp_path / "plot.json"
    path.write_text('{"roots": [], "version": "3.4.3", "title": "é"}\n')
    for module in ("bokeh", "bokeh.document", "bokeh.models"):
        monkeypatch.setitem(sys.modules, module, None)
    value = dt.Bokeh(kind(path))
    store = DictStore()
    stored = value.to_json(store)
    assert store.files[stored["path"]] == path.read_bytes()
    assert stored["path"].endswith(".bokeh.json")  # W&B's reader insists on it
    assert value.facts()["bokeh_version"] == "3.4.3"
    assert value.document == {"roots": [], "version": "3.4.3", "title": "é"}
    assert "needs bokeh" in value.document_problem
    with pytest.raises(MissingExtraError, match=r'pip install "vitrina\[bokeh\]"'):
        _ = value.document_for_installed


def test_documents_of_all_sdks_are_shown_by_the_installed_bokeh(golden_bokeh):
    value = dt.Bokeh(golden_bokeh)
    (root,) = value.document.roots
    assert value.document_problem is None
    assert root.title.text == "squares"
    assert root.renderers[0].data_source.data == {"x": [1, 2, 3], "y": [1, 4, 9]}


@pytest.fixture(params=["0.10.13", "0.10.33", "0.16.6", "0.31.0"])
def golden_bokeh(request):
    from pathlib import Path

    folder = Path(__file__).parents[2] / "golden/data" / request.param / "bokeh/artifacts/bokeh/media/bokeh"
    return next(folder.iterdir())


def old_document(**changes):
    source = {"id": "2", "type": "ColumnDataSource", "attributes": {"data": {"x": [1, "NaN"], "y": ["NaN", "b"]}}}
    references = [{"id": "1", "type": "CDSView", "attributes": {"source": {"id": "2"}, **changes}}, source]
    return {"roots": {"references": references, "root_ids": ["1", "2"]}, "title": "t", "version": "2.3.3"}


def test_numbers_that_were_words_in_old_documents():
    source = read(old_document()).document.roots[1]
    assert source.data["y"] == ["NaN", "b"]
    assert np.isnan(source.data["x"][1])


def test_old_arrays():
    array = np.arange(6, dtype=">f8").reshape(2, 3)
    spec = {"__ndarray__": base64.b64encode(array.tobytes()).decode(), "shape": [2, 3], "dtype": "float64"}
    document = old_document()
    document["roots"]["references"][1]["attributes"]["data"] = {"z": {**spec, "order": "big"}}
    value = read(document)
    np.testing.assert_array_equal(value.document.roots[1].data["z"], array)
    entries = value._comparable()["roots"][1]["attributes"]["data"]["entries"]
    np.testing.assert_array_equal(entries[0][1], array)


def test_what_the_installed_bokeh_does_not_know_is_named():
    value = read(old_document(render_mode="css"))
    assert len(value.document.roots) == 2
    assert value.document_problem == "written by Bokeh 2.3.3; left out: CDSView.render_mode"
    strange = read({"roots": [{"type": "object", "name": "NoSuchModel", "id": "1"}], "version": "9.9"})
    assert strange.document == strange.document_json
    assert strange.document_problem.startswith("written by Bokeh 9.9, not readable by ")


def test_cycles_and_missing_references_of_old_documents():
    references = [{"id": "1", "type": "A", "attributes": {"b": {"id": "2"}, "gone": {"id": "9"}}}]
    references.append({"id": "2", "type": "B", "attributes": {"a": {"id": "1"}}})
    value = read({"roots": {"references": references, "root_ids": ["1"]}})
    assert value == value  # noqa: PLR0124  # the cycle ends
    inner = value._comparable()["roots"][0]["attributes"]
    assert inner["b"]["attributes"]["a"] == {"id": 0}


def test_a_chain_of_old_objects_is_bounded():
    references = [{"id": str(i), "type": "A", "attributes": {"next": {"id": str(i + 1)}}} for i in range(5000)]
    value = read({"roots": {"references": references, "root_ids": ["0"]}})
    with pytest.raises(DecodeLimitError, match="chain of more than 60 objects"):
        value.difference(value)


def array_document(**changes):
    spec = {
        "type": "ndarray",
        "array": {"type": "bytes", "data": "AAAA"},
        "shape": [3],
        "dtype": "uint8",
        "order": "little",
    }
    return {"roots": [spec | changes], "version": "3.9.2"}


def test_an_array_that_unpacks_to_more_than_it_says_is_refused(monkeypatch):
    bomb = base64.b64encode(gzip.compress(bytes(10_000_000))).decode()
    two_streams = base64.b64encode(gzip.compress(bytes(3)) + gzip.compress(bytes(10_000_000))).decode()
    monkeypatch.setenv("VITRINA_MAX_JSON_BYTES", "1000000")
    for changes in (
        {"array": {"type": "bytes", "data": bomb}},
        {"array": {"type": "bytes", "data": bomb}, "dtype": "object"},
        {"array": {"type": "bytes", "data": two_streams}},
        {"array": {"type": "bytes", "data": "AAAAAA=="}},
        {"shape": [2**40, 0, 3]},
    ):
        value = read(array_document(**changes))
        for use in (lambda value=value: value.document, lambda value=value: value.difference(value)):
            with pytest.raises(UnreadableMediaError, match=r"x\.bokeh\.json: has an array (of|that is cut)"):
                use()
    for changes in (
        {"array": {"type": "bytes", "data": "!"}},
        {"array": {"type": "bytes", "data": "H4sIAAAAAAAAA////w=="}},
    ):
        with pytest.raises(UnreadableMediaError, match="cannot be unpacked"):
            _ = read(array_document(**changes)).document
    with pytest.raises(DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
        _ = read(array_document(shape=[2**40])).document


@pytest.mark.parametrize("value", ["no such file", "", "a\0b", 5, None, {"roots": []}, b"x"])
def test_what_is_no_document_is_refused(value):
    with pytest.raises(dt.RejectedTypeError, match="data_or_path: .* Pass a figure, a document"):
        dt.Bokeh(value)


def test_files_that_are_no_documents(tmp_path):
    path = tmp_path / "a.json"
    for text, problem in (("{}", "has no roots"), ("[]", "is list, not an object"), ("{", "is not JSON")):
        path.write_text(text)
        with pytest.raises(UnreadableMediaError, match=problem):
            dt.Bokeh(path)
    with pytest.raises(dt.RejectedTypeError):
        dt.Bokeh(tmp_path)
    with pytest.raises(dt.MissingMediaError):
        dt.Bokeh(tmp_path / "none.json")


def test_strange_documents_have_facts():
    for roots in ({"root_ids": 5, "references": [1, {"id": 7}]}, 7, [None], {}):
        value = read({"roots": roots, "version": 3})
        assert json.dumps(value.facts(), allow_nan=False)
        assert value.difference(read({"roots": roots}))["paths_changed"] == 0


def test_a_run():
    run, value = DictRun("plot", 4), dt.Bokeh(plot())
    value.bind_to_run(run, "plot", 4)
    stored = value.to_json(run)
    assert stored["path"] == f"media/bokeh/plot_4_{stored['sha256'][:20]}.bokeh.json"
    assert dt.init_from_json(stored, run) == value
