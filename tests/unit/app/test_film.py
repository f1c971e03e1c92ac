"""Times and frames of films, against what was written into them and what the library decodes."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image as PilImage

from app.film.frames import first_frame, read_range, read_strip, strip_numbers
from app.film.probe import probe
from app.film.times import GIF_SECS, read_times
from datatypes import Video
from datatypes.errors import UnreadableMediaError

GAPS = [0.02, 0.2, 0.04, 0.04, 0.5, 0.02]


def colour(number):
    """Colours that a codec changes little and that are far apart."""
    return ((number * 37) % 256, (number * 91 + 40) % 256, (number * 53 + 90) % 256)


def write_film(path, times, *, codec="libvpx-vp9", size=(64, 48)):
    """Write a film whose frame n is of `colour` (n) and seen from `times[n]` seconds on."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        container.start_encoding()
        for number, secs in enumerate(times):
            pixels = np.empty((size[1], size[0], 3), np.uint8)
            pixels[:] = colour(number)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = round(secs * 1000), Fraction(1, 1000)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return Video(path)


@pytest.fixture(scope="module", params=[("libvpx-vp9", "webm"), ("libx264", "mp4")], ids=["vp9", "h264"])
def uneven(request, tmp_path_factory):
    """A film of 24 frames that last differently long; with B-frames, of which packets come in another order."""
    codec, ending = request.param
    times = np.concatenate([[0], np.cumsum(GAPS * 4)])[:24]
    return write_film(tmp_path_factory.mktemp("film") / f"uneven.{ending}", times, codec=codec), times


@pytest.fixture
def gif(tmp_path):
    frames = []
    for number in range(5):
        picture = PilImage.new("RGBA", (20, 10))
        picture.paste((*colour(number), 255), (number * 4, 0, number * 4 + 4, 10))
        frames.append(picture)
    path = tmp_path / "clear.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[100, 50, 0, 30, 200], disposal=2)
    return Video(path)


class TestTimes:
    def test_they_are_those_that_were_written(self, uneven):
        film, times = uneven
        found = read_times(film)
        assert np.allclose(found.secs, times, atol=1e-3)
        assert found.end_secs > times[-1]
        assert len(found.secs) == film.n_frames

    def test_gif_frames_without_a_time_get_that_of_browsers(self, gif):
        found = read_times(gif)
        assert np.allclose(found.secs, np.cumsum([0, 0.1, 0.05, GIF_SECS, 0.03]))
        assert (found.end_secs, found.timeless) == (pytest.approx(0.48), 1)

    def test_progress_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setattr("app.film.times._TELL_EVERY", 4)
        told = []
        read_times(write_film(tmp_path / "a.webm", np.arange(8) / 25), told.append)
        assert told == sorted(told)
        assert len(told) == 2


class TestFrames:
    def test_any_run_is_that_of_the_whole(self, uneven):
        film, _ = uneven
        secs = read_times(film).secs
        whole = list(film.frames())
        for start, stop in [(0, 24), (0, 1), (7, 9), (23, 24), (12, 20)]:
            found = read_range(film, secs, start, stop)
            assert len(found) == stop - start
            assert all(np.array_equal(one, two) for one, two in zip(found, whole[start:stop], strict=True))

    def test_frames_have_their_colours(self, uneven):
        film, _ = uneven
        for number, frame in enumerate(read_range(film, read_times(film).secs, 0, 24)):
            assert np.abs(frame.reshape(-1, 3).mean(axis=0) - colour(number)).max() < 6

    def test_large_frames_are_reduced(self, uneven):
        film, _ = uneven
        assert read_range(film, read_times(film).secs, 3, 4, 32)[0].shape == (24, 32, 3)

    def test_gif_frames_keep_what_is_transparent(self, gif):
        frames = read_range(gif, read_times(gif).secs, 0, 5)
        for number, frame in enumerate(frames):
            assert frame.shape == (10, 20, 4)
            left = number * 4
            assert frame[5, left].tolist() == [*colour(number), 255]
            opaque = np.flatnonzero(frame[5, :, 3])
            assert opaque.tolist() == list(range(left, left + 4))

    def test_the_strip_shows_frames_from_the_middle_of_parts(self, uneven):
        film, _ = uneven
        numbers = strip_numbers(24, 6)
        assert numbers == [2, 6, 10, 14, 18, 22]
        for number, frame in zip(numbers, read_strip(film, read_times(film).secs, numbers, 16), strict=True):
            assert frame.shape == (12, 16, 3)
            assert np.abs(frame.reshape(-1, 3).mean(axis=0) - colour(number)).max() < 6

    def test_the_strip_of_a_long_film_shows_key_frames(self, uneven, monkeypatch):
        monkeypatch.setattr("app.film.frames._WHOLE_PIXELS", 0)
        film, _ = uneven
        frames = read_strip(film, read_times(film).secs, [0, 12], 16)
        assert np.abs(frames[0].reshape(-1, 3).mean(axis=0) - colour(0)).max() < 6

    def test_a_film_shorter_than_the_strip(self):
        assert strip_numbers(2, 6) == [0, 1]
        assert strip_numbers(0, 6) == []

    def test_a_file_without_frames_says_so(self, tmp_path):
        film = write_film(tmp_path / "none.webm", [])
        with pytest.raises(UnreadableMediaError):
            first_frame(film)


class TestProbe:
    def test_facts_are_those_of_the_library(self, uneven):
        film, _ = uneven
        info = probe(film)
        assert (info.width, info.height) == (film.width, film.height) == (64, 48)
        assert info.codec.startswith(film.codec)
        assert (info.pixel_format, info.audio, info.turned) == ("yuv420p", "", 0)

    def test_a_gif(self, gif):
        info = probe(gif)
        assert (info.container, info.frames, info.width, info.height) == ("GIF", 5, 20, 10)
        assert info.duration_secs == pytest.approx(0.38)

    def test_without_pyav_there_are_no_facts_and_no_error(self, uneven, monkeypatch):
        import sys

        film, _ = uneven
        monkeypatch.setitem(sys.modules, "av", None)
        assert probe(Video.from_file(film._file().filename, Files(film._file().local_path().parent))) is None


class Files:
    """A source of plain files."""

    def __init__(self, folder):
        self.folder = folder

    def open(self, name):
        return (self.folder / name).open("rb")

    def local_path(self, name):
        return self.folder / name
