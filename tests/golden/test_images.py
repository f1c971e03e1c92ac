"""Pictures, masks, boxes, class sets and histograms of five SDK releases, decoded to the facts that were recorded."""

from __future__ import annotations

import json

import pytest
from facts import missing_facts
from golden_values import artifact_objects, run_values, stored_rows
from sinks import DictStore, FolderSource

from datatypes import registry, wire

TAGS = {"image-file", "images/separated", "classes", "histogram"}


def test_objects_of_artifacts(golden_artifact):
    source = FolderSource(golden_artifact.folder)
    for name, expected in artifact_objects(golden_artifact, TAGS):
        facts = source.get(name).facts()
        assert missing_facts(expected, facts, name) == []


def test_values_of_runs(golden_run):
    source = FolderSource(golden_run.folder / "files", config=golden_run.expected.get("config"))
    rows = stored_rows(golden_run.folder)
    for step, key, expected in run_values(golden_run, TAGS):
        facts = registry.facts(rows[step][key], source.at(key.rpartition(".")[2], step))
        assert missing_facts(expected, facts, f"{step} {key}") == []


def test_written_again_the_json_says_the_same(golden_artifact):
    """What W&B wrote, read and written by us, has every field it had, with the same value."""
    source = FolderSource(golden_artifact.folder)
    for name, _ in artifact_objects(golden_artifact, TAGS):
        stored = json.loads((golden_artifact.folder / name).read_bytes())
        again = source.get(name).to_json(DictStore())
        if "classes" in stored:  # the class file is named by its content, and contents are compared as values
            assert again["classes"]["type"] == "classes-file"
            again["classes"] = stored["classes"]
        assert missing_facts(stored, json.loads(wire.canonical_json(again)), name) == []


@pytest.mark.parametrize("count", [0, 1])
def test_the_comparison_itself_finds_a_difference(count):
    assert bool(missing_facts({"a": [1]}, {"a": [count], "more": 2})) == (count != 1)
