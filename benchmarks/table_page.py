"""The table page on ten million rows: rows 16, 17, 18 and 30 of the table of budgets, and a stored table of a million.

::

    python benchmarks/table_page.py [--rows N] [--json-rows N]

The base is the same question to DuckDB on the Parquet file itself, without a lock, in a process of its own; the figures
are CPU seconds as ratios, least of the rounds. Memory is that of a real viewer that is asked over HTTP. Pages are 100
rows as the grid gets them. The stored table has 12 columns, one of pictures with masks and boxes, in W&B's own JSON.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROUNDS = 3

MAKE_PARQUET = """
import sys
import numpy as np, pyarrow as pa, pyarrow.parquet as parquet
rows, path = int(sys.argv[1]), sys.argv[2]
labels = np.array(["cat", "dog", "bird", "fish", "horse", "cow", "sheep", "goat", "frog", "bee"])
writer = None
for block in range(0, rows, 1_000_000):
    count = min(1_000_000, rows - block)
    random, ids = np.random.default_rng(block // 1_000_000), np.arange(block, block + count)
    table = pa.table({
        "id": ids, "step": random.integers(0, 10**6, count), "loss": random.normal(size=count),
        "score": pa.array(random.uniform(size=count), mask=random.uniform(size=count) < 0.05),
        "label": pa.array(labels[random.integers(0, 10, count)]),
        "name": pa.array([f"sample_{i:08d}_{i * 2654435761 % 2**32}" for i in ids.tolist()]),
        "ok": random.uniform(size=count) < 0.7,
        "note": pa.array(np.array([None, "note 1", "note 2"], dtype=object)[random.integers(0, 3, count)]),
    })
    writer = writer or parquet.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
    writer.write_table(table, row_group_size=131_072)
writer.close()
"""

COMMON = """
import json, resource, sys, time
def cpu():
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
def least(action, rounds=5):
    found = []
    for _ in range(rounds):
        start = cpu()
        action()
        found.append(cpu() - start)
    return min(found)
folder, rows = sys.argv[1], int(sys.argv[2])
"""

BASE = (
    COMMON  # noqa: S608  # our own program, with our own path
    + """
import duckdb
connection = duckdb.connect(config={"threads": 2, "memory_limit": "512MB"})
path = f"'{folder}/rows.parquet'"
where = "label = 'cat' and loss > 1.5"
def ask(sql):
    return lambda: connection.execute(sql).fetchall()
print(json.dumps({
    "page": least(ask(f"select * from {path} limit 100")),
    "count": least(ask(f"select count(*) from {path} where {where}")),
    "filtered": least(ask(f"select * from {path} where {where} limit 100")),
    "sorted": least(ask(f"select * from {path} order by loss limit 100"), 3),
}))
"""
)

OURS = (
    COMMON
    + """
from app import media, session
from app.tables import opening, selection
from app.tables.api import answer
import duckdb, pyarrow, pyarrow.parquet, numpy, app.renderers
session.set_current(session.open_target(folder))
artifact = session.current().artifacts()[0]
query = {"ref": artifact.qualified_name, "path": "rows.parquet"}
opening.WAIT_SECONDS = 0
start = cpu()
answer("page", query)
first_sight = cpu() - start
table = opening.open_table(artifact, "rows.parquet", wait=600)
assert table.is_whole
def page(**more):
    status, found = answer("page", {**query, **more})
    assert status == 200 and len(found["rows"]) == 100, found
def fresh(**more):
    def action():
        table.orders.clear()
        page(**more)
    return action
def count():
    table.orders.clear()
    chosen, _ = selection.read_selection(table, where, "")
    selection.count(table, chosen)
where = "label = 'cat' and loss > 1.5"
result = {
    "first sight": first_sight,
    "page": least(lambda: page(offset=str(rows // 2))),
    "count": least(count),
    "filtered": least(lambda: page(q=where)),
    "sorted": least(fresh(sort="loss"), 3),
}
page(sort="loss", offset=str(rows // 2))
result["later"] = least(lambda: page(sort="loss", offset=str(rows // 3)))
print(json.dumps(result))
"""
)

MAKE_JSON = """
import datetime, sys
import numpy as np, skimage.data
import datatypes as dt
from storage import Artifact, Store
rows, folder = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(0)
photos = [skimage.data.astronaut(), skimage.data.chelsea(), skimage.data.coffee()]
y, x = np.mgrid[-80:80, -100:100]
pictures = []
for number in range(60):
    photo = photos[number % 3]
    top, left = random.integers(0, photo.shape[0] - 160), random.integers(0, photo.shape[1] - 200)
    disc = ((x * x + y * y) < (30 + number) ** 2).astype(np.uint8)
    masks = {"pred": {"mask_data": disc, "class_labels": {1: "thing"}}}
    pictures.append(dt.Image(photo[top : top + 160, left : left + 200], caption=f"crop {number}", masks=masks))
names = np.array(["cat", "dog", "bird", "fish", "horse"])
label, predicted = names[random.integers(0, 5, rows)], names[random.integers(0, 5, rows)]
numbers = {name: random.uniform(size=rows).round(5) for name in ("confidence", "loss", "iou")}
epoch, width = random.integers(0, 20, rows), random.integers(64, 4096, rows)
start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
columns = ["id", "image", "label", "prediction", "correct", *numbers, "epoch", "width", "note", "created"]
table = dt.Table(columns=columns)
for i in range(rows):
    table.add_data(
        i, pictures[i % 60], str(label[i]), str(predicted[i]), bool(label[i] == predicted[i]),
        *(float(found[i]) for found in numbers.values()), int(epoch[i]), int(width[i]),
        None if i % 3 else f"note {i % 97}", start + datetime.timedelta(seconds=i),
    )
artifact = Artifact("predictions", type="run_table")
artifact.add(table, "predictions")
Store(folder).log_artifact(artifact)
"""


def run(program: str, *arguments: str, cache: str) -> str:
    """Run a program in a process of its own; return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "VITRINA_CACHE": cache}
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, check=True, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own code
    return done.stdout


class Viewer:
    """A running viewer that is asked as the grid asks it."""

    def __init__(self, folder: str, cache: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "VITRINA_CACHE": cache}
        command = [sys.executable, "-m", "app", "view", folder, "--no-open", "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)  # noqa: S603  # our own code
        assert self.process.stdout is not None
        address = re.search(r"(http://127\.0\.0\.1:\d+)/\?token=\S+", self.process.stdout.readline())
        assert address is not None
        self.base = address[1]
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.opener.open(address[0]).close()

    def ask(self, what: str, **query: str) -> tuple[dict[str, Any], float]:
        """Return an answer, and the milliseconds until it was here."""
        start = time.perf_counter()
        with self.opener.open(f"{self.base}/api/table/{what}?{urllib.parse.urlencode(query)}") as answer:
            found = json.load(answer)
        if "error" in found:
            raise RuntimeError(found["error"])
        return found, 1000 * (time.perf_counter() - start)

    def whole(self, **query: str) -> float:
        """Wait until all rows can be asked for; return the seconds."""
        start = time.perf_counter()
        while self.ask("state", **query)[0]["copying"]:
            time.sleep(0.2)
        return time.perf_counter() - start

    def peak_mb(self) -> int:
        """Return the most memory that the process has held, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmHWM:\s+(\d+)", status)
        return int(found[1]) // 1024 if found else 0


def budget(row: int, what: str, ratio: float, limit: float, unit: str = "×") -> None:
    """Print one line."""
    verdict = "ok" if ratio <= limit else "OVER"
    print(f"row {row}  {what:<58} {ratio:8.3f} {unit} of at most {limit:g} {unit}  {verdict}", flush=True)


def ratios(folder: str, cache: str, rows: int) -> None:
    """Measure rows 16 to 18."""
    sides: dict[str, list[dict[str, float]]] = {"base": [], "ours": []}
    for _ in range(ROUNDS):
        sides["base"].append(json.loads(run(BASE, folder, str(rows), cache=cache)))
        sides["ours"].append(json.loads(run(OURS, folder, str(rows), cache=cache)))
    base = {key: min(found[key] for found in sides["base"]) for key in sides["base"][0]}
    ours = {key: min(found[key] for found in sides["ours"]) for key in sides["ours"][0]}
    for key, seconds in base.items():
        print(f"base    {key:<12} {1000 * seconds:8.1f} CPU ms")
    for key, seconds in ours.items():
        print(f"ours    {key:<12} {1000 * seconds:8.1f} CPU ms")
    budget(16, "first sight, while the copy is made", ours["first sight"] / base["page"], 0.8)
    budget(16, "any page, with the copy", ours["page"] / base["page"], 0.1)
    budget(17, "count of a filter", ours["count"] / base["count"], 1.1)
    budget(17, "first page of a filter", ours["filtered"] / base["filtered"], 1.1)
    budget(18, "first page of an order", ours["sorted"] / base["sorted"], 0.6)
    budget(18, "later page of an order", ours["later"] / base["sorted"], 0.05)


def memory(folder: str, cache: str) -> None:
    """Measure row 30, and what the visitor waits for."""
    viewer = Viewer(folder, cache)
    try:
        query = {"ref": Path(folder).name, "path": "rows.parquet"}
        print(f"copied in {viewer.whole(**query):.1f} s")
        for offset in ("0", "5000000", "9999900"):
            viewer.ask("page", **query, offset=offset)
        budget(30, "peak memory, pages", viewer.peak_mb(), 300, "MB")
        more = [{"q": "label = 'cat' and loss > 1.5"}, {"sort": "-loss"}, {"sort": "-loss", "offset": "5000000"}]
        more += [{"sort": "name,loss", "offset": "7000000"}, {"q": "contains(name, '4242')", "sort": "loss"}]
        for asked in more:
            print(f"page {asked}: {viewer.ask('page', **query, **asked)[1]:.0f} ms")
        print(f"facts of all columns: {viewer.ask('facts', **query)[1]:.0f} ms")
        print(f"groups by label: {viewer.ask('groups', **query, by='4')[1]:.0f} ms")
        budget(30, "peak memory, filters, orders, facts, groups", viewer.peak_mb(), 700, "MB")
    finally:
        viewer.process.terminate()


def stored_table(folder: str, cache: str, rows: int) -> None:
    """Measure a table of W&B's JSON with a column of pictures."""
    run(MAKE_JSON, str(rows), folder, cache=cache)
    size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    print(f"{rows:,} rows × 12 with pictures, {size / 1e6:,.0f} MB of JSON")
    viewer = Viewer(folder, cache)
    try:
        query = {"ref": "predictions:v0", "path": "predictions.table.json"}
        print(f"first page {viewer.ask('page', **query)[1]:.0f} ms, all rows after {viewer.whole(**query):.1f} s")
        for asked in ({"offset": str(rows // 2)}, {"q": "loss > 0.9 and label = 'cat'"}, {"sort": "-loss"}):
            print(f"page {asked}: {viewer.ask('page', **query, **asked)[1]:.0f} ms")
        print(f"peak memory {viewer.peak_mb()} MB")
    finally:
        viewer.process.terminate()


def main() -> None:
    """Make the tables, measure, print."""
    parser = argparse.ArgumentParser(description="Measure the table page.")
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the Parquet file")
    parser.add_argument("--json-rows", type=int, default=0, help="rows of a stored table with pictures; slow to make")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cache = str(Path(temporary) / "cache")
        folder = Path(temporary) / "large"
        folder.mkdir()
        run(MAKE_PARQUET, str(options.rows), str(folder / "rows.parquet"), cache=cache)
        memory(str(folder), cache)
        ratios(str(folder), cache, options.rows)
        if options.json_rows:
            stored_table(str(Path(temporary) / "store"), cache, options.json_rows)


if __name__ == "__main__":
    main()
