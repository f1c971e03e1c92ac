"""The gate: what lies beneath the root opens, all else is refused, nothing outside is read or made."""

from __future__ import annotations

import os
import time

import pytest

from storage import portable_paths, safe_paths
from storage.errors import AlreadyStoredError, MissingFileError, UnsafePathError
from storage.listing import list_beneath
from storage.safe_paths import (
    check_name,
    open_beneath,
    remove_beneath,
    stat_beneath,
    write_beneath,
)

GOOD = ["plain.txt", "media/v1..2/a b.png", "media/ünïcode.txt", "media/..dots", "media/-rf", "a%2e%2e/b", "ab:c/d"]
BAD = {
    "": "is not a name",
    "/etc/hostname": "is absolute",
    "../secret": "'..'",
    "media/../../secret": "'..'",
    "./plain.txt": "'.'",
    "media//x": "empty",
    "media/": "empty",
    "..\\secret": "backslash",
    "\\\\host\\share": "backslash",
    "C:\\x": "backslash",
    "C:/x": "drive",
    "c:x": "drive",
    "x:y/z": "drive",
    "file:///etc/hostname": "empty",
    "a\0b": "control character",
    "a\nb": "control character",
    "a\x7fb": "control character",
    "\ud800": "not valid Unicode",
    "x" * 256: "limits",
    "ü" * 128: "limits",
    "/".join("a" * 65): "limits",
    "/".join(["x" * 200] * 6): "limits",
}


@pytest.fixture(params=["openat", "portable"])
def way(request, monkeypatch):
    """Both implementations, on this system."""
    if request.param == "portable":
        monkeypatch.setattr(safe_paths, "HAS_DIR_FD", False)
    return request.param


@pytest.fixture
def root(tmp_path):
    """A folder with good files, and beside it a secret that links inside lead to."""
    (tmp_path / "secret").write_bytes(b"SECRET")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"SECRET")
    folder = tmp_path / "artifact"
    for name in GOOD:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "inside").symlink_to("plain.txt")
    (folder / "up").symlink_to("..")
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "dangling").symlink_to(tmp_path / "made")
    os.mkfifo(folder / "fifo")
    return folder


@pytest.mark.parametrize("name", GOOD)
def test_good_names_open_with_their_bytes(root, way, name):
    assert "/".join(check_name(name)) == name
    with open_beneath(root, name) as file:
        assert file.read() == name.encode()
    assert stat_beneath(root, name).st_size == len(name.encode())


@pytest.mark.parametrize("name", BAD)
def test_bad_names_are_refused_by_their_text(root, way, name):
    for gate in (open_beneath, write_beneath, stat_beneath, remove_beneath):
        with pytest.raises(UnsafePathError) as caught:
            gate(root, name)
        assert BAD[name] in caught.value.problem
        assert caught.value.remedy
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", [b"bytes", None, 3])
def test_a_name_is_text(name):
    with pytest.raises(UnsafePathError, match="is not a name"):
        check_name(name)


@pytest.mark.parametrize(
    "name", ["link", "inside", "up/secret", "out/file", "up/artifact/plain.txt", "dangling", "fifo", "media"]
)
def test_links_pipes_and_folders_are_refused_and_nothing_blocks(root, way, name):
    start = time.monotonic()
    with pytest.raises(UnsafePathError):
        open_beneath(root, name)
    with pytest.raises(UnsafePathError):
        stat_beneath(root, name)
    assert time.monotonic() - start < 1


@pytest.mark.parametrize("name", ["nothing", "media/nothing", "nowhere/at/all", "plain.txt/below"])
def test_what_is_not_there_is_missing(root, way, name):
    with pytest.raises(MissingFileError, match=r"is not in") as caught:
        open_beneath(root, name)
    assert isinstance(caught.value, LookupError)
    assert isinstance(caught.value, FileNotFoundError)
    assert caught.value.subject == name


def test_a_root_may_be_a_link_because_the_user_named_it(root, way, tmp_path):
    (tmp_path / "alias").symlink_to(root)
    with open_beneath(tmp_path / "alias", "plain.txt") as file:
        assert file.read() == b"plain.txt"


def test_writing_makes_folders_and_never_replaces(root, way):
    with write_beneath(root, "new/deep/file") as file:
        file.write(b"one")
    assert (root / "new/deep/file").read_bytes() == b"one"
    with pytest.raises(AlreadyStoredError, match="exists already"):
        write_beneath(root, "new/deep/file")
    assert (root / "new/deep/file").read_bytes() == b"one"


@pytest.mark.parametrize("name", ["out/new", "up/new", "link/new", "plain.txt/new"])
def test_writing_through_links_or_files_is_refused(root, way, tmp_path, name):
    before = sorted(path.as_posix() for path in tmp_path.rglob("*"))
    with pytest.raises((UnsafePathError, MissingFileError, AlreadyStoredError)):
        write_beneath(root, name)
    assert sorted(path.as_posix() for path in tmp_path.rglob("*")) == before


def test_writing_onto_a_dangling_link_does_not_make_its_target(root, way, tmp_path):
    with pytest.raises(AlreadyStoredError):
        write_beneath(root, "dangling")
    assert not (tmp_path / "made").exists()


def test_removing_takes_the_file_and_never_the_target_of_a_link(root, way, tmp_path):
    remove_beneath(root, "plain.txt")
    assert not (root / "plain.txt").exists()
    for name in ("link", "out/file"):
        with pytest.raises(UnsafePathError):
            remove_beneath(root, name)
    assert (tmp_path / "secret").exists()
    assert (tmp_path / "outside" / "file").exists()


def test_listing_reports_links_and_follows_none(root, way):
    root.joinpath(os.fsdecode(b"bad\xff")).touch()
    (root / "back\\slash").write_bytes(b"12")
    found = {item.name: item for item in list_beneath(root)}
    assert {name: item.kind for name, item in found.items() if item.kind != "file"} == {
        "link": "link", "inside": "link", "up": "link", "out": "link", "dangling": "link",
        "fifo": "special", "bad\udcff": "unnameable", "back\\slash": "unnameable",
    }  # fmt: skip
    assert {name for name, item in found.items() if item.kind == "file"} == set(GOOD)
    assert [item.name for item in list_beneath(root)] == sorted(found)
    assert found["plain.txt"].size == 9
    assert found["plain.txt"].mtime_ns == (root / "plain.txt").stat().st_mtime_ns


def test_listing_stops_at_the_depth_limit(tmp_path, way, monkeypatch):
    monkeypatch.setattr(safe_paths, "MAX_COMPONENTS", 3)
    (tmp_path / "a/b/c/d").mkdir(parents=True)
    (tmp_path / "a/b/file").write_bytes(b"")
    assert [(item.name, item.kind) for item in list_beneath(tmp_path)] == [("a/b/c", "too deep"), ("a/b/file", "file")]


def test_listing_what_is_not_there(tmp_path, way):
    with pytest.raises(MissingFileError, match="is not there"):
        list_beneath(tmp_path / "nothing")


@pytest.mark.parametrize(
    "part", ["CON", "nul.txt", "com1", "LPT³.log", "a:stream", "dot.", "blank ", "what?", "CONIN$"]
)
def test_windows_names_are_refused_before_any_call(part, tmp_path):
    with pytest.raises(UnsafePathError, match="Windows gives another meaning"):
        portable_paths.look(tmp_path / "not there", ("media", part), windows=True)


def test_a_file_that_is_swapped_between_look_and_open_is_refused(root, monkeypatch):
    real = portable_paths.look

    def swap(folder, parts):
        seen = real(folder, parts)
        (root / "plain.txt").rename(root / "old")
        (root / "plain.txt").write_bytes(b"other")
        return seen

    monkeypatch.setattr(safe_paths, "HAS_DIR_FD", False)
    monkeypatch.setattr(portable_paths, "look", swap)
    with pytest.raises(UnsafePathError, match="was replaced"):
        open_beneath(root, "plain.txt")
