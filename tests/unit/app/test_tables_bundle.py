"""Rows with their files as one ZIP: every file once, byte for byte; what cannot be read is named, never dropped."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest

import datatypes as dt
from app.tables import export, opening
from app.tables.selection import read_selection
from storage import Artifact, Store


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A table with pictures that share a file, masks, sound and text; the second artifact joins two of them."""
    store = Store(tmp_path_factory.mktemp("bundle") / "store")
    random = np.random.default_rng(0)
    pictures = [random.integers(0, 256, (6, 8, 3), np.uint8) for _ in range(3)]
    mask = {"truth": {"mask_data": np.eye(6, 8, dtype=np.uint8), "class_labels": {1: "thing"}}}
    boxes = {"pred": {"box_data": [{"position": {"minX": 0.1, "maxX": 0.5, "minY": 0, "maxY": 1}, "class_id": 1}]}}
    table = dt.Table(columns=["id", "image", "sound", "=note"])
    for row in range(4):
        picture = dt.Image(pictures[row % 3], masks=mask if row == 0 else None, boxes=boxes if row == 1 else None)
        sound = dt.Audio(np.sin(np.arange(64) * (row + 1)).astype(np.float32), sample_rate=8000) if row < 2 else None
        table.add_data(row, picture, sound, "=1+1")
    artifact = Artifact("rows", type="dataset")
    artifact.add(table, "rows")
    other = dt.Table(columns=["id", "image"], data=[[1, dt.Image(pictures[0])], [9, dt.Image(pictures[2])]])
    artifact.add(dt.JoinedTable(table, other, "id"), "joined")
    return store.log_artifact(artifact)


@pytest.fixture(autouse=True)
def closed():
    yield
    opening.forget()


def bundled(artifact, name, text="", order="", columns=None):
    table = opening.open_table(artifact, artifact.get_path(name).path, wait=60)
    selection, _ = read_selection(table, text, order)
    chosen = [column for column in table.columns if columns is None or column.name in columns]
    file = io.BytesIO()
    rows = export.write(table, selection, chosen, "zip", file)
    file.seek(0)
    return rows, zipfile.ZipFile(file)


def test_has_every_file_that_the_rows_name_once_and_unchanged(stored):
    rows, bundle = bundled(stored, "rows.table.json")
    assert rows == 4
    assert bundle.testzip() is None
    mine = {name.removeprefix("files/") for name in bundle.namelist() if name.startswith("files/")}
    pictures = [name for name in mine if name.endswith(".png") and ".mask." not in name]
    assert len(pictures) == 3  # of four rows: two share theirs
    assert {name.rpartition(".")[2] for name in mine} >= {"png", "wav"}
    for name in mine:
        with stored.open(name) as file:
            assert bundle.read(f"files/{name}") == file.read()
    assert len(bundle.namelist()) == len(set(bundle.namelist()))


def test_rows_are_those_shown_in_their_order_and_point_to_the_files(stored):
    rows, bundle = bundled(stored, "rows.table.json", text="id < 3", order="-id", columns={"id", "image", "=note"})
    lines = [json.loads(line) for line in bundle.read("rows.jsonl").decode().splitlines()]
    assert rows == 3
    assert [line["id"] for line in lines] == [2, 1, 0]
    sheet = list(csv.reader(io.StringIO(bundle.read("rows.csv").decode(), newline="")))
    assert sheet[0] == ["id", "image", "'=note"]
    assert [row[2] for row in sheet[1:]] == ["'=1+1"] * 3
    for row, line in zip(sheet[1:], lines, strict=True):
        names = row[1].split(" ")
        assert names[0] == f"files/{line['image']['path']}"
        assert set(names) <= set(bundle.namelist())
    assert not [name for name in bundle.namelist() if name.endswith(".wav")]  # a column that is not shown


def test_a_join_keeps_the_files_of_both_sides_apart(stored):
    _, bundle = bundled(stored, "joined.joined-table.json")
    sides = {name.split("/")[1] for name in bundle.namelist() if name.startswith("files/")}
    assert sides == {"left", "right"}


def test_equal_selections_are_equal_bundles(stored):
    one, other = (bundled(stored, "rows.table.json")[1] for _ in range(2))
    assert [(info.filename, info.CRC, info.date_time) for info in one.infolist()] == [
        (info.filename, info.CRC, info.date_time) for info in other.infolist()
    ]


def test_what_cannot_be_read_is_named(stored, monkeypatch):
    table = opening.open_table(stored, "rows.table.json", wait=60)
    image = next(column for column in table.columns if column.name == "image")
    real = image.source.open

    def broken(name):
        if "mask" in name:
            raise FileNotFoundError(f"{name}: is gone")
        return real(name)

    monkeypatch.setattr(image.source, "open", broken, raising=False)
    _, bundle = bundled(stored, "rows.table.json")
    note = bundle.read("NOT-INCLUDED.txt").decode()
    assert "is gone" in note
    assert len(note.splitlines()) == 1
    assert not [name for name in bundle.namelist() if "mask" in name]


def test_a_name_that_leads_out_is_not_taken(stored):
    from datatypes.side_files import side_files

    hostile = {"_type": "image-file", "path": "../../etc/passwd", "masks": {"m": {"_type": "mask", "path": "/x"}}}
    assert sorted(side_files(hostile)) == ["../../etc/passwd", "/x"]
    table = opening.open_table(stored, "rows.table.json", wait=60)
    image = next(column for column in table.columns if column.name == "image")
    from app.tables.bundle import _Files

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as bundle:
        files = _Files(bundle)
        assert files.add(image, hostile) == []
        assert set(files.lost) == {"../../etc/passwd", "/x"}
        assert bundle.namelist() == []
