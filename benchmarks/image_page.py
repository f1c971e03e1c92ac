"""The picture page on 4096 × 4096 pixels with five layers: how long a repaint takes in a browser without a GPU.

::

    python benchmarks/image_page.py [--size 1920x1080] [--pixels N]

What is measured is the work of the page between a click and the painted canvas, rasterised by software: the handler,
and the frame from its beginning until a pixel of the canvas can be read. Waiting for the screen is not counted. The
least of the rounds stands against the limit of 50 ms, whatever the machine: it is what a hand feels. Needs Chromium and
Playwright (`requirements-test.lock`).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LIMIT_MS = 50
ROUNDS = 9

MAKE = """
import sys
import numpy as np
import datatypes as dt
from storage import Artifact, Store
folder, side = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(0)
def blocks(high, shape, times):
    small = random.integers(0, high, shape).astype(np.uint8)
    return np.kron(small, np.ones((times, times, *(1,) * (len(shape) - 2)), np.uint8))
masks = {f"mask {k}": {"mask_data": blocks(12, (side // 32, side // 32), 32)} for k in range(4)}
corners = random.integers(0, side - side // 8, (200, 2)).tolist()
boxes = [
    {"position": {"minX": x, "maxX": x + side // 12, "minY": y, "maxY": y + side // 16}, "domain": "pixel",
     "class_id": n % 8, "scores": {"confidence": n / 200}}
    for n, (x, y) in enumerate(corners)
]
artifact = Artifact("large", type="dataset")
picture = blocks(255, (side // 4, side // 4, 3), 4)
artifact.add(dt.Image(picture, masks=masks, boxes={"found": {"box_data": boxes}}), "picture")
deep = (blocks(255, (side // 8, side // 8), 8).astype(np.uint16) << 8) + np.arange(side, dtype=np.uint16) % 251
artifact.add(dt.Image(deep, masks={name: masks[name] for name in list(masks)[:2]}), "deep")
Store(folder).log_artifact(artifact)
"""

MEASURE = """async ([selector, kind, rounds]) => {
  const shadows = (root) => [...root.querySelectorAll('*')].flatMap((e) => (e.shadowRoot ? deep(e.shadowRoot) : []));
  const deep = (root) => [root, ...shadows(root)];
  const find = (css) => deep(document).map((root) => root.querySelector(css)).find(Boolean);
  const canvas = find('canvas.picture');
  const context = canvas.getContext('2d');
  const frame = () => new Promise((done) => requestAnimationFrame(() => done(performance.now())));
  const act = (round) => {
    const target = selector ? find(selector) : canvas;
    if (kind === 'click') target.click();
    if (kind === 'slide') {
      const [low, high] = [Number(target.min), Number(target.max)];
      target.value = low + (high - low) * (0.3 + 0.04 * round);
      target.dispatchEvent(new Event('input', { bubbles: true }));
    }
    const step = { deltaY: round % 2 ? 120 : -120, clientX: 600, clientY: 400, cancelable: true };
    if (kind === 'zoom') target.dispatchEvent(new WheelEvent('wheel', step));
  };
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const before = frame();
    const start = performance.now();
    act(round);
    const handled = performance.now() - start;
    await before;
    const read = () => context.getImageData(0, 0, 1, 1) && performance.now();
    const painted = new Promise((done) => setTimeout(() => done(read())));
    const idle = performance.now();
    times.push(handled + Number(canvas.dataset.frameMs) + (await painted) - idle);
    await frame();
    await frame();
  }
  return Math.min(...times);
}"""

ACTIONS = {
    "picture": [
        ("a layer is switched", ".eye", "click"),
        ("a class is switched", "[data-layer='mask 0'] .class", "click"),
        ("opacity of a mask", "[data-layer='mask 1'] input[type=range]", "slide"),
        ("outline of a mask", "[data-layer='mask 2'] .style", "click"),
        ("a score filters 200 boxes", "[data-score=confidence] input[type=range]", "slide"),
        ("brightness", "[aria-label=Brightness]", "slide"),
        ("a step of the wheel", "", "zoom"),
    ],
    "deep": [
        ("a layer is switched, 16 bits", ".eye", "click"),
        ("window of 16 bits", "[aria-label='Window, high']", "slide"),
        ("a step of the wheel, 16 bits", "", "zoom"),
    ],
}


def budget(what: str, found: float) -> None:
    """Print one line."""
    verdict = "ok" if found <= LIMIT_MS else "OVER"
    print(f"{what:<34} {found:7.1f} ms of at most {LIMIT_MS} ms  {found / LIMIT_MS:6.2f} ×  {verdict}", flush=True)


def serve(folder: str, cache: str) -> tuple[subprocess.Popen[str], str, str]:
    """Start a viewer; return it, its address with the token, and the address alone."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "VITRINA_CACHE": cache}
    command = [sys.executable, "-m", "app", "view", folder, "--no-open", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)  # noqa: S603  # our own code
    assert process.stdout is not None
    found = re.search(r"(http://127\.0\.0\.1:\d+)/\?token=\S+", process.stdout.readline())
    assert found is not None
    return process, found[0], found[1]


def measure(page: Any, base: str, name: str) -> None:
    """Print the times of one picture."""
    page.goto(f"{base}/entry?ref=large:v0&path={name}.image-file.json")
    page.locator(".stage[data-settled]").wait_for(timeout=120_000)
    page.get_by_text("Brightness and window").click()
    page.wait_for_timeout(1000)
    for what, selector, kind in ACTIONS[name]:
        budget(what, page.evaluate(MEASURE, [selector, kind, ROUNDS]))


def main() -> None:
    """Make the pictures, measure, print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description="Measure repaints of the picture page.")
    parser.add_argument("--size", default="1920x1080", help="size of the window")
    parser.add_argument("--pixels", type=int, default=4096, help="width and height of the picture")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    program = os.environ.get("VITRINA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as temporary:
        folder, cache = str(Path(temporary) / "store"), str(Path(temporary) / "cache")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", MAKE, folder, str(options.pixels)]
        subprocess.run(command, check=True, env=environment, cwd=ROOT)  # noqa: S603  # our own code
        process, address, base = serve(folder, cache)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
                context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
                context.request.get(address)
                page = context.new_page()
                for name in ACTIONS:
                    measure(page, base, name)
                browser.close()
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
