"""The page of a table against pandas and NumPy: rows, filters, orders, columns, cards, groups, cells, exports."""

import io
import json
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from PIL import Image as PilImage
from pyarrow import parquet

ROWS = 600
MANY = 300_000
GRID = ".table[data-ready]"
HOSTILE = '<img src="http://203.0.113.1/x.png" onerror="document.title=1"><script>document.title=2</script>\u202eabc'
COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200))


@pytest.fixture(scope="session")
def frame():
    """What pandas holds of the table."""
    random = np.random.default_rng(11)
    return pd.DataFrame(
        {
            "id": np.arange(ROWS),
            "label": random.choice(["cat", "dog", "bird"], ROWS, p=[0.5, 0.3, 0.2]),
            "loss": random.normal(size=ROWS).round(3),
            "order": random.integers(0, 7, ROWS),
            "note": [HOSTILE if number == 3 else None if number % 4 else f"note {number}" for number in range(ROWS)],
        }
    )


def pictures():
    from datatypes.image import Image

    for colour in COLOURS:
        pixels = np.full((40, 60, 3), colour, np.uint8)
        mask = np.zeros((40, 60), np.uint8)
        mask[10:30, 20:40] = 1
        boxes = None
        if colour == COLOURS[2]:
            position = {"minX": 0.1, "maxX": 0.4, "minY": 0.1, "maxY": 0.4}
            box = {"position": position, "class_id": 2, "scores": {"iou": 0.75}}
            boxes = {"found": {"box_data": [box], "class_labels": {2: "spot"}}}
        masks = {"pred": {"mask_data": mask, "class_labels": {0: "background", 1: "thing"}}}
        yield Image(pixels, masks=masks, boxes=boxes)


@pytest.fixture(scope="session")
def table_viewer(start_viewer, tmp_path_factory, frame):
    from datatypes.joined_table import JoinedTable
    from datatypes.table import Table
    from storage import Artifact, Store

    folder = tmp_path_factory.mktemp("tables")
    images = list(pictures())
    rows = [[row.id, images[row.id % 3], row.label, row.loss, row.order, row.note] for row in frame.itertuples()]
    artifact = Artifact("tables", type="dataset")
    artifact.add(Table(columns=["id", "image", "label", "loss", "order", "note"], data=rows), "rows")
    left = Table(columns=["id", "image"], data=[[1, images[0]], [2, images[1]], [3, images[2]]])
    right = Table(columns=["id", "image", "score"], data=[[2, images[1], 0.5], [4, images[0], 0.7]])
    artifact.add(JoinedTable(left, right, "id"), "joined")
    artifact.add(Table(columns=["a"], data=[]), "empty")
    labels = Table(columns=["word", "shots"], data=[["cat", images], ["dog", images[:1]]])
    labels.set_pk("word")
    artifact.add(labels, "labels")
    named = Table(columns=["n", "label"], data=[[1, "dog"], [2, "cat"]])
    named.set_fk("label", labels, "word")
    artifact.add(named, "named")
    for at, image in enumerate(images):
        artifact.add(image, f"picture {at}")
    many = pd.DataFrame({"n": np.arange(MANY), "x": np.random.default_rng(2).permutation(MANY)})
    many.to_parquet(folder / "many.parquet", index=False)
    artifact.add_file(folder / "many.parquet", "many.parquet")
    Store(folder / "store").log_artifact(artifact)
    cache = tmp_path_factory.mktemp("cache")
    return start_viewer(folder / "store", env={"VITRINA_TABLE_COPY_BYTES": "1000000", "VITRINA_CACHE": str(cache)})


@pytest.fixture
def show(new_page, table_viewer):
    """Return a function that opens a table and gives its page."""

    def open_table(name="rows.table.json", state="", ready=GRID, **options):
        page = new_page(table_viewer, **options)
        page.show(f"/entry?ref=tables:v0&path={name}{state}", ready)
        return page

    return open_table


def state_of(page):
    found = parse_qs(urlsplit(page.url).query)
    return {key: values[-1] for key, values in found.items() if key not in ("ref", "path")}


def ready(page, rows):
    page.locator(f".table[data-ready='{rows}']").wait_for()


def ids(page, count=None):
    """Return the numbers of the rows that are drawn, from the top."""
    script = """(view) => { const top = view.getBoundingClientRect().top + view.querySelector('.head').offsetHeight;
      return [...view.querySelectorAll('.row')].map(row => [row.getBoundingClientRect().bottom, row])
        .filter(([bottom]) => bottom > top + 1).sort((a, b) => a[0] - b[0])
        .map(([, row]) => Number(row.querySelector('.corner').textContent)); }"""
    return page.locator(".view").evaluate(script)[:count]


def until(page, condition):
    """Wait until something is true of the page; locators see into components, scripts of the page do not."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50)


def texts(page, index, count=None):
    return page.locator(f".rows [data-column='{index}']").all_text_contents()[:count]


def choose(page, header, item):
    page.locator(f".hcell[data-key='{header}'] .hmenu").click()
    page.locator(".menu .item", has_text=item).click()


def write_filter(page, text):
    page.locator(".filter input").fill(text)
    page.locator(".filter input").press("Enter")


class TestRows:
    def test_first_rows_are_the_stored_ones(self, show, frame):
        page = show()
        assert page.locator(GRID).get_attribute("data-ready") == str(ROWS)
        shown = ids(page)
        assert shown[:5] == [0, 1, 2, 3, 4]
        assert len(shown) < 20  # the others are not in the page
        assert [float(text) for text in texts(page, 3, 5)] == frame.loss[:5].tolist()
        assert page.locator(".table > .foot b").text_content() == "600 rows"
        assert "1–100, because the page size is 100" in page.locator(".table > .foot").text_content()

    def test_text_is_never_markup(self, show, frame):
        page = show()
        assert texts(page, 5, 5)[3].startswith('<img src="http')
        page.locator(".row[data-index='3'] .corner").click()
        page.locator(".row-page[data-ready='3']").wait_for()
        assert page.locator(".row-page").get_by_text("onerror=", exact=False).count() == 1
        assert page.title().startswith("rows")

    def test_pictures_have_their_overlays(self, show):
        page = show()
        picture = page.locator(".row[data-index='1'] img")
        picture.evaluate("image => image.decode().then(() => 1)")
        pixels = page.pixels(picture).astype(int)
        height, width, _ = pixels.shape
        assert np.abs(pixels[height // 8, width // 8] - COLOURS[1]).max() < 12
        assert np.abs(pixels[height // 2, width // 2] - COLOURS[1]).max() > 40  # the mask lies over it

    def test_the_next_page_and_all_of_them(self, show):
        page = show()
        page.get_by_role("button", name="Next page").click()
        page.locator(".row[data-index='101'] [data-column='0']", has_text="101").wait_for()
        assert state_of(page) == {"page": "2"}
        assert ids(page, 2) == [100, 101]
        page.get_by_role("button", name="scroll all").click()
        page.locator(".row[data-index='0']").wait_for()
        assert state_of(page) == {"size": "all"}
        page.locator(".view").press("Control+End")
        page.locator(".view").press("Control+End")
        page.locator(f".row[data-index='{ROWS - 1}']").wait_for()
        until(page, lambda: ids(page)[-1] == ROWS - 1)

    def test_an_empty_table_says_so(self, show):
        page = show("empty.table.json")
        assert "The table has columns and no rows." in page.locator(".message").text_content()


class TestFilter:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("label = 'cat' and loss > 0.5", lambda f: f[(f.label == "cat") & (f.loss > 0.5)]),
            ('"order" in (2, 3)', lambda f: f[f["order"].isin([2, 3])]),
            ("note is null", lambda f: f[f.note.isna()]),
        ],
    )
    def test_rows_are_those_of_pandas(self, show, frame, text, expected):
        page = show()
        write_filter(page, text)
        wanted = expected(frame)
        ready(page, len(wanted))
        assert ids(page, 4) == wanted.id[:4].tolist()
        assert page.locator(".table > .foot b").text_content() == f"{len(wanted)} of 600 rows, because of the filter"
        assert state_of(page) == {"q": text}
        page.reload()
        ready(page, len(wanted))

    def test_a_value_becomes_a_filter_by_a_click(self, show, frame):
        page = show()
        page.locator(".rows [data-column='2']").first.click()
        page.locator(".menu .item").first.click()
        label = frame.label[0]
        ready(page, int((frame.label == label).sum()))
        assert state_of(page) == {"q": f"label = '{label}'"}
        number = page.locator(".rows [data-column='4']").first
        value = int(number.text_content())
        number.click()
        page.locator(".menu .item").nth(1).click()  # all others
        ready(page, int(((frame.label == label) & (frame["order"] != value)).sum()))

    def test_a_mistake_is_told_and_the_way_back_is_a_click(self, show):
        page = show(state="&q=nope+%3D+1", ready=".problem:not([hidden])")
        assert "column nope: is not in the table." in page.locator(".problem").text_content()
        assert page.locator(".table").get_attribute("data-error").startswith("column nope")
        page.get_by_role("button", name="show all rows").click()
        ready(page, ROWS)
        assert state_of(page) == {}

    def test_an_escape_is_refused(self, show):
        page = show()
        write_filter(page, "read_text('/etc/passwd') is not null")
        page.locator(".problem:not([hidden])").wait_for()
        assert "function read_text: is not allowed" in page.locator(".problem").text_content()

    def test_names_are_offered(self, show):
        page = show()
        page.keyboard.press("q")
        page.keyboard.type("lab")
        page.locator(".offer", has_text="label").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("= 'dog'")
        page.keyboard.press("Enter")
        page.wait_for_function("location.search.includes('dog')")
        assert state_of(page) == {"q": "label = 'dog'"}

    def test_nothing_is_left(self, show):
        page = show(state="&q=loss+%3E+99")
        assert "The filter leaves none of them." in page.locator(".message").text_content()


class TestOrder:
    def test_a_click_sorts_and_shift_sorts_by_several(self, show, frame):
        page = show()
        page.locator(".hcell[data-key='label'] .hname").click()
        page.locator(".hcell[data-key='loss'] .hname").click(modifiers=["Shift"])
        page.locator(".hcell[data-key='loss'] .hname").click(modifiers=["Shift"])
        wanted = frame.sort_values(["label", "loss"], ascending=[True, False], kind="stable").id
        until(page, lambda: ids(page, 1) == [wanted.iloc[0]])
        assert ids(page, 5) == wanted[:5].tolist()
        assert state_of(page) == {"sort": "label,-loss"}
        assert page.locator(".hcell[data-key='loss']").get_attribute("aria-sort") == "descending"

    def test_the_address_sorts(self, show, frame):
        page = show(state="&sort=-loss&q=label+%3D+'dog'")
        wanted = frame[frame.label == "dog"].sort_values("loss", ascending=False, kind="stable").id
        assert ids(page, 5) == wanted[:5].tolist()

    def test_what_an_address_has_wrong_is_ignored_and_said(self, show):
        page = show(state="&sort=nope&cols=id,gone&size=7&page=x&height=q")
        assert ids(page, 2) == [0, 1]
        told = page.locator(".table > .foot").text_content()
        assert "The order by “nope” was ignored" in told
        assert "The columns “gone” of the address were ignored" in told
        assert page.locator(".hcell:not(.corner)").count() == 1


class TestColumns:
    def test_hide_move_and_pin(self, show):
        page = show()
        choose(page, "label", "Hide")
        choose(page, "loss", "Move left")
        names = page.locator(".hcell:not(.corner)").evaluate_all("cells => cells.map(cell => cell.dataset.key)")
        assert names == ["id", "loss", "image", "order", "note"]
        choose(page, "note", "Pin to the left")
        names = page.locator(".hcell:not(.corner)").evaluate_all("cells => cells.map(cell => cell.dataset.key)")
        assert names == ["note", "id", "loss", "image", "order"]
        assert state_of(page) == {"cols": "id,loss,image,order,note", "pin": "note"}
        page.reload()
        page.locator(GRID).wait_for()
        assert page.locator(".hcell.pinned").get_attribute("data-key") == "note"

    def test_a_name_is_dragged(self, show):
        page = show(viewport={"width": 1920, "height": 1080})
        box = page.locator(".hcell[data-key='id'] .hname").bounding_box()
        to = page.locator(".hcell[data-key='loss']").bounding_box()
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(to["x"] + to["width"] - 5, box["y"] + 5, steps=5)
        page.mouse.up()
        page.wait_for_function("location.search.includes('cols')")
        assert state_of(page)["cols"] == "image,label,loss,id,order,note"

    def test_rows_of_one_line(self, show):
        page = show()
        tall = page.locator(".row").first.bounding_box()["height"]
        page.get_by_role("button", name="Rows of one line").click()
        until(page, lambda: page.locator(".row").first.bounding_box()["height"] < 40)
        assert tall > 96
        assert state_of(page) == {"height": "s"}

    def test_the_spread_of_a_column_is_that_of_numpy(self, show, frame):
        page = show()
        page.locator(".table[data-facts='6']").wait_for()
        bars = page.locator(".hcell[data-key='loss'] .bars rect")
        bars = bars.evaluate_all("bars => bars.map(bar => Number(bar.getAttribute('height')))")
        counts = np.histogram(frame.loss, 24)[0]
        assert np.allclose(bars, np.maximum(counts / counts.max(), (counts > 0) * 0.02), atol=1e-3)
        page.locator(".hcell[data-key='label'] .spread").click()
        lines = page.locator(".facts-panel .value-row").all_text_contents()
        assert lines == [f"{name}{number}" for name, number in frame.label.value_counts().items()]
        page.locator(".facts-panel .value-row").nth(1).click()
        ready(page, int(frame.label.value_counts().iloc[1]))

    def test_a_bar_is_a_filter(self, show, frame):
        page = show()
        page.locator(".table[data-facts='6']").wait_for()
        page.locator(".hcell[data-key='order'] .spread").click()
        page.locator(".facts-panel .bar").nth(2).click()
        ready(page, int((frame["order"] == 2).sum()))
        assert state_of(page) == {"q": '"order" = 2'}


class TestViews:
    def test_cards(self, show, frame):
        page = show()
        page.get_by_role("button", name="Cards").click()
        page.locator(".card").first.wait_for()
        assert page.locator(".card").count() == 100
        assert page.locator(".card").nth(2).locator("dd").nth(1).text_content() == frame.label[2]
        page.locator(".card").nth(2).locator("dl").click()
        page.locator(".row-page[data-ready='2']").wait_for()
        assert state_of(page) == {"view": "cards", "row": "2"}

    def test_groups_have_counts_and_means(self, show, frame):
        page = show()
        choose(page, "label", "Group by")
        page.locator(".groups[data-ready='3']").wait_for()
        cells = page.locator(".groups tbody tr").first.locator("td").all_text_contents()
        name = frame.label.value_counts().index[0]
        group = frame[frame.label == name]
        assert cells[:2] == [name, str(len(group))]
        assert float(cells[3]) == pytest.approx(group.loss.mean(), rel=1e-4)
        page.locator(".groups tbody button").first.click()
        ready(page, len(group))
        assert state_of(page) == {"q": f"label = '{name}'"}

    def test_a_row_has_the_next_one_of_the_order(self, show, frame):
        page = show(state="&sort=-loss")
        wanted = frame.sort_values("loss", ascending=False, kind="stable").id.tolist()
        page.locator(".row .corner").first.click()
        page.locator(f".row-page[data-ready='{wanted[0]}']").wait_for()
        page.keyboard.press("ArrowRight")
        page.locator(f".row-page[data-ready='{wanted[1]}']").wait_for()
        assert "2 of 600" in page.locator(".row-bar").text_content()
        assert state_of(page) == {"sort": "-loss", "row": str(wanted[1])}
        page.keyboard.press("Escape")
        page.locator(".row-page").wait_for(state="hidden")
        assert state_of(page) == {"sort": "-loss"}

    def test_back_from_a_row_is_the_table(self, show):
        page = show(state="&q=label+%3D+'cat'")
        page.locator(".row .corner").nth(1).click()
        page.locator(".row-page[data-ready]").wait_for()
        page.go_back()
        page.locator(".row-page").wait_for(state="hidden")
        assert state_of(page) == {"q": "label = 'cat'"}
        page.go_forward()
        page.locator(".row-page[data-ready]").wait_for()


class TestLabels:
    def test_classes_and_scores_of_pictures_are_a_filter(self, show):
        page = show(state="&q=id < 30")
        page.get_by_label("Rows by the classes and scores of their pictures").click()
        page.locator(".labels[data-ready]").wait_for()
        shown = page.locator(".labels .item:has(.swatch)").all_text_contents()
        assert [text.strip() for text in shown] == ["spot10", "thing30"]
        page.locator(".labels .item", has_text="spot").click()
        ready(page, 10)
        assert texts(page, 0)[:4] == ["2", "5", "8", "11"]
        page.locator(".labels .sign").click()  # at most, from the lowest value on
        page.wait_for_url("**iou:0.75*")
        ready(page, 10)
        assert state_of(page) == {"q": "id < 30", "labels": "image,=spot,<iou:0.75"}
        page.locator(".labels .item", has_text="No conditions").click()
        ready(page, 30)
        assert state_of(page) == {"q": "id < 30"}

    def test_the_address_filters(self, show):
        page = show(state="&labels=image,=spot,>iou:0.7")
        ready(page, ROWS // 3)
        page.get_by_text(f"{ROWS // 3} of {ROWS} rows, because of the filter").wait_for()


class TestGallery:
    def test_pictures_of_an_artifact_are_cards_that_lead_to_their_pages(self, new_page, table_viewer):
        page = new_page(table_viewer)
        page.show("/artifact?ref=tables:v0&tab=Pictures", GRID)
        ready(page, 3)
        assert page.locator(".card dd:first-of-type").all_text_contents()[:3] == ["picture 0", "picture 1", "picture 2"]
        page.get_by_label("Rows by the classes and scores of their pictures").click()
        page.locator(".labels .item", has_text="spot").click()
        ready(page, 1)
        page.keyboard.press("Escape")
        page.locator(".card").focus()
        page.keyboard.press("Enter")
        page.locator(".stage[data-ready]").wait_for()
        assert "path=picture%202.image-file.json" in page.url or "path=picture+2.image-file.json" in page.url
        page.go_back()
        page.locator(GRID).wait_for()
        ready(page, 1)

    def test_more_cards_come_as_one_scrolls(self, show):
        page = show(state="&view=cards&size=1000")
        ready(page, ROWS)
        assert page.locator(".card").count() == 200
        page.locator(".cards").evaluate("cards => cards.scrollTo(0, cards.scrollHeight)")
        page.locator(".card >> nth=399").wait_for()


class TestCell:
    def test_a_picture_opens_by_its_renderer_and_back_is_the_table(self, show, frame):
        page = show(state="&sort=-loss")
        wanted = frame.sort_values("loss", ascending=False, kind="stable").id.tolist()
        page.locator(".row .media").first.click()
        page.locator(".stage[data-ready]").wait_for()
        page.idle()
        assert state_of(page) == {"sort": "-loss", "row": str(wanted[0]), "cell": "image"}
        crumbs = page.locator(".crumbs").text_content()
        assert f"row {wanted[0]}" in crumbs
        assert page.pixels(page.locator("canvas")).std() > 5
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"location.search.includes('row={wanted[1]}')")
        page.locator(".stage[data-ready]").wait_for()
        page.go_back()
        page.go_back()
        page.locator(GRID).wait_for()
        assert state_of(page) == {"sort": "-loss"}

    def test_a_key_leads_to_the_row_that_it_names(self, show):
        page = show("named.table.json")
        page.locator(".row[data-index='1'] .key-link").click()
        page.wait_for_url("**/entry?*path=labels.table.json*")
        ready(page, 1)
        assert texts(page, 0) == ["cat"]

    def test_each_picture_of_a_list_has_its_page(self, show):
        page = show("labels.table.json")
        page.locator(".row[data-index='0'] .media").nth(1).click()
        page.locator(".stage[data-ready]").wait_for()
        page.get_by_text("value 2 of 3, row 1 of 2").wait_for()
        page.keyboard.press("ArrowRight")
        page.get_by_text("value 3 of 3, row 1 of 2").wait_for()
        page.keyboard.press("ArrowRight")
        page.get_by_text("2 of 2", exact=True).wait_for()
        assert state_of(page) == {"row": "1", "cell": "shots"}

    def test_a_cell_that_is_none_falls_back_to_the_table(self, show):
        page = show(state="&row=2&cell=gone", ready=".table")
        page.get_by_text("there is no column “gone”").wait_for()


class TestJoin:
    def test_counts_stand_on_top_and_filter(self, show):
        page = show("joined.joined-table.json")
        shown = page.locator(".side-count").all_text_contents()
        assert shown == ["1 both", "2 left only", "1 right only"]
        names = page.locator(".hcell:not(.corner)").evaluate_all("cells => cells.map(cell => cell.dataset.key)")
        assert names == ["id", "join", "image_x", "image_y", "score"]
        page.locator(".side-count.left").click()
        ready(page, 2)
        assert texts(page, 0) == ["1", "3"]

    def test_the_layers_of_both_lie_over_one_picture(self, show):
        page = show("joined.joined-table.json")
        page.locator(".row[data-index='1'] .media").first.click()
        page.locator(".stage[data-ready]").wait_for()
        page.idle()
        page.get_by_text("left: pred").wait_for()
        page.get_by_text("right: pred").wait_for()


class TestLarge:
    def test_all_rows_scroll_though_no_element_is_that_tall(self, show):
        page = show("many.parquet", "&size=all")
        page.locator(f".table[data-ready='{MANY}'][data-facts]").wait_for(timeout=60_000)
        until(page, lambda: "copied" not in page.locator(".table > .foot").text_content())
        view = page.locator(".view")
        assert view.evaluate("view => view.querySelector('.space').offsetHeight") < MANY * 32
        view.evaluate("view => { view.scrollTop = view.scrollHeight / 2; }")
        until(page, lambda: abs(ids(page, 1)[0] - MANY // 2) < 2000 and page.locator(".wait").count() == 0)
        first = ids(page, 3)
        assert first == [first[0], first[0] + 1, first[0] + 2]
        box = view.bounding_box()
        page.mouse.move(box["x"] + 200, box["y"] + 300)
        page.mouse.wheel(0, 320)
        until(page, lambda: ids(page, 1)[0] == first[0] + 10)  # ten rows of 32 pixels
        view.press("Control+End")
        view.press("Control+End")
        page.locator(f".row[data-index='{MANY - 1}']").wait_for()

    def test_a_filter_waits_for_the_copy(self, show):
        page = show("many.parquet", "&q=n+%25+1000+%3D+7&sort=x")
        ready(page, MANY // 1000)
        wanted = np.random.default_rng(2).permutation(MANY)
        numbers = np.arange(7, MANY, 1000)
        assert ids(page, 3) == numbers[np.argsort(wanted[numbers])][:3].tolist()


class TestExport:
    @pytest.mark.parametrize("kind", ["CSV", "Parquet", "JSON lines"])
    def test_a_file_has_what_is_shown(self, show, frame, kind):
        page = show(state="&q=label+%3D+'bird'&sort=-loss&cols=loss,id,note")
        page.get_by_role("button", name="Export what is shown").click()
        with page.expect_download() as waiting:
            page.locator(".menu a", has_text=kind).first.click()
        data = Path(waiting.value.path()).read_bytes()
        name = waiting.value.suggested_filename
        wanted = frame[frame.label == "bird"].sort_values("loss", ascending=False, kind="stable")
        if kind == "CSV":
            assert name == "rows.selection.formulas-quoted.csv"
            found = pd.read_csv(io.BytesIO(data), dtype={"note": object})
        elif kind == "Parquet":
            found = parquet.read_table(io.BytesIO(data)).to_pandas()
        else:
            found = pd.DataFrame([json.loads(line) for line in data.decode().splitlines()])
        assert found.columns.tolist() == ["loss", "id", "note"]
        assert found[["loss", "id"]].to_numpy().tolist() == wanted[["loss", "id"]].to_numpy().tolist()
        assert found.note.isna().tolist() == wanted.note.isna().tolist()


class TestKeyboard:
    def test_cells_rows_filters_and_orders_without_a_mouse(self, show, frame):
        page = show()
        page.locator(".view").focus()
        page.keyboard.press("ArrowDown")
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        active = page.locator(".cell[data-active]")
        assert active.text_content() == frame.label[0]
        page.keyboard.press("f")
        ready(page, int((frame.label == frame.label[0]).sum()))
        assert state_of(page) == {"q": f"label = '{frame.label[0]}'"}
        page.locator(".view").focus()
        page.keyboard.press("s")
        page.wait_for_function("location.search.includes('sort=label')")
        until(page, lambda: page.locator(".wait").count() == 0 and page.locator(".row").count() > 1)
        ready(page, int((frame.label == frame.label[0]).sum()))
        page.keyboard.press("Space")
        page.locator(".row-page[data-ready]").wait_for()

    def test_arrows_outside_of_the_table_change_the_object(self, show):
        page = show()
        page.keyboard.press("ArrowLeft")
        page.wait_for_url("**/entry?*path=picture*2.image-file.json*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_colour_schemes(show, scheme):
    page = show(color_scheme=scheme)
    pixels = page.pixels(page.locator(".rows [data-column='2']").first).reshape(-1, 3).astype(float)
    lightest, darkest = pixels.max(axis=0).mean(), pixels.min(axis=0).mean()
    assert lightest - darkest > 150
    background = np.median(pixels, axis=0).mean()
    assert background > 200 if scheme == "light" else background < 60


def test_thumbnails_are_kept_by_the_browser(show):
    page = show()
    source = page.locator(".rows img").first.get_attribute("src")
    found = page.request.get(page.viewer.base + source)
    assert "immutable" in found.headers["cache-control"]
    assert PilImage.open(io.BytesIO(found.body())).format == "WEBP"
