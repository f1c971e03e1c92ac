"""Moving pictures (wire tag ``video-file``): played as they are stored, frame by frame where a browser cannot."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from app.renderers.audio_file import clock
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_size

if TYPE_CHECKING:
    from app.film.probe import FilmInfo
    from datatypes.video import Video

TAG = "video-file"
TYPE_NAME = "Video"
ICON = "video"

KEYS = [
    [["Space", "K"], "play, pause"],
    [[",", "."], "the frame before and after"],
    [["J", "L"], "back and on by 5 seconds"],
    [["Home", "End"], "first and last frame"],
    [["I", "O"], "the repeated part begins, ends at this frame"],
    [["R"], "repeat the part, or all"],
    [["Esc"], "no part"],
    [["<", ">"], "slower, faster"],
    [["M"], "mute"],
    [["G"], "save the frame as PNG"],
    [["F"], "fit"],
    [["1"], "one to one"],
    [["←", "→"], "previous and next object"],
    [["[", "]"], "previous and next version"],
    [["/"], "find"],
    [["?"], "these keys"],
]

_PREVIEW_SIDE = 320


def prepare(value: Video, context: Context) -> View:
    """Return what the player needs, and the facts of the header; frames are counted when the page asks for them.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing or no video.
    """
    from app.film.probe import probe
    from datatypes.video_file import FORMATS

    source: Any = value.artifact_source.artifact if value.artifact_source else context.artifact
    name = value.path or context.name
    address = context.url_for(source, name)
    known = value.format in FORMATS
    info = probe(value) if known else None
    width, height = (info.width, info.height) if info else value._declared
    size = int(source.get_path(name).size or 0)
    sized = isinstance(width, int) and isinstance(height, int)
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=f"{width:,}×{height:,}" if sized else value.format,
        body={
            "label": value.caption or context.name,
            "source": address,
            "measured": address.replace("/api/m/", "/api/film/", 1) if info else "",
            "still": value.format == "gif",
            "codec": info.codec if info else value.format,
            "width": width if sized else 0,
            "height": height if sized else 0,
            "rate": (info.rate or 0) if info else 0,
            "duration": (info.duration_secs or 0) if info else 0,
            "sound": bool(info.audio) if info else True,
        },
        facts=_facts(value, info, size),
        caption=value.caption or "",
        notices=_notices(value, info, known, address),
        download=address,
        file_name=name,
    )


def draw(view: View) -> None:
    """Draw the player."""
    from app.components.video_player import video_player

    video_player(view.body, key="object-video")


def preview(value: Video) -> bytes:
    """Return the first frame with the sign of a film, as WebP of at most 320 pixels.

    Raises
    ------
    UnreadableMediaError, MissingExtraError
        If there is no frame that can be decoded here.
    """
    import PIL.Image
    import PIL.ImageDraw

    from app.film.frames import first_frame

    picture = PIL.Image.fromarray(first_frame(value, _PREVIEW_SIDE)).convert("RGBA")
    if max(picture.size) < _PREVIEW_SIDE // 2:  # the sign would cover a small frame
        times = _PREVIEW_SIDE // 2 // max(picture.size) + 1
        picture = picture.resize((picture.width * times, picture.height * times), PIL.Image.Resampling.NEAREST)
    radius = max(8, min(22, min(picture.size) // 5))
    mark = PIL.Image.new("RGBA", (radius * 8, radius * 8))  # drawn four times as large: its edges come out smooth
    pen = PIL.ImageDraw.Draw(mark)
    pen.ellipse((0, 0, radius * 8 - 1, radius * 8 - 1), fill=(20, 22, 26, 170))
    pen.polygon([(radius * 3, radius * 2.2), (radius * 3, radius * 5.8), (radius * 6, radius * 4)], fill="white")
    mark = mark.resize((radius * 2, radius * 2), PIL.Image.Resampling.LANCZOS)
    picture.alpha_composite(mark, (max(0, picture.width // 2 - radius), max(0, picture.height // 2 - radius)))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=82, method=2)
    return buffer.getvalue()


def _facts(value: Video, info: FilmInfo | None, size_bytes: int) -> tuple[Fact, ...]:
    file = f"{value.format.upper()}{f', {human_size(size_bytes)}' if size_bytes else ''}"
    if info is None:
        return (Fact("File", file),)
    facts = [Fact("Size", f"{info.width:,} × {info.height:,} px")]
    if info.duration_secs:
        facts.append(Fact("Length", clock(info.duration_secs)))
    if info.frames:
        facts.append(Fact("Frames", f"{info.frames:,}"))
    if info.rate:
        facts.append(Fact("Rate", f"{info.rate:.6g} frames/s"))
    facts.append(Fact("Codec", info.codec))
    if info.pixel_format:
        facts.append(Fact("Pixels", info.pixel_format))
    bit_rate = info.bit_rate or (size_bytes * 8 / info.duration_secs if info.duration_secs else 0)
    if bit_rate:
        facts.append(Fact("Bit rate", f"{bit_rate / 1000:,.0f} kbit/s"))
    if value.format != "gif":
        facts.append(Fact("Sound", info.audio or "none"))
    facts.append(Fact("File", file))
    declared = value._declared
    if None not in declared and declared != (info.width, info.height):
        facts.append(Fact("Declared size", f"{declared[0]} × {declared[1]} px"))
    return tuple(facts)


def _notices(value: Video, info: FilmInfo | None, known: bool, address: str) -> tuple[Notice, ...]:
    if info is not None:
        turned = f"turned by {info.turned}° for the eye, because the file says so; frames are stored unturned"
        return (Notice(turned),) if info.turned else ()
    if not known:
        text = f"no frame numbers, because .{value.format} is not decoded here; the browser plays it if it can"
        return (Notice(text, "download the file", address),)
    text = 'no codec, frame numbers and previews, because PyAV is not installed: pip install "vitrina[video]"'
    return (Notice(text),)
