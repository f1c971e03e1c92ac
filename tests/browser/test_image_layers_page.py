"""Controls of the picture page against NumPy: classes, colours, scores, outlines, window, loupe, address, lists."""

import io
import json
import urllib.parse

import numpy as np
import pytest
from picture_page import CANVAS, READY, at_one_to_one, point_at, shown_picture
from PIL import Image

import datatypes as dt
from storage import Artifact, Store

ORANGE, SKY = np.array([0xE6, 0x9F, 0x00]), np.array([0x56, 0xB4, 0xE9])
LABELS = {0: "background", 1: "cat", 2: "dog"}


def picture():
    y, x = np.mgrid[0:60, 0:80]
    return np.stack([x * 3, y * 4, (x * y) % 256], axis=2).astype(np.uint8)


def ids():
    found = np.zeros((60, 80), np.uint8)
    found[8:30, 8:34] = 1
    found[30:54, 40:74] = 2
    return found


def boxes(count=40):
    """Boxes of which every fifth has no score, and every seventh none of the second."""
    random = np.random.default_rng(4)
    found = []
    for number in range(count):
        left, top = random.integers(0, 60), random.integers(0, 40)
        box = {
            "position": {
                "minX": int(left),
                "maxX": int(left) + 12,
                "minY": int(top),
                "maxY": int(top) + 9,
            },
            "domain": "pixel",
            "class_id": number % 2 + 1,
        }
        scores = {"confidence": round(float(random.uniform()), 4), "loss": round(float(random.normal()) * 3, 3)}
        if number % 7 == 0:
            del scores["loss"]
        if number % 5:
            box["scores"] = scores
        found.append(box)
    return found


def scores_of(found, name):
    return np.array([box.get("scores", {}).get(name, np.nan) for box in found])


def deep():
    y, x = np.mgrid[0:50, 0:70]
    return (500 + x * 401 + y * 37).astype(np.uint16)


def wave():
    y, x = np.mgrid[0:20, 0:30]
    return (np.sin(x / 3) * 2.5 + y / 100 + 1e-6).astype(np.float32)


@pytest.fixture(scope="session")
def layers_viewer(start_viewer, tmp_path_factory):
    artifact = Artifact("layers", type="dataset")
    masks = {"truth": {"mask_data": ids(), "class_labels": LABELS}}
    for name in ("one", "two"):
        overlays = {"found": {"box_data": boxes(), "class_labels": LABELS}}
        artifact.add(dt.Image(picture(), masks=masks, boxes=overlays, caption=name), name)
    artifact.add(dt.Image(deep()), "deep")
    artifact.add(dt.Image(wave(), exact=True), "wave")
    store = Store(tmp_path_factory.mktemp("layers") / "store")
    store.log_artifact(artifact)
    return start_viewer(store.path)


@pytest.fixture
def open_page(new_page, layers_viewer):
    def show(name, state="", **options):
        page = new_page(layers_viewer, **options)
        page.show(f"/entry?ref=layers:v0&path={name}.image-file.json{state}", READY)
        page.get_by_text("Brightness and window").wait_for()
        return page

    return show


@pytest.fixture
def scene(open_page):
    """The picture at 1:1 without its boxes."""
    page = at_one_to_one(open_page("one"))
    page.get_by_role("button", name="Show found").click()
    page.idle()
    return page


def state_of(page):
    """Return what the address says beside the object, once it stands still."""
    page.wait_for_timeout(250)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
    return {key: values for key, values in query.items() if key not in ("ref", "path")}


def blended(picture, ids, colours, opacity=0.5):
    shown = picture.astype(float)
    for number, colour in colours.items():
        shown[ids == number] = shown[ids == number] * (1 - opacity) + np.asarray(colour) * opacity
    return shown


class TestMasks:
    def test_eye_opacity_solo_and_colour_change_exactly_their_pixels(self, scene):
        whole = shown_picture(scene, 60, 80)
        assert np.abs(whole - blended(picture(), ids(), {1: ORANGE, 2: SKY})).max() < 2
        scene.get_by_label("Opacity of truth").fill("0.2")
        scene.idle()
        assert np.abs(shown_picture(scene, 60, 80) - blended(picture(), ids(), {1: ORANGE, 2: SKY}, 0.2)).max() < 2
        scene.get_by_label("Opacity of truth").fill("0.5")
        scene.locator("[data-layer=truth]").get_by_role("button", name="Only dog").click()
        scene.idle()
        assert np.array_equal((shown_picture(scene, 60, 80) != whole).any(axis=2), ids() == 1)
        scene.locator("[data-layer=truth]").get_by_role("button", name="Only dog").click()
        scene.idle()
        assert np.array_equal(shown_picture(scene, 60, 80), whole)
        scene.locator("[data-layer=truth]").get_by_label("Colour of cat").fill("#00ff80")
        scene.idle()
        expected = blended(picture(), ids(), {1: (0, 255, 128), 2: SKY})
        assert np.abs(shown_picture(scene, 60, 80) - expected).max() < 2
        assert [part for part in state_of(scene)["l"] if part.startswith("truth")] == ["truth;colour=1:00ff80"]
        scene.get_by_role("button", name="Show truth").click()
        scene.idle()
        assert np.array_equal(shown_picture(scene, 60, 80), picture())

    def test_an_outline_is_the_edge_of_each_class(self, scene):
        scene.get_by_role("button", name="Filled: truth").click()
        scene.get_by_role("button", name="Outlined: truth").wait_for()
        scene.idle()
        found, edge = ids(), np.zeros((60, 80), bool)
        for d in (1, 2):
            for axis in (0, 1):
                edge |= (found != np.roll(found, d, axis)) | (found != np.roll(found, -d, axis))
        changed = (np.abs(shown_picture(scene, 60, 80) - picture().astype(int)) > 1).any(axis=2)
        assert np.array_equal(changed, edge & (found > 0))


class TestBoxes:
    def shown(self, page):
        page.idle()
        return int(page.locator(CANVAS).get_attribute("data-boxes"))

    def test_scores_filter_as_numpy_does(self, open_page):
        page = open_page("one")
        found = boxes()
        confidence, loss = scores_of(found, "confidence"), scores_of(found, "loss")
        assert self.shown(page) == len(found)
        slider = page.get_by_label("confidence of found", exact=True)
        for limit in (0.25, 0.5, 0.9):
            slider.fill(str(limit))
            assert self.shown(page) == np.count_nonzero(confidence >= limit)
        lacking = np.count_nonzero(np.isnan(confidence))
        assert page.get_by_text(f"{lacking} without this score are hidden while it filters").is_visible()
        slider.fill("0.5")
        page.get_by_role("button", name="confidence of found: at least").click()
        assert self.shown(page) == np.count_nonzero(confidence <= 0.5)
        page.get_by_label("loss of found, as a number").fill("-0.75")
        assert self.shown(page) == np.count_nonzero((confidence <= 0.5) & (loss >= -0.75))
        page.locator("[data-layer=found] [data-class='1']").click()
        of_class = np.array([box["class_id"] for box in found]) == 2
        assert self.shown(page) == np.count_nonzero((confidence <= 0.5) & (loss >= -0.75) & of_class)
        assert state_of(page)["l"] == ["found;le:confidence=0.5;ge:loss=-0.75;hide=1"]

    def test_a_double_click_brings_a_box_onto_the_stage(self, open_page):
        page = open_page("one")
        page.locator("[data-layer=found] summary").click()
        page.locator("[data-box='3']").click()
        page.locator(f"{CANVAS}[data-mode=free]").wait_for()
        page.idle()
        marks = page.locator(CANVAS).evaluate("c => ({...c.dataset, width: c.width, height: c.height})")
        position, zoom = boxes()[3]["position"], float(marks["zoom"])
        middle = [int(marks["x"]) + (position["minX"] + 6) * zoom, int(marks["y"]) + (position["minY"] + 4.5) * zoom]
        assert np.abs(np.array(middle) - [int(marks["width"]) / 2, int(marks["height"]) / 2]).max() <= 2
        assert zoom > 20
        page.locator(CANVAS).focus()
        page.keyboard.press("f")
        page.locator(f"{CANVAS}[data-mode=fit]").wait_for()
        page.idle()
        fitted = float(page.locator(CANVAS).get_attribute("data-zoom"))
        point_at(page, position["minX"] + 6, position["minY"] + 4)
        page.mouse.dblclick(*self.pointer(page, position["minX"] + 6, position["minY"] + 4))
        page.locator(f"{CANVAS}[data-mode=free]").wait_for()
        assert float(page.locator(CANVAS).get_attribute("data-zoom")) > fitted

    def pointer(self, page, x, y):
        box = page.locator(CANVAS).bounding_box()
        marks = page.locator(CANVAS).evaluate("c => ({...c.dataset})")
        zoom = float(marks["zoom"])
        return box["x"] + int(marks["x"]) + (x + 0.5) * zoom, box["y"] + int(marks["y"]) + (y + 0.5) * zoom

    def test_labels_scores_and_fill(self, open_page):
        page = open_page("one")
        page.idle()
        first = page.pixels(page.locator(CANVAS))
        page.get_by_role("button", name="Outlined: found").click()
        page.idle()
        filled = page.pixels(page.locator(CANVAS))
        assert np.count_nonzero((first != filled).any(axis=2)) > 2000
        page.get_by_label("scores", exact=True).uncheck()
        page.locator("[data-layer=found] .checks label").first.locator("input").uncheck()
        assert state_of(page)["l"] == ["found;fill;nolabels;noscores"]


class TestWindow:
    def test_a_window_is_numpys_formula(self, open_page):
        page = at_one_to_one(open_page("deep"))
        page.get_by_text("Brightness and window").click()
        page.get_by_label("Window, low, as a number").fill("2000")
        page.get_by_label("Window, low, as a number").press("Enter")
        page.get_by_label("Window, high, as a number").fill("9000")
        page.get_by_label("Window, high, as a number").press("Enter")
        page.idle()
        expected = np.rint(np.clip((deep().astype(float) - 2000) * (255 / 7000), 0, 255))
        assert np.array_equal(shown_picture(page, 50, 70)[:, :, 0], expected)
        assert page.locator(".window").inner_text() == "2,000 … 9,000"
        assert state_of(page)["win"] == ["2000,9000"]
        page.get_by_role("button", name="Full range").click()
        page.idle()
        expected = np.rint(deep().astype(float) * (255 / 65535))
        assert np.array_equal(shown_picture(page, 50, 70)[:, :, 0], expected)
        page.get_by_role("button", name="Auto").click()
        page.idle()
        low, high = np.percentile(deep(), [1, 99], method="nearest").astype(float)
        seen = shown_picture(page, 50, 70)[:, :, 0].astype(float)
        assert np.abs(seen - np.rint(np.clip((deep() - low) * (255 / (high - low)), 0, 255))).max() < 2
        page.get_by_role("button", name="Reset").click()
        assert "win" not in state_of(page)

    def test_brightness_and_contrast_of_8_bits(self, open_page):
        page = at_one_to_one(open_page("one", "&l=truth;off&l=found;off&tone=0.1,2"))
        expected = np.rint(np.clip(picture().astype(float) * (255 / 255 * 2) + 255 * (0.5 + 0.1 - 1), 0, 255))
        assert np.array_equal(shown_picture(page, 60, 80), expected)
        assert point_at(page, 7, 9) == picture()[9, 7].tolist()
        page.get_by_label("Window, high, as a number").fill("128")
        page.get_by_label("Window, high, as a number").press("Enter")
        page.idle()
        expected = np.rint(np.clip(picture().astype(float) * (255 / 128 * 2) + 255 * (0.5 + 0.1 - 1), 0, 255))
        assert np.array_equal(shown_picture(page, 60, 80), expected)

    def test_the_array_beside_the_picture_can_be_drawn(self, open_page):
        page = at_one_to_one(open_page("wave"))
        page.locator(".stage[data-values=ready]").wait_for()
        page.get_by_text("Brightness and window").click()
        page.get_by_label("array, f4").check()
        page.idle()
        stored = wave().astype(float)
        low, high = stored.min(), stored.max()
        assert np.array_equal(shown_picture(page, 20, 30)[:, :, 0], np.rint((stored - low) * (255 / (high - low))))
        assert state_of(page)["src"] == ["values"]


class TestLoupe:
    @pytest.mark.parametrize(("name", "stored"), [("deep", deep()), ("wave", wave())])
    def test_it_tells_the_stored_value(self, open_page, name, stored):
        page = open_page(name, "&loupe=1")
        page.locator(".stage[data-values=ready]").wait_for()
        for x, y in ((0, 0), (stored.shape[1] - 1, stored.shape[0] - 1), (11, 7)):
            assert point_at(page, x, y) == [float(stored[y, x])]
        assert page.locator(".glass").is_visible()

    def test_it_shows_the_pixels_around_by_pointer_and_by_keyboard(self, open_page):
        page = open_page("one", "&l=truth;off&l=found;off")
        point_at(page, 20, 20)
        assert page.locator(".glass").count() == 0
        page.keyboard.down("Alt")
        page.locator(".glass").wait_for()
        assert self.glass(page, 20, 20)
        page.keyboard.up("Alt")
        page.locator(".glass").wait_for(state="detached")
        page.keyboard.press("l")
        page.keyboard.press("d")
        page.keyboard.press("Shift+S")
        page.locator(f"{CANVAS}[data-place='21 30']").wait_for()
        assert self.glass(page, 21, 30)
        assert state_of(page)["loupe"] == ["1"]

    def glass(self, page, x, y):
        """Whether the middle of each magnified pixel but the framed one is that of the picture."""
        data = page.locator(".glass").evaluate("c => Array.from(c.getContext('2d').getImageData(0, 0, 169, 169).data)")
        seen = np.array(data, np.uint8).reshape(169, 169, 4)[6::13, 6::13, :3]
        return np.array_equal(seen, picture()[y - 6 : y + 7, x - 6 : x + 7])

    def test_class_and_scores_are_told(self, open_page):
        page = open_page("one", "&loupe=1")
        box = boxes()[1]
        point_at(page, box["position"]["minX"] + 6, box["position"]["minY"] + 4)
        text = page.locator(".readout").inner_text()
        assert f"confidence {box['scores']['confidence']:.2f} loss {box['scores']['loss']:.2f}" in text


class TestAddress:
    def test_it_brings_back_every_pixel(self, open_page, layers_viewer, new_page):
        page = at_one_to_one(open_page("one"))
        page.get_by_label("Opacity of truth").fill("0.8")
        page.locator("[data-layer=truth] [data-class='1']").click()
        page.locator("[data-layer=truth] [data-class='0']").click()
        page.get_by_label("confidence of found", exact=True).fill("0.4")
        page.locator("[data-layer=found]").get_by_label("Colour of dog").fill("#123456")
        page.get_by_text("Brightness and window").click()
        page.get_by_label("Brightness").fill("0.25")
        page.locator(CANVAS).focus()
        page.keyboard.press("Shift+ArrowRight")
        page.locator(CANVAS).evaluate("canvas => canvas.blur()")
        page.mouse.move(5, 5)
        state = state_of(page)
        assert sorted(state["l"]) == ["found;ge:confidence=0.4;colour=2:123456", "truth;opacity=0.8;hide=1;show=0"]
        assert state["tone"] == ["0.25,1"]
        before = page.pixels(page.locator(CANVAS))
        other = new_page(layers_viewer)
        other.show(page.url.removeprefix(layers_viewer.base), READY)
        other.get_by_text("Brightness and window").wait_for()
        other.idle()
        apart = np.abs(other.pixels(other.locator(CANVAS)).astype(int) - before)
        assert apart.max() <= 2  # Chromium rounds blended edges now one way, now the other
        assert other.locator(".stage").get_attribute("data-ignored") == "0"

    def test_what_is_broken_is_ignored_and_said(self, open_page):
        page = open_page("one", "&l=gone;off&l=truth;opacity=7;hide=1,99&win=5,1&tone=x&at=0,0&loupe=maybe&src=values")
        assert page.locator(".stage").get_attribute("data-ignored") == "8"
        said = page.locator(".ignored").inner_text()
        for part in ("layer “gone”", "“opacity=7”", "class 99", "window “5,1”", "“x”", "place “0,0”", "“maybe”"):
            assert part in said
        assert page.locator("[data-layer=truth] [data-class='1']").get_attribute("aria-pressed") == "false"
        page.get_by_role("button", name="Close this line").click()
        assert page.locator(".ignored").is_hidden()

    def test_the_next_picture_of_the_same_layers_keeps_it(self, open_page):
        page = open_page("one")
        page.get_by_label("Opacity of truth").fill("0.9")
        page.get_by_label("confidence of found", exact=True).fill("0.6")
        state = state_of(page)
        page.keyboard.press("Escape")
        page.locator(CANVAS).focus()
        page.keyboard.press("ArrowRight")
        page.locator(".stage[data-ready=two]").wait_for()
        page.idle()
        assert "path=two" in page.url
        assert state_of(page) == state
        assert page.get_by_label("Opacity of truth").input_value() == "0.9"

    def test_no_control_asks_the_server(self, open_page):
        page = at_one_to_one(open_page("one"))
        page.locator(".stage[data-settled]").wait_for()
        asked = []
        page.on("request", lambda request: "/media/" in request.url or asked.append(request.url))  # the tab's icon
        page.on("websocket", lambda socket: asked.append(socket.url))
        frames = page.context.new_cdp_session(page)
        frames.send("Network.enable")
        frames.on("Network.webSocketFrameSent", lambda frame: asked.append(str(frame)))
        frames.on("Network.webSocketFrameReceived", lambda frame: asked.append(str(frame)))
        page.get_by_role("button", name="Show truth").click()
        page.get_by_label("Opacity of truth").fill("0.2")
        page.locator("[data-layer=found] [data-class='1']").click()
        page.get_by_label("confidence of found", exact=True).fill("0.5")
        page.get_by_role("button", name="Outlined: found").click()
        page.get_by_text("Brightness and window").click()
        page.get_by_label("Brightness").fill("0.5")
        page.get_by_role("button", name="Auto").click()
        page.keyboard.press("l")
        page.keyboard.press("d")
        page.mouse.wheel(0, -200)
        state_of(page)
        page.idle()
        assert asked == []


@pytest.fixture(scope="session")
def list_viewer(start_viewer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists") / "lists-v0"
    (folder / "media/images").mkdir(parents=True)
    names = [f"media/images/shade_{number}.png" for number in range(6)]
    for number, name in enumerate(names):
        Image.new("RGB", (30, 20), (40 * number, 90, 10)).save(folder / name)
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20)).save(buffer, "PNG")
    (folder / names[3]).write_bytes(buffer.getvalue()[:50])
    document = {
        "_type": "images/separated", "count": 6, "width": 30, "height": 20, "format": "png", "filenames": names,
        "captions": [f"shade {number}" for number in range(6)],
    }  # fmt: skip
    (folder / "samples.images-separated.json").write_text(json.dumps(document))
    return start_viewer(folder)


class TestLists:
    def test_all_of_them_are_walked_by_keyboard(self, new_page, list_viewer):
        page = new_page(list_viewer)
        page.show("/entry?ref=lists-v0&path=samples.images-separated.json", READY)
        assert page.locator(".thumb").count() == 6
        assert page.locator(".strip .place").inner_text() == "1 of 6"
        at_one_to_one(page)
        page.keyboard.press(".")
        page.locator(".stage[data-ready='shade 1']").wait_for()
        page.idle()
        assert (shown_picture(page, 20, 30) == [40, 90, 10]).all()
        assert state_of(page)["n"] == ["2"]
        page.keyboard.press(",")
        page.locator(".stage[data-ready='shade 0']").wait_for()
        page.locator(".thumb").first.focus()
        page.keyboard.press("End")
        page.locator(".stage[data-ready='shade 5']").wait_for()
        page.locator(".thumb").nth(3).click()
        page.locator(".stage[data-error]").wait_for()
        assert "shade_3.png" in page.locator(".message").inner_text()
        assert "5 of 6 pictures, because 1 cannot be shown" in page.locator(".notices").inner_text()
        page.keyboard.press("ArrowLeft")
        page.locator(".stage[data-ready='shade 2']").wait_for()

    def test_the_address_names_one_of_them(self, new_page, list_viewer):
        page = new_page(list_viewer)
        page.show("/entry?ref=lists-v0&path=samples.images-separated.json&n=5", ".stage[data-ready='shade 4']")
        assert page.locator(".thumb[aria-selected=true]").get_attribute("title") == "shade 4"
        page.show("/entry?ref=lists-v0&path=samples.images-separated.json&n=40", ".stage[data-ready='shade 0']")
        assert "picture 40, for there are 6" in page.locator(".ignored").inner_text()
