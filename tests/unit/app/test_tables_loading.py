"""Rows in DuckDB: every kind of cell in a column of its kind; what comes later widens a column and loses nothing."""

import datetime as dt
import json
import math
from decimal import Decimal

import pyarrow as pa
import pytest
from sinks import DictStore

from app.tables.engine import Engine, connect
from app.tables.loading import Loader
from datatypes.table import Table

MOMENT = dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC)


def stored(columns, rows, types=None):
    """A table as it is read: from JSON, without anything in memory but that."""
    document = {"_type": "table", "columns": columns, "data": rows, "ncols": len(columns), "nrows": len(rows)}
    if types:
        map_ = {name: {"wb_type": kind} for name, kind in types.items()}
        document["column_types"] = {"wb_type": "typedDict", "params": {"type_map": map_}}
    return Table.from_json(json.loads(json.dumps(document)), DictStore())


def load(*tables):
    loader = Loader(connect())
    for part, table in enumerate(tables):
        loader.add_table(table, part) if isinstance(table, Table) else loader.add_arrow(table)
    loader.finish()
    engine = Engine(loader.connection)
    assert engine.rows("SELECT count(*) FROM t") == [(loader.rows,)]
    return loader.columns, engine


def cells(engine, column):
    return [row[0] for row in engine.rows(f"SELECT {column.cell_sql} FROM t ORDER BY rowid")]


@pytest.mark.parametrize(
    ("given", "kind", "sql_type", "shown"),
    [
        ([1, 2, None], "number", "BIGINT", [1, 2, None]),
        ([1, 2.5, None], "number", "DOUBLE", [1.0, 2.5, None]),
        ([True, False, None], "boolean", "BOOLEAN", [True, False, None]),
        (["a", "", None], "text", "VARCHAR", ["a", "", None]),
        ([None, None], "text", "VARCHAR", [None, None]),
        ([[1, 2], None], "json", "VARCHAR", ["[1,2]", None]),
        ([{"a": None}, [1]], "json", "VARCHAR", ['{"a":null}', "[1]"]),
        ([1, "a", True, None], "mixed", "VARCHAR", ["1", '"a"', "true", None]),
        ([(1 << 64), 1], "number", "HUGEINT", None),
    ],
)
def test_cells_of_old_tables_without_types(given, kind, sql_type, shown):
    [column], engine = load(stored(["x"], [[cell] for cell in given]))
    assert column.kind == kind or (
        kind == "number" and column.kind == "json"
    )  # beyond 64 bits Arrow has no whole number
    if shown is not None:
        assert column.sql_type == sql_type
        assert cells(engine, column) == shown


def test_cells_of_typed_columns():
    types = {"n": "number", "t": "timestamp", "s": "string", "b": "boolean", "k": "primaryKey"}
    ms = int(MOMENT.timestamp() * 1000)
    columns, engine = load(stored(list(types), [[1, ms, "a", True, "k1"], [2.5, None, None, None, "k2"]], types))
    assert [column.kind for column in columns] == ["number", "time", "text", "boolean", "text"]
    assert columns[1].note == "UTC"
    assert columns[4].label == "key"
    assert cells(engine, columns[1]) == ["2026-03-01 12:30:00", None]
    assert engine.rows("SELECT c4 FROM t WHERE c1 > '2026-03-01 12:29:59'") == [("k1",)]


def test_values_stay_the_json_that_is_stored():
    picture = {"_type": "image-file", "path": "media/images/a.png", "width": 3, "height": 2, "caption": None}
    columns, engine = load(stored(["one", "many"], [[picture, [picture, picture]], [None, None]]))
    assert [(column.kind, column.label) for column in columns] == [("media", "Image"), ("media", "Image")]
    assert json.loads(cells(engine, columns[0])[0]) == picture
    assert json.loads(cells(engine, columns[1])[0]) == [picture, picture]


@pytest.mark.parametrize(
    ("first", "then", "kind", "shown"),
    [
        ([1], [2.5], "number", [1.0, 2.5]),
        ([None], [2], "number", [None, 2]),
        ([None], ["a"], "text", [None, "a"]),
        ([None], [[1]], "json", [None, "[1]"]),
        ([None], [1, "a"], "mixed", [None, "1", '"a"']),
        ([1], [None], "number", [1, None]),
        ([1], ["a"], "mixed", ["1", '"a"']),
        (["a"], [1], "mixed", ['"a"', "1"]),
        ([True], [2], "mixed", ["true", "2"]),
        ([1, "a"], [2], "mixed", ["1", '"a"', "2"]),
        (["a"], [{"b": 1}], "mixed", ['"a"', '{"b":1}']),
    ],
)
def test_parts_of_other_kinds_widen_a_column(first, then, kind, shown):
    def part(given):
        return stored(["x"], [[cell] for cell in given])

    [column], engine = load(part(first), part(then))
    assert column.kind == kind
    found = cells(engine, column)
    assert [json.loads(cell) if kind == "mixed" and cell else cell for cell in found] == [
        json.loads(cell) if kind == "mixed" and cell else cell for cell in shown
    ]


def test_nan_among_text_is_missing():
    table = Table(
        columns=["text", "ok", "n"], data=[["a", True, 1], [math.nan, math.nan, math.nan]], allow_mixed_types=True
    )
    columns, engine = load(Table.from_json(json.loads(json.dumps(table.to_json(DictStore()))), DictStore()))
    assert [column.kind for column in columns] == ["text", "boolean", "number"]
    assert engine.rows("SELECT c0, c1 FROM t ORDER BY rowid") == [("a", True), (None, None)]
    assert engine.rows("SELECT count(*) FROM t WHERE isnan(c2)") == [(1,)]


def test_no_rows_and_no_columns():
    columns, engine = load(stored(["a", "b"], []))
    assert [column.kind for column in columns] == ["text", "text"]
    assert engine.rows("SELECT * FROM t") == []
    assert load(stored([], []))[0] == []


def test_names_may_be_anything_and_occur_twice():
    names = ["a", "a", "A", "", 'say "no"', "x.y", "c0", "rowid"]
    columns, engine = load(stored(names, [list(range(8))]))
    assert [column.name for column in columns] == names
    assert engine.rows("SELECT c0, c1, c2, c3, c4, c5, c6, c7 FROM t") == [tuple(range(8))]


ARROW = [
    (pa.array([1, None], pa.int8()), "number", [1, None]),
    (pa.array([1 << 63], pa.uint64()), "number", [1 << 63]),
    (pa.array([0.5], pa.float16()), "number", [0.5]),
    (pa.array([Decimal("1.25")], pa.decimal128(10, 2)), "number", [Decimal("1.25")]),
    (pa.array([Decimal("1.25")], pa.decimal256(60, 2)), "text", ["1.25"]),
    (pa.array(["a", "b", "a"]).dictionary_encode(), "text", ["a", "b", "a"]),
    (pa.array([MOMENT], pa.timestamp("us", "Europe/Berlin")), "time", ["2026-03-01 12:30:00"]),
    (pa.array([MOMENT.replace(tzinfo=None)], pa.timestamp("ns")), "time", ["2026-03-01 12:30:00"]),
    (pa.array([dt.date(2026, 3, 1)], pa.date32()), "time", ["2026-03-01"]),
    (pa.array([dt.time(1, 2, 3)], pa.time64("us")), "time", ["01:02:03"]),
    (pa.array([dt.timedelta(seconds=90)], pa.duration("ms")), "number", [90.0]),
    (pa.array([b"\x00\xff"], pa.binary()), "bytes", [b"\x00\xff"]),
    (pa.array([[1, 2]], pa.list_(pa.int32())), "json", [[1, 2]]),
    (pa.array([[1, 2]], pa.list_(pa.int32(), 2)), "json", [(1, 2)]),
    (pa.array([{"a": 1}], pa.struct([("a", pa.int32())])), "json", [{"a": 1}]),
    (pa.array([None], pa.null()), "text", [None]),
    (pa.array(["a"], pa.large_string()), "text", ["a"]),
    (pa.array(['{"_type": "audio-file", "path": "a.wav"}']), "media", ['{"_type": "audio-file", "path": "a.wav"}']),
    (pa.array(['{"no": "value"}']), "text", ['{"no": "value"}']),
]


@pytest.mark.parametrize(("array", "kind", "shown"), ARROW, ids=[str(item[0].type) + item[1] for item in ARROW])
def test_columns_of_files(array, kind, shown):
    [column], engine = load(pa.table({"x": array}))
    assert column.kind == kind
    assert cells(engine, column) == shown


def test_row_numbers_are_those_of_the_file():
    blocks = [pa.table({"x": pa.array(range(start, start + 70_000))}) for start in range(0, 280_000, 70_000)]
    _, engine = load(*blocks)
    assert engine.rows("SELECT count(*) FROM t WHERE c0 <> rowid") == [(0,)]
