"""A value made of an entry of an artifact refers to that entry: nothing is stored twice, nothing dangles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import datatypes as dt
from storage import Artifact, Store, open_source

GOLDEN = Path(__file__).parents[2] / "golden/data/0.31.0/images/artifacts/images"
PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.mark.parametrize(
    ("cls", "value"),
    [(dt.Image, dt.Image(PIXELS)), (dt.Audio, dt.Audio(np.zeros(8, np.int16), sample_rate=8000))],
)
def test_of_an_entry_the_file_is_a_reference(store, cls, value):
    first = Artifact("first", type="dataset")
    first.add(value, "x")
    first = store.log_artifact(first)
    entry = first.get_path(first.get("x").path)
    second = Artifact("second", type="dataset")
    second.add(cls(entry, caption="mine"), "y")
    second = store.log_artifact(second)
    file = second.manifest.entries[entry.path]
    assert file.ref == entry.ref_url()
    assert (file.digest, file.size) == (entry.digest, entry.size)
    again = second.get("y")
    assert again.caption == "mine"
    assert again.open().read() == value.open().read()
    store.delete("first:v0")
    store.gc(dry_run=False, older_than_secs=0)
    assert store.verify() == []
    assert second.get("y").open().read() == value.open().read()


def test_of_an_entry_of_a_folder_the_bytes_come_along(store):
    folder = open_source(GOLDEN)
    picture = folder.get("rgb_array")
    artifact = Artifact("copy", type="dataset")
    artifact.add(dt.Image(folder.get_path(picture.path)), "again")
    saved = store.log_artifact(artifact)
    assert np.array_equal(saved.get("again").to_numpy(), picture.to_numpy())
    assert store.verify() == []
