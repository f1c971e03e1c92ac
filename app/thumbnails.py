"""Previews of values: made once, kept as small WebP files in the user's cache folder, keyed by digest, bounded.

A picture is reduced here; every other type has a preview if its renderer has a function `preview`.


Nothing here is ever needed for a right answer: a preview that cannot be made leaves the sign of its type on the card.
"""

from __future__ import annotations

import functools
import hashlib
import io
import threading
from typing import TYPE_CHECKING, Any

from storage import cache

if TYPE_CHECKING:
    from collections.abc import Callable

    import PIL.Image

    from datatypes.image import Image

__all__ = ["SIDE", "address", "has_preview", "make", "of_value", "pictures", "preview_of", "rendered", "trim"]

#: Longest side in pixels: twice that of a card, for screens with two pixels a CSS pixel.
SIDE = 320

#: Rules by which previews are made; another number and all are made again.
_RULES = 1

#: Pictures up to this side stay as they are, without loss: their pixels are seen one by one.
_SMALL_SIDE = 96

_QUALITY = 82
_CAP_BYTES = 256 << 20
_WRITES_BETWEEN_TRIMS = 200
_FOLDER = "thumbnails"

_PICTURE = "image-file"

#: Extensions of plain files that open as a picture.
_PICTURE_FILES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "ppm", "pgm"})

_trim_lock = threading.Lock()
_writes = 0


def address(artifact: Any, name: str, url_for_bytes: Callable[[Callable[[], bytes], str, str], str]) -> str:
    """Return the address of the preview of a picture; it is made when a browser asks for it.

    Parameters
    ----------
    artifact : StoredArtifact
        Where the picture lies.
    name : str
        Its entry: the value's JSON, or a plain picture file.
    url_for_bytes : callable
        `app.media.url_for_bytes`.
    """
    ident = f"thumbnail/{_RULES}/{SIDE}/{artifact.digest}/{artifact.qualified_name}/{name}"
    return url_for_bytes(functools.partial(make, artifact, name), "image/webp", ident)


def pictures(artifact: Any, name: str, url_for_bytes: Callable[[Callable[[], bytes], str, str], str]) -> list[str]:
    """Return the address of the preview of an entry as a list: empty for a type without one, or without bytes here."""
    return [address(artifact, name, url_for_bytes)] if has_preview(name) and not _leads_out(artifact, name) else []


def _leads_out(artifact: Any, name: str) -> bool:
    """Whether an entry is a reference that is not followed: then there is nothing to make a picture of."""
    if not artifact.get_path(name).ref:
        return False
    try:
        artifact.open(name).close()
    except (LookupError, OSError, ValueError):
        return True
    return False


def has_preview(name: str) -> bool:
    """Whether entries of this name's type have previews; nothing is opened."""
    from app.renderers import for_tag
    from datatypes.registry import class_for_tag

    parts = name.rpartition("/")[2].split(".")
    if len(parts) > 2 and parts[-1] == "json":
        cls = class_for_tag(parts[-2])
        tag = cls.artifact_type if cls is not None else parts[-2]
        return tag == _PICTURE or hasattr(for_tag(tag), "preview")
    return len(parts) > 1 and parts[-1].lower() in _PICTURE_FILES


def make(artifact: Any, name: str) -> bytes:
    """Return the preview as WebP, from the cache where it is there.

    Raises
    ------
    ValueError
        If the entry's type has no preview. Else what reading and decoding raise.
    """
    from datatypes.image import Image

    value = _opened(artifact, name)
    digest = str(artifact.get_path(name).digest)
    if isinstance(value, Image):
        source = value.artifact_source.artifact if value.artifact_source else artifact
        return of_value(value, source, digest)
    return _by_renderer(value, f"{artifact.digest}\0{digest}", name)


def preview_of(value: Any, ident: str) -> bytes:
    """Return the preview of a value that is no entry: of a row of a run.

    Parameters
    ----------
    value : WBValue
        The value; it knows where its files lie.
    ident : str
        Identifies it: its place and its content.
    """
    from datatypes.image import Image

    if isinstance(value, Image) and value.artifact_source is not None:
        return of_value(value, value.artifact_source.artifact, ident)
    return _by_renderer(value, ident, ident)


def _opened(artifact: Any, name: str) -> Any:
    """Return the value of an entry; of a list the first; of a large table its outline."""
    from app.tables.outline import outline

    value = outline(artifact, name) or artifact.get(name)
    return value[0] if isinstance(value, list) and value else value


def _by_renderer(value: Any, ident: str, name: str) -> bytes:
    """Return the preview that the renderer of a value makes, from the cache where it is there."""
    from app.renderers import for_tag

    preview = getattr(for_tag(getattr(value, "artifact_type", None)), "preview", None)
    if preview is None:
        raise ValueError(f"{name}: has no preview. Ask for that of another type.")
    digest = hashlib.sha256(f"{_RULES}/{SIDE}\0{ident}".encode("utf-8", "surrogatepass")).hexdigest()
    key = f"{_FOLDER}/{digest[:2]}/{digest}.webp"
    kept = cache.read_cached(key)
    if kept is not None:
        return kept
    data: bytes = preview(value)
    cache.write_cached(key, data)
    _count_write()
    return data


def of_value(value: Image, source: Any, ident: str) -> bytes:
    """Return the preview of a picture that is no entry of its own, such as the cell of a table.

    Parameters
    ----------
    value : Image
        The picture.
    source : StoredArtifact
        Where its files lie.
    ident : str
        Identifies its JSON: a digest of it, or the text itself.
    """
    key = _key(value, source, ident)
    kept = cache.read_cached(key)
    if kept is not None:
        return kept
    data = rendered(value)
    cache.write_cached(key, data)
    _count_write()
    return data


def rendered(value: Image, side: int = SIDE) -> bytes:
    """Return a picture with what is laid over it as WebP, at most `side` pixels large; nothing is kept."""
    return _encode(_with_overlays(_reduced(value, side), value, side))


def _key(value: Image, source: Any, ident: str) -> str:
    """Name the preview by everything that it shows: the JSON with its boxes, the picture, the masks."""
    digests = [ident]
    files = [value.path, *(mask.path for mask in value.masks.values())]
    digests += [str(source.get_path(file).digest) for file in files if file]
    text = "\0".join([f"{_RULES}/{SIDE}", *digests])
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_FOLDER}/{digest[:2]}/{digest}.webp"


def _reduced(value: Image, side: int) -> PIL.Image.Image:
    """Return the picture at most `side` pixels large, 8 bits a channel."""
    import PIL.Image

    from datatypes.picture import open_picture

    with value.open() as file:
        picture = open_picture(file, value.path or "picture", load=False)
        if picture.mode in ("I", "F") or picture.mode.startswith("I;"):
            picture = _windowed(value)
        else:
            picture.draft("RGB", (side, side))  # a JPEG is decoded at a fraction of its size
            picture.load()
    if picture.mode in ("P", "PA", "1") or "transparency" in picture.info:
        picture = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    elif picture.mode not in ("L", "LA", "RGB", "RGBA"):
        picture = picture.convert("RGB")
    picture.thumbnail((side, side), PIL.Image.Resampling.LANCZOS)
    return picture


def _windowed(value: Image) -> PIL.Image.Image:
    """Return values of more than 8 bits with their range from black to white, as the canvas draws them."""
    import numpy as np
    import PIL.Image

    values = value.to_numpy().astype(np.float64)
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    scaled = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) * (255 / (high - low) if high > low else 0)
    return PIL.Image.fromarray(scaled.astype(np.uint8))


def _with_overlays(picture: PIL.Image.Image, value: Image, side: int) -> PIL.Image.Image:
    """Lay masks at one half and the edges of boxes over the picture."""
    import PIL.Image
    import PIL.ImageDraw

    from app.palette import colour_of, is_background

    if not value.masks and not value.boxes:
        return picture
    width, height = value.width, value.height
    shown = picture.convert("RGBA")
    enlarged = side // max(shown.size)
    if enlarged > 1:  # edges of boxes are two pixels wide: on a small picture they would cover it
        shown = shown.resize((shown.width * enlarged, shown.height * enlarged), PIL.Image.Resampling.NEAREST)
    for mask in value.masks.values():
        ids = mask.to_numpy()
        ids = ids if ids.ndim == 2 else ids[:, :, 0]
        layer = _coloured(ids, {i for i in (0,) if is_background(i, mask.class_labels.get(i))})
        shown.alpha_composite(layer.resize(shown.size, PIL.Image.Resampling.NEAREST))
    pen = PIL.ImageDraw.Draw(shown)
    for boxes in value.boxes.values():
        for box, corners in zip(boxes.box_data, boxes.corners(width, height), strict=True):
            left, right = sorted(corner * shown.width / width for corner in corners[::2])
            top, bottom = sorted(corner * shown.height / height for corner in corners[1::2])
            pen.rectangle((left, top, right, bottom), outline=colour_of(box.get("class_id", "")), width=2)
    return shown if "A" in picture.getbands() else shown.convert("RGB")


def _coloured(ids: Any, hidden: set[int]) -> PIL.Image.Image:
    """Return class ids as colours, half transparent; those of `hidden` wholly."""
    import numpy as np
    import PIL.Image

    from app.palette import colour_of

    table = np.zeros((int(ids.max()) + 1, 4), np.uint8)
    for number in np.unique(ids):
        colour = colour_of(int(number))
        table[number] = [*bytes.fromhex(colour[1:]), 0 if int(number) in hidden else 128]
    return PIL.Image.fromarray(table[ids], "RGBA")


def _encode(picture: PIL.Image.Image) -> bytes:
    buffer = io.BytesIO()
    small = max(picture.size) <= _SMALL_SIDE
    picture.save(buffer, "WEBP", lossless=small, quality=_QUALITY, method=2)
    return buffer.getvalue()


def _count_write() -> None:
    global _writes  # noqa: PLW0603  # counts for this process: how often the folder is looked through
    with _trim_lock:
        _writes += 1
        due = _writes % _WRITES_BETWEEN_TRIMS == 0
    if due:
        trim()


def trim(cap_bytes: int = _CAP_BYTES) -> int:
    """Delete the previews that were made longest ago until the rest is below the cap; return the bytes freed."""
    return cache.trim_folder(_FOLDER, "*/*.webp", cap_bytes)
