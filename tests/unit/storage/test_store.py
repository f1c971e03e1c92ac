"""A store: names, versions, aliases, and what may not happen to them."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from storage import Artifact, Store
from storage.errors import (
    AlreadyStoredError,
    BackendError,
    InvalidNameError,
    NotInStoreError,
    NotReadableError,
    VersionConflictError,
)


def draft(name="pets", kind="dataset", **files):
    artifact = Artifact(name, type=kind)
    for path, data in files.items():
        artifact.add_file(data, path)
    return artifact


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["folder", "memory"])
def store(request, tmp_path):
    return Store(tmp_path / "store") if request.param == "folder" else Store.in_memory()


class TestMaking:
    def test_reading_what_is_not_there_makes_nothing(self, tmp_path):
        store = Store(tmp_path / "store")
        calls = [
            store.artifacts, store.verify, store.gc, store.disk_usage, store.runs, lambda: store.gc(dry_run=False),
            lambda: store.set_alias("pets", "best", "v0"), lambda: store.delete("pets:v0"),
            lambda: store.delete_alias("pets", "best"), lambda: store.problems, lambda: store.use_artifact("pets", "r"),
        ]  # fmt: skip
        for read in calls:
            with pytest.raises(NotInStoreError, match="there is no store"):
                read()
        with pytest.raises(NotInStoreError):
            store.artifact("pets")
        assert not store.exists
        assert not (tmp_path / "store").exists()

    def test_the_first_write_makes_it(self, tmp_path):
        store = Store(tmp_path / "deep" / "store")
        store.log_artifact(draft(a=b"1"))
        assert store.exists
        assert Store(tmp_path / "deep" / "store").id == store.id
        assert names_in(store.path) == ["blobs", "log", "store.json", "tmp"]
        assert names_in(store.path / "tmp") == []

    def test_not_among_other_files(self, tmp_path):
        (tmp_path / "thesis.tex").write_bytes(b"precious")
        with pytest.raises(NotReadableError, match=r"is no store and not empty: it holds 'thesis\.tex'"):
            Store(tmp_path).log_artifact(draft(a=b"1"))
        assert names_in(tmp_path) == ["thesis.tex"]

    def test_not_in_a_file(self, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises((NotReadableError, BackendError)):
            Store(tmp_path / "file").log_artifact(draft(a=b"1"))

    def test_what_the_system_puts_there_does_not_matter(self, tmp_path):
        (tmp_path / ".DS_Store").write_bytes(b"")
        assert Store(tmp_path).log_artifact(draft(a=b"1")).version == "v0"

    def test_buckets_later(self):
        with pytest.raises(BackendError, match="object stores are not supported yet"):
            Store("s3://bucket/prefix")

    def test_of_a_later_release_it_is_read_and_not_written(self, tmp_path):
        Store(tmp_path).log_artifact(draft(a=b"1"))
        path = tmp_path / "store.json"
        path.chmod(0o644)
        path.write_text(path.read_text().replace('"version":1', '"version":2'))
        later = Store(tmp_path)
        assert later.artifact("pets").version == "v0"
        with pytest.raises(NotReadableError, match="its format has version 2, this release writes 1"):
            later.log_artifact(draft(b=b"2"))

    @pytest.mark.parametrize("text", ["", "[]", '{"format": "other", "id": "x"}', "{}"])
    def test_a_damaged_store_file(self, tmp_path, text):
        Store(tmp_path).log_artifact(draft(a=b"1"))
        (tmp_path / "store.json").chmod(0o644)
        (tmp_path / "store.json").write_text(text)
        with pytest.raises(NotReadableError):
            Store(tmp_path).artifacts()

    def test_two_processes_at_once(self, tmp_path):
        context = multiprocessing.get_context("spawn")
        with context.Pool(2) as pool:
            versions = pool.map(log_five, [str(tmp_path / "store")] * 2)
        assert sorted(versions[0] + versions[1]) == [f"v{number}" for number in range(10)]
        store = Store(tmp_path / "store")
        assert store.verify() == []
        assert len(store.versions("pets")) == 10


def log_five(path):
    os.environ["VITRINA_CACHE"] = f"{path}-cache"
    store = Store(path)
    return [store.log_artifact(draft(a=f"{os.getpid()}-{number}".encode())).version for number in range(5)]


class TestVersions:
    def test_numbers_aliases_and_latest(self, store):
        first = store.log_artifact(draft(a=b"1"), aliases=["best", "first"])
        second = store.log_artifact(draft(a=b"2"), aliases=["best"])
        assert (first.version, second.version) == ("v0", "v1")
        assert first.aliases == ("first",)
        assert second.aliases == ("best", "latest")
        assert [(row.version, row.aliases) for row in store.versions("pets")] == [
            ("v0", ("first",)), ("v1", ("best", "latest")),
        ]  # fmt: skip
        row = store.versions("pets")[1]
        assert (row.name, row.type, row.digest, row.size, row.entries) == ("pets", "dataset", second.digest, 1, 1)
        assert row.created.endswith("Z")

    def test_equal_content_is_the_existing_version(self, store):
        first = store.log_artifact(draft(a=b"1"), aliases=["x"])
        store.log_artifact(draft(a=b"2"))
        again = Artifact("pets", "dataset", description="other", metadata={"other": 1})
        again.add_file(b"1", "a")
        saved = store.log_artifact(again, aliases=["best", "latest"])
        assert (saved.version, saved.digest) == ("v0", first.digest)
        assert saved.aliases == ("best", "x")
        assert saved.metadata == {}
        assert saved.description is None
        assert store.artifact("pets").version == "v1"
        assert len(store.versions("pets")) == 2

    def test_equal_content_of_another_name_or_type_is_another_version(self, store):
        store.log_artifact(draft(a=b"1"))
        assert store.log_artifact(draft(kind="model", a=b"1")).version == "v1"
        assert store.log_artifact(draft(name="dogs", a=b"1")).version == "v0"
        assert store.disk_usage().blobs < 3_000

    def test_references(self, store):
        saved = [store.log_artifact(draft(a=b"%d" % number), aliases=["best"] * (number == 1)) for number in range(3)]
        for ref, number in {
            "pets": 2, "pets:latest": 2, "pets:v0": 0, "pets:best": 1, f"pets@{saved[0].digest}": 0,
            f"pets@{saved[1].digest[:8].upper()}": 1,
        }.items():  # fmt: skip
            assert store.artifact(ref).version == f"v{number}", ref

    @pytest.mark.parametrize(
        ("ref", "remedy"),
        [
            ("dogs", "It has pets."),
            ("pets:v9", "pets has the versions v0."),
            ("pets:best", "pets has the aliases a."),
            ("pets@00000000", "List its versions."),
        ],
    )  # fmt: skip
    def test_what_is_not_there(self, store, ref, remedy):
        store.log_artifact(draft(a=b"1"), aliases=["a"])
        with pytest.raises(NotInStoreError) as caught:
            store.artifact(ref)
        assert caught.value.remedy == remedy

    def test_listing(self, store):
        store.log_artifact(draft(a=b"1"))
        store.log_artifact(draft(a=b"2"))
        store.log_artifact(draft(name="model", kind="model", a=b"1"))
        assert [item.qualified_name for item in store.artifacts()] == ["model:v0", "pets:v1"]
        assert [item.qualified_name for item in store.artifacts(type="dataset")] == ["pets:v1"]
        with pytest.raises(NotInStoreError):
            store.versions("dogs")

    def test_a_second_reader_sees_it(self, store, tmp_path):
        if store.path is None:
            pytest.skip("memory has one reader")
        other = Store(store.path)
        store.log_artifact(draft(a=b"1"))
        assert other.artifact("pets").version == "v0"
        store.log_artifact(draft(a=b"2"))
        assert other.artifact("pets").version == "v1"
        assert other.artifact("pets").open("a").read() == b"2"

    def test_a_copy_in_another_store(self, store):
        artifact = Artifact("pets", "dataset", description="d", metadata={"a": 1})
        artifact.add_file(b"1", "a")
        artifact.add_reference("s3://bucket/key")
        saved = store.log_artifact(artifact)
        other = Store.in_memory()
        copy = other.log_artifact(saved, aliases=["here"])
        assert (copy.digest, copy.description, copy.metadata) == (saved.digest, "d", {"a": 1})
        assert copy.client_id == saved.client_id
        assert copy.aliases == ("here", "latest")
        assert copy.open("a").read() == b"1"
        assert list(copy.manifest) == list(saved.manifest)


class TestAliases:
    def test_moving(self, store):
        store.log_artifact(draft(a=b"1"), aliases=["best"])
        store.log_artifact(draft(a=b"2"))
        store.set_alias("pets", "best", "v1", expected="v0")
        assert store.artifact("pets:best").version == "v1"
        with pytest.raises(VersionConflictError, match="points at v1, not at v0: somebody moved it"):
            store.set_alias("pets", "best", "v0", expected="v0")
        with pytest.raises(VersionConflictError, match="points at nothing, not at v0"):
            store.set_alias("pets", "new", "v0", expected="v0")
        store.set_alias("pets", "new", "best", expected="")
        assert store.artifact("pets:v1").aliases == ("best", "latest", "new")
        store.delete_alias("pets", "new")
        assert store.artifact("pets:v1").aliases == ("best", "latest")
        with pytest.raises(NotInStoreError):
            store.delete_alias("pets", "new")
        with pytest.raises(NotInStoreError):
            store.set_alias("pets", "best", "v7")

    def test_logging_what_was_logged_moves_aliases(self, store):
        saved = store.log_artifact(draft(a=b"1"))
        assert store.log_artifact(saved, aliases=["best", "latest"]) is saved
        assert saved.aliases == ("best", "latest")
        assert store.log_artifact(store.artifact("pets"), aliases="one").aliases == ("best", "latest", "one")

    def test_latest_is_never_stored(self, store):
        store.log_artifact(draft(a=b"1"), aliases=["latest"])
        store.log_artifact(draft(a=b"2"))
        for change in (
            lambda: store.set_alias("pets", "latest", "v0"), lambda: store.delete_alias("pets", "latest"),
        ):  # fmt: skip
            with pytest.raises(VersionConflictError):
                change()
        assert store.artifact("pets:latest").version == "v1"

    @pytest.mark.parametrize("alias", ["v0", "a/b", "a:b", "a@b", ""])
    def test_what_is_no_alias_leaves_no_version(self, store, alias):
        with pytest.raises(InvalidNameError):
            store.log_artifact(draft(a=b"1"), aliases=["good", alias])
        with pytest.raises(NotInStoreError):
            store.versions("pets")


class TestDeleting:
    def test_numbers_are_never_given_again(self, store):
        for number in range(3):
            store.log_artifact(draft(a=b"%d" % number))
        store.delete("pets:v2")
        assert store.artifact("pets").version == "v1"
        with pytest.raises(NotInStoreError):
            store.artifact("pets:v2")
        assert store.log_artifact(draft(a=b"2")).version == "v3"

    def test_what_an_alias_points_at_stays(self, store):
        store.log_artifact(draft(a=b"1"), aliases=["best", "good"])
        with pytest.raises(VersionConflictError, match="pets:v0: has the alias best, good"):
            store.delete("pets:best")
        store.delete("pets:v0", delete_aliases=True)
        with pytest.raises(NotInStoreError):
            store.artifact("pets")
        assert store.artifacts() == []
        assert store.log_artifact(draft(a=b"1")).version == "v1"

    def test_a_draft_that_builds_on_a_deleted_version(self, store):
        saved = store.log_artifact(draft(a=b"1"))
        after = Artifact("pets", "dataset")
        after.add_file(saved.get_path("a"), "b")
        store.delete("pets:v0")
        store.gc(dry_run=False)
        with pytest.raises(NotInStoreError, match="pets:v0, entry a: is gone since it was added"):
            store.log_artifact(after)


class TestGarbage:
    def test_what_a_deleted_version_left_goes_and_nothing_else(self, store):
        store.log_artifact(draft(a=b"shared", b=b"own"))
        kept = store.log_artifact(draft(a=b"shared", c=b"other"))
        assert store.gc().keys == []
        store.delete("pets:v0")
        would = store.gc()
        assert would.dry_run
        assert store.gc(dry_run=False).keys == would.keys
        assert len(would.keys) == 2  # the file and the manifest
        assert would.size == store.disk_usage().garbage + would.size
        assert store.verify() == []
        assert kept.open("a").read() == b"shared"
        assert store.gc(dry_run=False).keys == []

    def test_bytes_that_were_swept_come_back_under_a_new_key(self, store):
        store.log_artifact(draft(a=b"x"))
        store.delete("pets:v0")
        first = store.gc(dry_run=False).keys
        saved = store.log_artifact(draft(a=b"x"))
        assert saved.version == "v1"
        assert saved.open("a").read() == b"x"
        store.delete("pets:v1")
        second = store.gc(dry_run=False).keys
        assert len(first) == len(second) == 2
        assert set(first).isdisjoint(second)

    def test_a_young_upload_is_spared_and_an_old_one_is_not(self, store):
        store.log_artifact(draft(a=b"1"))
        store._objects.create("blobs/aa/" + "a" * 64 + ".000000", b"half done")
        assert store.gc(dry_run=False).keys == []
        assert len(store.gc(dry_run=False, older_than_secs=0).keys) == 1

    def test_a_long_sweep_is_a_list_of_its_own(self, store, monkeypatch):
        from storage import collect

        monkeypatch.setattr(collect, "_LONG_SWEEP", 3)
        store.log_artifact(draft(**{f"f{number}": b"%d" % number for number in range(10)}))
        store.delete("pets:v0")
        report = store.gc(dry_run=False)
        assert len(report.keys) == 11
        assert store._log().refresh().swept == set(report.keys)
        assert store.gc(dry_run=False, older_than_secs=0).keys == []
        assert store.log_artifact(draft(f0=b"0")).open("f0").read() == b"0"
        assert store.verify() == []

    def test_sweeps_that_were_cut_off_are_finished_by_the_next(self, store, monkeypatch):
        store.log_artifact(draft(a=b"1"))
        store.delete("pets:v0")
        with monkeypatch.context() as patch:
            patch.setattr(store._objects, "delete", lambda key: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                store.gc(dry_run=False)
        assert len(store.gc(dry_run=False).keys) == 2
        assert store.disk_usage().blobs == 0

    def test_a_commit_that_a_sweep_overtakes_stores_again(self, store, monkeypatch):
        store.log_artifact(draft(a=b"x"))
        store.delete("pets:v0")
        other = store if store.path is None else Store(store.path)
        real = store._objects.create
        done = []

        def sweep_first(key, data):
            if key.startswith("log/") and not done:
                done.append(key)
                monkeypatch.undo()
                if other is not store:
                    done.extend(other.gc(dry_run=False).keys)
                else:
                    from storage.collect import collect
                    from storage.log import Log

                    done.extend(collect(store._objects, Log(store._objects), dry_run=False, grace=0).keys)
            real(key, data)

        monkeypatch.setattr(store._objects, "create", sweep_first)
        saved = store.log_artifact(draft(a=b"x", b=b"y"))
        assert len(done) > 2
        assert saved.open("a").read() == b"x"
        assert store.verify() == []

    def test_old_temporary_files_go(self, tmp_path):
        store = Store(tmp_path)
        store.log_artifact(draft(a=b"1"))
        (tmp_path / "tmp/old").write_bytes(b"12345")
        (tmp_path / "tmp/new").write_bytes(b"1")
        os.utime(tmp_path / "tmp/old", (1, 1))
        assert store.gc().temporary == 5
        assert (tmp_path / "tmp/old").exists()
        assert store.gc(dry_run=False).temporary == 5
        assert names_in(tmp_path / "tmp") == ["new"]

    def test_it_stops_where_it_does_not_know_what_is_needed(self, tmp_path):
        store = Store(tmp_path)
        store.log_artifact(draft(a=b"1"))
        store.log_artifact(draft(a=b"2"))
        store.delete("pets:v0")
        manifest = tmp_path / store._log().state.names["pets"].versions[1].manifest
        manifest.unlink()
        before = sorted(path for path in (tmp_path / "blobs").rglob("*"))
        with pytest.raises(NotInStoreError):
            store.gc(dry_run=False, older_than_secs=0)
        assert sorted(path for path in (tmp_path / "blobs").rglob("*")) == before


def test_disk_usage_counts_what_is_shared_once(store):
    store.log_artifact(draft(a=b"x" * 1000, b=b"y" * 10))
    store.log_artifact(draft(a=b"x" * 1000, b=b"z" * 20))
    store.log_artifact(draft(name="dogs", a=b"x" * 1000))
    usage = store.disk_usage()
    assert usage.total == usage.blobs + usage.log + usage.runs + usage.temporary
    manifests = sum(row.manifest_size for _, row in store._log().state.versions())
    assert usage.blobs == 1030 + manifests
    assert [(item.name, item.versions, item.size) for item in usage.names] == [("pets", 2, 2030), ("dogs", 1, 1000)]
    assert usage.names[0].stored - usage.names[0].own == 1000
    assert usage.garbage == 0


def test_runs_use_artifacts(store):
    store.log_artifact(draft(a=b"1"), run="run1")
    assert store.versions("pets")[0].run == "run1"
    assert store.use_artifact("pets", "run2").version == "v0"
    store.use_artifact("pets:v0", "run2")
    assert store._log().state.uses == [("run2", "pets", 0)]


def test_a_store_that_cannot_be_written_can_be_read(tmp_path, monkeypatch):
    import errno

    Store(tmp_path).log_artifact(draft(a=b"1"))
    real = os.open

    def read_only(path, flags, *rest, **options):
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return real(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", read_only)
    store = Store(tmp_path)
    assert store.artifact("pets").open("a").read() == b"1"
    assert store.verify() == []
    with pytest.raises(BackendError, match="Read-only file system") as caught:
        store.log_artifact(draft(a=b"2"))
    assert caught.value.remedy == "It can be read; copy it to write to it."


def test_same_name_other_bytes():
    artifact = draft(a=b"1")
    with pytest.raises(AlreadyStoredError):
        artifact.add_file(b"2", "a")
