"""`Audio`: every input, what it costs, and the way back."""

from __future__ import annotations

import io
import json
import math
import wave

import numpy as np
import pytest
import soundfile
from sinks import DictRun, DictStore

from datatypes import wav
from datatypes.audio import Audio
from datatypes.errors import (
    DecodeLimitError,
    MissingMediaError,
    RejectedTypeError,
    RejectedValueError,
    UnreadableMediaError,
    WireFormatError,
)
from datatypes.ports import SourceFile
from datatypes.registry import decode, value_from_file

RATE = 8000


@pytest.fixture
def noise():
    return np.random.default_rng(0).uniform(-0.9, 0.9, (1000, 2)).astype(np.float32)


def stored(audio):
    store = DictStore()
    store.add(audio, "a")
    return store, store.get("a.audio-file.json")


def wav_bytes(**kwargs):
    return Audio(np.arange(-50, 50, dtype=np.int16), RATE, **kwargs).open().read()


class TestSamples:
    @pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32"])
    @pytest.mark.parametrize("shape", [(500,), (500, 1), (500, 2)])
    def test_whole_numbers_come_back_equal(self, dtype, shape):
        limits = np.iinfo(dtype)
        given = np.random.default_rng(1).integers(limits.min, limits.max + 1, shape).astype(dtype)
        _, again = stored(Audio(given, RATE))
        samples, rate = again.to_numpy()
        assert rate == RATE
        assert samples.dtype == given.dtype
        assert np.array_equal(samples, given)
        assert again.fidelity.verdict == "lossless"
        assert set(again.fidelity.to_json()) == {"verdict", "source"}

    @pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
    def test_exact_keeps_every_bit_of_floats(self, dtype):
        given = (np.random.default_rng(2).normal(0, 2, (300, 2))).astype(dtype)
        given[0] = [np.nan, np.inf]
        _, again = stored(Audio(given, RATE, exact=True))
        samples, _ = again.to_numpy()
        assert samples.dtype == given.dtype
        assert samples.tobytes() == given.tobytes()
        assert again.subtype == ("DOUBLE" if dtype == "float64" else "FLOAT")
        assert again.fidelity.verdict == "lossless"

    def test_floats_become_rounded_16_bit_and_the_record_equals_an_independent_measure(self, noise):
        audio = Audio(noise, RATE)
        read, _ = soundfile.read(audio.open(), dtype="int16")
        wide = noise.astype(np.float64)
        assert np.array_equal(read, np.rint(wide * 32768))
        error = wide - read / 32768
        record = audio.fidelity
        assert record.verdict == "bounded"
        assert record.steps == ["round to PCM_16"]
        assert record.max_abs_error == pytest.approx(np.abs(error).max(), rel=1e-12)
        assert record.max_abs_error <= 0.5 / 32768
        assert record.rmse == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-9)
        assert record.snr_db == pytest.approx(10 * np.log10(np.sum(wide**2) / np.sum(error**2)), rel=1e-9)
        assert (record.clipped, record.dropped) == (0, 0)
        samples, _ = audio.to_numpy()
        assert samples.dtype == np.float32
        assert np.array_equal(samples, read.astype(np.float32) / np.float32(32768))

    def test_what_lies_beyond_full_scale_is_clipped_and_counted(self):
        given = np.array([0.5, 1.0, -1.0, 1.5, -3.0, np.nan, np.inf], np.float64)
        audio = Audio(given, RATE)
        read, _ = soundfile.read(audio.open(), dtype="int16")
        assert read.tolist() == [16384, 32767, -32768, 32767, -32768, 0, 32767]
        record = audio.fidelity
        assert record.verdict == "lossy"
        assert (record.clipped, record.dropped) == (3, 1)
        assert record.steps == ["store 1 NaN as silence", "clip 3 samples beyond full scale", "round to PCM_16"]
        assert record.max_abs_error == 2.0  # over finite samples: −3 became −1
        assert json.loads(json.dumps(record.to_json(), allow_nan=False)) == record.to_json()

    def test_full_scale_itself_costs_one_step_and_is_no_clipping(self):
        record = Audio(np.array([1.0]), RATE).fidelity
        assert (record.verdict, record.clipped, record.max_abs_error) == ("bounded", 0, 1 / 32768)

    def test_floats_that_16_bits_hold_are_lossless(self):
        given = np.arange(-32768, 32768, dtype=np.float32) / 32768
        audio = Audio(given, RATE)
        assert audio.fidelity.verdict == "lossless"
        assert np.array_equal(audio.to_numpy()[0], given)

    @pytest.mark.parametrize(("step", "subtype"), [(1 << 16, "PCM_16"), (1 << 8, "PCM_24"), (1, "PCM_32")])
    def test_int32_takes_the_smallest_subtype_that_holds_it(self, step, subtype):
        given = (np.arange(-100, 100) * step).astype(np.int32)
        audio = Audio(given, RATE)
        assert audio.subtype == subtype
        assert np.array_equal(audio.to_numpy()[0], given)
        read, _ = soundfile.read(audio.open(), dtype="int32")
        assert np.array_equal(read, given)  # an independent reader agrees

    def test_a_named_subtype_is_measured_in_units_of_the_source(self):
        given = np.array([1 << 20, 12345, -99999], np.int32)
        audio = Audio(given, RATE, subtype="PCM_16")
        expected = np.rint(given / 65536) * 65536
        assert audio.fidelity.max_abs_error == np.abs(given - expected).max()
        assert audio.fidelity.rmse == pytest.approx(np.sqrt(np.mean((given - expected) ** 2)))
        assert np.array_equal(audio.to_numpy()[0], expected)

    def test_float64_in_32_bit_floats_is_measured(self):
        given = np.random.default_rng(5).uniform(-1, 1, 100)
        record = Audio(given, RATE, subtype="FLOAT").fidelity
        assert record.verdict == "bounded"
        assert record.max_abs_error == np.abs(given - given.astype(np.float32)).max()
        with pytest.raises(RejectedValueError, match="beyond what 32-bit floats hold"):
            Audio(np.array([1e300]), RATE, subtype="FLOAT")

    @pytest.mark.parametrize("dtype", ["int16", "float32"])
    def test_flac_holds_what_it_says(self, dtype, noise):
        given = (noise * 32767).astype(np.int16) if dtype == "int16" else noise
        _, again = stored(Audio(given, RATE, file_type="flac"))
        assert (again.info.container, again.subtype) == ("FLAC", "PCM_16")
        samples, _ = again.to_numpy()
        error = np.abs(samples.astype(float) - given).max()
        assert error == pytest.approx(again.fidelity.max_abs_error or 0, abs=1e-12)
        assert (again.fidelity.verdict == "lossless") == (dtype == "int16")

    def test_flac_of_24_bits_keeps_int32_with_8_free_bits(self):
        given = np.arange(-500, 500, dtype=np.int32) * 256
        audio = Audio(given, RATE, file_type="flac")
        assert audio.subtype == "PCM_24"
        assert np.array_equal(audio.to_numpy()[0], given)

    def test_exact_refuses_a_subtype_that_loses(self, noise):
        with pytest.raises(RejectedValueError, match="PCM_24 does not hold every sample"):
            Audio(noise, RATE, exact=True, file_type="flac")

    def test_lists_and_tensors_are_samples(self, noise):
        class Tensor:
            def detach(self):
                return self

            def cpu(self):
                return self

            def numpy(self):
                return noise

        assert np.array_equal(Audio(Tensor(), RATE).to_numpy()[0], Audio(noise, RATE).to_numpy()[0])
        assert Audio([0.0, 0.5], RATE).fidelity.source["dtype"] == "float64"

    def test_nothing_is_a_sound_too(self):
        audio = Audio(np.zeros(0, np.float32), RATE)
        assert (audio.n_frames, audio.duration_secs, audio.channels) == (0, 0.0, 1)
        assert audio.facts()["file"]["rms"] == [0.0]

    @pytest.mark.parametrize(
        ("data", "kind", "problem"),
        [
            (np.zeros(3, np.int64), RejectedValueError, "full scale is not known"),
            (np.zeros(3, complex), RejectedValueError, "dtype complex128"),
            (np.zeros((2, 3, 4), np.float32), RejectedValueError, r"shape \[2, 3, 4\]"),
            (np.zeros((2, 4000), np.float32), RejectedValueError, "4,000 channels"),
            (5, RejectedTypeError, "is int"),
        ],
    )
    def test_what_is_no_sound_is_refused(self, data, kind, problem):
        with pytest.raises(kind, match=problem):
            Audio(data, RATE)

    def test_samples_need_a_rate(self, noise):
        with pytest.raises(RejectedValueError, match="sample_rate: is missing"):
            Audio(noise)
        with pytest.raises(RejectedValueError, match="sample_rate: is 0"):
            Audio(noise, 0)

    @pytest.mark.parametrize(("argument", "value"), [("subtype", "PCM_7"), ("file_type", "mp3")])
    def test_unknown_choices_are_named(self, argument, value, noise):
        with pytest.raises(RejectedValueError, match=f"{argument}: is '{value}'"):
            Audio(noise, RATE, **{argument: value})

    def test_other_dtypes_on_request(self, noise):
        audio = Audio(noise, RATE)
        assert audio.to_numpy("int16")[0].dtype == np.int16
        assert np.array_equal(audio.to_numpy(np.int32)[0], audio.to_numpy("int16")[0].astype(np.int32) << 16)
        narrow = np.clip(np.rint(audio.to_numpy("int16")[0] / 256), -128, 127)
        assert np.array_equal(audio.to_numpy("int8")[0], narrow)
        assert np.array_equal(audio.to_numpy("uint8")[0], narrow + 128)
        with pytest.raises(RejectedTypeError, match="dtype: is complex64"):
            audio.to_numpy("complex64")


class TestFiles:
    def test_a_path_is_kept_byte_for_byte(self, tmp_path):
        path = tmp_path / "Ton.WAV"
        path.write_bytes(wav_bytes())
        store, again = stored(Audio(str(path), caption="hi"))
        assert again.path == f"media/audio/{again._file().sha256[:20]}/Ton.WAV"
        assert store.files[again.path] == path.read_bytes()
        assert (again.sample_rate_hz, again.channels, again.n_frames, again.subtype) == (RATE, 1, 100, "PCM_16")
        assert again.to_numpy()[0].dtype == np.float32

    def test_path_objects_and_file_objects(self, tmp_path):
        path = tmp_path / "a.wav"
        path.write_bytes(wav_bytes())
        audio = Audio(path)
        assert audio == Audio(str(path)) == Audio(io.BytesIO(wav_bytes()))
        with path.open("rb") as file:
            file.read(7)
            assert Audio(file) == audio
        assert Audio(io.BytesIO(wav_bytes(file_type="flac")))._file().extension == ".flac"

    def test_an_entry_of_a_source(self):
        source = DictStore(files={"x/a.wav": wav_bytes()})
        assert Audio(SourceFile(source, "x/a.wav")).n_frames == 100
        assert value_from_file("x/a.wav", source) == Audio(SourceFile(source, "x/a.wav"))

    def test_a_missing_path(self):
        with pytest.raises(MissingMediaError, match="nowhere.wav: No such file"):
            Audio("nowhere.wav")

    def test_an_address_is_not_fetched(self):
        with pytest.raises(RejectedValueError, match="nothing is fetched"):
            Audio("s3://bucket/a.wav")

    def test_a_file_object_of_something_else(self):
        with pytest.raises(UnreadableMediaError, match="is not a sound in WAV"):
            Audio(io.BytesIO(b"hello, this is text"))

    @pytest.mark.parametrize("kind", ["ogg", "mp3", "aiff", "au", "caf"])
    def test_what_other_programs_wrote(self, kind, noise):
        buffer = io.BytesIO()
        subtype = {"ogg": "VORBIS", "mp3": "MPEG_LAYER_III"}.get(kind, "PCM_24")
        soundfile.write(buffer, noise, RATE, subtype, format=kind.upper())
        _, again = stored(Audio(io.BytesIO(buffer.getvalue())))
        assert again._file().extension == f".{kind}"
        assert again.open().read() == buffer.getvalue()
        samples, rate = again.to_numpy()
        expected, _ = soundfile.read(io.BytesIO(buffer.getvalue()), dtype="float32")
        assert (rate, again.subtype) == (RATE, subtype)
        assert np.abs(samples - expected).max() < (1e-6 if kind == "mp3" else 1e-30)  # MP3 is decoded in floats
        assert ("rms" in again.facts()["file"]) == (subtype == "PCM_24")


class TestLies:
    def read(self, data):
        return decode({"_type": "audio-file", "path": "a.wav"}, DictStore(files={"a.wav": data}))

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (lambda b: b[:60], "says 200 bytes in its chunk 'data', and holds 16"),
            (lambda b: b[:40] + b"\xff\xff\xff\xff" + b[44:], "says 4,294,967,295 bytes in its chunk 'data'"),
            (lambda b: b[:16] + b"\xf0\xff\xff\xff" + b[20:], "in its chunk 'fmt '"),
            (lambda b: b[:36], "without the chunk 'data'"),
            (lambda b: b[:12], "without the chunk 'data' and 'fmt '"),
            (lambda b: b[:22] + b"\0\0" + b[24:], "no channels, rate or samples"),
            (lambda b: b[:24] + b"\0\0\0\0" + b[28:], "no channels, rate or samples"),
            (lambda b: b"", "is not a sound"),
            (lambda b: b"RIFF", "without the chunk"),
            (lambda b: b"fLaC" + bytes(100), "cannot be decoded"),
            (lambda b: b"OggS" + bytes(100), "no page of Ogg at byte 27"),
            (lambda b: b"OggS" + bytes(22) + b"\x01\xff" + bytes(10), "ends within a page of Ogg"),
            (lambda b: b"OggS" + bytes(22) + b"\x01\x05" + bytes(5), "cannot be decoded"),
        ],
    )
    def test_a_header_that_lies_is_one_clear_error(self, change, problem):
        audio = self.read(change(wav_bytes()))
        for use in (audio.to_numpy, audio.facts, lambda: audio.channels):
            with pytest.raises(UnreadableMediaError, match=problem):
                use()

    def test_a_cut_flac_is_not_played_as_whole(self, noise):
        data = Audio(np.tile(noise, (20, 1)), RATE, file_type="flac").open().read()
        audio = self.read(data[: len(data) // 2])
        for use in (audio.to_numpy, audio.facts):
            with pytest.raises(UnreadableMediaError):
                use()

    def test_more_than_the_limit_is_not_decoded(self, monkeypatch):
        monkeypatch.setenv("VITRINA_MAX_ARRAY_BYTES", "100")
        with pytest.raises(DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
            self.read(wav_bytes()).to_numpy()

    def test_long_headers_of_rf64_are_read(self):
        data = bytearray(wav_bytes())
        chunk = (
            b"ds64" + (28).to_bytes(4, "little") + (0).to_bytes(8, "little") + (200).to_bytes(8, "little") + bytes(12)
        )
        data[40:44] = b"\xff\xff\xff\xff"
        wav.check_chunks(io.BytesIO(b"RF64" + bytes(data[4:12]) + chunk + bytes(data[12:])), len(data) + 36, "a.wav")

    @pytest.mark.parametrize("dtype", ["int8", "float16", "object", 5, None])
    def test_a_record_from_elsewhere_does_not_change_samples(self, dtype):
        given = np.array([-32768, 5, 32767], np.int16)
        record = {"verdict": "lossless", "source": {"kind": "ndarray", "dtype": dtype, "shape": [3]}}
        source = DictStore(files={"a.wav": Audio(given, RATE).open().read()})
        samples, _ = decode({"_type": "audio-file", "path": "a.wav", "fidelity": record}, source).to_numpy()
        assert samples.dtype == np.float32
        assert np.array_equal(samples, given / np.float32(32768))


class TestWire:
    def test_artifact_json(self):
        audio = Audio(np.zeros(10, np.int16), RATE)
        digest = audio._file().sha256
        fields = audio.to_json(DictStore())
        fields.pop("fidelity")
        path = f"media/audio/{digest[:20]}.wav"
        assert fields == {"_type": "audio-file", "path": path, "sha256": digest, "caption": None}

    def test_int16_has_the_bytes_that_everybody_writes(self):
        given = np.arange(-5, 5, dtype=np.int16)
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(given.tobytes())
        assert Audio(given, RATE).open().read() == buffer.getvalue()

    def test_run_json_and_list(self, tmp_path):
        path = tmp_path / "b.wav"
        path.write_bytes(wav_bytes())
        sounds = [Audio(np.zeros(4000, np.int16), RATE, caption="a"), Audio(str(path))]
        run = DictRun("say", 2)
        for index, sound in enumerate(sounds):
            sound.bind_to_run(run, "say", 2, index)
        fields = Audio.seq_to_json(sounds, run, "say", 2)
        assert {key: item for key, item in fields.items() if key != "audio"} == {
            "_type": "audio",
            "count": 2,
            "sampleRates": [RATE, None],
            "durations": [0.5, None],
            "captions": ["a", ""],
        }
        assert fields["audio"][1]["path"] == "media/audio/say_2_1.wav"
        assert fields["audio"][1]["size"] == path.stat().st_size
        again = decode(json.loads(json.dumps(fields)), run)
        assert again == sounds
        assert (Audio.durations(again), Audio.sample_rates(again)) == ([0.5, None], [RATE, None])
        assert Audio.captions(again) == ["a", ""]
        assert Audio.captions(again[1:]) is False

    def test_old_json_keeps_what_it_declared(self):
        source = DictStore(files={"a.wav": wav_bytes()})
        stored_json = {"_type": "audio-file", "path": "a.wav", "sample_rate": 44100, "caption": None, "mine": [1]}
        audio = decode(stored_json, source)
        assert (audio.sample_rate_hz, Audio.sample_rates([audio])) == (RATE, [44100])
        again = audio.to_json(DictStore())
        assert {key: again[key] for key in stored_json} == stored_json
        assert audio.facts()["json_sample_rate"] == 44100

    @pytest.mark.parametrize(
        "fields",
        [{"audio": None}, {"audio": [1]}, {"count": 3, "audio": []}, {"audio": [{"_type": "audio-file"}]}],
    )
    def test_malformed_lists(self, fields):
        with pytest.raises(WireFormatError, match="audio"):
            decode({"_type": "audio", **fields}, DictStore())


class TestComparison:
    def test_equal_is_zero_exactly(self, noise):
        one, two = Audio(noise, RATE), Audio(noise, RATE)
        assert one == two
        assert one.difference(two) == {"max_abs": 0.0, "snr_db": math.inf, "fields": []}

    def test_the_packing_does_not_count(self):
        given = np.arange(-50, 50, dtype=np.int16)
        one, two = Audio(given, RATE), Audio(given, RATE, file_type="flac")
        assert one == two
        assert one.difference(two)["max_abs"] == 0

    def test_measures_equal_an_independent_computation(self, noise):
        other = noise.copy()
        other[3] += 0.01
        one, two = Audio(noise, RATE, exact=True), Audio(other, RATE, exact=True, caption="x")
        error = noise.astype(float) - other
        found = one.difference(two)
        assert found["max_abs"] == np.abs(error).max()
        assert found["snr_db"] == pytest.approx(10 * np.log10(np.sum(noise.astype(float) ** 2) / np.sum(error**2)))
        assert found["fields"] == ["caption"]
        assert one != two

    def test_other_lengths_and_rates(self, noise):
        found = Audio(noise, RATE).difference(Audio(noise[:10, 0], 16000))
        assert found == {"frames": [1000, 10], "fields": ["channels", "sample_rate_hz"]}
        assert Audio(noise, RATE) != Audio(noise, 16000)

    def test_other_types(self, noise):
        assert Audio(noise, RATE) != "a"
        with pytest.raises(RejectedTypeError, match="cannot be compared with str"):
            Audio(noise, RATE).difference("a")


def test_repr(noise):
    audio = Audio(noise, RATE, caption="hi")
    assert repr(audio) == "Audio(wav, 0.125 s, 8000 Hz, 'hi')"
    assert audio._repr_html_().startswith('<figure><audio controls src="data:audio/wav;base64,UklGR')
    assert "<b>" not in Audio(noise, RATE, caption="<b>")._repr_html_()
    source = DictStore(files={"a.ogg": b""})
    assert repr(decode({"_type": "audio-file", "path": "a.ogg"}, source)) == "Audio(ogg)"
    assert source.opened == []
