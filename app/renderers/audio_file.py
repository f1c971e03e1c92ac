"""Sounds (wire tag ``audio-file``): played as they are stored, drawn as levels and spectrogram at once."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from app.media_types import SNIFF_BYTES, sniff
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_size
from datatypes.errors import UnreadableMediaError

if TYPE_CHECKING:
    from datatypes.audio import Audio
    from datatypes.audio_file import SoundInfo

TAG = "audio-file"
TYPE_NAME = "Audio"
ICON = "audio"

KEYS = [
    [["Space", "K"], "play, pause"],
    [["J", "L"], "back and on by 5 seconds"],
    [[",", "."], "back and on by one column of the picture, or one sample where samples are seen"],
    [["I", "O"], "the selection begins, ends at the cursor"],
    [["R"], "repeat the selection, or all"],
    [["Esc"], "no selection"],
    [["<", ">"], "slower, faster"],
    [["+", "−"], "zoom into time"],
    [["F"], "all of it"],
    [["Z"], "zoom to the selection"],
    [["S"], "frequencies: logarithmic, linear"],
    [["M"], "mute"],
    [["G"], "save the picture as PNG"],
    [["←", "→"], "previous and next object"],
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["?"], "these keys"],
]

#: What browsers play: container → subtypes, as libsndfile names them. All else is played as WAV, made while it plays.
_PLAYED = {
    "WAV": ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"),
    "WAVEX": ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"),
    "FLAC": ("PCM_S8", "PCM_16", "PCM_24"),
    "OGG": ("VORBIS", "OPUS"),
    "MP3": ("MPEG_LAYER_III",),
    "MPEG": ("MPEG_LAYER_III",),
}

_SUBTYPES = {
    "PCM_S8": "8 bit", "PCM_U8": "8 bit, unsigned", "PCM_16": "16 bit", "PCM_24": "24 bit", "PCM_32": "32 bit",
    "FLOAT": "32 bit float", "DOUBLE": "64 bit float", "VORBIS": "Vorbis, lossy", "OPUS": "Opus, lossy",
    "MPEG_LAYER_I": "MPEG layer I, lossy", "MPEG_LAYER_II": "MPEG layer II, lossy",
    "MPEG_LAYER_III": "MPEG layer III, lossy", "ULAW": "µ-law, 8 bit", "ALAW": "A-law, 8 bit",
}  # fmt: skip

#: Longest side of a preview, as those of pictures.
_PREVIEW = (320, 96)


def prepare(value: Audio, context: Context) -> View:
    """Return what the player needs, and the facts of the header; samples are measured when the page asks for them.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing, cut or no sound, and no browser plays it either.
    """
    source: Any = value.artifact_source.artifact if value.artifact_source else context.artifact
    name = value.path or context.name
    try:
        info = value.info
    except UnreadableMediaError as error:
        return _undecoded(value, context, source, name, error)
    address = context.url_for(source, name)
    measured = _measured(address)
    plays = info.subtype in _PLAYED.get(info.container, ())
    notices = [] if plays else [_transcode_notice(info, address)]
    size = int(source.get_path(name).size or 0)
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=clock(info.duration_secs),
        body={
            "label": value.caption or context.name,
            "source": address if plays else f"{measured}?what=wav",
            "transcode": f"{measured}?what=wav",
            "original": address,
            "plays": plays,
            "measured": measured,
            "rate": info.sample_rate_hz,
            "channels": info.channels,
            "frames": info.frames,
            "subtype": info.subtype,
        },
        facts=_facts(value, info, size),
        caption=value.caption or "",
        notices=tuple(notices),
        download=address,
        file_name=name,
    )


def draw(view: View) -> None:
    """Draw the player."""
    from app.components.audio_player import audio_player

    audio_player(view.body, key="object-audio")


def preview(value: Audio) -> bytes:
    """Return the waveform of a sound as WebP on a transparent ground, at most 320 pixels wide.

    Raises
    ------
    UnreadableMediaError
        If it is no whole sound.
    """
    import numpy as np
    import PIL.Image

    from app.sound.levels import measure_levels

    width, height = _PREVIEW
    found = measure_levels(value, 0, value.n_frames, width)
    columns = min(width, found.low.shape[1])
    if columns == 0:
        raise UnreadableMediaError(value.path or "sound", "has no samples", "Log a sound of at least one.")
    at = np.arange(width) * found.low.shape[1] // width
    low, high, rms = (line[:, at] for line in (found.low.min(0)[None], found.high.max(0)[None], found.rms.max(0)[None]))
    top = max(1.0, float(np.abs([low, high]).max()))
    y = (height / 2 - 0.5 - np.arange(height))[:, None] / (height / 2) * top
    reach = top / height  # silence is a line of one pixel
    outer = (y <= high + reach) & (y >= low - reach)
    inner = np.abs(y) <= rms
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[outer] = (86, 140, 220, 255)
    pixels[outer & inner] = (37, 99, 200, 255)
    buffer = io.BytesIO()
    PIL.Image.fromarray(pixels, "RGBA").save(buffer, "WEBP", lossless=True, quality=50, method=2)
    return buffer.getvalue()


def clock(secs: float) -> str:
    """Return a length of time: ``0.250 s`` below a minute, else ``1:02:03``."""
    if secs < 60:
        return f"{secs:.3f} s"
    minutes, rest = divmod(round(secs), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _measured(address: str) -> str:
    """Return the address of measurements of what `address` answers; see `app.sound.api`."""
    return address.replace("/api/m/", "/api/sound/", 1)


def _transcode_notice(info: SoundInfo, address: str) -> Notice:
    from datatypes.audio_pcm import BITS

    made = "16-bit" if 0 < BITS.get(info.subtype, 0) <= 16 else "32-bit float"
    kind = f"{info.container} {_SUBTYPES.get(info.subtype, info.subtype)}"
    text = f"played as {made} WAV that is made of it, because browsers do not play {kind}; what is drawn is the file"
    return Notice(text, "download original", address)


def _undecoded(value: Audio, context: Context, source: Any, name: str, error: UnreadableMediaError) -> View:
    """Return the view of a sound that is not decoded here, where a browser may play it; else raise the error."""
    with value.open() as file:
        mime = sniff(file.read(SNIFF_BYTES))
    if mime not in ("audio/mp4", "video/mp4", "audio/mpeg"):
        raise error
    address = context.url_for(source, name)
    size = int(source.get_path(name).size or 0)
    reason = "no waveform, no spectrogram and no samples, because MP4 audio is not decoded here; the browser plays it"
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline="MP4 audio" if mime != "audio/mpeg" else "MPEG audio",
        body={
            "label": value.caption or context.name, "source": address, "transcode": "", "original": address,
            "plays": True, "measured": "", "rate": 0, "channels": 0, "frames": 0, "subtype": "",
        },
        facts=(Fact("File", human_size(size)), Fact("Content", mime)),
        caption=value.caption or "",
        notices=(Notice(reason, "download the file", address),),
        download=address,
        file_name=name,
    )  # fmt: skip


def _facts(value: Audio, info: SoundInfo, size_bytes: int) -> tuple[Fact, ...]:
    channels = {1: "1, mono", 2: "2, stereo"}.get(info.channels, str(info.channels))
    facts = [
        Fact("Length", clock(info.duration_secs)),
        Fact("Frames", f"{info.frames:,}"),
        Fact("Sample rate", f"{info.sample_rate_hz:,} Hz"),
        Fact("Channels", channels),
        Fact("Samples", _SUBTYPES.get(info.subtype, info.subtype)),
        Fact("File", f"{info.container}{f', {human_size(size_bytes)}' if size_bytes else ''}"),
    ]
    if size_bytes and info.duration_secs:
        facts.append(Fact("Bit rate", f"{size_bytes * 8 / info.duration_secs / 1000:,.0f} kbit/s"))
    declared = value._sample_rate
    if declared is not None and declared != info.sample_rate_hz:
        facts.append(Fact("Declared rate", f"{declared:,} Hz"))
    return tuple(facts)
