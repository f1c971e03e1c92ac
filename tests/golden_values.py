"""Values of the golden data with the facts that were recorded of them, chosen by type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


def artifact_objects(golden_artifact: Any, tags: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Give the entries of some types whose JSON lies in the artifact itself, with their facts."""
    for name, fact in sorted(golden_artifact.expected["objects"].items()):
        if fact.get("$media") in tags and (golden_artifact.folder / name).is_file():
            yield name, fact


def run_values(golden_run: Any, tags: Collection[str]) -> Iterator[tuple[Any, str, Any]]:
    """Give step, key and facts of the values of some types in the rows and the summary of a run."""
    for row in [*golden_run.expected["rows"], {"step": "summary", "values": golden_run.expected["summary"]}]:
        for key, fact in row["values"].items():
            if isinstance(fact, dict) and fact.get("$media") in tags:
                yield row["step"], key, fact


def stored_rows(folder: Path) -> dict[Any, Any]:
    """Return the rows that lie in the folder of a run, as recorded, by step; the summary as ``summary``."""
    text = (folder / "history.jsonl").read_text("utf-8")
    rows = {row["_step"]: row for row in map(json.loads, text.splitlines())}
    summary = folder / "summary.json"
    return rows | {"summary": json.loads(summary.read_text("utf-8")) if summary.is_file() else {}}
