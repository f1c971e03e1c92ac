"""Rows by the classes and scores of their pictures, against plain loops over what was logged."""

import numpy as np
import pytest

import datatypes as dt
from app.tables import labels, opening
from app.tables.errors import QueryError
from app.tables.selection import count, page, read_selection
from storage import Artifact, Store

NAMES = {0: "background", 1: "cat", 2: "dog, wild", 3: "back\\slash"}
ROWS = 40


@pytest.fixture(scope="module")
def logged():
    """What each row shows: class ids of its mask, and (layer, class id, scores) of its boxes."""
    random = np.random.default_rng(5)
    rows = []
    for row in range(ROWS):
        mask = random.choice([0, 1, 2], (6, 8), p=[0.9, 0.06, 0.04]).astype(np.uint8) if row % 5 else None
        boxes = [
            (random.choice(["pred", "truth"]), int(random.integers(1, 4)),
             {"iou": float(random.uniform()), "area": float(random.integers(1, 9))} if random.uniform() < 0.8 else {})
            for _ in range(int(random.integers(0, 4)))
        ]  # fmt: skip
        rows.append((mask, boxes))
    return rows


@pytest.fixture(scope="module")
def table(logged, tmp_path_factory):
    stored = dt.Table(columns=["id", "image", "other"])
    for row, (mask, boxes) in enumerate(logged):
        layers = {
            layer: {
                "box_data": [
                    {"position": {"minX": 0, "maxX": 0.5, "minY": 0, "maxY": 1}, "class_id": number, "scores": scores}
                    for name, number, scores in boxes
                    if name == layer
                ],
                "class_labels": NAMES,
            }
            for layer in dict.fromkeys(name for name, _, _ in boxes)
        }
        masks = {"seg": {"mask_data": mask, "class_labels": NAMES}} if mask is not None else None
        picture = dt.Image(np.full((6, 8, 3), row, np.uint8), masks=masks, boxes=layers or None)
        stored.add_data(row, None if row == 7 else picture, "text")
    artifact = Artifact("labels", type="dataset")
    artifact.add(stored, "rows")
    saved = Store(tmp_path_factory.mktemp("labels") / "store").log_artifact(artifact)
    yield opening.open_table(saved, "rows.table.json", wait=60)
    opening.forget()


def rows_of(table, text, expression=""):
    selection, ignored = read_selection(table, expression, "", text)
    numbers = page(table, selection, 0, ROWS, []).numbers
    assert count(table, selection) == len(numbers)
    return numbers, ignored


def expected(logged, classes, layers, bounds):
    found = []
    for row, (mask, boxes) in enumerate(logged):
        labels_ = [("seg", number, None) for number in (np.unique(mask).tolist() if mask is not None else []) if number]
        labels_ += boxes
        fits = any(
            (not classes or NAMES[number] in classes)
            and (not layers or layer in layers)
            and (not bounds or (scores is not None and all(check(scores) for check in bounds)))
            for layer, number, scores in labels_
        )
        if fits and row != 7:
            found.append(row)
    return found


@pytest.mark.parametrize(
    ("text", "classes", "layers", "bounds"),
    [
        ("image,=cat", {"cat"}, set(), []),
        (r"image,=dog\, wild,=cat", {"cat", "dog, wild"}, set(), []),
        (r"image,=back\\slash", {"back\\slash"}, set(), []),
        ("image,/pred", set(), {"pred"}, []),
        ("image,/seg,=cat", {"cat"}, {"seg"}, []),
        ("image,>iou:0.5", set(), set(), [lambda scores: scores.get("iou", -1) >= 0.5]),
        ("image,<iou:0.5,=cat", {"cat"}, set(), [lambda scores: scores.get("iou", 9) <= 0.5]),
        (
            "image,>iou:0.5,<area:4,/truth", set(), {"truth"},
            [lambda scores: scores.get("iou", -1) >= 0.5, lambda scores: scores.get("area", 99) <= 4],
        ),
    ],
)  # fmt: skip
def test_rows_are_those_of_a_loop(table, logged, text, classes, layers, bounds):
    numbers, ignored = rows_of(table, text)
    assert numbers == expected(logged, classes, layers, bounds)
    assert 0 < len(numbers) < ROWS
    assert ignored == []


def test_both_conditions_hold_together(table, logged):
    numbers, _ = rows_of(table, "image,=cat", "id >= 20")
    assert numbers == [row for row in expected(logged, {"cat"}, set(), []) if row >= 20]


def test_counts_are_rows_and_scores_have_their_range(table, logged):
    column = table.columns[1]
    labels.labels_of(table, column, wait=20)
    found = labels.outline(table, column, "TRUE")
    shown = {layer["name"]: {item["name"]: item["rows"] for item in layer["classes"]} for layer in found["layers"]}
    assert shown.keys() == {"pred", "seg", "truth"}
    assert {layer["name"]: layer["kind"] for layer in found["layers"]} == {
        "pred": "boxes", "seg": "mask", "truth": "boxes",
    }  # fmt: skip
    for layer, classes in shown.items():
        assert classes == {
            name: len(expected(logged, {name}, {layer}, []))
            for name in set(NAMES.values())
            if expected(logged, {name}, {layer}, [])
        }
    areas = [scores["area"] for row, (_, boxes) in enumerate(logged) if row != 7 for *_, scores in boxes if scores]
    assert {"name": "area", "low": min(areas), "high": max(areas)} in found["scores"]
    assert (found["unreadable"], found["done"]) == (0, ROWS)


def test_background_is_no_label(table):
    assert rows_of(table, "image,=background")[0] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [("text,=cat", "no column of pictures"), ("other,=cat", "no column of pictures"), ("image,cat", "no condition")],
)
def test_what_cannot_be_understood_is_ignored_and_said(table, text, told):
    numbers, ignored = rows_of(table, text)
    assert len(numbers) in (ROWS, len(rows_of(table, "image,/pred,/truth,/seg")[0]))
    assert told in ignored[0]


@pytest.mark.parametrize("hostile", ["x') OR (1=1", "x'; DROP TABLE t; --", "'||(SELECT 1)||'"])
def test_names_are_literals(table, hostile):
    for sign in "=/":
        assert rows_of(table, f"image,{sign}{hostile}")[0] == []
    assert rows_of(table, f"image,>{hostile}:0.1")[0] == []


def test_a_second_look_reads_no_picture(table, monkeypatch):
    column = table.columns[1]
    labels.labels_of(table, column, wait=20)
    kept = labels._kept(table, column)
    assert len(kept) == ROWS - 1
    table.labels.clear()
    table.engine.rows("DROP TABLE memory.main.labels_1")
    monkeypatch.setattr(labels, "_of_picture", lambda *_: pytest.fail("read again"))
    assert rows_of(table, "image,=cat")[0]


def test_an_unreadable_picture_is_counted_and_the_rest_is_there(tmp_path):
    table = dt.Table(columns=["image"])
    for shade in (10, 20):
        mask = {"seg": {"mask_data": np.full((4, 4), 1, np.uint8) * (shade // 10), "class_labels": {1: "a", 2: "b"}}}
        table.add_data(dt.Image(np.full((4, 4), shade, np.uint8), masks=mask))
    artifact = Artifact("broken", type="dataset")
    artifact.add(table, "rows")
    saved = Store(tmp_path / "store").log_artifact(artifact)
    opened = opening.open_table(saved, "rows.table.json", wait=60)
    column = opened.columns[0]
    real = column.source.open
    gone = next(name for name in saved.names() if ".mask." in name)

    def broken(name):
        if name == gone:
            raise FileNotFoundError(f"{name}: is gone")
        return real(name)

    column.source.open = broken
    found = labels.labels_of(opened, column, wait=20)
    assert (found.unreadable, found.done) == (1, 2)
    assert "is gone" in found.reason
    assert len(labels.outline(opened, column, "TRUE")["layers"][0]["classes"]) == 1


def test_a_page_that_comes_too_early_is_told(table, monkeypatch):
    monkeypatch.setattr(labels, "WAIT_SECONDS", 0.0)
    waiting = labels.Labels("memory.main.labels_1", done=3, total=ROWS)
    before = dict(table.labels)
    table.labels[1] = waiting
    try:
        with pytest.raises(QueryError, match="3 of 40 rows"):
            read_selection(table, "", "", "image,=cat")
    finally:
        table.labels.clear()
        table.labels.update(before)
