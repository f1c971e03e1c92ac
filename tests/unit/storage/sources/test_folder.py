"""Folders that hold artifacts, runs and plain files: what is found, what it is called, what stays out."""

from __future__ import annotations

import json
import os

import pytest
from wandb_folders import artifact, content, md5, write

from storage import open_source
from storage.errors import (
    NotInStoreError,
)


class TestFolderOfSeveral:
    def test_downloads_with_versions(self, tmp_path):
        for name in ("pets:v2", "pets:v10", "pets:v1", "cars:latest"):
            write(tmp_path / "artifacts" / name, {f"{name[:4]}.txt": name.encode()})
        write(tmp_path, {"readme.txt": b""})
        opened = open_source(tmp_path)
        assert (opened.kind, opened.names()) == ("folder", ["readme.txt"])
        assert [item.qualified_name for item in opened.artifacts()] == ["cars", "pets:v10"]
        assert [item.version for item in opened.versions("pets")] == ["v10", "v2", "v1"]
        assert opened.artifact("pets").version == opened.artifact("pets:latest").version == "v10"
        assert opened.artifact("pets:v2").location == "artifacts/pets:v2"
        assert opened.artifact("cars:latest").names() == ["cars.txt"]
        assert opened.artifacts(type="dataset") == []
        with pytest.raises(NotInStoreError):
            opened.artifact("pets:v3")

    def test_equal_names_are_told_apart_by_place(self, tmp_path):
        for place in ("a", "b"):
            artifact(tmp_path / place / "pets", {"x": place.encode()})
        opened = open_source(tmp_path)
        assert [item.name for item in opened.artifacts()] == ["a/pets", "b/pets"]
        assert content(opened.artifact("b/pets"), "x") == b"b"

    def test_runs_and_the_copy_of_the_latest(self, tmp_path, log_writer):
        for name, id_ in (
            ("run-20250101_000000-x1", "x1"),
            ("offline-run-20250102_000000-x2", "x2"),
            ("latest-run", "x2"),
        ):
            write(tmp_path / "wandb" / name, {f"run-{id_}.wandb": log_writer().run(id_, "p", id_).bytes()})
        write(tmp_path / "wandb", {"settings": b""})
        opened = open_source(tmp_path)
        assert [(run.project, run.name, run.root.name) for run in opened.runs()] == [
            ("p", "x1", "run-20250101_000000-x1"),
            ("p", "x2", "offline-run-20250102_000000-x2"),
        ]
        assert opened.names() == ["wandb/settings"]

    def test_only_the_copy_of_a_latest_run(self, tmp_path, log_writer):
        write(tmp_path / "wandb/latest-run", {"run-x2.wandb": log_writer().bytes()})
        assert [run.id for run in open_source(tmp_path).runs()] == ["x2"]

    def test_references_across_folders(self, tmp_path):
        artifact(tmp_path / "a" / "source", {"a.txt": b"side"}, client_id="c1")
        more = {"x.txt": {"digest": md5(b"side"), "ref": "wandb-client-artifact://c1/a.txt", "size": 0}}
        artifact(tmp_path / "b" / "derived", {}, more)
        assert content(open_source(tmp_path).artifact("derived"), "x.txt") == b"side"

    def test_links_out_are_problems(self, tmp_path):
        artifact(tmp_path / "outside", {"x": b""})
        inside = write(tmp_path / "inside", {"a.txt": b""})
        (inside / "link").symlink_to(tmp_path / "outside")
        opened = open_source(inside)
        assert (opened.artifacts(), opened.names()) == ([], ["a.txt"])
        assert [(problem.entry, problem.check) for problem in opened.problems] == [("link", "path")]

    def test_what_cannot_be_read_is_a_problem(self, tmp_path, log_writer):
        write(tmp_path / "run-20250101_000000-x1", {"run-x1.wandb": log_writer().bytes()})
        (tmp_path / "pipes").mkdir()
        os.mkfifo(tmp_path / "pipes" / "fifo")
        opened = open_source(tmp_path)
        assert len(opened.runs()) == 1
        assert [(problem.entry, problem.problem) for problem in opened.problems] == [
            ("pipes/fifo", "is not a regular file")
        ]


def test_an_artifact_called_as_its_folder_leaves_the_other_files_a_name(tmp_path):
    inner = tmp_path / "pets" / "artifacts" / "pets:v0"
    inner.mkdir(parents=True)
    (inner / "a.txt").write_text("in the artifact")
    manifest = {"version": 1, "storagePolicy": "wandb-storage-policy-v1", "contents": {}}
    (inner / "wandb_manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "pets" / "b.txt").write_text("beside it")
    folder = open_source(tmp_path / "pets")
    assert [artifact.name for artifact in folder.artifacts()] == ["pets"]
    assert folder.name == folder.qualified_name == "pets (folder)"
    assert list(folder.names()) == ["b.txt"]
