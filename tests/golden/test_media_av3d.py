"""Sounds, videos, 3D objects and molecules of five SDK releases: decoded to the recorded facts, and written again."""

from __future__ import annotations

import json

from facts import missing_facts
from golden_values import artifact_objects, run_values, stored_rows
from sinks import DictStore, FolderSource

from datatypes import registry, wire

SINGLE = {"audio-file", "molecule-file", "object3D-file", "video-file"}
LISTS = {"audio", "molecule", "object3D", "videos"}


def test_objects_of_artifacts(golden_artifact):
    source = FolderSource(golden_artifact.folder)
    for name, expected in artifact_objects(golden_artifact, SINGLE):
        assert missing_facts(expected, source.get(name).facts(), name) == []


def test_values_of_runs(golden_run):
    source = FolderSource(golden_run.folder / "files")
    rows = stored_rows(golden_run.folder)
    for step, key, expected in run_values(golden_run, SINGLE | LISTS):
        facts = registry.facts(rows[step][key], source.at(key.rpartition(".")[2], step))
        assert missing_facts(expected, facts, f"{step} {key}") == []


def test_cells_of_tables(golden_artifact):
    """Media in tables, decoded one by one: the table itself is tested elsewhere."""
    source = FolderSource(golden_artifact.folder)
    for name, fact in golden_artifact.expected["objects"].items():
        if fact.get("$media") != "table" or "rows" not in fact or not (golden_artifact.folder / name).is_file():
            continue
        data = json.loads((golden_artifact.folder / name).read_bytes())["data"]
        for row, expected in zip(data, fact["rows"], strict=True):
            for cell, cell_fact in zip(row, expected, strict=True):
                if isinstance(cell_fact, dict) and cell_fact.get("$media") in SINGLE and "file" in cell_fact:
                    value = registry.decode(cell, source)
                    if (golden_artifact.folder / value.path).is_file():  # else a reference to another artifact
                        assert missing_facts(cell_fact, value.facts(), name) == []


def test_written_again_the_json_says_the_same(golden_artifact):
    source = FolderSource(golden_artifact.folder)
    for name, _ in artifact_objects(golden_artifact, SINGLE):
        stored = json.loads((golden_artifact.folder / name).read_bytes())
        store = DictStore()
        again = source.get(name).to_json(store)
        assert missing_facts(stored, json.loads(wire.canonical_json(again)), name) == []
        assert store.files[again["path"]] == (golden_artifact.folder / stored["path"]).read_bytes()
        assert registry.decode(again, store) == source.get(name)
