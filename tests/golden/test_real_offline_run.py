"""An offline run that the real SDK 0.31 makes here and now: nothing but a log and media, and all of it is read."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest

from storage import open_source

SCRIPT = """
import numpy as np, wandb
run = wandb.init(project="demo", name="first", config={"lr": 0.1, "nested": {"a": [1, 2]}},
                 settings=wandb.Settings(console="off", x_disable_stats=True))
for step in range(3):
    mask = {"mask_data": np.full((4, 5), step, np.uint8), "class_labels": {step: f"class {step}"}}
    image = wandb.Image(np.full((4, 5, 3), step * 20, np.uint8), caption=f"c{step}", masks={"pred": mask})
    run.log({"loss": step / 4, "nan": float("nan"), "deep": {"x": step, "y.z": "t"}, "a/b c": image})
run.log({"list": [wandb.Image(np.zeros((2, 2, 3), np.uint8)), wandb.Image(np.ones((2, 2, 3), np.uint8))]}, step=10)
run.summary["best"] = 0.25
pets = wandb.Artifact("pets", "dataset")
pets.add(wandb.Table(columns=["a"], data=[[1]]), "t")
run.log_artifact(pets, aliases=["best"])
run.finish()
"""


@pytest.fixture(scope="module")
def wandb_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offline")
    places = {f"WANDB_{name}DIR": str(folder) for name in ("", "CACHE_", "DATA_", "ARTIFACT_", "CONFIG_")}
    silent = {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_ERROR_REPORTING": "false", "HOME": str(folder)}
    environment = {**os.environ, **places, **silent, "WANDB_API_KEY": "0" * 40}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return folder / "wandb"


def test_the_folder_shows_one_run(wandb_folder):
    (run,) = open_source(wandb_folder).runs()
    assert (run.project, run.name, run.sdk) == ("demo", "first", "0.31.0")
    assert run.id == open_source(wandb_folder / "latest-run").id
    names = {path.name for path in run.root.iterdir()} | {path.name for path in (run.root / "files").iterdir()}
    assert not names & {"wandb-summary.json", "config.yaml"}  # the log is all there is


def test_rows_config_and_summary(wandb_folder):
    (run,) = open_source(wandb_folder).runs()
    assert run.config == {"lr": 0.1, "nested": {"a": [1, 2]}}
    rows = [(step, {key: value for key, value in values.items() if key != "a/b c"}) for step, values in run.history()]
    assert [step for step, _ in rows] == [0, 1, 2, 10] == list({row.step: None for row in run.rows_json()})
    assert all(math.isnan(values.pop("nan")) for _, values in rows[:3])
    assert [values for _, values in rows[:3]] == [{"loss": i / 4, "deep": {"x": i, "y.z": "t"}} for i in range(3)]
    summary = run.summary
    assert {key: summary[key] for key in ("loss", "deep", "best")} == {
        "loss": 0.5,
        "deep": {"x": 2, "y.z": "t"},
        "best": 0.25,
    }
    assert run.problems == []


def test_pictures_masks_and_labels(wandb_folder):
    (run,) = open_source(wandb_folder).runs()
    for step, values in list(run.history())[:3]:
        image = values["a/b c"]
        np.testing.assert_array_equal(image.to_numpy(), np.full((4, 5, 3), step * 20))
        np.testing.assert_array_equal(image.masks["pred"].to_numpy(), np.full((4, 5), step))
        assert image.caption == f"c{step}"
        assert image.masks["pred"].class_labels == {2: "class 2"}  # the config keeps those of the last picture
    pictures = list(run.history())[3].values["list"]
    assert [int(picture.to_numpy().max()) for picture in pictures] == [0, 1]
    assert len(run.media_files()) == 8


def test_what_the_run_logged_is_announced(wandb_folder):
    (run,) = open_source(wandb_folder).runs()
    (pets,) = run.logged_artifacts
    assert (pets.name, pets.type, set(pets.aliases), pets.used) == ("pets", "dataset", {"best", "latest"}, False)
    assert [entry.path for entry in pets.entries] == ["t.table.json"]
    assert len(pets.client_id) == 128
    assert json.dumps(pets.digest)
