"""Tables, joins, partitioned tables and data frames of five SDK releases, decoded to the facts that were recorded."""

from __future__ import annotations

import json

from facts import missing_facts
from golden_values import run_values, stored_rows
from sinks import FolderSource

from datatypes import registry

TAGS = {
    "table",
    "table-file",
    "incremental-table-file",
    "joined-table",
    "partitioned-table",
    "data-frame",
}


class Neighbours(FolderSource):
    """A folder whose references lead to the artifacts beside it."""

    def __init__(self, golden_artifact):
        super().__init__(golden_artifact.folder)
        self.references = golden_artifact.expected.get("references", {})

    def target(self, name):
        """The folder beside this one that a reference leads to, and the name of the entry there."""
        host, _, entry = self.references[name]["ref"].partition("://")[2].partition("/")
        for record in self.folder.parent.glob("*.artifact.json"):
            facts = json.loads(record.read_text("utf-8"))
            if host in (facts.get("server_id_hex"), facts.get("client_id")):
                return FolderSource(record.with_name(record.name.removesuffix(".artifact.json"))), entry
        raise LookupError(name)

    def local_path(self, name):
        if (self.folder / name).is_file() or name not in self.references:
            return super().local_path(name)
        source, entry = self.target(name)
        return source.local_path(entry)

    def get(self, name):
        if (self.folder / name).is_file() or name not in self.references:
            return super().get(name)
        source, entry = self.target(name)
        return source.get(entry)


def artifact_objects(golden_artifact):
    for name, fact in sorted(golden_artifact.expected["objects"].items()):
        if fact.get("$media") in TAGS:
            yield name, fact


def test_objects_of_artifacts(golden_artifact):
    source = Neighbours(golden_artifact)
    for name, expected in artifact_objects(golden_artifact):
        assert missing_facts(expected, source.get(name).facts(), name) == []


def test_values_of_runs(golden_run):
    source = FolderSource(golden_run.folder / "files", config=golden_run.expected.get("config"))
    rows = stored_rows(golden_run.folder)
    for step, key, expected in run_values(golden_run, TAGS):
        facts = registry.facts(rows[step][key], source.at(key, step))
        assert missing_facts(expected, facts, f"{step} {key}") == []
