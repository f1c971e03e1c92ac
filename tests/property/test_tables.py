"""Tables of every kind of cell: what is written comes back equal, joins are those of pandas, bad shapes are refused."""

from __future__ import annotations

import datetime  # noqa: ICN001  # dt is datatypes here
import decimal
import io
import json
import math
import zoneinfo

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from sinks import DictStore
from value_contract import nonzero

import datatypes as dt
from datatypes import wire

ZONES = st.sampled_from(
    [
        None,
        datetime.UTC,
        zoneinfo.ZoneInfo("Europe/Berlin"),
        zoneinfo.ZoneInfo("Pacific/Apia"),
        datetime.timezone(datetime.timedelta(hours=5, minutes=45)),
        datetime.timezone(-datetime.timedelta(hours=9, minutes=30)),
    ]
)
TEXT = st.text(st.characters(codec=None), max_size=8)  # lone surrogates too
NUMBERS = st.one_of(st.integers(), st.floats(), st.integers(2**53, 2**70))
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT)
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
SPANS = st.timedeltas(datetime.timedelta(-10_000), datetime.timedelta(10_000))
EARLY, LATE = (datetime.datetime.fromisoformat(f"{year}-01-01") for year in ("0002", "9998"))  # in any zone
KINDS = {
    "numbers": NUMBERS,
    "text": TEXT,
    "booleans": st.booleans(),
    "instants": st.datetimes(EARLY, LATE, timezones=ZONES),
    "dates": st.dates(),
    "times": st.times(),
    "spans": SPANS,
    "decimals": st.decimals(allow_nan=False),
    "bytes": st.binary(max_size=6),
    "tuples": st.tuples(st.integers(), st.integers()),
    "float32": st.floats(width=32).map(np.float32),
    "int8": st.integers(-128, 127).map(np.int8),
    "nanoseconds": st.integers(-(2**60), 2**60).map(lambda count: np.datetime64(count, "ns")),
    "lists": st.lists(st.integers() | st.none(), max_size=4),
    "matrices": hnp.arrays("int16", (2, 2)),
    "embeddings": hnp.arrays("float32", (3,)),
}


def written(table):
    """The JSON, and the table that is read from its text."""
    store = DictStore()
    entry = store.add(table, "table")
    return json.loads(store.files[entry.path]), store.get(entry.path)


@st.composite
def tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4))
    count = draw(st.integers(0, 6))
    nullable = [draw(st.booleans()) for _ in names]
    cells = [st.none() | KINDS[kind] if may else KINDS[kind] for kind, may in zip(names, nullable, strict=True)]
    rows = [[draw(cell) for cell in cells] for _ in range(count)]
    return dt.Table(columns=[f"{index} {name}" for index, name in enumerate(names)], data=rows)


@given(tables())
def test_every_kind_of_cell_comes_back(table):
    stored, again = written(table)
    assert again == table
    assert list(nonzero(table.difference(again))) == []
    assert again.fidelity.verdict == "lossless"
    assert written(again)[0] == stored


@given(st.lists(JSON, max_size=5))
def test_any_json_comes_back_from_a_column_of_mixed_types(cells):
    table = dt.Table(columns=["any"], data=[[cell] for cell in cells], allow_mixed_types=True)
    assert written(table)[1] == table


@given(tables())
def test_row_by_row_gives_the_same_table_as_all_at_once(table):
    grown = dt.Table(columns=list(table.columns))
    for _, row in table.iterrows():
        grown.add_data(*row)
    assert written(grown)[0] == written(table)[0]


@given(tables())
def test_streamed_and_whole_text_are_one_json_value(table):
    from datatypes import table_write

    limit, table_write.STREAMED_CELLS = table_write.STREAMED_CELLS, -1
    try:
        file = io.BytesIO()
        table.write_json(file, DictStore())
    finally:
        table_write.STREAMED_CELLS = limit
    assert json.loads(file.getvalue()) == json.loads(wire.canonical_json(table.to_json(DictStore())))


FRAME_DTYPES = ["int8", "uint64", "float32", "float64", "bool", "Int64", "boolean", "str", "category"]
FRAME_DTYPES += ["datetime64[ns]", "datetime64[us, Europe/Berlin]", "timedelta64[ms]", "object"]


@st.composite
def frames(draw):
    count = draw(st.integers(0, 6))
    columns = {}
    for dtype in draw(st.lists(st.sampled_from(FRAME_DTYPES), min_size=1, max_size=5, unique=True)):
        columns[dtype] = draw(_series(dtype, count))
    index = draw(st.sampled_from([None, "text", "number"]))
    labels = {"text": [f"r{number}" for number in range(count)], "number": range(5, 5 + 2 * count, 2)}.get(index)
    frame = pd.DataFrame(columns)
    return frame if labels is None else frame.set_index(pd.Index(labels, name="row"))


@st.composite
def _series(draw, dtype, count):
    def fill(strategy):
        return draw(st.lists(strategy, min_size=count, max_size=count))

    text = st.text("abcü漢", max_size=3)
    if dtype in ("int8", "uint64", "float32", "float64", "bool"):
        return pd.Series(draw(hnp.arrays(dtype, count)))
    if dtype == "Int64":
        return pd.Series(fill(st.none() | st.integers(-(2**63), 2**63 - 1)), dtype=dtype)
    if dtype == "boolean":
        return pd.Series(fill(st.none() | st.booleans()), dtype=dtype)
    if dtype in ("str", "object"):
        return pd.Series(fill(st.none() | text), dtype=dtype)
    if dtype == "category":
        return pd.Series(pd.Categorical(fill(st.sampled_from(["x", "y", None])), categories=["y", "x", "unused"]))
    counts = pd.Series(fill(st.none() | st.integers(-(2**50), 2**50)), dtype="Int64")
    if dtype.startswith("datetime64[us"):
        return pd.to_datetime(counts, unit="us", utc=True).astype(dtype)
    unit = "ns" if dtype.startswith("datetime") else "ms"
    make = pd.to_datetime if dtype.startswith("datetime") else pd.to_timedelta
    return make(counts, unit=unit).astype(dtype)


@given(frames())
def test_a_frame_comes_back_with_its_dtypes_and_its_index(frame):
    _, again = written(dt.Table(dataframe=frame))
    pd.testing.assert_frame_equal(again.to_pandas(), frame)
    assert again == dt.Table(dataframe=frame)
    again.data  # noqa: B018  # as rows it is the same still
    pd.testing.assert_frame_equal(again.to_pandas(), frame)


ARROW = {
    pa.int16(): st.integers(-(2**15), 2**15 - 1),
    pa.float32(): st.floats(width=32, allow_nan=False),
    pa.large_string(): st.text("abü", max_size=3),
    pa.binary(): st.binary(max_size=3),
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(),
    pa.timestamp("us", "UTC"): st.datetimes(timezones=st.just(datetime.UTC)),
    pa.timestamp("ns"): st.integers(-(2**62), 2**62),
    pa.duration("us"): SPANS,
    pa.decimal128(12, 3): st.decimals(-999, 999, places=3),
    pa.list_(pa.int8()): st.lists(st.none() | st.integers(-128, 127), max_size=3),
    pa.struct([("a", pa.int8()), ("b", pa.string())]): st.fixed_dictionaries({"a": st.just(1), "b": st.just("x")}),
    pa.dictionary(pa.int8(), pa.string()): st.sampled_from(["x", "y"]),
    pa.time64("us"): st.times(),
}


@given(st.data())
def test_a_table_of_arrow_comes_back_with_its_types(data):
    kinds = data.draw(st.lists(st.sampled_from(list(ARROW)), min_size=1, max_size=4))
    count = data.draw(st.integers(0, 5))
    arrays = [
        pa.array(data.draw(st.lists(st.none() | ARROW[kind], min_size=count, max_size=count)), kind) for kind in kinds
    ]
    table = pa.table(arrays, names=[str(index) for index in range(len(kinds))])
    _, again = written(dt.Table.from_arrow(table))
    found = again.to_arrow()
    assert found.schema.equals(table.schema)
    assert found.to_pylist() == table.to_pylist()


KEYS = st.none() | st.sampled_from([1, 2, 3]) | st.sampled_from(["a", "b"])


@settings(max_examples=60)
@given(st.lists(KEYS, max_size=6), st.lists(KEYS, max_size=6), st.booleans())
def test_a_join_is_that_of_pandas(left, right, one_key):
    names = ("id", "id") if one_key else ("left", "right")
    tables = [
        dt.Table(
            columns=[name, "value"], data=[[key, f"{name} {n}"] for n, key in enumerate(keys)], allow_mixed_types=True
        )
        for name, keys in zip(names, (left, right), strict=True)
    ]
    join = dt.JoinedTable(*tables, "id" if one_key else list(names))
    frames = [pd.DataFrame({c: pd.Series(t.get_column(c), dtype=object) for c in t.columns}) for t in tables]
    for how in ("inner", "left", "right", "outer"):
        expected = frames[0].merge(frames[1], how=how, left_on=names[0], right_on=names[1])
        joined = join.join(how)
        assert joined.columns == list(expected.columns)
        assert _bag(joined.iterrows()) == _bag(enumerate(expected.itertuples(index=False)))
    outer = frames[0].merge(frames[1], how="outer", left_on=names[0], right_on=names[1], indicator=True)["_merge"]
    counts = [int((outer == side).sum()) for side in ("both", "left_only", "right_only")]
    assert list(join.counts()) == counts


def _bag(rows):
    """Rows without their order; whatever pandas has for missing is None."""
    plain = ([None if pd.isna(cell) else cell for cell in row] for _, row in rows)
    return sorted(map(repr, plain))


@given(st.lists(st.lists(st.integers(), max_size=4), min_size=1, max_size=6), st.integers(1, 3))
def test_ragged_rows_are_refused_by_number(rows, width):
    columns = [f"c{index}" for index in range(width)]
    bad = [number for number, row in enumerate(rows) if len(row) != width]
    if not bad:
        assert len(dt.Table(columns=columns, data=rows).data) == len(rows)
        return
    with pytest.raises(ValueError, match=rf"^row {bad[0]}\b"):
        dt.Table(columns=columns, data=rows)
    with pytest.raises(dt.WireFormatError, match=rf"^row {bad[0]}\b"):
        dt.Table.from_json({"_type": "table", "columns": columns, "data": rows}, DictStore())


@given(st.lists(TEXT, min_size=2, max_size=5).filter(lambda names: len(set(names)) < len(names)))
def test_duplicate_columns_are_refused_by_name_when_they_are_written(names):
    table = dt.Table(columns=names, data=[list(range(len(names)))])
    with pytest.raises(ValueError, match="is the name of columns"):
        table.to_json(DictStore())


@given(st.lists(NUMBERS | TEXT | st.booleans(), min_size=2, max_size=6))
def test_a_cell_of_another_kind_is_refused_with_row_and_column(cells):
    def kind(cell):
        return (
            "missing"
            if isinstance(cell, float) and math.isnan(cell)
            else "text"
            if isinstance(cell, str)
            else type(cell) is bool
        )

    present = [(row, kind(cell)) for row, cell in enumerate(cells) if kind(cell) != "missing"]
    odd = next((row for row, found in present if found != present[0][1]), None) if present else None
    if odd is None:
        dt.Table(columns=["a"], data=[[cell] for cell in cells])
        return
    with pytest.raises(TypeError, match=rf'^row {odd}, column "a"'):
        dt.Table(columns=["a"], data=[[cell] for cell in cells])
    table = dt.Table(columns=["a"], data=[[cell] for cell in cells[:odd]])
    with pytest.raises(TypeError, match=rf'^row {odd}, column "a"'):
        table.add_data(cells[odd])
    assert len(table.data) == odd


@given(st.decimals(allow_nan=False) | st.just(decimal.Decimal("1E+400")))
def test_decimals_keep_every_digit(number):
    [[found]] = written(dt.Table(columns=["d"], data=[[number]]))[1].data
    assert str(found) == str(number)
    assert math.isinf(found) == math.isinf(number)
