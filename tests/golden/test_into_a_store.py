"""Every recorded artifact, copied into a store: nothing is lost on the way, and an export has W&B's digests again."""

from __future__ import annotations

import base64
import json

import pytest

from storage import Artifact, Store, open_source
from storage.errors import StorageError
from storage.export import export_wandb


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))


def test_a_copy_says_what_the_original_says(golden_artifact):
    source = open_source(golden_artifact.folder)
    store = Store.in_memory()
    for other in sorted(golden_artifact.folder.parent.glob("*/wandb_manifest.json"), reverse=True):
        if other.parent != golden_artifact.folder:
            store.log_artifact(Artifact.copy_of(open_source(other.parent)))
    saved = store.log_artifact(Artifact.copy_of(source))
    assert (saved.type, saved.description, saved.metadata) == (source.type, source.description, source.metadata)
    assert saved.wandb_digest == golden_artifact.expected["digest"]
    assert (saved.client_id, saved.server_id) == (source.client_id or saved.client_id, source.server_id)
    assert list(saved.names()) == list(source.names())
    manifest = json.loads((golden_artifact.folder / "wandb_manifest.json").read_text("utf-8"))["contents"]
    for entry in saved.files():
        recorded = manifest[entry.path]
        assert entry.ref == recorded.get("ref")
        if "ref" not in recorded:
            _, _, text = entry.extra["digest"].partition(":")
            assert base64.b64encode(bytes.fromhex(text)).decode() == recorded["digest"]
            assert entry.open().read() == (golden_artifact.folder / entry.path).read_bytes()
    for name in source.value_names():
        assert saved.get(name) == source.get(name)
    assert store.verify() == []


def test_an_export_has_the_digests_of_the_sdk(golden_artifact, tmp_path):
    recorded = json.loads((golden_artifact.folder / "wandb_manifest.json").read_text("utf-8"))["contents"]
    if any(entry.get("extra", {}).get("alg") for entry in recorded.values()):
        pytest.skip("recorded with XXH128; we write md5")
    if any("wandb-" in entry.get("ref", "") for entry in recorded.values()):
        pytest.skip("refers to another artifact; we write that out")
    source = open_source(golden_artifact.folder)
    try:
        folder = export_wandb(Store.in_memory().log_artifact(Artifact.copy_of(source)), tmp_path / "out")
    except StorageError as error:
        pytest.fail(str(error))
    contents = json.loads((folder / "wandb_manifest.json").read_text("utf-8"))["contents"]
    assert {path: entry["digest"] for path, entry in contents.items()} == {
        path: entry["digest"] for path, entry in recorded.items()
    }
    facts = json.loads((tmp_path / "out.artifact.json").read_text("utf-8"))
    assert facts["digest"] == golden_artifact.expected["digest"]
