"""Histograms, classes, saved models, traces, JSON and graphs: what their views say, without a page."""

import io
import json

import numpy as np
import pytest
from PIL import Image as PilImage

import datatypes as dt
from app.renderers import Context, View, for_tag, prepared
from app.renderers.histogram import mean_of_bins, quantile_of_bins
from storage import Artifact, Store


def context_of(artifact, name):
    return Context(
        artifact=artifact, name=name, url_for=lambda _, path: f"/api/m/{path}", url_for_bytes=lambda *_: "/api/d/0"
    )


@pytest.fixture
def stored(tmp_path):
    """Return a function that logs a value and gives its view and what was read back."""

    def log(value, name="value"):
        artifact = Artifact("charts", type="dataset")
        entry = artifact.add(value, name)
        saved = Store(tmp_path / "store").log_artifact(artifact)
        again = saved.get(entry.path)
        context = Context(
            artifact=saved,
            name=entry.path,
            url_for=lambda _, path: f"/api/m/{path}",
            url_for_bytes=lambda *_: "/api/d/0",
        )
        return prepared(for_tag(again.artifact_type), again, context), again

    return log


def facts_of(view):
    assert isinstance(view, View), view
    return dict(view.facts)


def picture_of(value):
    picture = PilImage.open(io.BytesIO(for_tag(value.artifact_type).preview(value)))
    assert picture.format == "WEBP"
    assert max(picture.size) <= 320
    return np.asarray(picture.convert("RGBA")).astype(int)


class TestHistogram:
    def test_bars_are_what_was_stored(self, stored):
        edges = [0.1, 1.0, 10.0, 100.0]
        view, _ = stored(dt.Histogram(np_histogram=([5, 0, 120], edges)))
        assert view.body["counts"] == [5, 0, 120]
        assert view.body["edges"] == edges
        facts = facts_of(view)
        assert (facts["Total"], facts["Bins"], facts["Range"], facts["Empty bins"]) == ("125", "3", "0.1 to 100", "1")
        assert facts["Largest bin"] == "120 from 10"
        assert view.notices[0].text == "bins of several widths: the height of a bar is its count, not its density"

    def test_estimates_are_near_the_values_and_called_so(self, stored):
        values = np.random.default_rng(3).normal(5, 2, 50_000)
        histogram = dt.Histogram(values, num_bins=200)
        width = histogram.bins[1] - histogram.bins[0]
        assert mean_of_bins(histogram.histogram, histogram.bins) == pytest.approx(values.mean(), abs=width / 2)
        assert quantile_of_bins(histogram.histogram, histogram.bins, 0.5) == pytest.approx(np.median(values), abs=width)
        view, _ = stored(histogram)
        assert facts_of(view)["Mean, from bins"].startswith("≈ 5.0")
        assert view.notices == ()

    @pytest.mark.parametrize(
        ("counts", "edges", "problem"),
        [
            ([1, 2], [0, 2, 1], "the edges do not rise"),
            ([-1], [0, 1], "some counts are negative"),
            ([None], [0, 1], "some counts or edges are no numbers"),
            ([float("nan")], [0, 1], "some counts or edges are not finite"),
            ([], [0], "there is no bin"),
        ],
    )
    def test_what_cannot_be_drawn_says_why(self, counts, edges, problem):
        value = dt.Histogram.from_json({"_type": "histogram", "values": counts, "bins": edges}, None)
        context = context_of(None, "h")
        view = for_tag("histogram").prepare(value, context)
        assert view.body["problem"] == problem
        with pytest.raises(ValueError, match=problem):
            for_tag("histogram").preview(value)

    def test_the_preview_has_its_bars(self):
        pixels = picture_of(dt.Histogram(np_histogram=([1, 0, 4], [0, 1, 2, 3])))
        filled = (pixels[:170, :, 3] > 128).sum(axis=0)
        thirds = [filled[20:100].max(), filled[120:200].max(), filled[220:300].max()]
        assert thirds[1] == 0
        assert thirds[2] == pytest.approx(4 * thirds[0], rel=0.1)


class TestGraph:
    def test_totals_beside_the_drawing(self, stored):
        graph = dt.Graph()
        first = graph.add_node(id="in", class_name="InputLayer", num_parameters=0)
        second = graph.add_node(id="dense", class_name="Dense", num_parameters=4_200_000)
        graph.add_edge(first, second)
        graph.add_edge(second, dt.Node(id="gone"))
        view, _ = stored(graph)
        facts = facts_of(view)
        assert (facts["Nodes"], facts["Edges"], facts["Parameters"]) == ("2", "2", "4,200,000")
        assert view.headline == "2 nodes, 4.20 M parameters"
        assert view.notices[0].text == "1 edge of 2 with an end among 1 node that the file lacks: drawn dashed"
        assert view.body["url"].startswith("/api/graph/")

    def test_the_preview_is_its_outline(self):
        graph = dt.Graph()
        nodes = [graph.add_node(id=at, class_name="Op") for at in range(4)]
        for start, end in ((0, 1), (0, 2), (1, 3), (2, 3)):
            graph.add_edge(nodes[start], nodes[end])
        pixels = picture_of(graph)
        boxes = (np.abs(pixels[..., :3] - [0xE6, 0x9F, 0]).sum(axis=2) < 60) & (pixels[..., 3] > 200)
        rows = boxes.any(axis=1)
        assert (np.diff(rows.astype(int)) == 1).sum() + rows[0] == 3  # three layers of boxes

    def test_a_graph_without_nodes_has_a_view_and_no_picture(self, stored):
        view, value = stored(dt.Graph())
        assert facts_of(view)["Nodes"] == "0"
        with pytest.raises(ValueError, match="without nodes"):
            for_tag("graph-file").preview(value)


class TestClasses:
    def test_ids_names_and_the_colours_of_the_palette(self, stored):
        from app.palette import colour_of

        items = [{"id": 1, "name": "cat", "color": "#ff0000"}, {"id": 7, "name": "dog"}]
        view, value = stored(dt.Classes(items))
        section = view.body["sections"][0]
        assert section["columns"] == [">id", "name", "color"]
        assert section["rows"] == [["1", "cat", "#ff0000"], ["7", "dog", ""]]
        assert section["colours"] == [colour_of(1), colour_of(7)]
        pixels = picture_of(value)
        assert pixels[18, 18].tolist() == [*bytes.fromhex(colour_of(1)[1:]), 255]

    def test_an_id_that_comes_twice_is_told(self, stored):
        view, _ = stored(dt.Classes([{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]))
        assert view.notices[0].text == "1 id that comes again: the later name counts"


class TestSavedModel:
    @pytest.mark.parametrize(
        ("kind", "library"),
        [
            (dt.WBValue.type_mapping()["pytorch-model-file"], "PyTorch"),
            (dt.WBValue.type_mapping()["sklearn-model-file"], "scikit-learn"),
        ],
    )
    def test_files_are_listed_and_nothing_is_loaded(self, stored, tmp_path, kind, library):
        class Trap:
            def __reduce__(self):
                return (pytest.fail, ("a pickle was loaded",))

        import pickle

        path = tmp_path / "model.pkl"
        path.write_bytes(pickle.dumps(Trap()))
        view, _ = stored(kind(path))
        facts = facts_of(view)
        assert (facts["Made by"], facts["Files"], facts["Loaded"]) == (library, "1", "never")
        told, listed = view.body["sections"]
        assert "Never loaded" in told["text"]
        assert listed["rows"][0][1] == "Python pickle, never loaded"

    def test_a_folder_is_listed_with_sizes(self, stored, tmp_path):
        folder = tmp_path / "model"
        (folder / "variables").mkdir(parents=True)
        (folder / "saved_model.pb").write_bytes(b"\0" * 1500)
        (folder / "variables" / "notes.txt").write_text("hello")
        view, _ = stored(dt.WBValue.type_mapping()["tfkeras-model-file"](folder))
        rows = view.body["sections"][1]["rows"]
        assert rows == [["saved_model.pb", "binary", "1.50 kB"], ["variables/notes.txt", "text", "5 B"]]


class TestTrace:
    def test_spans_in_order_with_times_and_status(self, stored):
        child = {"name": "llm", "start_time_ms": 1100, "end_time_ms": 1900, "span_kind": "LLM", "status_code": "ERROR"}
        root = {
            "name": "agent", "start_time_ms": 1000, "end_time_ms": 3000, "span_kind": "StatusCode.AGENT",
            "results": [{"inputs": {"q": 1}, "outputs": "one"}], "child_spans": [child, {"name": "no time"}],
            "attributes": {"a": True},
        }  # fmt: skip
        view, _ = stored(dt.WBTraceTree(root, {"temperature": 0.5}))
        spans = view.body["spans"]
        assert [(span["name"], span["depth"], span["took"]) for span in spans] == [
            ("agent", 0, "2 s"), ("llm", 1, "800 ms"), ("no time", 1, ""),
        ]  # fmt: skip
        assert [text for text, _ in spans[0]["texts"]] == ["inputs", "outputs", "attributes"]
        assert json.loads(view.body["model"]) == {"temperature": 0.5}
        assert (view.body["begin"], view.body["end"]) == (1000, 3000)
        facts = facts_of(view)
        assert (facts["Spans"], facts["Depth"], facts["Failed"], facts["Took"]) == ("3", "2", "1", "2 s")
        assert facts["Kinds"] == "1 AGENT, 1 LLM"

    def test_strange_spans_are_shown(self, stored):
        root = {"name": 7, "start_time_ms": "soon", "status_code": 5, "child_spans": None, "results": "none"}
        view, _ = stored(dt.WBTraceTree(root))
        assert view.body["spans"][0]["name"] == "7"
        assert view.notices[0].text == "no times were recorded: the order is that of the tree"


def test_metadata_is_a_tree(stored):
    view, _ = stored(dt.JSONMetadata({"a": [1, 2], "ü": None}))
    assert json.loads(view.body["text"]) == {"a": [1, 2], "ü": None}
    assert view.headline == "2 keys"
