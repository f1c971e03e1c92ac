"""The gate: who gets in, who gets nothing, and what the answer says."""

import asyncio
import re

import pytest

from app.policies import gate_page, inline_script_hashes
from app.security import Entrance, Gate, GateMiddleware, Refusal

KEY = bytes(range(32))
PORT = 8720
HOST = b"127.0.0.1:8720"


@pytest.fixture
def gate():
    return Gate(PORT, KEY)


def http(*headers, method="GET", query=b"", path="/artifact", host=HOST):
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [(b"host", host), *headers],
    }


def socket(*headers, host=HOST):
    return {"type": "websocket", "path": "/_stcore/stream", "query_string": b"", "headers": [(b"host", host), *headers]}


def cookie(gate):
    return (b"cookie", f"other=1; {gate.cookie_name}={gate.cookie_value}; x=2".encode())


def origin(text=b"http://127.0.0.1:8720"):
    return (b"origin", text)


class TestCookie:
    def test_opens(self, gate):
        assert gate.judge(http(cookie(gate))) is None

    def test_is_the_same_after_a_restart(self, gate):
        again = Gate(PORT, KEY)
        assert (again.cookie_name, again.cookie_value) == (gate.cookie_name, gate.cookie_value)
        assert again.token != gate.token

    def test_of_another_port_or_key_is_worth_nothing(self, gate):
        for other in (Gate(PORT + 1, KEY), Gate(PORT, KEY[::-1])):
            forged = (b"cookie", f"{gate.cookie_name}={other.cookie_value}".encode())
            assert gate.judge(http(forged)) == Refusal(403, "This browser has not been let in yet.")

    @pytest.mark.parametrize("line", [b"", b"vitrina-8720", b"vitrina-8720=", b"vitrina-8720=\xff\xfe", b";;;=;"])
    def test_that_is_no_cookie(self, gate, line):
        assert gate.judge(http((b"cookie", line))).status == 403

    def test_cannot_be_read_by_scripts_or_sent_by_other_sites(self, gate):
        assert gate.set_cookie() == (
            f"vitrina-8720={gate.cookie_value}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict"
        )


class TestHost:
    @pytest.mark.parametrize("host", [b"127.0.0.1:8720", b"localhost:8720", b"LOCALHOST:8720"])
    def test_of_our_own(self, gate, host):
        assert gate.judge(http(cookie(gate), host=host)) is None

    @pytest.mark.parametrize(
        "host",
        [
            b"evil.example",
            b"evil.example:8720",
            b"127.0.0.1",
            b"127.0.0.1:8721",
            b"127.0.0.1.evil.example:8720",
            b"user@127.0.0.1:8720",
            b"127.0.0.1:8720@evil.example",
            b"[::1]:8720",
            b"localhost.:8720",
            b"",
        ],
    )
    def test_of_somebody_else(self, gate, host):
        assert gate.judge(http(cookie(gate), host=host)).status == 400
        assert gate.judge(socket(cookie(gate), origin(b"http://" + host), host=host)).status == 400

    def test_twice_or_never(self, gate):
        scope = http(cookie(gate))
        scope["headers"].append((b"host", HOST))
        assert gate.judge(scope).status == 400
        scope["headers"] = [cookie(gate)]
        assert gate.judge(scope).status == 400

    def test_without_a_port_on_port_80(self):
        gate = Gate(80, KEY)
        assert gate.judge(http(cookie(gate), host=b"localhost")) is None


class TestOrigin:
    FOREIGN = (
        b"http://localhost:3000",
        b"http://127.0.0.1:3000",
        b"http://evil.example",
        b"null",
        b"",
        b"https://127.0.0.1:8720",
    )

    @pytest.mark.parametrize("text", [*FOREIGN, b"http://localhost:8720"])
    def test_foreign_gets_nothing(self, gate, text):
        for scope in (http(cookie(gate), origin(text)), socket(cookie(gate), origin(text))):
            assert gate.judge(scope) == Refusal(403, "The request comes from another site.")

    def test_missing_is_refused_for_sockets_and_changes(self, gate):
        assert gate.judge(socket(cookie(gate))).status == 403
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT"):
            assert gate.judge(http(cookie(gate), method=method)).status == 403
            assert gate.judge(http(cookie(gate), origin(), method=method)) is None

    def test_own(self, gate):
        assert gate.judge(socket(cookie(gate), origin())) is None
        own = origin(b"http://localhost:8720")
        assert gate.judge(socket(cookie(gate), own, host=b"localhost:8720")) is None

    def test_own_is_not_enough(self, gate):
        assert gate.judge(socket(origin())).status == 403
        assert gate.judge(http(origin(), method="POST")).status == 403


class TestFetchMetadata:
    @pytest.mark.parametrize("site", [b"cross-site", b"same-site"])
    @pytest.mark.parametrize(
        ("mode", "dest"),
        [
            (b"no-cors", b"image"),
            (b"no-cors", b"script"),
            (b"navigate", b"iframe"),
            (b"navigate", b"object"),
            (b"", b""),
        ],
    )
    def test_nobody_embeds_us(self, gate, site, mode, dest):
        headers = (b"sec-fetch-site", site), (b"sec-fetch-mode", mode), (b"sec-fetch-dest", dest)
        assert gate.judge(http(cookie(gate), *headers)).status == 403

    def test_links_are_followed(self, gate):
        link = (b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document")
        assert gate.judge(http(cookie(gate), *link)) is None
        assert gate.judge(http(*link)).retry  # the browser keeps a strict cookie back
        assert not gate.judge(http((b"sec-fetch-site", b"same-origin"), *link[1:])).retry
        assert gate.judge(http(cookie(gate), *link, method="POST")).status == 403


class TestToken:
    def test_is_taken_out_of_the_address(self, gate):
        query = f"ref=pets%3Av3&token={gate.token}&path=a%20b".encode()
        assert gate.judge(http(query=query)) == Entrance("/artifact?ref=pets%3Av3&path=a%20b")
        assert gate.judge(http(query=f"token={gate.token}".encode(), path="/")) == Entrance("/")

    def test_works_again(self, gate):
        for _ in range(3):
            assert isinstance(gate.judge(http(query=f"token={gate.token}".encode())), Entrance)

    @pytest.mark.parametrize("token", ["", "x", "%00", "%ff", "ä"])
    def test_wrong(self, gate, token):
        refusal = gate.judge(http(query=f"token={token}".encode()))
        assert refusal.status == 403
        assert "no longer" in refusal.reason

    def test_of_an_earlier_start_goes_away_where_the_cookie_holds(self, gate):
        assert gate.judge(http(cookie(gate), query=b"token=old&ref=a")) == Entrance("/artifact?ref=a")

    def test_given_twice_opens_nothing(self, gate):
        assert gate.judge(http(query=f"token={gate.token}&token=x".encode())).status == 403

    @pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "http://evil.example/"])
    def test_never_leads_elsewhere(self, gate, path):
        assert gate.judge(http(query=f"token={gate.token}".encode(), path=path)).status == 400

    def test_does_not_open_sockets_or_changes(self, gate):
        scope = socket(origin())
        scope["query_string"] = f"token={gate.token}".encode()
        assert gate.judge(scope).status == 403
        assert gate.judge(http(origin(), method="POST", query=f"token={gate.token}".encode())).status == 403

    def test_for_one_time(self, gate):
        query = f"token={gate.one_time_token()}".encode()
        assert isinstance(gate.judge(http(query=query, method="HEAD")), Entrance)  # looking does not use it up
        assert isinstance(gate.judge(http(query=query)), Entrance)
        assert gate.judge(http(query=query)).status == 403

    def test_for_one_time_expires(self, gate, monkeypatch):
        query = f"token={gate.one_time_token()}".encode()
        monkeypatch.setattr("app.security.time.monotonic", lambda: 1e12)
        assert gate.judge(http(query=query)).status == 403


def ask(gate, scope):
    """Send a request through the middleware; return the messages that come back, and whether it passed."""
    sent, passed = [], []

    async def inner(scope, receive, send):
        passed.append(scope)

    async def send(message):
        sent.append(message)

    asyncio.run(GateMiddleware(inner, gate)(scope, None, send))
    return sent, bool(passed)


class TestMiddleware:
    def test_passes_what_may_pass(self, gate):
        assert ask(gate, http(cookie(gate))) == ([], True)
        assert ask(gate, {"type": "lifespan"}) == ([], True)

    def test_closes_sockets_before_they_open(self, gate):
        assert ask(gate, socket()) == ([{"type": "websocket.close", "code": 1008}], False)

    def test_redirects_with_the_cookie(self, gate):
        (start, body), passed = ask(gate, http(query=f"token={gate.token}".encode(), path="/"))
        headers = dict(start["headers"])
        assert not passed
        assert (start["status"], headers[b"location"], body["body"]) == (303, b"/", b"")
        assert headers[b"set-cookie"] == gate.set_cookie().encode()
        assert headers[b"cache-control"] == b"no-store"
        assert headers[b"referrer-policy"] == b"no-referrer"

    def test_tells_a_person_what_to_do(self, gate):
        (start, body), passed = ask(gate, http((b"accept", b"text/html,*/*")))
        assert not passed
        assert start["status"] == 403
        assert b"<code>vitrina view</code>" in body["body"]
        assert gate.token.encode() not in body["body"]
        assert gate.cookie_value.encode() not in body["body"]

    def test_tells_a_program_in_one_line(self, gate):
        (start, body), _ = ask(gate, http((b"accept", b"text/html"), path="/api/m/x/y"))
        assert dict(start["headers"])[b"content-type"] == b"text/plain; charset=utf-8"
        assert body["body"] == b"This browser has not been let in yet.\n"

    def test_has_no_body_for_head(self, gate):
        (start, body), _ = ask(gate, http(method="HEAD"))
        assert (start["status"], body["body"]) == (403, b"")


class TestPages:
    def test_gate_page_escapes_and_runs_nothing(self):
        page = gate_page("<script>x</script>", retry=False)
        assert "<script" not in page
        assert "refresh" not in page
        assert 'http-equiv="refresh"' in gate_page("x", retry=True)

    def test_inline_scripts_are_found_by_content(self):
        page = '<script>a()</script><script src="x.js"></script><script type="module">\nb()\n</script>'
        assert len(inline_script_hashes(page)) == 2
        assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", source) for source in inline_script_hashes(page))
