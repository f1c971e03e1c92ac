"""The one scalar expression: what runs is written anew, and everything that is not listed is refused."""

import pytest

from app.tables.columns import Column
from app.tables.engine import Engine, connect
from app.tables.errors import ExpressionError
from app.tables.expression import written_name

COLUMNS = [
    Column(index=0, name="step", kind="number", sql_type="BIGINT"),
    Column(index=1, name="Label", kind="text"),
    Column(index=2, name="eval.loss", kind="number", sql_type="DOUBLE"),
    Column(index=3, name="image", kind="media"),
    Column(index=4, name="vec", kind="json", sql_type="INTEGER[]"),
    Column(index=5, name='odd "name" \'; drop', kind="text"),
    Column(index=6, name="taken", kind="time", sql_type="TIMESTAMP"),
    Column(index=7, name="ok", kind="boolean", sql_type="BOOLEAN"),
]


@pytest.fixture(scope="module")
def engine():
    connection = connect()
    connection.execute(
        'create table t as select 1::bigint c0, \'x\' c1, 0.5::double c2, \'{"width": 30, "a b": {"c": "d"}}\' c3, '
        "[1, 2]::integer[] c4, 'it''s' c5, timestamp '2026-03-01 12:00:00' c6, true c7"
    )
    engine = Engine(connection)
    yield engine
    engine.close()


TRUE = [
    ("step > 0", "(c0 > 0)"),
    ("step > -1 and step > - 2 and step - -1 = 2 and eval.loss > -1.5e3", None),
    ("Label = 'x' and eval.loss < 1", "((c1 = 'x') AND (c2 < 1))"),
    ("label = 'x'", "(c1 = 'x')"),
    ('"eval.loss" between 0 and 1', "(c2 BETWEEN 0 AND 1)"),
    ("step in (1, 2)", "(c0 IN (1, 2))"),
    ("step not in (2, 3)", "(NOT (c0 IN (2, 3)))"),
    ("not (step is null) and step is not null", "((NOT (c0 IS NULL)) AND (c0 IS NOT NULL))"),
    ("case when step = 1 then true else false end", "(CASE WHEN (c0 = 1) THEN true ELSE false END)"),
    ("label like 'x%' or label ilike 'Q'", "((c1 ~~ 'x%') OR (c1 ~~* 'Q'))"),
    ("label ~ '^x$'", "regexp_matches(c1, '^x$')"),
    ("vec[1] = 1 and len(vec) = 2 and list_contains(vec, 2)", None),
    ("-step < 0 and +step > .5 and step < 1e3", None),
    ("coalesce(label, '') = 'x'", "(coalesce(c1, '') = 'x')"),
    ("cast(step as varchar) = '1' and step::double > 0.5 and try_cast(label as integer) is null", None),
    ("taken > '2026-01-01' and taken < timestamp '2026-12-31' and year(taken) = 2026", None),
    ("taken - interval 1 day < date '2026-03-01' and extract(month from taken) = 3", None),
    ("ok", "c7"),
    ("step is distinct from null", "(c0 IS DISTINCT FROM NULL)"),
    ("image.width = '30'", """(json_extract_string(c3, '$."width"') = '30')"""),
    ("image.width > 20 and 20 < image.width", None),
    ("""image."a b".c = 'd'""", None),
    ("image ->> 'width' = '30'", "((c3 ->> 'width') = '30')"),
    ("""\"odd ""name"" '; drop" = 'it''s'""", "(c5 = 'it''s')"),
    ("step = 1 -- a remark\n and /* another */ ok", "((c0 = 1) AND c7)"),
    ("if(step > 0, true, false) and nullif(step, 2) = 1", None),
    ("'é\u202e' <> label", None),
]


@pytest.mark.parametrize(("text", "sql"), TRUE)
def test_an_expression_is_written_anew_and_true_of_the_row(engine, text, sql):
    found = engine.check(text, COLUMNS)
    assert sql is None or found == sql
    assert engine.rows(f"SELECT count(*) FROM t WHERE {found}") == [(1,)]


REFUSED = [
    # out of the expression
    "1=1); copy t to '/tmp/x",
    "1 union select 1",
    "1; select 2",
    "1) ; select (2",
    "1) from (select 1",
    "1) where (1=1",
    "1) limit (1",
    "1) as x, (2",
    "step as b",
    "step > 1 order by 1",
    "1) group by (1",
    "1) union all select (2",
    "1, 2",
    # other tables, files, settings, variables
    "(select 1)",
    "exists(select 1)",
    "step in (select 1)",
    "step = any(vec)",
    "read_text('/etc/passwd') is null",
    "read_csv('x')",
    "glob('*')",
    "getenv('HOME') = ''",
    "current_setting('temp_directory') = ''",
    "getvariable('a')",
    "query('select 1')",
    "query_table('t')",
    "pragma_version()",
    "duckdb_settings()",
    "sniff_csv('x')",
    "parquet_metadata('x')",
    "current_user = ''",
    "current_database() = ''",
    "version() = ''",
    "nextval('s') = 1",
    # aggregates, windows, lambdas, macros
    "count(*) > 1",
    "sum(step) > 1",
    "sum(step) filter (where true) > 0",
    "row_number() over () > 0",
    "list(step)",
    "step -> 'a'",
    "list_transform(vec, lambda x: x)",
    "lambda x: x",
    "list_filter(vec, x -> x > 1)",
    "reduce(vec, x -> x)",
    # large values out of small ones
    "repeat('x', 2000000000) = 'x'",
    "range(100000000)",
    "generate_series(1, 9)",
    "lpad('a', 1000000000, 'b') = ''",
    "rpad('a', 1000000000, 'b') = ''",
    "printf('%1000000000d', 1) = ''",
    "format('{:>1000000000}', 1) = ''",
    "bar(1,2,3,9)",
    "list_resize(vec, 1000000000)",
    "string_split(label, '')",
    "regexp_replace(label, '', label, 'g')",
    "replace(label,'','')",
    "array_fill(1, 9)",
    "concat(label, label)",
    "list_concat(vec, vec)",
    "flatten(vec)",
    "gen_random_uuid()",
    "sleep(1)",
    # other syntax
    "*",
    "t.*",
    "columns('a')",
    "columns(*) > 1",
    "$1 = 1",
    "? = 1",
    "#1 = 1",
    "default",
    "{'a': 1}",
    "[1, 2]",
    "array[1]",
    "map {1: 2}",
    "unnest(vec) = 1",
    "label collate nocase = 'x'",
    "x'ff' = 'a'",
    "contains(label, a := 'x')",
    "contains(distinct label)",
    "step::foo",
    "step::int[100000000]",
    "step::decimal(10, 2)",
    "step::struct(a int)",
    "main.contains(label, 'x')",
    "system.main.contains(label, 'x')",
    "label at time zone 'UTC' is null",
    # columns that are not there, ours among them
    "rowid = 1",
    "c0 = 1",
    "main.t.step = 1",
    "t.step = 1",
    "cat = 1",
    "__row = 1",
    # no expression at all
    "'a",
    "/*",
    "-- x",
    "",
    "   ",
    "distinct step",
    "step =",
    "(step",
    "step)",
    "\ufeff",
    "\x00",
    "select",
    ";",
]


@pytest.mark.parametrize("text", REFUSED)
def test_everything_else_is_refused_with_a_reason(engine, text):
    with pytest.raises(ExpressionError) as caught:
        engine.check(text, COLUMNS)
    assert caught.value.subject
    assert caught.value.problem


@pytest.mark.parametrize(
    "text", ["(" * 990 + "1" + ")" * 990, "not " * 490 + "true", "- " * 900 + "1", "1" + "+1" * 900]
)
def test_deep_nesting_is_refused(engine, text):
    assert len(text) <= 2000
    try:
        found = engine.check(text, COLUMNS)
    except ExpressionError:
        return
    assert found == "1"  # parentheses alone leave no trace


def test_long_text_is_refused(engine):
    with pytest.raises(ExpressionError, match="2,001 characters, the limit is 2,000"):
        engine.check("1" * 2001, COLUMNS)


def test_a_misspelt_column_is_told_what_it_may_mean(engine):
    with pytest.raises(ExpressionError, match=r"column lable: is not in the table\. Did you mean Label\?"):
        engine.check("lable = 'x'", COLUMNS)


def test_a_misspelt_function_is_told_what_it_may_mean(engine):
    with pytest.raises(ExpressionError, match=r"function start_with: is not allowed\. Did you mean starts_with"):
        engine.check("start_with(label, 'x')", COLUMNS)


def test_names_that_differ_in_letters_only_are_matched_exactly(engine):
    columns = [Column(index=0, name="a", kind="number"), Column(index=2, name="A", kind="number")]
    assert engine.check("a < A", columns) == "(c0 < c2)"
    both = [Column(index=0, name="aB", kind="number"), Column(index=2, name="Ab", kind="number")]
    with pytest.raises(ExpressionError, match="is not in the table"):
        engine.check("ab = 1", both)


def test_a_quote_in_text_stays_text(engine):
    assert engine.check("label = 'a''; drop table t; --'", COLUMNS) == "(c1 = 'a''; drop table t; --')"
    assert engine.check("label = $$a'b$$", COLUMNS) == "(c1 = 'a''b')"
    assert engine.check(r"label = e'a\'b'", COLUMNS) == "(c1 = 'a''b')"


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "a b",
        'say "no"',
        "select",
        "Join",
        "when",
        "left",
        "end",
        "5th",
        "é",
        "eval.loss",
        "true",
        "map",
        "x;--",
    ],
)
def test_a_name_is_written_so_that_it_is_read_again(engine, name):
    column = Column(index=1, name=name, kind="text")
    assert engine.check(f"{written_name(name)} = 'x'", [column]) == "(c1 = 'x')"


def test_a_name_that_needs_no_quotes_has_none():
    assert written_name("confidence_2") == "confidence_2"
    assert written_name("order") == '"order"'
