"""``vitrina diff``: known edits are reported, and no others; what cannot be compared is said."""

import json

import numpy as np
import pytest

import datatypes as dt
from app.cli import main
from storage import Artifact, Store


@pytest.fixture
def diff(capsys, monkeypatch):
    """Return a function that compares: exit code and document."""
    monkeypatch.delenv("VITRINA_STORE", raising=False)

    def run(*arguments):
        code = main(["diff", "--json", *map(str, arguments)])
        output, errors = capsys.readouterr()
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
