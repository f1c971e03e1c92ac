"""Tables: what they are made of, how they grow, what is read lazily."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sinks import DictStore

import datatypes as dt
from datatypes import wire


def written(table, name="table"):
    store = DictStore()
    entry = store.add(table, name)
    return json.loads(store.files[entry.path]), store


def read(table):
    _, store = written(table)
    return store.get("table.table.json")


def picture(shade=0):
    return dt.Image(np.full((3, 4), shade, np.uint8))


class TestMaking:
    def test_columns_are_three_unless_given(self):
        assert dt.Table().columns == ["Input", "Output", "Expected"]

    def test_rows_is_the_old_name_of_data(self):
        assert dt.Table(columns=["a"], rows=[[1]]) == dt.Table(columns=["a"], data=[[1]])

    def test_a_frame_wins_over_all(self):
        table = dt.Table(columns=["x"], data=[[9]], dataframe=pd.DataFrame({"a": [1, 2]}))
        assert (table.columns, list(table.data)) == (["a"], [[1], [2]])

    def test_a_frame_may_be_data(self):
        assert dt.Table(data=pd.DataFrame({"a": ["x", None]})).data == [["x"], [None]]

    def test_an_array_gives_rows(self):
        assert dt.Table(columns=["a", "b"], data=np.array([[1, 2], [3, 4]])).data == [[1, 2], [3, 4]]

    def test_the_callers_rows_are_not_touched(self):
        rows = [[1], [2]]
        table = dt.Table(columns=["a"], data=rows)
        table.add_data(3)
        table.data[0][0] = 9
        assert rows == [[1], [2]]

    def test_the_callers_frame_is_not_touched_and_not_seen_later(self):
        frame = pd.DataFrame({"a": [1, 2]})
        table = dt.Table(dataframe=frame)
        frame.loc[0, "a"] = 9
        assert table.data == [[1], [2]]

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"columns": ("a",)}, TypeError, "columns: is tuple, not a list"),
            ({"columns": [1.5]}, TypeError, r"columns\[0\]: is float 1.5"),
            ({"columns": [True]}, TypeError, r"columns\[0\]: is bool True"),
            ({"data": ([1],)}, TypeError, "data: is tuple"),
            ({"data": {"a": [1]}}, TypeError, "data: is dict"),
            ({"dataframe": [[1]]}, TypeError, "dataframe: is list"),
            ({"log_mode": "SOMETIMES"}, ValueError, "log_mode: is 'SOMETIMES'"),
            (
                {"columns": ["a", "b"], "data": [[1, 2], [3]]},
                ValueError,
                'row 1, column "b": has 1 cells for 2 columns',
            ),
            ({"columns": ["a"], "data": [[1], [2, 3]]}, ValueError, "row 1: has 2 cells for 1 columns"),
            ({"columns": ["a"], "data": ["x"]}, TypeError, "row 0: is str, not a list"),
            ({"columns": ["a"], "data": [[1], None]}, TypeError, "row 1: is NoneType"),
            ({"columns": ["a"], "data": [{"a": 1}]}, TypeError, "row 0: is dict"),
            ({"columns": ["a"], "data": np.array([1, 2])}, ValueError, "data: is an array of shape"),
            ({"columns": ["a"], "data": [[1], ["x"]]}, TypeError, 'row 1, column "a": holds str'),
            ({"columns": ["a"], "data": [[1], [True]]}, TypeError, 'row 1, column "a": holds bool'),
            (
                {"columns": ["a"], "data": [[1], [None]], "optional": False},
                TypeError,
                'row 1, column "a": holds NoneType',
            ),
            ({"columns": ["a"], "data": [[1], [float("nan")]], "optional": False}, TypeError, "row 1"),
            ({"columns": ["a"], "data": [["x"]], "dtype": int}, TypeError, "row 0"),
            ({"columns": ["a"], "data": [[1]], "dtype": [int, str]}, ValueError, "dtype: has 2 items for 1 columns"),
            ({"columns": ["a"], "data": [[{"x": 1}], [{"y": 1}]]}, TypeError, "row 1"),
            ({"columns": ["a"], "data": [[np.zeros(2)], [np.zeros(3)]]}, TypeError, "row 1"),
            ({"columns": ["a"], "data": [[1j]]}, TypeError, "row 0"),
            ({"columns": ["a"], "data": [[object()]]}, TypeError, "row 0"),
        ],
    )
    def test_refusals_name_the_place(self, arguments, error, message):
        with pytest.raises(error, match=f"^{message}"):
            dt.Table(**arguments)

    def test_a_picture_and_a_number_do_not_share_a_column(self):
        with pytest.raises(TypeError, match=r'^row 1, column "a"'):
            dt.Table(columns=["a"], data=[[picture()], [1]])

    def test_a_frame_of_complex_numbers_is_refused(self):
        with pytest.raises(TypeError, match='column "z": has dtype complex128'):
            dt.Table(dataframe=pd.DataFrame({"z": [1j]}))

    def test_a_frame_with_other_column_names_is_refused(self):
        with pytest.raises(TypeError, match="column name: is float 1.5"):
            dt.Table(dataframe=pd.DataFrame({1.5: [1]}))

    def test_a_missing_cell_of_a_strict_frame_is_named(self):
        with pytest.raises(TypeError, match=r'^row 1, column "a": is missing'):
            dt.Table(dataframe=pd.DataFrame({"a": ["x", None]}), optional=False)


class TestGrowing:
    def test_add_data_and_its_old_name(self):
        table = dt.Table(columns=["a", "b"])
        table.add_data(1, "x")
        table.add_row(None, "y")
        assert table.data == [[1, "x"], [None, "y"]]

    def test_a_refused_row_leaves_the_table_as_it_was(self):
        table = dt.Table(columns=["a", "b"])
        table.add_data(1, [1])
        types = written(table)[0]["column_types"]
        for row in ((2, {"x": 1}), ("x", [2])):
            with pytest.raises(TypeError, match=r"^row 1, column"):
                table.add_data(*row)
        with pytest.raises(ValueError, match=r'^row 1, column "b": has 1 cells for 2 columns'):
            table.add_data(1)
        assert table.data == [[1, [1]]]
        assert written(table)[0]["column_types"] == types

    def test_the_first_number_decides_although_nan_came_before(self):
        table = dt.Table(columns=["a"])
        for cell in (float("nan"), 1.5, float("nan")):
            table.add_data(cell)
        with pytest.raises(TypeError, match="row 3"):
            table.add_data("x")

    def test_strict_floats_are_looked_at_in_every_row(self):
        table = dt.Table(columns=["a"], dtype=float, optional=False)
        table.add_data(1.5)
        with pytest.raises(TypeError, match="row 1"):
            table.add_data(float("nan"))

    def test_add_column(self):
        table = dt.Table(columns=["a"], data=[[1], [2]])
        table.add_column("b", ["x", "y"])
        table.add_column("c", np.array([0.5, 1.5]))
        table.add_column("d", [None, 1], optional=True)
        assert table.columns == ["a", "b", "c", "d"]
        assert table.data == [[1, "x", 0.5, None], [2, "y", 1.5, 1]]
        table.add_data(3, "z", 2.5, None)
        with pytest.raises(TypeError, match='column "b"'):
            table.add_data(3, None, 2.5, None)

    def test_add_column_to_nothing_makes_rows(self):
        table = dt.Table(columns=[])
        table.add_column("a", [1, 2])
        assert table.data == [[1], [2]]

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            (("b", [1]), ValueError, "has 1 cells for 2 rows"),
            (("b", "xy"), TypeError, "data: is str"),
            (("a", [1, 2]), ValueError, "is in the table already"),
            ((1.5, [1, 2]), TypeError, "is float"),
            (("b", [1, 2], "yes"), TypeError, "optional: is str"),
            (("b", [1, "x"]), TypeError, 'row 1, column "b"'),
            (("b", [1, None]), TypeError, 'row 1, column "b"'),
        ],
    )
    def test_refused_columns(self, arguments, error, message):
        table = dt.Table(columns=["a"], data=[[1], [2]])
        with pytest.raises(error, match=message):
            table.add_column(*arguments)
        assert table.data == [[1], [2]]

    def test_computed_columns(self):
        table = dt.Table(columns=["a"], data=[[1], [2]])
        table.add_computed_columns(lambda number, row: {"square": row["a"] ** 2, "number": number})
        assert (table.columns, table.data) == (["a", "square", "number"], [[1, 1, 0], [2, 4, 1]])
        with pytest.raises(TypeError, match="fn: returned int for row 0"):
            table.add_computed_columns(lambda number, row: number)
        with pytest.raises(ValueError, match="fn: returned other keys for row 1"):
            table.add_computed_columns(lambda number, row: {f"k{number}": 1})

    def test_growing_what_was_read_or_came_by_column(self):
        stored = read(dt.Table(columns=["a", "p"], data=[[1, picture(5)]]))
        frame = dt.Table(dataframe=pd.DataFrame({"a": [1], "p": ["x"]}))
        arrow = dt.Table.from_arrow(pa.table({"a": [1], "p": ["x"]}))
        for table, cell in ((stored, picture(6)), (frame, "y"), (arrow, "y")):
            table.add_data(2, cell)
            with pytest.raises(TypeError, match="row 2"):
                table.add_data("x", cell)
            assert [row[0] for row in table.data] == [1, 2]
            assert read(table) == table

    def test_cells_changed_by_hand_are_typed_when_they_are_written(self):
        table = dt.Table(columns=["a"], data=[[1], [2]])
        table.data[1][0] = np.float32(0.5)
        assert read(table).data == [[1], [np.float32(0.5)]]
        table.data[1][0] = "x"
        with pytest.raises(TypeError, match=r'^row 1, column "a"'):
            written(table)

    def test_rows_of_a_wrong_width_put_in_by_hand_are_refused(self):
        table = dt.Table(columns=["a"], data=[[1]])
        with pytest.raises(ValueError, match="row 1"):
            table.data = [[1], [1, 2]]


class TestColumnsAndRows:
    def test_get_column(self):
        table = dt.Table(columns=["a", 7], data=[[1, "x"], [2, None]])
        assert table.get_column("a") == [1, 2]
        assert table.get_column(7) == ["x", None]
        assert np.array_equal(table.get_column("a", convert_to="numpy"), [1, 2])
        with pytest.raises(ValueError, match="column 'z': is not in the table"):
            table.get_column("z")
        with pytest.raises(ValueError, match="convert_to: is 'list'"):
            table.get_column("a", convert_to="list")

    def test_pictures_become_one_array(self):
        table = read(dt.Table(columns=["p"], data=[[picture(1)], [picture(2)]]))
        assert table.get_column("p", convert_to="numpy").shape == (2, 3, 4)

    def test_arrays_of_several_shapes_become_an_array_of_objects(self):
        table = dt.Table(columns=["l"], data=[[[1]], [[1, 2]]])
        assert table.get_column("l", convert_to="numpy").dtype == object

    def test_rows_by_number(self):
        table = dt.Table(columns=["a"], data=[["x"], ["y"]])
        assert [(int(number), row) for number, row in table.iterrows()] == [(0, ["x"]), (1, ["y"])]
        assert [number.get_row() for number in table.get_index()] == [{"a": "x"}, {"a": "y"}]
        assert table.index_ref(1).get_row() == {"a": "y"}
        with pytest.raises(ValueError, match="2 is none of 2 rows"):
            table.index_ref(2)

    def test_cast(self):
        table = dt.Table(columns=["a"], data=[[1], [2]])
        assert str(table.cast("a", [1, 2, 3])) == "1 or 2 or 3"
        with pytest.raises(TypeError, match="row 2"):
            table.add_data(9)
        with pytest.raises(TypeError, match="row 0"):
            table.cast("a", str)
        assert str(table.cast("a", float, optional=True)) == "None or Number"
        table.add_data(None)


class TestKeys:
    def tables(self):
        species = dt.Table(columns=["id", "name"], data=[["s0", "setosa"], ["s1", "virginica"]])
        flowers = dt.Table(columns=["petal", "species"], data=[[1.4, "s0"], [4.7, "s1"]])
        species.set_pk("id")
        flowers.set_fk("species", species, "id")
        return species, flowers

    def test_keys_lead_to_rows_after_reading_too(self):
        species, flowers = self.tables()
        store = DictStore()
        store.add(species, "species")
        store.add(flowers, "flowers")
        again = store.get("flowers.table.json")
        facts = again.facts()
        assert facts["keys"]["species"]["kind"] == "foreignKey"
        assert facts["keys"]["species"]["col_name"] == "id"
        assert again.data[1][1].get_row() == {"id": "s1", "name": "virginica"}
        assert store.get("species.table.json").data[0][0].get_row() == {"id": "s0", "name": "setosa"}

    def test_the_table_behind_a_key_is_stored_once_under_its_content(self):
        _, flowers = self.tables()
        store = DictStore()
        store.add(flowers, "one")
        store.add(flowers, "two")
        names = [name for name in store.files if name.startswith("media/tables/")]
        assert len(names) == 1
        assert json.loads(store.files["one.table.json"])["column_types"]["params"]["type_map"]["species"] == {
            "params": {"col_name": "id", "table": names[0]},
            "wb_type": "foreignKey",
        }

    def test_row_numbers_and_keys_as_cells_make_links(self):
        species, _ = self.tables()
        notes = dt.Table(columns=["row", "key", "note"])
        notes.add_data(species.index_ref(1), species.data[0][0], "x")
        notes.add_data(0, "s1", "y")
        store = DictStore()
        store.add(notes, "notes")
        again = store.get("notes.table.json")
        assert again.data[0][0].get_row()["name"] == "virginica"
        assert again.data[0][1].get_row()["name"] == "setosa"
        assert again.data[1][1].get_row()["name"] == "virginica"

    def test_nothing_is_read_before_a_row_is_asked_for(self):
        _, flowers = self.tables()
        store = DictStore()
        store.add(flowers, "flowers")
        again = dt.init_from_json(json.loads(store.files["flowers.table.json"]), store)
        assert (again.data[0][1], store.opened) == ("s0", [])

    def test_refused_keys(self):
        species, flowers = self.tables()
        with pytest.raises(ValueError, match="second primary key"):
            species.set_pk("name")
        with pytest.raises(ValueError, match="would point to its own table"):
            species.set_fk("name", species, "id")
        with pytest.raises(ValueError, match="is not in the table"):
            flowers.set_fk("species", species, "nothing")
        with pytest.raises(TypeError, match="row 0"):
            flowers.set_pk("petal")

    def test_a_key_to_a_missing_table_says_so_when_it_is_followed(self):
        _, flowers = self.tables()
        store = DictStore()
        store.add(flowers, "flowers")
        store.files = {"flowers.table.json": store.files["flowers.table.json"]}
        with pytest.raises(dt.WireFormatError, match="media/tables/.*: is not a table"):
            store.get("flowers.table.json").data[0][1].get_row()


class TestReading:
    def test_opening_decodes_nothing_and_a_cell_is_decoded_once(self, monkeypatch):
        table = dt.Table(columns=["n", "p"], data=[[number, picture(number)] for number in range(50)])
        _, store = written(table)
        made = []
        original = dt.Image.from_json.__func__
        monkeypatch.setattr(
            dt.Image, "from_json", classmethod(lambda cls, *args: made.append(1) or original(cls, *args))
        )
        again = store.get("table.table.json")
        assert (len(again.data), made, store.opened) == (50, [], [])
        cell = again.data[7][1]
        assert cell is again.data[7][1]
        assert (len(made), store.opened) == (1, [])
        assert cell.to_numpy()[0, 0] == 7

    def test_rows_look_like_a_list(self):
        data = read(dt.Table(columns=["d"], data=[[pd.Timestamp("2020-01-01", tz="UTC").to_pydatetime()], [None]])).data
        assert data[1:] == [[None]]
        assert data + [[1]] == [*data, [1]]  # noqa: RUF005  # the sum is what is tested
        assert (data == [[1]], data != 7) == (False, True)
        data.append([None])
        del data[0]
        assert (len(data), repr(data)) == (2, "[[None], [None]]")

    def test_an_unknown_tag_is_kept_and_written_back(self):
        cell = {"_type": "point-cloud-9", "x": [1]}
        table = dt.Table(columns=["a"], data=[[dt.UnknownValue(cell)], [None]])
        stored, _ = written(table)
        assert stored["data"] == [[cell], [None]]
        assert stored["column_types"]["params"]["type_map"]["a"]["params"]["allowed_types"][0] == {"wb_type": "any"}
        assert read(table) == table

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"columns": "a"}, 'has no list "columns"'),
            ({"columns": [None]}, r"columns\[0\]: is NoneType"),
            ({"data": {"0": [1]}}, 'has no list "data"'),
            ({"data": [[1], "x"]}, "row 1: is str, not a list"),
            ({"data": [[1], {"a": 1}]}, "row 1: is dict, not a list"),
            ({"data": [[1], [1, 2]]}, "row 1: has 2 cells for 1 columns"),
            ({"column_types": []}, "holds what is no type"),
            ({"column_types": {"wb_type": "number"}}, "is of type number, not typedDict"),
            ({"fidelity": {"verdict": "perfect"}}, "is not a record"),
        ],
    )
    def test_malformed_json_is_one_clear_error(self, change, message):
        stored = {"_type": "table", "columns": ["a"], "data": [[1]]} | change
        with pytest.raises(dt.WireFormatError, match=message):
            dt.init_from_json(stored, DictStore())

    def test_types_nested_without_end_are_refused(self):
        nested = {"wb_type": "number"}
        for _ in range(40):
            nested = {"wb_type": "list", "params": {"element_type": nested}}
        types = {"wb_type": "typedDict", "params": {"type_map": {"a": nested}}}
        with pytest.raises(dt.WireFormatError, match="holds what is no type"):
            dt.init_from_json({"_type": "table", "columns": ["a"], "data": [], "column_types": types}, DictStore())

    def test_notes_of_a_stranger_change_nothing_that_they_do_not_fit(self):
        notes = [
            {"cells": 7},
            {"cells": "numpy.O", "nulls": [3]},
            {"cells": "ndarray.O"},
            {"cells": {"kinds": ["decimal"], "runs": [5, 1, 0, -4, 0, 10**12]}, "text": [[]]},
            {"cells": "datetime Nowhere/../etc", "rest_ns": ["x"]},
            {"dtype": "__import__('os')", "categories": 1},
            {"arrow": {"struct": 5}},
        ]
        for note in notes:
            stored = {"_type": "table", "columns": ["a"], "data": [[5], [None]]}
            stored["fidelity"] = {"verdict": "lossless", "columns": {"a": note}, "index": {"levels": [{"data": [1]}]}}
            table = dt.init_from_json(stored, DictStore())
            assert [row[0] for row in table.data] == [5, None], note
            assert len(table.to_pandas()) == 2
            assert table.to_arrow().num_rows == 2

    def test_old_tables_without_types_get_them_when_they_are_written(self):
        stored = {"_type": "table", "columns": ["n", "mixed"], "data": [[1, "x"], [None, 2]], "ncols": 2, "nrows": 2}
        again, _ = written(dt.init_from_json(stored, DictStore()))
        type_map = again["column_types"]["params"]["type_map"]
        assert [item["wb_type"] for item in type_map["n"]["params"]["allowed_types"]] == ["none", "number"]
        assert [item["wb_type"] for item in type_map["mixed"]["params"]["allowed_types"]] == ["any", "none"]
        assert again["data"] == stored["data"]

    def test_facts_of_long_tables_are_their_ends(self):
        facts = dt.Table(columns=["a"], data=[[number] for number in range(41)]).facts()
        assert (facts["first_rows"], facts["last_row"], facts["nrows"]) == ([[0], [1], [2]], [40], 41)
        assert "rows" not in facts


class TestWriting:
    def test_small_tables_have_the_text_of_every_sdk(self):
        import io

        table = dt.Table(columns=["ü"], data=[["漢"], [None]])
        file = io.BytesIO()
        table.write_json(file, DictStore())
        assert file.getvalue() == wire.canonical_json(table.to_json(DictStore()))

    def test_nothing_is_cut(self):
        table = dt.Table(columns=["a"], data=[[number] for number in range(250_001)])
        stored, store = written(table)
        assert (stored["nrows"], len(stored["data"])) == (250_001, 250_001)
        assert store.get("table.table.json").data[-1] == [250_000]

    def test_a_table_in_itself_is_refused(self):
        table = dt.Table(columns=["a"], allow_mixed_types=True)
        table.add_data(1)
        table.data.append([[table]])
        with pytest.raises(ValueError, match="contains itself"):
            written(table)

    def test_tables_nested_beyond_what_readers_take_are_refused(self):
        table = dt.Table(columns=["a"], data=[[1]])
        for _ in range(7):
            table = dt.Table(columns=["a"], data=[[table]])
        assert read(table) == table
        with pytest.raises(ValueError, match="lies more than 8 tables deep"):
            written(dt.Table(columns=["a"], data=[[dt.Table(columns=["a"], data=[[table]])]]))

    def test_cells_nested_too_deeply_are_refused_with_their_place(self):
        cell = []
        for _ in range(70):
            cell = [cell]
        with pytest.raises(TypeError, match=r'^row 1, column "a".*nested more than 64 deep'):
            written(dt.Table(columns=["a"], data=[[[]], [cell]], allow_mixed_types=True))

    def test_what_is_lost_is_said(self):
        import enum

        colour = enum.Enum("Colour", ["RED"])
        table = dt.Table(columns=["a"], data=[[colour.RED]])
        assert (table.fidelity.verdict, table.fidelity.steps) == ("lossy", ["store enum members by name"])
        nested = dt.Table(columns=["a"], data=[[[(1, 2)]]])
        assert nested.fidelity.verdict == "lossy"
        assert dt.Table(columns=["a"], data=[[1.5]]).fidelity.verdict == "lossless"

    def test_a_table_without_a_record_gets_none_by_being_copied(self):
        stored = {"_type": "table", "columns": ["a"], "data": [[1]], "ncols": 1, "nrows": 1, "log_mode": "IMMUTABLE"}
        again, _ = written(dt.init_from_json(stored, DictStore()))
        assert "fidelity" not in again

    def test_media_travel_into_another_artifact(self):
        _, first = written(dt.Table(columns=["p"], data=[[picture(9)]]))
        table = first.get("table.table.json")
        second = DictStore()
        second.add(table, "copy")
        assert set(first.files) - {"table.table.json"} == set(second.files) - {"copy.table.json"}
        assert second.get("copy.table.json") == table


class TestFrames:
    def test_whole_numbers_with_gaps_stay_whole(self):
        frame = read(dt.Table(columns=["a"], data=[[2**53 + 1], [None]])).to_pandas()
        assert str(frame["a"].dtype) == "Int64"
        assert frame["a"][0] == 2**53 + 1

    def test_get_dataframe_is_to_pandas(self):
        table = dt.Table(columns=["a", "b"], data=[[1, "x"]])
        pd.testing.assert_frame_equal(table.get_dataframe(), pd.DataFrame({"a": [1], "b": ["x"]}))

    def test_columns_of_everything_become_frames_and_arrow(self):
        table = dt.Table(
            columns=["big", "mixed", "list", "picture", "empty", "array"],
            data=[[2**70, 1, [1], picture(1), None, np.eye(2)], [1, 2.5, [], picture(2), None, np.eye(2)]],
        )
        for each in (table, read(table)):
            frame, arrow = each.to_pandas(), each.to_arrow()
            assert list(frame["big"]) == [2**70, 1]
            assert list(frame["mixed"]) == [1, 2.5]
            assert frame["picture"][0] == picture(1)
            assert arrow.column_names == table.columns
            assert json.loads(arrow["picture"][0].as_py())["_type"] == "image-file"
            assert arrow["list"].to_pylist() == [[1], []]

    def test_numbers_beyond_floats_are_not_rounded_in_arrow(self):
        table = dt.Table(columns=["a"], data=[[2**53 + 1], [0.5]])
        assert json.loads(table.to_arrow()["a"][0].as_py()) == 2**53 + 1

    def test_two_columns_of_a_name_have_no_arrow(self):
        with pytest.raises(ValueError, match='column "a": occurs twice'):
            dt.Table(columns=["a", "a"], data=[[1, 2]]).to_arrow()

    def test_from_arrow_takes_only_tables_and_known_types(self):
        with pytest.raises(TypeError, match="table: is list"):
            dt.Table.from_arrow([1])
        union = pa.UnionArray.from_dense(pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1])])
        with pytest.raises(TypeError, match="has no form in a table"):
            dt.Table.from_arrow(pa.table({"u": union}))

    @pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "jsonl", "arrow"])
    def test_plain_files_open_as_tables(self, ending):
        import io

        from pyarrow import feather, parquet

        from datatypes.registry import value_from_file

        buffer = io.BytesIO()
        arrow = pa.table({"n": [1, 2], "s": ["x", "ü"]})
        if ending == "parquet":
            parquet.write_table(arrow, buffer)
        elif ending == "arrow":
            feather.write_feather(arrow, buffer)
        text = {"csv": "n,s\n1,x\n2,ü\n", "tsv": "n\ts\n1\tx\n2\tü\n", "jsonl": '{"n":1,"s":"x"}\n{"n":2,"s":"ü"}\n'}
        store = DictStore(files={f"t.{ending}": buffer.getvalue() or text[ending].encode()})
        table = value_from_file(f"t.{ending}", store)
        assert isinstance(table, dt.Table)
        assert (table.columns, table.data) == (["n", "s"], [[1, "x"], [2, "ü"]])
        assert table.path == f"t.{ending}"

    @pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl", "arrow"])
    def test_files_that_are_something_else_are_one_clear_error(self, ending):
        from datatypes.registry import value_from_file

        with pytest.raises(dt.UnreadableMediaError, match=f"t.{ending}: is not {ending}"):
            value_from_file(f"t.{ending}", DictStore(files={f"t.{ending}": b"\x00\xff{a,b\n1\n1,2,3\n"}))


class TestComparing:
    def test_by_number(self):
        left = dt.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"], [3, "z"]])
        right = dt.Table(columns=["a", "b"], data=[[1, "x"], [2, "Y"]])
        found = left.difference(right)
        assert (found["rows_removed"], found["rows_added"], found["cells_changed"]) == (1, 0, 1)
        assert found["changed_by_column"] == {"b": 1}
        assert left != right

    def test_by_key(self):
        left = dt.Table(columns=["id", "b"], data=[["k1", 1], ["k2", 2], ["k2", 3]])
        right = dt.Table(columns=["id", "b", "c"], data=[["k3", 9, 0], ["k2", 2, 0], ["k1", 7, 0]])
        found = left.difference(right, key="id")
        assert (found["rows_removed"], found["rows_added"], found["cells_changed"]) == (1, 1, 1)
        assert (found["columns_added"], found["columns_removed"]) == (["c"], [])
        left.set_pk("id")
        assert left.difference(right) == found

    def test_what_counts_as_equal(self):
        def column(cell):
            return dt.Table(columns=["a"], data=[[cell]], allow_mixed_types=True)

        assert column(float("nan")) == column(float("nan"))
        assert column(1) == column(1.0)
        for one, other in [(1, True), (None, float("nan")), ((1,), [1]), (np.zeros(2), np.zeros(2, np.float32))]:
            assert column(one) != column(other)
        assert column(picture(1)) == column(picture(1))
        assert column(picture(1)) != column(picture(2))
        assert dt.Table(columns=["a"]) != dt.Table(columns=["b"])


class TestShowing:
    def test_html_is_escaped_and_says_how_much_it_shows(self):
        table = dt.Table(columns=["<b>"], data=[["<script>"]] * 12)
        html = table._repr_html_()
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert "<th>&lt;b&gt;</th>" in html
        assert "10 of 12 rows" in html
        wide = dt.Table(columns=list(range(30)), data=[list(range(30))])._repr_html_()
        assert "1 of 1 rows, 20 of 30 columns" in wide

    def test_one_line(self):
        assert repr(dt.Table(columns=list("abcdefgh"))) == "Table(0 rows × 8 columns: a, b, c, d, e, f, …)"
