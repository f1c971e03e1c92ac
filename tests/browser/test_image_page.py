"""The picture on its stage, against NumPy: pixels, values under the pointer, zoom and pan, masks and boxes, damage."""

import io
import json
import re

import numpy as np
import pytest
from picture_page import CANVAS, READY, at_one_to_one, canvas_pixels, point_at, shown_picture
from PIL import Image, ImageDraw


def rgb_picture():
    """140 × 100, no two neighbours alike, all 256 values."""
    y, x = np.mgrid[0:100, 0:140]
    return np.stack([(x * 7 + y) % 256, (y * 5 + x * 3) % 256, (x ^ y) % 256], axis=2).astype(np.uint8)


def rgba_picture():
    picture = np.dstack([rgb_picture(), np.zeros((100, 140), np.uint8)])
    picture[:, :, 3] = (np.arange(140) * 255 // 139)[None, :]
    return picture


def grey16_picture():
    y, x = np.mgrid[0:60, 0:80]
    return (1000 + x * 311 + y * 97).astype(np.uint16)


def float_picture():
    y, x = np.mgrid[0:20, 0:30]
    return (np.sin(x / 3) * 2.5 + y / 100).astype(np.float32)


@pytest.fixture(scope="session")
def pictures():
    """Name → what NumPy holds of the file."""
    palette = Image.fromarray(rgb_picture()).quantize(64)
    return {
        "rgb.png": rgb_picture(),
        "rgba.png": rgba_picture(),
        "grey.png": rgb_picture()[:, :, 0],
        "grey16.png": grey16_picture(),
        "rgb.bmp": rgb_picture(),
        "rgb.tiff": rgb_picture(),
        "float.tiff": float_picture(),
        "bits.png": rgb_picture()[:, :, 0] > 127,
        "palette.png": np.asarray(palette),
        "turned.jpg": None,
        "photo.jpg": None,
        "colours.png": rgb_picture(),
    }


@pytest.fixture(scope="session")
def picture_viewer(start_viewer, tmp_path_factory, pictures):
    folder = tmp_path_factory.mktemp("pictures") / "kinds"
    folder.mkdir()
    for name, pixels in pictures.items():
        if pixels is not None:
            Image.fromarray(pixels).save(folder / name)
    Image.fromarray(rgb_picture()).quantize(64).save(folder / "palette.png")
    turned = Image.new("RGB", (40, 20), (255, 0, 0))
    turned.paste((0, 0, 255), (20, 0, 40, 20))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(folder / "turned.jpg", quality=95, exif=exif)
    photo = (
        Image.effect_mandelbrot((200, 150), (-2, -1.5, 1, 1.5), 60).convert("RGB").rotate(20, fillcolor=(200, 30, 90))
    )
    photo.save(folder / "photo.jpg", quality=85, subsampling="4:2:0")
    pictures["photo.jpg"] = np.asarray(Image.open(folder / "photo.jpg"))
    # A profile and a gamma that would change every colour if the browser obeyed them.
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add(b"gAMA", (100_000).to_bytes(4, "big"))
    Image.fromarray(rgb_picture()).save(folder / "colours.png", pnginfo=info)
    return start_viewer(folder)


@pytest.fixture
def show(new_page, picture_viewer):
    """Return a function that opens a picture of the folder and gives its page."""

    def open_picture(name, **options):
        page = new_page(picture_viewer, **options)
        page.show(f"/entry?ref=kinds&path={name}", READY)
        return page

    return open_picture


class TestPixels:
    @pytest.mark.parametrize("name", ["rgb.png", "grey.png", "rgb.bmp", "rgb.tiff", "colours.png"])
    def test_canvas_equals_numpy(self, show, pictures, name):
        page = at_one_to_one(show(name))
        expected = pictures[name]
        if expected.ndim == 2:
            expected = np.repeat(expected[:, :, None], 3, axis=2)
        assert np.array_equal(shown_picture(page, 100, 140), expected)

    def test_a_jpeg_is_what_pillow_decodes(self, show, pictures):
        expected = pictures["photo.jpg"]
        page = at_one_to_one(show("photo.jpg"))
        assert np.array_equal(shown_picture(page, 150, 200), expected)

    def test_alpha_lies_over_the_checkerboard(self, show, pictures):
        page = at_one_to_one(show("rgba.png"))
        seen = shown_picture(page, 100, 140).astype(int)
        opaque = pictures["rgba.png"][:, 139]
        assert np.array_equal(seen[:, 139], opaque[:, :3])
        assert {tuple(colour) for colour in seen[:, 0]} <= {(255, 255, 255), (220, 223, 227)}

    def test_16_bits_are_drawn_from_least_to_largest(self, show, pictures):
        page = at_one_to_one(show("grey16.png"))
        stored = pictures["grey16.png"].astype(np.float64)
        expected = (stored - stored.min()) / (stored.max() - stored.min()) * 255
        seen = shown_picture(page, 60, 80)
        assert np.abs(seen[:, :, 0] - expected).max() <= 0.5
        assert page.locator(".window").inner_text() == f"{stored.min():,.0f} … {stored.max():,.0f}"

    def test_a_turned_picture_is_shown_as_it_is_stored(self, show):
        page = at_one_to_one(show("turned.jpg"))
        seen = shown_picture(page, 20, 40).astype(int)
        assert np.abs(seen[10, 5] - [254, 0, 0]).max() <= 3
        assert np.abs(seen[10, 35] - [0, 0, 254]).max() <= 3
        assert "EXIF orientation 6" in page.locator(".notices").inner_text()

    def test_two_pixels_of_the_screen_for_one_of_the_page(self, show, pictures):
        page = at_one_to_one(show("rgb.png", device_scale_factor=2))
        assert page.locator(".zoom").inner_text() == "100 %"
        assert np.array_equal(shown_picture(page, 100, 140), pictures["rgb.png"])

    def test_what_browsers_cannot_decode_is_converted_and_says_so(self, show):
        page = show("rgb.tiff")
        line = page.locator(".notices p").first
        assert "shown as PNG, because browsers do not decode TIFF" in line.inner_text()
        with page.expect_download() as download:
            line.locator("a").click()
        with Image.open(download.value.path()) as original:
            assert original.format == "TIFF"

    def test_a_picture_beyond_the_limit_is_scaled_and_says_so(self, new_page, start_viewer, tmp_path):
        large = np.zeros((300, 400, 3), np.uint8)
        large[:, 200:] = (0, 200, 0)
        Image.fromarray(large).save(tmp_path / "large.jpg", quality=95)
        page = new_page(start_viewer(tmp_path / "large.jpg", env={"VITRINA_MAX_PIXELS": "40000"}))
        page.show("/", READY)
        assert (
            "200×150 of 400×300 pixels, because more than 40,000 are not decoded"
            in page.locator(".notices").inner_text()
        )
        seen = shown_picture(at_one_to_one(page), 300, 400).astype(int)
        assert np.abs(seen[150, 50]).max() <= 3
        assert np.abs(seen[150, 350] - [0, 200, 0]).max() <= 3
        assert point_at(page, 350, 150) == []
        assert page.locator(".stage").get_attribute("data-values") == "missing"


class TestValues:
    @pytest.mark.parametrize(
        "name",
        [
            "rgb.png",
            "rgba.png",
            "grey.png",
            "grey16.png",
            "float.tiff",
            "bits.png",
            "palette.png",
            "rgb.tiff",
            "photo.jpg",
        ],
    )
    def test_values_under_the_pointer_equal_numpy(self, show, pictures, name):
        page = show(name)
        page.locator(".stage[data-values=ready]").wait_for()
        stored = pictures[name]
        height, width = stored.shape[:2]
        for x, y in ((0, 0), (width - 1, 0), (width // 2, height // 3), (width - 1, height - 1), (3, height // 2)):
            assert point_at(page, x, y) == np.atleast_1d(stored[y, x]).astype(float).tolist()

    def test_channels_have_their_names(self, show):
        page = show("rgba.png")
        page.locator(".stage[data-values=ready]").wait_for()
        point_at(page, 70, 50)
        assert re.findall(r"[a-zA-Z]", page.locator(".readout").inner_text()) == ["x", "y", "R", "G", "B", "A"]

    def test_nothing_is_told_beside_the_picture(self, show):
        page = show("grey.png")
        point_at(page, 0, 0)
        box = page.locator(CANVAS).bounding_box()
        page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
        page.locator(f"{CANVAS}:not([data-value])").wait_for()
        assert page.locator(".readout").is_hidden()


class TestView:
    def marks(self, page):
        return page.locator(CANVAS).evaluate("c => ({...c.dataset})")

    def test_the_picture_has_the_page(self, show):
        page = show("rgb.png")
        box = page.locator(CANVAS).bounding_box()
        assert box["width"] * box["height"] >= 0.6 * 1280 * 800
        assert (box["y"] + box["height"], page.evaluate("document.documentElement.scrollHeight")) == (800, 800)

    def test_it_opens_fitted_and_stays_so(self, show):
        page = show("rgb.png")
        first = self.marks(page)
        assert (first["mode"], first["smoothing"]) == ("fit", "false")
        box = page.locator(CANVAS).bounding_box()
        zoom = float(first["zoom"])
        assert zoom == int(min((box["width"] - 16) / 140, (box["height"] - 16) / 100))
        page.set_viewport_size({"width": 1000, "height": 600})
        page.locator(f"{CANVAS}:not([data-zoom='{first['zoom']}'])").wait_for()
        assert self.marks(page)["mode"] == "fit"

    def test_the_wheel_zooms_about_the_pointer(self, show):
        page = show("rgb.png")
        page.locator(".stage[data-values=ready]").wait_for()
        point_at(page, 33, 44)
        before = self.marks(page)
        page.mouse.wheel(0, -300)
        page.locator(f"{CANVAS}:not([data-zoom='{before['zoom']}'])").wait_for()
        after = self.marks(page)
        assert float(after["zoom"]) == pytest.approx(float(before["zoom"]) * np.exp(300 * 0.0016))
        box, place = page.locator(CANVAS).bounding_box(), self.pointer(before, 33, 44)
        page.mouse.move(box["x"] + place[0] + 1, box["y"] + place[1])
        page.locator(f"{CANVAS}[data-place='33 44']").wait_for()
        assert self.pointer(after, 33, 44) == pytest.approx(place, abs=float(after["zoom"]) / 2)

    def pointer(self, marks, x, y):
        """Return where the middle of a pixel lies on the canvas."""
        zoom = float(marks["zoom"])
        return int(marks["x"]) + (x + 0.5) * zoom, int(marks["y"]) + (y + 0.5) * zoom

    def test_dragging_moves_the_picture(self, show):
        page = show("rgb.png")
        before = self.marks(page)
        box = page.locator(CANVAS).bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 90, y - 40, steps=4)
        page.mouse.up()
        page.idle()
        after = self.marks(page)
        assert (int(after["x"]) - int(before["x"]), int(after["y"]) - int(before["y"])) == (90, -40)
        page.keyboard.press("f")
        page.locator(f"{CANVAS}[data-mode=fit]").wait_for()
        page.idle()
        assert self.marks(page)["x"] == before["x"]

    def test_near_pixels_are_squares_with_a_grid(self, show, pictures):
        page = show("rgb.png")
        for _ in range(8):
            page.keyboard.press("+")
        page.locator(f"{CANVAS}[data-grid=true]").wait_for()
        page.idle()
        marks = self.marks(page)
        zoom = float(marks["zoom"])
        column, row = 70, 50
        left, top = int(marks["x"]) + column * zoom, int(marks["y"]) + row * zoom
        inside = canvas_pixels(page, int(left) + 3, int(top) + 3, 5, 5)[:, :, :3].reshape(-1, 3)
        assert {tuple(int(v) for v in colour) for colour in inside} == {
            tuple(int(v) for v in pictures["rgb.png"][row, column])
        }
        assert marks["smoothing"] == "false"

    def test_far_pixels_are_smoothed(self, show):
        page = at_one_to_one(show("rgb.png"))
        page.keyboard.press("-")
        page.locator(f"{CANVAS}[data-smoothing=true]").wait_for()

    def test_buttons_do_what_keys_do(self, show):
        page = show("rgb.png")
        page.get_by_role("button", name="One to one").click()
        page.locator(f"{CANVAS}[data-scale='1']").wait_for()
        page.get_by_role("button", name="Zoom in").click()
        page.locator(f"{CANVAS}[data-scale='1.5']").wait_for()
        page.get_by_role("button", name="Fit").click()
        page.locator(f"{CANVAS}[data-mode=fit]").wait_for()

    def test_it_has_a_name_and_the_focus(self, show):
        page = show("rgb.png")
        picture = page.get_by_role("img", name="rgb.png")
        picture.focus()
        assert picture.evaluate("c => c === c.getRootNode().activeElement")


@pytest.fixture(scope="session")
def labelled():
    """A picture with a mask and boxes, as JSON of an artifact folder: (picture, ids)."""
    picture = np.full((60, 80, 3), 100, np.uint8)
    ids = np.zeros((60, 80), np.uint8)
    ids[10:30, 10:30] = 1
    ids[30:50, 40:70] = 2
    return picture, ids


@pytest.fixture(scope="session")
def labelled_viewer(start_viewer, tmp_path_factory, labelled):
    folder = tmp_path_factory.mktemp("labelled") / "labelled-v0"
    media = folder / "media/images"
    media.mkdir(parents=True)
    picture, ids = labelled
    Image.fromarray(picture).save(media / "scene.png")
    Image.fromarray(ids).save(media / "truth.png")
    boxes = [
        {"position": {"minX": 0.125, "maxX": 0.375, "minY": 0.1, "maxY": 0.5}, "class_id": 1, "scores": {"acc": 0.9}},
        {
            "position": {"middle": [55, 40], "width": 30, "height": 20},
            "domain": "pixel",
            "class_id": 2,
            "box_caption": "<b>bus</b>",
        },
    ]
    document = {
        "_type": "image-file", "path": "media/images/scene.png", "format": "png", "width": 80, "height": 60,
        "masks": {"truth": {"_type": "mask", "path": "media/images/truth.png"}},
        "boxes": {"found": boxes},
    }  # fmt: skip
    (folder / "scene.image-file.json").write_text(json.dumps(document))
    return start_viewer(folder)


@pytest.fixture
def scene(new_page, labelled_viewer):
    page = new_page(labelled_viewer)
    page.show("/entry?ref=labelled:v0&path=scene.image-file.json", READY)
    page.get_by_text("Layers").wait_for()
    return at_one_to_one(page)


class TestLayers:
    def test_a_mask_lies_half_over_the_picture(self, scene, labelled):
        picture, ids = labelled
        scene.get_by_role("button", name="Show found").click()
        scene.idle()
        seen = shown_picture(scene, 60, 80).astype(int)
        expected = picture.astype(float)
        for class_id, colour in ((1, (0xE6, 0x9F, 0x00)), (2, (0x56, 0xB4, 0xE9))):
            expected[ids == class_id] = (expected[ids == class_id] + colour) / 2
        assert np.abs(seen - expected).max() <= 1

    def test_a_class_that_is_switched_off_changes_exactly_its_pixels(self, scene, labelled):
        _, ids = labelled
        scene.get_by_role("button", name="Show found").click()
        scene.idle()
        before = shown_picture(scene, 60, 80)
        scene.locator("[data-layer=truth] [data-class='2']").click()
        scene.locator("[data-layer=truth] [data-class='2'][aria-pressed=false]").wait_for()
        scene.idle()
        changed = (shown_picture(scene, 60, 80) != before).any(axis=2)
        assert np.array_equal(changed, ids == 2)

    def test_overlays_need_no_server(self, scene):
        asked = []
        scene.on("request", lambda request: asked.append(request.url))
        scene.on("websocket", lambda socket: asked.append(socket.url))
        scene.get_by_role("button", name="Show truth").click()
        scene.get_by_label("Opacity of truth").fill("0.2")
        scene.locator("[data-layer=found] [data-class='1']").click()
        scene.locator(f"{CANVAS}[data-boxes='1']").wait_for()
        scene.idle()
        assert asked == []

    def test_holding_h_hides_all_of_them(self, scene, labelled):
        picture, _ = labelled
        before = shown_picture(scene, 60, 80)
        scene.keyboard.down("h")
        scene.locator(".stage[data-overlays-hidden]").wait_for()
        scene.idle()
        assert np.array_equal(shown_picture(scene, 60, 80), picture)
        scene.keyboard.up("h")
        scene.locator(".stage:not([data-overlays-hidden])").wait_for()
        scene.idle()
        assert np.array_equal(shown_picture(scene, 60, 80), before)

    def test_class_box_and_score_under_the_pointer(self, scene):
        point_at(scene, 15, 15)
        assert scene.locator(".readout .line").nth(1).inner_text().split("\n") == ["truth", "class · 1"]
        assert scene.locator(".readout .line").nth(2).inner_text().split("\n") == ["found", "class_1 0.90"]
        point_at(scene, 50, 35)
        assert scene.locator(".readout .line").nth(2).inner_text().split("\n") == ["found", "<b>bus</b>"]

    def test_counts_are_those_of_numpy(self, scene, labelled):
        _, ids = labelled
        for class_id in (0, 1, 2):
            row = scene.locator(f"[data-layer=truth] [data-class='{class_id}'] .amount")
            assert row.inner_text() == f"{np.count_nonzero(ids == class_id):,}"


def cut_png():
    buffer = io.BytesIO()
    picture = Image.new("RGB", (64, 64))
    ImageDraw.Draw(picture).line((0, 0, 63, 63), fill="red")
    Image.effect_noise((64, 64), 80).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()[:-400]


@pytest.fixture(scope="session")
def broken_viewer(start_viewer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken") / "broken-v1"
    (folder / "media/images").mkdir(parents=True)
    Image.new("RGB", (10, 10), "green").save(folder / "media/images/good.png")
    (folder / "media/images/cut.png").write_bytes(cut_png())
    documents = {
        "missing.image-file.json": {"_type": "image-file", "path": "media/images/gone.png"},
        "cut.image-file.json": {"_type": "image-file", "path": "media/images/cut.png"},
        "outside.image-file.json": {"_type": "image-file", "path": "../x"},
        "strange.hologram.json": {"_type": "hologram", "rays": 3, "note": "<img src=x onerror=alert(1)>"},
        "good.image-file.json": {"_type": "image-file", "path": "media/images/good.png"},
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))
    return start_viewer(folder)


class TestDamage:
    @pytest.fixture
    def broken(self, new_page, broken_viewer):
        return new_page(broken_viewer)

    @pytest.mark.parametrize(
        ("name", "words"),
        [("missing", "gone.png"), ("cut", "annot be decoded (image file is truncated)"), ("outside", "../x")],
    )
    def test_one_card_says_what_is_wrong(self, broken, name, words):
        broken.excuse("status of 409")
        broken.show(f"/entry?ref=broken:v1&path={name}.image-file.json")
        broken.locator("[data-error]").first.wait_for()
        assert broken.locator("[data-error]").count() == 1
        assert words in broken.locator("[data-error]").inner_text()

    def test_the_json_stands_below_the_card(self, broken):
        broken.show("/entry?ref=broken:v1&path=missing.image-file.json", ".card")
        assert '"path": "media/images/gone.png"' in broken.locator(".sheet pre").inner_text()
        assert broken.locator(".badge.bad").inner_text().split() == ["✗", "1", "problem"]

    def test_an_unknown_type_is_shown_as_stored(self, broken):
        broken.show("/entry?ref=broken:v1&path=strange.hologram.json", ".st-key-object-json [data-ready]")
        shown = broken.locator(".st-key-object-json [data-ready]").inner_text()
        assert "note" in shown
        assert "<img src=x onerror=alert(1)>" in shown
        assert "nobody here knows this type" in broken.locator(".notices").inner_text()

    def test_the_rest_opens(self, broken):
        broken.excuse("status of 409")
        broken.show("/artifact?ref=broken:v1", ".grid[data-ready='5']")
        assert broken.locator(".card").count() == 5
        broken.locator(".card", has_text="good").click()
        broken.locator(READY).wait_for()
