"""Pictures into a committed artifact, against the real SDK: rows 1 and 20 of the table of budgets.

::

    python benchmarks/images.py [--count N]

Each side runs in fresh processes that take turns; the figure is CPU seconds (own and children) of the timed part, least
of the rounds, as a ratio. Imports and the making of the input lie outside. Ours writes PNG, fidelity records, manifest
and record durably; the SDK's artifact is finalised offline, without a sync.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 3
ROOT = Path(__file__).parents[1]

INPUT = """
import json, os, resource, sys, tempfile
import numpy as np, skimage.data
rng = np.random.default_rng(7)
photos = [skimage.data.astronaut(), skimage.data.coffee(), skimage.data.chelsea()]
def crop(size):
    photo = photos[rng.integers(len(photos))]
    y, x = (int(rng.integers(0, side - size + 1)) for side in photo.shape[:2])
    return np.ascontiguousarray(photo[y : y + size, x : x + size])
count, folder = int(sys.argv[1]), sys.argv[2]
def cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
"""

ROW_1 = """
pictures = [crop(224) for _ in range(count)]
def fill(module, artifact):
    table = module.Table(columns=["id", "label", "image"])
    for index, picture in enumerate(pictures):
        table.add_data(index, f"label {index % 10}", module.Image(picture))
    artifact.add(table, "table")
"""

ROW_20 = """
import PIL.Image
def large():
    return np.asarray(PIL.Image.fromarray(crop(280)).resize((1024, 1024), PIL.Image.Resampling.BICUBIC))
def blobs():
    y, x = np.mgrid[:1024, :1024] / 1024
    hills = sum(np.exp(-((x - a) ** 2 + (y - b) ** 2) / 0.02) for a, b in rng.random((6, 2)))
    return np.floor(2.5 * hills).astype(np.int64) % 8
pictures = [large() for _ in range(count)]
ids = [blobs() for _ in range(2 * count)]
box = {"minX": 0.1, "maxX": 0.2, "minY": 0.1, "maxY": 0.5}
boxes = [{"position": {**box, "maxX": 0.2 + i / 100}, "class_id": i % 8} for i in range(50)]
names = {i: f"class {i}" for i in range(8)}
def fill(module, artifact):
    for index, picture in enumerate(pictures):
        masks = {f"m{k}": {"mask_data": ids[2 * index + k], "class_labels": names} for k in range(2)}
        image = module.Image(picture, masks=masks, boxes={"b": {"box_data": boxes, "class_labels": names}})
        artifact.add(image, f"image{index}")
"""

OURS = """
import datatypes as module
from storage import Artifact, Store
module.Image(pictures[0]); module.Table
start = cpu()
artifact = Artifact("a", type="dataset")
fill(module, artifact)
Store(folder + "/store").log_artifact(artifact)
print(json.dumps(cpu() - start))
"""

THEIRS = """
os.environ |= {f"WANDB_{name}_DIR": folder for name in ("CACHE", "DATA", "ARTIFACT", "CONFIG")}
os.environ |= {"WANDB_DIR": folder, "WANDB_MODE": "offline", "WANDB_SILENT": "true"}
import wandb as module
module.Image(pictures[0])
start = cpu()
artifact = module.Artifact("a", type="dataset")
fill(module, artifact)
artifact.finalize()
print(json.dumps(cpu() - start))
"""


def cpu_secs(code: str, count: int) -> float:
    """Return what one fresh process measured of its timed part."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", code, str(count), folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603  # our own code
    return float(json.loads(done.stdout.strip().splitlines()[-1]))


def main() -> int:
    """Print a line a row; 1 if one is over its budget."""
    parser = argparse.ArgumentParser(description="Pictures against the real SDK.")
    parser.add_argument("--count", type=int, default=500, help="pictures of row 1; row 20 takes 20")
    count = parser.parse_args().count
    over = 0
    for number, what, fill, pictures, budget in (
        (1, "pictures 224×224 into a table", ROW_1, count, 0.09),
        (20, "pictures 1024×1024 with two masks and 50 boxes", ROW_20, 20, 0.08),
    ):
        pairs = [
            (cpu_secs(INPUT + fill + OURS, pictures), cpu_secs(INPUT + fill + THEIRS, pictures)) for _ in range(ROUNDS)
        ]
        ratio = min(ours for ours, _ in pairs) / min(theirs for _, theirs in pairs)
        over += ratio > budget
        print(f"row {number:2}  {pictures} {what}: {ratio:.3f} of wandb 0.31 (budget {budget})")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
