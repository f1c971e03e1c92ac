"""Filters, orders, pages, facts and groups, against pandas."""

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from app.tables import facts, selection
from app.tables.engine import Engine, connect
from app.tables.errors import ExpressionError
from app.tables.loading import Loader
from app.tables.opening import OpenTable
from app.tables.selection import count, page, position, read_selection

ROWS = 5000


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "id": np.arange(ROWS),
            "label": random.choice(["cat", "dog", "bird"], ROWS, p=[0.5, 0.3, 0.2]),
            "loss": random.normal(size=ROWS).round(2),
            "score": np.where(random.uniform(size=ROWS) < 0.1, np.nan, random.uniform(size=ROWS)),
            "ok": random.uniform(size=ROWS) < 0.7,
            "a, b": random.integers(0, 5, ROWS),
            "-c": random.integers(-3, 3, ROWS),
            "day": pd.date_range("2026-01-01", periods=ROWS, freq="h"),
        }
    )
    return frame.astype({"label": object})


@pytest.fixture(scope="module")
def table(frame):
    loader = Loader(connect())
    loader.add_arrow(pa.Table.from_pandas(frame, preserve_index=False))  # NaN becomes null
    loader.finish()
    engine = Engine(loader.connection)
    yield OpenTable(columns=tuple(loader.columns), engine=engine, rows=loader.rows, ident="test")
    engine.close()


FILTERS = [
    ("label = 'cat'", lambda f: f[f.label == "cat"]),
    ("loss > 0.5 and label in ('cat', 'dog')", lambda f: f[(f.loss > 0.5) & f.label.isin(["cat", "dog"])]),
    ("score is null or not ok", lambda f: f[f.score.isna() | ~f.ok]),
    ("abs(loss) >= 1 and length(label) = 3", lambda f: f[(f.loss.abs() >= 1) & (f.label.str.len() == 3)]),
    ("label like '%i%'", lambda f: f[f.label.str.contains("i")]),
    ("day between '2026-01-02' and '2026-01-03'", lambda f: f[f.day.between("2026-01-02", "2026-01-03")]),
    ('"a, b" = 2', lambda f: f[f["a, b"] == 2]),
    ("loss > 100", lambda f: f[f.loss > 100]),
]
ORDERS = [
    ("loss", ["loss"], [True]),
    ("-loss", ["loss"], [False]),
    ("label,-score", ["label", "score"], [True, False]),
    ("ok,-day", ["ok", "day"], [True, False]),
    (r"a\, b,-+-c", ["a, b", "-c"], [True, False]),
    ("score", ["score"], [True]),
    ("-score", ["score"], [False]),
]


@pytest.mark.parametrize(("text", "expected"), FILTERS, ids=[item[0] for item in FILTERS])
def test_filtered_rows_are_those_of_pandas(table, frame, text, expected):
    chosen, ignored = read_selection(table, text, "")
    wanted = expected(frame).id.tolist()
    assert ignored == []
    assert count(table, chosen) == len(wanted)
    assert page(table, chosen, 0, 1000, ["c0"]).numbers == wanted[:1000]
    assert [row[0] for row in page(table, chosen, 37, 50, ["c0"]).rows] == wanted[37:87]


@pytest.mark.parametrize(("order", "by", "ascending"), ORDERS)
@pytest.mark.parametrize("text", ["", "label <> 'dog'"])
def test_pages_of_an_order_are_those_of_pandas(table, frame, text, order, by, ascending):
    chosen, ignored = read_selection(table, text, order)
    rows = frame[frame.label != "dog"] if text else frame
    wanted = rows.sort_values(by, ascending=ascending, kind="stable", na_position="last").id.tolist()
    assert ignored == []
    assert page(table, chosen, 0, 100, []).numbers == wanted[:100]
    assert page(table, chosen, 1990, 100, []).numbers == wanted[1990:2090]  # beyond the top: the kept order
    assert page(table, chosen, 100, 100, []).numbers == wanted[100:200]
    assert position(table, chosen, wanted[777]) == 777
    assert page(table, chosen, len(wanted), 100, []).numbers == []


def test_all_rows_in_their_order(table):
    chosen, _ = read_selection(table, "  ", "")
    assert chosen.is_all
    assert count(table, chosen) == ROWS
    assert page(table, chosen, 4990, 100, []).numbers == list(range(4990, ROWS))
    assert (position(table, chosen, 12), position(table, chosen, ROWS)) == (12, None)


def test_a_row_that_the_filter_leaves_out_has_no_place(table, frame):
    chosen, _ = read_selection(table, "label = 'cat'", "")
    dog = int(frame[frame.label == "dog"].id.iloc[0])
    assert position(table, chosen, dog) is None


def test_what_of_an_order_is_unknown_is_said(table):
    chosen, ignored = read_selection(table, "", "-nope,loss,loss")
    assert [(order.column.name, order.descending) for order in chosen.orders] == [("loss", False)]
    assert ignored == ["The order by “nope” was ignored, because that column is not in the table."]


def test_only_a_few_orders_are_kept(table):
    for name in ("id", "loss", "score", "day", "label", "ok"):
        page(table, read_selection(table, "", f"-{name}")[0], 4000, 10, [])
    kept = [key for key in table.orders if not key.startswith("count\0")]
    assert len(kept) <= selection._MAX_ORDERS
    assert all(table.orders[key].dtype == np.int32 for key in kept)


def test_an_expression_that_does_not_fit_the_columns_is_told(table):
    chosen, _ = read_selection(table, "label > 5", "")
    with pytest.raises(ExpressionError, match=r"VARCHAR|INTEGER|convert"):
        count(table, chosen)


def by_name(table, name):
    return next(column for column in table.columns if column.name == name)


def test_facts_of_numbers(table, frame):
    chosen, _ = read_selection(table, "label = 'cat'", "")
    found = facts.column_facts(table, chosen, by_name(table, "score"))
    score = frame[frame.label == "cat"].score
    assert (found["rows"], found["missing"], found["outside"]) == (len(score), int(score.isna().sum()), 0)
    assert found["low"] == score.min()
    assert found["high"] == score.max()
    assert found["mean"] == pytest.approx(score.mean())
    assert found["sd"] == pytest.approx(score.std(ddof=0))
    assert found["quartiles"] == pytest.approx(score.quantile([0.25, 0.5, 0.75]).tolist(), abs=0.02)
    assert found["bins"] == np.histogram(score.dropna(), facts.BINS)[0].tolist()


def test_facts_of_few_whole_numbers_count_each(table, frame):
    found = facts.column_facts(table, read_selection(table, "", "")[0], by_name(table, "a, b"))
    assert found["bins"] == frame["a, b"].value_counts().sort_index().tolist()
    assert (found["distinct"], found["about"], found["whole"]) == (5, False, True)


def test_facts_of_text_and_booleans(table, frame):
    chosen = read_selection(table, "", "")[0]
    found = facts.column_facts(table, chosen, by_name(table, "label"))
    assert found["top"] == [[name, int(number)] for name, number in frame.label.value_counts().items()]
    assert (found["distinct"], found["about"], found["others"]) == (3, False, 0)
    found = facts.column_facts(table, chosen, by_name(table, "ok"))
    assert dict(found["top"]) == {"true": int(frame.ok.sum()), "false": int((~frame.ok).sum())}


def test_facts_of_times(table, frame):
    found = facts.column_facts(table, read_selection(table, "", "")[0], by_name(table, "day"))
    assert (found["low"], found["high"]) == (str(frame.day.min()), str(frame.day.max()))
    assert sum(found["bins"]) == ROWS


def test_facts_of_numbers_beyond_all_numbers():
    loader = Loader(connect())
    loader.add_arrow(
        pa.table({"x": [1.0, 3.0, math.nan, math.inf, -math.inf, None], "n": [math.nan] * 6, "one": [7] * 6})
    )
    loader.finish()
    table = OpenTable(columns=tuple(loader.columns), engine=Engine(loader.connection), rows=6, ident="")
    chosen = read_selection(table, "", "")[0]
    found = facts.column_facts(table, chosen, table.columns[0])
    assert (found["missing"], found["outside"], found["low"], found["high"], found["mean"]) == (1, 3, 1.0, 3.0, 2.0)
    assert facts.column_facts(table, chosen, table.columns[1]) == {"rows": 6, "missing": 0, "outside": 6}
    assert facts.column_facts(table, chosen, table.columns[2])["bins"] == [6]


def test_groups_are_those_of_pandas(table, frame):
    chosen, _ = read_selection(table, "ok", "")
    found = facts.groups(table, chosen, by_name(table, "label"))
    grouped = frame[frame.ok].groupby("label")
    assert found["means"] == [0, 2, 3, 5, 6]
    assert {group[0]: group[1] for group in found["groups"]} == grouped.size().to_dict()
    for name, number, *means in found["groups"]:
        mine = grouped.get_group(name)
        assert number == len(mine)
        assert means == pytest.approx([mine[column].mean() for column in ("id", "loss", "score", "a, b", "-c")])
    assert [group[1] for group in found["groups"]] == sorted((group[1] for group in found["groups"]), reverse=True)


def test_groups_in_another_order(table, frame):
    chosen, _ = read_selection(table, "", "")
    label = by_name(table, "label")
    assert [group[0] for group in facts.groups(table, chosen, label, "value")["groups"]] == ["bird", "cat", "dog"]
    means = frame.groupby("label").loss.mean().sort_values(ascending=False).index.tolist()
    assert [group[0] for group in facts.groups(table, chosen, label, "-2")["groups"]] == means


def test_many_groups_are_cut_and_counted(table):
    found = facts.groups(table, read_selection(table, "", "")[0], by_name(table, "id"))
    assert (len(found["groups"]), found["total"]) == (facts.MAX_GROUPS, ROWS)
