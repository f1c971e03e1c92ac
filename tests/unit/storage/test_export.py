"""A folder that W&B's SDK reads, with the digests that its manifest wants."""

from __future__ import annotations

import base64
import hashlib
import json

import numpy as np
import pytest

from datatypes import Image
from storage import Artifact, Store
from storage.errors import AlreadyStoredError, CorruptBlobError
from storage.export import export_wandb

PIXELS = np.arange(96, dtype=np.uint8).reshape(4, 8, 3)


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def log(store, **options):
    artifact = Artifact("pets", "dataset", **options)
    artifact.add(Image(PIXELS, caption="old", classes=[{"id": 1, "name": "cat"}]), "pic")
    artifact.add_file("ü".encode(), "deep/a b.txt")
    artifact.add_reference("s3://bucket/key")
    return store.log_artifact(artifact)


def test_files_manifest_and_facts(store, tmp_path):
    saved = log(store, description="d", metadata={"a": 1})
    folder = export_wandb(saved, tmp_path / "out" / "pets")
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    manifest = json.loads(files.pop("wandb_manifest.json"))
    assert sorted(files) == [name for name in saved.names() if name != "key"]
    assert all(files[name] == saved.open(name).read() for name in files)
    contents = manifest.pop("contents")
    assert manifest == {
        "version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {"storageLayout": "V2"},
    }  # fmt: skip
    assert list(contents) == saved.names()
    assert contents.pop("key") == {"digest": "s3://bucket/key", "ref": "s3://bucket/key"}
    assert contents == {name: {"digest": md5(data), "size": len(data)} for name, data in files.items()}
    facts = json.loads((tmp_path / "out" / "pets.artifact.json").read_text())
    text = "".join(f"{name}:{entry['digest']}\n" for name, entry in sorted(json.loads(
        (folder / "wandb_manifest.json").read_text())["contents"].items()))  # fmt: skip
    assert facts == {
        "name": "pets", "type": "dataset", "version": "v0", "description": "d", "metadata": {"a": 1},
        "digest": hashlib.md5(b"wandb-artifact-manifest-v1\n" + text.encode()).hexdigest(), "digest_algorithm": "MD5",
        "client_id": saved.client_id,
    }  # fmt: skip


def test_what_it_refers_to_is_written_out(store, tmp_path):
    saved = log(store)
    derived = Artifact("derived", "dataset")
    derived.add(saved.get("pic"), "again")
    derived.add_file(saved.get_path("deep/a b.txt"), "c.txt")
    # The side file's name is taken by other bytes: the value has to give it another.
    derived.add_file(b"other", saved.json("pic")["path"])
    folder = export_wandb(store.log_artifact(derived), tmp_path / "out")
    contents = json.loads((folder / "wandb_manifest.json").read_text())["contents"]
    assert all("ref" not in entry for entry in contents.values())
    assert (folder / "c.txt").read_bytes() == "ü".encode()
    document = json.loads((folder / "again.image-file.json").read_text())
    assert document["caption"] == "old"
    assert document["path"] in contents
    assert np.array_equal(Image(folder / document["path"]).to_numpy(), PIXELS)
    assert (folder / saved.json("pic")["path"]).read_bytes() == b"other" or document["path"] != saved.json("pic")[
        "path"
    ]


def test_it_can_be_logged_again_and_is_the_same(store, tmp_path):
    saved = log(store)
    folder = export_wandb(saved, tmp_path / "out")
    again = Artifact("again", "dataset")
    again.add_dir(folder)
    again.remove("wandb_manifest.json")
    again.add_reference("s3://bucket/key")
    assert store.log_artifact(again).digest == saved.digest


def test_into_a_folder_that_is_not_empty(store, tmp_path):
    saved = log(store)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_bytes(b"mine")
    with pytest.raises(AlreadyStoredError, match="is there already"):
        export_wandb(saved, tmp_path / "out")
    (tmp_path / "new.artifact.json").write_bytes(b"mine")
    with pytest.raises(AlreadyStoredError, match="is there already"):
        export_wandb(saved, tmp_path / "new")
    assert (tmp_path / "new.artifact.json").read_bytes() == b"mine"


def test_names_that_are_one_on_some_systems(store, tmp_path):
    artifact = Artifact("pets", "dataset")
    artifact.add_file(b"1", "WANDB_manifest.json")
    with pytest.raises(AlreadyStoredError):
        export_wandb(store.log_artifact(artifact), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_bad_bytes_are_not_exported(store, tmp_path):
    saved = log(store)
    entry = saved.manifest.entries["deep/a b.txt"]
    path = store.path / f"blobs/{entry.digest[:2]}/{entry.digest}.000000"
    path.chmod(0o644)
    path.write_bytes(b"xx")
    with pytest.raises(CorruptBlobError):
        export_wandb(saved, tmp_path / "out")
    assert not (tmp_path / "out/deep/a b.txt").exists()
