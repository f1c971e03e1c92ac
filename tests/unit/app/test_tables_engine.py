"""The second wall: with any SQL at all, nothing but the loaded rows can be reached. And what users are told."""

import gc

import pytest

from app.tables.engine import Engine, connect
from app.tables.errors import QueryError

secret_frame = {"a": [1]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "cache/tables/.spill-other").mkdir(parents=True)
    (tmp_path / "cache/tables/.spill-other/secret.txt").write_text("secret")
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    return tmp_path


@pytest.fixture(params=["memory", "copy"])
def engine(request, folder):
    """An engine of rows in memory, and one of a copy on disk."""
    if request.param == "memory":
        connection = connect()
        connection.execute("CREATE TABLE t AS SELECT range AS c0 FROM range(1000)")
        engine = Engine(connection)
    else:
        path = folder / "copy.duckdb"
        connection = connect(path=path)
        connection.execute("CREATE TABLE t AS SELECT range AS c0 FROM range(1000)")
        connection.close()
        engine = Engine.of_copy(path)
    yield engine
    engine.close()


ESCAPES = [
    "SELECT * FROM read_text('{folder}/secret.txt')",
    "SELECT * FROM read_blob('{folder}/secret.txt')",
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM read_json('{folder}/secret.txt')",
    "SELECT * FROM read_parquet('{folder}/secret.txt')",
    "SELECT * FROM '{folder}/secret.csv'",
    "SELECT * FROM '{folder}/../{folder}/secret.csv'",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM sniff_csv('{folder}/secret.csv')",
    "SELECT * FROM parquet_metadata('{folder}/secret.csv')",
    "SELECT * FROM query_table('secret_frame')",
    "SELECT * FROM secret_frame",
    "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "COPY t TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/copy.duckdb' (FORMAT csv, USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{folder}/cache/tables/out.csv'",
    "SELECT * FROM glob('{folder}/cache/tables/.spill-other/*')",
    "SELECT * FROM read_text('{folder}/cache/tables/.spill-other/secret.txt')",
    "COPY t FROM '{folder}/secret.csv'",
    "ATTACH '{folder}/new.duckdb' AS other",
    "ATTACH '{folder}/copy.duckdb' AS again",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}/out'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access=true",
    "SET lock_configuration=false",
    "SET memory_limit='100GB'",
    "SET allowed_paths=['{folder}/secret.txt']",
    "SET allowed_directories=['{folder}']",
    "SET temp_directory='{folder}'",
    "SET log_query_path='{folder}/log.txt'",
    "SET profiling_output='{folder}/profile.json'",
    "RESET enable_external_access",
    "CREATE PERSISTENT SECRET s (TYPE s3)",
    "PRAGMA enable_profiling='json'",
]


@pytest.mark.parametrize("statement", ESCAPES)
def test_no_statement_leads_out(engine, folder, statement):
    before = sorted(path for path in folder.rglob("*") if path.is_file())
    with pytest.raises(QueryError):
        engine.rows(statement.format(folder=folder))
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == before


def test_the_rows_are_still_there(engine):
    assert engine.rows("SELECT count(*), max(rowid), sum(c0) FROM t") == [(1000, 999, 499500)]


def test_a_copy_cannot_be_changed(folder):
    path = folder / "copy.duckdb"
    connection = connect(path=path)
    connection.execute("CREATE TABLE t AS SELECT 1 AS c0")
    connection.close()
    engine = Engine.of_copy(path)
    for statement in ("INSERT INTO t VALUES (2)", "UPDATE t SET c0 = 2", "DROP TABLE t", "CREATE TABLE u AS SELECT 1"):
        with pytest.raises(QueryError):
            engine.rows(statement)
    assert engine.rows("SELECT c0 FROM t") == [(1,)]
    engine.close()


def test_a_long_query_is_stopped(engine):
    with pytest.raises(QueryError, match=r"was stopped after 0\.2 seconds"), engine.running(0.2) as cursor:
        cursor.execute("SELECT count(*) FROM t a, t b, t c, t d WHERE a.c0 + b.c0 + c.c0 + d.c0 = 1").fetchall()


def test_an_order_larger_than_memory_goes_through_files_that_are_deleted(folder):
    connection = connect("48MB")
    connection.execute("CREATE TABLE t AS SELECT hash(range) AS c0 FROM range(3_000_000)")
    engine = Engine(connection)
    with engine.running() as cursor:
        numbers = cursor.execute("SELECT CAST(rowid AS INTEGER) AS n FROM t ORDER BY c0, rowid").fetchnumpy()["n"]
    assert len(set(numbers.tolist())) == 3_000_000
    engine.close()
    del engine, cursor
    gc.collect()
    assert [path.name for path in (folder / "cache/tables").iterdir()] == [".spill-other"]


def test_without_a_cache_folder_rows_are_served_from_memory(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "file"))
    connection = connect()
    connection.execute("CREATE TABLE t AS SELECT 1 AS c0")
    engine = Engine(connection)
    assert engine.rows("SELECT c0 FROM t") == [(1,)]
    engine.close()
