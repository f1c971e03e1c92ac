"""What bytes are, by looking: nothing that a browser could run."""

import pytest

from app.media_types import ALLOWED_TYPES, BYTES, sniff


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"GIF89a\1\0\1\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"BM6\0\0\0", "image/bmp"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"ID3\4\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"fLaC\0\0\0\x22", "audio/flac"),
        (b"OggS\0\2" + bytes(22) + b"\1vorbis", "audio/ogg"),
        (b"OggS\0\2" + bytes(22) + b"\x80theora", "video/ogg"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "video/mp4"),
        (b"\0\0\0\x20ftypM4A \0\0\2\0", "audio/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\x82\x84webm", "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\x82\x88matroska", "video/x-matroska"),
    ],
)
def test_media(head, mime):
    assert sniff(head) == mime


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"<!doctype html><script>",
        b"<html>",
        b'<svg xmlns="http://www.w3.org/2000/svg">',
        b"<?xml version='1.0'?>",
        b"%PDF-1.7",
        b"\xef\xbb\xbf<html>",
        b"RIFF\x24\0\0\0evil",
        b"\xff\xfe<\0h\0t\0m\0l\0",  # UTF-16; set bits like those of a frame
        b"PK\3\4",
        b"II*\0",
    ],
)
def test_everything_else_is_bytes(head):
    assert sniff(head) == BYTES


def test_list_holds_nothing_that_acts():
    assert not [mime for mime in ALLOWED_TYPES if mime.split("/")[0] not in ("image", "audio", "video", "application")]
    assert {mime for mime in ALLOWED_TYPES if mime.startswith("application/")} == {BYTES, "application/json"}
    assert "image/svg+xml" not in ALLOWED_TYPES
