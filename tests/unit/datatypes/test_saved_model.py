"""Saved models: named, measured, copied, never loaded."""

from __future__ import annotations

import pickle

import pytest
from sinks import DictStore

import datatypes as dt


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


def test_a_pickle_is_carried_and_not_loaded(tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(Bomb()))
    model, store = dt.SklearnModel(path), DictStore()
    entry = store.add(model, "linear")
    assert entry.path == "linear.sklearn-model-file.json"
    again = store.get(entry.path)
    assert type(again) is dt.SklearnModel
    assert again.path == f".wb_data/saved_models/{model.digests()[''][:20]}.pkl"
    assert store.files[again.path] == path.read_bytes()
    assert again == model
    assert again.facts() == {
        "$media": "sklearn-model-file",
        "path": again.path,
        "type_key": "type",
        "files": [{"name": again.path.rpartition("/")[2], "bytes": path.stat().st_size}],
    }
    assert repr(model) == "SklearnModel(1 file)"


def test_a_folder_and_what_lies_beside_it():
    fields = {"type": "tfkeras-model-file", "path": "m/x", "dep_py_files_path": "deps", "more": 1}
    files = {"m/x/a.pb": b"a", "m/x/v/b": b"bb", "deps/c.py": b"c", "m/xy": b"not a part"}
    store, target = DictStore(files=files), DictStore()
    model = dt.init_from_json(fields, store)
    assert not store.opened
    assert model.files() == [("a.pb", 1), ("v/b", 2)]
    assert model.to_json(target) == fields
    assert target.files == {key: item for key, item in files.items() if key != "m/xy"}


def test_difference_is_by_file(tmp_path):
    for name, files in (("left", {"a": "1", "b": "2"}), ("right", {"a": "9", "c": "3"})):
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text)
    left, right = (dt.TFKerasModel(str(tmp_path / name)) for name in ("left", "right"))
    assert left != right
    assert left.difference(right) == {"files_added": 1, "files_removed": 1, "files_changed": 1}
    assert repr(left) == "TFKerasModel(2 files)"


def test_what_is_no_path_is_refused(tmp_path):
    with pytest.raises(dt.RejectedTypeError, match="model: is object, not a path"):
        dt.TorchModel(object())
    with pytest.raises(dt.MissingMediaError, match=r"none\.pt: No such file"):
        dt.TorchModel(tmp_path / "none.pt")
    with pytest.raises(dt.MissingMediaError, match="is an empty folder"):
        dt.TorchModel(tmp_path)
