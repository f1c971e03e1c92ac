"""Partitioned tables: parts in the order of the manifest, read as one."""

from __future__ import annotations

import pytest
from sinks import DictRun, DictStore

import datatypes as dt
from storage import Artifact, Store


def parted(*rows, columns=("k", "v")):
    store = DictStore()
    for number, data in enumerate(rows):
        store.add(dt.Table(columns=list(columns), data=data), f"parts/{number}")
    store.add(dt.PartitionedTable("parts"), "all")
    return store.get("all.partitioned-table.json"), store


def test_rows_of_all_parts_in_order():
    value, _ = parted([[1, "a"], [2, "b"]], [], [[3, "c"]])
    assert [(number, row) for number, row in value.iterrows()] == [(0, [1, "a"]), (1, [2, "b"]), (2, [3, "c"])]
    assert (value.columns, value.row_count()) == (["k", "v"], 3)
    assert value.get_column("v") == ["a", "b", "c"]
    assert list(value.to_pandas()["k"]) == [1, 2, 3]
    assert value.to_arrow().num_rows == 3
    assert value.facts()["parts"] == [f"parts/{number}.table.json" for number in range(3)]


def test_the_order_is_that_of_the_manifest(tmp_path):
    artifact = Artifact("parts", type="dataset")
    for number in (10, 2):
        artifact.add(dt.Table(columns=["n"], data=[[number]]), f"parts/{number}")
    artifact.add(dt.PartitionedTable("parts"), "all")
    saved = Store(tmp_path / "store").log_artifact(artifact)
    assert saved.get("all").get_column("n") == [10, 2]  # sorted as text


def test_a_slash_at_the_end_makes_no_difference():
    _, store = parted([[1, "a"]])
    value = dt.init_from_json({"_type": "partitioned-table", "parts_path": "parts/"}, store)
    assert value.row_count() == 1


def test_parts_of_several_types_are_of_mixed_types():
    value, _ = parted([[1, "a"]], [["x", "b"]])
    assert value.to_table().data == [[1, "a"], ["x", "b"]]


def test_a_foreign_file_among_the_parts_is_named():
    value, store = parted([[1, "a"]])
    store.files["parts/x.txt"] = b""
    with pytest.raises(dt.WireFormatError, match=r"parts/x.txt: lies among the parts of a table and is none"):
        value.row_count()


def test_other_columns_are_named():
    value, store = parted([[1, "a"]])
    store.add(dt.Table(columns=["other"]), "parts/9")
    with pytest.raises(dt.WireFormatError, match=r"parts/9.table.json: has the columns \['other'\]"):
        value.row_count()


def test_no_path_is_refused():
    with pytest.raises(dt.WireFormatError, match='field "parts_path" is missing'):
        dt.init_from_json({"_type": "partitioned-table"}, DictStore())


def test_added_to_another_artifact_its_parts_go_along():
    value, _ = parted([[1, "a"]], [[2, "b"]])
    second = DictStore()
    second.add(value, "copy")
    assert second.get("copy.partitioned-table.json") == value


def test_a_join_of_partitioned_tables():
    value, _ = parted([[1, "a"]], [[2, "b"]])
    joined = dt.JoinedTable(value, dt.Table(columns=["k", "w"], data=[[2, "x"]]), "k")
    assert joined.join().data == [[2, "b", "x"]]


def test_difference_counts_rows():
    one, _ = parted([[1, "a"]], [[2, "b"]])
    other, _ = parted([[1, "a"], [3, "b"]])
    assert one.difference(other)["cells_changed"] == 1
    assert one != other


def test_runs_name_its_entry():
    with pytest.raises(ValueError, match="before logging it"):
        dt.PartitionedTable("parts").to_json(DictRun())
    value, _ = parted([[1, "a"]])
    assert value.to_json(DictRun()) == {"_type": "partitioned-table", "artifact_path": "all.partitioned-table.json"}
