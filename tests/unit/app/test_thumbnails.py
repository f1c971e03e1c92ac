"""Previews: as large as they may be, made once, bounded, with overlays."""

import io

import numpy as np
import pytest
from PIL import Image as PilImage

from app import thumbnails
from datatypes import Image
from storage import Artifact, Store, open_source


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("VITRINA_CACHE", str(folder))
    return folder


@pytest.fixture
def artifact(tmp_path):
    draft = Artifact("a", type="dataset")
    rng = np.random.default_rng(1)
    draft.add(Image(rng.integers(0, 255, (600, 900, 3), np.uint8)), "large")
    draft.add(Image(rng.integers(2, 255, (40, 30), np.uint8)), "small")
    draft.add(Image((np.arange(5000).reshape(50, 100) * 13).astype(np.uint16)), "deep")
    ids = np.zeros((400, 400), np.uint8)
    ids[:200] = 1
    boxes = [{"position": {"minX": 0.25, "maxX": 0.75, "minY": 0.6, "maxY": 0.9}, "class_id": 2}]
    draft.add(
        Image(
            np.full((400, 400, 3), 100, np.uint8),
            masks={"m": {"mask_data": ids, "class_labels": {0: "background", 1: "one"}}},
            boxes={"b": {"box_data": boxes, "class_labels": {2: "two"}}},
        ),
        "labelled",
    )
    with draft.new_file("note.txt") as file:
        file.write("no picture")
    return Store(tmp_path / "store").log_artifact(draft)


def made(artifact, name):
    return np.asarray(PilImage.open(io.BytesIO(thumbnails.make(artifact, name))))


def test_it_is_at_most_the_side(artifact):
    assert made(artifact, "large").shape == (213, 320, 3)


def test_small_pictures_lose_nothing(artifact):
    grey = artifact.get("small").to_numpy()
    assert np.array_equal(made(artifact, "small"), np.repeat(grey[:, :, None], 3, axis=2))


def test_deep_pictures_are_drawn_from_least_to_largest(artifact):
    shown = made(artifact, "deep")[:, :, 0]
    assert (shown.min(), shown.max()) <= (2, 255)
    assert shown.max() >= 250


def test_masks_and_boxes_lie_over_it(artifact):
    shown = made(artifact, "labelled").astype(int)
    assert np.abs(shown[80, 160] - [165, 130, 50]).max() <= 12
    assert np.abs(shown[220, 160] - [100, 100, 100]).max() <= 12
    edge = shown[240, 81]
    assert edge[2] > edge[0] + 60


def test_it_is_made_once(artifact, cache_folder, monkeypatch):
    first = thumbnails.make(artifact, "large")
    assert len(list(cache_folder.glob("thumbnails/*/*.webp"))) == 1
    monkeypatch.setattr(thumbnails, "_reduced", lambda *_: pytest.fail("made twice"))
    assert thumbnails.make(artifact, "large") == first


def test_what_has_no_preview_is_refused(artifact):
    with pytest.raises(ValueError, match=r"^note\.txt: has no preview\. Ask for that of another type\.$"):
        thumbnails.make(artifact, "note.txt")


def test_plain_files_have_one_too(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    PilImage.new("CMYK", (20, 10), (255, 0, 0, 0)).save(folder / "ink.jpg")
    assert made(open_source(folder), "ink.jpg").shape == (10, 20, 3)


def test_the_folder_is_bounded(artifact, cache_folder):
    for name in ("large", "small", "labelled"):
        thumbnails.make(artifact, name)
    sizes = sum(path.stat().st_size for path in cache_folder.glob("thumbnails/*/*.webp"))
    assert thumbnails.trim(cap_bytes=sizes) == 0
    assert thumbnails.trim(cap_bytes=0) == sizes
    assert list(cache_folder.glob("thumbnails/*/*.webp")) == []


def test_the_address_waits_for_the_browser(artifact):
    registered = []
    address = thumbnails.address(artifact, "large", lambda *given: registered.append(given) or "/api/d/1")
    assert address == "/api/d/1"
    make, mime, _ = registered[0]
    assert mime == "image/webp"
    assert make() == thumbnails.make(artifact, "large")
