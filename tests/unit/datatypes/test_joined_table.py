"""Joined tables: three kinds of input, stored once, joined rows."""

from __future__ import annotations

import json

import pytest
from sinks import DictRun, DictStore

import datatypes as dt
from storage import Artifact, Store


def left():
    return dt.Table(columns=["id", "shade"], data=[[1, "light"], [2, "dark"], [2, "darker"], [None, "none"]])


def right():
    return dt.Table(columns=["id", "label"], data=[[2, "cat"], [3, "dog"], [None, "missing"]])


class Entry:
    """An entry of another artifact."""

    def __init__(self, source, path):
        self.source, self.path = source, path
        self.digest = "0f" * 32


class TestInput:
    @pytest.mark.parametrize("table", ["a.table.json", "x/b.table.json", left(), dt.PartitionedTable("parts")])
    def test_what_can_be_joined(self, table):
        assert dt.JoinedTable._validate_table_input(table)
        assert dt.JoinedTable(table, table, "id").join_key == "id"

    def test_an_entry_can_be_joined_if_its_name_says_table(self):
        assert dt.JoinedTable._validate_table_input(Entry(DictStore(), "a.table.json"))
        assert not dt.JoinedTable._validate_table_input(Entry(DictStore(), "a.json"))

        class SdkEntry:
            def ref_url(self):
                return "wandb-artifact://41/a.table.json"

        assert dt.JoinedTable._validate_table_input(SdkEntry())

    @pytest.mark.parametrize("table", ["a.json", "a", 5, None, [[1]], dt.Histogram([1])])
    def test_what_cannot(self, table):
        assert not dt.JoinedTable._validate_table_input(table)
        with pytest.raises(ValueError, match="^table1: is "):
            dt.JoinedTable(table, left(), "id")
        with pytest.raises(ValueError, match="^table2: is "):
            dt.JoinedTable(left(), table, "id")

    @pytest.mark.parametrize("key", [5, ["a"], ["a", "b", "c"], ("a", "b"), None])
    def test_keys_are_a_name_or_a_list_of_two(self, key):
        with pytest.raises(ValueError, match="^join_key: is "):
            dt.JoinedTable(left(), right(), key)


class TestStoring:
    def test_a_table_is_stored_once_under_its_content(self):
        store, table = DictStore(), left()
        value = dt.JoinedTable(table, table, "id")
        first = value.to_json(store)
        assert first == {
            "_type": "joined-table",
            "join_key": "id",
            "table1": first["table1"],
            "table2": first["table2"],
        }
        assert first["table1"].startswith("t1_")
        assert value.to_json(DictStore())["table1"] == first["table1"]

    def test_in_an_artifact_the_same_object_has_one_entry(self):
        artifact, table = Artifact("joins", type="dataset"), left()
        artifact.add(table, "left")
        artifact.add(dt.JoinedTable(table, right(), "id"), "joined")
        names = sorted(str(entry) for entry in artifact.manifest.entries)
        assert [name for name in names if name.startswith("t1_")] == []
        assert len([name for name in names if name.startswith("t2_")]) == 1

    def test_a_name_must_be_in_the_artifact(self):
        store = DictStore()
        with pytest.raises(ValueError, match="nope.table.json: is not in the artifact.*under the name nope first"):
            dt.JoinedTable("nope.table.json", "nada.table.json", "id").to_json(store)
        store.add(left(), "nope")
        store.add(right(), "nada")
        assert dt.JoinedTable("nope.table.json", "nada.table.json", "id").to_json(store)["table1"] == "nope.table.json"

    def test_a_table_of_another_artifact_keeps_its_name(self):
        first = DictStore()
        first.add(left(), "tables/left")
        table = first.get("tables/left.table.json")
        assert dt.JoinedTable(table, right(), "id").to_json(DictStore())["table1"] == "left.table.json"

    def test_an_entry_of_another_artifact_is_named_by_its_digest(self):
        first = DictStore()
        first.add(left(), "left")
        second = DictStore()
        stored = dt.JoinedTable(Entry(first, "left.table.json"), right(), "id").to_json(second)
        assert stored["table1"] == f"{'0f' * 10}.table.json"
        assert second.get(stored["table1"]) == left()

    def test_entries_of_a_store_become_references(self, tmp_path):
        store = Store(tmp_path / "store")
        source = Artifact("source", type="dataset")
        source.add(left(), "left")
        source.add(right(), "right")
        saved = store.log_artifact(source)
        derived = Artifact("derived", type="dataset")
        derived.add(dt.JoinedTable(saved.get_path("left"), saved.get_path("right"), "id"), "joined")
        again = store.log_artifact(derived)
        value = again.get("joined")
        assert [again.get_path(name).ref is not None for name in value.paths] == [True, True]
        assert value.join("inner") == dt.JoinedTable(left(), right(), "id").join("inner")

    def test_read_and_added_to_another_artifact_it_takes_its_tables_along(self):
        first, second = DictStore(), DictStore()
        first.add(dt.JoinedTable(left(), right(), "id"), "joined")
        value = first.get("joined.joined-table.json")
        second.add(value, "copy")
        assert second.get("copy.joined-table.json").join("outer") == value.join("outer")


class TestReading:
    def test_tables_are_read_when_they_are_used(self):
        store = DictStore()
        store.add(dt.JoinedTable(left(), right(), ["id", "id"]), "joined")
        value = dt.init_from_json(json.loads(store.files["joined.joined-table.json"]), store)
        assert value.table1 == left()
        assert value.keys == ("id", "id")

    def test_what_cannot_be_found_stays_the_text_of_its_path(self):
        stored = {"_type": "joined-table", "table1": "gone.table.json", "table2": "b.table.json", "join_key": "id"}
        store = DictStore()
        store.add(right(), "b")
        value = dt.init_from_json(stored, store)
        assert (value.table1, value.table2) == ("gone.table.json", right())
        facts = value.facts()
        assert facts["table1"] == "gone.table.json"
        assert "table1_nrows" not in facts
        with pytest.raises(dt.WireFormatError, match="gone.table.json: is not here, and it is table1 of a join"):
            value.join()

    @pytest.mark.parametrize(
        "change", [{"table1": 5}, {"join_key": None}, {"join_key": ["a"]}, {"join_key": ["a", 5]}, {"table2": None}]
    )
    def test_malformed_json_is_refused(self, change):
        stored = {"_type": "joined-table", "table1": "a.table.json", "table2": "b.table.json", "join_key": "id"}
        with pytest.raises(dt.WireFormatError, match="has no two tables and a key"):
            dt.init_from_json(stored | change, DictStore())

    def test_a_join_that_names_itself_is_an_error_and_no_endless_loop(self):
        stored = {"_type": "joined-table", "table1": "j.table.json", "table2": "j.table.json", "join_key": "id"}
        store = DictStore(files={"j.table.json": json.dumps(stored).encode()})
        value = store.get("j.table.json")
        assert value.table1 == "j.table.json"
        with pytest.raises(dt.WireFormatError, match="is not here"):
            value.join()


class TestRuns:
    def test_only_after_it_lies_in_an_artifact(self):
        with pytest.raises(ValueError, match="Add it to an artifact before logging it"):
            dt.JoinedTable(left(), right(), "id").to_json(DictRun())

    def test_a_run_names_its_entry(self):
        store = DictStore()
        store.add(dt.JoinedTable(left(), right(), "id"), "joined")
        row = store.get("joined.joined-table.json").to_json(DictRun())
        assert row == {"_type": "joined-table", "artifact_path": "joined.joined-table.json"}
        assert dt.init_from_json(row, DictRun()).to_json(DictRun()) == row


class TestJoining:
    def test_all_ways(self):
        join = dt.JoinedTable(left(), right(), "id")
        assert join.join().data == [[2, "dark", "cat"], [2, "darker", "cat"], [None, "none", "missing"]]
        assert join.join("left").data[0] == [1, "light", None]
        assert join.join("right").data == [
            [2, "dark", "cat"],
            [2, "darker", "cat"],
            [3, None, "dog"],
            [None, "none", "missing"],
        ]
        assert len(join.join("outer").data) == 5
        assert join.counts() == (3, 1, 1)
        with pytest.raises(ValueError, match="how: is 'cross'"):
            join.join("cross")

    def test_two_keys_and_shared_names(self):
        one = dt.Table(columns=["a", "v"], data=[[1, "x"]])
        other = dt.Table(columns=["b", "v"], data=[[1.0, "y"]])
        joined = dt.JoinedTable(one, other, ["a", "b"]).join()
        assert (joined.columns, joined.data) == (["a", "v_x", "b", "v_y"], [[1, "x", 1.0, "y"]])

    def test_a_missing_key_column_is_named(self):
        with pytest.raises(ValueError, match="column 'nothing': is not in the table"):
            dt.JoinedTable(left(), right(), "nothing").join()

    def test_true_does_not_meet_one(self):
        one = dt.Table(columns=["k"], data=[[1]])
        other = dt.Table(columns=["k"], data=[[True]])
        assert dt.JoinedTable(one, other, "k").counts() == (0, 1, 1)

    def test_difference(self):
        join, other = dt.JoinedTable(left(), right(), "id"), dt.JoinedTable(left(), left(), ["id", "id"])
        assert join.difference(other)["key_changed"] == 1
        assert join.difference(other)["table2"]["columns_removed"] == ["label"]
        assert join != other
        assert repr(join).startswith("JoinedTable(Table(4 rows")


def test_two_versions_of_one_table_stay_two(tmp_path):
    store = Store(tmp_path / "store")
    versions = []
    for score in (0.5, 0.75):
        artifact = Artifact("evaluation", type="evaluation")
        artifact.add(dt.Table(columns=["id", "score"], data=[["a", score]]), "scores")
        versions.append(store.log_artifact(artifact))
    joined = Artifact("comparison", type="comparison")
    joined.add(dt.JoinedTable(*(version.get("scores") for version in versions), "id"), "both")
    again = store.log_artifact(joined).get("both")
    assert [list(row) for _, row in again.join().iterrows()] == [["a", 0.5, 0.75]]
