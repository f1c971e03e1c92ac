"""Histories as columns, as drawn points, and their values: against the rows read one by one."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import datatypes as dt
from app import media
from app import session as sessions
from app.runs import columns as run_columns
from app.runs.api import answer
from app.runs.columns import Column, columns_of
from app.runs.drawing import drawn, summary
from app.runs.source import values_in
from app.session import open_target
from storage import Store

GOLDEN = Path(__file__).parents[2] / "golden/data"
PIXELS = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)


@pytest.fixture
def store_folder(tmp_path, monkeypatch):
    """A finished run with numbers, odd numbers, texts, pictures with masks and a list of pictures; and a live one."""
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))
    store = Store(tmp_path / "store")
    with store.run(project="p", name="first", config={"lr": 1e-3}) as run:
        for step in range(20):
            row = {"loss": 1 / (step + 1), "odd": [1.0, math.nan, math.inf, -2.0][step % 4], "flag": step > 5}
            row["deep"] = {"er": step * 2}
            if step % 5 == 0:
                mask = {"mask_data": PIXELS[:, :, 0] % 3, "class_labels": {0: "no", 1: "one", 2: "two"}}
                row["shot"] = dt.Image(PIXELS + step, caption=f"at {step}", masks={"m": mask})
                row["many"] = [dt.Image(PIXELS), dt.Image(PIXELS + 1)]
                row["said"] = f"text {step}"
            run.log(row, step=step)
    live = store.run(project="p", name="second")
    live.log({"loss": 3.0}, step=4)
    live.log({"loss": 2.0}, step=9)
    yield tmp_path / "store"
    live.finish()


@pytest.fixture
def session(store_folder):
    session = open_target(store_folder)
    sessions.set_current(session)
    yield session
    sessions.set_current(None)


def by_name(session, name):
    return next(run for run in session.runs() if run.name == name)


def rows_of(run, key):
    """Return steps and numbers of a key as its rows tell them."""
    words = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    found = [(step, values[key]) for step, values in run.rows_json() if key in values]
    return [step for step, _ in found], [float(words.get(value, value)) for _, value in found]


class TestColumns:
    def test_numbers_are_those_of_the_rows(self, session):
        run = by_name(session, "first")
        found = columns_of(run)
        assert found.rows == 20
        assert set(found.numbers) == {"loss", "odd", "flag", "deep.er"}
        for key in ("loss", "odd", "flag"):
            steps, values = rows_of(run, key)
            assert found.numbers[key].steps.tolist() == steps
            assert np.array_equal(found.numbers[key].values, values, equal_nan=True)
        assert found.numbers["deep.er"].values.tolist() == [2.0 * step for step in range(20)]
        assert [step for step, _ in found.media["shot"]] == [0, 5, 10, 15]
        assert found.texts["said"][-1] == (15, "text 15")

    def test_the_fast_way_says_what_the_slow_one_says(self, session):
        run = by_name(session, "first")
        fast, slow = run_columns._from_parquet(run), run_columns._from_rows(run)
        assert fast is not None
        assert fast.rows == slow.rows
        assert fast.media == slow.media
        assert fast.texts == slow.texts
        assert set(fast.numbers) == set(slow.numbers)
        for key, column in slow.numbers.items():
            assert np.array_equal(fast.numbers[key].steps, column.steps)
            assert np.array_equal(fast.numbers[key].values, column.values, equal_nan=True)

    def test_a_live_run_is_read_again_when_it_grows(self, session):
        assert columns_of(by_name(session, "second")).numbers["loss"].values.tolist() == [3.0, 2.0]
        before = columns_of(by_name(session, "second"))
        assert columns_of(by_name(session, "second")) is before

    @pytest.mark.parametrize("case", sorted((GOLDEN / "0.31.0").glob("run-*")), ids=lambda path: path.name)
    def test_runs_of_the_sdk(self, case):
        run = open_target(case / "run").opened
        found = columns_of(run)
        assert found.rows == run.steps
        for key, column in found.numbers.items():
            assert len(column.steps) == len(column.values) > 0, key


class TestDrawing:
    @given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=300), st.integers(1, 40))
    def test_nothing_is_lost_to_the_eye(self, values, width):
        column = Column(np.arange(len(values), dtype=np.int64) * 3, np.array(values, np.float64))
        found = drawn(column, width)
        finite = [value for value in values if math.isfinite(value)]
        assert found["of"] == len(values)
        assert found["undrawn"] == len(values) - len(finite)
        if "low" not in found:
            assert found["y"] == [value if math.isfinite(value) else None for value in values]
        elif finite:
            assert min(found["low"]) == min(finite)
            assert max(found["high"]) == max(finite)
            assert len(found["x"]) <= width
            assert found["x"] == sorted(found["x"])
        json.dumps(found, allow_nan=False)

    def test_a_range_of_steps(self):
        column = Column(np.arange(100, dtype=np.int64), np.arange(100, dtype=np.float64))
        found = drawn(column, 500, 10, 19.5)
        assert found["x"] == list(range(10, 20)) == found["y"]

    def test_a_million_points(self):
        values = np.zeros(1_000_000)
        values[765_432] = 9.0
        found = drawn(Column(np.arange(len(values), dtype=np.int64), values), 400)
        assert max(found["high"]) == 9.0
        assert (found["n"], found["of"]) == (400, 1_000_000)

    def test_what_is_said_beside_it(self):
        column = Column(np.array([3, 7], np.int64), np.array([1.5, math.nan]))
        wanted = {"count": 2, "first": 3, "end": 7, "last": "nan", "least": 1.5, "most": 1.5}
        assert summary(column) == wanted


class TestApi:
    def test_keys(self, session):
        status, found = answer("keys", {"id": by_name(session, "first").id})
        assert status == 200
        assert [item["key"] for item in found["numbers"]] == ["deep.er", "flag", "loss", "odd"]
        assert [(item["key"], item["steps"]) for item in found["media"]] == [
            ("many", [0, 5, 10, 15]),
            ("shot", [0, 5, 10, 15]),
        ]
        assert found["live"] is False
        assert answer("keys", {"id": by_name(session, "second").id})[1]["live"] is True
        json.dumps(found, allow_nan=False)

    def test_media_of_a_step_or_the_one_before(self, session):
        query = {"id": by_name(session, "first").id, "key": "shot", "step": "8"}
        status, found = answer("media", query)
        assert (status, found["step"], found["of"]) == (200, 5, 1)
        (item,) = found["items"]
        assert (item["type"], item["caption"]) == ("Image", "at 5")
        data, mime = media._derived.get(item["preview"].rpartition("/")[2])
        assert (mime, data[:4]) == ("image/webp", b"RIFF")
        assert answer("media", {**query, "key": "many"})[1]["of"] == 2

    @pytest.mark.parametrize(
        ("what", "query"), [("keys", {}), ("series", {"key": "nope"}), ("media", {"key": "nope"}), ("evil", {})]
    )
    def test_mistakes_have_three_fields(self, session, what, query):
        run_id = {"id": by_name(session, "first").id} if query else {"id": "gone"}
        status, found = answer(what, {**run_id, **query})
        assert status == 400
        assert set(found["error"]) == {"subject", "problem", "remedy"}


class TestValues:
    def test_pixels_masks_and_labels(self, session):
        run = by_name(session, "first")
        source = session.run_source(run.id).at("shot", 5)
        stored = dict(columns_of(run).media["shot"])[5]
        (value,) = values_in(stored, source)
        assert np.array_equal(value.to_numpy(), PIXELS + 5)
        assert np.array_equal(value.masks["m"].to_numpy(), PIXELS[:, :, 0] % 3)
        assert value.masks["m"].class_labels == {0: "no", 1: "one", 2: "two"}

    def test_files_of_a_run_have_addresses(self, session):
        run = by_name(session, "first")
        source = session.resolve(f"run!{run.id}")
        assert list(source.names()) == list(run.names())
        name = source.names()[0]
        assert media.url_for(source, name) == media.url_for(f"run!{run.id}", name)
        with source.open(name) as ours, run.open(name) as theirs:
            assert ours.read() == theirs.read()
