"""Answers with bytes: ranges, validators, downloads, files that lie about their length."""

import asyncio
import io

import pytest

from app.http_bytes import BytesResponse, NotModified, Range, is_fresh, parse_range

DATA = bytes(range(256)) * 4
ETAG = '"abc"'


def ask(response, method="GET", **headers):
    sent = []

    async def send(message):
        sent.append(message)

    pairs = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    asyncio.run(response({"type": "http", "method": method, "headers": pairs}, None, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], {key.decode(): value.decode() for key, value in sent[0]["headers"]}, body


def response(data=DATA, mime="image/png", name="cat.png", size=None):
    size = len(data) if size is None else size
    return BytesResponse(io.BytesIO(data), size=size, mime=mime, etag=ETAG, name=name)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("bytes=0-0", Range(0, 0)),
        ("bytes=0-", Range(0, 9)),
        ("bytes=3-5", Range(3, 5)),
        ("bytes=3-500", Range(3, 9)),
        ("bytes=-3", Range(7, 9)),
        ("bytes=-300", Range(0, 9)),
        ("Bytes = 3 - 5", Range(3, 5)),
        ("bytes=10-", Range(10, 9)),
        ("bytes=-0", Range(10, 9)),
        ("bytes=5-3", None),
        ("bytes=-", None),
        ("bytes=1-2,4-5", None),
        ("bytes=a-b", None),
        ("bytes=٣-٥", None),
        ("items=0-5", None),
        ("bytes=0-" + "9" * 400, None),
    ],
)
def test_range_of_ten_bytes(header, expected):
    assert parse_range(header, 10) == expected


def test_range_of_nothing():
    assert parse_range("bytes=0-", 0).length == 0


@pytest.mark.parametrize(
    ("header", "fresh"),
    [(ETAG, True), (f'"x", W/{ETAG}', True), ("*", True), ('"abcd"', False), (None, False), ("abc", False)],
)
def test_freshness(header, fresh):
    assert is_fresh(header, ETAG) is fresh


class TestAnswers:
    def test_whole(self):
        status, headers, body = ask(response())
        assert (status, body) == (200, DATA)
        assert headers == {
            "accept-ranges": "bytes",
            "cache-control": "private, max-age=31536000, immutable",
            "content-encoding": "identity",
            "content-length": "1024",
            "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "content-type": "image/png",
            "cross-origin-resource-policy": "same-origin",
            "etag": ETAG,
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }

    def test_part(self):
        status, headers, body = ask(response(), range="bytes=1000-2000")
        assert (status, body) == (206, DATA[1000:])
        assert (headers["content-range"], headers["content-length"]) == ("bytes 1000-1023/1024", "24")

    def test_part_outside(self):
        status, headers, body = ask(response(), range="bytes=1024-")
        assert (status, body, headers["content-range"]) == (416, b"", "bytes */1024")

    def test_head_has_the_length_and_no_body(self):
        status, headers, body = ask(response(), "HEAD", range="bytes=1-2")
        assert (status, headers["content-length"], body) == (200, "1024", b"")

    def test_unchanged(self):
        status, headers, body = ask(NotModified(ETAG), range="bytes=0-1")
        assert (status, body, headers["etag"]) == (304, b"", ETAG)
        assert "content-type" not in headers

    def test_part_of_other_bytes_gives_the_whole(self):
        assert ask(response(), range="bytes=0-1", if_range='"old"')[0] == 200
        assert ask(response(), range="bytes=0-1", if_range=ETAG)[0] == 206

    def test_downloads_are_named(self):
        _, headers, _ = ask(response(mime="application/octet-stream", name='a "b"\r\nX: 1;ä.html'))
        assert headers["content-disposition"] == "attachment; filename*=UTF-8''a%20%22b%22%0D%0AX%3A%201%3B%C3%A4.html"

    def test_empty(self):
        status, headers, body = ask(response(b""))
        assert (status, headers["content-length"], body) == (200, "0", b"")

    def test_file_that_ends_early_is_no_whole_answer(self):
        with pytest.raises(EOFError, match="ends 6 bytes before"):
            ask(response(b"1234", size=10))

    def test_file_that_grew_is_cut_at_its_recorded_size(self):
        assert ask(response(size=10))[2] == DATA[:10]

    def test_stream_that_cannot_seek(self):
        class Pipe(io.BytesIO):
            def seekable(self):
                return False

            def seek(self, *_):
                raise io.UnsupportedOperation

        piped = BytesResponse(Pipe(DATA), size=1024, mime="image/png", etag=ETAG, name="x")
        assert ask(piped, range="bytes=900-910")[2] == DATA[900:911]

    def test_file_is_closed_when_the_reader_leaves(self):
        file = io.BytesIO(DATA)
        gone = BytesResponse(file, size=1024, mime="image/png", etag=ETAG, name="x")

        async def send(message):
            if message["type"] == "http.response.body":
                raise OSError("gone")

        with pytest.raises(OSError, match="gone"):
            asyncio.run(gone({"type": "http", "method": "GET", "headers": []}, None, send))
        assert file.closed
