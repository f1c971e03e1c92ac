"""The pure half of the renderer of videos: what is played, what is said, what a preview shows."""

import io

import numpy as np
import pytest
from PIL import Image as PilImage

from app.renderers import Context, for_tag, prepared
from app.renderers.video_file import preview
from datatypes import Video
from storage import Artifact, Store, open_source


def context_of(artifact, name):
    return Context(
        artifact=artifact,
        name=name,
        url_for=lambda artifact, name: f"/api/m/TOKEN/{name}",
        url_for_bytes=lambda data, mime, ident: "/api/d/0",
    )


def pixels(frames=6, height=20, width=30):
    array = np.zeros((frames, 3, height, width), np.uint8)
    for number in range(frames):
        array[number, 0] = 40 * number
    return array


@pytest.fixture
def look(tmp_path):
    """Return a function that stores a video and prepares its view."""

    def prepare(video):
        artifact = Artifact("films", type="dataset")
        artifact.add(video, "one")
        stored = Store(tmp_path / "store").log_artifact(artifact)
        name = "one.video-file.json"
        return prepared(for_tag("video-file"), stored.get(name), context_of(stored, name))

    return prepare


@pytest.mark.parametrize(("kind", "codec"), [("mp4", "h264"), ("webm", "vp9"), ("gif", "gif")])
def test_facts_and_body(look, kind, codec):
    view = look(Video(pixels(), fps=5, format=kind, caption="red"))
    facts = dict(view.facts)
    assert (view.headline, view.caption, facts["Size"]) == ("30×20", "red", "30 × 20 px")
    assert facts["Codec"].startswith(codec)
    assert facts["Rate"] == "5 frames/s"
    assert (view.body["width"], view.body["height"], view.body["rate"]) == (30, 20, 5)
    assert view.body["duration"] == pytest.approx(1.2)
    assert view.body["still"] is (kind == "gif")
    assert view.body["sound"] is False
    assert view.body["source"] == f"/api/m/TOKEN/{view.file_name}" == view.download
    assert view.body["measured"] == f"/api/film/TOKEN/{view.file_name}"
    assert view.notices == ()


def test_without_pyav_it_is_played_and_says_what_is_missing(look, monkeypatch):
    import sys

    video = Video(pixels(), format="webm")
    monkeypatch.setitem(sys.modules, "av", None)
    view = look(video)
    assert view.body["measured"] == ""
    assert (view.body["width"], view.body["height"]) == (30, 20)
    assert "PyAV is not installed" in view.notices[0].text


def test_a_damaged_file_is_a_card(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "cut.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(400))
    artifact = open_source(folder)
    problem = prepared(for_tag("video-file"), Video.from_file("cut.mp4", artifact), context_of(artifact, "cut.mp4"))
    assert problem.subject == "cut.mp4"
    assert problem.problem.startswith("cannot be decoded as mp4")


def test_other_endings_are_left_to_the_browser(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.mov").write_bytes(b"\0\0\0\x14ftypqt  " + bytes(400))
    artifact = open_source(folder)
    view = prepared(for_tag("video-file"), Video.from_file("a.mov", artifact), context_of(artifact, "a.mov"))
    assert view.body["measured"] == ""
    assert view.notices[0].text.startswith("no frame numbers, because .mov is not decoded here")


@pytest.mark.parametrize(("size", "shown"), [((640, 360), (320, 180)), ((30, 20), (180, 120)), ((1, 1), (161, 161))])
def test_a_preview_is_the_first_frame_with_a_sign(size, shown):
    array = np.zeros((2, 3, size[1], size[0]), np.uint8)
    array[0, 1] = 200
    picture = PilImage.open(io.BytesIO(preview(Video(array, format="gif"))))
    assert picture.format == "WEBP"
    assert picture.size == shown
    found = np.asarray(picture.convert("RGB")).astype(int)
    assert np.abs(found[2, 2] - [0, 200, 0]).max() < 12
    assert found[shown[1] // 2, shown[0] // 2].min() > 200  # the sign
