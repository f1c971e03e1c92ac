"""The recipes of SDK 0.31, run with our own classes: the JSON is the SDK's, but for the intended differences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from recipes import Recipe, strip_intended
from sinks import DictStore

from datatypes import wire

DATA = Path(__file__).parent / "data/0.31.0"


#: Steps that say nothing by themselves: a join of tables that other steps add, and a table that the SDK cut, which we
#: do not.
ELSEWHERE = {("joined-table", "by_path"), ("table-row-limit", "five_rows")}


def additions():
    """Each ``add`` of a value that the recipe makes on the spot, with the artifact that it went to."""
    for path in sorted(DATA.glob("*/recipe.json")):
        seen: set[str] = set()  # the first value of a name stays
        current, failed = "", {step.get("name") for step in _failed(path)}
        for step in json.loads(path.read_text("utf-8"))["steps"]:
            current = step["name"] if step["op"] in ("artifact", "use") else current
            made_here = step["op"] == "add" and "$new" in step["obj"] and step["name"] not in failed
            made_here = made_here and (path.parent.name, step.get("name")) not in ELSEWHERE
            made_here = made_here and f"{current}/{step['name']}" not in seen
            if made_here and "until" not in step and not _refers("$get", step) and not _refers("$entry", step):
                seen.add(f"{current}/{step['name']}")
                yield pytest.param(path.parent.name, current, step, id=f"{path.parent.name}/{step['name']}")


def _failed(path):
    failed = json.loads(path.read_text("utf-8")).get("failed_steps", [])
    return [item.get("step", item) if isinstance(item, dict) else {} for item in failed]


def _refers(mark, spec):
    if isinstance(spec, dict):
        return mark in spec or any(_refers(mark, item) for item in spec.values())
    return isinstance(spec, list) and any(_refers(mark, item) for item in spec)


@pytest.mark.parametrize(("case", "artifact", "step"), list(additions()))
def test_the_json_is_the_sdks(case, artifact, step, golden_inputs):
    value = Recipe(golden_inputs).value(step["obj"])
    stored_path = DATA / case / "artifacts" / artifact / value.entry_name(step["name"])
    stored = json.loads(stored_path.read_bytes())
    ours = json.loads(wire.canonical_json(value.to_json(DictStore())))
    assert strip_intended(ours) == strip_intended(stored)
