"""Pictures (wire tag ``image-file``): drawn by the browser, told as they are stored."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any, NamedTuple

from app.renderers.image_items import prepare_items
from app.renderers.image_layers import mask_and_box_layers
from app.renderers.oversize import prepare_reduced
from app.renderers.view import Context, Fact, Notice, View
from app.text import human_count, human_size
from datatypes.errors import DecodeLimitError

if TYPE_CHECKING:
    import PIL.Image
    from numpy.typing import NDArray

    from datatypes.image import Image

TAG = "image-file"
TYPE_NAME = "Image"
ICON = "image"

#: A list of pictures is shown as one, with all of them in a strip.
TAKES_LISTS = True

#: For the sheet of keys.
KEYS = [
    [["←", "→"], "previous and next object"],
    [["[", "]"], "previous and next version"],
    [[",", "."], "previous and next picture of a list"],
    [["/"], "find"],
    [["F"], "fit"],
    [["1"], "one to one"],
    [["+", "−"], "zoom; the wheel does too"],
    [["Shift", "arrows"], "move the picture"],
    [["L"], "loupe; Alt held does too"],
    [["W", "A", "S", "D"], "the pixel that is told; with Shift by ten"],
    [["Z"], "to the box under the pointer, or away from it"],
    [["H"], "held: hide overlays"],
    [["?"], "these keys"],
]

#: Pictures up to this size are decoded on the server before they are shown, once; 0.1 to 0.4 s at the limit.
_CHECKED_PIXELS = 16_000_000

#: Pictures that were decoded and found whole, by artifact and entry.
_whole: dict[str, None] = {}
_MAX_WHOLE = 4096

#: Formats that every browser decodes, bit for bit as Pillow does.
_BROWSER_FORMATS = frozenset({"PNG", "JPEG", "MPO", "GIF", "WEBP", "BMP"})

#: Modes of Pillow whose values a canvas gives back exactly, and the names of their channels.
_PLAIN_MODES = {"L": ("L",), "RGB": ("R", "G", "B")}

#: Names of the channels of all other modes; those that are not here have one, or say so by their number.
_CHANNELS = {
    "LA": ("L", "A"), "RGBA": ("R", "G", "B", "A"), "CMYK": ("C", "M", "Y", "K"), "YCbCr": ("Y", "Cb", "Cr"),
    "LAB": ("L", "a", "b"), "HSV": ("H", "S", "V"), "P": ("index",), "1": ("bit",),
}  # fmt: skip

#: Modes that are more than 8 bits a channel: drawn from their values, the range from black to white.
_DEEP_MODES = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N", "F"})

_MODE_NAMES = {
    "1": "1 bit", "I": "int32", "F": "float32", "P": "palette, uint8", "L": "grey, uint8", "LA": "grey + alpha, uint8",
}  # fmt: skip


class _Header(NamedTuple):
    """What the file says of itself before its pixels are decoded."""

    container: str
    mode: str
    width: int
    height: int
    deep_colour: bool
    transparent: bool
    frames: int
    orientation: int

    @property
    def is_deep(self) -> bool:
        return self.deep_colour or self.mode in _DEEP_MODES

    @property
    def is_plain(self) -> bool:
        """Whether the browser's own decoder gives the stored values."""
        return self.mode in _PLAIN_MODES and not self.is_deep and not self.transparent

    @property
    def channels(self) -> tuple[str, ...] | None:
        if self.deep_colour:
            return None
        return _PLAIN_MODES.get(self.mode) or _CHANNELS.get(self.mode) or ("value",)

    @property
    def mode_text(self) -> str:
        if self.is_deep and self.mode not in ("I", "F"):
            return f"{'grey' if self.mode.startswith('I') else self.mode}, uint16"
        return _MODE_NAMES.get(self.mode, f"{self.mode}, uint8")


def prepare(value: Image | list[Image], context: Context) -> View:
    """Return picture, layers and facts; of a list, those of each with a strip of all.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing, cut or no picture.
    """
    if isinstance(value, list):
        return prepare_items(value, context, _prepare_one)
    return _prepare_one(value, context)


def _prepare_one(value: Image, context: Context) -> View:
    source: Any = value.artifact_source.artifact if value.artifact_source else context.artifact
    name = value.path or context.name
    try:
        header = _read_header(value, name)
    except DecodeLimitError:
        reduced = prepare_reduced(value, context, source, name)
        if reduced is None:
            raise
        return reduced
    _check_whole(value, header, name, context)
    address = context.url_for(source, name)
    pixels, notices = _pixels(value, header, context, address)
    layers, layer_notices = mask_and_box_layers(value, header.width, header.height, context)
    size = int(source.get_path(name).size or 0)
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=f"{header.width:,}×{header.height:,}",
        body={
            "label": value.caption or context.name,
            "width": header.width,
            "height": header.height,
            "transparent": header.transparent or header.mode in ("LA", "RGBA", "PA"),
            "pixels": pixels,
            "layers": layers,
            "palette": list(_palette()),
        },
        facts=_facts(value, header, size),
        caption=value.caption or "",
        notices=(*notices, *layer_notices),
        download=address,
        file_name=name,
    )


def draw(view: View) -> None:
    """Draw the canvas."""
    from app.components.image_canvas import image_canvas

    image_canvas(view.body, key="object-image")


def _palette() -> tuple[str, ...]:
    from app.palette import COLOURS

    return COLOURS


def _read_header(value: Image, name: str) -> _Header:
    from datatypes.picture import open_picture
    from datatypes.png import is_deep_colour

    with value.open() as file:
        deep_colour = is_deep_colour(file.read(26))
        file.seek(0)
        image = open_picture(file, name, load=False)
        return _Header(
            container=image.format or "",
            mode=image.mode,
            width=image.width,
            height=image.height,
            deep_colour=deep_colour,
            transparent="transparency" in image.info or "A" in image.getbands(),
            frames=int(getattr(image, "n_frames", 1)),
            orientation=_orientation(image),
        )


def _orientation(image: PIL.Image.Image) -> int:
    """Return the EXIF orientation; of a PNG only what stands before its pixels: for the rest Pillow decodes them."""
    if image.format == "PNG" and "exif" not in image.info:
        return 1
    found = image.getexif().get(0x0112, 1)
    return found if isinstance(found, int) else 1


def _check_whole(value: Image, header: _Header, name: str, context: Context) -> None:
    """Decode a picture once, to say that it is cut: browsers draw the part that there is and say nothing.

    Raises
    ------
    UnreadableMediaError
        If it cannot be decoded.
    """
    from datatypes.picture import open_picture

    key = f"{context.ident}/{name}"
    if header.width * header.height > _CHECKED_PIXELS or key in _whole:
        return
    if header.deep_colour:
        value.to_numpy()
    else:
        with value.open() as file:
            open_picture(file, name)
    _whole[key] = None
    while len(_whole) > _MAX_WHOLE:
        _whole.pop(next(iter(_whole)), None)


def _pixels(value: Image, header: _Header, context: Context, address: str) -> tuple[dict[str, Any], list[Notice]]:
    """Return where the browser gets what it draws and what it tells, and what is different from what is stored."""
    notices = []
    shown: str | None = address
    if header.is_deep:
        shown = None
    elif header.container not in _BROWSER_FORMATS or header.orientation > 1:  # browsers turn what EXIF says is turned
        shown = context.url_for_bytes(functools.partial(_as_png, value), "image/png", f"png/{context.ident}")
    if header.container not in _BROWSER_FORMATS and not header.is_deep:
        text = f"shown as PNG, because browsers do not decode {header.container}"
        notices.append(Notice(text, "download original", address))
    if header.frames > 1:
        notices.append(
            Notice(f"1 of {header.frames:,} frames, because pictures are shown still", "open the file", address)
        )
    if header.orientation > 1:
        text = f"not turned, because pixels are shown as they are stored (EXIF orientation {header.orientation})"
        notices.append(Notice(text))
    raw, channels = None, header.channels
    if not header.is_plain or value.is_exact:
        make = functools.partial(_as_npy, value, (header.height, header.width))
        raw = {"url": context.url_for_bytes(make, "application/octet-stream", f"npy/{context.ident}")}
    if value.is_exact:
        channels = None  # as many as the array has
    pixels = {"url": shown, "raw": raw, "window": None, "channels": channels, "exact": header.is_plain}
    return pixels, notices


def _facts(value: Image, header: _Header, size_bytes: int) -> tuple[Fact, ...]:
    facts = [
        Fact("Size", f"{header.width:,} × {header.height:,} px"),
        Fact("Pixels", header.mode_text),
        Fact("File", f"{header.container}{f', {human_size(size_bytes)}' if size_bytes else ''}"),
    ]
    if value.masks:
        facts.append(Fact("Masks", f"{len(value.masks):,}"))
    if value.boxes:
        boxes = sum(len(group.box_data) for group in value.boxes.values())
        facts.append(Fact("Boxes", f"{boxes:,} in {human_count(len(value.boxes), 'set')}"))
    if value.classes is not None:
        facts.append(Fact("Classes", f"{len(value.classes.class_set):,}"))
    if value.is_exact:
        facts.append(Fact("Array", "kept beside the picture"))
    if value.grouping is not None:
        facts.append(Fact("Grouping", str(value.grouping)))
    return tuple(facts)


def _as_png(value: Image) -> bytes:
    """Convert a picture to one that browsers decode; its colours, not its bits."""
    picture: PIL.Image.Image = value.to_pil()
    keeps = picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA")
    buffer = io.BytesIO()
    (picture if keeps else picture.convert("RGB")).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _as_npy(value: Image, shape: tuple[int, int]) -> bytes:
    """Return the stored values as an .npy file of a dtype that the canvas reads.

    Raises
    ------
    ValueError
        If they do not lie pixel by pixel under the picture.
    """
    array = value.to_numpy()
    if array.shape[:2] != shape:
        raise ValueError(
            f"values of shape {array.shape} do not lie under a picture of shape {shape}. Load them in Python."
        )
    return npy_bytes(array)


def npy_bytes(array: NDArray[Any]) -> bytes:
    """Return an array as .npy in C order, little-endian, of the smallest dtype of the canvas that holds its values.

    Parameters
    ----------
    array : ndarray
        (height, width) or (height, width, channels) of booleans, integers or floats.
    """
    import numpy as np

    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.dtype == bool:
        array = array.view(np.uint8) != 0  # Pillow's bits come with 255 as true
    kinds = {"b1": "|b1", "u1": "|u1", "u2": "<u2", "i4": "<i4", "f4": "<f4", "f8": "<f8"}
    dtype = kinds.get(array.dtype.str[1:])
    if dtype is None:  # 8 bits with sign, 64 bits, halves: what a double holds exactly up to 2^53
        dtype = "<i4" if array.dtype.kind in "iu" and array.dtype.itemsize < 4 else "<f8"
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array, dtype), allow_pickle=False)
    return buffer.getvalue()
