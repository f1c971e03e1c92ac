"""``vitrina ls`` and ``vitrina show`` say of recorded data what a reader must recover."""

from __future__ import annotations

import json

import pytest
from facts import missing_facts

from app.cli import main
from app.cli.describe import entry_document
from app.session import open_target
from datatypes.registry import batch_tags, class_for_tag
from datatypes.wire import json_safe


def run_json(capsys, *arguments):
    code = main([*map(str, arguments)])
    output, errors = capsys.readouterr()
    assert (code, errors) == (0, "")
    return json.loads(output, parse_constant=pytest.fail)


def is_known(fact):
    """Whether the type of a fact has its class already; one that has none is shown as it is stored."""
    tag = fact.get("$media") if isinstance(fact, dict) else None
    return tag is None or class_for_tag(tag) is not None or tag in batch_tags()


def test_ls_of_an_artifact(golden_artifact, capsys):
    found = run_json(capsys, "ls", "--json", golden_artifact.folder)
    expected, record = golden_artifact.expected, golden_artifact.record
    assert set(found) == {"kind", "artifacts", "runs", "problems"}
    assert (found["kind"], found["runs"]) == ("artifact", [])
    (artifact,) = found["artifacts"]
    assert {key: artifact[key] for key in ("name", "type", "digest", "size", "entries")} == {
        "name": record["name"],
        "type": record["type"],
        "digest": expected["digest"],
        "size": expected["size"],
        "entries": expected["entries"],
    }


def test_show_of_an_artifact(golden_artifact, capsys):
    found = run_json(capsys, "show", "--json", golden_artifact.folder)
    expected, record = golden_artifact.expected, golden_artifact.record
    assert found["type"] == "artifact"
    summary = found["summary"]
    assert (summary["name"], summary["digest"]) == (record["name"], expected["digest"])
    references = {entry["path"]: entry["ref"] for entry in summary["entries"] if entry["ref"]}
    assert references == {path: fact["ref"] for path, fact in expected["references"].items()}
    assert len(summary["entries"]) == expected["entries"]


def test_show_of_each_value(golden_artifact):
    artifact = open_target(golden_artifact.folder).opened
    for name, fact in golden_artifact.expected["objects"].items():
        if is_known(fact):
            document = entry_document(artifact, name)
            assert missing_facts(fact, document["summary"], name) == []
            assert document["type"] == fact.get("$media", document["type"])
            json.dumps(document, allow_nan=False)


def test_show_finds_a_value_by_its_short_name(golden_artifact, capsys):
    objects = golden_artifact.expected["objects"]
    tagged = {name: fact["$media"] for name, fact in objects.items() if "$media" in fact}
    suffixes = {name: f".{tag}.json" for name, tag in tagged.items() if name.endswith(f".{tag}.json")}
    suffixes = suffixes or {name: ".json" for name in tagged if name.endswith(".json")}  # as the oldest SDKs wrote
    if not suffixes:
        assert not tagged
        return
    name = min(suffixes)
    whole = run_json(capsys, "show", "--json", golden_artifact.folder / name)
    short = run_json(capsys, "show", "--json", f"{golden_artifact.folder}/{name.removesuffix(suffixes[name])}")
    assert short == whole
    assert whole["entry"]["path"] == name
    stored = json.loads((golden_artifact.folder / name).read_text("utf-8")) if not whole["entry"]["ref"] else None
    assert whole["json"] == json_safe(stored) or stored is None


def test_show_of_a_run(golden_run, capsys):
    expected = golden_run.expected
    found = run_json(capsys, "show", "--json", golden_run.folder)
    summary = found["summary"]
    assert found["type"] == "run"
    assert summary["config"] == expected["config"]
    assert summary["media_files"] == expected["media_files"]
    assert [row["step"] for row in summary["rows"]] == [row["step"] for row in expected["rows"]]
    for row, wanted in zip(summary["rows"], expected["rows"], strict=True):
        known = {key: fact for key, fact in wanted["values"].items() if is_known(fact)}
        assert missing_facts(known, row["values"], f"step {row['step']}") == []


def test_ls_of_a_run(golden_run, capsys):
    found = run_json(capsys, "ls", "--json", golden_run.folder)
    assert found["kind"] == "run"
    (run,) = found["runs"]
    assert run["steps"] == len(golden_run.expected["rows"])
