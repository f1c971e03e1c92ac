"""What a path is: a store, an artifact, a run, a folder of these, plain media, one file. All made here."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from storage import open_source
from storage.errors import (
    CorruptBlobError,
    InvalidNameError,
    MissingFileError,
    NotInStoreError,
    NotReadableError,
    UnsafePathError,
)
from storage.sources.wandb_artifact import FolderName, parse_folder_name

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, files: dict[str, bytes]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def manifest(files: dict[str, bytes], more: dict[str, Any] | None = None) -> bytes:
    contents: dict[str, Any] = {name: {"digest": md5(data), "size": len(data)} for name, data in files.items()}
    return json.dumps({"version": 1, "storagePolicy": "p", "contents": contents | (more or {})}).encode()


def artifact(root: Path, files: dict[str, bytes], more: dict[str, Any] | None = None, **record: Any) -> Path:
    write(root, {**files, "wandb_manifest.json": manifest(files, more)})
    if record:
        root.with_name(f"{root.name}.artifact.json").write_text(json.dumps(record))
    return root


def content(opened: Any, name: str) -> bytes:
    with opened.open(name) as file:
        return file.read()


UNKNOWN = json.dumps({"_type": "from-the-future", "path": "a.txt"}).encode()


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pets:v3", ("pets", "v3", None)),
        ("pets-v3", ("pets", "v3", None)),
        ("run-ab12-table:v0", ("run-ab12-table", "v0", None)),
        ("pets:latest", ("pets", None, "latest")),
        ("pets:best", ("pets", None, "best")),
        ("a:b:v1", ("a:b", "v1", None)),
        ("pets", ("pets", None, None)),
        ("v3", ("v3", None, None)),
        ("pets-latest", ("pets-latest", None, None)),
    ],
)
def test_names_of_folders(text, expected):
    assert parse_folder_name(text) == FolderName(*expected)


class TestArtifact:
    def test_record_beside_it(self, tmp_path):
        record = {"name": "pets", "type": "dataset", "description": "d", "metadata": {"a": 1}, "aliases": ["best"]}
        opened = open_source(
            artifact(tmp_path / "00-pets", {"a.txt": b"a"}, **record, client_id="c1", server_id="UQ==")
        )
        assert (opened.name, opened.type, opened.description, opened.metadata) == ("pets", "dataset", "d", {"a": 1})
        assert (opened.aliases, opened.client_id, opened.server_id) == (["best"], "c1", "UQ==")
        assert opened.digest == hashlib.md5(f"wandb-artifact-manifest-v1\na.txt:{md5(b'a')}\n".encode()).hexdigest()
        assert opened.problems == []

    def test_another_digest_is_said(self, tmp_path):
        opened = open_source(artifact(tmp_path / "pets", {"a.txt": b"a"}, digest="0" * 32))
        assert opened.digest != "0" * 32
        assert "pets.artifact.json says 000" in opened.problems[0].problem
        assert [problem.check for problem in opened.verify()] == ["digest"]

    def test_bad_names_are_left_out_and_the_rest_opens(self, tmp_path):
        (tmp_path / "secret").write_bytes(b"secret")
        bad = [
            "../secret",
            "/etc/passwd",
            "a//b",
            "a/../../secret",
            "C:/x",
            "x\\y",
            "nul\0",
            "\ud800",
            "file:///etc/x",
            "",
        ]
        more = {name: {"digest": md5(b"secret"), "size": 6} for name in bad}
        opened = open_source(artifact(tmp_path / "pets", {"good.txt": b"g"}, more))
        assert opened.names() == ["good.txt"]
        assert len(opened.problems) == len(bad)
        assert {problem.check for problem in opened.problems} == {"path"}
        assert all(problem.subject.isprintable() for problem in opened.problems)
        for name in bad:
            with pytest.raises(MissingFileError):
                opened.open(name)

    def test_links_in_an_artifact_are_not_followed(self, tmp_path):
        (tmp_path / "secret").write_bytes(b"secret")
        root = artifact(tmp_path / "pets", {}, {"link.txt": {"digest": md5(b"secret"), "size": 6}})
        (root / "link.txt").symlink_to(tmp_path / "secret")
        opened = open_source(root)
        with pytest.raises(UnsafePathError):
            opened.open("link.txt")
        with pytest.raises(UnsafePathError):
            opened.local_path("link.txt")
        assert [problem.check for problem in opened.verify()] == ["path"]
        (root / "wandb_manifest.json").unlink()
        root.rename(tmp_path / "pets:v0")
        write(tmp_path / "pets:v0", {"good.txt": b"g"})
        bare = open_source(tmp_path / "pets:v0")
        assert bare.names() == ["good.txt"]
        assert [problem.problem for problem in bare.problems] == ["is a link, and links are not followed"]

    def test_damage_is_found_entry_by_entry(self, tmp_path):
        root = artifact(tmp_path / "pets", {"good": b"g", "gone": b"x", "other": b"yy", "short": b"zz"})
        (root / "gone").unlink()
        (root / "other").write_bytes(b"YY")
        (root / "short").write_bytes(b"z")
        opened = open_source(root)
        assert [(problem.entry, problem.check) for problem in opened.verify()] == [
            ("gone", "missing"),
            ("other", "digest"),
            ("short", "size"),
        ]
        with pytest.raises(MissingFileError):
            opened.open("gone")
        with pytest.raises(CorruptBlobError):
            opened.open("other")
        with opened.open("good") as file:
            assert file.read() == b"g"

    @pytest.mark.parametrize(
        "text", [b"", b"{", b'{"contents": {"a": {"digest": "x"}, "a": {"digest": "y"}}}', b"\xff"]
    )
    def test_a_manifest_that_cannot_be_read_leaves_the_files(self, tmp_path, text):
        opened = open_source(write(tmp_path / "pets", {"wandb_manifest.json": text, "a.txt": b"a"}))
        assert (opened.kind, opened.names()) == ("artifact", ["a.txt"])
        assert [problem.subject for problem in opened.problems] == ["wandb_manifest.json"]

    def test_fields_that_nobody_knows_are_kept(self, tmp_path):
        more = {"x": {"digest": md5(b""), "size": 0, "birthArtifactID": "QQ==", "extra": {"etag": "q"}, "new": [1]}}
        opened = open_source(artifact(tmp_path / "pets", {}, more))
        assert opened.get_path("x").extra == {"birthArtifactID": "QQ==", "extra": {"etag": "q"}, "new": [1]}

    def test_an_unknown_value_is_read_and_a_future_one_kept(self, tmp_path):
        opened = open_source(artifact(tmp_path / "pets", {"x.future.json": UNKNOWN, "a.txt": b"side"}))
        value = opened.get("x")
        assert value.json == json.loads(UNKNOWN)
        assert (value.artifact_source.artifact, value.artifact_source.name) == (opened, "x.future.json")
        assert opened.get("nothing") is None

    def test_names_that_fit_two_entries(self, tmp_path):
        opened = open_source(artifact(tmp_path / "p", {"x.classes.json": b"{}", "x.image-file.json": b"{}"}))
        with pytest.raises(InvalidNameError, match=r"x\.image-file\.json"):
            opened.get("x")


class TestReferences:
    def test_siblings_are_found_by_each_kind_of_id(self, tmp_path):
        artifact(tmp_path / "old", {"a.json": UNKNOWN, "a.txt": b"old"}, client_id="c0", sequence_client_id="seq")
        source = {"server_id": base64.b64encode(b"Artifact:7").decode(), "client_id": "c1", "sequence_client_id": "seq"}
        artifact(tmp_path / "source", {"a.json": UNKNOWN, "a.txt": b"side"}, **source)
        refs = {
            "server.json": f"wandb-artifact://{b'Artifact:7'.hex()}/a.json",
            "client.json": "wandb-client-artifact://c1/a.json",
            "latest.json": "wandb-client-artifact://seq:latest/a.json",
        }
        more = {name: {"digest": md5(UNKNOWN), "ref": ref, "size": 0} for name, ref in refs.items()}
        opened = open_source(artifact(tmp_path / "derived", {}, more))
        for name in refs:
            value = opened.get(name)
            assert value.artifact_source.artifact.root == tmp_path / "source"
            with value.artifact_source.artifact.open(value.path) as file:
                assert file.read() == b"side"
            with opened.open(name) as file:
                assert file.read() == UNKNOWN
        assert opened.verify() == []

    def test_a_missing_one_is_named(self, tmp_path):
        more = {
            "x.json": {"digest": md5(b""), "ref": "wandb-client-artifact://nowhere/a.json", "size": 0},
            "y.json": {"digest": md5(b""), "ref": "wandb-artifact://41/a.json", "size": 0},
            "z.csv": {"digest": "e", "ref": "s3://user:secret@bucket/k"},
        }
        opened = open_source(artifact(tmp_path / "derived", {}, more))
        with pytest.raises(MissingFileError, match="client id nowhere, which is not here"):
            opened.open("x.json")
        with pytest.raises(MissingFileError, match="never followed") as failure:
            opened.open("z.csv")
        assert "secret" not in str(failure.value)
        assert [(problem.entry, problem.check) for problem in opened.verify()] == [
            ("x.json", "reference"),
            ("y.json", "reference"),
        ]

    def test_circles_end(self, tmp_path):
        for mine, other in (("one", "two"), ("two", "one")):
            more = {"x.json": {"digest": md5(b""), "ref": f"wandb-client-artifact://{other}/x.json", "size": 0}}
            artifact(tmp_path / mine, {}, more, client_id=mine)
        opened = open_source(tmp_path / "one")
        with pytest.raises(NotReadableError, match="circle"):
            opened.open("x.json")
        with pytest.raises(NotReadableError, match="circle"):
            opened.get("x.json")

    def test_a_file_url_is_never_followed(self, tmp_path):
        (tmp_path / "secret").write_bytes(b"secret")
        more = {"x": {"digest": md5(b"secret"), "ref": f"file://{tmp_path}/secret", "size": 6}}
        opened = open_source(artifact(tmp_path / "derived", {}, more))
        with pytest.raises(MissingFileError, match="never followed"):
            opened.open("x")
        assert opened.get_path("x").ref == f"file://{tmp_path}/secret"


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
