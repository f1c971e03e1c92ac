"""The viewer's server against raw requests: who gets in, what it listens on, what steers it, what it sends."""

import json
import os
import re
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from raw_http import ask, handshake, send

from app import media, session

#: Whatever lies behind the gate: our page, Streamlit's own ways in, our own.
PATHS = [
    "/",
    "/artifact?ref=a",
    "/index.html",
    "/static/js/index.js",
    "/favicon.png",
    "/media/abc.png",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/upload_file/a/b",
    "/_stcore/bidi-components/a/b.js",
    "/_stcore/agent/v1/sessions",
    "/component/a/b.html",
    "/app/static/secret.txt",
    "/oauth2callback",
    "/api/m/x/y",
    "/api/d/x",
]


class TestWithoutCookie:
    @pytest.mark.parametrize("path", PATHS)
    def test_nothing_is_given(self, viewer, path):
        answer = ask(viewer.port, path)
        assert answer.status == 403
        assert answer.body == b"This browser has not been let in yet.\n"
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
    def test_no_method_opens(self, viewer, method):
        assert ask(viewer.port, "/", method=method).status == 403

    def test_a_person_is_told_what_to_do(self, viewer):
        answer = ask(viewer.port, accept="text/html")
        assert answer.status == 403
        assert b"<code>vitrina view</code>" in answer.body
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")

    def test_a_wrong_token_opens_nothing(self, viewer):
        for token in ("x", viewer.token[:-1], viewer.token + "x", "", viewer.token.swapcase()):
            answer = ask(viewer.port, f"/?token={token}")
            assert (answer.status, "set-cookie" in answer.headers) == (403, False)

    def test_no_socket(self, viewer):
        assert handshake(viewer.port, origin=viewer.base).status == 403
        assert handshake(viewer.port, f"/_stcore/stream?token={viewer.token}", origin=viewer.base).status == 403


class TestWithCookie:
    def test_token_is_exchanged_by_a_redirect(self, viewer):
        answer = ask(viewer.port, f"/artifact?ref=a%3Ab&token={viewer.token}")
        assert (answer.status, answer.headers["location"]) == (303, "/artifact?ref=a%3Ab")
        assert re.fullmatch(
            rf"vitrina-{viewer.port}=[0-9a-f]{{64}}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict",
            answer.headers["set-cookie"],
        )

    def test_page_has_its_policy(self, viewer):
        answer = ask(viewer.port, cookie=viewer.cookie)
        assert answer.status == 200
        policy = answer.headers["content-security-policy"]
        directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert directives["default-src"] == "'self'"
        assert directives["frame-ancestors"] == "'none'"
        assert directives["object-src"] == "'none'"
        assert "unsafe-inline" not in directives["script-src"]
        assert "unsafe-eval" not in directives["script-src"].replace("'wasm-unsafe-eval'", "")
        assert not re.search(r"https?:|\*|wss?:", policy)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in answer.headers

    def test_every_answer_has_the_plain_headers(self, viewer):
        for path in ("/_stcore/health", "/favicon.png", "/media/none.png", "/api/d/none"):
            answer = ask(viewer.port, path, cookie=viewer.cookie)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"

    def test_socket_opens(self, viewer):
        assert handshake(viewer.port, cookie=viewer.cookie, origin=viewer.base).status == 101

    @pytest.mark.parametrize(
        "origin",
        [
            "http://evil.example",
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "https://127.0.0.1:{port}",
            "http://localhost:{port}",
            "null",
            "",
        ],
    )
    def test_foreign_origin_gets_nothing(self, viewer, origin):
        given = {"origin": origin.format(port=viewer.port), "cookie": viewer.cookie}
        assert handshake(viewer.port, **given).status == 403
        for path in PATHS:
            assert ask(viewer.port, path, **given).status == 403
        assert ask(viewer.port, "/_stcore/upload_file/a/b", method="PUT", **given).status == 403

    def test_socket_without_origin_is_refused(self, viewer):
        assert handshake(viewer.port, cookie=viewer.cookie).status == 403

    @pytest.mark.parametrize(
        "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "127.0.0.1", "0.0.0.0:{port}"]
    )
    def test_forged_host_gets_nothing(self, viewer, host):
        host = host.format(port=viewer.port)
        for path in PATHS:
            assert ask(viewer.port, path, host=host, cookie=viewer.cookie).status == 400
        answer = handshake(viewer.port, host=host, cookie=viewer.cookie, origin=f"http://{host}")
        assert answer.status in (400, 403)

    def test_two_hosts_or_none_get_nothing(self, viewer):
        start, end = b"GET / HTTP/1.1\r\n", f"cookie: {viewer.cookie}\r\nconnection: close\r\n\r\n".encode()
        own = f"host: 127.0.0.1:{viewer.port}\r\n".encode()
        for hosts in (own + b"host: evil.example\r\n", b"host: evil.example\r\n" + own, own + own, b""):
            assert send(viewer.port, start + hosts + end).status == 400
        assert send(viewer.port, b"GET / HTTP/1.0\r\n" + end).status == 400
        assert send(viewer.port, b"GET http://evil.example/ HTTP/1.1\r\nhost: evil.example\r\n" + end).status == 400

    def test_another_site_cannot_embed(self, viewer):
        for site in ("cross-site", "same-site"):
            embed = {"sec_fetch_site": site, "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"}
            assert ask(viewer.port, "/favicon.png", cookie=viewer.cookie, **embed).status == 403

    def test_looking_changes_nothing(self, viewer):
        """Nothing writes on GET: Streamlit's upload takes PUT and DELETE alone, and those need our origin."""
        page = ask(viewer.port, cookie=viewer.cookie).body
        assert ask(viewer.port, "/_stcore/upload_file/a/b", cookie=viewer.cookie).body == page


class TestMedia:
    """Bytes of entries by their address; it means the same in this process, because it says what it means."""

    @pytest.fixture
    def address(self, shown):
        opened = session.open_target(shown)
        session.set_current(opened)
        yield lambda name: media.url_for(opened.opened, name)
        session.set_current(None)

    def test_bytes_come_whole_and_in_parts(self, viewer, shown, address):
        data = (shown / "red.png").read_bytes()
        whole = ask(viewer.port, address("red.png"), cookie=viewer.cookie)
        assert (whole.status, whole.body, whole.headers["content-type"]) == (200, data, "image/png")
        assert whole.headers["cache-control"] == "private, max-age=31536000, immutable"
        part = ask(viewer.port, address("red.png"), cookie=viewer.cookie, range="bytes=1-3")
        assert (part.status, part.body) == (206, b"PNG")
        assert part.headers["content-range"] == f"bytes 1-3/{len(data)}"
        assert "content-encoding" not in part.headers or part.headers["content-encoding"] == "identity"
        none = ask(viewer.port, address("red.png"), cookie=viewer.cookie, range=f"bytes={len(data)}-")
        assert (none.status, none.headers["content-range"]) == (416, f"bytes */{len(data)}")
        same = ask(viewer.port, address("red.png"), cookie=viewer.cookie, if_none_match=whole.headers["etag"])
        assert (same.status, same.body) == (304, b"")
        head = ask(viewer.port, address("red.png"), method="HEAD", cookie=viewer.cookie)
        assert (head.status, head.headers["content-length"], head.body) == (200, str(len(data)), b"")

    def test_are_not_compressed_again(self, viewer, address):
        answer = ask(viewer.port, address("red.png"), cookie=viewer.cookie, accept_encoding="gzip")
        assert answer.headers["content-encoding"] == "identity"

    def test_need_the_cookie(self, viewer, address):
        for headers in ({}, {"cookie": "vitrina-1=x"}, {"referer": viewer.base}):
            assert ask(viewer.port, address("red.png"), **headers).status == 403

    def test_other_names_lead_nowhere(self, viewer, address):
        address("red.png")
        for name in ("none.png", "../home0", "/etc/passwd", "pictures/../red.png", ""):
            token = media._Token("pictures", "0" * 16, name).encode()
            last = name.rpartition("/")[2] or "x"
            assert ask(viewer.port, f"/api/m/{token}/{last}", cookie=viewer.cookie).status == 404

    def test_large_files_do_not_grow_the_server(self, start_viewer, tmp_path):
        folder = tmp_path / "large"
        folder.mkdir()
        with (folder / "zeros.bin").open("wb") as file:
            file.truncate(300_000_000)
        viewer = start_viewer(folder)
        opened = session.open_target(folder)
        session.set_current(opened)
        address = media.url_for(opened.opened, "zeros.bin")
        session.set_current(None)
        status = Path(f"/proc/{viewer.process.pid}/status")
        if not status.exists():
            pytest.skip("this system does not tell how much memory a process takes")
        ask(viewer.port, address, cookie=viewer.cookie, range="bytes=0-9")
        before = settled_kilobytes(status)
        answer = ask(viewer.port, address, cookie=viewer.cookie)
        assert (len(answer.body), answer.headers["content-type"]) == (300_000_000, "application/octet-stream")
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''zeros.bin"
        assert kilobytes(status, "VmHWM") - before < 16_000
        viewer.stop()


def kilobytes(status, what):
    return int(re.search(rf"{what}:\s+(\d+)", status.read_text())[1])


def settled_kilobytes(status):
    """Wait until a process has imported what it imports in the background; return what it takes then, at most."""
    for _ in range(50):
        before = kilobytes(status, "VmHWM")
        time.sleep(1)
        if kilobytes(status, "VmHWM") == before:
            return before
    pytest.fail("the viewer grows without being asked")


class TestListening:
    def test_on_loopback_alone(self, viewer):
        addresses = {
            line.split()[1]
            for table in ("/proc/net/tcp", "/proc/net/tcp6")
            if Path(table).exists()
            for line in Path(table).read_text().splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[1].endswith(f":{viewer.port:04X}")
        }
        if not addresses:
            pytest.skip("this system does not say who listens where")
        assert addresses == {f"0100007F:{viewer.port:04X}"}

    def test_not_on_the_machine_s_own_address(self, viewer):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))  # sends nothing; tells which address would be used
                own = probe.getsockname()[0]
            except OSError:
                pytest.skip("this machine has no network")
        if own.startswith("127."):
            pytest.skip("this machine has no network")
        with pytest.raises(OSError):  # refused or unreachable, by the system
            socket.create_connection((own, viewer.port), timeout=2).close()

    def test_named_port_that_is_taken_is_said(self, viewer, shown, start_viewer):
        with pytest.raises(RuntimeError, match=rf"vitrina: port {viewer.port}: cannot be used .*--port"):
            start_viewer(shown, port=viewer.port)


class TestRestart:
    def test_cookie_outlives_it(self, shown, start_viewer):
        first = start_viewer(shown)
        cookie, port, token = first.cookie, first.port, first.token
        first.stop()
        second = start_viewer(shown, port=port)
        assert ask(port, cookie=cookie).status == 200
        assert handshake(port, cookie=cookie, origin=second.base).status == 101
        assert second.cookie == cookie
        assert ask(port, f"/?token={token}").status == 403  # the token does not
        assert ask(port, f"/?token={token}", cookie=cookie).headers["location"] == "/"
        second.stop()

    def test_it_ends_cleanly(self, shown, start_viewer):
        viewer = start_viewer(shown)
        assert ask(viewer.port, cookie=viewer.cookie).status == 200
        assert viewer.stop() == (130, "", "")

    def test_cookie_of_another_user_is_worth_nothing(self, viewer, shown, start_viewer, tmp_path):
        other = start_viewer(shown, env={"HOME": str(tmp_path)})
        name, value = viewer.cookie.split("=")[0], other.cookie.split("=")[1]
        assert ask(viewer.port, cookie=f"{name}={value}").status == 403
        other.stop()


HOSTILE_TOML = """
[server]
address = "0.0.0.0"
port = 9999
headless = false
enableCORS = false
enableXsrfProtection = false
enableStaticServing = true
allowedHosts = ["*"]
baseUrlPath = "evil"
fileWatcherType = "auto"
folderWatchList = ["/"]
enableAgentApi = true
sslCertFile = "cert.pem"
scriptHealthCheckEnabled = true
[browser]
gatherUsageStats = true
serverAddress = "evil.example"
[client]
showErrorDetails = "full"
toolbarMode = "developer"
allowedOrigins = ["https://evil.example"]
[global]
developmentMode = true
[theme]
base = "https://evil.example/theme.toml"
primaryColor = "#ff0000"
fontFaces = [{family = "x", url = "https://evil.example/font.woff2"}]
[secrets]
files = ["/etc/passwd"]
"""


@pytest.fixture
def hostile(tmp_path):
    """Return a folder and an environment that would open Streamlit to the world."""
    for folder in (tmp_path / "home" / ".streamlit", tmp_path / "work" / ".streamlit"):
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(HOSTILE_TOML)
        (folder / "secrets.toml").write_text('LD_PRELOAD = "evil.so"\n[auth]\ncookie_secret = "x"\n')
    (tmp_path / "work" / "pages").mkdir()
    (tmp_path / "work" / "pages" / "evil.py").write_text("raise SystemExit('ran')")
    (tmp_path / "work" / "static").mkdir()
    (tmp_path / "work" / "static" / "secret.txt").write_text("secret")
    env = {
        "HOME": str(tmp_path / "home"),
        "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
        "STREAMLIT_SERVER_PORT": "9999",
        "STREAMLIT_SERVER_COOKIE_SECRET": "known",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
        "STREAMLIT_GLOBAL_DEVELOPMENT_MODE": "true",
        "STREAMLIT_THEME_PRIMARY_COLOR": "#ff0000",
        "FORWARDED_ALLOW_IPS": "*",
        "WEB_CONCURRENCY": "4",
    }
    return tmp_path / "work", env


def test_hostile_surroundings_change_nothing(hostile, shown, start_viewer, viewer):
    work, env = hostile
    attacked = start_viewer(shown, env=env, cwd=work)
    cookie = attacked.cookie
    assert handshake(attacked.port, host=f"evil.example:{attacked.port}", cookie=cookie).status in (400, 403)
    page = ask(attacked.port, cookie=cookie).body
    for path in ("/app/static/secret.txt", "/_stcore/script-health-check"):  # not there, so the page answers
        assert ask(attacked.port, path, cookie=cookie).body == page
    settings = json.loads(ask(attacked.port, "/_stcore/host-config", cookie=cookie).body)
    assert settings == json.loads(ask(viewer.port, "/_stcore/host-config", cookie=viewer.cookie).body)
    assert settings["allowedOrigins"] == []
    ours, theirs = (ask(one.port, cookie=one.cookie) for one in (viewer, attacked))
    assert ours.body == theirs.body
    assert ours.headers["content-security-policy"] == theirs.headers["content-security-policy"]
    table = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
    assert f"00000000:{attacked.port:04X}" not in table
    assert attacked.stop() == (130, "", "")


SPY = """
import json, os, socket, sys
LOG = os.environ["SPY_LOG"]
def say(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = args[1] if event in ("socket.connect", "socket.sendto") else args[:2]
        with open(LOG, "a") as file:
            file.write(json.dumps([event, repr(address)]) + "\\n")
sys.addaudithook(say)
"""


def test_nothing_is_asked_of_the_network(hostile, shown, start_viewer, tmp_path, clean_environment):
    work, env = hostile
    (tmp_path / "spy").mkdir()
    (tmp_path / "spy" / "sitecustomize.py").write_text(SPY)
    log = tmp_path / "connections"
    path = os.pathsep.join([str(tmp_path / "spy"), clean_environment["PYTHONPATH"]])
    watched = start_viewer(shown, env={**env, "PYTHONPATH": path, "SPY_LOG": str(log)}, cwd=work)
    assert ask(watched.port, cookie=watched.cookie).status == 200
    assert handshake(watched.port, cookie=watched.cookie, origin=watched.base).status == 101
    watched.stop()
    assert not log.exists() or log.read_text() == ""


def test_the_spy_sees_connections(tmp_path):
    """The test above proves something only if its spy works."""
    (tmp_path / "sitecustomize.py").write_text(SPY)
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "SPY_LOG": str(tmp_path / "log")}
    code = textwrap.dedent(
        """
        import socket
        try:
            socket.create_connection(("127.0.0.1", 1), timeout=1)
        except OSError:
            pass
        """
    )
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    assert "socket.connect" in (tmp_path / "log").read_text()
