"""Tables of every kind of cell that the SDK can read back."""

from __future__ import annotations

import datetime  # noqa: ICN001  # dt is datatypes here
import enum
import zoneinfo
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa

import datatypes as dt
from datatypes.column_types import constant, union

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


class Colour(enum.Enum):
    RED = 1


def column(*cells, **kwargs):
    return dt.Table(columns=["cell"], data=[[cell] for cell in cells], **kwargs)


def picture(shade):
    return dt.Image(np.full((4, 5, 3), shade, np.uint8), caption=f"shade {shade}")


def examples():
    yield "nothing", dt.Table()
    yield "no columns", dt.Table(columns=[])
    yield "numbers", column(1, -2.5, 9007199254740993, 2**70, -0.0, 1e-300, None)
    yield "not finite", column(float("inf"), float("-inf"), float("nan"), None, 1)
    yield "only NaN", column(float("nan"), float("nan"))
    yield "text", column("", "Größe 漢字 😀", 'line\nbreak "q" \\ </script>', "\x00\x1b", None)
    yield "text of artifacts", column("wandb-artifact://entity/project/name:v0", None)
    yield "text of artifacts among others", column("wandb-artifact://entity/project/name:v0", "plain")
    yield "booleans", column(True, False, None)
    yield "integer columns", dt.Table(columns=[0, 7], data=[[1, "x"]])
    yield "strict", dt.Table(columns=["n", "s"], data=[[1, "x"]], dtype=[int, str], optional=False)
    yield "constants", column("a", "b", dtype=union([constant("a"), constant("b")]))
    yield (
        "instants",
        column(
            datetime.datetime(2020, 12, 9, 12, 34, 56, 789123),  # noqa: DTZ001  # without a zone on purpose
            datetime.datetime(2021, 1, 1, tzinfo=BERLIN),
            datetime.datetime(
                1960, 1, 1, 0, 0, 0, 1, tzinfo=datetime.timezone(-datetime.timedelta(hours=5, minutes=30))
            ),
            datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC),
            None,
        ),
    )
    yield "dates", column(datetime.date(1969, 7, 20), datetime.date(9999, 12, 31))
    yield (
        "times and spans",
        dt.Table(
            columns=["time", "span"],
            data=[
                [datetime.time(1, 2, 3, 4), datetime.timedelta(microseconds=-1)],
                [None, datetime.timedelta(days=400)],
            ],
        ),
    )
    yield "decimals", column(Decimal("1.10"), Decimal("1e400"), Decimal("-0"))
    yield "bytes", column(b"text", b"\xff\xfe", bytearray(b"more"))
    yield "tuples and sets", dt.Table(columns=["t", "s"], data=[[(1, 2), {3, 1}], [(), frozenset({2})]])
    yield "NumPy scalars", dt.Table(
        columns=["f", "i", "b", "s", "t", "d"],
        data=[
            [np.float32(0.1), np.int8(-3), np.True_, np.str_("s"), np.datetime64("2020-12-09T01:02:03.004005006"),
             np.timedelta64(7, "ns")],
            [np.float32("nan"), np.uint64(2**64 - 1), np.False_, np.str_(""), np.datetime64("2020-12-09"),
             np.timedelta64(3, "D")],
        ],
    )  # fmt: skip
    yield "lists", column([1, 2], [], [3.5, None])
    yield "mixed lists", column([1, "x", None], ["y", True])
    yield "dicts", column({"a": 1, "b": None}, {"a": 2.5, "b": [1, 2]})
    yield "nested", column({"a": {"b": [[1], [2, 3]]}})
    yield "anything", column(1, "two", None, [3], {"four": 4}, True, datetime.date(2020, 1, 1), allow_mixed_types=True)
    yield "matrices", column(np.arange(6, dtype=np.uint8).reshape(2, 3), np.full((2, 3), 9, np.uint8))
    yield "embeddings", column(np.array([1.5, np.nan], np.float32), np.array([2.5, 3], np.float32))
    yield "long arrays", column(np.arange(400), np.arange(400) * 2)
    yield "arrays and None", column(np.eye(2), None)
    yield "arrays of text", column(np.array(["a", "bc"]), np.array(["d", ""]))
    yield "complex arrays", column(np.array([1 + 2j]), np.array([3j]))
    yield "pictures", dt.Table(columns=["id", "picture"], data=[[0, picture(10)], [1, None], [2, picture(200)]])
    yield "pictures in lists", column([picture(1), picture(2)], [])
    yield "tables in tables", column(dt.Table(columns=["x"], data=[[1]]), dt.Table(columns=["x"], data=[[2], [3]]))
    yield "a frame", dt.Table(dataframe=frame())
    yield "an empty frame", dt.Table(dataframe=frame().head(0))
    yield "an array", dt.Table(columns=["a", "b"], data=np.array([[1, 2], [3, 4]], np.int16))
    yield "Arrow", dt.Table.from_arrow(arrow())
    yield "many rows", dt.Table(columns=["a", "b"], data=[[number, f"row {number}"] for number in range(1000)])


def frame():
    return pd.DataFrame(
        {
            "i": np.array([1, 2, 3], np.int32),
            "f": np.array([0.1, np.nan, np.inf], np.float32),
            "text": ["a", None, "ü"],
            "object": pd.Series(["a", None, float("nan")], dtype=object),
            "flag": [True, False, True],
            "category": pd.Categorical(["u", None, "v"], categories=["v", "u"], ordered=True),
            "ns": pd.to_datetime(["2020-01-01T00:00:00.123456789", None, "1900-01-01"], format="ISO8601"),
            "zone": pd.to_datetime(["2020-01-01", "2021-06-01", None]).tz_localize("Europe/Berlin"),
            "Int64": pd.array([1, None, 2**60], dtype="Int64"),
            "boolean": pd.array([True, None, False], dtype="boolean"),
            "span": pd.to_timedelta([1, 2, None], unit="ms"),
        },
        index=pd.Index(["r1", "r2", "r3"], name="row"),
    )


def arrow():
    return pa.table(
        {
            "i": pa.array([1, None], pa.int16()),
            "f": pa.array([float("nan"), None]),
            "u": pa.array([2**64 - 1, 1], pa.uint64()),
            "ns": pa.array([1, None], pa.timestamp("ns", tz="America/New_York")),
            "us": pa.array([1_000_001, None], pa.timestamp("us")),
            "day": pa.array([datetime.date(2020, 1, 1), None]),
            "decimal": pa.array([Decimal("1.20"), None], pa.decimal128(10, 2)),
            "binary": pa.array([b"\xff", b"a"]),
            "list": pa.array([[1, None], None], pa.list_(pa.int8())),
            "struct": pa.array([{"a": 1, "b": "x"}, None]),
            "dictionary": pa.array(["x", "y"]).dictionary_encode(),
            "span": pa.array([1, None], pa.duration("us")),
            "null": pa.nulls(2),
        }
    )
