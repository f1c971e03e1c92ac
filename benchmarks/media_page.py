"""The page of a long sound: what measuring costs, what it holds in memory, how long a visitor waits for the picture.

::

    python benchmarks/media_page.py [--minutes N]

Measuring is CPU seconds over those of reading all samples with soundfile, each in a process of its own; memory is the
peak above the imports. The wait is from the click in the list to both pictures, over the wait for a sound of a second
in the same viewer and browser: first with an empty cache, then with what was measured before. Least of three rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROUNDS = 3
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

MAKE = """
import sys
import numpy as np, soundfile
minutes, path = int(sys.argv[1]), sys.argv[2]
random, rate = np.random.default_rng(0), 44_100
with soundfile.SoundFile(path, "w", rate, 2, "PCM_16") as file:
    for minute in range(minutes):
        t = np.arange(60 * rate) / rate
        tone = np.sin(2 * np.pi * (110 * 2 ** (minute % 6)) * t) * 0.4
        noise = random.standard_normal((len(t), 2)).astype(np.float32) * 0.02
        file.write(noise + tone[:, None].astype(np.float32))
"""

BASE = """
import json, resource, sys
import soundfile
start = resource.getrusage(resource.RUSAGE_SELF)
with soundfile.SoundFile(sys.argv[1]) as sound:
    while len(sound.read(1 << 16, dtype="float32", always_2d=True)):
        pass
end = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu": end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime}))
"""

OURS = """
import json, resource, sys
import numpy.fft
import datatypes as dt
from app.sound.levels import measure_levels
from app.sound.spectrogram import measure_spectrogram
sound = dt.Audio(sys.argv[1])
frames = sound.n_frames
start = resource.getrusage(resource.RUSAGE_SELF)
measure_levels(sound, 0, frames, 4096)
middle = resource.getrusage(resource.RUSAGE_SELF)
measure_spectrogram(sound, 0, frames, 2048)
end = resource.getrusage(resource.RUSAGE_SELF)
cpu = lambda usage: usage.ru_utime + usage.ru_stime
print(json.dumps({
    "levels": cpu(middle) - cpu(start), "spectrogram": cpu(end) - cpu(middle),
    "mb": (end.ru_maxrss - start.ru_maxrss) / 1024,
}))
"""


def run(program: str, *arguments: str) -> str:
    """Run a program in a process of its own; return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, check=True, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own code
    return done.stdout


def measuring(path: str) -> None:
    """Print what measuring costs."""
    base = min(json.loads(run(BASE, path))["cpu"] for _ in range(ROUNDS))
    found = [json.loads(run(OURS, path)) for _ in range(ROUNDS)]
    for what in ("levels", "spectrogram"):
        least = min(item[what] for item in found)
        print(f"{what:<12} {least:6.2f} CPU s, {least / base:5.1f} × reading all samples ({base:.2f} s)")
    print(f"memory       {min(item['mb'] for item in found):6.0f} MB above the imports")


def start_viewer(folder: Path, cache: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a viewer; return its process and its address."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "VITRINA_CACHE": str(cache)}
    command = [sys.executable, "-m", "app", "view", str(folder), "--no-open", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)  # noqa: S603  # our own code
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", process.stdout.readline())
    assert found is not None
    return process, found[0]


def click(page: Any, base: str, folder: str, name: str) -> float:
    """Return the seconds from the click in the list of a folder to both pictures of a sound."""
    page.goto(f"{base}/artifact?ref={folder}")
    link = page.locator(f"a[href*='path={name}']").first
    link.wait_for()
    page.wait_for_timeout(1000)
    start = time.perf_counter()
    link.click()
    page.locator(f".stage[data-ready='{name}']").wait_for(timeout=120_000)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    return time.perf_counter() - start


def waiting(folder: Path, cache: Path, long: str, short: str) -> None:
    """Print how long a visitor waits."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("VITRINA_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if program is None:
        print("no Chromium: the wait for the picture was not measured")
        return
    process, address = start_viewer(folder, cache)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.goto(address)
            base = address.partition("/?")[0]
            click(page, base, folder.name, short)  # imports, and scripts of the page
            found: dict[str, list[float]] = {"short": [], "cold": [], "warm": []}
            for _ in range(ROUNDS):
                found["short"].append(click(page, base, folder.name, short))
                shutil.rmtree(cache / "measured", ignore_errors=True)
                page.context.clear_cookies()
                browser_page = browser.new_page()  # nothing in the browser's own cache
                browser_page.goto(address)
                found["cold"].append(click(browser_page, base, folder.name, long))
                browser_page.close()
                page.goto(address)
                found["warm"].append(click(page, base, folder.name, long))
            browser.close()
    finally:
        process.terminate()
        process.wait()
    short_secs = min(found["short"])
    print(f"click to picture of a second of sound {short_secs:.2f} s")
    for what in ("cold", "warm"):
        secs = min(found[what])
        print(f"click to picture, {what}  {secs:6.2f} s, {secs / short_secs:5.2f} × a second of sound")


def main() -> None:
    """Make the sounds, measure, print."""
    parser = argparse.ArgumentParser(description="Measure the page of a long sound.")
    parser.add_argument("--minutes", type=int, default=10, help="length of the long sound")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "sounds"
        folder.mkdir()
        run(MAKE, str(options.minutes), str(folder / "long.wav"))
        run(MAKE.replace("60 *", "1 *"), "1", str(folder / "short.wav"))
        print(f"{options.minutes} minutes of stereo at 44.1 kHz, {(folder / 'long.wav').stat().st_size / 1e6:.0f} MB")
        measuring(str(folder / "long.wav"))
        waiting(folder, Path(temporary) / "cache", "long.wav", "short.wav")


if __name__ == "__main__":
    main()
