"""The 3D page on one and two million points and on a large mesh: until it is shown, until all is drawn, while it moves.

::

    python benchmarks/scene_page.py [--points N ...] [--subdivisions N]

The base is the same page with a hundred points in the same browser, opened right before: "shown" and "whole" are wall
time as ratios to it, least of the rounds; the first time decodes the file. "Shown" is a picture of a fair sample that
can be turned, "whole" has all points. While the scene is dragged, the time of a frame is given until its pixels can be
read, and how many points it had. Browsers without a graphics card draw in software: an upper bound.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROUNDS = 2
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run"]

MAKE = """
import sys
import numpy as np, trimesh
from datatypes import Object3D
from storage import Artifact, Store
folder, subdivisions, *counts = sys.argv[1], *map(int, sys.argv[2:])
random = np.random.default_rng(0)
artifact = Artifact("scenes", type="dataset")
for count in (100, *counts):
    u, v = random.uniform(0, 2 * np.pi, (2, count))
    radius = 0.35 + 0.04 * random.normal(size=count)
    away = 1 + radius * np.cos(v)
    xyz = np.stack([away * np.cos(u), away * np.sin(u), radius * np.sin(v)], axis=1).astype(np.float32)
    rgb = np.rint(127 + 127 * np.stack([np.cos(u), np.sin(v), np.cos(v)], axis=1))
    artifact.add(Object3D(np.hstack([xyz, rgb])), f"points_{count}")
ball = trimesh.creation.icosphere(subdivisions)
ball.vertices *= 1 + 0.15 * np.sin(6 * ball.vertices[:, :1]) * np.cos(5 * ball.vertices[:, 1:2])
open(f"{folder}/ball.glb", "wb").write(ball.export(file_type="glb"))
artifact.add(Object3D(f"{folder}/ball.glb"), f"faces_{len(ball.faces)}")
Store(f"{folder}/store").log_artifact(artifact)
"""


#: Milliseconds from a movement of the pointer until the pixels of its frame are there.
FRAME = """(canvas, [x, y]) => new Promise(done => { const from = performance.now();
  canvas.dispatchEvent(new PointerEvent('pointermove', {clientX: x, clientY: y, pointerId: 1, bubbles: true}));
  requestAnimationFrame(() => { const gl = canvas.getContext('webgl2');
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    done(performance.now() - from); }); })"""


def open_page(browser: Any, address: str, path: str) -> tuple[Any, float, float]:
    """Return a page with an object, and seconds until it was shown and until it was whole."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.request.get(address)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address.partition("/?")[0] + path, wait_until="commit")
    page.locator(".stage[data-drawn]").wait_for(timeout=300_000)
    shown = time.perf_counter() - start
    page.locator(".stage[data-still]").wait_for(timeout=300_000)
    return page, shown, time.perf_counter() - start


def drag(page: Any) -> tuple[float, str]:
    """Turn the scene; return the median of milliseconds between two frames, and what the status said."""
    box = page.locator("canvas.space").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 3)
    frames = [page.locator("canvas.space").evaluate(FRAME, [x + 8 * step, y + 3 * step]) for step in range(2, 22)]
    status = page.locator(".status").text_content()
    page.mouse.up()
    return statistics.median(frames), status


def main() -> None:
    """Print one line an object."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="*", default=[1_000_000, 2_000_000])
    parser.add_argument("--subdivisions", type=int, default=7, help="of the mesh: 20 × 4ⁿ faces")
    arguments = parser.parse_args()
    program = os.environ.get("VITRINA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        sizes = [str(arguments.subdivisions), *map(str, arguments.points)]
        subprocess.run([sys.executable, "-c", MAKE, folder, *sizes], check=True, env=environment)  # noqa: S603  # ours
        command = [sys.executable, "-m", "app", "view", f"{folder}/store", "--no-open", "--port", "0"]
        viewer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)  # noqa: S603
        try:
            assert viewer.stdout is not None
            found = re.search(r"http://\S+", viewer.stdout.readline())
            assert found, "the viewer printed no address"
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
                names = [f"points_{count}" for count in arguments.points]
                measure(browser, found[0], [*names, f"faces_{20 * 4**arguments.subdivisions}"])
                browser.close()
        finally:
            viewer.terminate()
            viewer.wait(20)


def measure(browser: Any, address: str, names: list[str]) -> None:
    """Open each object in turn with the base, and print what was seen."""
    open_page(browser, address, "/entry?ref=scenes&path=points_100")[0].context.close()  # the first page imports
    for name in names:
        shown, whole, first = [], [], 0.0
        for turn in range(ROUNDS):
            page, base, _ = open_page(browser, address, "/entry?ref=scenes&path=points_100")
            page.context.close()
            page, seconds, all_seconds = open_page(browser, address, f"/entry?ref=scenes&path={name}")
            first = first or seconds / base
            shown.append(seconds / base)
            whole.append(all_seconds / base)
            if turn < ROUNDS - 1:
                page.context.close()
        frame, status = drag(page)
        page.context.close()
        print(
            f"{name:>16}: shown {min(shown):.2f} (first time {first:.2f}), whole {min(whole):.2f} × the page of 100 "
            f"points; while it moves {frame:.0f} ms a frame: {status}"
        )


if __name__ == "__main__":
    main()
