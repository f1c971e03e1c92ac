"""The pictures of an artifact as rows: each once, with what its JSON or its file says; a broken one keeps its row."""

import numpy as np
import pytest
from PIL import Image as PilImage

import datatypes as dt
from app.tables import opening
from app.tables.gallery import COLUMNS, PICTURES, picture_names
from app.tables.selection import count, read_selection
from storage import Artifact, Store, open_source


@pytest.fixture(autouse=True)
def closed():
    yield
    opening.forget()


def rows_of(artifact):
    table = opening.open_table(artifact, PICTURES, wait=60)
    assert [column.name for column in table.columns] == list(COLUMNS)
    cells = ", ".join(column.cell_sql for column in table.columns[1:])
    return table, table.engine.rows(f"SELECT {cells} FROM t ORDER BY rowid")


def test_values_of_an_artifact(tmp_path):
    artifact = Artifact("pets", type="dataset")
    box = {"position": {"minX": 0, "maxX": 1, "minY": 0, "maxY": 1}, "class_id": 1, "scores": {"conf": 0.5}}
    boxes = {"pred": {"box_data": [box], "class_labels": {1: "cat"}}}
    artifact.add(dt.Image(np.zeros((4, 6, 3), np.uint8), caption="a cat", boxes=boxes), "sub/cat")
    artifact.add(dt.Image(np.ones((5, 5), np.uint8)), "dog")
    artifact.add(dt.Table(columns=["image"], data=[[dt.Image(np.full((2, 2), 7, np.uint8))]]), "rows")
    artifact.add(dt.Html("<p>x"), "page")
    saved = Store(tmp_path / "store").log_artifact(artifact)
    table, rows = rows_of(saved)
    shown = [row[:-2] for row in rows]
    assert shown == [("dog", None, 5, 5, "png", 0, 0), ("sub/cat", "a cat", 6, 4, "png", 0, 1)]
    assert [row[-1] for row in rows] == ["dog.image-file.json", "sub/cat.image-file.json"]
    assert [row[-2] for row in rows] == [saved.get_path(saved.json(row[-1])["path"]).size for row in rows]
    selection, ignored = read_selection(table, "width > 5", "", "picture,=cat,>conf:0.5")
    assert (count(table, selection), ignored) == (1, [])


def test_pictures_of_a_plain_folder(tmp_path):
    PilImage.fromarray(np.zeros((3, 9, 3), np.uint8)).save(tmp_path / "wide.png")
    PilImage.fromarray(np.zeros((8, 2), np.uint8)).save(tmp_path / "tall.jpg")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("x")
    _, rows = rows_of(open_source(tmp_path))
    found = {row[0]: row[2:5] for row in rows}
    assert found == {"wide.png": (9, 3, "png"), "tall.jpg": (2, 8, "jpg"), "broken.png": (None, None, "png")}


def test_an_artifact_without_pictures_has_no_row(tmp_path):
    artifact = Artifact("none", type="dataset")
    artifact.add(dt.Html("<p>x"), "page")
    saved = Store(tmp_path / "store").log_artifact(artifact)
    table = opening.open_table(saved, PICTURES, wait=60)
    assert table.rows == 0


def test_names_alone_tell_pictures():
    names = ["a.image-file.json", "b.PNG", "c.table.json", "d.png.txt", "e.jpeg"]
    assert picture_names(names) == ["a.image-file.json", "b.PNG", "e.jpeg"]
