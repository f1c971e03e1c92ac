"""Tables that we write, cell by cell as SDK 0.31 reads them; also one as large as it writes itself."""

from __future__ import annotations

import datetime  # noqa: ICN001  # dt is datatypes here
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sinks import DictStore
from value_contract import examples

import datatypes as dt
from storage import Artifact, Store
from storage.export import export_wandb

CHILD = Path(__file__).parents[1] / "wandb_child.py"


def read_with_sdk(artifact, folder):
    """Log an artifact, export it, and return what the SDK makes of its tables."""
    saved = Store(folder / "store").log_artifact(artifact)
    export_wandb(saved, folder / "out" / "tables")
    command = [sys.executable, str(CHILD), str(folder / "out" / "tables")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def recovered(tmp_path_factory):
    artifact = Artifact("tables", type="dataset")
    written = {f"t{index}": item for index, item in enumerate(examples("table"))}
    paths = {name: artifact.add(table, name).path for name, (_, table) in written.items()}
    found = read_with_sdk(artifact, tmp_path_factory.mktemp("tables"))
    return [(what, table, found[paths[name]]) for name, (what, table) in written.items()]


def expected_cell(stored, column_type):
    """What the SDK must make of a stored cell; None where it makes a value of it."""
    if isinstance(stored, dict) and "_type" in stored:
        return None
    is_instant = '"timestamp"' in json.dumps(column_type) and isinstance(stored, int | float)
    if is_instant and not isinstance(stored, bool):
        start = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return {"time": (start + datetime.timedelta(milliseconds=stored)).isoformat()}
    return stored


def test_every_cell_has_the_value_that_was_written(recovered):
    compared = 0
    for what, table, fact in recovered:
        stored = json.loads(json.dumps(table.to_json(DictStore())))
        types = stored["column_types"]["params"]["type_map"]
        for row, (mine, its) in enumerate(zip(stored["data"], fact["rows"], strict=True)):
            for name, cell, found in zip(stored["columns"], mine, its, strict=True):
                expected = expected_cell(cell, types[str(name)])
                in_file = cell is None and '"ndarray"' in json.dumps(types[str(name)]) and found is not None
                if in_file:
                    assert found["array"] == plain(table.data[row][stored["columns"].index(name)]), what
                elif expected is not None:
                    assert found == expected, f"{what}, row {row}, column {name}"
                    compared += 1
    assert compared > 2000


def plain(array):
    return (array.astype(str) if array.dtype.kind == "c" else array).tolist()


@pytest.mark.slow
def test_a_table_of_two_hundred_thousand_rows(tmp_path):
    rng = np.random.default_rng(3)
    count = 200_000
    frame = pd.DataFrame(
        {
            "id": np.arange(count),
            "loss": rng.normal(size=count),
            "label": np.array(["cat", "dog", "ü"])[rng.integers(0, 3, count)],
            "ok": rng.random(count) < 0.7,
            "note": [None if number % 2 else f"note {number}" for number in range(count)],
        }
    )
    artifact = Artifact("tables", type="dataset")
    artifact.add(dt.Table(dataframe=frame), "large")
    found = read_with_sdk(artifact, tmp_path)["large.table.json"]
    assert found["columns"] == list(frame.columns)
    assert found["rows"] == frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
