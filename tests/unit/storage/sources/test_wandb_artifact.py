"""Artifact folders of W&B: manifests, damage, hostile names, references between siblings."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from wandb_folders import UNKNOWN, artifact, md5, write

from storage import open_source
from storage.errors import (
    CorruptBlobError,
    InvalidNameError,
    MissingFileError,
    NotReadableError,
    UnsafePathError,
)
from storage.sources.wandb_artifact import FolderName, parse_folder_name


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
