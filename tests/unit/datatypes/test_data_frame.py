"""Data frames: Parquet in runs as the seed wrote it, and as values of their own."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet
from sinks import DictRun, DictStore

import datatypes as dt


def frame():
    return pd.DataFrame(
        {
            "i": np.array([1, 2], np.int8),
            "f": [0.5, np.nan],
            "s": ["a", None],
            "when": pd.to_datetime(["2020-01-01", None]).tz_localize("Europe/Berlin"),
            "kind": pd.Categorical(["x", "y"]),
        }
    )


def test_the_seeds_dictionary():
    run = DictRun()
    row = dt.data_frame_to_json(frame(), run, "iris", "summary")
    assert list(row) == ["_type", "id", "format", "project", "entity", "run", "path", "sha256"]
    assert (row["_type"], row["format"], row["project"], row["run"]) == ("data-frame", "parquet", "demo", "run1")
    assert len(row["id"]) == 8
    assert row["path"] == f"media/data_frames/iris-{row['id']}.parquet"
    assert json.loads(json.dumps(row)) == row


def test_two_columns_are_added_to_a_copy_and_dtypes_stay():
    given, run = frame(), DictRun()
    row = dt.data_frame_to_json(given, run, "iris", 0)
    assert list(given.columns) == ["i", "f", "s", "when", "kind"]
    again = dt.init_from_json(row, run).to_pandas()
    assert set(again["wandb_run_id"]) == {"run1"}
    assert set(again["wandb_data_frame_id"]) == {row["id"]}
    pd.testing.assert_frame_equal(again.drop(columns=["wandb_run_id", "wandb_data_frame_id"]), given)


@pytest.mark.parametrize("name", ["wandb_run_id", "wandb_data_frame_id"])
def test_reserved_columns_are_refused(name):
    run = DictRun()
    with pytest.raises(ValueError, match=f"column '{name}': is reserved"):
        dt.data_frame_to_json(pd.DataFrame({name: [1]}), run, "k", 0)
    assert run.files == {}


def test_only_frames_are_taken():
    for make in (lambda: dt.data_frame_to_json([1], DictRun(), "k", 0), lambda: dt.DataFrame([1])):
        with pytest.raises(TypeError, match="df: is list"):
            make()


def test_columns_that_parquet_cannot_hold_are_refused():
    with pytest.raises(TypeError, match="df: has a column that Parquet cannot hold"):
        dt.DataFrame(pd.DataFrame({"a": [1, "x"]}))


def test_media_become_the_text_of_their_json_and_come_alive():
    pictures = [dt.Image(np.full((2, 2), shade, np.uint8)) for shade in (1, 2)]
    given, run = pd.DataFrame({"n": [1, 2], "p": pictures}), DictRun()
    value = dt.init_from_json(dt.data_frame_to_json(given, run, "k", "summary"), run)
    assert given["p"][0] is pictures[0]
    text = value.to_pandas()["p"][1]
    assert json.loads(text)["path"].startswith("media/images/k_summary_")
    assert value.media_cell(text) == pictures[1]
    for other in ("{", '{"a": 1}', "plain", 5, None):
        assert value.media_cell(other) == other


def test_absolute_paths_of_old_sdks_are_cut():
    run = DictRun()
    row = dt.data_frame_to_json(frame(), run, "iris", 0)
    for folder in ("/somewhere/project/wandb/run-1/", "C:\\runs\\run-1\\"):
        stored = row | {"path": folder + row["path"]}
        value = dt.init_from_json(stored, run)
        assert value.path == row["path"]
        assert value.facts()["path_is_absolute"] == folder.startswith("/")
        assert value.columns[:2] == ["i", "f"]


def test_a_key_stays_inside_its_folder():
    run = DictRun()
    row = dt.data_frame_to_json(frame(), run, "../../etc/x", 0)
    assert row["path"].startswith("media/data_frames/__/__/etc/x-")


def test_in_an_artifact():
    store, value = DictStore(), dt.DataFrame(frame())
    entry = store.add(value, "frame")
    assert entry.path == "frame.data-frame.json"
    again = store.get(entry.path)
    pd.testing.assert_frame_equal(again.to_pandas(), frame())
    assert again == value
    assert again.path.startswith("media/data_frames/")
    assert parquet.read_table(io.BytesIO(store.files[again.path])).num_rows == 2


def test_difference_and_equality_are_by_value():
    other = frame()
    other.loc[0, "f"] = 9
    one, two = dt.DataFrame(frame()), dt.DataFrame(other)
    assert one.difference(two)["cells_changed"] == 1
    assert one != two
    assert "2 of 2 rows" in one._repr_html_()


def test_what_is_no_parquet_is_one_clear_error():
    stored = {"_type": "data-frame", "format": "parquet", "path": "media/data_frames/x.parquet"}
    value = dt.init_from_json(stored, DictStore(files={"media/data_frames/x.parquet": b"PAR1"}))
    with pytest.raises(dt.UnreadableMediaError, match="is not Parquet"):
        value.to_pandas()
    missing = dt.init_from_json(stored, DictStore())
    assert missing.facts() == {"$media": "data-frame", "$missing_file": "media/data_frames/x.parquet"}
    with pytest.raises(dt.WireFormatError, match="has the format 'feather'"):
        dt.init_from_json(stored | {"format": "feather"}, DictStore())
