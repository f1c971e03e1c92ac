"""The command: references, exit codes, what is on which stream; on folders as others leave them."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import app
from app.cli import VERBS, build_parser

HOME = Path(app.__file__).parents[1]


@pytest.fixture
def pictures(tmp_path):
    """Return a folder with two pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, grey in (("dark.png", 10), ("light.png", 200)):
        Image.fromarray(np.full((4, 6), grey, np.uint8)).save(folder / name)
    return folder


@pytest.fixture
def artifact(tmp_path, pictures):
    """Return an artifact folder as W&B leaves it, with a value, a cut picture, a lost one, an unknown type."""
    folder = tmp_path / "pets:v3"
    (folder / "media" / "images").mkdir(parents=True)
    whole = (pictures / "dark.png").read_bytes()
    (folder / "media" / "images" / "a.png").write_bytes(whole)
    (folder / "media" / "images" / "cut.png").write_bytes(whole[:50])
    for name, document in {
        "cat.image-file.json": {"_type": "image-file", "path": "media/images/a.png", "format": "png"},
        "cat.classes.json": {"_type": "classes", "class_set": [{"id": 1, "name": "cat"}]},
        "cut.image-file.json": {"_type": "image-file", "path": "media/images/cut.png", "format": "png"},
        "lost.image-file.json": {"_type": "image-file", "path": "media/images/lost.png", "format": "png"},
        "new.point-cloud-9.json": {"_type": "point-cloud-9", "path": "media/images/a.png", "x": 1},
    }.items():
        (folder / name).write_text(json.dumps(document))
    (folder / "notes.txt").write_text("hello")
    return folder


def problem_line(errors):
    """Check that errors are one line of the form that all have."""
    assert re.fullmatch(r"vitrina: [^\n]+: [^\n]+\n", errors), errors
    return errors


class TestHelp:
    def test_of_each_verb_has_an_example(self, command):
        for verb in VERBS:
            code, output, errors = command(verb, "--help")
            assert (code, errors) == (0, "")
            assert re.search(rf"example:\n  vitrina {verb}\b", output)

    def test_lists_the_verbs(self, command):
        code, output, _ = command("--help")
        assert code == 0
        for verb in VERBS:
            assert re.search(rf"^ +{verb} ", output, re.MULTILINE)

    def test_imports_nothing_heavy(self):
        code = (
            "import sys; from app.cli import main; main(['--help']); "
            "print(sorted({'numpy', 'streamlit', 'PIL', 'datatypes', 'storage', 'dataclasses'} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]"

    def test_version(self, command):
        code, output, _ = command("--version")
        assert code == 0
        assert output.startswith("vitrina ")

    @pytest.mark.parametrize("arguments", [[], ["dance"], ["show"], ["ls", "--port", "1"], ["view", "--port", "99999"]])
    def test_wrong_use_is_2(self, command, arguments):
        code, output, errors = command(*arguments)
        assert (code, output) == (2, "")
        assert "usage: vitrina" in errors

    def test_every_verb_that_reads_has_json(self):
        parsers = build_parser()._subparsers._group_actions[0].choices
        assert [verb for verb, parser in parsers.items() if "--json" not in parser.format_help()] == ["view", "demo"]


class TestLs:
    def test_of_a_folder_of_pictures(self, command, pictures):
        code, output, errors = command("ls", "--json", pictures)
        assert (code, errors) == (0, "")
        found = json.loads(output)
        size = sum(path.stat().st_size for path in pictures.iterdir())
        (artifact,) = found.pop("artifacts")
        assert found == {"kind": "folder", "runs": [], "problems": []}
        assert artifact.pop("digest") is not None
        assert artifact == {
            "name": "pictures",
            "type": "folder",
            "version": None,
            "aliases": [],
            "size": size,
            "entries": 2,
        }

    def test_of_an_artifact(self, command, artifact):
        _, output, _ = command("ls", "--json", artifact)
        found = json.loads(output)
        assert found["kind"] == "artifact"
        assert [(item["name"], item["version"], item["entries"]) for item in found["artifacts"]] == [("pets", "v3", 8)]

    def test_for_people(self, command, artifact):
        code, output, errors = command("ls", artifact.parent)
        assert (code, errors) == (0, "")
        head, rows = output.split("\n\n")
        assert re.fullmatch(r"\S+: folder, 2 artifacts", head)
        lines = rows.splitlines()
        assert lines[0].split() == ["ARTIFACT", "TYPE", "VERSION", "ALIASES", "ENTRIES", "SIZE", "DIGEST"]
        assert lines[1].split()[:3] == ["pets", "unknown", "v3"] or lines[1].split()[0] == "pets"

    def test_of_this_folder(self, command, pictures, monkeypatch):
        monkeypatch.chdir(pictures)
        assert json.loads(command("ls", "--json")[1])["artifacts"][0]["name"] == "pictures"

    def test_of_nothing(self, command, tmp_path):
        code, output, errors = command("ls", tmp_path / "none")
        assert (code, output) == (2, "")
        assert "is not there" in problem_line(errors)


class TestShow:
    def test_of_a_picture_in_an_artifact(self, command, artifact):
        code, output, errors = command("show", "--json", artifact / "cat.image-file.json")
        assert (code, errors) == (0, "")
        found = json.loads(output)
        assert (found["type"], found["json"]["path"]) == ("image-file", "media/images/a.png")
        pixels = np.full((4, 6), 10, np.uint8)
        assert found["summary"]["file"]["pixels_sha256"] == hashlib.sha256(pixels.tobytes()).hexdigest()
        assert found["summary"]["file"]["size"] == [6, 4]
        assert found["entry"]["path"] == "cat.image-file.json"

    def test_of_a_plain_picture(self, command, pictures):
        _, output, _ = command("show", "--json", pictures / "light.png")
        found = json.loads(output)
        assert (found["type"], found["json"], found["summary"]["file"]["mean"]) == ("image-file", None, [200.0])

    def test_short_name_that_fits_two(self, command, artifact):
        code, output, errors = command("show", artifact / "cat")
        assert (code, output) == (2, "")
        assert "cat.classes.json, cat.image-file.json" in problem_line(errors)

    def test_short_name_that_fits_one(self, command, artifact):
        assert json.loads(command("show", "--json", artifact / "cut")[1])["entry"]["path"] == "cut.image-file.json"

    def test_of_a_cut_picture(self, command, artifact):
        code, output, errors = command("show", artifact / "cut")
        assert code == 0
        assert output.startswith("image-file\n")
        assert "media/images/cut.png" in problem_line(errors)

    def test_of_a_lost_file(self, command, artifact):
        code, output, errors = command("show", "--json", artifact / "lost")
        assert (code, errors) == (0, "")
        found = json.loads(output)
        assert found["summary"] == {"$media": "image-file", "$missing_file": "media/images/lost.png"}
        assert len(found["problems"]) == 1
        assert "lost.png" in str(found["problems"])

    def test_of_a_type_that_nobody_knows(self, command, artifact):
        found = json.loads(command("show", "--json", artifact / "new")[1])
        stored = {"_type": "point-cloud-9", "path": "media/images/a.png", "x": 1}
        assert found["type"] == "point-cloud-9"
        assert found["json"] == stored
        assert found["summary"] == {"$unknown_type": stored}

    def test_of_a_plain_file(self, command, artifact):
        found = json.loads(command("show", "--json", artifact / "notes.txt")[1])
        assert (found["type"], found["json"]) == ("file", None)
        assert found["summary"]["path"] == "notes.txt"
        assert found["summary"]["size"] == 5

    def test_of_the_whole(self, command, artifact):
        found = json.loads(command("show", "--json", artifact)[1])
        assert found["type"] == "artifact"
        assert [entry["path"] for entry in found["summary"]["entries"]][:2] == [
            "cat.classes.json",
            "cat.image-file.json",
        ]
        assert all(set(entry) == {"path", "size", "digest", "ref"} for entry in found["summary"]["entries"])
        code, output, _ = command("show", artifact)
        assert code == 0
        assert output.startswith("pets:v3\n")
        assert "cat.image-file.json" in output

    @pytest.mark.parametrize("entry", ["none", "media/none", "../pictures/none", "media/images/none.png"])
    def test_of_an_entry_that_is_not_there(self, command, artifact, entry):
        code, output, errors = command("show", f"{artifact}/{entry}")
        assert (code, output) == (2, "")
        problem_line(errors)

    def test_of_a_typing_error_searches_no_folder(self, command, tmp_path, monkeypatch):
        monkeypatch.setattr("app.session.open_target", lambda _: pytest.fail("opened"))
        for ref in (tmp_path / "nope", "/nope/x", "nope:v3"):
            code, _, errors = command("show", ref)
            assert code == 2
            assert "is no path here" in problem_line(errors)

    def test_of_an_artifact_whose_manifest_leads_outside(self, command, artifact):
        """One line says so, and the rest opens."""
        names = {"cat.image-file.json": "x", "../pictures/dark.png": "x", "gone.txt": "x", "media/images/a.png": "x"}
        contents = {name: {"digest": "AAAAAAAAAAAAAAAAAAAAAA==", "size": 1} for name in names}
        for name in ("cat.image-file.json", "media/images/a.png"):
            data = (artifact / name).read_bytes()
            digest = base64.b64encode(hashlib.md5(data).digest()).decode()
            contents[name] = {"digest": digest, "size": len(data)}
        manifest = {"version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {}}
        (artifact / "wandb_manifest.json").write_text(json.dumps({**manifest, "contents": contents}))
        code, output, errors = command("show", artifact)
        assert code == 0
        assert "../" not in output
        assert "../pictures/dark.png" in problem_line(errors)
        assert json.loads(command("show", "--json", artifact / "cat")[1])["type"] == "image-file"
        assert command("show", f"{artifact}/../pictures/none.png")[0] == 2
        code, output, errors = command("get", artifact, artifact.parent / "out", "--prefix", "media/")
        assert (code, errors) == (0, "")
        report = json.loads(command("verify", "--json", artifact)[1])
        assert [(found["entry"], found["check"]) for found in report["problems"]][:2] == [
            ("../pictures/dark.png", "path"),
            ("gone.txt", "missing"),
        ]
        rest = {(found["entry"], found["check"]) for found in report["problems"][2:]}
        strays = {path.relative_to(artifact).as_posix() for path in artifact.rglob("*") if path.is_file()}
        assert rest == {(name, "reference") for name in strays - set(contents) - {"wandb_manifest.json"}}

    def test_by_a_name_in_a_folder(self, command, artifact):
        found = json.loads(command("show", "--json", f"{artifact.parent}//pets:v3/lost")[1])
        assert found["entry"]["path"] == "lost.image-file.json"


class TestHostileNames:
    NAME = "a\x1b[31mred\r\u202egpj.txt"

    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "bad\x1b]0;title\x07"
        folder.mkdir()
        (folder / self.NAME).write_text("x")
        return folder

    @pytest.mark.parametrize("arguments", [["ls"], ["show"], ["ls", "--json"], ["show", "--json"], ["ls", "-v"]])
    def test_never_reach_the_terminal_raw(self, command, folder, arguments):
        code, output, errors = command(*arguments, folder)
        assert code == 0
        for letter in set(output + errors) - {"\n"}:
            assert letter.isprintable(), repr(letter)

    def test_in_errors_neither(self, command, folder):
        _, output, errors = command("show", f"{folder}/none\x1b[2J")
        assert output == ""
        assert all(letter.isprintable() for letter in problem_line(errors).rstrip("\n"))


class TestEnds:
    def test_fault_of_ours_is_2_and_one_line(self, command, monkeypatch):
        monkeypatch.setattr("app.session.open_target", lambda _: 1 // 0)
        code, _, errors = command("ls")
        assert code == 2
        assert "ZeroDivisionError: integer division or modulo by zero. This is a fault" in problem_line(errors)

    def test_interrupted_is_130(self, command, monkeypatch):
        def interrupt(_):
            raise KeyboardInterrupt

        monkeypatch.setattr("app.session.open_target", interrupt)
        assert command("ls") == (130, "", "")

    def test_reader_that_leaves_is_no_error(self, pictures):
        line = [sys.executable, "-m", "app", "ls", "--json", str(pictures)]
        with subprocess.Popen(line, cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as done:
            done.stdout.close()
            errors = done.stderr.read()
        assert (done.returncode, errors) == (0, b"")
