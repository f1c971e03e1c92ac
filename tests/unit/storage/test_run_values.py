"""What `log` takes, and the JSON that it becomes."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
import math
import os
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from storage.errors import BackendError, InvalidNameError, NotAValueError
from storage.run_sink import DirectoryRunSink

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sink(tmp_path: Path) -> DirectoryRunSink:
    return DirectoryRunSink(tmp_path / "sink", id="abc", project="demo")


def stored(sink: DirectoryRunSink) -> list[dict[str, Any]]:
    text = (sink.root / "history.jsonl").read_text("ascii")
    rows = [json.loads(line) for line in text.splitlines()]
    return [{key: value for key, value in row.items() if key not in ("_runtime", "_timestamp")} for row in rows]


class TestRows:
    def test_steps_count_up_and_can_be_given(self, sink):
        sink.log({"a": 1})
        sink.log({"a": 2}, step=5)
        sink.log({"a": 3})
        sink.log({"a": 4}, step=np.int64(9))
        assert stored(sink) == [{"_step": 0, "a": 1}, {"_step": 5, "a": 2}, {"_step": 6, "a": 3}, {"_step": 9, "a": 4}]

    @pytest.mark.parametrize("step", [-1, 1.5, "1", True, None.__class__])
    def test_other_steps_are_refused(self, sink, step):
        with pytest.raises(InvalidNameError, match="is not a whole number from 0"):
            sink.log({"a": 1}, step=step)

    @pytest.mark.parametrize("key", ["_step", "_runtime", "_timestamp", "_wandb", 5, None])
    def test_keys_that_rows_have_for_themselves_are_refused(self, sink, key):
        with pytest.raises(InvalidNameError):
            sink.log({key: 1})
        assert not (sink.root / "history.jsonl").exists()

    def test_rows_say_when_they_were_logged(self, sink):
        sink.log({})
        row = json.loads((sink.root / "history.jsonl").read_text())
        assert row["_runtime"] >= 0
        assert abs(row["_timestamp"] - dt.datetime.now(dt.UTC).timestamp()) < 60

    class Colour(enum.Enum):
        RED = 1

    class Level(enum.IntEnum):
        HIGH = 3

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (None, None),
            (True, True),
            (10**30, 10**30),
            (-0.0, -0.0),
            ("ü\n", "ü\n"),
            (np.float32(0.1), 0.10000000149011612),
            (np.float64(0.5), 0.5),
            (np.int8(-3), -3),
            (np.bool_(True), True),
            (np.str_("t"), "t"),
            (np.array(5), 5),
            (np.array([[7]]), 7),
            (np.array([1.5, 2.5]), [1.5, 2.5]),
            (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
            (np.array(["a", "b"]), ["a", "b"]),
            (np.array([]), []),
            ((1, 2), [1, 2]),
            (range(3), [0, 1, 2]),
            ({"a": {"b": (1,)}}, {"a": {"b": [1]}}),
            ({1: 2}, {"1": 2}),
            ([], []),
            ([1, [2, {"x": None}]], [1, [2, {"x": None}]]),
            (b"bytes", "bytes"),
            (b"\xff", "\\xff"),
            (dt.datetime(2024, 1, 2, 3, 4, 5), "2024-01-02T03:04:05"),  # noqa: DTZ001
            (dt.date(2024, 1, 2), "2024-01-02"),
            (dt.timedelta(seconds=1), "0:00:01"),
            (np.datetime64("2024-01-02"), "2024-01-02"),
            (1 + 2j, "(1+2j)"),
            (decimal.Decimal("1.5"), 1.5),
            (Colour.RED, "RED"),
            (Level.HIGH, 3),
            (PurePosixPath("a/b"), "a/b"),
            (len, "builtins.len"),
        ],
        ids=repr,
    )
    def test_plain_values(self, sink, given, expected):
        sink.log({"x": given})
        assert stored(sink) == [{"_step": 0, "x": expected}]
        assert type(stored(sink)[0]["x"]) is type(expected)

    def test_numbers_that_json_lacks_stay_themselves(self, sink):
        sink.log({"nan": math.nan, "inf": math.inf, "minus": -math.inf, "array": np.array([np.nan, 1])})
        row = stored(sink)[0]
        assert math.isnan(row["nan"])
        assert (row["inf"], row["minus"]) == (math.inf, -math.inf)
        assert math.isnan(row["array"][0])

    def test_more_than_32_elements_are_a_histogram(self, sink):
        data = np.random.default_rng(0).normal(size=(33, 2))
        sink.log({"weights": data, "few": np.arange(32), "flags": np.arange(40) % 2 == 0})
        counts, edges = np.histogram(data, bins=32)
        row = stored(sink)[0]
        assert row["weights"] == {"_type": "histogram", "values": counts.tolist(), "bins": edges.tolist()}
        assert row["few"] == list(range(32))
        assert sum(row["flags"]["values"]) == 40

    def test_tensors_by_their_shape_of_interface(self, sink):
        torch_like = SimpleNamespace(
            detach=lambda: SimpleNamespace(cpu=lambda: SimpleNamespace(numpy=lambda: np.array([1, 2])))
        )
        torch_like.cpu = None
        sink.log({"torch": torch_like, "tf": SimpleNamespace(numpy=lambda: np.float32(2))})
        assert stored(sink) == [{"_step": 0, "torch": [1, 2], "tf": 2.0}]

    def test_what_cannot_be_logged_is_named_with_its_place(self, sink):
        with pytest.raises(NotAValueError, match=r'key "a/b\[1\]": is a builtins.object'):
            sink.log({"a": {"b": [1, object()]}})
        circle: list[Any] = []
        circle.append(circle)
        with pytest.raises(NotAValueError, match="nested more than 100 deep"):
            sink.log({"c": circle})
        assert not (sink.root / "history.jsonl").exists()

    def test_one_write_a_row(self, sink, monkeypatch):
        calls = []
        real = os.write
        monkeypatch.setattr(os, "write", lambda fd, data: calls.append(data) or real(fd, data))
        sink.log({"a": 1})
        sink.log({"a": "x" * 100_000})
        assert len(calls) == 2
        assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in calls)

    def test_a_full_disk_leaves_whole_lines(self, sink, monkeypatch):
        sink.log({"a": 1})
        real = os.write
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", lambda fd, data: real(fd, data[:5]))
            with pytest.raises(BackendError, match=r"only 5 of \d+ bytes went in"):
                sink.log({"a": 2})
        sink.log({"a": 3})
        assert [row["a"] for row in stored(sink)] == [1, 3]
