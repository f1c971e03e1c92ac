"""One answer with bytes: ranges, validators, streaming without growing. Knows HTTP and nothing of artifacts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from app.policies import MEDIA_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from starlette.types import Receive, Scope, Send

__all__ = ["BytesResponse", "Range", "is_fresh", "parse_range"]

#: Bytes in one piece of an answer. Larger ones are no faster; smaller ones cost a thread switch each.
_CHUNK_BYTES = 256 * 1024


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


class BytesResponse:
    """An answer with the bytes of a file, or a part of it.

    Parameters
    ----------
    open_file : callable
        Opens the file; called in a worker thread, when the bytes are wanted.
    size : int
        Length in bytes.
    mime : str
        Content type; `BYTES` and JSON become downloads.
    etag : str
        Strong validator with its quotes.
    name : str
        File name for a download.
    """

    def __init__(
        self, open_file: Callable[[], BinaryIO], *, size: int, mime: str, etag: str, name: str
    ) -> None:
        self._open_file = open_file
        self._size = size
        self._etag = etag
        self._headers = {
            "accept-ranges": "bytes",
            "cache-control": "private, max-age=31536000, immutable",  # the address changes with the bytes
            "content-encoding": "identity",  # else Streamlit's middleware compresses it at every request
            "content-security-policy": MEDIA_POLICY,
            "content-type": mime,
            "cross-origin-resource-policy": "same-origin",
            "etag": etag,
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }
        if mime.startswith("application/"):
            self._headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD request."""
        asked = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if is_fresh(asked.get("if-none-match"), self._etag):
            await self._start(send, 304, {}, dropped=("content-type", "content-disposition"))
            await send({"type": "http.response.body", "body": b""})
            return
        part = parse_range(self._range_header(asked), self._size) if scope["method"] == "GET" else None
        if part is None:
            status, part = 200, Range(0, self._size - 1)
        elif part.length == 0:
            unmet = {"content-range": f"bytes */{self._size}", "content-length": "0", "cache-control": "no-store"}
            await self._start(send, 416, unmet, dropped=("content-type", "content-disposition"))
            await send({"type": "http.response.body", "body": b""})
            return
        else:
            status = 206
        extra = {"content-length": str(part.length)}
        if status == 206:
            extra["content-range"] = f"bytes {part.first}-{part.last}/{self._size}"
        if scope["method"] == "HEAD":
            await self._start(send, status, extra)
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._stream(send, status, extra, part)

    def _range_header(self, asked: Mapping[str, str]) -> str | None:
        """Return the range that is asked for; none if the browser's other part is of other bytes."""
        condition = asked.get("if-range")
        return asked.get("range") if condition is None or condition.strip() == self._etag else None

    async def _start(
        self, send: Send, status: int, extra: dict[str, str], *, dropped: tuple[str, ...] = ()
    ) -> None:
        headers = {key: value for key, value in (self._headers | extra).items() if key not in dropped}
        pairs = [(key.encode(), value.encode("latin-1")) for key, value in sorted(headers.items())]
        await send({"type": "http.response.start", "status": status, "headers": pairs})

    async def _stream(self, send: Send, status: int, extra: dict[str, str], part: Range) -> None:
        """Send the part piece by piece. A file that ends early breaks the connection off: no short answer looks whole."""
        from anyio.to_thread import run_sync

        file = await run_sync(self._open_file)
        try:
            if part.first:
                await run_sync(_go_to, file, part.first)
            await self._start(send, status, extra)
            left = part.length
            while left:
                piece = await run_sync(file.read, min(_CHUNK_BYTES, left))
                if not piece:
                    raise EOFError(f"the file ends {left} bytes before its recorded size")
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            file.close()


def _go_to(file: BinaryIO, position: int) -> None:
    """Move forward; by reading where a file cannot seek."""
    if file.seekable():
        file.seek(position)
        return
    while position:
        piece = file.read(min(_CHUNK_BYTES, position))
        if not piece:
            return
        position -= len(piece)


