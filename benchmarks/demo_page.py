"""``vitrina demo`` and ``vitrina view``: from the command to what is first seen; from a click on a card to the picture.

::

    python benchmarks/demo_page.py [--rounds N]

The base of all is a minimal Streamlit page in the same browser and the same run: from its command to its first text,
and from a click on its button to an `st.image`. Wall seconds as ratios, least of the rounds; the demo builds its whole
store within the first figure. `view` is row 28 of the table of budgets. Needs Playwright and the Chromium of the
browser tests.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

MINIMAL = """
import streamlit as st
st.write("ready")
if st.button("show"):
    st.image(r"{picture}")
"""

_STREAMLIT = (
    "-m", "streamlit", "run", "{script}", "--server.headless=true", "--server.port={port}",
    "--server.address=127.0.0.1", "--browser.gatherUsageStats=false", "--server.fileWatcherType=none",
)  # fmt: skip


def free_port() -> int:
    """Return a port that nobody listens on now."""
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def addresses(process: subprocess.Popen[str]) -> Iterator[str]:
    """Yield the addresses that a server prints."""
    for line in process.stdout or ():
        yield from re.findall(r"http://\S+", line)


def stopped(process: subprocess.Popen[str]) -> None:
    """End a server that this script started."""
    process.terminate()
    process.wait(20)


def minimal(browser: Any, folder: Path) -> tuple[float, float]:
    """Return the seconds of the minimal page: command to text, click to picture."""
    picture = ROOT / "app/demo/data/coins.png"
    script = folder / "minimal.py"
    script.write_text(MINIMAL.format(picture=picture))
    port = free_port()
    start = time.monotonic()
    arguments = [part.format(script=script, port=port) for part in _STREAMLIT]
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
    try:
        next(addresses(process))
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_text("ready").wait_for()
        first = time.monotonic() - start
        start = time.monotonic()
        page.get_by_text("show").click()
        page.wait_for_function("() => [...document.images].some(image => image.naturalWidth > 100)")
        click = time.monotonic() - start
        page.close()
    finally:
        stopped(process)
    return first, click


def demo(browser: Any) -> tuple[float, float]:
    """Return the seconds of the demo: command to the first cards, click to the picture."""
    start = time.monotonic()
    command = [sys.executable, "-m", "app", "demo", "--no-open", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
    try:
        address = next(addresses(process))
        page = browser.new_page()
        page.goto(address)
        page.locator(".card").first.wait_for()
        first = time.monotonic() - start
        base = address.partition("/?")[0]
        page.goto(f"{base}/artifact?ref=type-gallery:v0&kind=Image")
        page.locator(".grid[data-ready]").wait_for()
        page.wait_for_timeout(500)
        start = time.monotonic()
        page.locator(".card", has_text="astronaut").click()
        page.locator(".stage[data-ready]").wait_for()
        click = time.monotonic() - start
        page.close()
    finally:
        stopped(process)
    return first, click


def view(browser: Any, path: str, seen: str) -> float:
    """Return the seconds from ``vitrina view`` on the samples until something of a page is seen."""
    start = time.monotonic()
    command = [sys.executable, "-m", "app", "view", "sample_artifacts", "--no-open", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
    try:
        address = next(addresses(process))
        context = browser.new_context()
        context.request.get(address)
        page = context.new_page()
        page.goto(address.partition("/?")[0] + path)
        page.locator(seen).first.wait_for()
        first = time.monotonic() - start
        context.close()
    finally:
        stopped(process)
    return first


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    chromium = os.environ.get("VITRINA_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("No Chromium on the path; name one in VITRINA_CHROMIUM.")
    bases, ours, texts, rows = [], [], [], []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(rounds):  # the two take turns
            bases.append(minimal(browser, Path(folder)))
            ours.append(demo(browser))
            texts.append(view(browser, "/", ".crumbs"))
            rows.append(view(browser, "/entry?ref=tiles:v0&path=tiles.table.json", ".table[data-ready] .row"))
        browser.close()
    for at, what in enumerate(("vitrina demo, command to first cards", "click on a card to its picture")):
        base, own = (min(found[at] for found in side) for side in (bases, ours))
        print(f"{what}: {own / base:.2f} of a minimal Streamlit page ({own:.2f} s to {base:.2f} s)")
    base = min(first for first, _ in bases)
    for what, found, budget in (("to first text", texts, 1.25), ("to the rows of a table", rows, 1.7)):
        ratio = min(found) / base
        verdict = "ok" if ratio <= budget else "OVER"
        print(f"row 28  vitrina view, {what}: {ratio:.2f} of at most {budget} ({min(found):.2f} s)  {verdict}")


if __name__ == "__main__":
    main()
