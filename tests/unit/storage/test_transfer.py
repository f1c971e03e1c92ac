"""Copies into folders: whole or not at all, nothing of others touched."""

from __future__ import annotations

import pytest

from storage import Artifact, Store
from storage.errors import AlreadyStoredError, BackendError, CorruptBlobError, MissingFileError, UnsafePathError
from storage.manifest import Manifest, ManifestEntry
from storage.transfer import find_collisions

FILES = {"a.txt": b"a", "deep/b.txt": b"bb", "deep/er/c": b""}


@pytest.fixture
def store():
    return Store.in_memory()


def log(store, files, name="pets"):
    artifact = Artifact(name, "dataset")
    for path, data in files.items():
        artifact.add_file(data, path)
    return store.log_artifact(artifact)


def read_folder(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


class TestDownload:
    def test_all_files_at_their_names(self, store, tmp_path):
        out = tmp_path / "deep" / "out"
        assert log(store, FILES).download(out) == out
        assert read_folder(out) == FILES

    def test_again_into_the_same_folder_writes_nothing(self, store, tmp_path):
        saved = log(store, FILES)
        saved.download(tmp_path)
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
        saved.download(tmp_path)
        assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before

    def test_beside_other_files(self, store, tmp_path):
        (tmp_path / "mine").write_bytes(b"mine")
        log(store, FILES).download(tmp_path)
        assert read_folder(tmp_path) == {**FILES, "mine": b"mine"}

    def test_other_bytes_in_the_way_stop_it_before_it_writes(self, store, tmp_path):
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep/b.txt").write_bytes(b"mine")
        with pytest.raises(AlreadyStoredError, match=r"deep/b\.txt: holds other bytes"):
            log(store, FILES).download(tmp_path)
        assert read_folder(tmp_path) == {"deep/b.txt": b"mine"}

    def test_links_in_the_way(self, store, tmp_path):
        (tmp_path / "outside").mkdir()
        (tmp_path / "out").mkdir()
        (tmp_path / "out/deep").symlink_to(tmp_path / "outside")
        with pytest.raises(UnsafePathError, match="leads through a link"):
            log(store, FILES).download(tmp_path / "out")
        assert list((tmp_path / "outside").iterdir()) == []

    def test_by_prefix_and_by_default_name(self, store, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        folder = log(store, FILES).download(path_prefix="deep/")
        assert folder.as_posix() == "artifacts/pets:v0"
        assert read_folder(folder) == {name: data for name, data in FILES.items() if name.startswith("deep/")}

    def test_bad_bytes_leave_no_file(self, make_artifact, tmp_path):
        artifact = make_artifact({"a": b"1", "b": b"2" * 100})
        artifact.data["b"] = b"3" * 100
        with pytest.raises(CorruptBlobError, match="pets:v0, entry b: 100 bytes hash to"):
            artifact.download(tmp_path)
        assert read_folder(tmp_path) == {"a": b"1"}

    def test_a_name_that_leads_outside_stops_it_before_it_writes(self, make_artifact, tmp_path):
        artifact = make_artifact({"a": b"1"})
        artifact.entries = Manifest([*artifact.entries, ManifestEntry("../evil", "0" * 64, 1)])
        for copy in (artifact.download, artifact.checkout):
            with pytest.raises(UnsafePathError):
                copy(tmp_path / "out")
        assert not (tmp_path / "evil").exists()
        assert not (tmp_path / "out").exists()

    def test_references(self, make_artifact, tmp_path):
        target = make_artifact({"x": b"1"}, name="target", client_id="t")
        refs = {"one": "wandb-client-artifact://t/x", "two": "s3://bucket/key"}
        artifact = make_artifact({"a": b"1"}, refs)
        with pytest.raises(MissingFileError, match="refers to x of the artifact with client id t"):
            artifact.download(tmp_path / "1")
        assert not (tmp_path / "1").exists()
        assert read_folder(artifact.download(tmp_path / "2", allow_missing_references=True)) == {"a": b"1"}
        artifact.others.append(target)
        assert read_folder(artifact.download(tmp_path / "3")) == {"a": b"1", "one": b"1"}

    def test_a_folder_that_cannot_be_made(self, store, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(BackendError, match="Choose a folder that can be made"):
            log(store, FILES).download(tmp_path / "file")

    def test_a_full_disk_leaves_no_piece(self, store, tmp_path, monkeypatch):
        import errno
        import os

        def full(source, target, hasher=None):
            target.write(b"part")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr("storage.transfer.copy_hashed", full)
        with pytest.raises(BackendError, match="No space left"):
            log(store, FILES).download(tmp_path)
        assert read_folder(tmp_path) == {}

    def test_one_entry(self, store, tmp_path):
        saved = log(store, FILES)
        assert saved.get_path("deep/b.txt").download(tmp_path) == tmp_path / "deep/b.txt"
        assert read_folder(tmp_path) == {"deep/b.txt": b"bb"}
        assert saved.get_path("deep/b.txt").download(tmp_path) == tmp_path / "deep/b.txt"


class TestCollisions:
    @pytest.mark.parametrize(
        "names",
        [
            ("A.txt", "a.txt"),
            ("ü", "u\u0308"),
            ("x", "x."),
            ("x", "x "),
            ("d", "D/e"),
            ("Straße", "STRASSE"),
            ("a/b/c", "A/B"),
        ],
    )
    def test_both_are_named_before_anything_is_written(self, store, tmp_path, names):
        for order in (names, names[::-1]):
            with pytest.raises(AlreadyStoredError) as caught:
                find_collisions(order)
            assert {caught.value.subject} | set(caught.value.problem.split()) >= set(order) - {"x "}
        with pytest.raises(AlreadyStoredError):
            log(store, dict.fromkeys(names, b"")).download(tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_none(self):
        find_collisions(["a/b", "a/c", "b/a", "ab", "a.b", ".a"])


class TestCheckout:
    def test_another_version_takes_the_place_of_the_first(self, store, tmp_path):
        one = log(store, FILES)
        two = log(store, {"a.txt": b"new", "other/d": b"d"})
        one.checkout(tmp_path / "out")
        two.checkout(tmp_path / "out")
        assert read_folder(tmp_path / "out") == {"a.txt": b"new", "other/d": b"d"}
        assert not (tmp_path / "out/deep").exists()
        one.checkout(tmp_path / "out")
        assert read_folder(tmp_path / "out") == FILES

    def test_what_it_did_not_make_is_never_deleted(self, store, tmp_path):
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep/mine").write_bytes(b"mine")
        log(store, FILES).checkout(tmp_path)
        log(store, {"x": b"1"}).checkout(tmp_path)
        assert read_folder(tmp_path) == {"deep/mine": b"mine", "x": b"1"}

    def test_what_somebody_changed_is_never_deleted(self, store, tmp_path):
        log(store, FILES).checkout(tmp_path)
        (tmp_path / "a.txt").write_bytes(b"edited")
        with pytest.raises(AlreadyStoredError, match=r"a\.txt: holds other bytes"):
            log(store, {"a.txt": b"2"}).checkout(tmp_path)
        assert read_folder(tmp_path) == {**FILES, "a.txt": b"edited"}

    def test_without_its_record_it_deletes_nothing(self, store, tmp_path, own_cache):
        import shutil

        out = tmp_path / "out"
        log(store, FILES).checkout(out)
        shutil.rmtree(own_cache)
        log(store, {"a.txt": b"a", "z": b"z"}).checkout(out)
        assert read_folder(out) == {**FILES, "z": b"z"}
