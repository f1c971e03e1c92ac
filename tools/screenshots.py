"""Make the pictures of the README from the sample artifacts, so that they show what is true.

    .venv/bin/python tools/screenshots.py

Drives the Chromium that the browser tests use (VITRINA_CHROMIUM, or the one on the path).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

#: File → address in the viewer, and what says that the page is drawn.
PICTURES = {
    "viewer.png": ("/entry?ref=type-gallery:v0&path=coins-found.image-file.json", ".stage[data-ready]"),
    "store.png": ("/", ".grid[data-ready]"),
    "types.png": ("/types", ".grid[data-ready]"),
    "table.png": ("/entry?ref=detector-comparison:v0&path=old-and-new.joined-table.json&sort=f1_y", "[data-ready]"),
    "run.png": ("/run", "figure[data-ready]"),
}


#: Takes the place of this checkout out of the texts of a page: pictures are of the product, not of a machine.
_WITHOUT_PLACE = """place => {
  const visit = node => {
    if (node.nodeType === Node.TEXT_NODE) node.nodeValue = node.nodeValue.replaceAll(place, '');
    for (const child of node.childNodes) visit(child);
    if (node.shadowRoot) visit(node.shadowRoot);
  };
  visit(document.body);
}"""


def main() -> None:
    """Start a viewer, take each picture, stop it."""
    chromium = os.environ.get("VITRINA_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("No Chromium on the path; name one in VITRINA_CHROMIUM.")
    command = [sys.executable, "-m", "app", "view", "sample_artifacts", "--no-open"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        opening = next(match[0] for line in server.stdout or () if (match := re.search(r"http://\S+", line)))
        home = urlsplit(opening)
        DOCS.mkdir(exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
            page.goto(opening)
            for name, (address, ready) in PICTURES.items():
                if address == "/run":  # its id is another in every store
                    page.locator(".runs a").first.click()
                else:
                    page.goto(f"{home.scheme}://{home.netloc}{address}")
                page.locator(ready).first.wait_for(timeout=60_000)
                page.wait_for_timeout(2500)  # previews
                page.evaluate(_WITHOUT_PLACE, f"{ROOT}/")
                page.screenshot(path=DOCS / name)
            browser.close()
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
