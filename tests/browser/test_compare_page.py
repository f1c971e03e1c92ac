"""The compare page: known edits are exactly the rows, the worst first; pairs open, filters and Back work."""

import io
import time

import numpy as np
import pytest

import datatypes as dt
from storage import Artifact, Store

PIXELS = np.full((40, 60, 3), 90, np.uint8)
ROWS = 260


def build(edited):
    artifact = Artifact("pets", type="dataset")
    pixels = PIXELS.copy()
    if edited:
        pixels[5:9, 7:12] = 255
    artifact.add(dt.Image(pixels), "cat")
    artifact.add(dt.Image(PIXELS), "same")
    table = dt.Table(columns=["id", "label", "score", "image"])
    for number in range(ROWS):
        if edited and number == 3:
            continue
        label = "<b>horse</b>" if edited and number % 2 else f"label {number}"
        tile = np.full((8, 8), 255 if edited and number == 7 else 9, np.uint8)
        table.add_data(number, label, float("nan") if edited and number == 5 else number / 4, dt.Image(tile))
    if edited:
        table.add_data(999, "new", 1.0, dt.Image(np.zeros((8, 8), np.uint8)))
    artifact.add(table, "rows")
    artifact.add(dt.Html("one\ntwo" if not edited else "one\n<script>document.body.dataset.pwned=1</script>"), "page")
    counts = [1, 2, 3] if not edited else [3, 2, 1]
    artifact.add(dt.Histogram(np_histogram=(counts, [0, 1, 2, 3])), "bins")
    artifact.add(dt.Object3D(np.arange(30.0).reshape(10, 3) if not edited else np.arange(27.0).reshape(9, 3)), "cloud")
    with artifact.new_file("config.json") as file:
        file.write('{"lr": 0.1}' if not edited else '{"lr": 0.5, "seed": 1}')
    artifact.add(dt.Image(PIXELS[:9] if edited else PIXELS[:8]), "come" if edited else "gone")
    return artifact


@pytest.fixture(scope="module")
def compare_viewer(start_viewer, tmp_path_factory):
    """A store with two versions of one artifact, a third that equals nothing, and two runs."""
    path = tmp_path_factory.mktemp("compare") / "store"
    store = Store(path)
    for edited in (False, True):
        store.log_artifact(build(edited))
    many = Artifact("many", type="dataset")
    for number in range(120):
        with many.new_file(f"f{number:03}.txt") as file:
            file.write(f"{number}")
    store.log_artifact(many)
    more = Artifact("many", type="dataset")
    for number in range(120):
        with more.new_file(f"f{number:03}.txt") as file:
            file.write(f"{number} edited")
    store.log_artifact(more)
    for rate in (1, 2):
        with store.run(project="demo", name=f"run {rate}", config={"rate": rate}) as run:
            for step in range(5):
                run.log({"loss": step * rate, "same": step}, step=step)
    viewer = start_viewer(path)
    viewer.runs = sorted(run.id for run in store.runs())
    return viewer


@pytest.fixture
def page(new_page, compare_viewer):
    return new_page(compare_viewer)


LIST = "/compare?a=pets:v0&b=pets:v1"
READY = "ol.list[data-ready]"


def pair(entry, more=""):
    return f"/compare?a=pets:v0/{entry}&b=pets:v1/{entry}{more}"


def wait_until(condition, *, seconds=20):
    """Wait until something is true; fail when it does not become so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def at(page):
    return page.evaluate("location.pathname + location.search")


def entries(page):
    return page.locator("li.row").evaluate_all("rows => rows.map(row => [row.dataset.kind, row.dataset.entry])")


class TestList:
    def test_known_edits_are_exactly_the_rows(self, page):
        page.show(LIST, READY)
        rows = entries(page)
        assert {tuple(row) for row in rows} == {
            ("removed", "gone.image-file.json"),
            ("added", "come.image-file.json"),
            *(("changed", name) for name in (
                "cat.image-file.json", "rows.table.json", "page.html-file.json", "bins.histogram.json",
                "cloud.object3D-file.json", "config.json",
            )),
        }  # fmt: skip
        assert len(rows) == 8
        assert [kind for kind, _ in rows[:2]] == ["removed", "added"]
        widths = page.locator("li.row .severity i").evaluate_all("bars => bars.map(bar => parseFloat(bar.style.width))")
        assert widths == sorted(widths, reverse=True)
        assert page.locator(".filter.changed").inner_text() == "6 changed"

        cat = page.locator("li.row[data-entry='cat.image-file.json']")
        phrases = cat.locator(".phrase").all_inner_texts()
        assert phrases[:2] == ["largest error 165", "20 pixels changed"]
        table = page.locator("li.row[data-entry='rows.table.json']")
        assert table.locator(".phrase").all_inner_texts() == [
            "1 row added", "1 row removed", f"{ROWS // 2 - 1 + 2} cells changed",
        ]  # fmt: skip

        config = page.locator("li.row[data-entry='config.json']")
        config.scroll_into_view_if_needed()
        config.locator(".line").first.wait_for()
        assert config.locator(".line").all_inner_texts() == ["/lr\n0.1\n→\n0.5", "/seed\n1"]
        html = page.locator("li.row[data-entry='page.html-file.json']")
        html.scroll_into_view_if_needed()
        html.locator("ins").wait_for()
        assert html.locator("ins").inner_text() == "<script>document.body.dataset.pwned=1</script>"
        assert page.evaluate("document.body.dataset.pwned") is None

    def test_the_picture_of_a_difference_shows_the_pixels_that_changed(self, page):
        page.show(LIST, READY)
        picture = page.locator("li.row[data-entry='cat.image-file.json'] img[alt=difference]")
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")
        data = page.context.request.get(page.viewer.base + picture.get_attribute("src")).body()
        from PIL import Image

        alpha = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))[:, :, 3]
        expected = np.full((40, 60), 28)
        expected[5:9, 7:12] = 255
        assert np.array_equal(alpha, expected)

    def test_filters_are_addresses_and_back_undoes_them(self, page):
        page.show(LIST, READY)
        page.locator(".filter.added").click()
        page.locator("ol.list[data-ready='1']").wait_for()
        assert at(page) == f"{LIST}&show=added"
        assert entries(page) == [["added", "come.image-file.json"]]
        page.go_back()
        page.locator("ol.list[data-ready='8']").wait_for()
        page.locator("li.row[data-entry='cat.image-file.json'] a.name").click()
        page.locator(".pair, [data-modes], canvas").first.wait_for()
        assert at(page) == pair("cat.image-file.json")
        page.go_back()
        page.locator("ol.list[data-ready='8']").wait_for()

    def test_what_is_unknown_in_an_address_is_said(self, page):
        page.show(f"{LIST}&show=everything", READY)
        assert "show=everything was ignored" in page.locator(".notices").first.inner_text()
        assert page.locator("li.row").count() == 8

    def test_long_lists_have_pages(self, page):
        page.show("/compare?a=many:v0&b=many:v1", "ol.list[data-ready='50']")
        assert "1–50 of 120 differences, because a page has 50" in page.locator(".notices").inner_text()
        page.show("/compare?a=many:v0&b=many:v1&page=3", "ol.list[data-ready='20']")

    def test_equal_versions(self, page):
        page.show("/compare?a=pets:v0&b=pets:v0")
        page.get_by_text("Nothing differs").wait_for()


class TestSides:
    def test_the_versions_are_choices_and_swap(self, page):
        page.show(LIST, READY)
        page.locator("a.swap").click()
        page.locator(".side.old select").wait_for()
        wait_until(lambda: at(page) == "/compare?a=pets:v1&b=pets:v0")
        page.locator("li.row.added[data-entry='gone.image-file.json']").wait_for()
        page.locator(".side.old select").select_option("v0")
        page.get_by_text("Nothing differs").wait_for()

    def test_from_the_page_of_a_version_to_the_one_before(self, page):
        page.show("/artifact?ref=pets:v1", ".tool.compare")
        page.locator(".tool.compare").click()
        page.locator(READY).wait_for()
        assert at(page) == LIST

    def test_the_picker_leads_to_a_comparison(self, page):
        page.show("/compare?a=pets:v1/cat&b=dogs", "form[data-ready]")
        assert "“dogs” was ignored" in page.locator(".notices").inner_text()
        old = page.get_by_label("Artifact or run, old")
        assert old.input_value() == "pets"
        new = page.get_by_label("Artifact or run, new")
        new.fill("pets")
        new.press("Tab")
        wait_until(lambda: page.get_by_label("Version, new").locator("option").count() == 2)
        page.get_by_label("Version, old").select_option("pets:v0")
        page.get_by_label("Version, new").select_option("pets:v1")
        entry = page.get_by_label("Entry, new")
        page.get_by_label("Entry, old").fill("")
        entry.fill("")
        page.get_by_role("button", name="Compare", exact=True).click()
        page.locator(READY).wait_for()
        assert at(page) == LIST

    def test_a_version_against_an_entry_takes_the_entry_of_that_name(self, page):
        page.show("/compare?a=pets:v0&b=pets:v1/config.json", ".pair[data-ready]")
        assert page.locator("table.lines tr").count() == 2
        page.show("/compare?a=pets:v0&b=pets:v1/come", READY)
        assert "has no such entry; the versions are compared" in page.locator(".notices").first.inner_text()


class TestPairs:
    def test_changed_rows_of_tables_stand_old_over_new(self, page):
        page.show(pair("rows.table.json"), ".difference[data-ready='131']")
        assert page.locator(".notes").inner_text() == "Rows are paired by id."
        assert "1–100 of 131, because a page has 100" in page.locator(".range").inner_text()
        row = page.locator("tr[data-left='5']")
        assert [cell.inner_text() for cell in row.locator("td.changed div").all()] == [
            "label 5", "<b>horse</b>", "1.25", "NaN",
        ]  # fmt: skip
        assert page.locator("tr[data-left='7'] td.changed[data-column=image] img").count() == 2
        page.get_by_label("Next page").click()
        page.locator("tr.removed").wait_for()
        assert page.locator("table.rows tbody tr").count() == 31
        assert "at=101" in at(page)
        page.locator("select.columns").select_option("score")
        page.locator(".difference[data-ready='1']").wait_for()
        assert at(page) == pair("rows.table.json", "&show=changed&column=score")
        page.reload()
        page.locator(".difference[data-ready='1']").wait_for()
        assert page.locator("table.rows tbody tr").get_attribute("data-left") == "5"

    def test_pictures_open_together(self, page):
        page.show(pair("cat.image-file.json"), ".badge.warn")
        facts = page.locator("aside dl").first.inner_text()
        assert "Pixels changed\n20" in facts
        assert page.get_by_text("Side by side").count() == 1

    def test_lines_pictures_and_steps(self, page):
        page.show(pair("bins.histogram.json"), ".pair[data-ready='2']")
        texts = page.locator("table.lines tr").all_inner_texts()
        assert [text.split("\t")[1:] for text in texts] == [["0 to 1", "1", "3"], ["2 to 3", "3", "1"]]
        page.locator("figure[data-loaded]").wait_for()
        page.show(LIST, READY)
        order = [name for kind, name in entries(page) if kind == "changed"]
        place = order.index("bins.histogram.json")
        page.show(pair("bins.histogram.json"), ".pair[data-ready='2']")
        assert page.get_by_label("Next", exact=True).get_attribute("href").startswith("/compare?a=pets:v0/")
        page.keyboard.press("ArrowLeft")
        wait_until(lambda: at(page) == pair(order[place - 1]))
        page.go_back()
        wait_until(lambda: at(page) == pair("bins.histogram.json"))

    def test_points_that_went(self, page):
        page.show(pair("cloud.object3D-file.json"), ".pair[data-ready='1']")
        assert page.locator("table.lines tr.removed .place").inner_text() == "point 9"

    def test_runs_by_key_and_step(self, page, compare_viewer):
        one, other = compare_viewer.runs
        page.show(f"/compare?a={one}&b={other}", READY)
        assert {name for _, name in entries(page)} == {"config/rate", "history/loss", "summary/loss"}
        loss = page.locator("li.row[data-entry='history/loss']")
        assert loss.locator(".phrase").all_inner_texts() == ["4 steps changed", "largest error 4"]
        loss.locator("img").evaluate("image => image.decode()")
