"""What is shown, as a file: rows and columns of the selection, formulas defused in CSV, cells unchanged elsewhere."""

import csv
import io
import json
import math

import pyarrow as pa
import pytest
from pyarrow import parquet

from app.tables import export
from app.tables.engine import Engine, connect
from app.tables.loading import Loader
from app.tables.opening import OpenTable
from app.tables.selection import read_selection

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "－1", "\n=1"]
HARMLESS = ["a", "1", "", "a=b", "x-1", "mail@example.org", "é", 'say "no", he said', "two\nlines"]


@pytest.fixture(scope="module")
def table():
    text = [*FORMULAS, *HARMLESS, None]
    rows = len(text)
    loader = Loader(connect())
    loader.add_arrow(
        pa.table(
            {
                "=name": text,
                "number": [float(number) for number in range(rows - 2)] + [math.nan, math.inf],
                "whole": pa.array([-5] * rows, pa.int64()),
                "list": [[number, -1] for number in range(rows)],
                "bytes": [b"\x00=" for _ in range(rows)],
                "ok": [True] * rows,
            }
        )
    )
    loader.finish()
    engine = Engine(loader.connection)
    yield OpenTable(columns=tuple(loader.columns), engine=engine, rows=rows, ident="")
    engine.close()


def exported(table, kind, columns=None, text="", order=""):
    file = io.BytesIO()
    selection, _ = read_selection(table, text, order)
    rows = export.write(table, selection, columns or table.columns, kind, file)
    return rows, file.getvalue()


def test_csv_has_no_cell_that_a_spreadsheet_would_run(table):
    rows, data = exported(table, "csv")
    found = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert rows == len(found) - 1 == table.rows
    assert found[0][0] == "'=name"
    assert [row[0] for row in found[1:]] == [f"'{cell}" for cell in FORMULAS] + HARMLESS + [""]
    assert {row[2] for row in found[1:]} == {"-5"}  # a number is no formula
    assert found[1][3] == "[0, -1]"
    assert found[1][4] == "0x003d"


def test_parquet_has_the_cells_unchanged(table):
    _, data = exported(table, "parquet", text="number < 5", order="-number")
    found = parquet.read_table(io.BytesIO(data))
    assert found.column_names == ["=name", "number", "whole", "list", "bytes", "ok"]
    assert found["number"].to_pylist() == [4.0, 3.0, 2.0, 1.0, 0.0]
    assert found["=name"].to_pylist() == FORMULAS[4::-1]
    assert found["list"].to_pylist()[0] == [4, -1]
    assert found["bytes"].to_pylist()[0] == b"\x00="


def test_json_lines_have_the_cells_as_json_has_them(table):
    _, data = exported(table, "json", columns=table.columns[:4])
    found = [json.loads(line, parse_constant=pytest.fail) for line in data.decode().splitlines()]
    assert [row["=name"] for row in found] == [*FORMULAS, *HARMLESS, None]
    assert [row["number"] for row in found[-2:]] == ["nan", "inf"]
    assert found[3] == {"=name": "@SUM(A1)", "number": 3.0, "whole": -5, "list": [3, -1]}


def test_columns_are_those_that_are_shown(table):
    chosen = [table.columns[5], table.columns[1]]
    _, data = exported(table, "csv", columns=chosen, order="-number")
    assert data.decode().splitlines()[:2] == ["ok,number", "True,nan"]
    assert parquet.read_table(io.BytesIO(exported(table, "parquet", columns=chosen)[1])).column_names == [
        "ok",
        "number",
    ]


def test_no_rows_are_a_file_with_a_head(table):
    assert exported(table, "csv", columns=table.columns[1:3], text="number < -1") == (0, b"number,whole\r\n")
    assert parquet.read_table(io.BytesIO(exported(table, "parquet", text="number < -1")[1])).num_rows == 0


def test_columns_of_one_name_are_told_apart():
    loader = Loader(connect())
    loader.add_arrow(pa.table({"x": [1], "y": [2]}), ["a", "a"])
    loader.finish()
    table = OpenTable(columns=tuple(loader.columns), engine=Engine(loader.connection), rows=1, ident="")
    assert json.loads(exported(table, "json")[1]) == {"a": 1, "a_2": 2}
    table.engine.close()


@pytest.mark.parametrize(
    ("name", "kind", "is_part", "expected"),
    [
        ("predictions.table.json", "csv", False, "predictions.formulas-quoted.csv"),
        ("a/b/rows.parquet", "parquet", True, "rows.selection.parquet"),
        ('x"\r\n; y.csv', "json", False, "x-y.jsonl"),
        ("...", "json", False, "table.jsonl"),
        ("é.table.json", "csv", True, "é.selection.formulas-quoted.csv"),
    ],
)
def test_the_name_of_the_file_says_what_it_is(name, kind, is_part, expected):
    assert export.file_name(name, kind, is_part=is_part) == expected
