"""One answer with bytes: ranges, validators, streaming without growing. Knows HTTP and nothing of artifacts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from app.policies import MEDIA_POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from starlette.types import Receive, Scope, Send

__all__ = ["BytesResponse", "NotModified", "Range", "is_fresh", "parse_range"]

#: Bytes in one piece of an answer. Larger ones are no faster; smaller ones cost a thread switch each.
_CHUNK_BYTES = 256 * 1024

#: The address changes with the bytes.
_IMMUTABLE = "private, max-age=31536000, immutable"

_ALWAYS = {
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Range(NamedTuple):
    """Part of a file, both ends included; `first` > `last` when the request cannot be satisfied."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Bytes in it."""
        return self.last - self.first + 1


def parse_range(header: str | None, size: int) -> Range | None:
    """Read a ``Range`` header.

    Parameters
    ----------
    header : str or None
        As sent.
    size : int
        Length of the whole in bytes.

    Returns
    -------
    Range or None
        None to send the whole: without a header, or with one that is malformed, of another unit, or asks for several
        parts (RFC 9110 section 14.2 lets a server do so). A range of no bytes if the part lies outside.
    """
    found = re.fullmatch(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", header or "", re.IGNORECASE)
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        wanted = min(int(last), size)
        return Range(size - wanted, size - 1) if wanted else Range(size, size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        return Range(size, size - 1)
    return Range(int(first), min(int(last), size - 1) if last else size - 1)


def is_fresh(if_none_match: str | None, etag: str) -> bool:
    """Whether the browser's copy is still good; weak comparison, as RFC 9110 section 13.1.2 asks."""
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag in tags or tags == ["*"]


class NotModified:
    """An answer that says: your copy is good.

    Parameters
    ----------
    etag : str
        Validator of the copy.
    """

    def __init__(self, etag: str) -> None:
        self._etag = etag

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        await _start(send, 304, {"cache-control": _IMMUTABLE, "etag": self._etag})
        await send({"type": "http.response.body", "body": b""})


class BytesResponse:
    """An answer with the bytes of a file, or a part of it.

    Parameters
    ----------
    file : binary file
        Open; closed here in every case.
    size : int
        Length in bytes.
    mime : str
        Content type; ``application/…`` becomes a download.
    etag : str
        Strong validator with its quotes.
    name : str
        File name for a download.
    """

    def __init__(self, file: BinaryIO, *, size: int, mime: str, etag: str, name: str) -> None:
        self._file = file
        self._size = size
        self._etag = etag
        self._headers = {
            "accept-ranges": "bytes",
            "cache-control": _IMMUTABLE,
            "content-encoding": "identity",  # else Streamlit's middleware compresses it at every request
            "content-security-policy": MEDIA_POLICY,
            "content-type": mime,
            "etag": etag,
        }
        if mime.startswith("application/"):
            self._headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD request."""
        try:
            await self._answer(scope, send)
        finally:
            self._file.close()

    async def _answer(self, scope: Scope, send: Send) -> None:
        asked = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        part = parse_range(self._range_header(asked), self._size) if scope["method"] == "GET" else None
        if part is not None and part.length == 0:
            unmet = {"content-range": f"bytes */{self._size}", "content-length": "0", "cache-control": "no-store"}
            await _start(send, 416, unmet)
            await send({"type": "http.response.body", "body": b""})
            return
        status = 200 if part is None else 206
        part = part or Range(0, self._size - 1)
        headers = {**self._headers, "content-length": str(part.length)}
        if status == 206:
            headers["content-range"] = f"bytes {part.first}-{part.last}/{self._size}"
        if scope["method"] == "HEAD":
            await _start(send, status, headers)
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._stream(send, status, headers, part)

    def _range_header(self, asked: Mapping[str, str]) -> str | None:
        """Return the range that is asked for; none if the browser's other part is of other bytes."""
        condition = asked.get("if-range")
        return asked.get("range") if condition is None or condition.strip() == self._etag else None

    async def _stream(self, send: Send, status: int, headers: dict[str, str], part: Range) -> None:
        """Send the part piece by piece. A file that ends early breaks the connection off: no cut answer looks whole."""
        from anyio.to_thread import run_sync

        await run_sync(_go_to, self._file, part.first)
        await _start(send, status, headers)
        left = part.length
        while left:
            piece = await run_sync(self._file.read, min(_CHUNK_BYTES, left))
            if not piece:
                raise EOFError(f"the file ends {left} bytes before its recorded size")
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _start(send: Send, status: int, headers: dict[str, str]) -> None:
    pairs = [(key.encode(), value.encode("latin-1")) for key, value in sorted((_ALWAYS | headers).items())]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


def _go_to(file: BinaryIO, position: int) -> None:
    """Go to a position; by reading on from the start where a file cannot seek."""
    if file.seekable():
        file.seek(position)
        return
    while position:
        piece = file.read(min(_CHUNK_BYTES, position))
        if not piece:
            return
        position -= len(piece)
