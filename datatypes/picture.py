"""Opening picture files: formats that we trust a decoder with, within limits, each failure as one clear error."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, BinaryIO

from datatypes import limits, png
from datatypes.errors import UnreadableMediaError
from datatypes.extras import need

if TYPE_CHECKING:
    import PIL.Image
    from numpy.typing import NDArray

    from datatypes.payload import Payload

__all__ = ["FORMATS", "open_picture", "picture_facts", "read_pixels"]

#: Decoders of Pillow that files from strangers may reach. Never EPS (runs a program), PSD or FITS (past memory faults).
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")
_PLUGINS = ("Png", "Jpeg", "Gif", "WebP", "Bmp", "Tiff", "Ppm")  # registered by being imported

_bomb_check = threading.Lock()


def open_picture(file: BinaryIO, subject: str, *, load: bool = True) -> PIL.Image.Image:
    """Open a picture.

    Parameters
    ----------
    file : binary file
        Seekable; stays open until the pixels are loaded.
    subject : str
        Name for messages.
    load : bool
        Decode the pixels; without it only the header is read.

    Raises
    ------
    UnreadableMediaError
        If it is not a whole picture in one of `FORMATS`.
    DecodeLimitError
        If it has more pixels than `limits.pixels`.
    """
    pil = need("PIL.Image", "a picture")
    for plugin in _PLUGINS:
        need(f"PIL.{plugin}ImagePlugin", "a picture")
    try:
        with _bomb_check:  # Pillow's own check warns and cannot be told a limit per call; ours follows at once
            kept, pil.MAX_IMAGE_PIXELS = pil.MAX_IMAGE_PIXELS, None
            try:
                image: PIL.Image.Image = pil.open(file, formats=FORMATS)
            finally:
                pil.MAX_IMAGE_PIXELS = kept
        limits.check_pixels(subject, *image.size)
        if load:
            image.load()
    except pil.UnidentifiedImageError as error:
        known = "PNG, JPEG, GIF, WebP, BMP, TIFF or PPM"
        raise UnreadableMediaError(subject, f"is not a picture in {known}", "Restore or convert the file.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, LookupError) or hasattr(error, "remedy"):
            raise
        raise UnreadableMediaError(subject, f"cannot be decoded ({error})", "Restore the file.") from error
    return image


def read_pixels(payload: Payload, subject: str) -> NDArray[Any]:
    """Return the stored pixels of a picture.

    Returns
    -------
    ndarray
        (height, width) or (height, width, channels): bool for 1-bit pictures, uint16 for 16 bits a channel, int32 for
        Pillow's mode I, float32 for mode F, else uint8; palette pictures give their indices.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError
        As `open_picture`.
    """
    import numpy as np

    with payload.open() as file:
        head = file.read(26)
        file.seek(0)
        if png.is_deep_colour(head):
            return png.decode_deep(file, subject)
        return np.asarray(open_picture(file, subject))


def picture_facts(payload: Payload, name: str | None) -> dict[str, Any]:
    """Return what a reader can check of a picture file; the form of ``expected.json`` in the golden data.

    ``container``, ``mode`` and ``size`` (width, height) as Pillow names them, ``mean`` of each band to three decimals,
    ``bytes``, ``sha256`` of the file, and for lossless containers ``pixels_sha256`` and ``pixels_dtype``.
    """
    import hashlib

    import numpy as np

    subject = name or payload.filename
    with payload.open() as file:
        image = open_picture(file, subject)
        container, mode, size = image.format, image.mode, list(image.size)
        shown = np.asarray(image.convert("L") if mode == "1" else image)
    facts: dict[str, Any] = {
        "path": name,
        "container": container,
        "mode": mode,
        "size": size,
        "bytes": payload.size,
        "sha256": payload.sha256,
        "mean": [round(float(band), 3) for band in shown.reshape(shown.shape[0] * shown.shape[1], -1).mean(axis=0)],
    }
    if container in ("JPEG", "MPO"):
        return {**facts, "lossy": True}
    facts["pixels_dtype"] = shown.dtype.name
    facts["pixels_sha256"] = hashlib.sha256(np.ascontiguousarray(shown).tobytes()).hexdigest()
    return facts
