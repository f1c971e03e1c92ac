"""What a path is: a store, an artifact, a run, a folder of these, plain media, one file. All made here."""

from __future__ import annotations

import os

import pytest
from wandb_folders import UNKNOWN, artifact, content, write

from storage import open_source
from storage.errors import (
    MissingFileError,
    NotInStoreError,
    NotReadableError,
    UnsafePathError,
)


class TestKinds:
    def test_nothing(self, tmp_path):
        with pytest.raises(MissingFileError):
            open_source(tmp_path / "nothing")
        (tmp_path / "dangling").symlink_to("nowhere")
        with pytest.raises(MissingFileError):
            open_source(tmp_path / "dangling")
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(MissingFileError):
            open_source(tmp_path / "loop")

    def test_something_else(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(NotReadableError, match="neither a folder nor a regular file"):
            open_source(tmp_path / "pipe")

    def test_a_folder_of_plain_files(self, tmp_path):
        opened = open_source(write(tmp_path / "pics", {"a.txt": b"a", "sub/b.txt": b"bb", ".wb_data/c": b""}))
        assert (opened.kind, opened.name, opened.type, opened.version) == ("folder", "pics", "folder", None)
        assert opened.names() == [".wb_data/c", "a.txt", "sub/b.txt"]
        assert (opened.size, opened.problems, opened.artifacts(), opened.runs()) == (3, [], [], [])
        with opened.open("sub/b.txt") as file:
            assert file.read() == b"bb"
        assert opened.local_path("sub/b.txt") == tmp_path / "pics/sub/b.txt"
        with pytest.raises(NotInStoreError):
            opened.artifact("a.txt")

    def test_an_empty_folder(self, tmp_path):
        opened = open_source(tmp_path)
        assert (opened.kind, opened.names(), opened.size) == ("folder", [], 0)

    @pytest.mark.parametrize("name", ["pets:v3", "pets:latest"])
    def test_a_download_is_known_by_its_name(self, tmp_path, name):
        opened = open_source(write(tmp_path / name, {"weights.pt": b"w"}))
        assert (opened.kind, opened.name, opened.type) == ("artifact", "pets", "unknown")
        assert (opened.version, list(opened.aliases)) == (("v3", []) if "v3" in name else (None, ["latest"]))

    def test_a_windows_download_needs_values_in_it(self, tmp_path):
        assert open_source(write(tmp_path / "model-v2", {"weights.pt": b"w"})).kind == "folder"
        opened = open_source(write(tmp_path / "pets-v2", {"t.table.json": b"{}"}))
        assert (opened.kind, opened.qualified_name) == ("artifact", "pets:v2")

    def test_value_files_make_an_artifact(self, tmp_path):
        opened = open_source(
            write(tmp_path / "something", {"t.classes.json": b"{}", "x.json": UNKNOWN, "y.json": b"{}"})
        )
        assert (opened.kind, opened.name) == ("artifact", "something")
        assert opened.value_names() == ["t.classes.json", "x.json"]

    def test_one_file(self, tmp_path):
        write(tmp_path, {"notes.txt": b"hello", "other.txt": b"x"})
        opened = open_source(tmp_path / "notes.txt")
        assert (opened.kind, opened.name, opened.names(), opened.size) == ("file", "notes.txt", ["notes.txt"], 5)
        with opened.open("notes.txt") as file:
            assert file.read() == b"hello"

    def test_an_object_file_of_an_artifact_finds_its_side_files(self, tmp_path):
        root = artifact(tmp_path / "pets", {"deep/x.json": UNKNOWN, "a.txt": b"side"})
        opened = open_source(root / "deep" / "x.json")
        assert (opened.kind, opened.names()) == ("file", ["deep/x.json"])
        value = opened.get("deep/x.json")
        with value.artifact_source.artifact.open("a.txt") as file:
            assert file.read() == b"side"
        with pytest.raises(MissingFileError):
            opened.open("b.txt")

    def test_a_loose_object_file_finds_files_beside_it_and_not_outside(self, tmp_path):
        write(tmp_path, {"in/x.json": UNKNOWN, "in/a.txt": b"side", "secret": b"s"})
        opened = open_source(tmp_path / "in/x.json")
        assert content(opened, "a.txt") == b"side"
        with pytest.raises(UnsafePathError):
            opened.open("../secret")

    def test_files_that_stand_for_their_folder(self, tmp_path, log_writer):
        root = artifact(tmp_path / "pets", {"a": b""})
        assert open_source(root / "wandb_manifest.json").root == root
        run = write(tmp_path / "run-20250101_000000-x1", {"run-x1.wandb": log_writer().bytes()})
        assert open_source(run / "run-x1.wandb").id == "x1"

    def test_a_link_to_what_is_opened_is_followed(self, tmp_path, log_writer):
        run = write(tmp_path / "wandb/run-20250101_000000-x1", {"run-x1.wandb": log_writer().bytes()})
        (tmp_path / "wandb/latest-run").symlink_to(run.name)
        opened = open_source(tmp_path / "wandb/latest-run")
        assert (opened.kind, opened.id, opened.root) == ("run", "x1", run)


def test_nothing_is_ever_written(tmp_path, log_writer):
    artifact(tmp_path / "pets", {"a.txt": b"a"}, client_id="c")
    write(tmp_path / "run-20250101_000000-x1", {"run-x1.wandb": log_writer().row({"_step": 1, "x": 2}).bytes()})
    before = {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))}
    for path in (tmp_path, tmp_path / "pets", tmp_path / "pets/a.txt", tmp_path / "run-20250101_000000-x1"):
        opened = open_source(path)
        if opened.kind == "run":
            list(opened.history())
        else:
            opened.verify()
    assert {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))} == before
