"""Cut Ogg and WebM files are told from whole ones."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from datatypes.containers import check_matroska, check_ogg
from datatypes.errors import UnreadableMediaError

INPUTS = Path(__file__).parents[2] / "golden/data/inputs"


@pytest.mark.parametrize(
    ("check", "name"), [(check_ogg, "chirp.ogg"), (check_ogg, "bunny_64x36.ogg"), (check_matroska, "bunny_64x36.webm")]
)
def test_whole_files_pass_and_every_cut_fails(check, name):
    data = (INPUTS / name).read_bytes()
    file = io.BytesIO(data)
    check(file, len(data), name)
    assert file.tell() == 0
    ends = [data.find(b"OggS", start) for start in range(1, len(data))] if check is check_ogg else []
    for size in range(1, len(data)):
        if size not in ends:
            with pytest.raises(UnreadableMediaError, match=name):
                check(io.BytesIO(data[:size]), size, name)


def test_a_stream_that_does_not_say_its_length_is_taken():
    data = bytes.fromhex("1a45dfa380") + bytes.fromhex("1853806701ffffffffffffff") + bytes(9)
    check_matroska(io.BytesIO(data), len(data), "live.webm")


@pytest.mark.parametrize("data", ["00", "1a45dfa3ff", "1a45dfa300", "1a45dfa38018538067", "1a45dfa3801853806700"])
def test_what_is_no_matroska(data):
    with pytest.raises(UnreadableMediaError, match=r"x\.webm"):
        check_matroska(io.BytesIO(bytes.fromhex(data)), len(data) // 2, "x.webm")
