"""`Video`: every input and format, what each costs, and the way back."""

from __future__ import annotations

import io
import json
import math
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sinks import DictRun, DictStore

from datatypes import gif
from datatypes.errors import (
    DecodeLimitError,
    MissingExtraError,
    MissingMediaError,
    RejectedTypeError,
    RejectedValueError,
    UnreadableMediaError,
    WireFormatError,
)
from datatypes.registry import decode, value_from_file
from datatypes.video import Video
from datatypes.video_array import tile_shape, untile

av = pytest.importorskip("av")

INPUTS = Path(__file__).parents[2] / "golden/data/inputs"


@pytest.fixture
def clip():
    return np.load(INPUTS / "bunny_tchw_8x3x32x48.npy")


def stored(video):
    store = DictStore()
    store.add(video, "v")
    return store, store.get("v.video-file.json")


def open_as(kind, data):
    return decode({"_type": "video-file", "path": f"v.{kind}"}, DictStore(files={f"v.{kind}": data}))


def decoded(video):
    """Frames by an independent reader: (time, height, width, 3)."""
    if video.format == "gif":
        with Image.open(io.BytesIO(video._file().read())) as image:
            return np.stack([seek(image, index) for index in range(image.n_frames)])
    with av.open(io.BytesIO(video._file().read())) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def seek(image, index):
    image.seek(index)
    return np.asarray(image.convert("RGB"))


class TestFormats:
    @pytest.mark.parametrize(("kind", "codec"), [("gif", "gif"), ("mp4", "h264"), ("webm", "vp9"), ("ogg", "vp8")])
    def test_all_frames_the_rate_and_a_record_that_is_true(self, kind, codec, clip):
        store, again = stored(Video(clip, fps=10, format=kind, caption="c"))
        assert (again.codec, again.width, again.height, again.n_frames) == (codec, 48, 32, 8)
        assert (again.fps, again.duration_secs) == (10, 0.8)
        frames = np.stack(list(again.frames()))
        assert np.array_equal(frames, decoded(again))
        assert np.array_equal(again.to_numpy(), frames.transpose(0, 3, 1, 2))
        error = clip.astype(float) - again.to_numpy()
        record = again.fidelity
        assert record.verdict == "lossy"
        assert record.max_abs_error == np.abs(error).max()
        assert record.rmse == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-12)
        assert record.psnr_db == pytest.approx(20 * np.log10(255 / record.rmse), rel=1e-12)
        assert record.psnr_db > 28
        assert json.loads(store.files["v.video-file.json"])["width"] == 48

    def test_the_seeds_format_is_gif(self, clip):
        assert Video(clip).format == "gif"
        assert Video(clip, fps=None).fps == 4

    @pytest.mark.parametrize("kind", ["webm", "gif"])
    def test_exact(self, kind, clip):
        given = clip if kind == "webm" else clip // 64 * 64
        _, again = stored(Video(given, fps=29.97, format=kind, exact=True))
        assert again.fidelity.verdict == "lossless"
        assert again.to_numpy().dtype == np.uint8
        assert np.array_equal(again.to_numpy(), given)
        assert np.array_equal(decoded(again).transpose(0, 3, 1, 2), given)

    @pytest.mark.parametrize("dtype", ["float32", "int64", "bool", "uint8"])
    @pytest.mark.parametrize("channels", [1, 3])
    def test_exact_gives_back_what_was_given(self, dtype, channels, clip):
        given = (clip[:, :channels, :31, :47] > 99 if dtype == "bool" else clip[:, :channels, :31, :47]).astype(dtype)
        _, again = stored(Video(given, exact=True))
        assert again.to_numpy().dtype == given.dtype
        assert np.array_equal(again.to_numpy(), given)

    def test_exact_batches_and_opaque_fourth_channels(self):
        batch = np.load(INPUTS / "bunny_batch_3x4x3x32x48.npy")
        assert np.array_equal(stored(Video(batch, exact=True))[1].to_numpy(), batch)
        opaque = np.concatenate([batch[0], np.full_like(batch[0][:, :1], 255)], axis=1)
        assert np.array_equal(stored(Video(opaque, exact=True))[1].to_numpy(), opaque)

    def test_exact_refuses_what_it_cannot_hold(self, clip):
        with pytest.raises(RejectedValueError, match="not whole numbers from 0 to 255"):
            Video(clip / 255, exact=True)
        with pytest.raises(RejectedValueError, match="mp4 has no exact form"):
            Video(clip, format="mp4", exact=True)
        with pytest.raises(RejectedValueError, match="gif does not give every frame back"):
            Video(clip, format="gif", exact=True)
        with pytest.raises(RejectedValueError, match="have transparency"):
            Video(np.concatenate([clip, clip[:, :1]], axis=1), exact=True)

    def test_odd_sides_are_padded_in_mp4_alone(self, clip):
        odd = clip[:, :, :31, :47]
        video = Video(odd, format="mp4")
        assert (video.width, video.height) == (48, 32)
        assert video.fidelity.steps[0] == "pad 47×31 to 48×32 pixels by the last ones"
        error = odd.astype(float) - video.to_numpy()[:, :, :31, :47]
        assert video.fidelity.rmse == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-12)
        assert (Video(odd, format="webm").width, Video(odd, format="gif").height) == (47, 31)

    def test_equal_neighbours_stay_frames_of_their_own(self):
        still = np.zeros((10, 3, 16, 16), np.uint8)
        for kind in ("gif", "mp4", "webm"):
            assert Video(still, format=kind).n_frames == 10
            assert len(decoded(Video(still, format=kind))) == 10

    def test_a_frame_rate_that_gif_cannot_say_is_told(self, clip):
        video = Video(clip, fps=24)
        with Image.open(io.BytesIO(video._file().read())) as image:
            times = [(image.seek(index), image.info["duration"])[1] for index in range(8)]
        assert sum(times) == 330
        assert set(times) == {40, 50}
        assert video.fidelity.notices == ["frames last 4 to 5 hundredths of a second, 4.16667 were meant"]
        assert "more slowly" in Video(clip, fps=100).fidelity.notices[-1]
        assert gif.delays(3, Fraction(1000)) == [1, 1, 1]

    def test_a_gif_repeats_for_ever(self, clip):
        with Image.open(io.BytesIO(Video(clip)._file().read())) as image:
            assert image.info["loop"] == 0


class TestNumbers:
    def test_floats_are_rounded_and_not_scaled(self, clip):
        video = Video(clip / 255, format="webm")
        assert video.fidelity.steps[0] == "round to uint8"
        assert "multiply by 255" in video.fidelity.notices[0]
        error = clip / 255 - video.to_numpy()
        assert video.fidelity.max_abs_error == np.abs(error).max()
        assert video.fidelity.rmse == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-9)

    def test_what_lies_beyond_is_clipped_and_counted(self):
        given = np.zeros((2, 1, 16, 16))
        given[0, 0, 0, :5] = [300, -7, np.nan, 255.4, np.inf]
        video = Video(given)
        assert (video.fidelity.clipped, video.fidelity.dropped) == (3, 1)
        assert video.fidelity.steps[:3] == ["store 1 NaN as 0", "clip 3 values to [0, 255]", "round to uint8"]
        assert decoded(video)[0, 0, :5, 0].tolist() == [255, 0, 0, 255, 255]
        assert video.fidelity.max_abs_error == 45

    def test_transparency_is_dropped_and_said(self, clip):
        video = Video(np.concatenate([clip, clip[:, :1]], axis=1), format="webm")
        assert video.fidelity.steps[0] == "drop transparency"
        assert video.to_numpy().shape == (8, 3, 32, 48)

    @pytest.mark.parametrize(
        ("batch", "shape"), [(1, (1, 1)), (2, (1, 2)), (3, (1, 4)), (4, (2, 2)), (5, (2, 4)), (8, (2, 4)), (16, (4, 4))]
    )
    def test_a_batch_is_tiled_by_the_seeds_rule(self, batch, shape):
        assert tile_shape(batch) == shape
        given = np.arange(1, batch + 1, dtype=np.uint8)[:, None, None, None, None] * np.ones((1, 2, 3, 8, 8), np.uint8)
        video = Video(given, exact=True)
        assert (video.height, video.width) == (8 * shape[0], 8 * shape[1])
        tiles = decoded(video)[0, ::8, ::8, 0].ravel()
        assert tiles.tolist() == [*range(1, batch + 1), *[0] * (shape[0] * shape[1] - batch)]
        assert np.array_equal(untile(decoded(video)[0], batch), given[:, 0])

    def test_tensors(self, clip):
        class Tensor:
            def detach(self):
                return self

            def cpu(self):
                return self

            def numpy(self):
                return clip

        assert Video(Tensor()) == Video(clip)

    @pytest.mark.parametrize("shape", [(8, 32, 48), (8, 2, 32, 48), (0, 3, 8, 8), (1, 3, 0, 8), (1, 1, 1, 3, 8, 8)])
    def test_other_shapes_are_refused(self, shape):
        with pytest.raises(RejectedValueError, match="video array: has shape"):
            Video(np.zeros(shape, np.uint8))

    def test_other_inputs_are_refused(self, clip):
        for data, problem in (([1, 2], "is list"), (5, "is int"), (clip.astype(complex), "dtype complex128")):
            with pytest.raises(RejectedValueError, match=problem):
                Video(data)
        with pytest.raises(RejectedValueError, match="format: is 'avi'"):
            Video(clip, format="avi")
        for fps in (0, -1, math.nan, math.inf, 1e9):
            with pytest.raises(RejectedValueError, match="fps: is"):
                Video(clip, fps=fps)


class TestFiles:
    @pytest.mark.parametrize("name", ["bunny_96x54.mp4", "bunny_64x36.webm", "bunny_64x36.ogg", "no_time.gif"])
    def test_a_path_is_kept_byte_for_byte(self, name):
        path = INPUTS / name
        kind = name.rpartition(".")[2]
        for video in (
            Video(str(path)),
            Video(path),
            Video(io.BytesIO(path.read_bytes())),
            Video(io.BytesIO(path.read_bytes()), format=kind),
        ):
            store, again = stored(video)
            assert store.files[again.path] == path.read_bytes()
            assert again.format == kind
            assert "width" not in json.loads(store.files["v.video-file.json"])
            assert again.to_numpy().shape == (again.n_frames, 3, again.height, again.width)
            assert np.array_equal(np.stack(list(again.frames())), decoded(again))

    def test_the_extension_counts_in_any_case(self, tmp_path):
        path = tmp_path / "A.MP4"
        path.write_bytes((INPUTS / "bunny_96x54.mp4").read_bytes())
        video = Video(path)
        run = DictRun("v", 1)
        video.bind_to_run(run, "v", 1, 0)
        assert video.to_json(run)["path"] == "media/videos/v_1_0.MP4"
        assert (video.format, video.n_frames) == ("mp4", 8)

    @pytest.mark.parametrize("name", ["a.avi", "a.mov", "mp4", INPUTS / "iris_15.csv"])
    def test_other_names_are_refused(self, name):
        with pytest.raises(RejectedValueError, match="is no video by its name"):
            Video(name, format="gif")

    def test_missing_and_unknown_files(self):
        with pytest.raises(MissingMediaError, match=r"nowhere\.mp4"):
            Video("nowhere.mp4")
        with pytest.raises(RejectedValueError, match="format: is missing"):
            Video(io.BytesIO(b"what is this"))
        with pytest.raises(RejectedValueError, match="nothing is fetched"):
            Video("https://host/a.mp4")

    def test_plain_files_of_a_source(self):
        source = DictStore(files={"x/a.webm": (INPUTS / "bunny_64x36.webm").read_bytes()})
        assert value_from_file("x/a.webm", source).facts()["file"]["frames"] == 4

    def test_without_the_decoder_the_extra_is_named(self, monkeypatch, clip):
        video = Video(clip, format="mp4")
        monkeypatch.setitem(sys.modules, "av", None)
        for use in (video.facts, lambda: Video(clip, format="mp4"), lambda: list(video.frames())):
            with pytest.raises(MissingExtraError, match=r'pip install "vitrina\[video\]"'):
                use()
        gif_video = Video(clip)
        assert gif_video.facts()["file"]["frames"] == 8
        assert gif_video.to_numpy().shape == (8, 3, 32, 48)


class TestLies:
    @pytest.mark.parametrize("kind", ["mp4", "webm", "ogg", "gif"])
    @pytest.mark.parametrize("data", [b"", b"\0" * 200, b"hello, this is no video", b"#EXTM3U\nfile:///etc/passwd\n"])
    def test_noise_is_one_clear_error(self, kind, data):
        video = open_as(kind, data)
        for use in (video.facts, video.to_numpy, lambda: list(video.frames()), lambda: video.width):
            with pytest.raises(UnreadableMediaError, match=rf"v\.{kind}: "):
                use()

    @pytest.mark.parametrize("name", ["bunny_96x54.mp4", "bunny_64x36.webm", "bunny_64x36.ogg", "no_time.gif"])
    def test_a_cut_file_is_not_shown_as_whole(self, name):
        data = (INPUTS / name).read_bytes()
        for size in range(0, len(data) - 20, len(data) // 30):
            video = open_as(name.rpartition(".")[2], data[:size])
            with pytest.raises(UnreadableMediaError):
                video.facts()

    def test_another_format_under_a_name(self):
        video = open_as("mp4", (INPUTS / "bunny_64x36.webm").read_bytes())
        with pytest.raises(UnreadableMediaError, match="cannot be decoded as mp4"):
            video.facts()
        with pytest.raises(UnreadableMediaError, match="does not begin as a GIF"):
            open_as("gif", (INPUTS / "bunny_64x36.webm").read_bytes()).facts()
        with pytest.raises(UnreadableMediaError, match="is no video by its name"):
            open_as("avi", b"RIFF").facts()

    def test_sound_alone_is_no_video(self):
        with pytest.raises(UnreadableMediaError, match="has no pictures"):
            open_as("ogg", (INPUTS / "chirp.ogg").read_bytes()).facts()

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "has 0 frames of 1×1"),
            (
                b"GIF89a\x00\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
                "frames of 0×1",
            ),
            (b"GIF89a\x01\x00\x01\x00\x00\x00\x00\x99", "ends within a frame"),
            (b"GIF89a\x01\x00\x01\x00\x00\x00\x00,", "ends within a frame"),
        ],
    )
    def test_gif(self, data, problem):
        with pytest.raises(UnreadableMediaError, match=problem):
            open_as("gif", data).facts()

    @pytest.mark.parametrize(
        "shape", [[9, 3, 32, 48], [8, 3, 1, 1], [-1, 3, 32, 48], [3, 8, 3, 32, 48], "abcd", [8, 9, 32, 48]]
    )
    def test_a_record_from_elsewhere_does_not_change_frames(self, shape, clip):
        record = {"verdict": "lossless", "source": {"kind": "ndarray", "dtype": "object", "shape": shape}}
        source = DictStore(files={"v.webm": Video(clip, exact=True)._file().read()})
        video = decode({"_type": "video-file", "path": "v.webm", "fidelity": record}, source)
        assert np.array_equal(video.to_numpy(), clip)
        assert video.to_numpy().dtype == np.uint8

    def test_limits(self, monkeypatch, clip):
        videos = [Video(clip, format=kind) for kind in ("gif", "mp4")]
        monkeypatch.setenv("VITRINA_MAX_ARRAY_BYTES", "1000")
        for video in videos:
            with pytest.raises(DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
                video.to_numpy()
        monkeypatch.setenv("VITRINA_MAX_PIXELS", "100")
        for video in (open_as(item.format, item._file().read()) for item in videos):
            for use in (video.facts, lambda video=video: list(video.frames())):
                with pytest.raises(DecodeLimitError, match="VITRINA_MAX_PIXELS"):
                    use()


class TestWire:
    def test_artifact_json(self, clip):
        video = Video(clip, caption="c")
        digest = video._file().sha256
        fields = video.to_json(DictStore())
        fields.pop("fidelity")
        path = f"media/videos/{digest[:20]}.gif"
        expected = {"_type": "video-file", "path": path, "sha256": digest, "caption": "c", "width": 48, "height": 32}
        assert fields == expected

    def test_run_list(self, clip):
        videos = [Video(clip, caption="v0"), Video(INPUTS / "no_time.gif")]
        run = DictRun("v", 5)
        for index, video in enumerate(videos):
            video.bind_to_run(run, "v", 5, index)
        fields = json.loads(json.dumps(Video.seq_to_json(videos, run, "v", 5)))
        assert (fields["_type"], fields["count"], fields["captions"]) == ("videos", 2, ["v0", None])
        assert [item["path"] for item in fields["videos"]] == ["media/videos/v_5_0.gif", "media/videos/v_5_1.gif"]
        assert decode(fields, run) == videos
        assert Video.captions(videos[1:]) is False

    @pytest.mark.parametrize("captions", [{"captions": False}, {}, {"captions": ["a"]}])
    def test_old_lists(self, captions):
        run = DictRun("v", 5)
        run.files = {"media/videos/v_5_0.gif": (INPUTS / "no_time.gif").read_bytes()}
        item = {"_type": "video-file", "path": "media/videos/v_5_0.gif"}
        (video,) = decode({"_type": "videos", "count": 1, "videos": [item], **captions}, run)
        assert video.caption == ("a" if captions.get("captions") else None)
        assert video.n_frames == 24

    def test_malformed_lists(self):
        with pytest.raises(WireFormatError, match="videos"):
            decode({"_type": "videos", "count": 2, "videos": []}, DictRun())


class TestComparison:
    def test_equal_is_zero_exactly(self, clip):
        expected = {"fields": [], "max_abs": 0.0, "psnr_db": math.inf, "changed_frames": 0, "changed_pixels": 0}
        assert Video(clip).difference(Video(clip)) == expected
        assert Video(clip) == Video(clip)

    def test_the_packing_does_not_count(self, clip):
        coarse = clip // 64 * 64
        one, two = Video(coarse, exact=True), Video(coarse, format="gif", exact=True)
        assert one.difference(two)["changed_frames"] == 0
        assert one == two

    def test_measures_equal_an_independent_computation(self, clip):
        other = clip.copy()
        other[3, :, 5:9, 5:9] = 255 - other[3, :, 5:9, 5:9]
        found = Video(clip, exact=True).difference(Video(other, exact=True, caption="x"))
        error = clip.astype(float) - other
        assert found["max_abs"] == np.abs(error).max()
        assert found["psnr_db"] == pytest.approx(20 * np.log10(255 / np.sqrt(np.mean(error**2))))
        assert found["changed_frames"] == 1
        assert found["changed_pixels"] == int((error[3] != 0).any(axis=0).sum())
        assert found["fields"] == ["caption"]

    def test_other_lengths_and_sizes(self, clip):
        found = Video(clip, exact=True).difference(Video(clip[:6], exact=True))
        assert (found["changed_frames"], found["changed_pixels"], found["fields"]) == (2, 2 * 32 * 48, ["n_frames"])
        found = Video(clip, exact=True).difference(Video(clip[:, :, :30], exact=True))
        assert (found["changed_frames"], found["shapes"]) == (8, [[48, 32], [48, 30]])
        assert Video(clip, exact=True) != Video(clip[:6], exact=True)
        with pytest.raises(RejectedTypeError, match="cannot be compared with str"):
            Video(clip).difference("x")


def test_repr(clip):
    video = Video(clip, caption="<c>")
    assert repr(video) == "Video(gif, 48×32, '<c>')"
    assert video._repr_html_().startswith('<figure><img src="data:image/gif;base64,R0lGOD')
    assert "&lt;c&gt;" in video._repr_html_()
    assert "<video controls" in Video(INPUTS / "bunny_64x36.webm")._repr_html_()
