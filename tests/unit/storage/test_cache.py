"""The cache folder: copies with the right bytes, capped, and never in the way."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from pathlib import Path

import pytest

from storage import cache
from storage.errors import BackendError, CorruptBlobError


def copy(data, name="x.bin"):
    return cache.cached_copy(hashlib.sha256(data).hexdigest(), name, lambda: io.BytesIO(data))


def test_where_it_is(monkeypatch, own_cache):
    assert cache.cache_folder() == own_cache
    monkeypatch.delenv("VITRINA_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache.cache_folder() == Path("/xdg/vitrina")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.cache_folder() == Path.home() / ".cache/vitrina"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache.cache_folder() == Path.home() / "Library/Caches/vitrina"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert cache.cache_folder() == Path("/local/vitrina/Cache")


def test_a_copy_is_read_only_and_made_once():
    path = copy(b"data")
    assert path.read_bytes() == b"data"
    assert path.stat().st_mode & 0o222 == 0
    before = path.stat().st_mtime_ns
    assert copy(b"data") == path
    assert path.stat().st_mtime_ns == before


def test_wrong_bytes_are_never_kept(own_cache):
    digest = hashlib.sha256(b"right").hexdigest()
    with pytest.raises(CorruptBlobError):
        cache.cached_copy(digest, "x", lambda: io.BytesIO(b"wrong"))
    assert [path for path in own_cache.rglob("*") if path.is_file()] == []
    assert cache.cached_copy(digest, "x", lambda: io.BytesIO(b"right")).read_bytes() == b"right"


def test_the_oldest_copies_go_first(monkeypatch):
    paths = [copy(bytes([number]) * 100, f"{number}.bin") for number in range(4)]
    for age, path in enumerate(paths):
        os.utime(path, (age + 1, age + 1))
    assert cache.trim(250) == 200
    assert [path.exists() for path in paths] == [False, False, True, True]
    monkeypatch.setenv("VITRINA_CACHE_BYTES", "0")
    monkeypatch.setattr(cache, "_until_trim", 0)
    path = copy(b"x" * 10)
    assert path.read_bytes() == b"x" * 10
    assert not any(old.exists() for old in paths)


def test_the_newest_file_of_a_folder_may_stay_although_it_is_large(own_cache):
    for age, name in enumerate(("old", "kept", "new")):
        assert cache.write_cached(f"made/{name}", bytes(100))
        os.utime(own_cache / "made" / name, (age + 1, age + 1))
    assert cache.trim_folder("made", "*", 300) == 0
    assert cache.trim_folder("made", "*", 0, keep=own_cache / "made" / "kept", keep_newest=True) == 100
    assert sorted(path.name for path in (own_cache / "made").iterdir()) == ["kept", "new"]
    assert cache.trim_folder("made", "*", 0) == 200


def test_a_folder_that_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "file"))
    assert cache.write_cached("a/b", b"1") is False
    assert cache.read_cached("a/b") is None
    with pytest.raises(BackendError, match="the cache cannot be written") as caught:
        copy(b"x")
    assert "VITRINA_CACHE" in caught.value.remedy


def test_small_files_are_whole_or_not_there(own_cache):
    assert cache.write_cached("a/b", b"1")
    assert cache.write_cached("a/b", b"2")
    assert cache.read_cached("a/b") == b"2"
    assert [path.name for path in (own_cache / "a").iterdir()] == ["b"]
