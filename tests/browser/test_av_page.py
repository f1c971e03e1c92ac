"""Sound and film on their pages: what is drawn against NumPy, seeking, repeating, frames by their colours, refusals."""

import base64
import io
import itertools
import math
import re
from fractions import Fraction
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image as PilImage

RATE = 16_000
SILENT, LOUD = (0.0, 1.0), (1.0, 2.0)  # seconds of the left channel
GAPS = [0.02, 0.2, 0.04, 0.1]


def colour(number):
    return ((number * 37) % 256, (number * 91 + 40) % 256, (number * 53 + 90) % 256)


def sound_samples():
    """Left: a second of silence, a second of 1 kHz, a second of silence; right: 3 kHz, softly. Three seconds."""
    t = np.arange(3 * RATE) / RATE
    left = np.where((t >= 1) & (t < 2), 0.5 * np.sin(2 * np.pi * 1000 * t), 0)
    return np.stack([left, 0.05 * np.sin(2 * np.pi * 3000 * t)], axis=1)


def write_film(path, times, codec, size=(96, 64)):
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for number, secs in enumerate(times):
            pixels = np.empty((size[1], size[0], 3), np.uint8)
            pixels[:] = colour(number)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = round(secs * 1000), Fraction(1, 1000)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def write_gif(path):
    """Twelve frames: a square of `colour` (n) at the left, the rest transparent."""
    frames = []
    for number in range(12):
        picture = PilImage.new("RGBA", (40, 20))
        picture.paste((*colour(number), 255), (0, 0, 20, 20))
        frames.append(picture)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[100, 60] * 6, disposal=2, loop=0)


@pytest.fixture(scope="session")
def media_viewer(start_viewer, tmp_path_factory):
    import soundfile

    from datatypes import Audio, Video
    from storage import Artifact, Store

    folder = tmp_path_factory.mktemp("media")
    samples = sound_samples()
    soundfile.write(folder / "stereo.wav", samples, RATE, subtype="PCM_16")
    soundfile.write(folder / "apple.aiff", samples, RATE, subtype="PCM_24")
    soundfile.write(folder / "loud.wav", samples * 4, RATE, subtype="FLOAT")
    soundfile.write(folder / "one.wav", np.array([0.5]), RATE, subtype="PCM_16")
    write_film(folder / "uneven.webm", np.concatenate([[0], np.cumsum(GAPS * 6)]), "libvpx-vp9")
    write_film(folder / "old.mp4", np.arange(20) / 10, "mpeg4")
    write_gif(folder / "clear.gif")
    artifact = Artifact("media", type="dataset")
    for name in ("stereo.wav", "apple.aiff", "loud.wav", "one.wav"):
        artifact.add(Audio(folder / name), name.partition(".")[0])
    for name in ("uneven.webm", "old.mp4", "clear.gif"):
        artifact.add(Video(folder / name), name.partition(".")[0])
    Store(folder / "store").log_artifact(artifact)
    return start_viewer(folder / "store")


@pytest.fixture
def show(new_page, media_viewer):
    """Return a function that opens a value with a state in its address, and gives its page."""

    def open_value(name, kind, state="", **options):
        page = new_page(media_viewer, **options)
        page.statuses = []
        page.on("response", lambda answer: "/api/m/" in answer.url and page.statuses.append(answer.status))
        page.show(f"/entry?ref=media:v0&path={name}.{kind}-file.json{state}", ".stage[data-ready]")
        return page

    return open_value


def state_in(address):
    query = parse_qs(urlsplit(address).query)
    return {key: texts[0] for key, texts in query.items() if key not in ("ref", "path")}


def state_of(page, expected):
    """Return the state in the address once it is as expected: it is written a moment after the last change."""
    page.wait_for_url(lambda address: expected(state_in(address)), timeout=8000)
    return state_in(page.url)


def canvas_pixels(page, selector):
    """Return what a canvas holds: (height, width, 4)."""
    address = page.locator(selector).evaluate("c => c.toDataURL()")
    picture = PilImage.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    return np.asarray(picture.convert("RGBA"))


def seconds(page):
    return float(page.locator(".stage").get_attribute("data-time"))


def x_of(page, secs, length=3.0):
    box = page.locator("canvas.cursor").bounding_box()
    return box["x"] + box["width"] * secs / length, box


class TestSound:
    @pytest.fixture
    def page(self, show):
        page = show("stereo", "audio")
        page.locator(".stage[data-player=ready]").wait_for()
        return page

    def test_what_is_drawn_is_what_sounds(self, page):
        wave = canvas_pixels(page, "canvas.wave")
        height, width = wave.shape[:2]
        painted = (wave[: height // 2, :, 3] == 255).sum(axis=0)  # the lane of the left channel
        loud = painted[round(width * 1.02 / 3) : round(width * 1.98 / 3)]
        silent = painted[: round(width * 0.98 / 3)]
        assert abs(loud.mean() - height / 2 * 0.5) <= 4
        assert silent.max() <= 3
        spectrum = canvas_pixels(page, "canvas.spectrum").astype(int)
        rows, columns = spectrum.shape[:2]
        brightness = spectrum[:, :, :3].sum(axis=2)
        top = brightness[:, round(columns * 1.2 / 3) : round(columns * 1.8 / 3)].mean(axis=1).argmax()
        least = RATE / 512
        hertz = least * (RATE / 2 / least) ** ((rows - top - 0.5) / rows)
        assert hertz == pytest.approx(1000, rel=0.06)
        told = page.locator(".channels tr[data-channel='1']").inner_text().split()
        assert told[:3] == ["left", f"−{-20 * math.log10(0.5):.1f}", f"−{-10 * math.log10(0.125 / 3):.1f}"]
        with page.expect_download() as download:
            page.get_by_role("button", name="Save picture").click()
        saved = np.asarray(PilImage.open(download.value.path()).convert("RGB"))
        assert saved.shape == page.pixels(page.locator(".plots")).shape
        assert len(np.unique(saved.reshape(-1, 3), axis=0)) > 100
        self.click_seeks_and_the_pointer_is_told(page)

    def click_seeks_and_the_pointer_is_told(self, page):
        x, box = x_of(page, 1.5)
        page.mouse.click(x, box["y"] + 30)
        step = 3 / box["width"]
        state = state_of(page, lambda state: "t" in state)
        assert seconds(page) == pytest.approx(1.5, abs=2 * step)
        assert page.locator("audio").evaluate("a => a.currentTime") == pytest.approx(1.5, abs=2 * step)
        page.mouse.move(x_of(page, 0.5)[0], box["y"] + 30)
        assert "left −∞ dB" in page.locator(".readout").inner_text()
        assert float(state["t"]) == pytest.approx(1.5, abs=2 * step)

    def test_a_selection_repeats(self, page):
        from_x, box = x_of(page, 1.0)
        to_x, _ = x_of(page, 1.3)
        page.mouse.move(from_x, box["y"] + 40)
        page.mouse.down()
        page.mouse.move((from_x + to_x) / 2, box["y"] + 40)
        page.mouse.move(to_x, box["y"] + 40)
        page.mouse.up()
        first, last = map(float, state_of(page, lambda state: "loop" in state)["loop"].split("-"))
        assert (first, last) == (pytest.approx(1.0, abs=0.02), pytest.approx(1.3, abs=0.02))
        page.get_by_role("button", name="Play").click()
        heard = [page.wait_for_timeout(90) or seconds(page) for _ in range(10)]
        page.keyboard.press("k")
        assert all(first - 0.02 <= secs <= last + 0.15 for secs in heard)
        assert any(later < earlier for earlier, later in itertools.pairwise(heard))
        page.keyboard.press("Escape")
        state_of(page, lambda state: state.get("loop") == "all")
        page.keyboard.press("r")
        page.keyboard.press("j")
        self.zoom_shows_samples_and_their_values(page)

    def zoom_shows_samples_and_their_values(self, page):
        x, box = x_of(page, 1.5)
        page.mouse.move(x, box["y"] + 30)
        for _ in range(12):
            page.mouse.wheel(0, -600)
        page.locator(".stage[data-detail]").wait_for()
        page.wait_for_timeout(300)
        marks = page.locator("canvas.cursor").evaluate("c => ({...c.dataset})")
        assert int(marks["to"]) - int(marks["from"]) <= 200
        page.mouse.move(x + 1, box["y"] + 30)
        marks = page.locator("canvas.cursor").evaluate("c => ({...c.dataset})")
        stored = np.round(sound_samples()[int(marks["sample"]), 0] * 32768) / 32768
        told = re.search(r"left (−?\d+\.\d+)", page.locator(".readout").inner_text())[1]
        assert float(told.replace("−", "-")) == pytest.approx(stored, abs=4e-5)
        state_of(page, lambda state: set(state) == {"win"})
        page.keyboard.press("f")
        state_of(page, lambda state: state == {})

    def test_a_channel_is_silenced_and_one_is_seen_alone(self, page):
        page.get_by_role("button", name="Only left").click()
        page.get_by_label("Channel of the spectrogram").select_option("2")
        page.locator(".stage[data-spectrum=ready]").wait_for()
        spectrum = canvas_pixels(page, "canvas.spectrum").astype(int)[:, :, :3].sum(axis=2)
        hertz = (RATE / 512) * (256) ** ((len(spectrum) - spectrum.mean(axis=1).argmax() - 0.5) / len(spectrum))
        assert hertz == pytest.approx(3000, rel=0.06)
        state_of(page, lambda state: state == {"mute": "2", "ch": "2"})


class TestSoundAddresses:
    def test_state_comes_back(self, show):
        page = show("stereo", "audio", "&t=1.25&rate=0.5&loop=1-2&win=0.5-2.5&freq=lin&floor=-60&mute=1")
        page.locator(".stage[data-player=ready]").wait_for()
        page.wait_for_timeout(200)
        assert seconds(page) == pytest.approx(1.25, abs=1e-3)
        assert page.locator("audio").evaluate("a => a.playbackRate") == 0.5
        marks = page.locator("canvas.cursor").evaluate("c => ({...c.dataset})")
        assert (int(marks["from"]), int(marks["to"])) == (RATE // 2, RATE * 5 // 2)
        assert page.get_by_label("Frequencies (S)").input_value() == "lin"
        assert page.get_by_label("Level that is drawn darkest").input_value() == "-60"
        assert page.get_by_role("button", name="Mute left").get_attribute("aria-pressed") == "true"

    def test_what_cannot_be_read_is_ignored_and_told(self, show):
        page = show("stereo", "audio", "&t=99&rate=7&loop=2-1&freq=sin&mute=9")
        assert (
            page.locator(".remark")
            .inner_text()
            .startswith("ignored in the address: t=99, rate=7, loop=2-1, freq=sin, mute=9")
        )
        assert seconds(page) == 0

    def test_odd_sounds_one_after_another(self, show):
        page = show("apple", "audio")
        page.locator(".stage[data-player=ready]").wait_for()
        assert page.locator("audio").evaluate("a => a.duration") == pytest.approx(3)
        assert "what=wav" in page.locator("audio").get_attribute("src")
        assert page.get_by_text("browsers do not play AIFF").count() == 1
        page.keyboard.press("ArrowRight")
        page.locator(".stage[data-engine=frames][data-ready]").wait_for()
        page.keyboard.press("ArrowRight")
        page.locator(".stage[data-ready='loud.audio-file.json']").wait_for()
        assert "beyond ±1 the player clips" in page.locator(".remark").inner_text()
        clipped = int(np.count_nonzero(np.abs(np.float32(sound_samples()[:, 0] * 4)) > 1))
        assert page.locator(".channels tr[data-channel='1'] td.bad").inner_text() == f"{clipped:,}"
        page.keyboard.press("ArrowRight")
        page.locator(".stage[data-engine=frames][data-ready]").wait_for()
        page.keyboard.press("ArrowRight")
        page.locator(".stage[data-ready='one.audio-file.json']").wait_for()
        assert canvas_pixels(page, "canvas.wave")[:, :, 3].any()
        assert "sample 0" in page.locator(".transport").inner_text()


def middle_of(page, selector):
    """Return the colour in the middle of the film's left half."""
    return page.locator(selector).evaluate(
        """(source) => { const canvas = document.createElement('canvas');
          canvas.width = source.videoWidth || source.width; canvas.height = source.videoHeight || source.height;
          const context = canvas.getContext('2d'); context.drawImage(source, 0, 0);
          return Array.from(context.getImageData(canvas.width / 4, canvas.height / 2, 1, 1).data); }"""
    )


def at_frame(page, number):
    page.locator(f".stage[data-frame='{number}']").wait_for(timeout=8000)
    page.idle()


class TestFilm:
    def test_steps_show_the_frame_of_their_number(self, show):
        page = show("uneven", "video")
        page.locator(".stage[data-times='25']").wait_for()
        at_frame(page, 0)
        for number in range(1, 8):
            page.keyboard.press(".")
            page.locator(f".stage[data-settled='{number}']").wait_for(timeout=8000)
            assert np.abs(np.array(middle_of(page, "video"))[:3] - colour(number)).max() < 8
            assert f"frame {number} of 0–24" in page.locator(".transport").inner_text()
        page.keyboard.press(",")
        page.locator(".stage[data-settled='6']").wait_for(timeout=8000)
        assert 206 in page.statuses  # the stored bytes, in ranges
        page.keyboard.press("End")
        at_frame(page, 24)
        times = np.concatenate([[0], np.cumsum(GAPS * 6)])
        assert seconds(page) == pytest.approx(times[24], abs=2e-3)
        state_of(page, lambda state: float(state.get("t", 0)) == pytest.approx(times[24], abs=2e-3))

    def test_a_part_repeats_and_the_address_brings_the_frame(self, show):
        page = show("uneven", "video", "&t=0.5&loop=0.4-0.8&rate=2")
        times = np.concatenate([[0], np.cumsum(GAPS * 6)])
        at_frame(page, int(np.searchsorted(times, 0.5 + 1e-6) - 1))
        page.keyboard.press("Space")
        seen = [page.wait_for_timeout(80) or seconds(page) for _ in range(12)]
        page.keyboard.press("Space")
        assert all(0.3 <= secs <= 1.0 for secs in seen)
        assert any(later < earlier for earlier, later in itertools.pairwise(seen))

    def test_a_gif_goes_frame_by_frame_and_keeps_its_holes(self, show):
        page = show("clear", "video")
        at_frame(page, 0)
        for number in (1, 2):
            page.keyboard.press(".")
            at_frame(page, number)
            assert middle_of(page, "canvas.frames") == [*colour(number), 255]
        assert canvas_pixels(page, "canvas.frames")[10, 30, 3] == 0
        with page.expect_download() as download:
            page.keyboard.press("g")
        assert download.value.suggested_filename == "clear.video-file.json-frame-2.png"
        saved = np.asarray(PilImage.open(download.value.path()).convert("RGBA"))
        assert (saved.shape, saved[5, 5].tolist(), saved[5, 30, 3]) == ((20, 40, 4), [*colour(2), 255], 0)
        page.keyboard.press("Space")
        page.locator(".stage[data-frame='11']").wait_for(timeout=8000)
        assert "frame 11 of 0–11" in page.locator(".transport").inner_text()

    def test_what_the_browser_refuses_is_a_preview_and_offers_the_file(self, show):
        page = show("old", "video")
        page.locator(".stage[data-engine=frames]").wait_for()
        at_frame(page, 0)
        page.keyboard.press(".")
        at_frame(page, 1)
        assert np.abs(np.array(middle_of(page, "canvas.frames"))[:3] - colour(1)).max() < 8
        remark = page.locator(".stage .line")
        assert "decoded frame by frame on the server" in remark.inner_text()
        with page.expect_download() as download:
            remark.get_by_role("link", name="download the file").click()
        assert download.value.suggested_filename == "old.mp4"
