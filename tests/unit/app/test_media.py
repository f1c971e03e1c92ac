"""Addresses of bytes: the same for the same bytes, useless for other bytes, bounded where they are kept."""

import asyncio
import hashlib
import io
import threading

import pytest

from app import media, session
from app.media import DerivedBytes, url_for, url_for_bytes

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


class Entry:
    def __init__(self, path, data):
        self.path, self.size, self.digest, self.ref = path, len(data), hashlib.sha256(data).hexdigest(), None


class Artifact:
    """Files in a dict."""

    kind = "artifact"
    name, version, aliases, qualified_name, digest = "pets", "v3", ("latest", "best"), "pets:v3", "ab" * 32
    problems = ()

    def __init__(self, **files):
        self.files = {"media/images/cat ä#1.png": PNG, "page.html": b"<script>alert(1)</script>", **files}
        self.opened = []

    def get_path(self, name):
        if name not in self.files:
            raise LookupError(name)
        return Entry(name, self.files[name])

    def open(self, name):
        if isinstance(self.files[name], Exception):
            raise self.files[name]
        self.opened.append(io.BytesIO(self.files[name]))
        return self.opened[-1]


@pytest.fixture
def artifact():
    artifact = Artifact()
    session.set_current(session.Session(artifact, "pets"))
    yield artifact
    session.set_current(None)


def ask(address, method="GET", **headers):
    """Send a request through the routes of `media`."""
    from starlette.applications import Starlette

    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.disconnect"}

    from urllib.parse import unquote

    scope = {
        "type": "http",
        "method": method,
        "path": unquote(address),
        "raw_path": address.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()],
    }
    asyncio.run(Starlette(routes=media.routes())(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], {key.decode(): value.decode() for key, value in sent[0]["headers"]}, body


class TestEntries:
    NAME = "media/images/cat ä#1.png"

    def test_bytes_come_back(self, artifact):
        address = url_for("pets:v3", self.NAME)
        assert address.startswith("/api/m/")
        assert address.endswith("/cat%20%C3%A4%231.png")
        status, headers, body = ask(address)
        assert (status, body, headers["content-type"]) == (200, PNG, "image/png")
        assert headers["etag"] == f'"{hashlib.sha256(PNG).hexdigest()}"'
        assert ask(address, range="bytes=8-9")[2] == b"\0\0"
        assert ask(address, if_none_match=headers["etag"])[0] == 304

    def test_all_files_are_closed(self, artifact):
        ask(url_for("pets:v3", self.NAME))
        assert artifact.opened
        assert all(file.closed for file in artifact.opened)

    def test_alias_and_artifact_give_the_same_address(self, artifact):
        assert url_for("pets:best", self.NAME) == url_for(artifact, self.NAME) == url_for("pets", self.NAME)

    def test_page_is_a_download_of_bytes(self, artifact):
        _, headers, _ = ask(url_for("pets:v3", "page.html"))
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"] == "attachment; filename*=UTF-8''page.html"
        assert headers["content-security-policy"].startswith("sandbox;")

    def test_address_of_other_bytes_is_gone(self, artifact):
        address = url_for("pets:v3", self.NAME)
        artifact.files[self.NAME] = PNG[::-1]
        status, headers, body = ask(address)
        assert (status, headers["cache-control"]) == (404, "no-store")
        assert body == b"The file has changed since its address was made. Load the page again.\n"
        assert url_for("pets:v3", self.NAME) != address

    @pytest.mark.parametrize("token", ["", "x", "%FF", "ä", "cGV0cw", "AAAA", "../..", "a" * 5000])
    def test_token_that_is_none(self, artifact, token):
        assert ask(f"/api/m/{token}/cat.png")[0] == 404

    def test_token_that_asks_for_more(self, artifact):
        def address(*parts):
            return f"/api/m/{media._Token(*parts).encode()}/{parts[2].rpartition('/')[2]}"

        mark = media._mark(hashlib.sha256(PNG).hexdigest())
        assert ask(address("pets:v3", mark, "../secret"))[0] == 404
        assert ask(address("other:v1", mark, "cat.png"))[0] == 404
        assert ask(address("pets:v3", "", "page.html"))[0] == 404  # no mark is none

    def test_name_in_the_address_must_be_that_of_the_file(self, artifact):
        address = url_for("pets:v3", "page.html")
        assert ask(address.replace("page.html", "cat.png"))[0] == 404

    def test_file_that_cannot_be_read_is_said(self, artifact):
        address = url_for("pets:v3", self.NAME)
        data, artifact.files = artifact.files, dict(artifact.files)
        artifact.get_path = lambda name: Entry(name, data[name])
        artifact.files[self.NAME] = ValueError("secret path")
        status, _, body = ask(address)
        assert (status, body) == (409, b"The file cannot be read: ValueError.\n")

    def test_nothing_is_changed_by_asking(self, artifact):
        for method in ("POST", "PUT", "DELETE"):
            assert ask(url_for("pets:v3", self.NAME), method)[0] == 405


class TestDerived:
    def test_bytes_come_back(self):
        address = url_for_bytes(PNG, "image/png", "thumb of a")
        assert address == url_for_bytes(PNG, "image/png", "thumb of a")
        assert address != url_for_bytes(PNG, "image/png", "thumb of b")
        status, headers, body = ask(address)
        assert (status, body, headers["content-type"]) == (200, PNG, "image/png")
        assert ask(address, if_none_match=headers["etag"])[0] == 304

    def test_function_is_called_when_asked_and_once(self):
        calls = []
        address = url_for_bytes(lambda: calls.append(threading.current_thread()) or PNG, "image/png", "lazy")
        assert calls == []
        assert [ask(address)[2], ask(address, range="bytes=0-3")[2]] == [PNG, PNG[:4]]
        assert len(calls) == 1
        assert calls[0] is not threading.main_thread()

    def test_failure_is_said(self):
        def fail():
            raise ValueError("secret")

        assert ask(url_for_bytes(fail, "image/png", "fails"))[::2] == (
            409,
            b"The preview cannot be made: ValueError.\n",
        )

    @pytest.mark.parametrize("mime", ["text/html", "image/svg+xml", "text/javascript", ""])
    def test_active_types_are_refused(self, mime):
        with pytest.raises(ValueError, match="is not a type that the viewer sends"):
            url_for_bytes(b"", mime, "x")

    def test_unknown(self):
        assert ask("/api/d/" + "0" * 40)[0] == 404


class TestBounds:
    def test_of_addresses(self):
        kept = DerivedBytes(max_items=2)
        first, second, third = (kept.add(bytes([n]), "image/png", str(n)) for n in range(3))
        assert kept.get(first) is None
        assert kept.get(second) == (b"\1", "image/png")
        assert kept.get(third) == (b"\2", "image/png")

    def test_of_bytes(self):
        kept = DerivedBytes(max_bytes=10)
        made = []
        given = kept.add(b"12345678", "image/png", "given")
        lazy = kept.add(lambda: made.append(1) or b"abcdefgh", "image/png", "lazy")
        assert kept.get(given) == (b"12345678", "image/png")
        assert kept.get(lazy) == (b"abcdefgh", "image/png")
        assert kept.get(given) is None  # thrown away, and nobody can make it again
        assert kept.get(lazy) == (b"abcdefgh", "image/png")
        assert made == [1]
        kept.add(b"1234567", "image/png", "third")
        assert kept.get(lazy) == (b"abcdefgh", "image/png")
        assert made == [1, 1]
        assert kept._made_bytes == sum(map(len, kept._made.values())) <= 10

    def test_larger_than_all(self):
        kept = DerivedBytes(max_bytes=10)
        token = kept.add(lambda: bytes(20), "image/png", "big")
        assert kept.get(token) == (bytes(20), "image/png")
        assert kept._made_bytes == 0

    def test_from_many_threads(self):
        kept = DerivedBytes(max_items=20, max_bytes=400)

        def work():
            for n in range(300):
                token = kept.add(lambda n=n: bytes([n % 50]) * 30, "image/png", str(n % 50))
                found = kept.get(token)
                assert found is None or found[0] == bytes([n % 50]) * 30

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert kept._made_bytes == sum(map(len, kept._made.values())) <= 400
        assert len(kept._makers) <= 20
