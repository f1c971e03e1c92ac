"""Columns of arrays: lists in their cells or an npz file; what a strange npz may not do."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from sinks import DictStore

import datatypes as dt


def stored_table(member: bytes | None = None, *, rows=2, names=("a.npy",), data=None):
    """A table as W&B stores it, with an npz that holds `member`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, member or b"")
    array_type = {
        "wb_type": "ndarray",
        "params": {"shape": [2, 2], "serialization_path": {"path": "media/serialized_data/x.npz", "key": "a"}},
    }
    stored = {"_type": "table", "columns": ["a"], "data": [[None]] * rows}
    stored["column_types"] = {"wb_type": "typedDict", "params": {"type_map": {"a": array_type}}}
    store = DictStore(files={"media/serialized_data/x.npz": buffer.getvalue() if data is None else data})
    return dt.init_from_json(stored, store), store


def npy(array, **kwargs):
    buffer = io.BytesIO()
    np.save(buffer, array, **kwargs)
    return buffer.getvalue()


def header(text: str) -> bytes:
    body = text.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body


def written(cells):
    store = DictStore()
    store.add(dt.Table(columns=["a"], data=[[cell] for cell in cells]), "t")
    return json.loads(store.files["t.table.json"]), store


def test_matrices_lie_in_a_file_row_by_row():
    cells = [np.arange(4, dtype=np.int8).reshape(2, 2), np.full((2, 2), 7, np.int8)]
    stored, store = written(cells)
    assert stored["data"] == [[None], [None]]
    [name] = [name for name in store.files if name.endswith(".npz")]
    assert name.startswith("media/serialized_data/")
    assert np.array_equal(np.load(io.BytesIO(store.files[name]), allow_pickle=False)["a"], np.stack(cells))
    table = store.get("t.table.json")
    assert store.opened == []
    assert np.array_equal(table.data[1][0], cells[1])
    assert np.array_equal(table.get_column("a", convert_to="numpy"), np.stack(cells))


def test_equal_columns_share_a_file():
    cells = [np.eye(3), np.eye(3)]
    assert written(cells)[1].files == written(cells)[1].files


def test_short_rows_are_lists_in_their_cells_and_come_back_as_arrays():
    stored, store = written([np.arange(150, dtype=np.uint8), np.arange(150, dtype=np.uint8)])
    assert stored["data"][0][0] == list(range(150))
    assert stored["column_types"]["params"]["type_map"]["a"]["wb_type"] == "list"
    assert store.get("t.table.json").data[0][0].dtype == np.uint8
    assert len(store.files) == 1


def test_rows_above_150_lie_in_a_file():
    stored, _ = written([np.arange(151)])
    assert stored["data"] == [[None]]


def test_arrays_of_text_given_as_objects():
    _, store = written([np.array(["a", "bc"], object)])
    assert store.get("t.table.json").data[0][0].tolist() == ["a", "bc"]


def test_arrays_of_objects_are_refused_since_they_would_be_pickles():
    with pytest.raises(TypeError, match="only be kept as a pickle"):
        written([np.array([{}, None], object)])


def test_a_file_that_was_read_is_passed_on_without_being_opened():
    table, first = stored_table(npy(np.zeros((2, 2, 2))))
    second = DictStore()
    second.add(table, "t")
    assert second.files["media/serialized_data/x.npz"] == first.files["media/serialized_data/x.npz"]
    again = json.loads(second.files["t.table.json"])
    params = again["column_types"]["params"]["type_map"]["a"]["params"]
    assert params["serialization_path"] == {"key": "a", "path": "media/serialized_data/x.npz"}


def test_more_rows_in_the_file_than_in_the_table_are_left_alone():
    table, _ = stored_table(npy(np.arange(12).reshape(3, 2, 2)))
    assert table.data[1][0].tolist() == [[4, 5], [6, 7]]


def test_fewer_rows_in_the_file_are_null():
    table, _ = stored_table(npy(np.zeros((1, 2, 2))))
    assert table.data[1][0] is None


class TestHostileFiles:
    def test_a_pickle_is_refused_by_name_and_never_loaded(self):
        table, _ = stored_table(npy(np.array([{}, None], object), allow_pickle=True))
        with pytest.raises(dt.UnreadableMediaError, match=r'x.npz, array "a": is stored as a pickle'):
            _ = table.data[0]
        assert table.facts()["rows"] == [[{"$pickled_array": True}]] * 2

    def test_a_pickle_is_passed_on_as_it_is(self):
        table, first = stored_table(npy(np.array([{}, None], object), allow_pickle=True))
        second = DictStore()
        second.add(table, "t")
        assert second.files["media/serialized_data/x.npz"] == first.files["media/serialized_data/x.npz"]

    def test_a_header_that_promises_more_than_memory_is_refused_before_anything_is_allocated(self):
        table, _ = stored_table(header("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,), }"))
        with pytest.raises(dt.DecodeLimitError, match="VITRINA_MAX_ARRAY_BYTES"):
            _ = table.data[0]

    def test_a_bomb_within_its_file_is_held_by_the_limit(self, monkeypatch):
        monkeypatch.setenv("VITRINA_MAX_ARRAY_BYTES", "100000")
        table, _ = stored_table(npy(np.zeros((2, 200, 200))))
        with pytest.raises(dt.DecodeLimitError, match="more than the limit of 100,000"):
            _ = table.data[0]

    @pytest.mark.parametrize(
        "member",
        [
            b"",
            b"not an array",
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2, 2), }") + b"\0" * 3,
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (-2, 2, 2), }"),
            header("{'descr': 'nothing', 'fortran_order': False, 'shape': (2,), }"),
            header("__import__('os')"),
            b"\x93NUMPY\x09\x00",
        ],
    )
    def test_broken_members_are_one_clear_error(self, member):
        table, _ = stored_table(member)
        with pytest.raises(dt.UnreadableMediaError, match='x.npz, array "a"'):
            _ = table.data[0]
        assert "$error" in table.facts()["rows"][0][0]

    def test_a_member_twice_or_missing_is_refused(self):
        for names in ((), ("b.npy",)):
            table, _ = stored_table(npy(np.zeros((2, 2, 2))), names=names)
            with pytest.raises(dt.UnreadableMediaError, match="has 0 members of that name"):
                _ = table.data[0]
        with pytest.warns(UserWarning, match="Duplicate name"):
            table, _ = stored_table(npy(np.zeros((2, 2, 2))), names=("a.npy", "a.npy"))
        with pytest.raises(dt.UnreadableMediaError, match="has 2 members of that name"):
            _ = table.data[0]

    def test_what_is_no_npz_is_one_clear_error(self):
        table, _ = stored_table(data=b"PK\x03\x04 not really")
        with pytest.raises(dt.UnreadableMediaError, match="cannot be read"):
            _ = table.data[0]

    def test_a_missing_file_is_named_in_facts(self):
        table, store = stored_table(npy(np.zeros((2, 2, 2))))
        store.files.clear()
        assert table.facts()["rows"][0] == [{"$media": "ndarray", "$missing_file": "media/serialized_data/x.npz"}]
