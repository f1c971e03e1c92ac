"""`Image`: inputs, files left alone, refusals, records, lists."""

from __future__ import annotations

import io
import math
import sys
import types

import numpy as np
import PIL.Image
import pytest
from sinks import DictRun, DictStore

import datatypes as dt

RNG = np.random.default_rng(5)
RGB = RNG.integers(0, 256, (9, 14, 3), dtype=np.uint8)


@pytest.fixture
def picture_file(tmp_path):
    path = tmp_path / "cat photo.JPG"
    PIL.Image.fromarray(RGB).save(path, "JPEG")
    return path


class TestPaths:
    @pytest.mark.parametrize("kind", [str, lambda path: path])
    def test_a_file_is_kept_byte_for_byte_under_its_name(self, picture_file, kind):
        before = picture_file.read_bytes(), picture_file.stat().st_mtime_ns
        image, store = dt.Image(kind(picture_file)), DictStore()
        stored = image.to_json(store)
        assert stored["path"] == f"media/images/{stored['sha256'][:20]}/cat photo.JPG"
        assert store.files[stored["path"]] == before[0]
        assert (picture_file.read_bytes(), picture_file.stat().st_mtime_ns) == before
        assert (stored["format"], stored["width"], stored["height"]) == ("JPG", 14, 9)
        assert image.fidelity.to_json() == {
            "verdict": "lossless",
            "source": {"kind": "file", "sha256": stored["sha256"]},
        }

    def test_a_file_bound_to_a_run_is_copied(self, picture_file):
        image, run = dt.Image(picture_file), DictRun("a/../b c", 4)
        image.bind_to_run(run, run.key, run.step)
        stored = image.to_json(run)
        assert stored["path"] == f"media/images/a/__/b c_4_{stored['sha256'][:20]}.JPG"
        assert stored["size"] == picture_file.stat().st_size
        assert picture_file.is_file()

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=r"none\.png: No such file or directory\. Pass the path"):
            dt.Image(tmp_path / "none.png")

    def test_what_is_no_picture_is_named(self, tmp_path):
        path = tmp_path / "table.png"
        path.write_text("a,b\n1,2\n")
        with pytest.raises(OSError, match=r"table\.png: is not a picture in PNG, JPEG"):
            dt.Image(str(path))

    def test_a_cut_picture_is_named(self, tmp_path):
        path = tmp_path / "cut.png"
        data = io.BytesIO()
        PIL.Image.fromarray(RGB).save(data, "PNG")
        path.write_bytes(data.getvalue()[:200])
        with pytest.raises(dt.UnreadableMediaError, match=r"cut\.png: cannot be decoded"):
            dt.Image(path)

    def test_an_address_is_not_fetched(self):
        with pytest.raises(ValueError, match=r"https://host/x\.png: is an address, and nothing is fetched"):
            dt.Image("https://host/x.png")

    def test_formats_that_run_programs_are_not_opened(self, tmp_path):
        path = tmp_path / "x.eps"
        path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n%%EndComments\n")
        with pytest.raises(dt.UnreadableMediaError, match="is not a picture"):
            dt.Image(path)

    def test_a_header_is_believed_only_within_the_limit(self, tmp_path, monkeypatch):
        path = tmp_path / "bomb.png"
        PIL.Image.new("1", (20_000, 20_000)).save(path)
        with pytest.raises(dt.DecodeLimitError, match="20,000×20,000 pixels are more than the limit of 64,000,000"):
            dt.Image(path)
        monkeypatch.setenv("VITRINA_MAX_PIXELS", "400000000")
        assert dt.Image(path).width == 20_000


class TestArrays:
    @pytest.mark.parametrize("shape", [(2, 2, 2), (2, 2, 5), (3,), (0, 4), (2, 3, 4, 3), (4, 2, 2, 2, 3)])
    def test_other_shapes_are_named(self, shape):
        with pytest.raises(ValueError, match=r"image array: has shape \["):
            dt.Image(np.zeros(shape, np.uint8))

    @pytest.mark.parametrize("data", [np.array([["a"]]), np.zeros((2, 2), complex), [[1, 2]], {"a": 1}, None, 7])
    def test_what_is_no_number_is_refused(self, data):
        with pytest.raises(TypeError, match="Pass"):
            dt.Image(data)

    def test_a_batch_of_one_is_one_picture(self):
        assert np.array_equal(dt.Image(RGB[None]).to_numpy(), RGB)

    def test_a_mode_converts(self):
        image = dt.Image(RGB, mode="L")
        assert np.array_equal(image.to_numpy(), np.asarray(PIL.Image.fromarray(RGB).convert("L")))
        assert image.fidelity.verdict == "lossy"
        assert image.fidelity.steps == ["convert to mode L", "encode PNG"]
        grey = np.asarray(PIL.Image.fromarray(RGB).convert("L").convert("RGB"), float)
        assert image.fidelity.max_abs_error == np.abs(grey - RGB).max()

    def test_a_mode_that_does_not_exist_is_named(self):
        with pytest.raises(ValueError, match="mode: 'XYZ' cannot be made from RGB"):
            dt.Image(RGB, mode="XYZ")

    @pytest.mark.parametrize("kind", ["webp", "tiff", "PNG"])
    def test_other_file_types_are_named(self, kind):
        with pytest.raises(ValueError, match=f"file_type: is '{kind}'. Use one of png, jpg, jpeg, bmp"):
            dt.Image(RGB, file_type=kind)

    def test_a_jpeg_is_measured(self):
        image = dt.Image(RGB, file_type="jpg")
        error = np.abs(image.to_numpy().astype(float) - RGB)
        assert image.fidelity.verdict == "lossy"
        assert image.fidelity.max_abs_error == error.max()
        assert image.fidelity.rmse == pytest.approx(math.sqrt((error**2).mean()))
        span = float(RGB.max()) - float(RGB.min())
        assert image.fidelity.psnr_db == pytest.approx(20 * math.log10(span / image.fidelity.rmse))

    def test_transparency_that_jpeg_cannot_hold_is_said(self):
        image = dt.Image(RNG.integers(0, 256, (4, 4, 4), dtype=np.uint8), file_type="jpg")
        assert "drop transparency" in image.fidelity.steps
        assert image.fidelity.verdict == "lossy"

    def test_nan_and_infinity_are_counted(self):
        image = dt.Image(np.array([[0.0, 1.0, np.nan, np.inf, -np.inf]]))
        assert image.to_numpy().tolist() == [[0, 255, 0, 255, 0]]
        assert (image.fidelity.dropped, image.fidelity.clipped, image.fidelity.verdict) == (1, 2, "lossy")

    def test_what_lies_beyond_is_clipped_and_counted(self):
        image = dt.Image(np.array([[0, 300, 70_000]]))
        assert image.to_numpy().tolist() == [[0, 255, 255]]
        assert (image.fidelity.clipped, image.fidelity.max_abs_error) == (2, 69_745)


class TestOtherInputs:
    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
    def test_modes_that_png_holds_are_lossless(self, mode):
        given = PIL.Image.fromarray(RGB).convert("L" if mode == "LA" else "RGB").convert(mode)
        image = dt.Image(given)
        assert image.fidelity.verdict == "lossless"
        assert np.array_equal(image.to_numpy(), np.asarray(given))
        assert image.to_pil().mode == mode

    @pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV"])
    def test_other_modes_are_measured_on_the_way_back(self, mode):
        given = PIL.Image.fromarray(RGB).convert(mode)
        image = dt.Image(given)
        back = np.asarray(image.to_pil().convert(mode), float)
        assert image.fidelity.verdict == "lossy"
        assert image.fidelity.max_abs_error == np.abs(back - np.asarray(given)).max()

    @pytest.mark.parametrize(("values", "verdict"), [([[0, 65_535]], "lossless"), ([[-5, 70_000]], "lossy")])
    def test_32_bit_whole_numbers_become_16_bit(self, values, verdict):
        image = dt.Image(PIL.Image.fromarray(np.array(values, np.int32)))
        assert image.to_numpy().tolist() == [[max(0, values[0][0]), min(65_535, values[0][1])]]
        assert (image.fidelity.verdict, image.fidelity.clipped or 0) == (verdict, 0 if verdict == "lossless" else 2)

    def test_a_colour_profile_is_kept(self):
        given = PIL.Image.fromarray(RGB)
        given.info["icc_profile"] = b"profile"
        assert dt.Image(given).to_pil().info["icc_profile"] == b"profile"

    def test_a_file_object_is_rewound_and_kept(self, picture_file):
        with picture_file.open("rb") as file:
            file.read()
            image = dt.Image(file)
        assert image._file().read() == picture_file.read_bytes()
        assert image.format == "jpg"

    def test_a_text_file_object_is_named(self):
        with pytest.raises(TypeError, match='gives text, not bytes. Open it with mode "rb"'):
            dt.Image(io.StringIO("x"))

    def test_a_figure_is_saved_at_its_size(self):
        import matplotlib.figure

        figure = matplotlib.figure.Figure(figsize=(2, 1), dpi=50)
        axes = figure.subplots()
        for given in (figure, axes):
            image = dt.Image(given)
            assert (image.width, image.height, image.format) == (100, 50, "png")

    def test_a_torch_tensor_is_channel_first_and_stretched(self, monkeypatch):
        values = np.linspace(2, 4, 24).reshape(3, 2, 4)
        tensor = fake_tensor(values, monkeypatch)
        expected = np.rint((values - 2) / 2 * 255).transpose(1, 2, 0)
        assert np.array_equal(dt.Image(tensor).to_numpy(), expected)
        with pytest.raises(ValueError, match="image tensor: has shape"):
            dt.Image(fake_tensor(np.zeros((2, 5, 5, 2)), monkeypatch))

    def test_a_batch_of_tensors_is_a_grid(self, monkeypatch):
        batch = np.zeros((9, 1, 2, 3))
        batch[8] = 1
        pixels = dt.Image(fake_tensor(batch, monkeypatch)).to_numpy()
        assert pixels.shape == (2 * 4 + 2, 8 * 5 + 2)
        assert pixels[6:8, 2:5].tolist() == [[255] * 3] * 2
        assert np.count_nonzero(pixels) == 6

    def test_anything_with_numpy_is_an_array(self):
        eager = types.SimpleNamespace(numpy=lambda: RGB)
        assert np.array_equal(dt.Image(eager).to_numpy(), RGB)

    def test_of_another_image_the_picture_is_taken(self):
        first = dt.Image(RGB, caption="a", grouping=2, classes=[{"id": 1, "name": "x"}], boxes={"b": {"box_data": []}})
        second = dt.Image(first)
        assert (second.caption, second.grouping, second.classes, second.boxes) == ("a", 2, first.classes, {})
        assert dt.Image(first, caption="", grouping=0).caption == ""


def fake_tensor(values, monkeypatch):
    """A stand-in with what the code asks of a tensor; its class says that it comes from torch."""
    cls = type("Tensor", (), {"detach": lambda self: self, "cpu": lambda self: self, "numpy": lambda self: values})
    cls.__module__ = "torch"
    monkeypatch.setitem(sys.modules, "torch", types.ModuleType("torch"))
    return cls()


class TestOverlays:
    def test_boxes_and_masks_must_be_dicts(self):
        for name in ("boxes", "masks"):
            with pytest.raises(ValueError, match=f"{name}: is list, not a dict"):
                dt.Image(RGB, **{name: [1]})
            with pytest.raises(TypeError, match="Pass"):
                dt.Image(RGB, **{name: {"x": 3}})

    def test_a_mask_by_path_needs_names(self, picture_file):
        image = dt.Image(RGB, masks={"m": {"path": picture_file}})
        with pytest.raises(ValueError, match="has a mask without class names. Pass classes, or class_labels"):
            image.to_json(DictStore())
        named = dt.Image(RGB, masks={"m": {"path": picture_file, "class_labels": {0: "a"}}})
        assert named.to_json(DictStore())["masks"]["m"]["path"].endswith("/cat photo.JPG")

    def test_class_sets_of_two_pictures_stay_apart(self):
        store = DictStore()
        paths = {
            dt.Image(RGB, classes=[{"id": 1, "name": name}]).to_json(store)["classes"]["path"] for name in ("a", "b")
        }
        assert len(paths) == 2
        names = {store.get(path).names[1] for path in paths}
        assert names == {"a", "b"}

    def test_nothing_is_opened_before_it_is_used(self):
        image = dt.Image(RGB, masks={"m": {"mask_data": RGB[:, :, 0]}}, classes=[{"id": 1, "name": "x"}])
        store = DictStore()
        back = dt.init_from_json(image.to_json(store), store)
        assert store.opened == []
        assert back.masks["m"].to_numpy().tolist() == RGB[:, :, 0].tolist()
        assert len(store.opened) == 1

    def test_what_is_read_and_written_elsewhere_keeps_its_names(self):
        store, other = DictStore(), DictStore()
        stored = dt.Image(RGB, masks={"m": {"mask_data": RGB[:, :, 0] % 3}}).to_json(store)
        assert dt.init_from_json(stored, store).to_json(other) == stored
        assert other.files == store.files

    def test_a_name_that_is_taken_elsewhere_gives_way(self):
        store, other = DictStore(), DictStore(files={"media/images/x.png": b"other bytes"})
        stored = dt.Image(RGB).to_json(store)
        store.files["media/images/x.png"] = store.files.pop(stored["path"])
        moved = dt.init_from_json({**stored, "path": "media/images/x.png"}, store).to_json(other)
        assert moved["path"] == f"media/images/{stored['sha256'][:20]}/x.png"


class TestLists:
    def test_no_picture_is_left_out(self):
        run = DictRun("digits", 2)
        images = [
            dt.Image(np.full((3, 4 + i % 2), i, np.uint8), caption=str(i) if i == 150 else None) for i in range(200)
        ]
        for image in images:
            image.bind_to_run(run, "digits", 2)
        stored = dt.Image.seq_to_json(images, run, "digits", 2)
        assert (stored["count"], stored["width"], len(stored["filenames"])) == (200, 4, 200)
        assert dt.init_from_json(stored, run) == images

    def test_the_helpers_say_false_where_there_is_nothing(self):
        run = DictRun()
        images = [dt.Image(RGB), dt.Image(RGB)]
        assert dt.Image.all_masks(images, run, "k", 0) is False
        assert dt.Image.all_boxes(images, run, "k", 0) is False
        assert dt.Image.all_captions(images) is False
        assert dt.Image.all_captions([dt.Image(RGB), dt.Image(RGB, caption="x")]) == [None, "x"]

    def test_a_row_of_tiles_of_the_first_sdks_is_cut(self):
        sheet = np.arange(3 * 6 * 3, dtype=np.uint8).reshape(3, 6, 3) + 2
        files = {"media/images/x_7.png": dt.Image(sheet)._file().read()}
        run = DictRun("x", 7)
        run.files |= files
        stored = {"_type": "images", "width": 2, "height": 3, "count": 3, "captions": ["a", "b", "c"]}
        tiles = dt.init_from_json(stored, run)
        assert [tile.to_numpy().tolist() for tile in tiles] == [sheet[:, x : x + 2].tolist() for x in (0, 2, 4)]
        assert [tile.caption for tile in tiles] == ["a", "b", "c"]
        with pytest.raises(dt.WireFormatError, match="has 6 pixels in width for 4 tiles of 2"):
            dt.init_from_json({**stored, "count": 4}, run)

    def test_a_list_that_contradicts_itself_is_named(self):
        stored = {"_type": "images/separated", "count": 2, "filenames": ["a.png"], "format": "png"}
        with pytest.raises(dt.WireFormatError, match="says 2 pictures and names 1"):
            dt.init_from_json(stored, DictRun())


class TestDifference:
    def test_one_pixel(self):
        other = RGB.copy()
        other[3, 4, 1] ^= 8
        found = dt.Image(RGB).difference(dt.Image(other))
        assert (found["max_abs"], found["changed_pixels"]) == (8.0, 1)
        assert found["psnr_db"] == pytest.approx(20 * math.log10(255 / math.sqrt(64 / RGB.size)))

    def test_masks_boxes_and_captions(self):
        ids = np.zeros((9, 14), int)
        ids[:3] = 1
        moved = np.roll(ids, 1, axis=0)
        box = {"position": {"minX": 0, "maxX": 1, "minY": 0, "maxY": 1}, "class_id": 1}
        left = dt.Image(RGB, caption="a", masks={"m": {"mask_data": ids}}, boxes={"b": {"box_data": [box, box]}})
        right = dt.Image(
            RGB, masks={"m": {"mask_data": moved}}, boxes={"b": {"box_data": [box]}, "c": {"box_data": []}}
        )
        found = left.difference(right)
        assert found["masks"]["m"] == {"changed_pixels": 28, "mask_iou": {"0": 5 / 7, "1": 0.5}}
        same = {"matched": 1, "changed": 0, "min_iou": 1.0, "reordered": 0}
        assert found["boxes"] == {"b": {**same, "removed": 1, "added": 0}, "c": "added"}
        assert found["fields"] == ["caption"]

    def test_other_sizes(self):
        found = dt.Image(RGB).difference(dt.Image(RGB[:4]))
        assert found["shapes"] == [[9, 14, 3], [4, 14, 3]]
        assert found["changed_pixels"] == 9 * 14


def test_a_notebook_shows_the_picture():
    text = dt.Image(RGB, caption="<b>")._repr_html_()
    assert text.startswith('<img alt="Image(png, 14×9, &#x27;&lt;b&gt;&#x27;)" src="data:image/png;base64,iVBOR')
