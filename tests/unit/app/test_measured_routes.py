"""Requests for measurements through the routes: what is sent, ranges, validators, and a sentence for each mistake."""

import asyncio
import io
import json

import numpy as np
import pytest
import soundfile
from PIL import Image as PilImage

from app import media, session
from app.film.api import routes as film_routes
from app.measured.packing import unpacked
from app.sound.api import routes as sound_routes
from datatypes import Video


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of media that is shown."""
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "media"
    folder.mkdir()
    soundfile.write(folder / "tone.aiff", np.sin(np.arange(8000)) * 0.5, 8000, subtype="PCM_16")
    (folder / "broken.wav").write_bytes(b"RIFF\x10\0\0\0WAVEfmt \xff\xff\xff\xff")
    frames = np.zeros((20, 3, 16, 24), np.uint8)
    frames[:, 0] = np.arange(20)[:, None, None] * 12
    for kind in ("gif", "webm"):
        video = Video(frames, fps=10, format=kind, exact=kind == "webm")
        (folder / f"red.{kind}").write_bytes(video._file().read())
    session.set_current(session.open_target(folder))
    yield folder
    session.set_current(None)


def ask(address, method="GET", **headers):
    """Send a request; return status, headers and body."""
    from starlette.applications import Starlette

    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    path, _, query = address.partition("?")
    pairs = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": pairs,
        "root_path": "",
    }  # fmt: skip
    asyncio.run(Starlette(routes=[*sound_routes(), *film_routes()])(scope, receive, send))
    found = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:])


def address(name, word, what):
    (artifact,) = session.current().artifacts()
    return f"{media.url_for(artifact, name).replace('/api/m/', f'/api/{word}/')}?what={what}"


def test_levels_of_all_and_of_a_range(folder):
    samples = soundfile.read(folder / "tone.aiff", dtype="float32")[0]
    status, headers, body = ask(address("tone.aiff", "sound", "levels"))
    header, arrays = unpacked(body)
    assert (status, headers["content-type"], headers["content-encoding"]) == (
        200,
        "application/octet-stream",
        "identity",
    )
    assert "immutable" in headers["cache-control"]
    assert (header["step"], header["stop"]) == (2, 8000)
    assert np.array_equal(arrays["high"][0], samples.reshape(-1, 2).max(axis=1))
    header, arrays = unpacked(ask(address("tone.aiff", "sound", "levels&from=100&to=150&columns=50"))[2])
    assert (header["start"], header["step"]) == (100, 1)
    assert np.array_equal(arrays["low"][0], samples[100:150])


def test_a_whole_measurement_is_kept_and_a_range_is_not(folder, tmp_path):
    ask(address("tone.aiff", "sound", "spectrogram"))
    ask(address("tone.aiff", "sound", "spectrogram&from=5&to=900"))
    assert len([path for path in (tmp_path / "cache" / "measured").rglob("*") if path.is_file()]) == 1


def test_the_spectrogram_has_its_tone(folder):
    header, arrays = unpacked(ask(address("tone.aiff", "sound", "spectrogram&window=256&columns=20&channel=0"))[2])
    hertz = arrays["levels"][10].argmax() * 8000 / header["window"]
    assert hertz == pytest.approx(8000 / (2 * np.pi), abs=8000 / 256)


def test_wav_comes_in_ranges(folder):
    status, headers, body = ask(address("tone.aiff", "sound", "wav"))
    assert (status, headers["content-type"], len(body)) == (200, "audio/wav", 16_044)
    part = ask(address("tone.aiff", "sound", "wav"), range="bytes=1001-2000")
    assert (part[0], part[1]["content-range"]) == (206, "bytes 1001-2000/16044")
    assert part[2] == body[1001:2001]
    with soundfile.SoundFile(io.BytesIO(body)) as wav:
        assert np.array_equal(wav.read(), soundfile.read(folder / "tone.aiff")[0])


@pytest.mark.parametrize("kind", ["gif", "webm"])
def test_frames_are_those_of_the_film(folder, kind):
    header, arrays = unpacked(ask(address(f"red.{kind}", "film", "times"))[2])
    assert np.allclose(arrays["secs"], np.arange(20) / 10)
    assert header["end"] == pytest.approx(2)
    header, arrays = unpacked(ask(address(f"red.{kind}", "film", "frames&from=7&count=3"))[2])
    ends = np.cumsum(header["lengths"])
    for number, (start, end) in enumerate(zip(ends - header["lengths"], ends, strict=True), start=7):
        picture = np.asarray(PilImage.open(io.BytesIO(arrays["files"][start:end].tobytes())).convert("RGB"))
        assert (picture == [number * 12, 0, 0]).all()
    last = unpacked(ask(address(f"red.{kind}", "film", "frames&from=19&count=9"))[2])[0]
    assert (last["from"], len(last["lengths"])) == (19, 1)


def test_one_answer_has_a_limit(folder, monkeypatch):
    monkeypatch.setattr("app.film.api._MAX_PIXELS", 24 * 16 * 5)
    header, _ = unpacked(ask(address("red.webm", "film", "frames&from=0&count=60"))[2])
    assert len(header["lengths"]) == 5


def test_the_strip_is_a_picture(folder):
    status, headers, body = ask(address("red.gif", "film", "strip&count=5&side=24"))
    assert (status, headers["content-type"]) == (200, "image/webp")
    assert PilImage.open(io.BytesIO(body)).size == (120, 16)


def test_nothing_is_under_way(folder):
    status, headers, body = ask(address("tone.aiff", "sound", "progress"))
    assert (status, headers["cache-control"], json.loads(body)) == (200, "no-store", {"done": None})


@pytest.mark.parametrize(
    ("name", "word", "what", "status", "sentence"),
    [
        ("tone.aiff", "sound", "colour", 404, "There is no such measurement."),
        ("broken.wav", "sound", "levels", 409, "broken.wav: says 4,294,967,295 bytes in its chunk 'fmt ', and holds 0"),
        ("tone.aiff", "film", "times", 409, "tone.aiff: is no video by its name"),
    ],
)
def test_a_mistake_is_a_sentence(folder, name, word, what, status, sentence):
    found, headers, body = ask(address(name, word, what))
    assert (found, headers["cache-control"], body.decode().strip()) == (status, "no-store", sentence)


def test_an_address_of_other_bytes_is_useless(folder):
    old = address("tone.aiff", "sound", "levels")
    soundfile.write(folder / "tone.aiff", np.zeros(10), 8000, subtype="PCM_16")
    session.current().reload()
    assert ask(old)[0] == 404
    assert ask("/api/sound/AAAA/tone.aiff?what=levels")[0] == 404
