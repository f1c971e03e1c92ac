"""Runs: rows logged, killed, finished and read back equal; media beside them under W&B's names."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import datatypes as dtypes
from storage import Artifact, Store
from storage.errors import (
    BackendError,
    FrozenArtifactError,
    InvalidNameError,
    NotInStoreError,
    NotReadableError,
)
from storage.run import Run, stored_runs
from storage.run_reader import RecordedArtifact, StoredRun, is_stored_run
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


def pixels(seed: int = 0, shape: tuple[int, ...] = (6, 8, 3)) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


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


class TestTables:
    def test_a_logged_table_keeps_its_pictures_in_an_artifact(self, tmp_path):
        store = Store(tmp_path / "store")
        pixels = np.arange(20, dtype=np.uint8).reshape(4, 5)
        table = dtypes.Table(
            columns=["id", "picture"], data=[[1, dtypes.Image(pixels, caption="a")], [2, dtypes.Image(pixels[::-1])]]
        )
        with store.run(project="p", name="n") as run:
            run.log({"seen": table}, step=3)
        (again,) = store.runs()
        assert dict(again.history())[3]["seen"] == table
        (artifact,) = again.artifacts()
        assert (artifact.name, artifact.type) == (f"run-{again.id}-seen", "run_table")
        assert artifact.get("seen") == table

    def test_each_increment_is_a_version(self, tmp_path):
        store = Store(tmp_path / "store")
        table = dtypes.Table(columns=["n"], data=[[1]], log_mode="INCREMENTAL")
        with store.run() as run:
            run.log({"grows": table}, step=0)
            table.add_data(2)
            run.log({"grows": table}, step=1)
        (again,) = store.runs()
        assert [row["grows"].data for _, row in again.history()] == [[[1]], [[2]]]
        assert [artifact.version for artifact in again.artifacts()] == ["v0", "v1"]
        assert {artifact.type for artifact in again.artifacts()} == {"wandb-run-incremental-table"}

    def test_a_reference_of_another_run_is_not_resolved(self, tmp_path):
        store = Store(tmp_path / "store")
        with store.run() as run:
            run.log({"x": 1})
        (again,) = store.runs()
        assert again.resolve("wandb-client-artifact://abc/x.table.json") is None
        assert again.resolve("https://host/x") is None
