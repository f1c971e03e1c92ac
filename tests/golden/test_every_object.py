"""Every object that five SDK releases wrote, asked for on the command line, says what was recorded of it."""

from __future__ import annotations

import json

from facts import missing_facts

from app.cli import main


def shown(capsys, *arguments):
    """Return what ``vitrina show --json`` prints: one strict JSON document and nothing else."""
    code = main(["show", "--json", *arguments])
    text = capsys.readouterr().out
    assert code == 0, text
    return json.loads(text, parse_constant=lambda name: f"{name} is not strict JSON")


def test_objects_of_artifacts(golden_artifact, capsys):
    for name, fact in sorted(golden_artifact.expected["objects"].items()):
        document = shown(capsys, f"{golden_artifact.folder}/{name}")
        if "$media" in fact:
            assert document["type"] == fact["$media"]
        assert missing_facts(fact, document["summary"], name) == []
        stored = golden_artifact.folder / name
        if stored.is_file():
            assert document["json"] is not None


def test_entries_of_artifacts(golden_artifact, capsys):
    expected = golden_artifact.expected
    summary = shown(capsys, str(golden_artifact.folder))["summary"]
    assert len(summary["entries"]) == expected["entries"]
    assert summary["digest"] == expected["digest"]
    assert summary["size"] == expected["size"]
    references = {entry["path"]: entry["ref"] for entry in summary["entries"] if entry["ref"]}
    assert references == {path: fact["ref"] for path, fact in expected["references"].items()}


def test_rows_of_runs(golden_run, capsys):
    expected = golden_run.expected
    summary = shown(capsys, str(golden_run.folder))["summary"]
    rows = {row["step"]: row["values"] for row in summary["rows"]}
    wanted = {row["step"]: row["values"] for row in expected["rows"]}
    assert sorted(rows) == sorted(wanted)
    for step, values in wanted.items():
        assert missing_facts(values, rows[step], f"step {step}") == []
    assert missing_facts(expected["summary"], summary["summary"], "summary") == []
    assert sorted(summary["media_files"]) == sorted(expected["media_files"])
