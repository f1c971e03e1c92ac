"""Tables of every origin, opened: golden ones cell by cell, large ones by a copy, damage told."""

import json
import math
import os
import time
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from app import session
from app.tables import copies, opening, sources
from app.tables.api import answer
from app.tables.cells import decoded_cell
from app.tables.errors import NotATableError
from app.tables.opening import forget, open_table
from datatypes.base import WBValue
from datatypes.joined_table import JoinedTable
from datatypes.partitioned_table import PartitionedTable
from datatypes.table import Table
from storage import Artifact, Store, open_source

GOLDEN = Path(__file__).parents[2] / "golden/data"
TABLES = sorted(
    path
    for pattern in ("*.table.json", "*.joined-table.json", "*.partitioned-table.json")
    for path in GOLDEN.glob(f"*/*/artifacts/*/**/{pattern}")
    if "media" not in path.parts and path.parts[len(GOLDEN.parts) + 1] != "cross-artifact"
)


@pytest.fixture(autouse=True)
def private_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))
    forget()
    yield
    forget()
    session.set_current(None)


def root_of(path):
    return next(parent for parent in path.parents if parent.parent.name == "artifacts")


def rows_of(value):
    if isinstance(value, PartitionedTable):
        return [row for _, row in value.iterrows()]
    return [list(row) for row in value.rows]


def is_like(cell, shown, column):
    """Whether a cell of the page is the value of the library, in the form that its kind has."""
    if column.kind in ("json", "media", "array", "mixed") and shown is not None:
        found = decoded_cell(column, shown)
        if isinstance(found, WBValue):
            return found == cell
        return json.dumps(found, default=str) == json.dumps(cell, default=str) or str(found) == str(cell)
    if column.kind == "time" and shown is not None:
        return str(cell).replace("T", " ")[:10] == str(shown)[:10]
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return shown is None or math.isnan(shown)
    return shown == cell


@pytest.mark.parametrize("path", TABLES, ids=lambda path: "/".join(path.relative_to(GOLDEN).parts))
def test_the_cells_of_golden_tables_are_those_of_the_library(path):
    artifact = open_source(root_of(path))
    name = path.relative_to(root_of(path)).as_posix()
    value, table = artifact.get(name), open_table(artifact, name)
    if isinstance(value, JoinedTable):
        counts = value.counts()
        assert (table.join["both"], table.join["left"], table.join["right"]) == tuple(counts)
        assert table.rows == sum(counts)
        return
    assert isinstance(value, Table | PartitionedTable)
    assert [column.name for column in table.columns] == [str(name) for name in value.columns]
    listed = ", ".join(column.cell_sql for column in table.columns)
    shown = table.engine.rows(f"SELECT {listed} FROM t ORDER BY rowid") if listed else []
    for mine, its in zip(rows_of(value), shown, strict=True):
        for cell, found, column in zip(mine, its, table.columns, strict=True):
            assert is_like(cell, found, column), (column, cell, found)


def test_golden_tables_were_found():
    assert len(TABLES) > 60


def test_a_join_has_the_key_first_and_partners_side_by_side(tmp_path):
    left = Table(columns=["note", "id", "image"], data=[["a", 1, "x"], ["b", 2, "y"]])
    right = Table(columns=["id", "score", "image"], data=[[2, 0.5, "z"], [3, 0.7, "w"]])
    artifact = Artifact("joined", type="t")
    artifact.add(JoinedTable(left, right, "id"), "both")
    saved = Store(tmp_path / "store").log_artifact(artifact)
    table = open_table(saved, "both.joined-table.json")
    assert [(column.name, column.side) for column in table.columns] == [
        ("id", "key"), ("join", "join"), ("note", "left"), ("image_x", "left"), ("image_y", "right"),
        ("score", "right"),
    ]  # fmt: skip
    assert table.engine.rows("SELECT c0, c1, c2, c3, c4, c5 FROM t ORDER BY rowid") == [
        (1, "left only", "a", "x", None, None),
        (2, "both", "b", "y", "z", 0.5),
        (3, "right only", None, None, "w", 0.7),
    ]


def test_what_is_no_table_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(NotATableError, match=r"notes\.txt: is no table"):
        open_table(open_source(tmp_path), "notes.txt")


def test_a_table_is_opened_once(tmp_path):
    parquet.write_table(pa.table({"x": [1, 2]}), tmp_path / "rows.parquet")
    artifact = open_source(tmp_path)
    first = open_table(artifact, "rows.parquet")
    assert open_table(open_source(tmp_path), "rows.parquet") is first


def test_a_changed_file_is_opened_anew(tmp_path):
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"x": [1, 2]}), path)
    assert open_table(open_source(tmp_path), "rows.parquet").rows == 2
    parquet.write_table(pa.table({"x": [1, 2, 3]}), path)
    os.utime(path, ns=(1, 1))
    assert open_table(open_source(tmp_path), "rows.parquet").rows == 3


@pytest.mark.parametrize(
    ("name", "data", "rows"),
    [
        ("a.csv", b"x,y\n1,a\n2,b\n", [(1, "a"), (2, "b")]),
        ("a.tsv", b"x\ty\n1\ta\n", [(1, "a")]),
        ("a.jsonl", b'{"x": 1, "y": "a"}\n{"x": 2, "y": null}\n', [(1, "a"), (2, None)]),
    ],
)
def test_plain_files_open_as_tables(tmp_path, name, data, rows):
    (tmp_path / name).write_bytes(data)
    table = open_table(open_source(tmp_path), name)
    assert [column.name for column in table.columns] == ["x", "y"]
    assert table.engine.rows("SELECT c0, c1 FROM t ORDER BY rowid") == rows


@pytest.mark.parametrize(
    ("name", "data"), [("a.parquet", b"PAR1 but not really"), ("a.csv", b"x,y\n1\n"), ("a.csv", b"")]
)
def test_damaged_files_say_so(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.(parquet|csv).*(is not|holds no)"):
        open_table(open_source(tmp_path), name)


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A table of JSON that counts as large: opened in blocks, copied by another process."""
    monkeypatch.setenv("VITRINA_TABLE_COPY_BYTES", "20000")
    rows = [
        [number, number / 4 if number > 900 else number, None if number < 2500 else "text", [number]]
        for number in range(3000)
    ]
    artifact = Artifact("large", type="t")
    artifact.add(Table(columns=["n", "x", "late", "list"], data=rows), "rows")
    Store(tmp_path / "store").log_artifact(artifact)
    opened = session.open_target(tmp_path / "store")
    session.set_current(opened)
    return opened.resolve("large:v0"), rows


def whole(artifact, name):
    table = open_table(artifact, name, wait=60)
    end = time.monotonic() + 60
    while not table.is_whole:
        assert table.progress.error is None
        assert time.monotonic() < end
        time.sleep(0.05)
    return table


def test_a_large_table_shows_its_first_rows_at_once_and_then_all(large, monkeypatch):
    artifact, rows = large
    table = open_table(artifact, "rows.table.json", wait=0)
    assert not table.is_whole
    assert table.rows == 3000
    assert table.engine.rows("SELECT count(*), max(c0) FROM t") == [(1000, 999)]
    table = whole(artifact, "rows.table.json")
    shown = table.engine.rows("SELECT c0, c1, c2, c3 FROM t ORDER BY rowid")
    assert [[n, x, late, json.loads(cell)] for n, x, late, cell in shown] == rows
    assert [column.kind for column in table.columns] == ["number", "number", "text", "json"]


def test_the_copy_is_used_again(large, monkeypatch):
    artifact, _ = large
    whole(artifact, "rows.table.json")
    [path] = (path for path in (copies.cache.cache_folder() / "tables").glob("*.duckdb"))
    forget()
    monkeypatch.setattr(sources, "make_copy", pytest.fail)
    monkeypatch.setattr(opening, "copy_elsewhere", pytest.fail)
    table = open_table(artifact, "rows.table.json", wait=0)
    assert table.is_whole
    assert table.engine.rows("SELECT count(*) FROM t") == [(3000,)]
    assert [column.name for column in table.columns] == ["n", "x", "late", "list"]
    assert path.stat().st_mode & 0o077 in (0, 0o044)


@pytest.mark.parametrize("damage", [b"", b"not a database at all", None])
def test_a_damaged_copy_is_made_again(large, damage):
    artifact, _ = large
    whole(artifact, "rows.table.json").engine.close()
    [path] = (copies.cache.cache_folder() / "tables").glob("*.duckdb")
    forget()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if damage is None else damage)
    table = whole(artifact, "rows.table.json")
    assert table.engine.rows("SELECT count(*), sum(c0) FROM t") == [(3000, 2999 * 1500)]


def test_rows_that_cannot_be_copied_are_told_and_the_first_ones_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINA_TABLE_COPY_BYTES", "2000")
    text = "x\n" + "\n".join(str(number) for number in range(5000)) + "\n1,2\n"
    (tmp_path / "rows.csv").write_text(text)
    session.set_current(session.open_target(tmp_path))
    monkeypatch.setattr(sources, "FIRST_ROWS", 100)
    monkeypatch.setattr(sources, "_batches", _first_then_error)
    monkeypatch.setattr(opening, "copy_elsewhere", lambda *_: None)  # this process, with the line above
    table = open_table(open_source(tmp_path), "rows.csv", wait=60)
    assert "is not csv" in str(table.progress.error)
    assert table.engine.rows("SELECT count(*) FROM t") == [(2,)]
    status, found = answer("state", {"ref": session.current().artifacts()[0].qualified_name, "path": "rows.csv"})
    assert status == 200
    assert "is not csv" in found["copying"]["error"]


def _first_then_error(file, name, rows):
    from datatypes.errors import UnreadableMediaError

    yield pa.table({"x": [1, 2]})
    if rows > 100:
        raise UnreadableMediaError(name, "is not csv (here)", "Restore the file.")


def test_old_copies_go_first(tmp_path, monkeypatch):
    folder = tmp_path / "cache/tables"
    folder.mkdir(parents=True)
    for age, name in enumerate(["new", "middle", "old"]):
        (folder / f"{name}.duckdb").write_bytes(b"x" * 100)
        os.utime(folder / f"{name}.duckdb", (1000 - age, 1000 - age))
    forgotten = folder / ".new-killed"
    forgotten.mkdir()
    os.utime(forgotten, (1000, 1000))
    assert copies.trim(cap_bytes=150) == 200
    assert sorted(path.name for path in folder.iterdir()) == ["new.duckdb"]
