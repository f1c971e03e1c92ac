"""PNG: what is encoded is what Pillow decodes; 16 bits a channel come back whole, by whatever filter."""

from __future__ import annotations

import io
import struct
import sys
import zlib

import numpy as np
import PIL.Image
import pytest

from datatypes import png
from datatypes.errors import DecodeLimitError, RejectedValueError, UnreadableMediaError

RNG = np.random.default_rng(3)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def paeth(left, up, corner):
    nearest = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))
    return nearest[2]


def filtered(pixels, kind):
    """Write a 16-bit RGB PNG by the definition of a filter, byte by byte."""
    height, width, channels = pixels.shape
    rows = pixels.astype(">u2").view(np.uint8).reshape(height, -1).astype(int)
    step, raw = channels * 2, bytearray()
    for y in range(height):
        raw.append(kind)
        for x in range(rows.shape[1]):
            left = rows[y, x - step] if x >= step else 0
            up = rows[y - 1, x] if y else 0
            corner = rows[y - 1, x - step] if y and x >= step else 0
            guess = [0, left, up, (left + up) // 2, paeth(left, up, corner)][kind]
            raw.append((rows[y, x] - guess) % 256)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return png._SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(raw))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (5, 7, 1), (5, 7, 2), (5, 7, 3), (5, 7, 4), (300, 1, 3)])
def test_pillow_reads_the_same_8_bit_pixels(shape):
    pixels = RNG.integers(0, 256, shape, dtype=np.uint8)
    back = np.asarray(PIL.Image.open(io.BytesIO(png.encode(pixels))))
    assert np.array_equal(back, pixels.reshape(back.shape))


def test_pillow_reads_the_same_16_bit_grey():
    pixels = RNG.integers(0, 65536, (6, 5), dtype=np.uint16)
    assert np.array_equal(np.asarray(PIL.Image.open(io.BytesIO(png.encode(pixels)))), pixels)


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_deep_colour_comes_back(channels):
    pixels = RNG.integers(0, 65536, (6, 5, channels), dtype=np.uint16)
    data = png.encode(pixels)
    assert png.is_deep_colour(data[:26])
    assert np.array_equal(png.decode_deep(io.BytesIO(data), "x.png"), pixels)


@pytest.mark.parametrize("kind", range(5))
def test_every_filter_is_undone(kind):
    pixels = RNG.integers(0, 65536, (6, 5, 3), dtype=np.uint16)
    assert np.array_equal(png.decode_deep(io.BytesIO(filtered(pixels, kind)), "x.png"), pixels)


def test_without_isal_the_pixels_are_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "isal", None)
    pixels = RNG.integers(0, 256, (40, 30, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(PIL.Image.open(io.BytesIO(png.encode(pixels)))), pixels)


def test_a_picture_needs_a_pixel():
    with pytest.raises(RejectedValueError, match="has 0×4 pixels"):
        png.encode(np.zeros((4, 0), np.uint8))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-30], "is cut or damaged in its b'IDAT' chunk"),
        (lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:], "is cut or damaged"),
        (lambda data: data[:8] + data[33:], "has no PNG header"),
        (lambda data: data.replace(b"\x10\x02\x00\x00\x00", b"\x10\x02\x00\x00\x01"), "is cut or damaged"),
    ],
)
def test_damage_is_named(damage, message):
    data = png.encode(RNG.integers(0, 65536, (6, 5, 3), dtype=np.uint16))
    with pytest.raises(UnreadableMediaError, match=message):
        png.decode_deep(io.BytesIO(damage(data)), "x.png")


def test_a_filter_that_does_not_exist_is_named():
    pixels = np.zeros((1, 1, 3), np.uint16)
    raw = zlib.compress(b"\x07" + bytes(6))
    data = png.encode(pixels)
    start = data.index(b"IDAT") - 4
    with pytest.raises(UnreadableMediaError, match="filter 7"):
        png.decode_deep(io.BytesIO(data[:start] + chunk(b"IDAT", raw) + chunk(b"IEND", b"")), "x.png")


def test_a_header_is_believed_only_within_the_limit(monkeypatch):
    monkeypatch.setenv("VITRINA_MAX_PIXELS", "29")
    data = png.encode(np.zeros((6, 5, 3), np.uint16))
    with pytest.raises(DecodeLimitError, match="5×6 pixels are more than the limit of 29. Raise VITRINA_MAX_PIXELS"):
        png.decode_deep(io.BytesIO(data), "x.png")
