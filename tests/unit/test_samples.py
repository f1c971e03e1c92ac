"""`sample_artifacts/`: whole, small, readable by everybody, and the same by value when it is made again."""

from __future__ import annotations

import importlib.util
import stat
from pathlib import Path

import pytest

import datatypes as dt
from storage import Store

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_artifacts"


@pytest.fixture(scope="module")
def made_again(tmp_path_factory):
    """The samples, made by their script."""
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "tools/make_samples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("samples") / "store"
    module.main(str(folder))
    return Store(folder)


def versions(store):
    return [f"{item.name}:{row.version}" for item in store.artifacts() for row in store.versions(item.name)]


def test_nothing_is_wrong_with_them():
    assert Store(SAMPLES).verify() == []


def test_they_are_small_and_readable_and_no_folder_is_empty():
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 5_000_000
    assert all(path.stat().st_mode & stat.S_IRUSR for path in files)
    assert all(any(path.iterdir()) for path in SAMPLES.rglob("*") if path.is_dir() and path.name != "tmp")


def test_they_hold_a_value_of_every_type():
    store = Store(SAMPLES)
    found = {
        type(store.artifact(ref).get(name)) for ref in versions(store) for name in store.artifact(ref).value_names()
    }
    parts = {dt.BoundingBoxes2D, dt.ImageMask}  # of pictures
    pickles = {dt.TorchModel, dt.TFKerasModel}  # as SklearnModel
    assert set(dt.WBValue.type_mapping().values()) - parts - pickles | {dt.UnknownValue} <= found


def test_made_again_they_are_equal_by_value(made_again):
    store = Store(SAMPLES)
    assert versions(made_again) == versions(store)
    for ref in versions(store):
        old, new = store.artifact(ref), made_again.artifact(ref)
        assert old.value_names() == new.value_names()
        for name in old.value_names():
            left, right = old.get(name), new.get(name)
            if isinstance(left, dt.Video):  # the encoder divides its work by the cores of the machine
                assert (left.width, left.height, left.caption) == (right.width, right.height, right.caption)
            elif isinstance(left, dt.WBTraceTree):  # it was made at another time
                assert [span["name"] for _, span in left.spans()] == [span["name"] for _, span in right.spans()]
            elif isinstance(left, dt.JoinedTable):  # names of tables may differ; rows may not
                assert left.join() == right.join()
            else:
                assert left == right, f"{ref}/{name}"


def test_the_run_is_there_row_by_row(made_again):
    (old,), (new,) = Store(SAMPLES).runs(), made_again.runs()
    assert [step for step, _ in old.history()] == [step for step, _ in new.history()] == list(range(240))
    losses = [[row["train/loss"] for _, row in run.history()] for run in (old, new)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)  # sums depend on the processor
