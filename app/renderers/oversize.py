"""Pictures with more pixels than may be decoded: JPEG gives a smaller one without decoding the whole."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any

from app.renderers.view import Context, Fact, Notice, View
from datatypes import limits

if TYPE_CHECKING:
    from datatypes.image import Image

__all__ = ["prepare_reduced"]

#: Fractions at which a JPEG decoder can work.
_SCALES = (2, 4, 8)

_JPEG = b"\xff\xd8\xff"


def prepare_reduced(value: Image, context: Context, source: Any, name: str) -> View | None:
    """Return the view of a JPEG beyond the limit, scaled; None if it is another format, or too large even so.

    Parameters
    ----------
    value : Image
        The picture.
    context : Context
        Where its value lies.
    source : StoredArtifact
        Where its file lies.
    name : str
        Name of the file.
    """
    with value.open() as file:
        if file.read(3) != _JPEG:
            return None
        file.seek(0)
        width, height = _header(file).size
    scale = next((scale for scale in _SCALES if (width // scale) * (height // scale) <= limits.pixels()), None)
    if scale is None:
        return None
    make = functools.partial(_reduced_jpeg, value, scale)
    address = context.url_for(source, name)
    text = (
        f"{width // scale:,}×{height // scale:,} of {width:,}×{height:,} pixels, "
        f"because more than {limits.pixels():,} are not decoded"
    )
    url = context.url_for_bytes(make, "image/jpeg", f"reduced/{scale}/{context.ident}")
    return View(
        type_name="Image",
        icon="image",
        headline=f"{width:,}×{height:,}",
        body={
            "label": value.caption or context.name,
            "width": width,
            "height": height,
            "transparent": False,
            "pixels": {"url": url, "raw": None, "window": None, "channels": ("R", "G", "B"), "exact": False},
            "layers": [],
            "palette": [],
        },
        facts=(Fact("Size", f"{width:,} × {height:,} px"), Fact("File", "JPEG")),
        caption=value.caption or "",
        notices=(Notice(text, "download original", address),),
        download=address,
        file_name=name,
    )


def _header(file: Any) -> Any:
    """Read the header alone; opened by its own class, for `PIL.Image.open` refuses by size before it can be asked."""
    from PIL.JpegImagePlugin import JpegImageFile

    return JpegImageFile(file)


def _reduced_jpeg(value: Image, scale: int) -> bytes:
    with value.open() as file:
        picture = _header(file)
        picture.draft("RGB", (picture.width // scale, picture.height // scale))
        limits.check_pixels(value.path or "picture", *picture.size)
        picture.load()
        buffer = io.BytesIO()
        picture.convert("RGB").save(buffer, "JPEG", quality=92)
        return buffer.getvalue()
