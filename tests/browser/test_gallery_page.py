"""The demo in a browser: every type of the gallery, the five clicks, the run, finding, presenting, taking home."""

import json
import re
import time
from urllib.parse import unquote

import numpy as np
import PIL.Image
import pytest

from app.demo import demo_file
from app.demo.build import build
from app.demo.gallery import all_examples, by_entry
from app.demo.land import heights
from app.demo.network import residual_network
from app.demo.tiles import PHOTOGRAPHS, cut
from app.demo.tour import WORST, tour
from storage import Store

CODE = "section[aria-label='Code that logs it'] pre"

#: Milliseconds that a page may take on a busy machine.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("demo") / "demo", durability="none")
    build(store)
    return store


@pytest.fixture(scope="module")
def demo_viewer(start_viewer, store):
    return start_viewer(store.path)


@pytest.fixture
def demo(new_page, demo_viewer):
    return new_page(demo_viewer)


def at(page):
    return unquote(page.url.removeprefix(page.viewer.base))


def colours(page):
    """Return how many colours the upper half of the page has, where the object stands."""
    shown = page.pixels(page.locator(".st-key-main")).reshape(-1, 3)
    return len(np.unique(shown[: len(shown) // 2], axis=0))


def wait_until(condition, *, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def numbers():
    """Return what the inspector must say of each example, counted without the viewer's help."""
    with PIL.Image.open(demo_file("astronaut.jpg")) as picture:
        astronaut = f"{picture.width}×{picture.height}"
    pdb = demo_file("protein.pdb").read_text()
    network = residual_network([2, 2, 2, 2])
    tiles = len(cut())
    return {
        "image_file": [astronaut],
        "bounding_boxes": ["384×303"],
        "mask": ["384×303"],
        "table": [f"{-(-tiles // 23)} × 6"],
        "partitioned_table": [f"{tiles:,} × 7"],
        "data_frame": [f"{heights().shape[0]} × 4"],
        "audio_file": ["16,000 Hz"],
        "video_file": ["400", "336"],
        "object3d_points": [f"{heights()[::3, ::3].size:,}"],
        "object3d_scene": [f"{76 * 96:,}", "24"],
        "object3d_mesh": [f"{heights()[::5, ::5].size:,}"],
        "molecule_file": [str(len(re.findall(r"^(?:ATOM|HETATM)", pdb, re.MULTILINE)))],
        "molecule_small": ["24"],
        "graph_file": [str(len(network.nodes)), "11,689,512"],
        "histogram": [f"{heights().size:,}", "64"],
        "classes": [str(len(PHOTOGRAPHS))],
    }


def test_every_type(demo, store):
    """Walk from card to card as a visitor does: number, code, JSON, picture and badge of each."""
    wanted = numbers()
    demo.show("/types", ".grid[data-ready]")
    examples = list(by_entry(store.artifact("type-gallery")))
    assert demo.locator(".card .title").all_inner_texts() == [example.type_name for example, _ in examples]
    demo.locator(".card").first.click()
    for place, (example, name) in enumerate(examples, 1):
        demo.locator(".place", has_text=f"{place} of {len(examples)}").wait_for(timeout=PATIENCE)
        demo.wait_for_url(f"**/types?type={example.key}")
        demo.locator(f"section[aria-label='Code that logs it'] pre:has-text({example.entry!r})").wait_for(
            timeout=PATIENCE
        )
        demo.idle()
        said = demo.locator("aside").inner_text()
        for number in wanted.get(example.key, []):
            assert number in said, (example.key, number, said)
        assert demo.locator(CODE).inner_text().strip() == example.code.strip()
        stored = json.dumps(store.artifact("type-gallery").json(name), indent=2, ensure_ascii=False)
        assert demo.locator("section[aria-label='Stored JSON'] pre").inner_text()[:2000] == stored[:2000]
        assert demo.locator("aside .badge").count() == 2
        assert demo.locator("[data-error]").count() == 0, example.key
        wait_until(lambda: colours(demo) > 8)
        if place < len(examples):
            demo.get_by_label("Next", exact=True).click()
    assert len(examples) == len(all_examples())


def test_the_first_screen_says_what_it_is_for(store, demo):
    demo.show("/", ".grid[data-ready='6']")
    assert demo.locator(".card .title").all_inner_texts() == [item.name for item in store.artifacts()]
    assert demo.locator(".artifact .clip, .page .clip").all_inner_texts()[-3:] == [
        "Compare",
        "Fidelity",
        "Type gallery",
    ]
    demo.locator(".card .bar[data-ready]").first.wait_for(timeout=PATIENCE)
    titles = demo.locator(".card .bar[data-ready]").evaluate_all("bars => bars.map(bar => bar.title)")
    assert any("lossless" in title for title in titles)
    demo.get_by_role("link", name=re.compile("^dataset")).click()
    demo.locator(".grid[data-ready='2']").wait_for(timeout=PATIENCE)
    assert at(demo) == "/?type=dataset"


def test_five_clicks(demo, store):
    steps = tour(store)
    demo.show(steps[0].href, ".joined, [data-ready]")
    demo.get_by_text("14 rows").first.wait_for(timeout=PATIENCE)
    demo.show(steps[1].href)
    demo.get_by_text(re.compile(r"^1 (of 14 )?rows?")).first.wait_for(timeout=PATIENCE)
    assert demo.get_by_text(WORST).count() >= 1
    demo.show(steps[2].href, ".stage[data-ready]")
    assert "44 in 2 sets" in demo.locator("aside").inner_text()  # 24 coins, of which 20 were found
    with demo.expect_download() as download:
        demo.evaluate(
            "address => { const a = document.createElement('a'); a.href = address; a.download = ''; a.click(); }",
            steps[4].href,
        )
    text = download.value.path().read_text("utf-8")
    assert download.value.suggested_filename == "detector-comparison-v0-old-and-new.html"
    assert text.count("data:image/webp;base64,") == 28  # two pictures of each of 14 scenes
    assert "<script" not in text


def test_a_run(demo, store):
    (run,) = store.runs()
    demo.show(f"/run?id={run.id}", "[data-ready='6']")
    loss = demo.locator("figure", has_text="train/loss")
    loss.scroll_into_view_if_needed()
    demo.locator("figure[data-ready]", has_text="train/loss").wait_for(timeout=PATIENCE)
    assert len(np.unique(demo.pixels(loss.locator("canvas")).reshape(-1, 3), axis=0)) > 8
    demo.get_by_label("log y").check()
    demo.get_by_label("Search charts").fill("held")
    demo.locator("[data-ready='2']").first.wait_for()
    demo.wait_for_function("() => location.search.includes('kq=held') && location.search.includes('log=1')")
    chart = demo.locator("figure[data-ready] canvas").first
    box = chart.bounding_box()
    middle = box["y"] + box["height"] / 2
    demo.mouse.move(box["x"] + 100, middle)
    demo.mouse.down()
    demo.mouse.move(box["x"] + 200, middle, steps=4)
    demo.mouse.up()
    demo.wait_for_function("() => /from=\\d+/.test(location.search) && /to=\\d+/.test(location.search)")
    demo.show(f"/run?id={run.id}&tab=Media", "section[aria-label='guess'] .strip[data-ready='1']")
    demo.locator(".item", has_text="taken for coffee").click()
    demo.locator(".stage[data-ready]").wait_for(timeout=PATIENCE)
    demo.get_by_label("Previous", exact=True).click()
    demo.locator(".place", has_text="step 200").wait_for(timeout=PATIENCE)


def test_find_pin_and_present(demo, store):
    name = next(name for name in store.artifact("tiles").names() if name.endswith(".table.json"))
    demo.show("/entry?ref=coin-detector:v1&path=scenes.table.json", "[data-ready]")
    demo.keyboard.press("Control+k")
    demo.keyboard.type("tiles")
    demo.locator("dialog.find[data-ready='tiles']").wait_for()
    names = demo.locator(".hit .name").all_inner_texts()
    assert names[0] == "tiles"
    assert names.count("tiles") >= 3  # the artifact, and a table in two of them
    demo.keyboard.press("Escape")
    digest = store.artifact("coin-detector:v1").digest
    demo.get_by_label("Pin", exact=True).click()
    demo.wait_for_url(f"**ref=coin-detector@{digest[:16]}*")
    demo.get_by_label("Unpin").wait_for(timeout=PATIENCE)
    demo.get_by_label("Unpin").click()
    demo.wait_for_url("**ref=coin-detector:v1*")
    demo.keyboard.press("p")
    demo.locator("html[data-present]").wait_for(state="attached")
    assert "present=1" in at(demo)
    assert not demo.locator("aside").is_visible()
    assert not demo.locator("section[data-testid='stSidebar']").is_visible()
    demo.show(f"/entry?ref=tiles:v0&path={name}&present=1", "header[data-ready]")
    demo.locator("html[data-present]").wait_for(state="attached")
    demo.keyboard.press("p")
    demo.locator("aside").wait_for()
    assert "present" not in at(demo)


def test_the_gallery_stands_beside_what_is_open(viewer, page):
    """In any session; a broken key falls back and says so."""
    page.show("/types?type=nonsense", ".grid[data-ready]")
    assert page.locator(".card").count() == len(all_examples())
    assert "“nonsense” was ignored" in page.locator(".notices").inner_text()
    page.show("/types?type=classes", ".panes[data-ready]")
    page.get_by_text("open its page").click()
    page.wait_for_url("**/entry?ref=type-gallery:v0*")
    page.locator("aside[data-ready]").wait_for(timeout=PATIENCE)
