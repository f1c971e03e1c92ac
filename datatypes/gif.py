"""GIF files: written frame by frame so that every frame stays, and walked block by block before a decoder runs.

Pillow's own writer joins neighbouring frames that are equal; here each is stored with its own palette and time.
Source: the GIF89a specification.
"""

from __future__ import annotations

import io
import itertools
import struct
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from datatypes.errors import UnreadableMediaError
from datatypes.extras import need

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    import PIL.Image
    from numpy.typing import NDArray

__all__ = ["GifInfo", "delays", "encode_frame", "quantise", "scan", "trailer", "write_header"]

_LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_COLOURS = 256


class GifInfo(NamedTuple):
    """What the blocks of a GIF say."""

    width: int
    height: int
    delays_cs: tuple[int, ...]  # time of each frame in hundredths of a second


def delays(count: int, rate: Fraction) -> list[int]:
    """Return the time of each frame in hundredths of a second, such that the whole lasts as long as it should."""
    ends = [round(index * 100 / rate) for index in range(count + 1)]
    return [max(end - start, 1) for start, end in itertools.pairwise(ends)]


def quantise(frame: NDArray[Any]) -> PIL.Image.Image:
    """Return a frame with a palette: exact where it has at most 256 colours, else by fast octree without dither.

    Parameters
    ----------
    frame : ndarray
        (height, width, 3) uint8.
    """
    import numpy as np

    pil = need("PIL.Image", "Video as GIF")
    image: PIL.Image.Image = pil.fromarray(frame)
    colours = image.getcolors(_COLOURS)
    if colours is None:
        return image.quantize(_COLOURS, method=pil.Quantize.FASTOCTREE, dither=pil.Dither.NONE)
    packed = frame.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    known, places = np.unique(packed, return_inverse=True)
    exact: PIL.Image.Image = need("PIL.Image", "Video as GIF").fromarray(
        places.reshape(packed.shape).astype(np.uint8), "L"
    )
    palette = np.stack([known >> 16, known >> 8 & 255, known & 255], axis=1).astype(np.uint8)
    exact.putpalette(palette.tobytes(), "RGB")
    return exact


def write_header(width: int, height: int) -> bytes:
    """Return the beginning of a file that repeats for ever and has no palette for all."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x70, 0, 0) + _LOOP


def encode_frame(image: PIL.Image.Image, delay_cs: int) -> bytes:
    """Return the blocks of one frame, with its palette and its time."""
    buffer = io.BytesIO()
    image.save(buffer, "GIF", optimize=False, interlace=False)
    data = buffer.getvalue()
    flags = data[10]
    palette = data[13 : 13 + _table_size(flags)]
    at = 13 + len(palette)
    while data[at] == 0x21:  # what the single picture says besides
        at = _skip_blocks(memoryview(data), at + 2)
    place = data[at + 1 : at + 9]
    own = data[at + 10 : at + 10 + _table_size(data[at + 9])]
    body = data[at + 10 + len(own) : -1]
    table = own or palette
    flags = (data[at + 9] if own else flags) & 0x07 | 0x80
    control = b"\x21\xf9\x04" + struct.pack("<BHBB", 4, delay_cs, 0, 0)
    return control + b"\x2c" + place + bytes([flags]) + table + body


def trailer() -> bytes:
    """Return the end of a file."""
    return b"\x3b"


def _table_size(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_blocks(data: memoryview, at: int) -> int:
    """Return where a chain of blocks ends that begins at `at`."""
    while size := data[at]:
        at += size + 1
        if at >= len(data):
            raise IndexError
    return at + 1


def scan(file: BinaryIO, subject: str) -> GifInfo:
    """Walk through the blocks of a GIF.

    Raises
    ------
    UnreadableMediaError
        If it is no GIF, is cut, or holds no picture.
    """
    data = memoryview(file.read())
    if bytes(data[:6]) not in (b"GIF87a", b"GIF89a") or len(data) < 13:
        raise UnreadableMediaError(subject, "does not begin as a GIF", "Restore the file.")
    width, height = struct.unpack_from("<HH", data, 6)
    try:
        times = list(_walk(data, 13 + _table_size(data[10])))
    except (IndexError, struct.error) as error:
        raise UnreadableMediaError(subject, "ends within a frame", "Restore the file; it is cut.") from error
    if not times or not width or not height:
        raise UnreadableMediaError(subject, f"has {len(times)} frames of {width}×{height} pixels", "Restore the file.")
    return GifInfo(width, height, tuple(times))


def _walk(data: memoryview, at: int) -> Iterator[int]:
    delay = 0
    while at < len(data) and data[at] != 0x3B:
        if data[at] == 0x21:
            if data[at + 1] == 0xF9:
                delay = struct.unpack_from("<H", data, at + 4)[0]
            at = _skip_blocks(data, at + 2)
        elif data[at] == 0x2C:
            at = _skip_blocks(data, at + 10 + _table_size(data[at + 9]) + 1)
            yield delay
            delay = 0
        else:
            raise IndexError
