"""An artifact: what can be added, what cannot, and that what was logged is what is read."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import threading
import warnings

import numpy as np
import pytest

from datatypes import Image, UnknownValue
from datatypes.classes import Classes
from datatypes.histogram import Histogram
from datatypes.ports import MediaSink, SourceFile
from storage import Artifact, Store, additions
from storage.errors import (
    AlreadyStoredError,
    BackendError,
    FrozenArtifactError,
    InvalidNameError,
    MissingFileError,
    MissingPathError,
    NotAValueError,
    UnsafePathError,
    VersionConflictError,
)
from storage.manifest import ManifestEntry

PIXELS = np.arange(96, dtype=np.uint8).reshape(4, 8, 3)


@pytest.fixture
def store():
    return Store.in_memory()


@pytest.fixture
def artifact():
    return Artifact("pets", type="dataset")


def sha(data):
    return hashlib.sha256(data).hexdigest()


class TestFiles:
    def test_what_is_added_is_what_is_read(self, store, artifact, tmp_path):
        (tmp_path / "weights.pt").write_bytes(b"weights")
        entry = artifact.add_file(tmp_path / "weights.pt")
        assert (entry.path, entry.digest, entry.size, entry.ref) == ("weights.pt", sha(b"weights"), 7, None)
        artifact.add_file(str(tmp_path / "weights.pt"), "deep/copy.pt")
        artifact.add_file(b"bytes", "b.bin")
        with artifact.new_file("notes.txt") as file:
            file.write("zwei\nHälften")
        with artifact.new_file("raw", mode="wb") as file:
            file.write(b"\0\1")
            file.seek(0)
            file.write(b"\7")
        wanted = {
            "weights.pt": b"weights", "deep/copy.pt": b"weights", "b.bin": b"bytes",
            "notes.txt": "zwei\nHälften".encode(), "raw": b"\7\1",
        }  # fmt: skip
        for state in (artifact, store.log_artifact(artifact), store.artifact("pets")):
            assert state.names() == sorted(wanted)
            assert {name: state.open(name).read() for name in wanted} == wanted
            assert [(entry.path, entry.digest, entry.size) for entry in state.files()] == [
                (name, sha(wanted[name]), len(wanted[name])) for name in sorted(wanted)
            ]
            assert state.size == sum(map(len, wanted.values()))
        assert store.verify() == []

    def test_draft_and_version_have_the_same_digest(self, store, artifact):
        artifact.add_file(b"1", "a")
        digest = artifact.digest
        assert store.log_artifact(artifact).digest == digest == store.artifact("pets").manifest.digest

    def test_the_same_again_is_fine_and_other_bytes_are_not(self, artifact):
        first = artifact.add_file(b"1", "a")
        assert artifact.add_file(b"1", "a") is first
        with pytest.raises(AlreadyStoredError, match="a: is the name of other bytes in this artifact") as caught:
            artifact.add_file(b"2", "a")
        assert isinstance(caught.value, ValueError)
        assert artifact.add_file(b"2", "a", overwrite=True).digest == sha(b"2")
        assert artifact.names() == ["a"]

    def test_the_same_bytes_under_two_names_are_two_entries(self, artifact):
        artifact.add_file(b"1", "a")
        assert artifact.add_file(b"1", "b").path == "b"

    def test_what_w_and_b_takes_besides(self, artifact, tmp_path):
        (tmp_path / "x").write_bytes(b"1")
        artifact.add_file(tmp_path / "x", "a/t.table.json", is_tmp=True, skip_cache=True, policy="immutable")
        artifact.add_dir(tmp_path, "d", skip_cache=True, policy="immutable")
        artifact.add_reference("s3://bucket/key", max_objects=3)
        assert artifact.names() == [f"a/{sha(b'1')[:20]}.table.json", "d/x", "key"]

    def test_a_file_and_a_folder_of_one_name(self, artifact):
        artifact.add_file(b"1", "a/b/c")
        for name in ("a", "a/b", "a/b/c/d"):
            with pytest.raises(AlreadyStoredError):
                artifact.add_file(b"2", name)
        artifact.remove("a/b/c")
        assert artifact.add_file(b"2", "a").path == "a"

    @pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a\\b", "", "a\nb", "\ud800"])
    def test_names_that_lead_outside(self, artifact, name):
        with pytest.raises(UnsafePathError):
            artifact.add_file(b"1", name)
        with pytest.raises(UnsafePathError), artifact.new_file(name):
            pass
        with pytest.raises(UnsafePathError):
            artifact.add(Classes([]), f"{name}/x" if name else "/")
        assert artifact.names() == []

    def test_what_is_no_file(self, artifact, tmp_path):
        with pytest.raises(MissingPathError, match="is not there") as caught:
            artifact.add_file(tmp_path / "nothing")
        assert isinstance(caught.value, ValueError)
        with pytest.raises(UnsafePathError, match="is a folder"):
            artifact.add_file(tmp_path)
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UnsafePathError, match="is not a regular file"):
            artifact.add_file(tmp_path / "pipe")
        with pytest.raises(InvalidNameError, match="have no name"):
            artifact.add_file(b"1")

    def test_a_user_file_is_never_touched(self, store, artifact, tmp_path):
        path = tmp_path / "data"
        path.write_bytes(b"1")
        path.chmod(0o640)
        before = path.stat()
        artifact.add_file(path)
        store.log_artifact(artifact)
        after = path.stat()
        assert (before.st_mode, before.st_mtime_ns, before.st_nlink) == (
            after.st_mode,
            after.st_mtime_ns,
            after.st_nlink,
        )

    @pytest.mark.parametrize("old", [True, False])
    def test_a_file_that_changed_since_is_an_error_and_no_version(self, store, artifact, tmp_path, old):
        path = tmp_path / "data"
        path.write_bytes(b"1")
        if old:
            os.utime(path, ns=(10**18, 10**18))
        artifact.add_file(path)
        path.write_bytes(b"2")
        with pytest.raises(VersionConflictError, match="has changed since it was added"):
            store.log_artifact(artifact)
        assert store.artifacts() == []

    def test_a_file_that_is_gone_since(self, store, artifact, tmp_path):
        path = tmp_path / "data"
        path.write_bytes(b"1")
        artifact.add_file(path)
        path.unlink()
        with pytest.raises(MissingPathError):
            store.log_artifact(artifact)

    def test_large_files_are_hashed_while_they_are_copied(self, tmp_path, monkeypatch):
        path = tmp_path / "large"
        path.write_bytes(bytes(3_000_000))
        os.utime(path, ns=(10**18, 10**18))
        reads = []
        real = additions.FileContent._opened
        monkeypatch.setattr(additions.FileContent, "_opened", lambda self: reads.append(1) or real(self))
        monkeypatch.setattr("storage.content.time.time_ns", lambda: 10**19)
        artifact = Artifact("pets", "dataset")
        artifact.add_file(path)
        Store(tmp_path / "store").log_artifact(artifact)
        assert len(reads) == 1

    def test_a_spool_takes_what_is_too_much_for_memory(self, artifact, store, monkeypatch):
        artifact.entry_draft.spool._memory_bytes = 1000
        data = {f"f{number}": os.urandom(400) for number in range(8)}
        for name, piece in data.items():
            artifact.add_file(piece, name)
        assert artifact.open("f7").read() == data["f7"]
        saved = store.log_artifact(artifact)
        assert {name: saved.open(name).read() for name in data} == data

    def test_temporary_files_go_with_the_draft(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        artifact = Artifact("pets", "dataset")
        with artifact.new_file("big", "wb") as file:
            file.write(bytes(2_000_000))
        with artifact.new_file("small", "wb") as file:
            file.write(b"1")
        with pytest.raises(KeyboardInterrupt), artifact.new_file("never"):
            raise KeyboardInterrupt
        gc.collect()
        assert len(list(tmp_path.iterdir())) == 1
        with artifact.open("big") as opened:
            assert opened.read() == bytes(2_000_000)
        Store.in_memory().log_artifact(artifact)
        del artifact, file, opened
        gc.collect()
        assert list(tmp_path.iterdir()) == []

    def test_new_file_does_not_replace(self, artifact):
        artifact.add_file(b"1", "a")
        with pytest.raises(AlreadyStoredError), artifact.new_file("a"):
            pass

    def test_remove(self, artifact):
        entry = artifact.add_file(b"1", "a")
        artifact.add_file(b"1", "d/b")
        artifact.add_file(b"1", "d/c")
        artifact.add_file(b"1", "dd")
        artifact.remove(entry)
        artifact.remove("d")
        assert artifact.names() == ["dd"]
        with pytest.raises(MissingFileError, match="is no entry of this artifact"):
            artifact.remove("d")


class TestFolders:
    def test_all_files_under_their_names(self, store, artifact, tmp_path):
        for name in ("b", "sub/a", "sub/deep/ü.txt", ".hidden"):
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        (tmp_path / "data/empty").mkdir()
        artifact.add_dir(tmp_path / "data")
        artifact.add_dir(str(tmp_path / "data"), name="copy/")
        names = [".hidden", "b", "sub/a", "sub/deep/ü.txt"]
        saved = store.log_artifact(artifact)
        assert saved.names() == sorted([*names, *(f"copy/{name}" for name in names)])
        assert saved.open("copy/sub/deep/ü.txt").read().decode() == "sub/deep/ü.txt"

    def test_links(self, artifact, tmp_path):
        (tmp_path / "secret").write_bytes(b"SECRET")
        folder = tmp_path / "data"
        (folder / "real").mkdir(parents=True)
        (folder / "real/file").write_bytes(b"1")
        (folder / "alias").symlink_to("real/file")
        (folder / "way").symlink_to("real")
        artifact.add_dir(folder)
        assert artifact.names() == ["alias", "real/file", "way/file"]
        for target, problem in (
            ("../secret", "leads outside"),
            ("..", "leads outside"),
            ("nothing", "leads to nothing"),
        ):
            (folder / "bad").symlink_to(target)
            with pytest.raises(UnsafePathError, match=problem):
                Artifact("x", "y").add_dir(folder)
            (folder / "bad").unlink()
        (folder / "loop").symlink_to(".")
        with pytest.raises(UnsafePathError, match="in a circle"):
            Artifact("x", "y").add_dir(folder)

    def test_what_is_no_folder(self, artifact, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        for path in (tmp_path / "nothing", tmp_path / "file"):
            with pytest.raises(MissingPathError, match="is no folder"):
                artifact.add_dir(path)
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UnsafePathError, match="is no regular file"):
            artifact.add_dir(tmp_path)


class TestValues:
    def test_the_text_is_that_of_every_sdk(self, store, artifact):
        image = Image(PIXELS, caption="ü")
        entry = artifact.add(image, "pic")
        assert entry.path == "pic.image-file.json"
        text = artifact.open("pic").read().decode()
        document = json.loads(text)
        assert text == json.dumps(document, sort_keys=True)
        assert entry.digest == sha(text.encode())
        assert document["path"] in artifact.names("media/images/")
        saved = store.log_artifact(artifact)
        again = saved.get("pic")
        assert again == image
        assert np.array_equal(again.to_numpy(), PIXELS)
        assert (again.artifact_source.artifact, again.artifact_source.name) == (saved, "pic.image-file.json")
        assert saved.value_names() == ["pic.image-file.json"]

    def test_histograms_are_welcome(self, store, artifact):
        artifact.add(Histogram([1, 2, 3]), "h")
        assert store.log_artifact(artifact).get("h") == Histogram([1, 2, 3])

    @pytest.mark.parametrize("thing", ["text", None, 3, {}, PIXELS, Image])
    def test_what_is_no_value(self, artifact, thing):
        with pytest.raises(NotAValueError) as caught:
            artifact.add(thing, "x")
        assert isinstance(caught.value, TypeError)
        assert isinstance(caught.value, ValueError)
        assert f"is {type(thing).__name__}, which is no value" in str(caught.value)

    def test_the_same_object_again_is_its_first_entry(self, artifact, caplog):
        image = Image(PIXELS)
        first = artifact.add(image, "one")
        assert artifact.add(image, "two") is first
        assert "Image was added as one.image-file.json already; 'two' is not added" in caplog.text
        assert "two.image-file.json" not in artifact.names()

    def test_a_name_that_is_taken_keeps_its_first_value(self, artifact):
        first = artifact.add(Image(PIXELS), "x")
        with pytest.warns(UserWarning, match=r"pets: x\.image-file\.json is taken by another value, which stays"):
            assert artifact.add(Image(PIXELS[::-1]), "x") is first
        assert artifact.get("x") == Image(PIXELS)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert artifact.add(Image(PIXELS), "x") is first  # an equal one is no other
        artifact.add(Image(PIXELS[::-1]), "x", overwrite=True)
        assert artifact.get("x") == Image(PIXELS[::-1])

    def test_equal_files_meet_in_one(self, artifact, tmp_path):
        Image(PIXELS).to_pil().save(tmp_path / "p.png")
        artifact.add_file(tmp_path / "p.png", "p.png")
        artifact.add(Image(tmp_path / "p.png"), "one")
        artifact.add(Image(PIXELS, caption="a"), "two")
        artifact.add(Image(PIXELS, caption="b"), "three")
        assert artifact.json("one")["path"] == "p.png"
        assert artifact.json("two")["path"] == artifact.json("three")["path"]
        assert len(artifact.names("media/")) == 1

    def test_a_value_that_cannot_be_written_leaves_nothing(self, artifact):
        class Broken(Image):
            def to_json(self, run_or_artifact):
                super().to_json(run_or_artifact)
                raise ZeroDivisionError

        artifact.add_file(b"1", "a")
        with pytest.raises(ZeroDivisionError):
            artifact.add(Broken(PIXELS), "x")
        assert artifact.names() == ["a"]
        assert artifact.add(Image(PIXELS), "x").path == "x.image-file.json"

    def test_unknown_values_go_back_unchanged(self, store, artifact):
        document = {"_type": "hologram", "depth": 3, "b": [1, None]}
        artifact.add(UnknownValue(document), "h")
        saved = store.log_artifact(artifact)
        assert saved.get("h").json == document
        assert saved.value_names() == ["h.hologram.json"]

    def test_tables_below_media_are_named_by_their_digest(self, artifact):
        entry = artifact.add(UnknownValue({"_type": "table-like"}), "media/tables/x")
        assert entry.path == f"media/tables/{entry.digest[:20]}.table-like.json"

    def test_it_is_a_sink(self, artifact):
        assert isinstance(artifact, MediaSink)
        assert artifact.dialect == "artifact"
        assert isinstance(artifact.value_sink, MediaSink)


class TestReferences:
    @pytest.fixture
    def saved(self, store, artifact):
        artifact.add(Image(PIXELS, caption="old", classes=[{"id": 1, "name": "cat"}]), "pic")
        artifact.add_file(b"plain", "plain.txt")
        return store.log_artifact(artifact)

    def test_a_value_of_another_artifact_is_a_reference(self, store, saved):
        derived = Artifact("derived", "dataset")
        entry = derived.add(saved.get("pic"), "again")
        ref = f"wandb-client-artifact://{saved.client_id}/pic.image-file.json"
        assert (entry.path, entry.ref, entry.digest) == (
            "again.image-file.json", ref, saved.get_path("pic").digest,
        )  # fmt: skip
        assert derived.names() == ["again.image-file.json"]
        before = store.disk_usage().blobs
        logged = store.log_artifact(derived)
        grown = store.disk_usage().blobs - before
        assert grown == store._log().state.names["derived"].versions[0].manifest_size  # nothing but a manifest
        value = logged.get("again")
        assert value == saved.get("pic")
        assert value.artifact_source.artifact.qualified_name == "pets:v0"
        assert logged.open("again").read() == saved.open("pic").read()
        assert store.verify() == logged.verify() == []

    def test_it_survives_what_it_refers_to(self, store, saved):
        derived = Artifact("derived", "dataset")
        derived.add(saved.get("pic"), "again")
        logged = store.log_artifact(derived)
        store.delete("pets:v0")
        store.gc(dry_run=False, older_than_secs=0)
        assert np.array_equal(logged.get("again").to_numpy(), PIXELS)
        assert store.verify() == []
        store.delete("derived:v0")
        store.gc(dry_run=False, older_than_secs=0)
        assert store.disk_usage().blobs == 0

    def test_a_reference_to_a_reference_names_the_first(self, store, saved):
        second = Artifact("second", "dataset")
        second.add(saved.get("pic"), "two")
        second = store.log_artifact(second)
        third = Artifact("third", "dataset")
        assert third.add(second.get("two"), "three").ref == saved.ref_url("pic")
        assert third.add_file(second.get_path("two"), "raw.json").ref == saved.ref_url("pic")

    def test_what_changed_since_is_written_anew(self, store, saved):
        value = saved.get("pic")
        again = Image(value, caption="new")
        derived = Artifact("derived", "dataset")
        derived.add(again, "again")
        logged = store.log_artifact(derived)
        assert logged.get_path("again").ref is None
        assert logged.get("again").caption == "new"
        side = logged.get_path(logged.json("again")["path"])
        assert side.ref == saved.ref_url(saved.json("pic")["path"])

    def test_a_setter_by_hand_works_too(self, store, saved):
        image = Image(PIXELS)
        image.artifact_source = {"artifact": saved, "name": "pic"}
        assert Artifact("x", "y").add(image, "z").ref == saved.ref_url("pic")

    def test_files_of_other_artifacts(self, store, saved):
        derived = Artifact("derived", "dataset")
        for source, name in ((saved.get_path("plain.txt"), None), (SourceFile(saved, "plain.txt"), "b.txt")):
            entry = derived.add_file(source, name)
            assert (entry.ref, entry.size) == (saved.ref_url("plain.txt"), 5)
        entries = derived.add_reference(saved.get_path("plain.txt"), "c.txt")
        assert [entry.ref for entry in entries] == [saved.ref_url("plain.txt")]
        logged = store.log_artifact(derived)
        store.delete("pets:v0")
        store.gc(dry_run=False, older_than_secs=0)
        assert {name: logged.open(name).read() for name in logged.names()} == dict.fromkeys(
            ["b.txt", "c.txt", "plain.txt"], b"plain"
        )
        assert store.verify() == []

    def test_into_another_store_values_are_written_out(self, saved):
        other = Store.in_memory()
        derived = Artifact("derived", "dataset")
        derived.add(saved.get("pic"), "again")
        logged = other.log_artifact(derived)
        assert len(logged.names()) == 3  # its JSON, its picture, its class set
        assert np.array_equal(logged.get("again").to_numpy(), PIXELS)
        assert logged.get("again").caption == "old"
        assert other.verify() == []

    def test_of_a_draft_that_is_logged_later(self, store):
        one, two = Artifact("one", "d"), Artifact("two", "d")
        one.add(Image(PIXELS), "pic")
        two.add(one.get("pic"), "again")
        assert two.get("again") == Image(PIXELS)
        store.log_artifact(one)
        assert store.log_artifact(two).get("again").artifact_source.artifact.qualified_name == "one:v0"

    def test_uris(self, store, artifact, tmp_path):
        (tmp_path / "d/e").mkdir(parents=True)
        (tmp_path / "d/x.bin").write_bytes(b"x")
        (tmp_path / "d/e/y.bin").write_bytes(b"yy")
        artifact.add_reference(f"file://{tmp_path}/d/x.bin")
        artifact.add_reference(f"file://{tmp_path}/d", name="all")
        artifact.add_reference(f"file://{tmp_path}/nothing", name="unread", checksum=False)
        artifact.add_reference("s3://bucket/data/mnist")
        artifact.add_reference("https://example.com/data.csv")
        artifact.add_reference("ref://somewhere/else.bin", name="else")
        logged = store.log_artifact(artifact)
        assert [(entry.path, entry.ref, entry.digest, entry.size) for entry in logged.files()] == [
            ("all/e/y.bin", f"file://{tmp_path}/d/e/y.bin", sha(b"yy"), 2),
            ("all/x.bin", f"file://{tmp_path}/d/x.bin", sha(b"x"), 1),
            ("data.csv", "https://example.com/data.csv", "https://example.com/data.csv", None),
            ("data/mnist", "s3://bucket/data/mnist", "s3://bucket/data/mnist", None),
            ("else", "ref://somewhere/else.bin", "ref://somewhere/else.bin", None),
            ("unread", f"file://{tmp_path}/nothing", f"file://{tmp_path}/nothing", None),
            ("x.bin", f"file://{tmp_path}/d/x.bin", sha(b"x"), 1),
        ]
        for name in logged.names():
            with pytest.raises(MissingFileError, match="is shown and never followed"):
                logged.open(name)
        assert logged.get("else") is logged.get("all/x.bin") is None
        with pytest.raises(MissingFileError, match="is shown and never followed"):
            logged.get("data.csv")  # a table, if it were here
        assert logged.verify() == store.verify() == []

    @pytest.mark.parametrize("uri", ["plain", "/abs/path", "", "https://example.com", "ref://x", 3])
    def test_what_is_no_reference(self, artifact, uri):
        with pytest.raises(InvalidNameError):
            artifact.add_reference(uri)
        with pytest.raises(InvalidNameError, match="belongs to no artifact"):
            artifact.add_reference(ManifestEntry("a", "b", 1))
        with pytest.raises(MissingPathError):
            artifact.add_reference("file:///not/there")


class TestFreezing:
    @pytest.mark.parametrize("how", ["log", "finalize"])
    def test_what_was_logged_cannot_be_changed(self, store, artifact, how):
        artifact.add_file(b"1", "a")
        store.log_artifact(artifact) if how == "log" else artifact.finalize()
        changes = [
            lambda: artifact.add(Image(PIXELS), "x"), lambda: artifact.add_file(b"1", "b"),
            lambda: artifact.add_dir("."), lambda: artifact.add_reference("s3://x/y"), lambda: artifact.remove("a"),
            lambda: artifact.add("no value", "x"), lambda: artifact.new_file("x").__enter__(),
            lambda: setattr(artifact, "description", "x"),
            lambda: setattr(artifact, "metadata", {}),
        ]  # fmt: skip
        for change in changes:
            with pytest.raises(FrozenArtifactError) as caught:
                change()
            assert isinstance(caught.value, ValueError)
        assert artifact.names() == ["a"]

    def test_a_final_draft_can_be_logged(self, store, artifact):
        artifact.add_file(b"1", "a")
        artifact.finalize()
        assert store.log_artifact(artifact).version == "v0"

    def test_metadata_can_be_changed_until_then(self, store):
        artifact = Artifact("pets", "dataset", description="d", metadata={"a": 1})
        artifact.metadata["b"] = np.int64(2)
        artifact.description = "e"
        saved = store.log_artifact(artifact)
        assert (saved.metadata, saved.description) == ({"a": 1, "b": 2}, "e")
        saved.metadata["c"] = 3
        assert store.artifact("pets").metadata == {"a": 1, "b": 2}

    def test_metadata_of_any_size_keeps_its_infinities(self, store):
        metadata = {"inf": float("inf"), **{str(number): "x" * 100 for number in range(2_000)}}
        assert store.log_artifact(Artifact("pets", "d", metadata=metadata)).metadata == metadata
        assert len(store._objects.read("log/0000000000")) < 4_000

    def test_identity(self, artifact, store):
        assert len(artifact.client_id) == 128
        assert artifact.client_id != Artifact("pets", "dataset").client_id
        client_id = artifact.client_id
        store.log_artifact(artifact)
        assert store.artifact("pets").client_id == client_id


@pytest.mark.parametrize("name", ["", "a b", "x/y"])
def test_names_that_are_none(name):
    with pytest.raises(InvalidNameError):
        Artifact(name, "dataset")
    with pytest.raises(InvalidNameError):
        Artifact("pets", "wandb-secret")


def test_many_threads_read_one_artifact(tmp_path):
    artifact = Artifact("pets", "dataset")
    data = {f"f{number:03}": os.urandom(100) for number in range(200)}
    for name, piece in data.items():
        artifact.add_file(piece, name)
    saved = Store(tmp_path).log_artifact(artifact)
    failed = []

    def work():
        for name, piece in data.items():
            if saved.open(name).read() != piece:
                failed.append(name)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_runs_need_a_folder(store):
    with pytest.raises(BackendError, match="runs need a folder"):
        store.run(project="demo")
