"""What a verify leaves: JUnit XML, a partial report when it is stopped, results kept for badges, findings in `show`."""

import json
import threading
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import datatypes as dt
from app.cli import main
from app.session import open_target
from app.verifying import Options, verify_session
from app.verifying.badges import ago, artifact_badges, value_badges
from app.verifying.job import VerifyJob
from app.verifying.results import recall
from storage import Artifact, Store


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    """A store with five pictures and a sound that was clipped."""
    path = tmp_path / "store"
    artifact = Artifact("pets", type="dataset")
    for number in range(5):
        artifact.add(dt.Image(np.full((8, 9, 3), number + 2, np.uint8)), f"p{number}")
    artifact.add(dt.Audio(np.array([2.0, 0.1], np.float32), sample_rate=8000), "loud")
    Store(path).log_artifact(artifact)
    return path


def damage(folder, entry):
    """Change one bit of the picture that a value names."""
    artifact = Store(folder).artifact("pets")
    name = artifact.json(entry)["path"]
    (blob,) = folder.glob(f"blobs/*/{artifact.get_path(name).digest}.*")
    data = bytearray(blob.read_bytes())
    data[-1] ^= 1
    blob.chmod(0o600)
    blob.write_bytes(bytes(data))
    return name


def test_junit(folder, tmp_path, capsys):
    place = tmp_path / "report.xml"
    assert main(["verify", str(folder), "--junit", str(place)]) == 0
    suites = ET.parse(place).getroot()  # our own file
    (suite,) = suites
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("pets:v0", "6", "0")
    name = damage(folder, "p3.image-file.json")
    assert main(["verify", str(folder), "--junit", str(place)]) == 1
    (suite,) = ET.parse(place).getroot()  # as above
    failed = {case.get("name"): case.find("failure").get("type") for case in suite if case.find("failure") is not None}
    assert failed == {name: "digest"}
    assert suite.get("failures") == "1"
    assert main(["verify", str(folder), "--junit", str(tmp_path / "none" / "x.xml")]) == 2
    capsys.readouterr()


def test_a_check_that_is_stopped_says_what_it_found_until_then(folder):
    stop, steps = threading.Event(), []

    def step(count):
        steps.append(count)
        if len(steps) == 13:
            stop.set()

    report = verify_session(open_target(str(folder)), Options(step=step, stop=stop))
    assert not report.is_complete
    assert not report.is_ok
    assert report.values < 6
    assert report.as_json("x")["complete"] is False


def test_interrupt_leaves_a_partial_report(folder, capsys, monkeypatch):
    from app.verifying import engine

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "check_entries", interrupted)
    assert main(["verify", "--json", str(folder)]) == 130
    document = json.loads(capsys.readouterr().out)
    assert document["complete"] is False
    assert document["ok"] is False
    assert document["checked"]["artifacts"] == 1


def test_results_are_kept_for_the_place_and_the_content(folder, tmp_path, capsys):
    session = open_target(str(folder))
    artifact = session.resolve("pets")
    assert recall(session.path, artifact) is None
    assert [badge["text"] for badge in artifact_badges(session.path, artifact)] == ["not verified"]
    assert main(["verify", "--deep", str(folder)]) == 0
    result = recall(session.path, artifact)
    assert result is not None
    assert (result.is_deep, result.problems, len(result.values)) == (True, 0, 6)
    assert {value.state for value in result.values.values()} == {"verified"}
    assert value_badges(session.path, artifact, "p0.image-file.json")[0]["text"] == "verified just now"
    assert recall(str(tmp_path / "elsewhere"), artifact) is None
    assert not list(folder.rglob("*verified*"))  # never in the store

    name = damage(folder, "p0.image-file.json")
    assert main(["verify", str(folder)]) == 1
    (badge,) = artifact_badges(session.path, artifact)
    assert (badge["kind"], badge["text"]) == ("bad", "1 problem")
    assert name in badge["title"]
    more = Artifact("pets", type="dataset")
    more.add(dt.Image(np.zeros((3, 3), np.uint8) + 9), "other")
    Store(folder).log_artifact(more)
    assert recall(session.path, open_target(str(folder)).resolve("pets")) is None  # another content
    capsys.readouterr()


def test_times():
    said = [ago(secs) for secs in (0, 59, 61, 3599, 7300, 200_000)]
    assert said == ["just now", "just now", "1 min ago", "59 min ago", "2 h ago", "2 days ago"]


def test_the_job_of_a_server(folder):
    job, session = VerifyJob(), open_target(str(folder))
    assert job.status()["state"] == "idle"
    assert job.start(session, is_deep=True)
    assert job.wait(30)
    status = job.status()
    assert (status["state"], status["problems"], status["values"]) == ("done", 0, 6)
    assert status["done"] <= status["total"]
    assert recall(session.path, session.resolve("pets")).is_deep
    assert job.start(session, is_deep=False)
    job.stop()
    assert job.wait(30)
    assert job.status()["state"] in ("stopped", "done")


def test_findings_in_show(golden_float, capsys):
    assert main(["show", "--json", str(golden_float)]) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["kind"], found["number"]) == ("cast-not-scaled", 1)
    assert main(["show", str(golden_float)]) == 0
    assert "its largest value is 1" in capsys.readouterr().err


@pytest.fixture
def golden_float(tmp_path):
    """A picture as SDK 0.31 leaves floats from 0 to 1."""
    folder = tmp_path / "old:v0"
    (folder / "media").mkdir(parents=True)
    pixels = np.zeros((5, 5), np.uint8)
    pixels[2, 2] = 1
    (folder / "media" / "a.png").write_bytes(dt.Image(pixels, mode="L", exact=True)._file().read())
    from PIL import Image

    Image.fromarray(pixels).save(folder / "media" / "a.png")
    (folder / "dark.image-file.json").write_text('{"_type": "image-file", "path": "media/a.png"}')
    return folder / "dark"


# ------------------------------------------------------------------------------------------- against an original


def against(folder, entry, original, capsys):
    code = main(["verify", "--json", f"{folder}//pets/{entry}", "--against", str(original)])
    return code, json.loads(capsys.readouterr().out)


def test_against_originals(tmp_path, capsys):
    rng = np.random.default_rng(1)
    floats, deep, sound = rng.random((9, 8)), rng.integers(0, 65536, (9, 8), np.uint16), rng.normal(size=99) * 0.2
    artifact = Artifact("pets", type="dataset")
    artifact.add(dt.Image(floats), "floats")
    artifact.add(dt.Image(deep), "deep")
    artifact.add(dt.Audio(sound, sample_rate=8000), "sound")
    artifact.add(dt.Object3D(rng.normal(size=(20, 3))), "cloud")
    artifact.add(dt.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]]), "table")
    artifact.add_file(b"bytes", "notes.txt")
    folder = tmp_path / "store"
    Store(folder).log_artifact(artifact)
    for name, array in (("floats", floats), ("deep", deep), ("sound", sound)):
        np.save(tmp_path / f"{name}.npy", array)
        np.save(tmp_path / f"{name}-other.npy", array[::-1])

    code, document = against(folder, "deep", tmp_path / "deep.npy", capsys)
    assert (code, document["against"]["equal"], document["against"]["max_abs_error"]) == (0, True, 0)
    code, document = against(folder, "floats", tmp_path / "floats.npy", capsys)
    record = Store(folder).artifact("pets").json("floats.image-file.json")["fidelity"]
    assert (code, document["against"]["equal"]) == (0, False)  # as recorded, so nothing is wrong
    assert document["against"]["max_abs_error"] == pytest.approx(record["max_abs_error"])
    assert against(folder, "sound", tmp_path / "sound.npy", capsys)[0] == 0
    for name in ("floats", "deep", "sound"):
        code, document = against(folder, name, tmp_path / f"{name}-other.npy", capsys)
        assert code == 1
        assert {problem["check"] for problem in document["problems"]} == {"fidelity"}

    (tmp_path / "t.csv").write_text("a,b\n1,x\n2,y\n")
    code, document = against(folder, "table", tmp_path / "t.csv", capsys)
    assert (code, document["against"]["cells_changed"]) == (0, 0)
    (tmp_path / "t.csv").write_text("a,b\n1,x\n2,z\n")
    assert against(folder, "table", tmp_path / "t.csv", capsys)[0] == 1
    (tmp_path / "n.txt").write_bytes(b"bytes")
    assert against(folder, "notes.txt", tmp_path / "n.txt", capsys)[0] == 0
    (tmp_path / "n.txt").write_bytes(b"other")
    assert against(folder, "notes.txt", tmp_path / "n.txt", capsys)[0] == 1
    assert against(folder, "deep", tmp_path / "none.npy", capsys)[0] == 1  # named, and no crash
    assert main(["verify", str(folder), "--against", str(tmp_path / "n.txt")]) == 2
    capsys.readouterr()
