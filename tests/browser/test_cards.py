"""Cards: previews that exist or leave a sign, hostile names, long lists, and one card for each damage."""

import json

import numpy as np
import pytest
from PIL import Image as PilImage

HOSTILE = '<img src=x onerror="document.body.dataset.pwned=1">![y](http://203.0.113.9/y.png)'


@pytest.fixture(scope="session")
def gallery_viewer(start_viewer, tmp_path_factory):
    """An artifact with 150 values; one has a hostile name and caption, one a picture that is no picture."""
    folder = tmp_path_factory.mktemp("cards") / "cards-v2"
    media = folder / "media/images"
    media.mkdir(parents=True)
    for number in range(148):
        PilImage.new("RGB", (12, 9), (number, 90, 255 - number)).save(media / f"{number:03}.png")
        document = {"_type": "image-file", "path": f"media/images/{number:03}.png", "width": 12, "height": 9}
        (folder / f"p{number:03}.image-file.json").write_text(json.dumps(document))
    (media / "text.png").write_text("no picture")
    broken = {"_type": "image-file", "path": "media/images/text.png", "width": 3, "height": 3}
    (folder / "broken.image-file.json").write_text(json.dumps(broken))
    hostile = {"_type": "image-file", "path": "media/images/000.png", "caption": HOSTILE}
    (folder / "<b>hostile<b>.image-file.json").write_text(json.dumps(hostile))
    return start_viewer(folder)


@pytest.fixture
def page(new_page, gallery_viewer):
    return new_page(gallery_viewer)


class TestGallery:
    def test_previews_are_the_pictures(self, page):
        page.excuse("status of 409")
        page.show("/artifact?ref=cards:v2", ".grid[data-ready='120']")
        card = page.locator(".card", has_text="p007")
        card.scroll_into_view_if_needed()
        picture = card.locator("img")
        picture.evaluate("i => i.decode()")
        size = picture.evaluate("i => [i.naturalWidth, i.naturalHeight]")
        assert size == [12, 9]
        middle = page.pixels(picture)[60, 70].astype(int)
        assert np.abs(middle - [7, 90, 248]).max() <= 2

    def test_a_preview_that_cannot_be_made_leaves_a_sign(self, page):
        page.excuse("status of 409")
        page.show("/artifact?ref=cards:v2", ".grid[data-ready='120']")
        card = page.locator(".card", has_text="broken")
        card.locator(".preview .icon").wait_for()
        assert card.locator("img").count() == 0
        card.click()
        page.locator(".sheet[data-error]").wait_for()
        assert "text.png" in page.locator(".card h2").inner_text()

    def test_hostile_names_and_captions_are_text(self, page):
        page.excuse("status of 409")
        page.show("/artifact?ref=cards:v2", ".grid[data-ready='120']")
        card = page.locator(".card").first
        assert card.locator(".title").inner_text() == "<b>hostile<b>"
        assert card.locator(".second").inner_text() == HOSTILE
        card.click()
        page.locator(".stage[data-ready]").wait_for()
        assert page.locator(".caption").inner_text() == HOSTILE
        assert page.locator("nav .value").first.inner_text() == "<b>hostile<b>"
        assert page.evaluate("document.body.dataset.pwned") is None

    def test_long_lists_have_pages_and_a_search_in_the_address(self, page):
        page.excuse("status of 409")
        page.show("/artifact?ref=cards:v2&page=2", ".grid[data-ready='30']")
        assert page.locator(".card .title").last.inner_text() == "p147"
        page.show("/artifact?ref=cards:v2&q=p03", ".grid[data-ready='10']")
        assert page.locator(".card .title").first.inner_text() == "p030"

    def test_a_long_list_in_the_sidebar_says_what_is_left(self, page):
        page.show("/entry?ref=cards:v2&path=p100.image-file.json", ".stage[data-ready]")
        assert page.locator("nav .value").count() == 60
        assert page.locator("nav .value[aria-current=page]").inner_text() == "p100"
        assert "60 of 150 values, because a long list is searched" in page.locator("nav .rest").all_inner_texts()


@pytest.fixture(scope="session")
def damaged_viewer(start_viewer, tmp_path_factory):
    """An artifact folder of W&B whose manifest names a way out, a file that is gone, and one that was changed."""
    import base64
    import hashlib

    folder = tmp_path_factory.mktemp("damaged") / "damaged-v0"
    (folder / "media").mkdir(parents=True)
    PilImage.new("RGB", (8, 8), "teal").save(folder / "good.png")
    (folder / "changed.txt").write_text("not what was recorded")

    def entry(data):
        return {"digest": base64.b64encode(hashlib.md5(data).digest()).decode(), "size": len(data)}

    contents = {
        "good.png": entry((folder / "good.png").read_bytes()),
        "changed.txt": entry(b"what was recorded"),
        "gone.png": entry(b"gone"),
        "../x": entry(b"x"),
    }
    manifest = {
        "version": 1,
        "storagePolicy": "wandb-storage-policy-v1",
        "storagePolicyConfig": {},
        "contents": contents,
    }
    (folder / "wandb_manifest.json").write_text(json.dumps(manifest))
    (folder.parent / "x").write_text("secret")
    return start_viewer(folder)


class TestDamagedManifest:
    @pytest.fixture
    def damaged(self, new_page, damaged_viewer):
        return new_page(damaged_viewer)

    def test_what_cannot_be_read_is_said_and_the_rest_is_listed(self, damaged):
        damaged.excuse("status of 4")
        damaged.show("/artifact?ref=damaged:v0&tab=Files", "[role=treeitem]")
        names = damaged.locator("[role=treeitem] .name").all_inner_texts()
        assert "good.png" in names
        assert "../x" not in names
        assert any("../x" in text for text in damaged.locator(".notices").all_inner_texts())

    @pytest.mark.parametrize("name", ["gone.png", "changed.txt"])
    def test_one_card(self, damaged, name):
        damaged.show(f"/entry?ref=damaged:v0&path={name}", ".sheet[data-error]")
        assert damaged.locator("[data-error]").count() == 1
        assert name in damaged.locator(".card").inner_text()
        assert damaged.locator(".remedy").inner_text()

    def test_the_rest_opens(self, damaged):
        damaged.show("/entry?ref=damaged:v0&path=good.png", ".stage[data-ready]")
        assert damaged.locator(".badge.good").inner_text().split() == ["✓", "verified"]

    def test_the_way_out_leads_nowhere(self, damaged):
        damaged.excuse("status of 409")
        damaged.show("/entry?ref=damaged:v0&path=../x", ".notices[data-ready]")
        assert "secret" not in damaged.locator("body").inner_text()
