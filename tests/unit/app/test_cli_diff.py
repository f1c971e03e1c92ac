"""``vitrina diff``: known edits are reported, and no others; what cannot be compared is said."""

import json

import numpy as np
import pytest

import datatypes as dt
from app.cli import main
from storage import Artifact, Store


@pytest.fixture
def diff(command):
    """Return a function that compares: exit code and document."""

    def run(*arguments):
        code, output, errors = command("diff", "--json", *arguments)
        assert errors == ""
        found = json.loads(output)
        assert code == (0 if found["equal"] else 1)
        return found

    return run


def log(store, pixels, rows, notes, *, extra=()):
    artifact = Artifact("pets", type="dataset")
    artifact.add(dt.Image(pixels), "cat")
    artifact.add(dt.Table(columns=["id", "score"], data=rows), "scores")
    artifact.add(dt.Histogram(np_histogram=([1, 2], [0, 1, 2])), "same")
    for name, text in {"notes.txt": notes, **dict.fromkeys(extra, "x")}.items():
        with artifact.new_file(name) as file:
            file.write(text)
    return Store(store).log_artifact(artifact)


def test_known_edits_and_no_others(diff, tmp_path):
    store = tmp_path / "store"
    pixels = np.zeros((4, 5, 3), np.uint8)
    log(store, pixels, [[1, 0.5], [2, 0.25]], "abcdef", extra=["old"])
    changed = pixels.copy()
    changed[1, 2, 0] = 7
    log(store, changed, [[1, 0.5], [2, 0.75]], "abcXef", extra=["new"])
    found = diff(f"{store}//pets:v0", f"{store}//pets:v1")
    assert found["entries"]["added"] == ["new"]
    assert found["entries"]["removed"] == ["old"]
    by_entry = {change["entry"]: change for change in found["entries"]["changed"]}
    assert set(by_entry) == {"cat.image-file.json", "scores.table.json", "notes.txt"}
    picture = by_entry["cat.image-file.json"]
    assert picture["type"] == "image-file"
    assert (picture["metrics"]["max_abs"], picture["metrics"]["changed_pixels"]) == (7, 1)
    assert by_entry["scores.table.json"]["metrics"]["cells_changed"] == 1
    found_in_bytes = {"changed": 1, "first_difference": 3, "sizes": [6, 6], "bytes_between": 1}
    assert by_entry["notes.txt"]["metrics"] == {**found_in_bytes, "lines_added": 1, "lines_removed": 1}
    one = diff(f"{store}//pets:v0/cat", f"{store}//pets:v1/cat")
    assert one["entries"]["changed"] == [picture]


def test_equal_is_equal(diff, tmp_path):
    pixels = np.zeros((4, 5, 3), np.uint8)
    for store in ("a", "b"):
        log(tmp_path / store, pixels, [[1, 0.5]], "abc")
    found = diff(f"{tmp_path}/a//pets", f"{tmp_path}/b//pets")
    assert found == {"equal": True, "entries": {"added": [], "removed": [], "changed": []}}


def test_json_by_path_and_types_that_differ(diff, tmp_path):
    for folder, number in (("a", 1), ("b", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.json").write_text(json.dumps({"k": [0, number]}))
    (change,) = diff(tmp_path / "a/x.json", tmp_path / "b/x.json")["entries"]["changed"]
    assert change["type"] == "json"
    assert (change["metrics"]["paths"], change["metrics"]["max_abs"]) == (["/k/1"], 1)
    dt.Image(np.zeros((2, 2), np.uint8)).to_pil().save(tmp_path / "p.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert diff(tmp_path / "p.png", tmp_path / "a/x.json")["equal"] is False
    assert "problem" in diff(tmp_path / "p.png", tmp_path / "broken.png")["entries"]["changed"][0]["metrics"]


def with_note(store, caption, note, files):
    artifact = Artifact("pets", type="dataset")
    artifact.add(dt.Image(np.zeros((4, 5), np.uint8), caption=caption), "cat")
    for name, text in {"config.json": json.dumps(note), **files}.items():
        with artifact.new_file(name) as file:
            file.write(text)
    return Store(store).log_artifact(artifact)


def test_a_file_that_a_changed_value_only_mentions_is_no_part_of_it(diff, tmp_path):
    store = tmp_path / "store"
    with_note(store, "see notes.txt", {}, {})
    with_note(store, "notes.txt", {}, {"notes.txt": "x"})
    found = diff(f"{store}//pets:v0", f"{store}//pets:v1")["entries"]
    assert found["added"] == ["notes.txt"]
    assert [change["entry"] for change in found["changed"]] == ["cat.image-file.json"]


@pytest.mark.parametrize("key", ["path", "data", "size", "digest", "fidelity"])
def test_fields_of_the_user_count_whatever_they_are_called(diff, tmp_path, key):
    store = tmp_path / "store"
    with_note(store, None, {"a": {key: 1}}, {})
    with_note(store, None, {"a": {key: 2}}, {})
    (change,) = diff(f"{store}//pets:v0", f"{store}//pets:v1")["entries"]["changed"]
    assert (change["entry"], change["type"]) == ("config.json", "json")


@pytest.mark.parametrize("key", ["path", "data", "size", "note"])
def test_further_fields_inside_a_value_count(diff, tmp_path, key):
    for number in (1, 2):
        artifact = Artifact("boxes", type="dataset")
        box = {"position": {"minX": 0, "maxX": 1, "minY": 0, "maxY": 1}, "class_id": 1, "more": {key: number}}
        artifact.add(dt.Image(np.zeros((4, 5), np.uint8), boxes={"b": {"box_data": [box]}}), "cat")
        Store(tmp_path / "store").log_artifact(artifact)
    found = diff(f"{tmp_path}/store//boxes:v0", f"{tmp_path}/store//boxes:v1")
    assert [change["entry"] for change in found["entries"]["changed"]] == ["cat.image-file.json"]


def test_usage(tmp_path, capsys):
    log(tmp_path / "s", np.zeros((2, 2), np.uint8), [[1, 2]], "x")
    assert main(["diff", str(tmp_path / "s"), f"{tmp_path}/s//pets"]) == 2
    assert main(["diff", f"{tmp_path}/s//pets", f"{tmp_path}/s//pets/cat"]) == 2
    assert capsys.readouterr().out == ""


class TestKeys:
    def tables(self, folder):
        for name, rows in (("a", [["x", 1, 5], ["y", 2, 6]]), ("b", [["y", 2, 7], ["x", 1, 5]])):
            artifact = Artifact("t", type="dataset")
            artifact.add(dt.Table(columns=["what", "group", "score"], data=rows), "rows")
            Store(folder / name).log_artifact(artifact)
        return [f"{folder}/{name}//t/rows" for name in "ab"]

    def test_a_key_pairs_the_rows(self, diff, tmp_path):
        sides = self.tables(tmp_path)
        (change,) = diff("--key", "what", *sides)["entries"]["changed"]
        metrics = change["metrics"]
        assert (metrics["cells_changed"], metrics["rows_moved"], metrics["key"]) == (1, 1, "what")
        assert metrics["changed_by_column"] == {"score": 1}

    def test_a_column_that_is_not_there_is_named(self, tmp_path, capsys):
        assert main(["diff", "--key", "nothing", *self.tables(tmp_path)]) == 2
        assert "is no column of rows.table.json. Name one of: what, group, score." in capsys.readouterr().err


class TestLists:
    def test_long_lists_say_what_is_left(self, tmp_path, capsys):
        for name, text in (("a", "x"), ("b", "yy")):
            (tmp_path / name).mkdir()
            for number in range(50):
                (tmp_path / name / f"f{number:02}.txt").write_text(text)
        sides = [str(tmp_path / name) for name in "ab"]
        assert main(["diff", *sides]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 42
        assert lines[-2] == "40 of 50 differences, the worst first, because the list is long: --all"
        assert lines[-1] == "50 differences: 50 changed, 0 added, 0 removed"
        assert main(["diff", "--all", *sides]) == 1
        assert len(capsys.readouterr().out.splitlines()) == 51

    def test_the_worst_comes_first(self, tmp_path, capsys):
        pixels = np.zeros((40, 40), np.uint8)
        for folder, one, all_ in (("a", 0, 0), ("b", 1, 200)):
            artifact = Artifact("pets", type="dataset")
            touched = pixels.copy()
            touched[0, 0] = one
            artifact.add(dt.Image(touched), "a_little")
            artifact.add(dt.Image(pixels + np.uint8(all_)), "much")
            Store(tmp_path / folder).log_artifact(artifact)
        assert main(["diff", f"{tmp_path}/a//pets", f"{tmp_path}/b//pets"]) == 1
        names = [line.split()[1] for line in capsys.readouterr().out.splitlines()[:2]]
        assert names == ["much.image-file.json", "a_little.image-file.json"]


class TestWhole:
    def test_stores_by_name(self, diff, tmp_path):
        log(tmp_path / "a", np.zeros((4, 5), np.uint8), [[1, 0.5]], "abc")
        log(tmp_path / "b", np.ones((4, 5), np.uint8), [[1, 0.5]], "abc")
        found = diff(tmp_path / "a", tmp_path / "b")["entries"]
        assert [change["entry"] for change in found["changed"]] == ["pets/cat.image-file.json"]
        log(tmp_path / "b", np.zeros((4, 5), np.uint8), [[1, 0.5]], "abc")
        assert diff(tmp_path / "a", tmp_path / "b")["equal"] is True
        every = diff("--versions", "all", tmp_path / "a", tmp_path / "b")["entries"]
        assert every["added"] == ["pets:v1"]
        assert [change["entry"] for change in every["changed"]] == ["pets:v0/cat.image-file.json"]

    def test_runs_by_key_and_step(self, diff, tmp_path):
        ids = []
        for rate in (1, 2):
            with Store(tmp_path / "s").run(project="p", name="r", config={"rate": rate}) as run:
                run.log({"loss": rate, "same": 1}, step=0)
            ids.append(run.id)
        sides = [f"{tmp_path}/s//{run_id}" for run_id in ids]
        found = diff(*sides)["entries"]
        assert {change["entry"] for change in found["changed"]} == {"config/rate", "history/loss", "summary/loss"}
        assert diff(sides[0], sides[0])["equal"] is True

    def test_kinds_that_do_not_fit_are_named(self, tmp_path, capsys):
        log(tmp_path / "s", np.zeros((2, 2), np.uint8), [[1, 2]], "x")
        assert main(["diff", str(tmp_path / "s"), f"{tmp_path}/s//pets"]) == 2
        assert "is a store or a folder of several artifacts" in capsys.readouterr().err
