"""What every type must keep: written in each dialect, read back, equal, at no distance; unknown fields survive.

`examples` finds one file per wire tag in `tests/examples`, whose ``examples()`` gives values made from each input that
the type accepts. A registered tag without such a file fails `test_every_tag_has_examples`.
"""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sinks import DictRun, DictStore

from datatypes import wire
from datatypes.base import Media, WBValue

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "examples"

#: Measures of `difference` that are not zero for equal values, with the value that they must have then.
EQUAL = {"psnr_db": math.inf, "snr_db": math.inf, "mask_iou": 1.0, "min_iou": 1.0}
#: Counts of what is the same, not of what differs.
COUNTS = {"matched", "compared"}


def example_files() -> dict[str, Path]:
    """Return wire tag → file of examples."""
    return {path.stem.replace("_", "-"): path for path in sorted(FOLDER.glob("*.py"))}


def tag_key(tag: str) -> str:
    """Return a tag in the spelling of file names: lower case, dashes."""
    return tag.lower().replace("_", "-")


def examples(tag: str) -> list[tuple[str, Any]]:
    """Return (what it is made from, value) of one tag."""
    path = example_files()[tag_key(tag)]
    spec = importlib.util.spec_from_file_location(f"examples_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[tuple[str, Any]] = list(module.examples())
    return found


def nonzero(difference: Any, place: str = "") -> Iterator[str]:
    """Give each measure of a difference that says that something differs."""
    if isinstance(difference, dict):
        for key, item in difference.items():
            if key in EQUAL and not isinstance(item, dict):
                if item != EQUAL[key]:
                    yield f"{place}{key} = {item}"
            elif key in EQUAL:
                yield from (f"{place}{key}.{name} = {x}" for name, x in item.items() if x != EQUAL[key])
            elif key not in COUNTS:
                yield from nonzero(item, f"{place}{key}.")
    elif isinstance(difference, list | tuple | str):
        if difference:
            yield f"{place} = {difference}"
    elif difference is not None and difference != 0:
        yield f"{place} = {difference}"


def written_to_artifact(value: WBValue) -> tuple[Any, DictStore]:
    """Return the JSON as it comes back from the text of an object file, and what holds its side files."""
    store = DictStore()
    return json.loads(wire.canonical_json(value.to_json(store))), store


def written_to_run(value: WBValue) -> tuple[Any, DictRun]:
    """Return the JSON of a history row, and the run."""
    run = DictRun()
    if isinstance(value, Media) and value.file_is_set():
        value.bind_to_run(run, run.key, run.step)
    return json.loads(json.dumps(value.to_json(run))), run
