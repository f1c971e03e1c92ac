"""The command on a store: what is logged is listed, shown, copied out; references by name, version, alias, digest."""

import json
import os

import numpy as np
import pytest
from PIL import Image

from storage import Artifact, Store


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "cat.png"
    Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6)).save(path)
    return path


@pytest.fixture
def store(tmp_path, picture):
    """Return a store with two versions of ``pets``."""
    import datatypes as dt

    path = tmp_path / "my-store"
    opened = Store(path)
    for caption in ("first", "second"):
        artifact = Artifact("pets", type="dataset", description="animals", metadata={"split": "val"})
        artifact.add(dt.Image(str(picture), caption=caption), "cat")
        artifact.add_file(str(picture), "plain/cat.png")
        opened.log_artifact(artifact, aliases=["best"] if caption == "first" else [])
    return path


def test_log_makes_versions(command, tmp_path, picture):
    place = tmp_path / "new-store"
    arguments = ["log", picture, "--store", place, "--name", "pets", "--type", "dataset", "--alias", "best"]
    code, output, errors = command(*arguments, "--json")
    assert (code, errors) == (0, "")
    summary = json.loads(output)["summary"]
    assert (summary["version"], summary["aliases"], summary["entries"]) == ("v0", ["best", "latest"], 1)
    assert command(*arguments)[1].startswith("pets:v0  1 entry, ")  # the same content is the same version
    picture.write_bytes(picture.read_bytes() + b"x")
    assert command(*arguments)[1].startswith("pets:v1  1 entry, ")
    found = json.loads(command("ls", "--json", place)[1])
    assert [(item["name"], item["version"], item["aliases"]) for item in found["artifacts"]] == [
        ("pets", "v1", ["best", "latest"])
    ]


def test_log_of_a_folder_keeps_its_names(command, tmp_path, picture):
    (tmp_path / "data" / "inner").mkdir(parents=True)
    os.link(picture, tmp_path / "data" / "inner" / "a.png")
    (tmp_path / "data" / "b.txt").write_text("b")
    code, _, errors = command("log", tmp_path / "data", "--store", tmp_path / "s", "--name", "n", "--type", "t")
    assert (code, errors) == (0, "")
    entries = json.loads(command("show", "--json", f"{tmp_path}/s//n")[1])["summary"]["entries"]
    assert [entry["path"] for entry in entries] == ["b.txt", "inner/a.png"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["log", "none.png", "--store", "s", "--name", "n", "--type", "t"], "none.png: is not there"),
        (["log", ".", "--name", "n", "--type", "t"], "store: is not named"),
        (["log", ".", "--store", "s", "--name", "a/b", "--type", "t"], "artifact name 'a/b'"),
    ],
)
def test_log_refuses(command, tmp_path, monkeypatch, arguments, problem):
    monkeypatch.chdir(tmp_path)
    code, output, errors = command(*arguments)
    assert (code, output, errors.count("\n")) == (2, "", 1)
    assert errors.startswith(f"vitrina: {problem}")
    assert not (tmp_path / "s").exists()


def test_ls(command, store):
    found = json.loads(command("ls", "--json", store)[1])
    (artifact,) = found.pop("artifacts")
    assert found == {"kind": "store", "runs": [], "problems": []}
    assert {key: artifact[key] for key in ("name", "type", "version", "aliases", "entries")} == {
        "name": "pets",
        "type": "dataset",
        "version": "v1",
        "aliases": ["latest"],
        "entries": 3,
    }
    assert json.loads(command("ls", "--json", "--store", store)[1])["artifacts"] == [artifact]
    assert json.loads(command("ls", "--json", store, "--type", "model")[1])["artifacts"] == []


class TestReferences:
    @pytest.mark.parametrize(
        ("ref", "version"),
        [("pets", "v1"), ("pets:latest", "v1"), ("pets:v0", "v0"), ("pets:best", "v0"), ("pets@DIGEST", "v0")],
    )
    def test_in_each_spelling(self, command, store, monkeypatch, tmp_path, ref, version):
        ref = ref.replace("DIGEST", Store(store).artifact("pets:v0").digest)

        def shown(*arguments):
            code, output, errors = command("show", "--json", *arguments)
            assert (code, errors) == (0, "")
            return json.loads(output)

        whole = shown(f"{store}//{ref}")
        assert (whole["type"], whole["summary"]["version"]) == ("artifact", version)
        assert shown(f"{store}/{ref}") == shown("--store", store, ref) == whole
        monkeypatch.setenv("VITRINA_STORE", str(store))
        monkeypatch.chdir(tmp_path)
        assert shown(ref) == whole
        value = shown(f"{ref}/cat")
        assert value == shown(f"{store}//{ref}/cat.image-file.json")
        assert value["type"] == "image-file"
        assert value["summary"]["caption"] == {"v0": "first", "v1": "second"}[version]

    @pytest.mark.parametrize("ref", ["dogs", "pets:v7", "pets:worst", "pets@ffff", "pets/none", "pets:v0/plain", "a b"])
    def test_that_lead_nowhere(self, command, store, ref):
        code, output, errors = command("show", f"{store}//{ref}")
        assert (code, output, errors.count("\n")) == (2, "", 1)
        assert errors.startswith("vitrina: ")

    def test_path_is_preferred_to_a_name_of_the_variable_s_store(self, command, store, monkeypatch, tmp_path):
        (tmp_path / "pets").mkdir()
        (tmp_path / "pets" / "a.txt").write_text("a")
        monkeypatch.setenv("VITRINA_STORE", str(store))
        monkeypatch.chdir(tmp_path)
        assert json.loads(command("show", "--json", "pets")[1])["summary"]["type"] == "folder"
        assert json.loads(command("show", "--json", "--store", store, "pets")[1])["summary"]["type"] == "dataset"

    def test_whole_store_is_listed(self, command, store):
        assert command("show", "--json", store) == command("ls", "--json", store)


def test_show_of_an_artifact(command, store):
    summary = json.loads(command("show", "--json", f"{store}//pets:v0")[1])["summary"]
    assert (summary["description"], summary["metadata"], summary["aliases"]) == ("animals", {"split": "val"}, ["best"])
    names = [entry["path"] for entry in summary["entries"]]
    assert names == sorted(names)
    assert {"cat.image-file.json", "plain/cat.png"} < set(names)
    text = command("show", f"{store}//pets:v0")[1]
    assert text.startswith("pets:v0\n")
    assert "plain/cat.png" in text


class TestGet:
    def test_whole(self, command, store, tmp_path, picture):
        code, output, errors = command("get", f"{store}//pets", tmp_path / "out")
        assert (code, errors) == (0, "")
        assert output.startswith("pets:v1: 3 entries, ")
        assert (tmp_path / "out" / "plain" / "cat.png").read_bytes() == picture.read_bytes()

    def test_part(self, command, store, tmp_path):
        found = json.loads(command("get", "--json", f"{store}//pets", tmp_path / "out", "--prefix", "plain/")[1])
        assert [entry["path"] for entry in found["entries"]] == ["plain/cat.png"]
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["plain"]

    def test_entry(self, command, store, tmp_path, picture):
        assert command("get", f"{store}//pets/plain/cat.png", tmp_path / "out")[0] == 0
        assert (tmp_path / "out" / "plain" / "cat.png").read_bytes() == picture.read_bytes()

    def test_what_is_there_is_not_written_over(self, command, store, tmp_path):
        (tmp_path / "out" / "plain").mkdir(parents=True)
        (tmp_path / "out" / "plain" / "cat.png").write_text("mine")
        code, output, errors = command("get", f"{store}//pets", tmp_path / "out")
        assert (code, output, errors.count("\n")) == (2, "", 1)
        assert (tmp_path / "out" / "plain" / "cat.png").read_text() == "mine"
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["plain"]

    @pytest.mark.parametrize("more", [["--prefix", "zzz"], []])
    def test_of_nothing(self, command, store, tmp_path, more):
        code, _, errors = command("get", f"{store}//pets" if more else store, tmp_path / "out", *more)
        assert (code, errors.count("\n")) == (2, 1)


class TestUpkeep:
    def test_gc_says_before_it_does(self, command, store):
        Store(store).delete("pets:v1")
        report = json.loads(command("gc", "--json", store)[1])
        assert report["dry_run"] is True
        assert report["blobs"]
        assert json.loads(command("gc", "--json", store)[1]) == report
        assert command("gc", store)[1].splitlines()[-1] == "Nothing was changed. Add --yes to do it."
        done = json.loads(command("gc", "--json", "--yes", store)[1])
        assert done == report | {"dry_run": False}
        assert json.loads(command("gc", "--json", store)[1])["blobs"] == []
        assert command("show", f"{store}//pets:v0/cat")[0] == 0

    def test_du(self, command, store, monkeypatch):
        usage = json.loads(command("du", "--json", store)[1])
        assert usage["blobs"] == sum(path.stat().st_size for path in (store / "blobs").rglob("*") if path.is_file())
        assert usage["total"] == sum(usage[part] for part in ("blobs", "log", "runs", "temporary"))
        assert [(name["name"], name["versions"]) for name in usage["names"]] == [("pets", 2)]
        monkeypatch.setenv("VITRINA_STORE", str(store))
        assert "pets" in command("du")[1]

    @pytest.mark.parametrize("verb", ["gc", "du"])
    def test_need_a_store(self, command, tmp_path, verb):
        for arguments in ([verb], [verb, tmp_path], [verb, tmp_path / "none"]):
            code, output, errors = command(*arguments)
            assert (code, output, errors.count("\n")) == (2, "", 1)
