"""Strangers' documents in frames that reach nothing: no page, no cookie, no storage, no server, no network.

Each hostile document tries what it can, writes down how that went, and a *canary* on the loopback interface counts what
arrived: connections and datagrams. Nothing may, not even an empty connection.
"""

from __future__ import annotations

import itertools
import socket
import threading
import time
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).parent / "documents"

#: What browsers say about each try that they stop.
REFUSALS = r"policy: |Content Security Policy|sandbox|Blocked|blocked|Refused|Not allowed|Unsafe attempt|null"


ATOM = "ATOM  {0:>5}  {1:<3} {2} {3}{4:>4}    {5:8.3f}{6:8.3f}{7:8.3f}  1.00{8:6.2f}           {1:.1}  \n"

#: Moves the range of x of every plot, a little later.
MOVE = """() => setTimeout(() => {
  for (const view of Bokeh.index.roots) for (const model of view.model.references?.() ?? [])
    if (/^(Data)?Range1d$/.test(model.type)) model.start = (model.start ?? 0) - 0.25;
})"""


class Canary:
    """A listener on one port number, by TCP and by UDP, that writes down what comes."""

    def __init__(self):
        self.heard = []
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        for listen in (self._listen_tcp, self._listen_udp):
            threading.Thread(target=listen, daemon=True).start()

    def _listen_tcp(self):
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                try:
                    self.heard.append(connection.recv(200).split(b"\r\n")[0])
                except OSError:
                    self.heard.append(b"a silent connection")

    def _listen_udp(self):
        while True:
            try:
                self.heard.append(b"UDP " + self._udp.recv(200)[:2])
            except OSError:
                return

    def close(self):
        # `shutdown` wakes the threads that wait; `close` alone leaves them
        self._tcp.shutdown(socket.SHUT_RDWR)
        self._tcp.close()
        self._udp.close()


@pytest.fixture(scope="module")
def canary():
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture(scope="module")
def documents(canary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents") / "documents"
    folder.mkdir()
    for path in DOCUMENTS.iterdir():
        text = path.read_text("utf-8").replace("CANARY", f"http://127.0.0.1:{canary.port}")
        (folder / path.name).write_text(text.replace("PORT", str(canary.port)), "utf-8")
    (folder / "plain.html").write_text("<h1>Größe</h1>\r\n<p>no scripts &amp; no links\n", "utf-8")
    (folder / "empty.html").write_bytes(b"")
    (folder / "long_line.html").write_text("short\n" + "<b>😀 word</b>" * 100_000 + "\nend", "utf-8")
    lines = "".join(f"<p>line {number}</p>\n" for number in range(250_000))
    (folder / "large.html").write_text(f"<title>Large</title>\n{lines}", "utf-8")
    write_protein(folder, canary)
    write_plot(folder, canary)
    return folder


def write_protein(folder, canary):
    """A small protein whose file tries to get out."""
    import numpy as np

    hostile = f"http://127.0.0.1:{canary.port}/remark"
    remark = f"REMARK </script><script>parent.document.body.dataset.pwned=1;fetch('{hostile}')</script>\n"
    header = f"HEADER    <img src=x onerror=fetch('{hostile}')>\n"
    rows = [
        ATOM.format(i + 1, "CA", "ALA", "AB"[i // 6], i + 1, 3.8 * i, 3 * np.sin(i), 3 * np.cos(i), i)
        for i in range(12)
    ]
    (folder / "protein.pdb").write_text(f"{remark}{header}{''.join(rows)}END\n", "utf-8")


def write_plot(folder, canary):
    """A plot that works, and whose markup, pictures, tiles, data source and code try to get out."""
    import json

    from bokeh.layouts import column
    from bokeh.models import AjaxDataSource, CustomJS, Div, WMTSTileSource
    from bokeh.plotting import figure

    from datatypes import Bokeh

    out = f"http://127.0.0.1:{canary.port}"
    rtc = (
        f"new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{canary.port}'}}]}}).createDataChannel('x');"
        "document.title = 'way out';"
    )
    plot = figure(title="Steps", width=400, height=300)
    plot.line([0, 1, 2], [0, 4, 1], line_width=6)
    others = figure(width=200, height=150)
    others.image_url(url=[f"{out}/picture"], x=0, y=0, w=1, h=1)
    others.add_tile(WMTSTileSource(url=f"{out}/tile/{{X}}"))
    others.scatter("x", "y", source=AjaxDataSource(data_url=f"{out}/ajax", polling_interval=100, method="GET"))
    code = f"window.codeRan = true; fetch('{out}/code').catch(() => {{}}); try {{ {rtc} }} catch (error) {{}}"
    plot.x_range.js_on_change("start", CustomJS(code=code))
    markup = f"<b id='bold'>bold</b><img src='{out}/img' onerror='parent.document.body.dataset.pwned = 1'>"
    markup += f"<iframe src='{out}/frame'></iframe><svg onload=\"fetch('{out}/svg')\"></svg>"
    document = Bokeh(column(plot, others, Div(text=markup))).document_json
    (folder / "plot.bokeh.json").write_text(json.dumps(document), "utf-8")


@pytest.fixture(scope="module")
def frames_viewer(start_viewer, documents):
    return start_viewer(documents)


@pytest.fixture
def page(new_page, frames_viewer):
    page = new_page(frames_viewer)
    page.excuse(REFUSALS)
    return page


def entry(name, **more):
    return f"/entry?ref=documents&path={name}" + "".join(f"&{key}={value}" for key, value in more.items())


def inner_frame(page, state):
    """Wait for a state of the frame; return the frame."""
    page.locator(f"[data-ready='{state}']").wait_for()
    handle = page.locator("iframe").element_handle()
    return handle.content_frame()


def test_a_hostile_document_reaches_nothing_still_or_running(page, canary):
    page.show(entry("hostile.html"), "[data-ready='still']")
    frame = page.locator("iframe")
    assert frame.get_attribute("sandbox") == ""
    assert page.frame_locator("iframe").locator("#said").text_content() == "untouched"
    page.frame_locator("iframe").locator("#blank").click()
    notice = page.locator(".notices").text_content()
    assert "1 script" in notice
    assert "opens no network: 127.0.0.1" in notice

    page.get_by_role("switch", name="Run its scripts").click()
    inner = inner_frame(page, "running")
    assert page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    results = inner.evaluate("window.done")
    assert inner.evaluate("document.getElementById('said').textContent") == "scripts run"
    assert results.pop("origin") == "null"
    assert results.pop("beacon") in ("true", "false")  # it says yes before the policy says no
    assert results.pop("nonce_of_violation") == "undefined"
    assert results.pop("nonce_of_elements") == ""
    assert {name for name, result in results.items() if not result.startswith("blocked")} == set(), results
    time.sleep(1.5)  # for datagrams that would be sent
    inner.evaluate("document.getElementById('form').submit()")
    time.sleep(0.3)
    assert canary.heard == []
    inner.evaluate("void (location.href = document.getElementById('link').href)")
    time.sleep(1.2)
    assert set(canary.heard) <= {b"a silent connection"}  # Chromium connects before it asks the policy; nothing is said
    canary.heard.clear()
    assert page.evaluate("document.body.dataset.pwned") is None
    assert page.evaluate("[localStorage.x, sessionStorage.x]") == [None, None]
    assert "pwned" not in page.evaluate("document.cookie")
    assert page.context.pages == [page]
    assert not [text for text in page.seen if text.startswith(("request to another host", "socket to another"))]


def test_a_lawful_document_works_once_it_may(page):
    page.show(entry("lawful.html"), "[data-ready='still']")
    page.get_by_role("switch").press("Enter")
    inner = inner_frame(page, "running")
    assert inner.locator("#sum").text_content() == "42"  # `const` of one script in the next
    assert inner.locator("#written").get_attribute("data-ran") == "1"
    inner.get_by_role("button").click()
    assert inner.get_by_role("button").text_content() == "clicked"
    assert inner.evaluate("document.body.dataset.loaded") == "yes"
    inner.wait_for_function("window.addedRan")
    page.get_by_role("switch").click()
    page.locator("[data-ready='still']").wait_for()
    assert page.locator("iframe").get_attribute("sandbox") == ""
    assert "run" not in page.url
    page.show(entry("plain.html", run="1", scripts="on"), "[data-ready='still']")
    assert page.get_by_role("switch").count() == 0  # nothing to switch on


def test_the_source_is_the_file(page, documents):
    page.show(entry("plain.html"), "[data-ready='still']")
    page.get_by_role("tab", name="Source").click()
    page.locator("[data-loaded='source as stored']").wait_for()
    text = page.locator(".source .text").evaluate_all("parts => parts.map((part) => part.textContent).join('')")
    assert text.encode() == (documents / "plain.html").read_bytes()
    assert "tab=source" in page.url
    page.show(entry("large.html", tab="source"), "[data-loaded='source as stored']")
    assert page.locator(".source").get_attribute("data-lines") == "250002"
    page.show(entry("long_line.html", tab="source"), "[data-loaded='source as stored']")
    text = page.locator(".source .text").evaluate_all("parts => parts.map((part) => part.textContent).join('')")
    assert text == (documents / "long_line.html").read_text("utf-8")
    page.show(entry("empty.html", tab="nonsense"), "[data-ready='still']")
    assert page.locator(".ignored").text_content() == "tab=nonsense was ignored"
    assert page.locator("[data-tab='view']").count()
    assert "the document is empty" in page.locator(".notices").text_content()


def test_addresses_of_documents_answer_to_frames_alone(page, frames_viewer):
    from raw_http import ask

    page.show(entry("lawful.html"), "[data-ready='still']")
    still = page.locator("iframe").get_attribute("src")
    for how in ("still", "run"):
        path = still.replace("/still", f"/{how}")
        for fetch in ({"sec_fetch_dest": "document"}, {"sec_fetch_dest": "script"}):
            answer = ask(frames_viewer.port, path, cookie=frames_viewer.cookie, **fetch)
            assert answer.status == 403
        assert ask(frames_viewer.port, path, sec_fetch_dest="iframe").status == 403  # without the cookie
    run = still.replace("/still", "/run")
    assert ask(frames_viewer.port, run, cookie=frames_viewer.cookie).status == 403
    answers = [ask(frames_viewer.port, run, cookie=frames_viewer.cookie, sec_fetch_dest="iframe") for _ in "ab"]
    policies = [answer.headers["content-security-policy"] for answer in answers]
    assert policies[0] != policies[1]  # a nonce is used once
    assert all("frame-ancestors 'self'" in policy and "connect-src 'none'" in policy for policy in policies)
    assert all(policy.startswith("sandbox allow-scripts;") for policy in policies)


@pytest.fixture
def protein(page, documents, canary):
    """A small protein on the page, whose file tries to get out; the places of its atoms, (12, 3) in ångström."""
    import numpy as np

    from datatypes import Molecule

    page.show(entry("protein.pdb"), "[data-ready='page']")
    yield np.array([atom.place for atom in Molecule(documents / "protein.pdb").atoms()])
    assert page.evaluate("document.body.dataset.pwned") is None
    assert canary.heard == []


def test_a_molecule_is_drawn_in_each_style_and_colour(page, protein):
    import numpy as np

    assert page.locator(".stage").get_attribute("data-atoms") == str(len(protein))
    assert page.get_by_label("Style").input_value() == "cartoon"
    assert page.locator(".legend .meaning").all_text_contents() == ["A", "B"]
    frame = page.locator("iframe")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    assert frame.element_handle().content_frame().evaluate("self.origin") == "null"
    seen = [page.pixels(frame)]
    assert len(np.unique(seen[0].reshape(-1, 3), axis=0)) > 50  # not blank
    for label, choice in (("Style", "sphere"), ("Colour", "element"), ("Colour", "bfactor"), ("Style", "line")):
        page.get_by_label(label).select_option(choice)
        page.locator(f".stage[data-state*='{choice}']").wait_for()
        seen.append(page.pixels(frame))
    changed = [float((before != after).any(axis=2).mean()) for before, after in itertools.pairwise(seen)]
    assert min(changed) > 0.005, changed
    assert "style=line" in page.url
    assert "camera=" not in page.url  # nobody moved it
    assert "color=bfactor" in page.url
    page.show(entry("protein.pdb", style="sphere", color="nonsense"), "[data-ready='page']")
    assert page.get_by_label("Style").input_value() == "sphere"
    assert "color=nonsense was ignored" in page.locator(".counts").text_content()


def test_a_distance_is_that_of_the_file(page, protein):
    import numpy as np

    page.get_by_label("Style").select_option("sphere")
    page.locator(".stage[data-state*='sphere']").wait_for()
    frame = page.locator("iframe")
    inner, box = frame.element_handle().content_frame(), frame.bounding_box()
    for index in (0, 11):
        at = inner.evaluate("([x, y, z]) => viewer.modelToScreen({ x, y, z })", protein[index].tolist())
        page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    page.locator(".stage[data-distance]:not([data-distance=''])").wait_for()
    distance = float(page.locator(".stage").get_attribute("data-distance"))
    assert abs(distance - np.linalg.norm(protein[11] - protein[0])) < 1e-9
    page.locator(".readout").filter(has_text="CA").wait_for()
    page.keyboard.press("Shift+ArrowLeft")
    page.get_by_role("tab", name="Molecule").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url("**camera=*")
    page.keyboard.press("f")
    page.wait_for_url(lambda url: "camera" not in url)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save picture").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")
    page.get_by_role("tab", name="Atoms").click()
    page.locator("[data-loaded='data']").wait_for()
    assert page.locator(".tables tbody tr").count() == len(protein)


def test_a_plot_is_drawn_and_its_code_waits_for_the_switch(page, canary):
    import numpy as np

    def zoom():
        """Change the range of x, which runs the document's code if anything does; return whether it ran."""
        inner = page.locator("iframe").element_handle().content_frame()
        inner.evaluate(MOVE)  # later: while the browser's debugger evaluates, text may become code
        page.wait_for_timeout(600)
        return inner, inner.evaluate("window.codeRan === true")

    page.excuse("Failed to fetch JSON")
    page.show(entry("plot.bokeh.json"), "[data-ready='page']")
    frame = page.locator("iframe")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    pixels = page.pixels(frame).astype(int)
    blue = (np.abs(pixels - np.array([0x1F, 0x77, 0xB4])).max(axis=2) < 24).sum()
    assert blue > 1_000  # the line
    inner, ran = zoom()
    assert not ran
    assert inner.evaluate("self.origin") == "null"
    assert inner.get_by_text("bold").count() == 1
    assert "stay blank" in page.locator(".notices").text_content()
    assert canary.heard == []

    page.get_by_role("switch", name="Run its code").click()
    page.locator(".rights[data-on]").wait_for()
    page.locator("[data-ready='page']").wait_for()
    inner, ran = zoom()
    assert ran
    page.wait_for_timeout(800)
    assert inner.title() != "way out"
    assert canary.heard == []
    assert page.evaluate("document.body.dataset.pwned") is None
    page.get_by_role("tab", name="Data").click()
    page.locator("[data-loaded='data']").wait_for()
    assert page.locator(".tables section").first.locator("tbody tr").count() == 3


def test_a_hostile_picture_is_a_picture(page, canary):
    import numpy as np

    page.show(entry("hostile.svg"), "main img, .st-key-main img")
    page.wait_for_timeout(500)
    teal = np.abs(page.pixels(page.locator(".st-key-main")).astype(int) - np.array([0, 128, 128])).max(axis=2) < 8
    assert teal.sum() > 10_000
    assert page.evaluate("document.body.dataset.pwned") is None
    assert canary.heard == []
