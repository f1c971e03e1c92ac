"""The pure half of the renderer of pictures: where the browser gets what it draws, and what is said beside it."""

import io
import json

import numpy as np
import pytest
from PIL import Image as PilImage

from app.renderers import Context, for_tag, prepared, tags
from app.renderers.image_file import npy_bytes
from datatypes import Image
from storage import open_source

CHANNELS = {"RGB": ["R", "G", "B"], "RGBA": ["R", "G", "B", "A"], "L": ["L"], "LA": ["L", "A"]}


class Addresses:
    """Stands for `app.media`: remembers what was registered."""

    def __init__(self):
        self.made = {}

    def for_entry(self, artifact, name):
        return f"/api/m/{name}"

    def for_bytes(self, data, mime, ident):
        address = f"/api/d/{len(self.made)}"
        self.made[address] = (data, mime, ident)
        return address

    def bytes_of(self, address):
        data, _, _ = self.made[address]
        return data() if callable(data) else data


@pytest.fixture
def addresses():
    return Addresses()


@pytest.fixture
def look(tmp_path, addresses):
    """Return a function that stores a picture file and prepares its view."""

    def prepare(save, name="picture.png"):
        folder = tmp_path / "folder"
        folder.mkdir(exist_ok=True)
        save(folder / name)
        artifact = open_source(folder)
        context = Context(artifact=artifact, name=name, url_for=addresses.for_entry, url_for_bytes=addresses.for_bytes)
        return prepared(for_tag("image-file"), artifact.get(name), context)

    return prepare


def noise(mode, size=(7, 5)):
    pixels = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 4), np.uint8)
    return PilImage.fromarray(pixels).convert(mode)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_plain_pictures_are_told_as_the_browser_decodes_them(look, mode):
    view = look(noise(mode).save)
    assert view.body["pixels"] == {
        "url": "/api/m/picture.png", "raw": None, "window": None, "channels": tuple(CHANNELS[mode]), "exact": True,
    }  # fmt: skip
    assert (view.body["width"], view.body["height"], view.headline) == (7, 5, "7×5")
    assert view.notices == ()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1"])
def test_other_pictures_are_told_by_their_stored_values(look, addresses, mode):
    picture = noise(mode)
    pixels = look(picture.save).body["pixels"]
    assert pixels["url"] == "/api/m/picture.png"
    assert not pixels["exact"]
    told = np.load(io.BytesIO(addresses.bytes_of(pixels["raw"]["url"])), allow_pickle=False)
    assert np.array_equal(told, np.asarray(picture))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_has_a_checkerboard(look, mode):
    assert look(noise(mode).save).body["transparent"]
    assert not look(noise("RGB").save, "other.png").body["transparent"]


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.int32])
def test_deep_pictures_are_drawn_from_their_values(look, addresses, dtype):
    pixels = (np.arange(35).reshape(5, 7) * 1000).astype(dtype)
    view = look(lambda path: PilImage.fromarray(pixels).save(path), "deep.tiff")
    assert view.body["pixels"]["url"] is None
    told = np.load(io.BytesIO(addresses.bytes_of(view.body["pixels"]["raw"]["url"])), allow_pickle=False)
    assert told.dtype == dtype
    assert np.array_equal(told, pixels)
    assert dict(view.facts)["Pixels"] == {"uint16": "grey, uint16"}.get(told.dtype.name, told.dtype.name)


def test_what_browsers_do_not_decode_becomes_png(look, addresses):
    picture = noise("RGB")
    view = look(picture.save, "picture.tiff")
    shown = PilImage.open(io.BytesIO(addresses.bytes_of(view.body["pixels"]["url"])))
    assert shown.format == "PNG"
    assert shown.tobytes() == picture.tobytes()
    (notice,) = view.notices
    assert notice == ("shown as PNG, because browsers do not decode TIFF", "download original", "/api/m/picture.tiff")


def test_a_turned_picture_is_shown_as_stored(look):
    exif = PilImage.Exif()
    exif[0x0112] = 8
    view = look(lambda path: noise("RGB").save(path, exif=exif), "turned.jpg")
    assert view.body["pixels"]["url"].startswith("/api/d/")
    assert [notice.text for notice in view.notices] == [
        "not turned, because pixels are shown as they are stored (EXIF orientation 8)"
    ]


def test_the_first_of_several_frames_is_shown(look):
    frames = [PilImage.new("L", (4, 4), shade) for shade in (0, 100, 200)]
    view = look(lambda path: frames[0].save(path, save_all=True, append_images=frames[1:]), "film.gif")
    assert [notice.text for notice in view.notices] == ["1 of 3 frames, because pictures are shown still"]


@pytest.mark.parametrize("length", [0, 20, 60])
def test_a_cut_file_is_a_problem_and_no_crash(look, length):
    buffer = io.BytesIO()
    noise("RGB").save(buffer, "PNG")
    found = look(lambda path: path.write_bytes(buffer.getvalue()[:length]), "cut.png")
    assert found.subject == "cut.png"
    assert found.remedy


def test_a_picture_beyond_the_limit_says_which(look, monkeypatch):
    monkeypatch.setenv("VITRINA_MAX_PIXELS", "30")
    found = look(noise("RGB").save)
    assert found.problem == "7×5 pixels are more than the limit of 30"
    assert "VITRINA_MAX_PIXELS" in found.remedy


def test_a_jpeg_beyond_the_limit_is_scaled_and_says_so(look, addresses, monkeypatch):
    monkeypatch.setenv("VITRINA_MAX_PIXELS", "2000")
    view = look(noise("RGB", (160, 100)).save, "large.jpg")
    assert (view.body["width"], view.body["height"]) == (160, 100)
    assert not view.body["pixels"]["exact"]
    with PilImage.open(io.BytesIO(addresses.bytes_of(view.body["pixels"]["url"]))) as shown:
        assert shown.size == (40, 25)
    assert view.notices[0] == (
        "40×25 of 160×100 pixels, because more than 2,000 are not decoded", "download original", "/api/m/large.jpg",
    )  # fmt: skip


def test_an_exact_array_is_told_instead_of_the_picture(addresses, tmp_path):
    from storage import Artifact, Store

    array = np.linspace(-2, 3, 24).reshape(4, 6).astype(np.float32)
    artifact = Artifact("exact", type="dataset")
    artifact.add(Image(array, exact=True), "wave")
    stored = Store(tmp_path / "store").log_artifact(artifact)
    name = "wave.image-file.json"
    context = Context(artifact=stored, name=name, url_for=addresses.for_entry, url_for_bytes=addresses.for_bytes)
    view = prepared(for_tag("image-file"), stored.get(name), context)
    pixels = view.body["pixels"]
    assert pixels["url"].startswith("/api/m/media/images/")
    told = np.load(io.BytesIO(addresses.bytes_of(pixels["raw"]["url"])), allow_pickle=False)
    assert told.dtype == np.float32
    assert np.array_equal(told, array)


class TestLayers:
    @pytest.fixture
    def labelled(self, addresses):
        ids = np.zeros((4, 6), np.uint8)
        ids[1, 2] = 7
        boxes = [
            {
                "position": {"minX": 0.5, "maxX": 1, "minY": 0, "maxY": 0.5},
                "class_id": 1,
                "scores": {"acc": 0.25, "b": 1},
            },
            {
                "position": {"middle": [2, 2], "width": 2, "height": 4},
                "domain": "pixel",
                "class_id": 2,
                "box_caption": "hi",
            },
        ]
        return Image(
            np.full((4, 6), 9, np.uint8),
            masks={"truth": {"mask_data": ids, "class_labels": {0: "background", 7: "cat"}}},
            boxes={"found": {"box_data": boxes, "class_labels": {1: "dog", 2: "bus"}}},
        )

    @pytest.fixture
    def layers(self, labelled, addresses, tmp_path):
        from storage import Artifact, Store

        artifact = Artifact("labelled", type="dataset")
        artifact.add(labelled, "scene")
        stored = Store(tmp_path / "store").log_artifact(artifact)
        name = "scene.image-file.json"
        context = Context(artifact=stored, name=name, url_for=addresses.for_entry, url_for_bytes=addresses.for_bytes)
        view = prepared(for_tag("image-file"), stored.get(name), context)
        return view.body["layers"]

    def test_masks_come_as_ids(self, layers, addresses):
        mask = layers[0]
        assert (mask["kind"], mask["name"]) == ("mask", "truth")
        named = [
            (item["id"], item["name"], item["colour"], item["hidden"])
            for item in mask["classes"]
            if item["id"] in (0, 7)
        ]
        assert named == [(0, "background", "#000000", True), (7, "cat", "#cc79a7", False)]
        ids = np.load(io.BytesIO(addresses.bytes_of(mask["raw"]["url"])), allow_pickle=False)
        assert ids[1, 2] == 7
        assert np.count_nonzero(ids) == 1

    def test_boxes_come_in_pixels(self, layers):
        boxes = layers[1]
        assert boxes["xywh"] == [3, 0, 3, 2, 1, 0, 2, 4]
        assert (boxes["ids"], boxes["scores"], boxes["captions"]) == (
            [1, 2],
            {"acc": [0.25, None], "b": [1, None]},
            ["", "hi"],
        )
        assert [(item["id"], item["name"], item["colour"]) for item in boxes["classes"]] == [
            (1, "dog", "#e69f00"),
            (2, "bus", "#56b4e9"),
        ]


class TestScores:
    """All scores by name; what is no finite number is none."""

    def test_every_name_has_a_place_for_every_box(self):
        from app.renderers.image_layers import _scores

        boxes = [
            {"scores": {"a": 0.5, "b": float("nan")}},
            {},
            {"scores": {"c": 3, "a": float("inf")}},
            {"scores": "none"},
            {"scores": {"b": "high", "c": -1.5}},
        ]
        assert _scores(boxes) == {
            "a": [0.5, None, None, None, None],
            "b": [None, None, None, None, None],
            "c": [None, None, 3.0, None, -1.5],
        }


class TestLists:
    @pytest.fixture
    def look_at_list(self, tmp_path, addresses):
        def prepare(count, broken=()):
            folder = tmp_path / "folder"
            (folder / "media/images").mkdir(parents=True)
            names = [f"media/images/{number}.png" for number in range(count)]
            for number, name in enumerate(names):
                if number in broken:
                    (folder / name).write_text("no picture")
                else:
                    PilImage.new("RGB", (6, 4), (number, 0, 0)).save(folder / name)
            document = {
                "_type": "images/separated", "count": count, "format": "png", "filenames": names,
                "captions": [f"picture {number}" for number in range(count)],
            }  # fmt: skip
            (folder / "list.images-separated.json").write_text(json.dumps(document))
            artifact = open_source(folder)
            name = "list.images-separated.json"
            context = Context(
                artifact=artifact, name=name, url_for=addresses.for_entry, url_for_bytes=addresses.for_bytes
            )
            return prepared(for_tag("images/separated"), artifact.get(name), context)

        return prepare

    def test_each_has_its_pixels_and_a_small_picture(self, look_at_list, addresses):
        view = look_at_list(3)
        assert [item["label"] for item in view.body["items"]] == ["picture 0", "picture 1", "picture 2"]
        assert [item["pixels"]["url"] for item in view.body["items"]] == [
            f"/api/m/media/images/{number}.png" for number in range(3)
        ]
        assert (view.headline, view.body["total"]) == ("3 pictures, 6×4", 3)
        thumb = PilImage.open(io.BytesIO(addresses.bytes_of(view.body["items"][2]["thumb"])))
        assert thumb.format == "WEBP"
        assert thumb.convert("RGB").getpixel((1, 1)) == (2, 0, 0)

    def test_a_broken_one_leaves_the_others(self, look_at_list):
        view = look_at_list(4, broken={0, 2})
        assert ["problem" in item for item in view.body["items"]] == [True, False, True, False]
        assert "media/images/0.png" in view.body["items"][0]["problem"]
        assert [notice.text for notice in view.notices] == ["2 of 4 pictures, because 2 cannot be shown"]

    def test_none_that_can_be_shown_is_a_problem(self, look_at_list):
        assert "none of 2 pictures can be shown" in look_at_list(2, broken={0, 1}).problem

    def test_a_long_list_says_how_many_are_shown(self, look_at_list, monkeypatch):
        monkeypatch.setattr("app.renderers.image_items._MOST_ITEMS", 2)
        view = look_at_list(5)
        assert (len(view.body["items"]), view.body["total"]) == (2, 5)
        assert view.notices[0].text.startswith("2 of 5 pictures, because")


class TestPairs:
    @pytest.fixture
    def pair_of(self, tmp_path, addresses):
        def prepare(first, second):
            from app.renderers.image_pair import prepare_pair

            folder = tmp_path / "folder"
            folder.mkdir()
            first.save(folder / "a.png")
            second.save(folder / "b.tiff")
            artifact = open_source(folder)
            contexts = [
                Context(artifact=artifact, name=name, url_for=addresses.for_entry, url_for_bytes=addresses.for_bytes)
                for name in ("a.png", "b.tiff")
            ]
            return prepare_pair(artifact.get("a.png"), artifact.get("b.tiff"), *contexts, names=("old", "new"))

        return prepare

    def test_both_are_there_as_on_their_own_pages(self, pair_of):
        view = pair_of(noise("RGB"), noise("RGB"))
        assert view.body["left"]["pixels"]["url"] == "/api/m/a.png"
        assert view.body["right"]["pixels"]["url"].startswith("/api/d/")
        assert (view.body["names"], view.body["reason"]) == (["old", "new"], "")
        assert [notice.text for notice in view.notices] == ["new: shown as PNG, because browsers do not decode TIFF"]

    def test_two_sizes_have_no_difference(self, pair_of):
        view = pair_of(noise("RGB"), noise("L", (9, 5)))
        assert view.body["reason"] == "they are 7×5 and 9×5 pixels"
        assert view.headline == "7×5, 9×5"


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("bool", "bool"),
        ("uint8", "uint8"),
        ("uint16", "uint16"),
        ("int8", "int32"),
        ("int64", "float64"),
        ("float16", "float64"),
        (">u2", "uint16"),
    ],
)
def test_values_keep_the_smallest_type_that_the_canvas_reads(dtype, expected):
    array = np.array([[0, 1], [1, 0]], dtype)
    loaded = np.load(io.BytesIO(npy_bytes(array)), allow_pickle=False)
    assert loaded.dtype == expected
    assert np.array_equal(loaded, array)
    assert loaded.flags.c_contiguous


def test_pillows_bits_become_ones(tmp_path):
    bits = np.asarray(noise("1"))
    assert set(np.frombuffer(npy_bytes(bits)[-35:], np.uint8)) <= {0, 1}


def test_old_tags_find_the_renderer_of_the_new_one():
    assert for_tag("image-file").TAG == "image-file"
    assert for_tag("hologram").TAG == ""
    assert for_tag(None).TAG == ""
    assert "image-file" in tags()
