"""What happens to a store: processes are killed, disks fill up, bits flip. Nothing is lost, nothing lies."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from storage import Artifact, Store
from storage.errors import CorruptBlobError, MissingFileError, NotReadableError, StorageError

ROOT = Path(__file__).parents[3]

#: Logs one version in a process of its own that is killed at the n-th call of a kind.
CHILD = """
import os, signal, sys
path, call, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
from storage import Artifact, Store
store = Store(path)
artifact = Artifact("pets", "dataset")
for number in range(3):
    artifact.add_file(b"%d" % number * 1000, f"new/{number}")
artifact.add_file(b"shared", "shared")
real = getattr(os, call)
def kill(*args, **kwargs):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
setattr(os, call, kill)
print(store.log_artifact(artifact, aliases=["best"]).version)
"""


def log(store, files, name="pets", aliases=()):
    artifact = Artifact(name, "dataset", metadata={"a": 1})
    for path, data in files.items():
        artifact.add_file(data, path)
    return store.log_artifact(artifact, aliases)


@pytest.mark.parametrize("call", ["link", "fsync", "write", "unlink", "mkdir"])
def test_killed_at_every_call_of_a_commit(tmp_path, own_cache, call):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "VITRINA_CACHE": str(own_cache)}
    for left in range(1, 60):
        path = tmp_path / f"{call}-{left}"
        log(Store(path), {"shared": b"shared"}, aliases=["best"])
        command = [sys.executable, "-c", CHILD, str(path), call, str(left)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        store = Store(path)
        assert store.verify() == []
        rows = store.versions("pets")
        # A version and its alias appear together or not at all.
        assert [(row.version, row.aliases) for row in rows] in (
            [("v0", ("best", "latest"))], [("v0", ()), ("v1", ("best", "latest"))],
        )  # fmt: skip
        if done.returncode == 0:
            assert done.stdout.strip() == "v1"
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        wanted = {"shared": b"shared", **{f"new/{number}": b"%d" % number * 1000 for number in range(3)}}
        again = log(store, wanted, aliases=["best"])
        assert again.version == "v1"
        assert {name: again.open(name).read() for name in again.names()} == wanted
        store.gc(dry_run=False, older_than_secs=0)
        assert store.verify() == []
    assert left > 1
    assert done.returncode == 0


class TestFlippedBits:
    """One bit in each kind of file: the check names it, and no reader ever gets wrong data."""

    FILES: ClassVar[dict[str, bytes]] = {
        "a.txt": b"hello world",
        "b/c.json": b'{"x": [1, 2, 3]}',
        "large.bin": bytes(1_200_000),
    }

    @pytest.fixture
    def store(self, tmp_path):
        store = Store(tmp_path / "store")
        log(store, self.FILES, aliases=["best"])
        log(store, {"other": b"1"}, name="dogs")
        return store

    @staticmethod
    def positions(size):
        return sorted({0, 1, size // 3, size // 2, size - 2, size - 1} | {size * n // 16 for n in range(16)})

    @staticmethod
    def flip(path, position):
        data = bytearray(path.read_bytes())
        data[position] ^= 1 << (position % 8)
        path.chmod(0o644)
        path.write_bytes(data)

    def read_all(self, path):
        """Read everything in every way; wrong data fails the test, an error of ours is an answer."""
        store = Store(path)
        answers = []
        for name, data in self.FILES.items():
            try:
                artifact = store.artifact("pets:best")
                with artifact.open(name) as file:
                    assert file.read() == data
                assert artifact.get_path(name).download().read_bytes() == data
                assert artifact.metadata == {"a": 1}
                if name.endswith(".json"):
                    assert artifact.json(name) == {"x": [1, 2, 3]}
            except StorageError as error:
                answers.append(error)
        return answers

    @pytest.mark.parametrize("kind", ["blob", "manifest", "record", "store file"])
    def test_one_bit(self, store, kind, own_cache):
        import shutil

        row = store._log().state.names["pets"].versions[0]
        keys = {
            "blob": [
                f"blobs/{sha[:2]}/{sha}.000000"
                for data in self.FILES.values()
                if (sha := hashlib.sha256(data).hexdigest())
            ],
            "manifest": [row.manifest],
            "record": ["log/0000000000"],
            "store file": ["store.json"],
        }[kind]
        for key in keys:
            path = store.path / key
            whole = path.read_bytes()
            for position in self.positions(len(whole)):
                self.flip(path, position)
                shutil.rmtree(own_cache, ignore_errors=True)
                answers = self.read_all(store.path)
                problems = self.verify(store.path)
                assert problems or kind == "store file"  # its bits that are not read may be anything
                if kind != "store file":
                    assert any(key in problem.subject + problem.problem for problem in problems), (position, problems)
                    assert answers or kind == "blob"
                path.write_bytes(whole)
        assert self.verify(store.path) == []
        assert self.read_all(store.path) == []

    @staticmethod
    def verify(path):
        try:
            return Store(path).verify()
        except StorageError as error:
            return [error.as_problem()]

    @pytest.mark.parametrize("sixteenths", range(16))
    def test_cut_files(self, store, sixteenths):
        for path in sorted(path for path in store.path.rglob("*") if path.is_file()):
            whole = path.read_bytes()
            path.chmod(0o644)
            path.write_bytes(whole[: len(whole) * sixteenths // 16])
            self.read_all(store.path)
            assert self.verify(store.path), path
            path.write_bytes(whole)
        assert self.verify(store.path) == []

    def test_removed_files_are_named_with_all_that_need_them(self, store):
        log(store, {"copy.txt": b"hello world"}, name="dogs")
        digest = hashlib.sha256(b"hello world").hexdigest()
        (store.path / f"blobs/{digest[:2]}/{digest}.000000").unlink()
        found = store.verify()
        assert [(item.artifact, item.entry, item.check) for item in found] == [
            ("dogs:v1", "copy.txt", "missing"), ("pets:v0", "a.txt", "missing"),
        ]  # fmt: skip
        with pytest.raises(MissingFileError):
            store.artifact("pets").open("a.txt")

    def test_a_link_in_place_of_a_blob_is_not_followed(self, store, tmp_path):
        digest = hashlib.sha256(b"hello world").hexdigest()
        path = store.path / f"blobs/{digest[:2]}/{digest}.000000"
        path.unlink()
        (tmp_path / "same").write_bytes(b"hello world")
        path.symlink_to(tmp_path / "same")
        assert [(item.entry, item.check) for item in store.verify()] == [("a.txt", "path")]
        with pytest.raises(StorageError):
            store.artifact("pets").open("a.txt")


def test_a_hostile_manifest_cannot_name_files_outside(tmp_path):
    """Somebody makes a store whose records, seals and digests are all right, and whose names are not."""
    from storage.manifest import Manifest, ManifestEntry, encode_manifest
    from storage.state import seal

    store = Store(tmp_path / "store")
    log(store, {"a": b"1"}, name="good")
    (tmp_path / "secret").write_bytes(b"SECRET")
    manifest = Manifest(
        [
            ManifestEntry("../../up.txt", hashlib.sha256(b"1").hexdigest(), 1, epoch=0),
            ManifestEntry("evil", "../../../secret", 6, epoch=0),
            ManifestEntry("fine", hashlib.sha256(b"1").hexdigest(), 1, epoch=0),
        ]
    )
    encoded = encode_manifest(manifest, {"type": "dataset", "metadata": {}})
    digest = hashlib.sha256(encoded.data).hexdigest()
    store._objects.create(f"blobs/{digest[:2]}/{digest}.000000", encoded.data)
    operation = {
        "op": "commit", "name": "evil", "version": 0, "type": "dataset", "digest": manifest.digest, "size": 8,
        "entries": 3, "client_id": "x",
        "manifest": {"digest": digest, "epoch": 0, "size": len(encoded.data), "tail": list(encoded.tail)},
    }  # fmt: skip
    prev = hashlib.sha256(store._objects.read("log/0000000000")).hexdigest()
    store._objects.create("log/0000000001", seal({"tx": "t", "time": "now", "prev": prev, "ops": [operation]}))
    artifact = Store(tmp_path / "store").artifact("evil")
    assert artifact.open("fine").read() == b"1"
    with pytest.raises(StorageError):
        artifact.open("evil")
    for copy in (artifact.download, artifact.checkout):
        with pytest.raises(StorageError):
            copy(tmp_path / "out" / "deep")
    assert not (tmp_path / "up.txt").exists()
    assert [(item.entry, item.check) for item in store.verify()] == [("../../up.txt", "path"), ("evil", "path")]


def test_errors_of_damage_say_what_to_do(tmp_path):
    store = Store(tmp_path)
    log(store, {"a.txt": b"hello world"})
    digest = hashlib.sha256(b"hello world").hexdigest()
    path = tmp_path / f"blobs/{digest[:2]}/{digest}.000000"
    path.chmod(0o644)
    path.write_bytes(b"hello_world")
    with pytest.raises(CorruptBlobError) as caught:
        store.artifact("pets").open("a.txt")
    other = hashlib.sha256(b"hello_world").hexdigest()
    assert str(caught.value) == (
        f"pets:v0, entry a.txt: 11 bytes hash to {other[:12]}…, the manifest says {digest[:12]}…. "
        "Run the check of the store; restore the file or log a new version."
    )


def test_a_manifest_of_a_later_release_is_said_to_be_one(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.manifest.FORMAT", "vitrina-manifest-of-tomorrow")
    store = Store(tmp_path)
    log(store, {"a": b"1"})
    with pytest.raises(NotReadableError, match="Update Vitrina"):
        len(store.artifact("pets").manifest)


def test_what_was_lost_comes_back_when_the_same_is_logged_again(tmp_path):
    def draft():
        artifact = Artifact("pets", type="dataset")
        with artifact.new_file("a.txt") as file:
            file.write("content")
        return artifact

    store = Store(tmp_path / "store")
    saved = store.log_artifact(draft())
    (lost,) = (
        path for path in (tmp_path / "store/blobs").rglob("*") if path.is_file() and path.read_bytes() == b"content"
    )
    lost.unlink()
    assert [problem.check for problem in Store(tmp_path / "store").verify()] == ["missing"]
    again = Store(tmp_path / "store").log_artifact(draft())
    assert (again.version, again.digest) == (saved.version, saved.digest)
    assert Store(tmp_path / "store").verify() == []
