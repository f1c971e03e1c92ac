"""Two pictures together, against NumPy: one place in both, swipe, blink, difference, layers of both, the address."""

import urllib.parse

import numpy as np
import pytest

import datatypes as dt
from storage import Artifact, Store

READY = ".compare[data-values]"
LEFT, RIGHT, THIRD = (f".view[data-side={side}] canvas.picture" for side in ("left", "right", "difference"))
HEIGHT, WIDTH = 64, 96


def picture():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([x * 2, y * 3, (x + y) % 200], axis=2).astype(np.uint8)


def other():
    """The picture with a block and two single pixels changed, each channel by another amount."""
    changed = picture().astype(int)
    random = np.random.default_rng(1)
    changed[10:30, 20:50] += random.integers(-9, 10, (20, 30, 3))
    changed[40, 60] += (0, 25, -3)
    changed[63, 95] -= (0, 0, 7)
    return np.clip(changed, 0, 255).astype(np.uint8)


def ids(shift=0):
    found = np.zeros((HEIGHT, WIDTH), np.uint8)
    found[20 + shift : 40 + shift, 30:70] = 1
    return found


def deep(shift=0):
    y, x = np.mgrid[0:40, 0:50]
    return (1000 + x * 900 + y * 77 + shift * (x == 3)).astype(np.uint16)


def large():
    """1600 × 1200, seen from afar."""
    y, x = np.mgrid[0:1200, 0:1600]
    return ((x // 8 + y // 8) % 256).astype(np.uint8)


@pytest.fixture(scope="session")
def pair_viewer(start_viewer, tmp_path_factory):
    artifact = Artifact("pair", type="dataset")

    def labelled(pixels, shift):
        labels = {0: "background", 1: "cat"}
        return dt.Image(pixels, masks={"truth": {"mask_data": ids(shift), "class_labels": labels}})

    single = large()
    single[777, 1111] += 3
    values = {
        "left": labelled(picture(), 0), "right": labelled(other(), 6), "deep": dt.Image(deep()),
        "deeper": dt.Image(deep(4000)), "wave": dt.Image(np.sin(deep() / 9000).astype(np.float32), exact=True),
        "wave2": dt.Image(np.cos(deep() / 9000).astype(np.float32), exact=True),
        "large": dt.Image(large()), "large2": dt.Image(single),
    }  # fmt: skip
    for name, value in values.items():
        artifact.add(value, name)
    store = Store(tmp_path_factory.mktemp("pair") / "store")
    store.log_artifact(artifact)
    return start_viewer(store.path)


@pytest.fixture
def pair(new_page, pair_viewer):
    def show(a, b, state=""):
        page = new_page(pair_viewer)
        page.show(f"/compare?a=pair:v0/{a}.image-file.json&b=pair:v0/{b}.image-file.json{state}", READY)
        return page

    return show


def marks(page, selector):
    return page.locator(selector).evaluate("c => ({...c.dataset, width: c.width, height: c.height})")


def seen(page, selector, height=HEIGHT, width=WIDTH):
    """Return the picture as it lies on a canvas at 1:1."""
    found = marks(page, selector)
    assert float(found["scale"]) == 1
    data = page.locator(selector).evaluate(
        "(c, box) => Array.from(c.getContext('2d').getImageData(...box).data)",
        [int(found["x"]), int(found["y"]), width, height],
    )
    return np.array(data, np.uint8).reshape(height, width, 4)[:, :, :3]


def at_one_to_one(page):
    page.keyboard.press("1")
    page.locator(".panes").get_by_text("100 %").wait_for()
    page.idle()
    return page


def state_of(page):
    page.wait_for_timeout(250)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
    return {key: values for key, values in query.items() if key not in ("a", "b")}


def measured(a, b):
    delta = b.astype(float) - a.astype(float)
    unequal = a != b
    return np.abs(delta).max(), np.count_nonzero(unequal.any(axis=2) if unequal.ndim == 3 else unequal)


class TestSideBySide:
    def test_both_show_the_same_place(self, pair):
        page = at_one_to_one(pair("left", "right", "&l=truth;off"))
        assert np.array_equal(seen(page, LEFT), picture())
        assert np.array_equal(seen(page, RIGHT), other())
        page.locator(RIGHT).hover()
        page.mouse.wheel(0, -400)
        page.idle()
        left, right = marks(page, LEFT), marks(page, RIGHT)
        assert left["zoom"] == right["zoom"]
        assert float(left["zoom"]) > 1.5
        assert (left["x"], left["y"]) == (right["x"], right["y"])
        assert left["place"] == right["place"]
        x, y = map(int, left["place"].split())
        assert left["value"] == " ".join(map(str, picture()[y, x]))
        assert right["value"] == " ".join(map(str, other()[y, x]))

    def test_layers_of_one_name_are_switched_together_or_apart(self, pair):
        page = at_one_to_one(pair("left", "right"))
        page.locator("[data-side=left] [data-layer=truth] [data-class='1']").click()
        page.idle()
        assert np.array_equal(seen(page, LEFT), picture())
        assert np.array_equal(seen(page, RIGHT), other())
        assert state_of(page)["l"] == ["truth;hide=1"]
        page.get_by_label("same names together").uncheck()
        page.locator("[data-side=right] [data-layer=truth] [data-class='1']").click()
        page.idle()
        assert np.array_equal(seen(page, LEFT), picture())
        changed = (np.abs(seen(page, RIGHT).astype(int) - other()) > 1).any(axis=2)
        assert np.array_equal(changed, ids(6) == 1)
        assert state_of(page)["own"] == ["1"]


class TestSwipeAndBlink:
    def test_left_of_the_line_is_the_left_picture(self, pair):
        page = at_one_to_one(pair("left", "right", "&mode=swipe&l=truth;off"))
        box = page.locator(".panes").bounding_box()
        found = marks(page, LEFT)
        line = int(found["x"]) + 35
        page.get_by_role("slider", name="Share of").evaluate(
            "(input, share) => { input.step = 'any'; input.value = share; input.dispatchEvent(new Event('input')); }",
            line / box["width"],
        )
        page.idle()
        shown = page.pixels(page.locator(".panes"))
        top, left = int(found["y"]), int(found["x"])
        part = shown[top : top + HEIGHT, left : left + WIDTH]
        assert np.array_equal(part[:, :22], picture()[:, :22])  # the grip has 12 pixels on either side
        assert np.array_equal(part[:, 48:], other()[:, 48:])
        assert np.array_equal(part[:8, :33], picture()[:8, :33])
        assert float(state_of(page)["swipe"][0]) == pytest.approx(line / box["width"], abs=0.001)
        page.keyboard.press(".")
        assert float(state_of(page)["swipe"][0]) == pytest.approx(line / box["width"] + 0.02, abs=0.001)

    def test_blink_shows_the_one_and_the_other(self, pair):
        page = at_one_to_one(pair("left", "right", "&l=truth;off"))
        page.get_by_role("radio", name="Blink").click()
        assert not page.get_by_label("by itself").is_checked()  # the visitor asked for less motion
        page.locator(LEFT).focus()
        for front, expected in ((LEFT, picture()), (RIGHT, other()), (LEFT, picture())):
            page.locator(front).wait_for()
            page.idle()
            found = marks(page, front)
            shown = page.pixels(page.locator(".panes"))
            top, left = int(found["y"]), int(found["x"])
            assert np.array_equal(shown[top : top + HEIGHT, left : left + WIDTH], expected)
            page.keyboard.press("Space")


class TestDifference:
    @pytest.mark.parametrize(
        ("names", "values"),
        [
            (("left", "right"), (picture(), other())),
            (("deep", "deeper"), (deep(), deep(4000))),
            (("wave", "wave2"), (np.sin(deep() / 9000).astype(np.float32), np.cos(deep() / 9000).astype(np.float32))),
            (("left", "left"), (picture(), picture())),
        ],
        ids=["8 bits", "16 bits", "exact floats", "equal"],
    )
    def test_maximum_and_count_are_numpys(self, pair, names, values):
        page = pair(*names, "&mode=difference")
        page.locator(".compare[data-max]").wait_for()
        largest, changed = measured(*values)
        found = page.locator(".compare").evaluate("e => [Number(e.dataset.max), Number(e.dataset.changed)]")
        assert found == [largest, changed]
        said = page.locator(".told").inner_text()
        assert (f"{changed:,} of" in said) if changed else ("are equal" in said)

    def test_its_colours_follow_the_sign_and_the_amplification(self, pair):
        page = pair("left", "right", "&mode=difference&diff=signed&amp=8")
        page.locator(".compare[data-max]").wait_for()
        at_one_to_one(page)
        delta = other().astype(int) - picture().astype(int)
        most = np.take_along_axis(delta, np.abs(delta).argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
        shown = seen(page, THIRD).astype(int)
        neutral = shown[0, 0]
        assert np.array_equal((shown != neutral).any(axis=2), most != 0)
        assert (shown[most > 4][:, 0] > shown[most > 4][:, 2]).all()
        assert (shown[most < -4][:, 0] < shown[most < -4][:, 2]).all()
        strong = np.abs(shown - neutral).sum()
        page.get_by_label("Amplification").fill("0")
        page.idle()
        assert np.abs(seen(page, THIRD).astype(int) - neutral).sum() < strong
        assert state_of(page)["amp"] == ["1"]
        page.get_by_label("signed").uncheck()
        page.idle()
        assert "diff" not in state_of(page)
        found = marks(page, THIRD)
        box = page.locator(THIRD).bounding_box()
        page.mouse.move(box["x"] + int(found["x"]) + 60.5, box["y"] + int(found["y"]) + 40.5)
        page.locator(f"{THIRD}[data-place='60 40']").wait_for()
        assert page.locator(THIRD).get_attribute("data-value") == "0 25 -3"

    def test_a_single_changed_pixel_is_seen_from_afar(self, pair):
        page = pair("large", "large2", "&mode=difference")
        page.locator(".compare[data-changed='1']").wait_for()
        page.idle()
        found = marks(page, THIRD)
        assert float(found["scale"]) < 0.6
        data = page.locator(THIRD).evaluate(
            "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
        )
        shown = np.array(data, np.uint8).reshape(found["height"], found["width"], 4)
        scale, top, left = float(found["scale"]), int(found["y"]), int(found["x"])
        part = shown[top : top + int(1200 * scale), left : left + int(1600 * scale), :3]
        different = np.argwhere((part != part[0, 0]).any(axis=2))
        assert 1 <= len(different) <= 16
        assert np.abs(different.mean(axis=0) - [777 * scale, 1111 * scale]).max() <= 2

    def test_two_sizes_have_none_and_it_says_why(self, pair):
        page = pair("left", "deep", "&mode=difference")
        page.locator(".panes .message").wait_for()
        assert "because they are 96×64 and 50×40 pixels" in page.locator(".panes .message").inner_text()
        page.get_by_role("radio", name="Side by side").click()
        page.locator(LEFT).wait_for()


class TestAddress:
    def test_a_broken_one_is_ignored_and_said(self, pair):
        page = pair("left", "right", "&mode=melt&swipe=7&amp=-1&diff=odd&l=nothing;off")
        assert page.locator(".compare").get_attribute("data-ignored") == "5"
        assert page.locator(".compare").get_attribute("data-mode") == "side"

    def test_no_control_asks_the_server(self, pair):
        page = pair("left", "right")
        asked = []
        page.on("request", lambda request: "/media/" in request.url or asked.append(request.url))  # the tab's icon
        frames = page.context.new_cdp_session(page)
        frames.send("Network.enable")
        frames.on("Network.webSocketFrameSent", lambda frame: asked.append(str(frame)))
        for mode in ("Swipe", "Blink", "Difference", "Side by side"):
            page.get_by_role("radio", name=mode).click()
            page.idle()
        page.locator("[data-side=left] [data-layer=truth] .eye").click()
        page.keyboard.press("m")
        page.keyboard.press("+")
        state_of(page)
        assert asked == []
