"""The lock as a browser sees it: who is let in, what other pages can reach, what our own page may do."""

import http.server
import threading

import pytest
from raw_http import ask


@pytest.fixture(scope="module")
def other_site():
    """Return the address of another server on this machine, whose pages are what a test puts into `pages`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            hits.append((self.path, self.headers.get("cookie", "")))

        do_POST = do_GET  # noqa: N815  # the name that http.server asks for

        def log_message(self, *_):
            pass

    pages, hits = {}, []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, pages, hits
    server.shutdown()
    thread.join()
    server.server_close()


def free_page(browser, viewer, *, let_in=True):
    """Return a page without the watch of the fixture: for visits to another site."""
    context = browser.new_context()
    if let_in:
        context.request.get(viewer.address)
    return context.new_page()


class TestLetIn:
    def test_printed_address_opens_and_shows_no_token(self, new_page, viewer):
        page = new_page(viewer, let_in=False)
        page.goto(viewer.address)
        page.idle()
        assert page.url == f"{viewer.base}/"
        assert page.evaluate("document.referrer") == ""
        assert page.evaluate("document.cookie.includes('vitrina')") is False

    def test_stranger_sees_what_to_do(self, new_page, viewer):
        page = new_page(viewer, let_in=False)
        page.excuse("status of 403")
        page.goto(f"{viewer.base}/artifact?ref=x")
        assert page.locator("h1").inner_text() == "Not let in"
        assert "vitrina view" in page.locator("body").inner_text()
        assert page.locator('[data-testid="stApp"]').count() == 0

    def test_bookmark_opens_after_a_restart(self, new_page, start_viewer, shown):
        first = start_viewer(shown)
        page = new_page(first)
        page.show("/")
        page.goto("about:blank")
        first.stop()
        second = start_viewer(shown, port=first.port)
        page.show("/")
        assert page.url == f"{first.base}/"
        page.goto("about:blank")
        second.stop()


class TestOtherSites:
    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
    def test_can_reach_nothing(self, browser, viewer, other_site, name):
        """Two names: a page of ``127.0.0.1:other`` is same-site, so even strict cookies are sent with its requests."""
        port, pages, _ = other_site
        assert ask(viewer.port, "/favicon.png", cookie=viewer.cookie).headers["content-type"] == "image/png"
        pages["/attack"] = "<!doctype html><title>attack</title>"
        page = free_page(browser, viewer)
        page.goto(f"http://{name}:{port}/attack")
        found = page.evaluate(
            """async base => {
              const attempt = promise => promise.then(String, error => 'blocked');
              const image = path => new Promise((good, bad) => {
                const tag = new Image(); tag.onload = () => good('shown'); tag.onerror = bad; tag.src = base + path; });
              const script = path => new Promise((good, bad) => {
                const tag = document.createElement('script'); tag.onload = () => good('ran'); tag.onerror = bad;
                tag.src = base + path; document.head.append(tag); });
              const socket = () => new Promise((good, bad) => {
                const ws = new WebSocket(base.replace('http', 'ws') + '/_stcore/stream', ['streamlit']);
                ws.onopen = () => good('open'); ws.onerror = bad; });
              const frame = () => new Promise(good => {
                const tag = document.createElement('iframe'); tag.src = base + '/';
                tag.onload = () => { try { good(tag.contentDocument.title) } catch { good('blocked') } };
                document.body.append(tag); });
              return {
                fetch: await attempt(fetch(base + '/', {credentials: 'include'}).then(r => r.text())),
                opaque: await attempt(fetch(base + '/', {credentials: 'include', mode: 'no-cors'}).then(r => r.type)),
                post: await attempt(fetch(base + '/', {method: 'POST', credentials: 'include'}).then(r => r.text())),
                image: await attempt(image('/favicon.png')),
                script: await attempt(script('/static/none.js')),
                socket: await attempt(socket()),
                frame: await frame(),
              };
            }""",
            viewer.base,
        )
        page.context.close()
        assert found == dict.fromkeys(("fetch", "opaque", "post", "image", "script", "socket", "frame"), "blocked")

    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
    @pytest.mark.parametrize("with_token", [False, True])
    def test_can_link_to_us(self, browser, viewer, other_site, name, with_token):
        """A note with a bookmark works, although the browser keeps strict cookies back on the way here."""
        port, pages, _ = other_site
        target = viewer.address if with_token else f"{viewer.base}/"
        pages["/notes"] = f'<!doctype html><a href="{target}">my pictures</a>'
        page = free_page(browser, viewer, let_in=not with_token)
        page.goto(f"http://{name}:{port}/notes")
        page.get_by_text("my pictures").click()
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=30_000)
        assert page.url == f"{viewer.base}/"
        assert page.evaluate("window.opener") is None
        page.context.close()

    def test_link_of_a_stranger_does_not_go_round_in_circles(self, browser, viewer, other_site):
        port, pages, _ = other_site
        pages["/notes"] = f'<!doctype html><a href="{viewer.base}/">pictures</a>'
        page = free_page(browser, viewer, let_in=False)
        answers = []
        page.on("response", lambda response: answers.append((response.url, response.status)))
        page.goto(f"http://localhost:{port}/notes")
        page.get_by_text("pictures").click()
        page.get_by_text("Not let in").wait_for()
        page.wait_for_timeout(500)
        assert answers[1:] == [(f"{viewer.base}/", 403)] * 2
        page.context.close()

    def test_forged_form_is_refused(self, browser, viewer, other_site):
        port, pages, _ = other_site
        pages["/form"] = (
            f'<!doctype html><form method="post" action="{viewer.base}/_stcore/upload_file/a/b">'
            "<button>go</button></form>"
        )
        page = free_page(browser, viewer)
        page.goto(f"http://127.0.0.1:{port}/form")
        with page.expect_response(lambda response: response.url.startswith(viewer.base)) as answer:
            page.get_by_text("go").click()
        assert answer.value.status == 403
        page.context.close()


class TestOwnPage:
    def test_runs_without_a_fault(self, page):
        page.show("/")
        assert page.seen == []

    def test_policy_keeps_it_on_this_machine(self, page):
        """Also a test of the fixture: what it promises to see, it sees."""
        page.show("/")
        page.excuse("policy: |Content Security Policy|violates|Refused")
        found = page.evaluate(
            """async () => {
              const attempt = promise => promise.then(() => 'sent', () => 'blocked');
              const tag = document.createElement('script');
              tag.textContent = 'window.ran = 1'; document.body.append(tag);
              const image = new Image();
              const shown = new Promise((good, bad) => { image.onload = good; image.onerror = bad; });
              image.src = 'http://192.0.2.1/x.png';
              return [window.ran === undefined, await attempt(fetch('http://192.0.2.1/')), await attempt(shown)];
            }"""
        )
        assert found == [True, "blocked", "blocked"]
        for directive in ("script-src-elem", "connect-src", "img-src"):
            assert any(text.startswith(f"console: policy: {directive} blocked") for text in page.seen), page.seen

    def test_fixture_sees_requests_to_other_hosts_and_errors(self, page):
        page.excuse(".")
        script = "console.error('said'); setTimeout(() => { throw Error('thrown') })"
        page.goto(f"data:text/html,<script>{script}</script><img src='http://192.0.2.1/x.png'>")
        page.wait_for_timeout(200)
        assert any("said" in text for text in page.seen)
        assert any("thrown" in text for text in page.seen)
        assert "request to another host: http://192.0.2.1/x.png" in page.seen

    def test_no_way_in_is_left_open_beside_it(self, page, viewer):
        """Everything that the page fetches lies behind the cookie."""
        fetched = []
        page.on("request", lambda request: fetched.append(request.url))
        page.show("/")
        paths = sorted({url.removeprefix(viewer.base) for url in fetched if url.startswith("http")})
        assert len(paths) > 5
        for path in paths:
            assert ask(viewer.port, path).status == 403
