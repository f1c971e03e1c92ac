"""The page Fidelity: what is recorded of every value, worst first; filters in the address; a verify, watched."""

import io
import json
import re

import numpy as np
import pytest

EXACT, SCALED, COUNT = 3, 4, 300


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with a value of each verdict, one without a record that has a finding, and many more."""
    from datatypes import Audio, Image
    from storage import Artifact, Store

    folder = tmp_path_factory.mktemp("fidelity") / "shop"
    artifact = Artifact("mine", type="dataset")
    rng = np.random.default_rng(0)
    for index in range(EXACT):
        artifact.add(Image(rng.integers(2, 255, (20, 30, 3), np.uint8)), f"exact-{index}")
    for index in range(SCALED):
        artifact.add(Image(rng.random((20, 30))), f"scaled-{index}")
    artifact.add(Audio(np.full(400, 1.5, np.float32), sample_rate=8000), "loud")
    store = Store(folder)
    store.log_artifact(artifact)
    old = Artifact("old", type="dataset")
    pixels = np.zeros((8, 8), np.uint8)
    pixels[0, 0] = 1
    old.add_file(png(pixels), "media/images/old.png")
    text = json.dumps({"_type": "image-file", "path": "media/images/old.png", "format": "png"})
    old.add_file(text.encode(), "dark.image-file.json")
    store.log_artifact(old)
    many = Artifact("many", type="dataset")
    for index in range(COUNT):
        many.add(Image(np.full((4, 4, 3), [index % 250 + 2, index // 250, 9], np.uint8)), f"tile-{index:03}")
    store.log_artifact(many)
    return folder


def png(pixels):
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def shop_viewer(start_viewer, store):
    return start_viewer(store)


def shown(page, number):
    page.locator(f".fidelity[data-shown='{number}']").wait_for()


def first_paths(page, number):
    rows = page.locator(".rows .row")
    found = {int(row.get_attribute("data-index")): row.get_attribute("data-path") for row in rows.all()}
    return [found[index] for index in range(number)]


TOTAL = EXACT + SCALED + 1 + 1 + COUNT


def opened(new_page, viewer):
    page = new_page(viewer)
    page.show("/fidelity")
    page.locator(f".fidelity[data-ready='{TOTAL}']").wait_for()
    return page


def test_worst_first(new_page, shop_viewer, store):
    page = opened(new_page, shop_viewer)
    assert page.locator(".page[aria-current='page']").inner_text() == "Fidelity"

    # The counts are those of an independent count over the stored JSON.
    from storage import Store

    wanted = {"lossless": 0, "bounded": 0, "lossy": 0, "unknown": 0}
    for artifact in Store(store).artifacts():
        for name in artifact.value_names():
            wanted[artifact.json(name).get("fidelity", {"verdict": "unknown"})["verdict"]] += 1
    shares = {share.locator(".word").inner_text().split()[-1]: share for share in page.locator(".share").all()}
    assert {word: int(share.locator("b").inner_text()) for word, share in shares.items()} == wanted

    # Worst first: what is lost, what nobody knows, what is bounded; the badge has word, mark and number.
    paths = first_paths(page, 3)
    assert paths[:2] == ["loud.audio-file.json", "dark.image-file.json"]
    assert paths[2].startswith("scaled-")
    record = Store(store).artifact("mine").json("loud.audio-file.json")["fidelity"]
    assert page.locator(".row").first.locator(".badge").first.inner_text().replace("\n", " ") == (
        f"! lossy {record['snr_db']:.1f} dB"
    )
    assert len(page.locator(".rows .row").all()) < 60  # of all of them only those near the window are drawn
    page.locator(".row .preview img").first.wait_for()


def test_a_filter_is_in_the_address(new_page, shop_viewer):
    page = opened(new_page, shop_viewer)
    page.locator(".share", has_text="bounded").click()
    shown(page, SCALED)
    page.wait_for_url(re.compile("verdict=bounded"))
    page.locator("input[type=search]").fill("scaled-2")
    shown(page, 1)
    page.wait_for_url(re.compile("text=scaled-2"))
    assert "1 of" in page.locator(".shown").inner_text()
    page.show("/fidelity?verdict=bounded&text=scaled-2")
    shown(page, 1)
    assert page.locator(".share[aria-pressed='true'] .word").inner_text().split()[-1] == "bounded"
    page.show("/fidelity?artifact=old:v0&type=nothing-9")
    shown(page, 1)
    assert "“type=nothing-9” was ignored" in page.locator(".ignored").inner_text()


def test_a_verify_is_watched_and_leaves_its_mark(new_page, shop_viewer):
    page = opened(new_page, shop_viewer)
    page.locator(".job input").check()
    page.locator(".job button").click()
    page.locator(".job[data-state='done']").wait_for()
    line = page.locator(".job [aria-live]").inner_text()
    assert line == f"{TOTAL} values checked · 0 problems, 1 finding"
    page.locator(".row .badge", has_text="verified just now").first.wait_for()
    page.get_by_label("Which values").select_option("findings")
    shown(page, 1)
    page.wait_for_url(re.compile("only=findings"))
    row = page.locator(".row")
    assert "its largest value is 1" in row.locator(".said").inner_text()
    row.click()
    page.wait_for_url(re.compile(r"/entry\?ref=old"))
    page.locator(".badge", has_text="verified just now").wait_for()
    page.locator(".badge", has_text="1 finding").wait_for()
    page.get_by_text("finding: its largest value is 1").first.wait_for()
    page.go_back()
    shown(page, 1)

    # By keyboard: down from the list, Enter opens.
    page.get_by_label("Which values").select_option("")
    shown(page, TOTAL)
    page.locator(".rows").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.dataset.index") in ("1", None)


def test_a_fault_is_the_worst_of_all(new_page, shop_viewer, store):
    from storage import Store

    entry = Store(store).artifact("mine").get_path("exact-1.image-file.json")
    name = json.loads(entry.open().read())["path"]
    digest = Store(store).artifact("mine").get_path(name).digest
    (blob,) = store.glob(f"blobs/*/{digest}.*")
    data = blob.read_bytes()
    blob.chmod(0o600)
    blob.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    try:
        page = new_page(shop_viewer)
        page.excuse("status of 409")  # the preview of the picture that was damaged
        page.show("/fidelity")
        page.locator(".fidelity[data-ready]").wait_for()
        page.locator(".job button").click()
        page.locator(".job [aria-live]", has_text="1 problem,").wait_for()
        page.locator(".others li", has_text=name).wait_for()
        page.show("/artifact?ref=mine")
        page.locator(".badge.bad", has_text="1 problem").wait_for()
    finally:
        blob.write_bytes(data)


def test_only_our_own_page_may_start_one(shop_viewer):
    from raw_http import ask

    answer = ask(shop_viewer.port, "/api/verify?do=start", method="POST", headers={"Cookie": shop_viewer.cookie})
    assert answer.status == 403
