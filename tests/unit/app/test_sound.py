"""Levels, spectrogram and the WAV that is made while it is read, each against NumPy or soundfile on their own."""

import io

import numpy as np
import pytest
import soundfile

from app.measured import kept
from app.measured.packing import packed, unpacked
from app.sound.levels import full_scale, measure_levels
from app.sound.spectrogram import DECIBELS_AT_ZERO, STEPS_PER_DECIBEL, default_window, measure_spectrogram
from app.sound.wav_stream import WavStream
from datatypes import Audio


def noise(frames=10_007, channels=2, seed=1):
    return np.random.default_rng(seed).uniform(-0.9, 0.9, (frames, channels))


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a sound and gives it back as a value."""

    def make(samples, subtype="PCM_16", rate=8000, name="sound.wav"):
        soundfile.write(tmp_path / name, samples, rate, subtype=subtype)
        return Audio(tmp_path / name)

    return make


def read(sound):
    return soundfile.read(sound._file().local_path(), always_2d=True)[0]


class TestLevels:
    @pytest.mark.parametrize("bins", [1, 7, 100, 4096, 20_000])
    def test_bins_are_those_of_numpy(self, write, bins):
        sound = write(noise())
        samples = read(sound)
        found = measure_levels(sound, 0, len(samples), bins)
        edges = range(0, len(samples), found.bin_frames)
        parts = [samples[edge : edge + found.bin_frames] for edge in edges]
        assert found.low.shape == (2, len(parts))
        assert np.array_equal(found.low, np.float32([part.min(axis=0) for part in parts]).T)
        assert np.array_equal(found.high, np.float32([part.max(axis=0) for part in parts]).T)
        assert np.allclose(found.rms, np.array([np.sqrt((part**2).mean(axis=0)) for part in parts]).T, rtol=1e-6)
        assert np.allclose(found.peak, np.abs(samples).max(axis=0))
        assert np.allclose(found.mean_square, (samples**2).mean(axis=0))

    def test_a_range_is_read_alone(self, write):
        sound = write(noise())
        found = measure_levels(sound, 1000, 1010, 100)
        assert (found.start, found.stop, found.bin_frames) == (1000, 1010, 1)
        assert np.array_equal(found.low, np.float32(read(sound)[1000:1010]).T)

    def test_bins_do_not_depend_on_blocks(self, write):
        sound = write(noise(200_000, 1))
        samples = read(sound)[:, 0]
        found = measure_levels(sound, 0, 200_000, 2)
        assert np.array_equal(found.high[0], np.float32([samples[:100_000].max(), samples[100_000:].max()]))

    @pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32"])
    def test_samples_at_full_scale_are_counted(self, write, subtype):
        samples = np.zeros((100, 1))
        samples[[3, 50]] = full_scale(subtype)
        samples[7] = -1
        assert measure_levels(write(samples, subtype), 0, 100, 10).clipped.tolist() == [3]

    def test_floats_clip_beyond_one(self, write):
        samples = np.array([1.0, -1.0, 1.5, -2.0, 0.5])
        found = measure_levels(write(samples, "FLOAT"), 0, 5, 5)
        assert (found.clipped.tolist(), found.peak.tolist()) == ([2], [2.0])

    def test_what_is_no_number_is_counted_and_silent(self, write):
        found = measure_levels(write(np.array([0.5, np.nan, np.inf, -0.25]), "FLOAT"), 0, 4, 1)
        assert (found.not_finite, found.high.item(), found.low.item()) == (2, 0.5, -0.25)

    def test_a_bin_has_a_limit_so_that_memory_has(self, write, monkeypatch):
        monkeypatch.setattr("app.sound.levels._MAX_BIN", 1000)
        assert measure_levels(write(noise(3000, 1)), 0, 3000, 1).low.shape == (1, 3)

    def test_no_samples_are_no_bins(self, write):
        found = measure_levels(write(np.zeros((0, 2))), 0, 0, 100)
        assert (found.low.shape, found.peak.tolist()) == ((2, 0), [0, 0])


class TestSpectrogram:
    def test_a_sine_of_full_scale_is_zero_decibels(self, write):
        t = np.arange(8000) / 8000
        sound = write(np.sin(2 * np.pi * 1000 * t) * full_scale("PCM_16"))
        found = measure_spectrogram(sound, 0, 8000, 50, window=512)
        levels = found.levels / STEPS_PER_DECIBEL + DECIBELS_AT_ZERO
        assert set(levels[5:-5].argmax(axis=1)) == {64}  # 1000 Hz of 8000 in windows of 512
        assert np.abs(levels[5:-5, 64]).max() <= 0.5

    @pytest.mark.parametrize("limit", ["", "_GROUP", "_BLOCK"])
    def test_columns_are_the_mean_power_of_numpys_own_transform(self, write, limit, monkeypatch):
        if limit:
            monkeypatch.setattr(f"app.sound.spectrogram.{limit}", 1 << 12)  # many groups, many blocks
        sound = write(noise(20_000))
        samples = read(sound)
        window, columns = 256, 10
        found = measure_spectrogram(sound, 0, 20_000, columns, window=window)
        assert (found.windows_per_column, found.covered, found.column_frames) == (16, 1.0, 2000)
        padded = np.pad(samples, ((window, window), (0, 0)))
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
        for column in range(columns):
            power = []
            for part in range(16):
                start = round(column * 2000 + (part + 0.5) * 125) - window // 2 + window
                spectrum = np.fft.rfft(padded[start : start + window] * hann[:, None], axis=0)
                power.append((np.abs(spectrum * 2 / hann.sum()) ** 2).mean(axis=1))
            expected = 10 * np.log10(np.mean(power, axis=0))
            shown = found.levels[column] / STEPS_PER_DECIBEL + DECIBELS_AT_ZERO
            assert np.abs(shown - expected).max() <= 0.26

    def test_channels_do_not_cancel(self, write):
        t = np.arange(4000) / 8000
        tone = 0.5 * np.sin(2 * np.pi * 1000 * t)
        both = measure_spectrogram(write(np.stack([tone, -tone], axis=1)), 0, 4000, 20, window=256)
        one = measure_spectrogram(write(tone, name="one.wav"), 0, 4000, 20, window=256)
        assert np.abs(both.levels.astype(int) - one.levels).max() <= 1

    def test_one_channel_alone(self, write):
        t = np.arange(4000) / 8000
        sound = write(np.stack([np.zeros(4000), 0.5 * np.sin(2 * np.pi * 1000 * t)], axis=1))
        assert measure_spectrogram(sound, 0, 4000, 20, window=256, channel=0).levels.max() == 0
        assert measure_spectrogram(sound, 0, 4000, 20, window=256, channel=1).levels.max() > 200

    def test_a_range_sees_what_lies_around_it(self, write):
        t = np.arange(16_000) / 8000
        sound = write(0.5 * np.sin(2 * np.pi * 1000 * t))
        found = measure_spectrogram(sound, 8000, 8100, 10, window=512)
        levels = found.levels / STEPS_PER_DECIBEL + DECIBELS_AT_ZERO
        assert np.abs(levels[:, 64] - 20 * np.log10(0.5)).max() <= 0.5

    def test_a_long_sound_is_sampled_and_says_so(self, write):
        samples = noise(100_000, 1)
        samples[50_000:60_000] = 0
        found = measure_spectrogram(write(samples), 0, 100_000, 10, window=64)
        assert found.windows_per_column == 16
        assert found.covered == pytest.approx(64 / 625)
        assert [column.max() == 0 for column in found.levels] == [number == 5 for number in range(10)]

    @pytest.mark.parametrize("frames", [1, 2, 63, 64, 65])
    def test_short_sounds_have_a_picture(self, write, frames):
        found = measure_spectrogram(write(noise(frames, 1)), 0, frames, 2048)
        assert found.levels.shape[1] == 33
        assert found.levels.max() > 0

    def test_windows_follow_the_sample_rate(self):
        assert [default_window(rate, 1 << 20) for rate in (8000, 16_000, 44_100, 192_000)] == [256, 512, 2048, 4096]


class TestWavStream:
    @pytest.mark.parametrize(
        ("name", "subtype", "made"),
        [("a.aiff", "PCM_16", "PCM_16"), ("a.aiff", "PCM_24", "FLOAT"), ("a.wav", "DOUBLE", "FLOAT")],
    )
    def test_it_is_a_wav_of_the_same_samples(self, write, name, subtype, made):
        sound = write(noise(5000), subtype, name=name)
        with WavStream(sound) as stream:
            data = stream.read()
            assert len(data) == stream.size
        with soundfile.SoundFile(io.BytesIO(data)) as wav:
            assert (wav.format, wav.subtype, wav.samplerate, wav.channels) == ("WAV", made, 8000, 2)
            assert np.array_equal(wav.read(), read(sound).astype(np.float32 if made == "FLOAT" else np.float64))

    def test_any_part_is_that_of_the_whole(self, write):
        sound = write(noise(5000, 3), "PCM_24", name="a.aiff")
        with WavStream(sound) as stream:
            whole = stream.read()
            for start, length in [(0, 10), (40, 9), (44, 1), (1001, 77), (len(whole) - 3, 3), (50, 0), (3, 2000)]:
                stream.seek(start)
                found = b""
                while len(found) < length:
                    found += stream.read(length - len(found))
                assert found == whole[start : start + length]
            stream.seek(len(whole))
            assert stream.read(10) == b""


class TestBlocks:
    @pytest.mark.parametrize(
        ("name", "options"),
        [
            ("a.mp3", {}),
            ("a.ogg", {}),
            ("a.ogg", {"subtype": "OPUS"}),
            ("a.flac", {}),
            ("a.wav", {"subtype": "IMA_ADPCM"}),
            ("a.wav", {"subtype": "PCM_24"}),
        ],
    )
    def test_blocks_are_the_samples_of_one_read(self, tmp_path, name, options):
        samples = np.sin(np.arange(60_000) ** 1.2 / 50) * 0.6
        soundfile.write(tmp_path / name, samples, 48_000, **options)
        sound = Audio(tmp_path / name)
        whole = soundfile.read(tmp_path / name, dtype="float32", always_2d=True)[0]
        assert np.array_equal(np.concatenate(list(sound.blocks(block_frames=7000))), whole)
        for start, stop in [(0, 10), (5000, 30_000), (31_111, 45_000), (59_990, 70_000)]:
            found = np.concatenate(list(sound.blocks(start, stop, block_frames=7000)))
            assert np.abs(found - whole[start:stop]).max() <= 1e-6  # MPEG audio rounds otherwise after a seek
        assert list(sound.blocks(len(whole))) == []


class TestPacking:
    def test_it_comes_back(self):
        arrays = {"one": np.arange(5, dtype=np.uint8), "two": np.array([[1.5, -2]], np.float32)}
        header, found = unpacked(packed({"step": 3}, **arrays))
        assert header == {"step": 3}
        assert all(np.array_equal(found[name], array) for name, array in arrays.items())

    @pytest.mark.parametrize("text", ["", "ä", "three", "thirteen char"])
    def test_arrays_begin_at_multiples_of_eight(self, text):
        data = packed({"x": text}, one=np.arange(5, dtype=np.uint8), two=np.zeros(1, np.float64))
        assert (4 + int.from_bytes(data[:4], "little")) % 8 == 0
        assert len(data) % 8 == 0


class TestKept:
    @pytest.fixture(autouse=True)
    def own_cache(self, tmp_path, monkeypatch):
        monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))

    def test_it_is_made_once(self):
        made = []

        def make(tell):
            tell(0.5)
            made.append(kept.progress("digest"))
            return b"numbers"

        assert [kept.kept("digest", "what", make) for _ in range(2)] == [b"numbers", b"numbers"]
        assert made == [0.5]
        assert kept.progress("digest") is None
        assert kept.kept("digest", "other", lambda tell: b"more") == b"more"

    def test_it_is_bounded(self, tmp_path):
        for number in range(4):
            kept.kept("digest", str(number), lambda tell: bytes(1000))
        assert kept.trim(2500) == 2000
        assert sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*") if path.is_file()) == 2000
