"""``vitrina verify``: what is whole is called whole, each kind of damage has its name and its place."""

import json
import re

import numpy as np
import pytest
from PIL import Image

import datatypes as dt
from app.cli import main
from storage import Artifact, Store


@pytest.fixture
def verify(command):
    """Return a function that verifies: exit code and report."""

    def run(*arguments):
        code, output, errors = command("verify", "--json", *arguments)
        assert errors == ""
        report = json.loads(output)
        assert set(report) - {"against"} == {
            "path",
            "checked",
            "complete",
            "ok",
            "problems",
            "findings",
            "verdicts",
        }
        assert set(report["checked"]) == {"artifacts", "entries", "values", "bytes"}
        for problem in report["problems"]:
            assert set(problem) == {"artifact", "entry", "check", "problem", "remedy"}
        assert report["ok"] is not bool(report["problems"])
        assert code == (0 if report["ok"] else 1)
        return report

    return run


def picture(tmp_path, grey):
    path = tmp_path / f"{grey}.png"
    Image.fromarray(np.full((40, 60), grey, np.uint8)).save(path)
    return path


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store"
    for grey in (10, 200):
        artifact = Artifact("pets", type="dataset")
        artifact.add(dt.Image(str(picture(tmp_path, grey))), "cat")
        artifact.add_file(str(picture(tmp_path, grey + 1)), "plain.png")
        Store(path).log_artifact(artifact)
    return path


def test_whole_store(verify, store):
    report = verify(store)
    assert report["checked"] | {"bytes": 0} == {"artifacts": 2, "entries": 6, "values": 2, "bytes": 0}
    assert report["checked"]["bytes"] == sum(row.size for row in Store(store).versions("pets"))
    one = verify(f"{store}//pets:v0")
    assert one["checked"]["artifacts"] == 1


def test_damage_in_a_store(verify, store):
    entry = Store(store).artifact("pets:v1").get_path("plain.png")
    (blob,) = store.glob(f"blobs/*/{entry.digest}.*")
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    report = verify(store)
    assert [(found["artifact"], found["entry"], found["check"]) for found in report["problems"]] == [
        ("pets:v1", "plain.png", "digest")
    ]
    blob.unlink()
    report = verify(f"{store}//pets")
    assert [(found["entry"], found["check"]) for found in report["problems"]] == [("plain.png", "missing")]


def test_value_whose_file_is_gone_is_one_problem(verify, store):
    value = Store(store).artifact("pets:v1").get("cat")
    entry = Store(store).artifact("pets:v1").get_path(value.path)
    (blob,) = store.glob(f"blobs/*/{entry.digest}.*")
    blob.unlink()
    report = verify(f"{store}//pets:v1")
    assert [(found["entry"], found["check"]) for found in report["problems"]] == [(value.path, "missing")]


def test_picture_that_was_cut_before_it_was_logged(verify, tmp_path):
    """Fixity is kept, and still it does not decode."""
    folder = tmp_path / "pets:v0"
    (folder / "media" / "images").mkdir(parents=True)
    whole = picture(tmp_path, 7).read_bytes()
    (folder / "media" / "images" / "cut.png").write_bytes(whole[: len(whole) // 2])
    document = {"_type": "image-file", "path": "media/images/cut.png", "format": "png"}
    (folder / "cut.image-file.json").write_text(json.dumps(document))
    report = verify(folder)
    assert [(found["artifact"], found["entry"], found["check"]) for found in report["problems"]] == [
        ("pets:v0", "cut.image-file.json", "decode")
    ]


def test_plain_pictures(verify, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    picture(folder, 1)
    assert verify(folder)["checked"]["values"] == 1
    (folder / "cut.png").write_bytes((folder / "1.png").read_bytes()[:60])
    assert [found["entry"] for found in verify(folder)["problems"]] == ["cut.png"]


def test_for_people(capsys, store):
    assert main(["verify", str(store)]) == 0
    output, errors = capsys.readouterr()
    assert errors == ""
    assert re.fullmatch(r"\S+: all is well; checked 2 artifacts, 6 entries, 2 values, [\d.]+ k?B\n", output)


def test_of_nothing(capsys, tmp_path):
    assert main(["verify", str(tmp_path / "none")]) == 2
