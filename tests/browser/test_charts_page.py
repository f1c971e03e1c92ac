"""Graphs, histograms, figures and plain files in the browser: what is drawn is what is stored."""

import csv
import io
import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import numpy as np
import plotly.graph_objects as go
import pytest

import datatypes as dt
from storage import Artifact, Store

HOSTILE_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60"><script>parent.document.title="pwned";'
    'fetch("https://example.invalid/svg")</script><rect width="100" height="60" fill="#ff0000" '
    'onload="document.title=\'pwned\'"/><image href="https://example.invalid/i.png" width="5" height="5"/></svg>'
)
HOSTILE_FIGURE = {
    "data": [
        {
            "type": "scatter", "mode": "markers+text", "y": [1, 3, 2],
            "name": '<a href="javascript:parent.document.title=1">x</a>',
            "text": ["<a href='https://example.invalid/x'>link</a><img src=x onerror=alert(1)>"] * 3,
            "hovertemplate": "<script>parent.document.title='pwned'</script>%{y}",
        },
        {"type": "choropleth", "locations": ["DEU"], "z": [1]},
        {"type": "scattergeo", "lon": [1], "lat": [2]},
    ],
    "layout": {
        "title": {"text": "<b>bold</b><script>parent.document.title='pwned'</script>"},
        "images": [{"source": "https://example.invalid/i.png", "x": 0, "y": 1, "sizex": 1, "sizey": 1}],
        "xaxis": {"domain": [0, 0.4]}, "geo": {"domain": {"x": [0.5, 1]}},
    },
}  # fmt: skip
COUNTS, EDGES = [5, 0, 120, 9], [0.1, 1.0, 10.0, 100.0, 1000.0]


def residual(stages):
    """A residual network with modules; 18 nodes a stage."""
    graph = dt.Graph()
    last = graph.add_node(id="in", name="input", class_name="InputLayer", num_parameters=0)
    for stage in range(stages):
        for block in range(3):
            start = last
            for step in ("1_conv", "1_bn", "1_relu", "2_conv", "2_bn", "add"):
                name = f"stage{stage}_block{block}_{step}"
                node = graph.add_node(id=name, name=name, class_name=step[2:] or step, num_parameters=100)
                graph.add_edge(last, node)
                last = node
            graph.add_edge(start, last)
    return graph


@pytest.fixture(scope="session")
def charts_viewer(start_viewer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("charts")
    artifact = Artifact("charts", type="dataset")
    artifact.add(residual(60), "large")
    artifact.add(residual(1), "small")
    artifact.add(dt.Histogram(np_histogram=(COUNTS, EDGES)), "decades")
    figure = go.Figure([go.Scatter(x=np.arange(500.0), y=np.arange(500.0) ** 2, name="square"), go.Bar(y=[3, 1])])
    artifact.add(dt.Plotly(figure), "figure")
    artifact.add(dt.Plotly.from_dict(HOSTILE_FIGURE), "hostile")
    child = {"name": "call", "start_time_ms": 1250, "end_time_ms": 1750, "span_kind": "LLM", "status_code": "ERROR"}
    root = {"name": "agent", "start_time_ms": 1000, "end_time_ms": 2000, "child_spans": [child]}
    artifact.add(dt.WBTraceTree(root), "trace")
    artifact.add(dt.Classes([{"id": 1, "name": "<b>cat</b>"}]), "classes")
    files = folder / "files"
    files.mkdir()
    ones = ",".join(["1"] * 500)
    (files / "deep.json").write_text(f'{{"big": 12345678901234567890, "nan": NaN, "list": [{ones}]}}')
    (files / "notes.md").write_text(
        "# Title\n\n<script>document.title='pwned'</script> [go](https://example.invalid)\n"
    )
    (files / "pic.svg").write_text(HOSTILE_SVG)
    (files / "data.bin").write_bytes(bytes(range(256)) * 40)
    lines = [f"line {number} ä" for number in range(80_000)]
    (files / "long.log").write_text("\n".join(lines))
    np.save(files / "matrix.npy", np.arange(48, dtype=np.float32).reshape(6, 8))
    artifact.add_dir(str(files), name="files")
    Store(folder / "store").log_artifact(artifact)
    return start_viewer(folder / "store")


@pytest.fixture
def show(new_page, charts_viewer):
    def open_entry(name, state="", ready="[data-ready]", **options):
        page = new_page(charts_viewer, **options)
        page.show(f"/entry?ref=charts:v0&path={name}{state}", ready)
        return page

    return open_entry


def state_of(page):
    found = parse_qs(urlsplit(page.url).query)
    return {key: values[-1] for key, values in found.items() if key not in ("ref", "path")}


def until(page, condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50)


def saved(page, action):
    with page.expect_download() as download:
        action()
    return download.value.path().read_bytes()


class TestGraph:
    STAGE = ".stage[data-ready]"

    def boxes(self, page):
        return int(page.locator(self.STAGE).get_attribute("data-ready"))

    def test_a_large_network_is_closed_at_first_and_opens(self, show):
        page = show("large.graph-file.json", ready=self.STAGE)
        assert page.locator(".total .number").all_inner_texts() == ["1,081", "108 k"]
        first = self.boxes(page)
        assert first == 61  # the input, and a module for each stage
        page.locator(".module", has_text="stage7").first.click()
        until(page, lambda: self.boxes(page) > first)
        until(page, lambda: state_of(page).get("open") == "stage7")
        opened = self.boxes(page)
        page.locator("button", has_text="Open all").click()
        until(page, lambda: self.boxes(page) == 1081)
        until(page, lambda: state_of(page).get("open") == "*")
        assert int(page.locator("canvas").get_attribute("data-drawn")) == 1081
        assert int(page.locator(self.STAGE).get_attribute("data-edges")) == 1260
        svg = saved(page, lambda: page.locator("button", has_text="SVG").click()).decode()
        assert svg.count('class="node"') == 1081
        assert svg.count('class="edge"') == 1260
        page.locator("button", has_text="Close all").click()
        until(page, lambda: self.boxes(page) == first)
        assert first < opened < 1081

    def test_find_opens_what_hides_a_node_and_the_address_keeps_it(self, show):
        page = show("large.graph-file.json", ready=self.STAGE)
        page.keyboard.press("n")
        page.keyboard.type("stage31 block2 add")
        page.locator(".finder[data-found='1'] .hit").wait_for()
        page.keyboard.press("Enter")
        page.locator(".network[data-shows=node]").wait_for()
        assert page.locator(".network .name").inner_text() == "stage31_block2_add"
        assert page.locator(".network .link").all_inner_texts() == [
            "stage31_block2_2_bn", "stage31_block1_add", "stage32_block0_1_conv", "stage32_block0_add",
        ]  # fmt: skip
        assert page.locator("canvas").get_attribute("data-ways") == "2 1"  # both edges go on into one closed module
        page.keyboard.press("w")
        before, after = map(int, page.locator("canvas").get_attribute("data-ways").split())
        assert before > 40
        assert after == 28
        until(page, lambda: "node" in state_of(page))
        page.reload()
        page.locator(".network[data-shows=node]").wait_for()
        assert page.locator(".network .name").inner_text() == "stage31_block2_add"

    def test_boxes_are_seen_walked_by_keys_and_zoomed(self, show):
        page = show("small.graph-file.json", ready=self.STAGE)
        canvas = page.locator("canvas")
        assert int(canvas.get_attribute("data-drawn")) == 19
        pixels = page.pixels(canvas).astype(int)
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20
        canvas.focus()
        page.keyboard.press("ArrowDown")
        assert canvas.get_attribute("data-chosen") == "input"
        page.keyboard.press("ArrowDown")
        page.locator(".network[data-shows=node]").wait_for()
        assert canvas.get_attribute("data-chosen") in ("stage0_block0_1_conv", "stage0_block0_add")
        assert "entry" in page.url  # arrows stayed in the drawing
        scale = float(canvas.get_attribute("data-scale"))
        page.keyboard.press("+")
        until(page, lambda: float(canvas.get_attribute("data-scale")) > scale)
        until(page, lambda: "at" in state_of(page))
        page.keyboard.press("f")
        until(page, lambda: float(canvas.get_attribute("data-scale")) == pytest.approx(scale))
        page.keyboard.press("Escape")
        page.locator(".network[data-shows=totals]").wait_for()

    def test_what_an_address_gets_wrong_is_said(self, show):
        page = show("small.graph-file.json", "&open=nothing&node=77&at=x", ready=self.STAGE)
        lines = page.locator(".lines p").all_inner_texts()
        assert [re.search("“(.*)”", line)[1] for line in lines] == ["open=nothing", "at=x", "node=77"]


class TestHistogram:
    def test_bars_table_csv_and_logarithms_show_what_was_stored(self, show):
        page = show("decades.histogram.json", ready=".stage[data-ready='4']")
        canvas = page.locator("canvas")
        page.locator("button", has_text="log values").click()
        page.keyboard.press("l")
        page.locator(".stage[data-log=xy]").wait_for()
        until(page, lambda: state_of(page).get("log") == "xy")
        box = canvas.bounding_box()
        plot = box["width"] - 64 - 20
        for number, text in enumerate(["[0.1, 1)", "[1, 10)", "[10, 100)", "[100, 1,000]"]):
            canvas.hover(position={"x": 64 + plot * (number + 0.5) / 4, "y": 200})
            page.locator(f"canvas[data-bin='{number}']").wait_for()
            told = page.locator(".readout").inner_text()
            assert text in told
            assert f"count{COUNTS[number]}" in told.replace("\n", "").replace(" ", "")
        page.mouse.move(5, 5)
        page.idle()
        pixels = page.pixels(canvas).astype(int)
        accent = np.abs(pixels - [0x4F, 0x46, 0xE5]).sum(axis=2) < 60
        columns = accent[: int(box["height"]) - 45].sum(axis=0)
        tops = [columns[int(64 + plot * (number + 0.5) / 4)] for number in range(4)]
        assert tops[1] == 0
        decade = (tops[2] - tops[3]) / np.log10(120 / 9)  # a power of ten is so many pixels, everywhere
        assert (tops[3] - tops[0]) / np.log10(9 / 5) == pytest.approx(decade, rel=0.05)
        page.keyboard.press("t")
        rows = page.locator(".table tbody tr").all_inner_texts()
        assert rows[2].split("\t")[:4] == ["2", "10", "100", "120"]
        data = saved(page, lambda: page.locator("button", has_text="CSV").click()).decode()
        found = list(csv.reader(io.StringIO(data)))
        assert found[0] == ["low", "high", "count"]
        assert [[float(cell) for cell in row] for row in found[1:]] == [
            [low, high, count] for low, high, count in zip(EDGES, EDGES[1:], COUNTS, strict=False)
        ]


class TestPlotly:
    def test_the_figure_its_data_and_a_picture_of_it(self, show):
        page = show("figure.plotly-file.json", ready=".stage[data-ready='2']")
        frame = page.frame_locator("iframe")
        assert frame.locator(".scatterlayer .trace").count() == 1
        assert frame.locator(".barlayer .point").count() == 2
        assert page.locator(".stage").get_attribute("data-shown") == "2"
        picture = saved(page, lambda: page.locator("button", has_text="PNG").click())
        assert picture.startswith(b"\x89PNG")
        page.locator(".tab", has_text="Data").click()
        page.locator(".tables[data-tables='2']").wait_for()
        assert "200 of 500 rows" in page.locator(".tables h3").first.inner_text()
        data = saved(page, page.locator(".tables a", has_text="CSV").first.click).decode()
        rows = list(csv.DictReader(io.StringIO(data)))
        assert [float(row["y"]) for row in rows] == (np.arange(500.0) ** 2).tolist()
        page.locator(".tab", has_text="JSON").click()
        page.locator(".source[data-lines]").wait_for()
        until(page, lambda: state_of(page).get("tab") == "json")

    def test_a_hostile_figure_reaches_nothing(self, show):
        page = show("hostile.plotly-file.json", ready=".stage[data-ready='3']")
        title = page.title()
        iframe = page.locator("iframe")
        assert iframe.get_attribute("sandbox") == "allow-scripts"
        frame = page.frame_locator("iframe")
        assert frame.locator("a[href], image[href^=http], script[src]").count() == 0
        frame.locator(".textpoint text").first.click(force=True)
        page.wait_for_timeout(300)
        assert page.title() == title
        assert "entry" in page.url
        notices = " ".join(page.locator(".notices").all_inner_texts())
        assert "links are shown as text" in notices
        assert "1 picture stays blank" in notices
        assert "1 trace is not drawn" in notices
        child = next(found for found in page.frames if found != page.main_frame)
        page.excuse("connect-src|Content Security Policy")
        request = "async () => { try { await fetch('/api/health'); return 'out'; } catch { return 'closed'; } }"
        assert child.evaluate(request) == "closed"
        assert child.evaluate("() => { try { return parent.document.title; } catch { return 'closed'; } }") == "closed"


class TestFiles:
    def test_json_is_a_tree_of_exact_numbers_with_a_search(self, show):
        page = show("files/deep.json", ready=".sheet[data-ready='3']")
        assert page.locator(".value.number").all_inner_texts()[:2] == ["12345678901234567890", "NaN"]
        page.locator("input[type=search]").fill("list")
        page.locator(".sheet[data-hits='1']").wait_for()
        page.locator(".line[data-hit=now]").click()
        page.locator(".children .children .line").nth(199).wait_for()
        assert "200 of 500" in page.locator(".more").inner_text()
        until(page, lambda: state_of(page).get("find") == "list")

    def test_long_text_comes_whole_in_parts_and_is_searched(self, show):
        page = show("files/long.log", ready=".sheet[data-ready='log']")
        while (
            page.locator("button", has_text="Next 5").count() or page.locator("button", has_text="Next ").is_visible()
        ):
            used = page.locator(".sheet").get_attribute("data-used")
            page.locator("button", has_text="Next ").click()
            until(page, lambda used=used: page.locator(".sheet").get_attribute("data-used") != used)
        text = page.locator(".sheet").evaluate(
            "sheet => [...sheet.querySelectorAll('.body')].map(part => part.textContent).join('\\n')"
        )
        assert text == "\n".join(f"line {number} ä" for number in range(80_000))
        page.locator("input[type=search]").fill("line 79999")
        page.locator(".sheet[data-hits='1']").wait_for()

    def test_bytes_are_paged_by_range(self, show):
        page = show("files/data.bin", ready=".sheet[data-ready='4096']")
        assert page.locator("output").inner_text() == "bytes 0 to 4,095 of 10,240"
        assert page.locator(".row").first.inner_text().startswith("00000000  00 01 02 03 04 05 06 07  08")
        page.locator("button", has_text="Last").click()
        page.locator(".sheet[data-ready='2048']").wait_for()
        assert page.locator(".row").count() == 128
        until(page, lambda: state_of(page).get("offset") == "8192")

    def test_documents_of_others_lead_nowhere(self, show):
        page = show("files/notes.md", ready=".sheet[data-ready=markdown]")
        assert page.locator("article h1").inner_text() == "Title"
        assert page.locator("article a, article script").count() == 0
        assert "<script>" in page.locator("article").inner_text()
        page.show("/entry?ref=charts:v0&path=files/pic.svg", ".sheet[data-ready=picture]")
        middle = page.pixels(page.locator(".paper img"))
        assert middle[middle.shape[0] // 2, middle.shape[1] // 2].tolist() == [255, 0, 0]
        assert "pwned" not in page.title()

    def test_an_array_is_drawn_and_told(self, show):
        page = show("files/matrix.npy", ready=".stage[data-values=ready]")
        canvas = page.locator("canvas").first
        box = canvas.bounding_box()
        canvas.hover(position={"x": box["width"] / 2 + 5, "y": box["height"] / 2 + 5})
        page.locator("canvas[data-place='4 3']").wait_for()
        assert canvas.get_attribute("data-value") == "28"


class TestSheets:
    def test_traces_and_classes(self, show):
        page = show("trace.wb_trace_tree.json", ready=".stage[data-ready='2']")
        bars = [bar.bounding_box() for bar in page.locator(".row .bar").all()]
        assert bars[1]["width"] == pytest.approx(bars[0]["width"] / 2, abs=1.5)
        assert bars[1]["x"] - bars[0]["x"] == pytest.approx(bars[0]["width"] / 4, abs=1.5)
        assert "✗ failed" in page.locator(".row").nth(1).inner_text()
        page.locator(".list[role=tree]").focus()
        page.keyboard.press("ArrowDown")
        page.locator(".stage[data-chosen='1']").wait_for()
        page.show("/entry?ref=charts:v0&path=classes.classes.json", ".sheet[data-ready='1']")
        assert page.locator(".sheet td").nth(2).inner_text() == "<b>cat</b>"
        colour = page.locator(".swatch").evaluate("swatch => getComputedStyle(swatch).backgroundColor")
        assert colour == "rgb(230, 159, 0)"


def test_the_route_of_graphs_lies_behind_the_cookie(charts_viewer):
    from raw_http import ask

    assert ask(charts_viewer.port, "/api/graph/" + "0" * 40).status in (401, 403)
    answer = ask(charts_viewer.port, "/api/graph/" + "0" * 40, cookie=charts_viewer.cookie)
    assert json.loads(answer.body)["error"].startswith("The drawing is no longer kept")
