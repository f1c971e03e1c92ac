"""Runs: rows logged, killed, finished and read back equal; media beside them under W&B's names."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import datatypes as dtypes
from storage import Artifact, Store
from storage.errors import (
    AlreadyStoredError,
    BackendError,
    FrozenArtifactError,
    InvalidNameError,
    NotAValueError,
    NotInStoreError,
    NotReadableError,
)
from storage.run import DirectoryRunSink, Run, stored_runs
from storage.run_reader import RecordedArtifact, StoredRun, is_stored_run
from storage.run_sink import safe_file_name
from storage.safe_paths import check_name
from storage.sources import open_source


class FakeStore:
    """As much of a store as a run asks for."""

    def __init__(self) -> None:
        self.logged: dict[str, Any] = {}

    def log_artifact(self, artifact: Any, aliases: Any = (), run: str | None = None) -> Any:
        saved = SimpleNamespace(name=artifact, type="dataset", version="v0", digest="d" * 64, aliases=sorted(aliases))
        self.logged[f"{artifact}:v0"] = saved
        return saved

    def use_artifact(self, ref: str, run: str) -> Any:
        return self.artifact(ref)

    def artifact(self, ref: str) -> Any:
        if ref not in self.logged:
            raise NotInStoreError(ref, "is not there")
        return self.logged[ref]


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def run(tmp_path: Path, store: FakeStore) -> Run:
    return Run(store, tmp_path, project="demo", name="first", config={"lr": 3e-4, "layers": [64, 32]})


@pytest.fixture
def sink(tmp_path: Path) -> DirectoryRunSink:
    return DirectoryRunSink(tmp_path / "sink", id="abc", project="demo")


def stored(sink: DirectoryRunSink) -> list[dict[str, Any]]:
    text = (sink.root / "history.jsonl").read_text("ascii")
    rows = [json.loads(line) for line in text.splitlines()]
    return [{key: value for key, value in row.items() if key not in ("_runtime", "_timestamp")} for row in rows]


def pixels(seed: int = 0, shape: tuple[int, ...] = (6, 8, 3)) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


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


class TestMedia:
    def test_a_picture_lies_under_its_name(self, sink):
        sink.log({"eye": dtypes.Image(pixels(), caption="left")}, step=7)
        value = stored(sink)[0]["eye"]
        data = (sink.root / "files" / value["path"]).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        assert value["path"] == f"media/images/eye_7_{digest[:20]}.png"
        assert (value["_type"], value["sha256"], value["size"], value["caption"]) == (
            "image-file",
            digest,
            len(data),
            "left",
        )

    def test_lists_of_one_type_take_its_form_and_mixed_ones_go_value_by_value(self, sink):
        one, two = dtypes.Image(pixels(1)), dtypes.Image(pixels(2))
        histogram = dtypes.Histogram([1, 2, 3])
        sink.log({"same": [one, two], "mixed": [one, 5, {"deep": two}], "numbers": [histogram]})
        row = stored(sink)[0]
        assert (row["same"]["_type"], row["same"]["count"]) == ("images/separated", 2)
        assert [type(item) for item in row["mixed"]] == [dict, int, dict]
        assert row["mixed"][0]["path"].startswith("media/images/mixed_0_")
        assert row["mixed"][2]["deep"]["path"].startswith("media/images/deep_0_")
        assert row["numbers"][0]["_type"] == "histogram"

    def test_nested_values_are_named_by_the_last_key(self, sink):
        sink.log({"train": {"image": dtypes.Image(pixels(1))}, "val": {"image": dtypes.Image(pixels(2))}})
        row = stored(sink)[0]
        paths = [row["train"]["image"]["path"], row["val"]["image"]["path"]]
        assert all(path.startswith("media/images/image_0_") for path in paths)
        assert len(set(paths)) == 2

    def test_equal_bytes_are_fine_and_others_refused(self, sink):
        first = sink.add_file(b"a", "media/x.bin")
        assert sink.add_file(b"a", "media/x.bin") == first == ("media/x.bin", hashlib.sha256(b"a").hexdigest(), 1)
        with pytest.raises(AlreadyStoredError):
            sink.add_file(b"b", "media/x.bin")
        assert (sink.root / "files/media/x.bin").read_bytes() == b"a"

    def test_a_users_file_is_copied_and_not_touched(self, sink, tmp_path):
        mine = tmp_path / "mine.png"
        mine.write_bytes(b"not a picture")
        before = mine.stat()
        assert sink.add_file(mine, "media/mine.png").size == 13
        assert (mine.read_bytes(), mine.stat().st_mtime_ns) == (b"not a picture", before.st_mtime_ns)

    def test_class_labels_go_to_the_config(self, run):
        masks = {"pred": {"mask_data": np.zeros((6, 8), dtype=np.uint8), "class_labels": {0: "sky"}}}
        run.log({"eye": dtypes.Image(pixels(), masks=masks)})
        run.log({"eye": dtypes.Image(pixels(1), masks=masks)})
        read = StoredRun(run.root)
        expected = {"mask/class_labels": {"eye_wandb_delimeter_pred": {"0": "sky"}}}
        assert read.class_labels == expected
        assert len((run.root / "config.jsonl").read_text().splitlines()) == 3  # lr, layers, and the labels once
        run.finish()
        assert StoredRun(run.root).class_labels == expected
        value = next(StoredRun(run.root).history()).values["eye"]
        assert value.masks["pred"].class_labels == {0: "sky"}

    @pytest.mark.parametrize(
        "key",
        [
            "a/b",
            "a b",
            "ü",
            "../../etc",
            "..",
            ".",
            "/abs",
            "a//b",
            "a\\b",
            "nul\0",
            "C:/x",
            "\ud800",
            "k" * 300,
            "d/" * 80,
            "%",
        ],
    )
    def test_any_key_makes_a_safe_name(self, run, key):
        run.log({key: dtypes.Image(pixels())})
        ((_, values),) = StoredRun(run.root).rows_json()
        path = values[key]["path"]
        check_name(path)
        assert path.startswith("media/images/")
        assert (run.root / "files" / path).is_file()
        ((_, decoded),) = StoredRun(run.root).history()
        np.testing.assert_array_equal(decoded[key].to_numpy(), pixels())
        assert sorted(path.name for path in run.root.parent.parent.iterdir()) == ["runs"]

    def test_two_keys_that_escape_alike_stay_apart(self, run):
        keys = ["a//b", "a/_/b", "x" * 300 + "1", "x" * 300 + "2"]
        run.log({key: dtypes.Image(pixels(index)) for index, key in enumerate(keys)})
        ((_, decoded),) = StoredRun(run.root).history()
        for index, key in enumerate(keys):
            np.testing.assert_array_equal(decoded[key].to_numpy(), pixels(index))

    def test_safe_names_stay_as_they_are(self):
        assert safe_file_name("media/images/a b/ü_1_2.png") == "media/images/a b/ü_1_2.png"


class TestReadingBack:
    def fill(self, run: Run) -> None:
        run.log({"loss": 0.5, "eye": dtypes.Image(pixels())})
        run.log({"loss": 1, "none": None, "big": 2**70})
        run.log({"text": "x", "nested": {"a": [1, math.inf]}}, step=10)
        run.log({"late": True}, step=10)
        run.summary["best"] = 0.25
        run.summary["loss"] = -1
        run.log({"loss": math.nan})

    EXPECTED = (
        (0, {"loss": 0.5}),
        (1, {"loss": 1, "none": None, "big": 2**70}),
        (10, {"text": "x", "nested": {"a": [1, math.inf]}, "late": True}),
    )

    def check(self, read: StoredRun) -> None:
        rows = [(step, {key: value for key, value in row.items() if key != "eye"}) for step, row in read.history()]
        assert rows[:3] == list(self.EXPECTED)
        assert rows[3][0] == 11
        assert math.isnan(rows[3][1]["loss"])
        assert read.steps == 4
        assert type(rows[1][1]["loss"]) is int
        np.testing.assert_array_equal(next(read.history()).values["eye"].to_numpy(), pixels())
        summary = read.summary
        assert math.isnan(summary.pop("loss"))
        np.testing.assert_array_equal(summary.pop("eye").to_numpy(), pixels())
        rest = {"none": None, "big": 2**70, "text": "x", "nested": {"a": [1, math.inf]}, "late": True, "best": 0.25}
        assert summary == rest
        assert read.config == {"lr": 3e-4, "layers": [64, 32], "seed": 1}
        assert (read.kind, read.project, read.name, read.problems) == ("run", "demo", "first", [])
        assert read.media_files() == [next(read.rows_json()).values["eye"]["path"]]

    def test_while_it_runs_and_after_it_finished(self, run):
        self.fill(run)
        run.config["seed"] = 1
        self.check(StoredRun(run.root))
        assert StoredRun(run.root).state == "running"
        run.finish()
        assert not (run.root / "history.jsonl").exists()
        self.check(StoredRun(run.root))
        assert StoredRun(run.root).state == "finished"
        run.finish()  # a second time does nothing

    def test_the_run_itself_shows_summary_and_config(self, run):
        self.fill(run)
        assert run.summary["best"] == 0.25
        assert dict(run.config) == {"lr": 3e-4, "layers": [64, 32]}
        assert run.summary["eye"]["_type"] == "image-file"
        with pytest.raises(InvalidNameError):
            del run.summary["best"]

    def test_media_in_the_summary(self, run):
        run.summary["best"] = dtypes.Image(pixels())
        run.finish()
        value = StoredRun(run.root).summary["best"]
        assert value.path.startswith("media/images/best_summary_")
        assert StoredRun(run.root).steps == 0

    def test_summary_set_by_hand_gives_way_to_later_rows_only(self, run):
        run.summary["x"] = "before"
        run.log({"x": 1})
        assert StoredRun(run.root).summary == {"x": 1}
        run.summary["x"] = "after"
        assert StoredRun(run.root).summary == {"x": "after"}
        run.finish()
        assert StoredRun(run.root).summary == {"x": "after"}

    def test_an_empty_run(self, run):
        run.finish()
        read = StoredRun(run.root)
        assert (list(read.history()), read.steps, read.summary, read.state) == ([], 0, {}, "finished")
        assert not (run.root / "history.parquet").exists()

    def test_a_finished_run_takes_nothing_more(self, run):
        run.finish()
        for change in (
            lambda: run.log({"a": 1}),
            lambda: run.summary.update(a=1),
            lambda: run.config.update(a=1),
            lambda: run.log_artifact("pets"),
            lambda: run.use_artifact("pets:v0"),
            lambda: run.add_singleton("k", "k", 1),
        ):
            with pytest.raises(FrozenArtifactError):
                change()

    def test_a_killed_process_keeps_every_row_that_was_logged(self, tmp_path):
        script = (
            "import os, sys\n"
            "from pathlib import Path\n"
            "from storage.run import Run\n"
            "run = Run(None, Path(sys.argv[1]), project='demo')\n"
            "for step in range(100):\n"
            "    run.log({'x': step})\n"
            "run.summary['best'] = 1\n"
            "os.kill(os.getpid(), 9)\n"
        )
        root = Path(__file__).parents[3]
        done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=root, check=False)
        assert done.returncode == -9
        (read,) = stored_runs(tmp_path)
        assert [row.values["x"] for row in read.rows_json()] == list(range(100))
        assert (read.state, read.summary) == ("running", {"x": 99, "best": 1})

    def test_a_cut_last_line_is_a_problem_and_the_rest_is_read(self, run):
        run.log({"x": 1})
        with (run.root / "history.jsonl").open("ab") as file:
            file.write(b'{"_step": 1, "x"')
        read = StoredRun(run.root)
        assert [row.values for row in read.rows_json()] == [{"x": 1}]
        assert [problem.problem for problem in read.problems] == ["line 2: is cut"]
        with pytest.raises(BackendError, match="line 2: is cut"):
            run.finish()
        assert (run.root / "history.jsonl").is_file()

    def test_leaving_the_block_finishes(self, tmp_path, store):
        with Run(store, tmp_path, project="b") as run:
            run.log({"x": 1})
        assert StoredRun(run.root).state == "finished"
        with pytest.raises(ZeroDivisionError), Run(store, tmp_path, project="a", name="n") as other:
            1 / 0  # noqa: B018
        assert StoredRun(other.root).state == "failed"
        assert [(read.project, read.id) for read in stored_runs(tmp_path)] == [("a", other.id), ("b", run.id)]
        assert stored_runs(tmp_path / "nothing") == []

    def test_the_folder_opens_like_any_source(self, run):
        run.log({"x": 1})
        opened = open_source(run.root)
        assert (opened.kind, opened.id, opened.steps) == ("run", run.id, 1)
        assert is_stored_run(run.root)
        assert not is_stored_run(run.root.parent)
        with pytest.raises(NotReadableError):
            StoredRun(run.root.parent)

    def test_ids_are_new_and_like_wandbs(self, tmp_path, store):
        ids = {Run(store, tmp_path).id for _ in range(20)}
        assert len(ids) == 20
        assert all(len(id_) == 8 and id_.isalnum() and id_.islower() | id_.isdigit() for id_ in ids)


class TestArtifacts:
    def test_logged_and_used_ones_are_recorded(self, run, store):
        saved = run.log_artifact("pets", aliases=["best"])
        assert run.use_artifact("pets:v0") is saved
        assert run.use_artifact(saved) is saved
        with pytest.raises(NotInStoreError):
            run.use_artifact("cars:v0")
        run.finish()
        read = StoredRun(run.root, store)
        record = RecordedArtifact("pets", "dataset", "v0", "d" * 64, ("best",), used=False)
        assert read.recorded_artifacts == [record, record._replace(used=True), record._replace(used=True)]
        assert read.artifacts() == [saved]
        store.logged.clear()
        assert StoredRun(run.root, store).artifacts() == []
        assert StoredRun(run.root).artifacts() == []


class TestInAStore:
    def test_a_run_of_a_store_with_its_artifacts(self, tmp_path):
        store = Store(tmp_path / "store")
        with store.run(project="demo", name="first", config={"lr": 1}) as run:
            draft = Artifact("pets", type="dataset")
            draft.add(dtypes.Image(pixels()), "eye")
            saved = run.log_artifact(draft, aliases=["best"])
            run.log({"x": 1})
            assert run.use_artifact("pets:best").digest == saved.digest
            run.use_artifact(saved)
        (read,) = Store(tmp_path / "store").runs()
        assert (read.project, read.name, read.config, read.steps) == ("demo", "first", {"lr": 1}, 1)
        assert [record.used for record in read.recorded_artifacts] == [False, True, True]
        (found,) = read.artifacts()
        assert (found.qualified_name, found.digest) == ("pets:v0", saved.digest)
        np.testing.assert_array_equal(found.get("eye").to_numpy(), pixels())

    def test_a_folder_of_stores(self, tmp_path):
        for name in ("a", "b"):
            store = Store(tmp_path / name)
            for number in range(2):
                draft = Artifact(f"pets-{name}", type="dataset")
                draft.add(dtypes.Image(pixels(number)), "eye")
                store.log_artifact(draft)
            store.run(name=name).finish()
        opened = open_source(tmp_path)
        assert (opened.kind, opened.names(), opened.problems) == ("folder", [], [])
        assert [item.qualified_name for item in opened.artifacts()] == ["pets-a:v1", "pets-b:v1"]
        assert [item.qualified_name for item in opened.versions("pets-b")] == ["pets-b:v1", "pets-b:v0"]
        assert opened.artifact("pets-a:v0").version == "v0"
        assert [run.name for run in opened.runs()] == ["a", "b"]
        assert open_source(tmp_path / "a").kind == "store"


class TestParquet:
    def test_columns_are_typed_where_they_can_be(self, run):
        import pyarrow.parquet as pq

        for step in range(5):
            run.log({"f": step / 2, "i": step, "b": True, "s": "x", "mixed": step if step % 2 else "t", "d": {"a": 1}})
        run.finish()
        schema = pq.read_schema(run.root / "history.parquet")
        kinds = {name: str(schema.field(name).type) for name in ("f", "i", "b", "s", "mixed", "d", "_step")}
        assert kinds == {
            "f": "double", "i": "int64", "b": "bool", "s": "string", "mixed": "string", "d": "string", "_step": "int64",
        }  # fmt: skip
        assert {name for name in kinds if (schema.field(name).metadata or {}).get(b"vitrina")} == {"mixed", "d"}

    def test_a_key_that_parquet_cannot_hold_leaves_the_lines(self, run):
        run.log({"\ud800": 1, "x": "\ud800"})
        run.finish()
        assert (run.root / "history.jsonl").is_file()
        assert not (run.root / "history.parquet").exists()
        assert [row.values for row in StoredRun(run.root).rows_json()] == [{"\ud800": 1, "x": "\ud800"}]
        assert StoredRun(run.root).state == "finished"

    def test_many_rows_pass_through_in_groups(self, run):
        for step in range(45):
            run.log({"x": step, f"k{step % 7}": step})
        run.finish()
        expected = [(step, {"x": step, f"k{step % 7}": step}) for step in range(45)]
        assert [tuple(row) for row in StoredRun(run.root).rows_json()] == expected
