"""Tables in runs: side files, real cells beside them, increments."""

from __future__ import annotations

import datetime  # noqa: ICN001  # dt is datatypes here
import json

import numpy as np
import pytest
from sinks import DictRun, DictStore

import datatypes as dt


class BareRun(DictStore):
    """A run that keeps no artifacts."""

    def __init__(self):
        super().__init__("run")


def side_file(run, row):
    return json.loads(run.files[row["path"]])


def logged(table, run, key="t", step=0):
    table.bind_to_run(run, key, step)
    return json.loads(json.dumps(table.to_json(run)))


def picture(shade):
    return dt.Image(np.full((3, 4), shade, np.uint8))


def test_the_side_file_is_compact_with_names_of_classes_and_iso_times():
    table = dt.Table(columns=["n", "p", "t", "nan"], data=[
        [1, picture(1), datetime.datetime.fromisoformat("2020-12-09T12:00"), float("nan")],
        [2, None, datetime.datetime.fromisoformat("2020-12-10T12:00"), 1.0],
    ])  # fmt: skip
    run = BareRun()
    row = logged(table, run, "media/x", 3)
    assert row["path"].startswith("media/table/media/x_3_")
    assert run.files[row["path"]] == (
        b'{"columns":["n","p","t","nan"],"data":[[1,"Image","2020-12-09T12:00:00",NaN],[2,null,"2020-12-10T12:00:00",1.0]]}'
    )
    assert {key: row[key] for key in ("_type", "ncols", "nrows", "log_mode", "size")} == {
        "_type": "table-file",
        "ncols": 4,
        "nrows": 2,
        "log_mode": "IMMUTABLE",
        "size": len(run.files[row["path"]]),
    }
    assert row["fidelity"]["steps"] == [
        "store values by the name of their class",
        "store what JSON has no form for as text or lists",
    ]


def test_real_cells_come_back_where_the_run_keeps_artifacts():
    table = dt.Table(columns=["n", "p"], data=[[1, picture(1)], [2, picture(2)]])
    run = DictRun()
    row = logged(table, run)
    assert "fidelity" not in row
    assert row["artifact_path"] == "wandb-client-artifact://a0/t.table.json"
    again = dt.init_from_json(row, run)
    assert run.opened == []
    assert again == table
    assert again.artifact_path == row["artifact_path"]
    assert again.facts()["file"]["data"] == [[1, "Image"], [2, "Image"]]


def test_without_the_artifact_the_side_file_is_read():
    run = DictRun()
    row = logged(dt.Table(columns=["n", "p"], data=[[1, picture(1)]]), run)
    run.artifacts.clear()
    again = dt.init_from_json(row, run)
    assert repr(again) == f"Table({row['path']!r}, not read yet)"
    assert again.columns == ["n", "p"]
    assert again.data == [[1, "Image"]]
    assert "2 columns" in repr(again)


def test_a_missing_side_file_is_a_fact_and_an_error():
    run = BareRun()
    row = logged(dt.Table(columns=["n"], data=[[1]]), run)
    run.files.clear()
    assert dt.init_from_json(row, run).facts() == {"$media": "table-file", "$missing_file": row["path"]}
    with pytest.raises(LookupError):
        _ = dt.init_from_json(row, run).data


@pytest.mark.parametrize("text", [b"[]", b"{}", b'{"columns":["a"],"data":[[1,2]]}', b"{"])
def test_a_broken_side_file_is_one_clear_error(text):
    run = BareRun()
    row = logged(dt.Table(columns=["n"], data=[[1]]), run)
    run.files[row["path"]] = text
    with pytest.raises(ValueError, match=r"table|row 0"):
        _ = dt.init_from_json(row, run).data


def test_inline_tables_of_the_oldest_sdks():
    table = dt.init_from_json({"_type": "table", "columns": ["a"], "data": [[1]]}, BareRun())
    assert table.data == [[1]]


def test_json_before_binding_is_refused():
    with pytest.raises(dt.UnboundValueError, match="bind_to_run"):
        dt.Table().to_json(DictRun())
    with pytest.raises(TypeError, match="run: is None"):
        dt.Table().bind_to_run(None, "k", 0)


def test_logged_again_as_it_was_the_row_repeats_the_first_file():
    table, run = dt.Table(columns=["a"], data=[[1]]), BareRun()
    first, second = logged(table, run, step=0), logged(table, run, step=1)
    assert first == second
    table.add_data(2)
    third = logged(table, run, step=2)
    assert third["path"] != first["path"]
    assert side_file(run, third)["data"] == [[1], [2]]


def test_a_mutable_table_makes_a_file_each_time():
    table, run = dt.Table(columns=["a"], data=[[1]], log_mode="MUTABLE"), BareRun()
    assert logged(table, run, step=0)["path"] != logged(table, run, step=1)["path"]


def test_increments_hold_new_rows_only_and_know_those_before():
    table, run = dt.Table(columns=["a"], log_mode="INCREMENTAL"), DictRun()
    rows = []
    for step in range(3):
        table.add_data(step)
        rows.append(logged(table, run, "inc", step))
    assert [side_file(run, row)["data"] for row in rows] == [[[0]], [[1]], [[2]]]
    assert [row["increment_num"] for row in rows] == [0, 1, 2]
    assert [row["nrows"] for row in rows] == [1, 2, 3]
    assert rows[2]["previous_increments_paths"] == [rows[0]["artifact_path"], rows[1]["artifact_path"]]
    assert rows[2]["_type"] == "incremental-table-file"
    kept = json.loads(run.artifacts["a2"].files["inc.table.json"])
    assert (kept["increment_num"], kept["nrows"], kept["data"]) == (2, 1, [[2]])
    assert dt.init_from_json(rows[1], run).data == [[1]]


def test_increments_that_lie_together_are_read_as_one_table():
    store = DictStore()
    for name, number, data in (("1-20", 1, [[2]]), ("None-10", 0, [[0], [1]]), ("10-5", 10, [[4]]), ("2-30", 2, [[3]])):
        stored = {"_type": "table", "columns": ["a"], "data": data, "log_mode": "INCREMENTAL"}
        store.files[f"{name}.inc.table.json"] = json.dumps(stored | {"increment_num": number}).encode()
    assert store.get("1-20.inc.table.json").data == [[0], [1], [2], [3], [4]]
    store.files["3-1.inc.table.json"] = b'{"columns": ["b"], "data": []}'
    with pytest.raises(dt.WireFormatError, match="is no increment of this table"):
        store.get("1-20.inc.table.json")


def test_large_tables_are_streamed_into_the_run():
    table, run = dt.Table(columns=["a", "b"], data=[[number, "x"] for number in range(40_000)]), BareRun()
    row = logged(table, run)
    assert side_file(run, row) == {"columns": ["a", "b"], "data": table.data}


@pytest.mark.parametrize(
    ("key", "name"),
    [("plain", "run-r1-plain"), ("a.b-c_d", "run-r1-a.b-c_d"), ("a/b c", "run-r1-abc-jX2y-g"), ("ü", "run-r1--ZUfDqw")],
)
def test_the_artifact_beside_is_named_as_the_sdk_names_it(key, name):
    assert dt.Table().run_artifact("r1", key) == (name, "run_table", key)


def test_increments_lie_in_an_artifact_of_their_own_type():
    found = dt.Table(log_mode="INCREMENTAL").run_artifact("r1", "inc")
    assert (found.name, found.type) == ("run-r1-incr-inc", "wandb-run-incremental-table")
    assert found.entry.startswith("0-")
    assert found.entry.endswith(".inc")


def test_only_large_tables_are_streamed():
    assert not dt.Table(columns=["a"], data=[[1]]).is_streamed
    assert dt.Table(columns=["a"], data=[[1]] * 70_000).is_streamed
