"""Every recorded artifact opens, with its entries, references and digest, and every byte is what the manifest says."""

from __future__ import annotations

import importlib.util
import shutil

import pytest

from storage import open_source
from storage.errors import MissingFileError

HAS_XXHASH = importlib.util.find_spec("xxhash") is not None


def expected_problems(expected):
    """Digests that cannot be computed here are said once."""
    unchecked = expected["digest_algorithm"] == "XXH128" and not HAS_XXHASH
    count = expected["files"]
    return [f"has {count} digests by XXH128, which are not checked"] if unchecked else []


def test_an_artifact_has_its_structure(golden_artifact):
    expected, record = golden_artifact.expected, golden_artifact.record
    artifact = open_source(golden_artifact.folder)
    assert artifact.kind == "artifact"
    assert [problem.problem for problem in artifact.problems] == expected_problems(expected)
    assert (artifact.name, artifact.type) == (record["name"], record["type"])
    assert artifact.description == record.get("description")
    assert artifact.metadata == (record.get("metadata") or {})
    assert artifact.digest == expected["digest"]
    assert len(artifact.manifest) == expected["entries"]
    entries = artifact.manifest.entries
    assert sum(entry.ref is None for entry in entries.values()) == expected["files"]
    assert artifact.size == expected["size"]
    references = {path: entry for path, entry in entries.items() if entry.ref is not None}
    assert {path: entry.ref for path, entry in references.items()} == {
        path: fact["ref"] for path, fact in expected["references"].items()
    }
    assert {path: entry.size for path, entry in references.items()} == {
        path: fact.get("size") for path, fact in expected["references"].items()
    }
    assert set(expected["objects"]) <= set(artifact.names())


def test_every_file_has_its_bytes(golden_artifact):
    artifact = open_source(golden_artifact.folder)
    for entry in artifact.files():
        if entry.ref is None:
            with artifact.open(entry.path) as file:  # the digest is checked on the way
                assert len(file.read()) == entry.size
            assert artifact.local_path(entry.path) == golden_artifact.folder / entry.path


def test_references_to_artifacts_are_resolved_and_others_never_followed(golden_artifact):
    artifact = open_source(golden_artifact.folder)
    for entry in artifact.files():
        if entry.ref is None:
            continue
        if entry.ref.startswith(("wandb-artifact://", "wandb-client-artifact://")):
            target = golden_artifact.folder.parent / "source-artifact" / entry.ref.split("/", 3)[3]
            with artifact.open(entry.path) as file:
                assert file.read() == target.read_bytes()
        else:
            with pytest.raises(MissingFileError, match="never followed"):
                artifact.open(entry.path)


def test_without_its_manifest_the_files_are_listed(golden_artifact, tmp_path):
    folder = tmp_path / f"{golden_artifact.record['name']}:v7"
    shutil.copytree(golden_artifact.folder, folder)
    (folder / "wandb_manifest.json").unlink()
    whole = open_source(golden_artifact.folder)
    bare = open_source(folder)
    if not any(entry.ref is None for entry in whole.files()):
        assert bare.kind == "folder"  # nothing but references: an empty folder is left
        return
    assert (bare.kind, bare.qualified_name, bare.digest) == ("artifact", f"{golden_artifact.record['name']}:v7", "")
    assert bare.names() == [path for path, entry in whole.manifest.entries.items() if entry.ref is None]
    for name in bare.names():
        assert bare.get_path(name).size == (golden_artifact.folder / name).stat().st_size
        with bare.open(name) as file:
            assert file.read() == (golden_artifact.folder / name).read_bytes()


def test_verify_finds_nothing_wrong_with_what_is_here(golden_artifact):
    """References outside are not followed and are no fault."""
    assert open_source(golden_artifact.folder).verify() == []


def test_a_whole_case_is_a_folder_of_artifacts_and_runs(golden_case):
    opened = open_source(golden_case.folder)
    expected = golden_case.expected
    names = {golden_case.folder / "artifacts" / name for name in expected.get("artifacts", {})}
    names |= {golden_case.folder / "run" / "artifacts" / name for name in expected.get("run", {}).get("artifacts", {})}
    assert opened.kind == "folder"
    assert {version.root for item in opened.artifacts() for version in opened.versions(item.name)} == names
    assert [run.root for run in opened.runs()] == ([golden_case.folder / "run"] if "run" in expected else [])
    assert opened.problems == []
    assert {"recipe.json"} <= set(opened.names())
    for item in opened.artifacts():
        assert opened.artifact(item.qualified_name) is item
        assert opened.artifact(item.location) is item


def test_all_data_at_once_keeps_artifacts_apart(golden_data, golden_inputs):
    opened = open_source(golden_data)
    names = [version.qualified_name for item in opened.artifacts() for version in opened.versions(item.name)]
    assert len(names) == len(set(names)) > 100
    assert opened.artifact("0.31.0/images/artifacts/images").root == golden_data / "0.31.0/images/artifacts/images"
    assert len(opened.runs()) == 24
    assert f"inputs/{golden_inputs.joinpath('box.obj').name}" in opened.names()
    assert opened.problems == []
