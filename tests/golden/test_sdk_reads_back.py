"""What we write, the real SDK 0.31 reads: the same pixels, ids, boxes, class sets and files.

Every example of every tag goes into a store and out as a folder; one child process opens that with the SDK.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from value_contract import example_files, examples, tag_key

import datatypes as dt
from storage import Artifact, Store
from storage.export import export_wandb

CHILD = Path(__file__).parents[1] / "wandb_child.py"

#: Values that no SDK reads as objects however they are written: it has no reader for them.
UNREADABLE = {"histogram", "plotly-file", "graph-file", "metadata", "wb_trace_tree", "data-frame", "eval-table"}
#: Saved models are pickles: kept, never loaded, by nobody here.
UNREADABLE |= {"sklearn-model-file", "pytorch-model-file", "tfkeras-model-file"}

#: Documents of other releases of Bokeh, kept byte for byte: the SDK gives them to the installed Bokeh, which cannot.
OTHER_BOKEH = {"path, SDK 0.10.13", "path, SDK 0.16.6"}


def read_with_sdk(folder: Path, *siblings: Path) -> dict:
    """Open a folder with the real SDK, in a process of its own."""
    command = [sys.executable, str(CHILD), str(folder), *map(str, siblings)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def written():
    """Name in the artifact → (tag, what it is made from, value)."""
    known = example_files()  # that every tag has examples is the contract's own test
    tags = [tag for tag in sorted(dt.type_mapping()) if tag_key(tag) in known and tag not in UNREADABLE]
    found = {}
    for tag in tags:
        for index, (what, value) in enumerate(examples(tag)):
            found[f"{tag}-{index}"] = (tag, what, value)
    return found


@pytest.fixture(scope="module")
def recovered(written, tmp_path_factory):
    """What the SDK says of each name."""
    folder = tmp_path_factory.mktemp("readback")
    artifact = Artifact("everything", type="dataset")
    entries = {name: artifact.add(value, name).path for name, (_, _, value) in written.items()}
    saved = Store(folder / "store").log_artifact(artifact)
    export_wandb(saved, folder / "out" / "everything")
    facts = read_with_sdk(folder / "out" / "everything")
    return {name: facts[entry] for name, entry in entries.items()}


def of(written, recovered, tag):
    return [(what, value, recovered[name]) for name, (its, what, value) in written.items() if its == tag]


def plain(value):
    return json.loads(json.dumps(value))


def pixels_fact(image):
    pixels = np.ascontiguousarray(np.asarray(image))
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return {"shape": list(pixels.shape), "dtype": pixels.dtype.name, "pixels_sha256": digest}


def test_nothing_is_unreadable(written, recovered):
    failed = {written[name][1]: fact["error"] for name, fact in recovered.items() if fact and "error" in fact}
    assert set(failed) == OTHER_BOKEH
    assert [name for name, fact in recovered.items() if fact is None] == []


def test_pictures(written, recovered):
    for what, value, fact in of(written, recovered, "image-file"):
        assert pixels_fact(value.to_pil()).items() <= fact.items(), what
        assert fact["caption"] == value.caption, what
        names = {str(item["id"]): item["name"] for item in fact.get("class_set", [])}
        assert names == {str(key): name for key, name in value.class_names().items()}, what
        assert fact.get("boxes", {}) == {key: plain(boxes.box_data) for key, boxes in value.boxes.items()}, what
        masks = {key: pixels_fact(mask.to_numpy()) for key, mask in value.masks.items()}
        assert fact.get("masks", {}) == masks, what


def test_masks_boxes_and_class_sets_alone(written, recovered):
    for what, value, fact in of(written, recovered, "mask"):
        assert pixels_fact(value.to_numpy()).items() <= fact.items(), what
    for what, value, fact in of(written, recovered, "bounding-boxes"):
        assert fact["boxes"] in (plain(value.box_data), plain({"box_data": value.box_data})["box_data"]), what
    for what, value, fact in of(written, recovered, "classes"):
        assert fact["class_set"] == value.class_set, what


def test_files_arrive_byte_for_byte(written, recovered):
    for name, (tag, what, value) in written.items():
        fact = recovered[name]
        if "sha256" in fact and tag != "image-file" and hasattr(value, "_file"):
            assert fact["sha256"] == value._file().sha256, f"{tag}: {what}"


def test_tables(written, recovered):
    for what, value, fact in of(written, recovered, "table"):
        assert fact["columns"] == list(value.columns), what
        assert len(fact["rows"]) == len(value.data), what
