"""The port of objects: one contract, every backend, on every kind of file system that we can play."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import io
import os
import threading

import pytest

from storage import blobs_local, file_system
from storage.blobs_local import LocalBlobStore
from storage.blobs_memory import MemoryBlobStore
from storage.content import BytesContent, FileContent, SourceContent
from storage.errors import (
    AlreadyStoredError,
    BackendError,
    CorruptBlobError,
    MissingFileError,
    UnsafePathError,
    VersionConflictError,
)
from storage.layout import blob_key


def nothing(digest, size):
    return None


def key_of(data, epoch=0):
    return blob_key(hashlib.sha256(data).hexdigest(), epoch)


def put(store, *contents):
    with store.batch() as batch:
        for content in contents:
            batch.put(content, nothing, 0)
        batch.finish()


def slow_source(data):
    """Content whose digest is not known, as of a file."""
    return SourceContent(lambda: io.BytesIO(data), len(data), None, "source")


class BlobStoreContract:
    """What a backend promises."""

    @pytest.fixture
    def store(self):
        raise NotImplementedError

    def test_create_puts_once(self, store):
        store.create("log/0000000000", b"one")
        with pytest.raises(AlreadyStoredError):
            store.create("log/0000000000", b"two")
        assert store.read("log/0000000000") == b"one"
        assert store.read("log/0000000000", 1, 1) == b"n"
        assert store.size("log/0000000000") == 3
        with store.open("log/0000000000") as file:
            file.seek(1)
            assert file.read() == b"ne"

    def test_what_is_not_there(self, store):
        for missing in (store.read, store.open):
            with pytest.raises(MissingFileError):
                missing("log/0000000009")
        assert store.size("log/0000000009") is None
        assert store.keys("log/") == []
        assert store.list("blobs/") == []
        store.delete("log/0000000009")

    def test_listing(self, store):
        store.create("log/0000000001", b"12")
        store.create("log/0000000000", b"1")
        store.create("store.json", b"{}")
        assert store.keys("log/") == ["log/0000000000", "log/0000000001"]
        assert [(info.key, info.size) for info in store.list("log/")] == [("log/0000000000", 1), ("log/0000000001", 2)]
        store.delete("log/0000000000")
        assert store.keys("log/") == ["log/0000000001"]

    def test_twelve_writers_and_one_winner(self, store):
        for number in range(10):
            won, barrier = [], threading.Barrier(12)

            def put(which, number=number, won=won, barrier=barrier):
                barrier.wait()
                try:
                    store.create(f"log/{number:010d}", b"%d" % which * 1000)
                    won.append(which)
                except AlreadyStoredError:
                    pass

            threads = [threading.Thread(target=put, args=(which,)) for which in range(12)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(won) == 1
            assert store.read(f"log/{number:010d}") == b"%d" % won[0] * 1000

    @pytest.mark.parametrize("size", [0, 1, 100_000, (1 << 20) + 1])
    def test_a_batch_stores_under_the_digest(self, store, size):
        data = os.urandom(size)
        for number, content in enumerate((BytesContent(data), slow_source(data))):
            with store.batch() as batch:
                placed = batch.put(content, nothing, number)
                batch.finish()
            assert placed == (hashlib.sha256(data).hexdigest(), size, number)
            assert store.read(key_of(data, number)) == data

    def test_a_batch_asks_before_it_stores(self, store):
        asked = []

        def found(digest, size):
            asked.append((digest, size))
            return 5

        data = b"x" * 2_000_000
        with store.batch() as batch:
            batch.put(BytesContent(data), nothing, 5)
            batch.put(BytesContent(b"small"), nothing, 5)
            batch.finish()
        before = store.keys("blobs/")
        with store.batch() as batch:
            for content in (BytesContent(data), slow_source(data), slow_source(b"small")):
                assert batch.put(content, found, 6).epoch == 5
            batch.finish()
        assert store.keys("blobs/") == before == sorted([key_of(data, 5), key_of(b"small", 5)])
        assert asked[0] == asked[1] == (hashlib.sha256(data).hexdigest(), len(data))

    def test_what_was_not_finished_is_taken_away(self, store):
        with store.batch() as batch:
            batch.put(BytesContent(b"1"), nothing, 0)
            batch.put(slow_source(os.urandom(2_000_000)), nothing, 0)
        assert [key for key in store.keys("tmp/") if key != "tmp/lock"] == []

    def test_content_that_is_not_what_was_added_is_not_stored(self, store):
        for data in (b"short", b"long" * 1_000_000):
            liar = SourceContent(lambda data=data: io.BytesIO(data[:-1]), len(data), None, "pets:v0, entry x")
            wrong = SourceContent(lambda data=data: io.BytesIO(data), len(data), "0" * 64, "pets:v0, entry x")
            for content in (liar, wrong):
                with pytest.raises(CorruptBlobError, match="pets:v0, entry x"):
                    put(store, content)
        assert store.keys("blobs/") == []
        assert [key for key in store.keys("tmp/") if key != "tmp/lock"] == []

    def test_the_same_bytes_twice_are_one_object(self, store):
        with store.batch() as batch:
            first = batch.put(BytesContent(b"same"), nothing, 0)
            second = batch.put(slow_source(b"same"), nothing, 0)
            batch.finish()
        assert first == second
        with store.batch() as batch:
            batch.put(BytesContent(b"same"), nothing, 0)
            batch.finish()
        assert store.keys("blobs/") == [key_of(b"same")]


class TestMemory(BlobStoreContract):
    @pytest.fixture
    def store(self):
        return MemoryBlobStore()


class TestLocalFull(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return LocalBlobStore(tmp_path / "not" / "there" / "yet")


class TestLocalFast(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return LocalBlobStore(tmp_path, "fast")


class TestLocalNone(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return LocalBlobStore(tmp_path, "none")


class TestLocalStaged(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path, monkeypatch):
        monkeypatch.setattr(blobs_local, "_STAGED_FROM", 1)
        return LocalBlobStore(tmp_path)


def no_links(source, target):
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


class TestWithoutHardLinks(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "link", no_links)
        return LocalBlobStore(tmp_path)


class TestWithLocksOnly(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "link", no_links)
        monkeypatch.setattr(file_system, "_exclusive_call", lambda: None)
        return LocalBlobStore(tmp_path)


class TestLocalFiles:
    """What only a folder has."""

    def test_where_there_is_neither_link_nor_rename_nor_lock_it_refuses(self, tmp_path, monkeypatch):
        def unknown(*_):
            ctypes.set_errno(errno.EINVAL)
            return -1

        monkeypatch.setattr(os, "link", no_links)
        monkeypatch.setattr(file_system, "_exclusive_call", lambda: unknown)
        monkeypatch.setitem(__import__("sys").modules, "fcntl", None)
        with pytest.raises(BackendError, match="neither hard links nor an exclusive rename nor locks"):
            LocalBlobStore(tmp_path, "none").create("log/0000000000", b"x")

    def test_blobs_are_read_only(self, tmp_path):
        store = LocalBlobStore(tmp_path)
        store.create("log/0000000000", b"x")
        with store.batch() as batch:
            batch.put(BytesContent(b"x"), nothing, 0)
            batch.put(slow_source(os.urandom(2_000_000)), nothing, 0)
            batch.finish()
        for key in (*store.keys("blobs/"), *store.keys("log/")):
            assert (tmp_path / key).stat().st_mode & 0o222 == 0

    @pytest.mark.parametrize("folder", ["tmp", "log", "blobs"])
    def test_a_link_in_place_of_a_folder_is_never_written_through(self, tmp_path, folder):
        (tmp_path / "outside").mkdir()
        (tmp_path / "store").mkdir()
        (tmp_path / "store" / folder).symlink_to(tmp_path / "outside")
        store = LocalBlobStore(tmp_path / "store")
        with pytest.raises(UnsafePathError, match="is a link or a file"):
            put(store, BytesContent(b"x")) if folder == "blobs" else store.create("log/0000000000", b"x")
        assert list((tmp_path / "outside").iterdir()) == []

    def test_links_are_not_read_or_listed(self, tmp_path):
        (tmp_path / "secret").write_bytes(b"SECRET")
        store = LocalBlobStore(tmp_path / "store")
        store.create("log/0000000000", b"x")
        (tmp_path / "store/log/0000000001").symlink_to(tmp_path / "secret")
        with pytest.raises(UnsafePathError):
            store.read("log/0000000001")
        assert store.size("log/0000000001") is None
        assert store.keys("log/") == ["log/0000000000"]
        assert [info.key for info in store.list("log/")] == ["log/0000000000"]

    def test_a_blob_of_the_wrong_size_is_not_taken_for_ours(self, tmp_path):
        store = LocalBlobStore(tmp_path)
        (tmp_path / key_of(b"whole")).parent.mkdir(parents=True)
        (tmp_path / key_of(b"whole")).write_bytes(b"cut")
        with pytest.raises(CorruptBlobError, match="holds 3 bytes, not 5"):
            put(store, BytesContent(b"whole"))

    def test_a_file_that_changes_is_noticed(self, tmp_path):
        store = LocalBlobStore(tmp_path / "store")
        path = tmp_path / "data"
        for size in (10, 2_000_000):
            path.write_bytes(bytes(size))
            os.utime(path, ns=(10**18, 10**18))
            content = FileContent(path)
            path.write_bytes(b"\1" * size)
            with pytest.raises(VersionConflictError, match="has changed since it was added"):
                put(store, content)
        assert store.keys("blobs/") == []

    def test_unknown_durability(self, tmp_path):
        with pytest.raises(BackendError, match="'most' is none of full, fast, none"):
            LocalBlobStore(tmp_path, "most")


class TestFailingCalls:
    """The n-th call fails, n = 1 until it goes well: no final name ever appears over less than all bytes."""

    CALLS = ("write", "fsync", "link", "open", "mkdir", "unlink")

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
    def test_each_call_in_turn(self, tmp_path, monkeypatch, call, number):
        data = [b"a" * 70_000, b"b" * 10, os.urandom(1_200_000)]
        real = getattr(os, call)
        for attempt in range(200):
            root = tmp_path / str(attempt)
            left = [attempt]

            def fail(*args, left=left, **kwargs):
                left[0] -= 1
                if left[0] == -1:
                    raise OSError(number, os.strerror(number))
                return real(*args, **kwargs)

            store = LocalBlobStore(root)
            with monkeypatch.context() as patch:
                patch.setattr(os, call, fail)
                errors = []
                try:
                    put(store, *map(slow_source, data))
                    store.create("log/0000000000", b"record")
                except BackendError as error:
                    errors.append(error)
            assert [error.problem for error in errors] in ([], [os.strerror(number)])
            assert all("the store is unchanged" in error.remedy for error in errors)
            for key in store.keys("blobs/"):
                assert hashlib.sha256(store.read(key)).hexdigest() == key.split("/")[2].split(".")[0]
            for key in store.keys("log/"):
                assert store.read(key) == b"record"
            if left[0] >= 0:
                break
        assert attempt > 0
        assert store.keys("log/") == ["log/0000000000"]

    def test_short_writes_are_continued(self, tmp_path, monkeypatch):
        real = os.write
        monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[: max(1, len(data) // 3)]))
        store = LocalBlobStore(tmp_path)
        data = os.urandom(10_000)
        store.create("log/0000000000", data)
        assert store.read("log/0000000000") == data

    def test_a_write_that_takes_nothing_is_a_full_disk(self, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "write", lambda fd, data: 0)
        with pytest.raises(BackendError, match="No space left") as caught:
            LocalBlobStore(tmp_path).create("log/0000000000", b"x")
        assert "Free space" in caught.value.remedy
