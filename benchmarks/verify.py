"""Verify beside plain work on the same files in the same run: hashing (row 19), and decoding of pictures.

    python benchmarks/verify.py

Each number is the median over fresh processes; "CPU" is that of a process with its threads, "wall" is the clock.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROUNDS = 5
SMALL_FILES, SMALL_BYTES = 10_000, 10_000
LARGE_FILES, LARGE_BYTES = 4, 128 << 20
PICTURES, SIDE = 300, 256

CLOCK = """
import gc, hashlib, os, sys, time
from pathlib import Path
from storage import Artifact, Store
root = Path(sys.argv[1])
gc.collect()
wall, cpu = time.perf_counter(), time.process_time()
"""
END = "\nprint(time.process_time() - cpu, time.perf_counter() - wall)"
MAKE = """
for name in ("small", "large"):
    artifact = Artifact(name, type="dataset")
    artifact.add_dir(str(root / name))
    Store(root / "store", durability="none").log_artifact(artifact)
import numpy as np, datatypes as dt
artifact = Artifact("pictures", type="dataset")
rng = np.random.default_rng(0)
for number in range({count}):
    artifact.add(dt.Image(rng.integers(0, 255, ({side}, {side}, 3), np.uint8)), f"p{{number}}")
Store(root / "store", durability="none").log_artifact(artifact)
"""
HASH = """
for path in sorted((root / {name!r}).rglob("*.bin")):
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256").hexdigest()
"""
CHECK = "assert not Store(root / 'store').artifact({name!r}).verify()"
DECODE = """
import io
from PIL import Image
for entry in Store(root / "store").artifact("pictures").files():
    if entry.path.endswith(".png"):
        Image.open(io.BytesIO(entry.open().read())).load()
"""
VERIFY = """
from app.verifying import Options, verify_artifact
assert verify_artifact(Store(root / "store").artifact("pictures"), Options(is_deep={deep})).is_ok
"""


class Row(NamedTuple):
    """One line of the table."""

    what: str
    cpu: float
    wall: float
    budget: str


def measured(code: str, root: Path) -> tuple[float, float]:
    """Return CPU and wall seconds of the timed part of one fresh process."""
    environment = os.environ | {"VITRINA_CACHE": str(root / "cache"), "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", CLOCK + code + END, str(root)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603  # own code
    cpu, wall = map(float, done.stdout.split()[-2:])
    return cpu, wall


def compare(what: str, ours: str, base: str, root: Path, budget: str) -> Row:
    """Return how many times as much ours takes as the base."""
    pairs = [(measured(ours, root), measured(base, root)) for _ in range(ROUNDS)]
    cpu, wall = (statistics.median(mine[i] / its[i] for mine, its in pairs) for i in (0, 1))
    return Row(what, cpu, wall, budget)


def main() -> None:
    """Print a line a comparison."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, count, size in (("small", SMALL_FILES, SMALL_BYTES), ("large", LARGE_FILES, LARGE_BYTES)):
            for number in range(count):
                path = root / name / f"{number % 100:02}" / f"{number:05}.bin"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(os.urandom(size))
        measured(MAKE.format(count=PICTURES, side=SIDE), root)
        rows = [
            compare("10,000 × 10 kB / sha256", CHECK.format(name="small"), HASH.format(name="small"), root, "CPU 1.5"),
            compare(
                "4 × 128 MiB / sha256", CHECK.format(name="large"), HASH.format(name="large"), root, "CPU 1.1, wall 0.6"
            ),
            compare("300 pictures / decoding them", VERIFY.format(deep=False), DECODE, root, "none"),
            compare("the same, --deep / decoding them", VERIFY.format(deep=True), DECODE, root, "none"),
        ]
        for row in rows:
            print(f"{row.what:36} CPU {row.cpu:6.2f}  wall {row.wall:6.2f}  (budget: {row.budget})", flush=True)


if __name__ == "__main__":
    main()
