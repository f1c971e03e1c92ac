"""Every recorded artifact and run through `vitrina import` and out again: what is read from the export is equal."""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from app.round_trip_report import round_trip_report
from app.session import open_target
from app.verifying import verify_artifact, verify_session
from datatypes.registry import facts
from datatypes.wire import is_value_json
from storage import Store, open_source
from storage.export import export_wandb
from storage.importing import import_path
from storage.sources.run_reading import RowFiles


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))


CHILD = Path(__file__).parents[1] / "wandb_child.py"


def read_with_sdk(groups):
    """Open folders with the real SDK, each with its siblings, in one process of their own."""
    command = [sys.executable, str(CHILD), "--each"]
    text = json.dumps([[str(path) for path in group] for group in groups])
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def imported(store, folder):
    found = list(import_path(store, folder))
    assert [problem for item in found for problem in item.problems if problem.check] == []
    return found


def test_an_artifact_comes_back_byte_for_byte(golden_artifact, tmp_path):
    store = Store(tmp_path / "store")
    for other in sorted(golden_artifact.folder.parent.glob("*/wandb_manifest.json")):
        imported(store, other.parent)  # what it refers to
    (item,) = imported(store, golden_artifact.folder)
    assert not item.is_new
    saved = store.artifact(item.ref)
    assert saved.wandb_digest == golden_artifact.expected["digest"]
    report = round_trip_report(store, [(str(golden_artifact.folder), item.ref)])
    assert report["equal"], report
    source = open_source(golden_artifact.folder)
    for tag, row in report["types"].items():
        if all(entry.ref is None for entry in source.files()):
            assert row["identical"] == row["values"], tag
    assert verify_artifact(saved).problems == []


def test_again_changes_nothing(golden_artifact, tmp_path):
    store = Store(tmp_path / "store")
    (first,) = imported(store, golden_artifact.folder)
    before = sorted(path.name for path in (tmp_path / "store").rglob("*") if path.is_file())
    (again,) = imported(store, golden_artifact.folder)
    assert first.is_new
    assert not again.is_new
    assert again.ref == first.ref
    after = sorted(path.name for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert [name for name in after if not name.isdecimal()] == [name for name in before if not name.isdecimal()]


def decoded(run):
    """Return every row with the facts of its values."""

    def fact(value, key, step):
        if isinstance(value, list):
            return [fact(item, key, step) for item in value]
        if not isinstance(value, dict):
            return value
        if not is_value_json(value):
            return {inner: fact(item, inner, step) for inner, item in value.items()}
        return facts(value, RowFiles(run, key, step))

    return [(step, {key: fact(value, key, step) for key, value in row.items()}) for step, row in run.rows_json()]


def test_a_run_says_what_it_said(golden_run, tmp_path):
    store = Store(tmp_path / "store")
    found = imported(store, golden_run.folder)
    source = open_source(golden_run.folder)
    (run,) = store.runs()
    assert (run.name, run.project) == (source.name, source.project)
    assert repr(decoded(run)) == repr(decoded(source))  # NaN is not equal to itself, and spelt alike
    assert repr(run.stored_summary) == repr(source.stored_summary)
    assert run.stored_config == source.stored_config
    assert run.media_files() == source.media_files()
    for name in source.names():
        assert run.local_path(name).read_bytes() == source.local_path(name).read_bytes()
    assert len(run.artifacts()) == len(source.artifacts())
    again = imported(store, golden_run.folder)
    assert [item.is_new for item in again] == [False] * len(found)
    assert [item.ref for item in again] == [item.ref for item in found]
    kept = {path.name for path in (run.root / "source").rglob("*") if path.is_file()}
    assert {"history.jsonl", "summary.json", "config.json"} & kept or source.sdk


def test_the_verb(golden_data, tmp_path, capsys):
    folder = golden_data / "0.16.6" / "table-images"
    assert main(["import", str(folder), "--store", str(tmp_path / "store"), "--report", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [item["kind"] for item in document["imported"]] == ["artifact"]
    assert document["round_trip"]["equal"]
    assert document["round_trip"]["types"]["table"]["identical"] == document["round_trip"]["types"]["table"]["values"]
    assert main(["import", str(folder), "--store", str(tmp_path / "store")]) == 0
    assert "already there" in capsys.readouterr().out
    assert main(["import", str(golden_data / "inputs"), "--store", str(tmp_path / "store")]) == 2


def test_what_cannot_be_vouched_for_is_left_out_and_named(golden_data, tmp_path, capsys):
    folder = tmp_path / "images"
    shutil.copytree(golden_data / "0.31.0" / "images" / "artifacts" / "images", folder)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    (folder / names[0]).unlink()
    (folder / names[1]).write_bytes((folder / names[1]).read_bytes()[:-1] + b"x")
    (folder / "unknown.thing-9.json").write_text('{"_type": "thing-9", "x": [1, null]}')
    manifest = json.loads((folder / "wandb_manifest.json").read_bytes())
    data = (folder / "unknown.thing-9.json").read_bytes()
    digest = base64.b64encode(hashlib.md5(data).digest()).decode()
    manifest["contents"]["unknown.thing-9.json"] = {"digest": digest, "size": len(data), "birthArtifactID": "QQ=="}
    (folder / "wandb_manifest.json").write_text(json.dumps(manifest))
    assert main(["import", str(folder), "--store", str(tmp_path / "store"), "--json"]) == 1
    (item,) = json.loads(capsys.readouterr().out)["imported"]
    assert {(problem["entry"], problem["check"]) for problem in item["problems"]} == {
        (names[0], "missing"),
        (names[1], "digest"),
    }
    saved = Store(tmp_path / "store").artifact(item["ref"])
    assert set(manifest["contents"]) - set(saved.names()) == set(names[:2])
    out = export_wandb(saved, tmp_path / "out")
    contents = json.loads((out / "wandb_manifest.json").read_bytes())["contents"]
    assert contents["unknown.thing-9.json"] == manifest["contents"]["unknown.thing-9.json"]
    assert (out / "unknown.thing-9.json").read_bytes() == data


#: Pickles: reading them with the SDK would run them.
PICKLES = "saved-model"


@pytest.mark.parametrize("sdk", ["0.10.12", "0.10.13", "0.10.33", "0.16.6", "0.31.0"])
def test_the_sdk_reads_the_same_from_every_export(golden_data, tmp_path, sdk):
    """What the SDK cannot read of the original it need not read of the export; all else is equal."""
    groups = []
    for number, folder in enumerate(sorted(golden_data.glob(f"{sdk}/*/**/wandb_manifest.json"))):
        if PICKLES in folder.parts:
            continue
        store = Store(tmp_path / f"store{number}")
        siblings = [path.parent for path in sorted(folder.parents[1].glob("*/wandb_manifest.json"))]
        refs = {path: imported(store, path)[0].ref for path in siblings}
        out = export_wandb(store.artifact(refs[folder.parent]), tmp_path / f"{number}" / folder.parent.name)
        groups += [[folder.parent, *(path for path in siblings if path != folder.parent)], [out]]
    found = read_with_sdk(groups)
    assert len(found) > 20
    compared = 0
    for index in range(0, len(found), 2):
        for name, fact in found[index].items():
            if fact is not None and "error" not in fact:
                assert found[index + 1][name] == fact, (groups[index][0], name)
                compared += 1
    assert compared > 30


def test_everything_in_one_store_is_well(golden_data, tmp_path):
    """Artifacts of five SDKs share names and ids; each reference still leads to the bytes that were meant."""
    store = Store(tmp_path / "store")
    found = imported(store, golden_data)
    assert {item.kind for item in found} == {"artifact", "run"}
    report = verify_session(open_target(str(tmp_path / "store")))
    assert report.problems == []
    assert report.values > 900
    assert round_trip_report(store, [(item.source, item.ref) for item in found if item.kind == "artifact"])["equal"]
