"""The pure half of the renderer of sounds: what is played, what is said, what a preview shows."""

import io

import numpy as np
import pytest
import soundfile
from PIL import Image as PilImage

from app.renderers import Context, for_tag, prepared
from app.renderers.audio_file import clock, preview
from datatypes import Audio
from storage import Artifact, Store, open_source


@pytest.fixture
def look(tmp_path):
    """Return a function that stores a sound file and prepares its view."""

    def prepare(samples, name="sound.wav", rate=8000, data=None, **options):
        folder = tmp_path / "folder"
        folder.mkdir(exist_ok=True)
        if data is None:
            soundfile.write(folder / name, samples, rate, **options)
        else:
            (folder / name).write_bytes(data)
        artifact = open_source(folder)
        context = context_of(artifact, name)
        return prepared(for_tag("audio-file"), Audio.from_file(name, artifact), context)

    return prepare


def context_of(artifact, name):
    return Context(
        artifact=artifact,
        name=name,
        url_for=lambda artifact, name: f"/api/m/TOKEN/{name}",
        url_for_bytes=lambda data, mime, ident: "/api/d/0",
    )


def test_facts_are_those_of_soundfile(look):
    view = look(np.zeros((16_000, 2)), subtype="PCM_24")
    facts = dict(view.facts)
    assert view.headline == "2.000 s"
    assert (facts["Frames"], facts["Sample rate"], facts["Channels"]) == ("16,000", "8,000 Hz", "2, stereo")
    assert (facts["Samples"], facts["File"]) == ("24 bit", "WAV, 96.0 kB")
    assert facts["Bit rate"] == "384 kbit/s"
    assert (view.body["rate"], view.body["channels"], view.body["frames"]) == (8000, 2, 16_000)


@pytest.mark.parametrize(
    ("name", "options", "plays"),
    [
        ("a.wav", {"subtype": "PCM_16"}, True),
        ("a.wav", {"subtype": "FLOAT"}, True),
        ("a.wav", {"subtype": "DOUBLE"}, False),
        ("a.wav", {"subtype": "IMA_ADPCM"}, False),
        ("a.flac", {}, True),
        ("a.ogg", {}, True),
        ("a.mp3", {}, True),
        ("a.aiff", {"subtype": "PCM_16"}, False),
        ("a.au", {"subtype": "PCM_16"}, False),
    ],
)
def test_what_browsers_do_not_play_is_played_as_wav_and_says_so(look, name, options, plays):
    view = look(np.zeros(8000), name, **options)
    assert view.body["source"] == (f"/api/m/TOKEN/{name}" if plays else f"/api/sound/TOKEN/{name}?what=wav")
    assert view.body["original"] == view.download == f"/api/m/TOKEN/{name}"
    assert [notice.text.startswith("played as") for notice in view.notices] == ([] if plays else [True])


def test_mp4_audio_is_left_to_the_browser(look):
    view = look(None, "a.m4a", data=b"\0\0\0\x20ftypM4A " + bytes(600))
    assert (view.body["source"], view.body["measured"]) == ("/api/m/TOKEN/a.m4a", "")
    assert "no waveform" in view.notices[0].text


def test_midi_is_a_card_with_the_three_fields(look):
    problem = look(None, "song.mid", data=b"MThd\0\0\0\6\0\0\0\1\0\x60")
    assert (problem.subject, problem.problem) == ("song.mid", "is not a sound in WAV, FLAC, OGG, MP3, AIFF, AU or CAF")


def test_a_cut_file_is_a_card(look):
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(8000), 8000, format="WAV")
    problem = look(None, "cut.wav", data=buffer.getvalue()[:9000])
    assert problem.problem == "says 16,000 bytes in its chunk 'data', and holds 8,956"


def test_a_stored_value_is_measured_where_its_file_lies(tmp_path):
    artifact = Artifact("sounds", type="dataset")
    artifact.add(Audio(np.zeros(100, np.float32), 8000, caption="hush"), "one")
    stored = Store(tmp_path / "store").log_artifact(artifact)
    name = "one.audio-file.json"
    view = prepared(for_tag("audio-file"), stored.get(name), context_of(stored, name))
    assert (view.caption, view.body["label"]) == ("hush", "hush")
    assert view.body["measured"] == f"/api/sound/TOKEN/{view.file_name}"
    assert view.file_name.startswith("media/audio/")


def test_a_preview_is_loud_where_the_sound_is(tmp_path):
    samples = np.zeros(32_000)
    samples[16_000:] = np.sin(np.arange(16_000))
    soundfile.write(tmp_path / "half.wav", samples, 8000)
    picture = PilImage.open(io.BytesIO(preview(Audio(tmp_path / "half.wav"))))
    heights = (np.asarray(picture)[:, :, 3] > 0).sum(axis=0)
    assert picture.size == (320, 96)
    assert set(heights[:159]) <= {1, 2}
    assert heights[161:].min() >= 90


@pytest.mark.parametrize(
    ("secs", "text"), [(0.0, "0.000 s"), (59.9, "59.900 s"), (61, "1:01"), (600, "10:00"), (3725, "1:02:05")]
)
def test_clock(secs, text):
    assert clock(secs) == text
