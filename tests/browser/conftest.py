"""One viewer and one browser for all tests; a page that fails on whatever would leave the machine.

- `viewer`: the command ``vitrina view`` in a process of its own, showing the folder `shown`.
- `start_viewer`: starts more of them, with another environment, folder or port.
- `page`: a Playwright page that has been let in, with `show`, `idle`, `pixels`. A request to another host, a report of
  the Content-Security-Policy, an error in a script or on the console fails its test, except what matches a pattern
  given to `excuse`; `seen` has them all.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]

_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--hide-scrollbars",
]
_IDLE = """() => { const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-testid="stSkeleton"],[data-testid="stAppSkeleton"],[data-stale="true"]'); }"""
_TWO_FRAMES = """() => document.fonts.ready.then(
  () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1)))))"""
_REPORT = """document.addEventListener('securitypolicyviolation',
  event => console.error('policy: ' + event.violatedDirective + ' blocked ' + event.blockedURI));"""
#: Streamlit looks for its server below every part of a deep address and misses; nothing else may.
_PROBE = re.compile(r"/_stcore/(health|host-config)$")


def listen_to_interrupts():
    """Undo what a shell does to programs in its background: they would not hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Viewer:
    """A running ``vitrina view``.

    Attributes
    ----------
    base : str
        ``http://127.0.0.1:PORT``.
    address : str
        As printed, with the token.
    """

    def __init__(self, path, *, port=0, env=None, cwd=None, arguments=()):
        self.log = []
        command = [sys.executable, "-m", "app", "view", str(path), "--no-open", "--port", str(port), *arguments]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            cwd=cwd or HOME,
            preexec_fn=listen_to_interrupts,  # noqa: PLW1509  # the tests have one thread
        )
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)", line)
        if not found:
            rest, errors = self.process.communicate(timeout=20)
            raise RuntimeError(f"no address from the viewer: {line}{rest}{errors}")
        self.address, self.port, self.token = found[0], int(found[1]), found[2]
        self.base = f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self):
        """The cookie that the token is exchanged for: ``name=value``."""
        from raw_http import ask

        return ask(self.port, f"/?token={self.token}").headers["set-cookie"].partition(";")[0]

    def stop(self):
        """End it as Ctrl-C does; return exit code, rest of the output, and errors."""
        import signal

        self.process.send_signal(signal.SIGINT)
        output, errors = self.process.communicate(timeout=20)
        return self.process.returncode, output, errors


@pytest.fixture(scope="session")
def clean_environment(tmp_path_factory):
    """Variables for a viewer: a home of its own, our package on the path, nothing from outside that steers it."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "PYTHONPATH": str(HOME),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture(scope="session")
def start_viewer(clean_environment):
    """Return a function that starts a viewer; all are ended with the tests."""
    running = []

    def start(path, *, env=None, **options):
        viewer = Viewer(path, env={**clean_environment, **(env or {})}, **options)
        running.append(viewer)
        return viewer

    yield start
    for viewer in running:
        if viewer.process.poll() is None:
            viewer.process.terminate()
    for viewer in running:
        viewer.process.communicate(timeout=20)


@pytest.fixture(scope="session")
def shown(tmp_path_factory):
    """Return the folder that `viewer` shows: three pictures."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("shown") / "pictures"
    folder.mkdir()
    for name, colour in (("blue.png", (0, 0, 255)), ("green.png", (0, 128, 0)), ("red.png", (255, 0, 0))):
        Image.new("RGB", (48, 32), colour).save(folder / name)
    return folder


@pytest.fixture(scope="session")
def viewer(start_viewer, shown):
    return start_viewer(shown)


@pytest.fixture(scope="session")
def browser():
    """Chromium, named by VITRINA_CHROMIUM or found on the path."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("VITRINA_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if program is None:
        pytest.fail("There is no Chromium. Install one (Debian: apt-get install chromium), or set VITRINA_CHROMIUM.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=_SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser):
    """Return a function that gives a page in a browser profile of its own; its faults fail the test."""
    contexts, faults = [], []

    def make(viewer, *, let_in=True, **options):
        settings = {
            "viewport": {"width": 1280, "height": 800},
            "device_scale_factor": 1,
            "reduced_motion": "reduce",
            "color_scheme": "light",
            "locale": "en-GB",
            "timezone_id": "UTC",
            **options,
        }
        context = browser.new_context(**settings)
        contexts.append(context)
        if let_in:
            context.request.get(viewer.address)
        return _watched(context, viewer, faults)

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_page, viewer):
    return new_page(viewer)


def _watched(context, viewer, faults):
    """Return a new page with our helpers; what goes wrong on it is added to `faults`."""
    page, excuses, seen = context.new_page(), [], []

    def fault(text):
        seen.append(text)
        if not any(re.search(pattern, text) for pattern in excuses):
            faults.append(text)

    def on_console(message):
        where = message.location.get("url", "")
        if message.type == "error" and not (_PROBE.search(where) and "status of 404" in message.text):
            fault(f"console: {message.text} ({where})")

    def on_outside(route):
        fault(f"request to another host: {route.request.url}")
        route.abort()

    def on_socket(socket):
        if not socket.url.startswith(viewer.base.replace("http", "ws", 1) + "/"):
            fault(f"socket to another host: {socket.url}")

    def idle():
        page.wait_for_function(_IDLE, timeout=30_000)
        page.evaluate(_TWO_FRAMES)

    def show(path, ready=None):
        page.goto(viewer.base + path)
        if ready:
            page.locator(ready).first.wait_for(timeout=30_000)
        idle()

    context.add_init_script(_REPORT)
    context.route(lambda url: not url.startswith((viewer.base + "/", "data:", "blob:")), on_outside)
    page.on("console", on_console)
    page.on("pageerror", lambda error: fault(f"script error: {error}"))
    page.on("websocket", on_socket)
    page.show, page.idle, page.pixels, page.viewer = show, idle, _pixels, viewer
    page.excuse, page.seen = excuses.append, seen
    return page


def _pixels(locator):
    """Return what a locator shows as an array (height, width, 3) of uint8, in CSS pixels."""
    import numpy as np
    from PIL import Image

    picture = locator.screenshot(animations="disabled", scale="css")
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def wait_until(condition, *, seconds=20):
    """Wait until something is true; fail when it does not become so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
