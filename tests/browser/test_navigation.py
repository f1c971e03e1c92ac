"""The address is the state: links, Back, keys, search, and what happens to an address that names nothing."""

import re
from urllib.parse import unquote

import numpy as np
import pytest

NAMES = ["amber", "blue", "coral", "dune", "elm"]


@pytest.fixture(scope="session")
def zoo(tmp_path_factory):
    """A store: pets in two versions with five pictures, and notes without any."""
    from datatypes import Image
    from storage import Artifact, Store

    folder = tmp_path_factory.mktemp("navigation") / "zoo"
    store = Store(folder)
    for number in range(2):
        pets = Artifact("pets", type="dataset", metadata={"number": number})
        for index, name in enumerate(NAMES):
            colour = np.array([40 * index + 20, 100, 200 - 30 * index], np.uint8) + np.uint8(number)
            pets.add(Image(np.tile(colour, (30, 40, 1)), caption=f"this is {name}"), name)
        with pets.new_file("notes/read me.txt") as file:
            file.write("hello")
        store.log_artifact(pets, aliases=["best"] if number == 0 else [])
    notes = Artifact("notes", type="text")
    with notes.new_file("a.txt") as file:
        file.write("a")
    store.log_artifact(notes)
    return folder


@pytest.fixture(scope="session")
def zoo_viewer(start_viewer, zoo):
    return start_viewer(zoo)


@pytest.fixture
def page(new_page, zoo_viewer):
    return new_page(zoo_viewer)


def entry(name, ref="pets:v1"):
    return f"/entry?ref={ref}&path={name}.image-file.json"


def wait_for(page, name):
    """Wait until the page shows a value: its picture, its name in the bar, its caption."""
    page.locator(f".bar[data-ready='{name}']").wait_for()
    page.locator(f".stage[data-ready='this is {name}']").wait_for()
    page.locator(".caption", has_text=f"this is {name}").wait_for()


def at(page):
    """Return the address below the host; Streamlit escapes more than we do once a widget has a part in it."""
    return unquote(page.url.removeprefix(page.viewer.base))


class TestLinks:
    def test_from_the_store_to_an_object_and_back(self, page):
        page.show("/", ".grid[data-ready='2']")
        page.locator(".card", has_text="pets").click()
        page.locator(".grid[data-ready='5']").wait_for()
        assert at(page) == "/artifact?ref=pets:v1"
        page.locator(".card", has_text="coral").click()
        wait_for(page, "coral")
        assert at(page) == entry("coral")
        page.locator(".crumbs a", has_text="pets").click()
        page.locator(".grid[data-ready='5']").wait_for()
        page.locator(".crumbs a", has_text="zoo").click()
        page.locator(".grid[data-ready='2']").wait_for()
        assert at(page) == "/"

    def test_moving_does_not_load_the_page_again(self, page):
        page.show(entry("amber"), ".stage[data-ready]")
        page.evaluate("window.stays = true")
        page.get_by_label("Next").click()
        wait_for(page, "blue")
        page.locator("nav .artifact", has_text="notes").click()
        page.locator("h1", has_text="notes").wait_for()
        assert page.evaluate("window.stays")

    def test_links_are_real(self, page):
        page.show(entry("amber"), ".stage[data-ready]")
        assert page.get_by_label("Next").get_attribute("href") == entry("blue")
        with page.context.expect_page() as opened:
            page.get_by_label("Next").click(modifiers=["Control"])
        opened.value.wait_for_load_state()
        assert opened.value.url == page.viewer.base + entry("blue")
        assert at(page) == entry("amber")

    def test_the_sidebar_lists_the_values_of_the_artifact(self, page):
        page.show(entry("dune"), ".stage[data-ready]")
        assert page.locator("nav .value").all_inner_texts() == NAMES
        assert page.locator("nav .value[aria-current=page]").inner_text() == "dune"
        page.locator("nav .value", has_text="elm").click()
        wait_for(page, "elm")
        assert page.locator("nav .value[aria-current=page]").inner_text() == "elm"


class TestHistory:
    def test_back_walks_through_four_objects(self, page):
        page.show(entry("amber"), ".stage[data-ready]")
        for name in NAMES[1:4]:
            page.keyboard.press("ArrowRight")
            wait_for(page, name)
            assert at(page) == entry(name)
        for name in reversed(NAMES[:3]):
            page.go_back()
            wait_for(page, name)
            assert at(page) == entry(name)
        page.go_forward()
        wait_for(page, "blue")

    def test_back_crosses_pages(self, page):
        page.show("/", ".grid[data-ready='2']")
        page.locator(".card", has_text="pets").click()
        page.locator(".grid[data-ready='5']").wait_for()
        page.locator(".card", has_text="blue").click()
        wait_for(page, "blue")
        page.go_back()
        page.locator(".grid[data-ready='5']").wait_for()
        page.go_back()
        page.locator(".grid[data-ready='2']").wait_for()
        assert at(page) == "/"

    def test_a_copied_address_shows_the_same_picture_in_another_browser(self, page, new_page, zoo_viewer):
        page.show("/", ".grid[data-ready='2']")
        page.locator(".card", has_text="pets").click()
        page.locator(".card", has_text="coral").click()
        wait_for(page, "coral")
        page.idle()
        other = new_page(zoo_viewer)
        other.show(at(page), ".stage[data-ready='this is coral']")
        assert np.array_equal(page.pixels(page.locator("canvas")), other.pixels(other.locator("canvas")))

    def test_an_address_outlives_the_viewer(self, start_viewer, new_page, zoo, tmp_path):
        first = start_viewer(zoo)
        page = new_page(first)
        page.show(entry("dune", "pets:best"), ".stage[data-ready]")
        picture = page.pixels(page.locator("canvas"))
        page.context.close()
        first.stop()
        again = new_page(start_viewer(zoo))
        again.show(entry("dune", "pets:best"), ".stage[data-ready]")
        assert np.array_equal(again.pixels(again.locator("canvas")), picture)

    def test_a_tab_is_in_the_address(self, page):
        page.show("/artifact?ref=pets:v1", ".grid[data-ready='5']")
        page.get_by_role("tab", name="Files").click()
        page.get_by_role("treeitem", name="notes").click()
        page.get_by_text("read me.txt").wait_for()
        assert at(page) == "/artifact?ref=pets:v1&tab=Files"
        page.show(at(page), "[data-ready='11']")
        page.get_by_label("Search files").fill("READ me")
        page.locator("[data-ready='1']").wait_for()
        assert page.get_by_role("treeitem").all_inner_texts()[-1].startswith("read me.txt")


class TestKeys:
    def test_left_and_right_are_previous_and_next(self, page):
        page.show(entry("blue"), ".stage[data-ready]")
        page.keyboard.press("ArrowLeft")
        wait_for(page, "amber")
        page.keyboard.press("ArrowLeft")
        page.idle()
        assert at(page) == entry("amber")
        page.keyboard.press("ArrowRight")
        wait_for(page, "blue")

    def test_brackets_are_versions(self, page):
        page.show(entry("coral"), ".stage[data-ready]")
        page.keyboard.press("[")
        page.locator(".crumbs .chip.version", has_text="v0").wait_for()
        assert at(page) == entry("coral", "pets:v0")
        page.keyboard.press("]")
        page.locator(".crumbs .chip.version", has_text="v1").wait_for()
        page.show("/artifact?ref=pets:v1", ".grid[data-ready='5']")
        page.keyboard.press("[")
        page.wait_for_url("**/artifact?ref=pets:v0")

    def test_the_version_switch(self, page):
        page.show("/artifact?ref=pets:v1", ".grid[data-ready='5']")
        page.get_by_label("Version").select_option("v0")
        page.wait_for_url("**/artifact?ref=pets:v0")
        page.locator(".chip.alias", has_text="best").first.wait_for()

    @pytest.mark.parametrize("key", ["/", "Control+k"])
    def test_find_by_keyboard_alone(self, page, key):
        page.show("/artifact?ref=pets:v1", ".grid[data-ready='5']")
        page.keyboard.press(key)
        page.locator("dialog.find[data-ready]").wait_for()
        page.keyboard.type("elm json")
        page.locator(".hit").first.wait_for()
        page.locator("dialog.find[data-ready='elm json']").wait_for()
        assert page.locator(".hit .name").all_inner_texts() == ["elm"]
        page.keyboard.press("Enter")
        wait_for(page, "elm")
        assert at(page) == entry("elm")

    def test_find_counts_what_it_does_not_show(self, page):
        page.show("/artifact?ref=pets:v1", ".grid[data-ready='5']")
        page.keyboard.press("/")
        page.locator("dialog.find[data-ready]").wait_for()
        assert "pages, artifacts, versions and runs" in page.locator(".find .foot").inner_text()
        page.keyboard.type("no such thing")
        page.locator(".find .foot", has_text="0 found").wait_for()
        page.keyboard.press("Escape")
        page.locator("dialog.find").wait_for(state="hidden")

    def test_the_sheet_of_keys(self, page):
        page.show(entry("blue"), ".stage[data-ready]")
        page.keyboard.press("?")
        page.get_by_role("heading", name="Keys of this page").wait_for()
        assert "held: hide overlays" in page.locator("dialog.keys").inner_text()
        page.keyboard.press("Escape")
        page.locator("dialog.keys").wait_for(state="hidden")

    def test_cards_by_keyboard(self, page):
        page.show("/artifact?ref=pets:v1", ".grid[data-ready='5']")
        page.locator(".card").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        wait_for(page, "coral")


class TestWrongAddresses:
    @pytest.mark.parametrize(
        ("path", "said", "shown"),
        [
            ("/nope", "“/nope” was ignored", "zoo"),
            (
                "/artifact?ref=pets:v9",
                "“pets:v9” was ignored, because pets has no such version; pets:v1 is shown",
                "pets",
            ),
            ("/artifact?ref=%00", "was ignored", "zoo"),
            ("/artifact", "no artifact was named", "zoo"),
            ("/entry?ref=pets:v1&path=gone.png", "“gone.png” was ignored", "pets"),
            ("/entry?ref=pets:v1&path=../../x", "“../../x” was ignored", "pets"),
        ],
    )
    def test_falls_back_and_says_so(self, page, path, said, shown):
        page.show(path, ".notices[data-ready]")
        assert said in page.locator(".notices").first.inner_text()
        assert page.locator("h1").inner_text() == shown
        assert page.locator("[data-testid=stDialog]").count() == 0


class TestFrame:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
    def test_nothing_of_streamlit_and_no_bar_in_a_bar(self, new_page, zoo_viewer, scheme, size):
        width, height = size
        page = new_page(zoo_viewer, color_scheme=scheme, viewport={"width": width, "height": height})
        page.show(entry("amber"), ".stage[data-ready]")
        for chrome in ("stHeader", "stToolbar", "stMainMenu", "stAppDeployButton", "stStatusWidget"):
            assert page.get_by_test_id(chrome).locator("visible=true").count() == 0
        root = "document.documentElement"
        assert page.evaluate(f"[{root}.scrollHeight, {root}.scrollWidth]") == [height, width]
        box = page.locator("canvas").bounding_box()
        assert box["width"] * box["height"] >= 0.6 * width * height
        shade = page.locator(".bar").evaluate("bar => getComputedStyle(bar).backgroundColor")
        red = int(re.findall(r"\d+", shade)[0])
        assert red > 240 if scheme == "light" else red < 40

    def test_the_tab_is_named_by_what_it_shows(self, page):
        page.show("/", ".grid[data-ready]")
        assert page.title() == "zoo · Vitrina"
        page.show(entry("amber"), ".stage[data-ready]")
        assert page.title() == "amber · pets:v1 · Vitrina"

    def test_a_digest_is_short_and_copied_whole(self, page, zoo):
        from storage import Store

        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.show(entry("amber"), ".stage[data-ready]")
        artifact = Store(zoo).artifact("pets:v1")
        digest = artifact.get_path(artifact.get("amber").path).digest
        assert page.locator(".names dd").last.inner_text() == f"{digest[:10]}…"
        page.get_by_label("Copy digest").click()
        page.locator("[data-copied]").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == digest
