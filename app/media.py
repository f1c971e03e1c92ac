"""Bytes for the browser: addresses of entries and of derived bytes, and the routes that answer them.

Pictures and media travel as addresses, never over the websocket. An address stays the same as long as the bytes do, so
the browser's cache works; it answers ranges; and it lies behind the cookie like everything else. The address of an
entry says by itself what it means (reference, digest, name), so it outlives a restart and nothing needs to be kept.
"""

from __future__ import annotations

import base64
import binascii
import collections
import functools
import hashlib
import io
import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from app import session
from app.media_types import ALLOWED_TYPES, SNIFF_BYTES, sniff

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from starlette.requests import Request
    from starlette.routing import Route
    from starlette.types import ASGIApp

__all__ = ["DerivedBytes", "entry_at", "routes", "url_for", "url_for_bytes"]

#: Digits in an address that tell the bytes of an entry from earlier ones of its name.
_MARK_DIGITS = 16

#: Derived bytes kept at once. A page shows some hundred previews; what falls out is made again when its page is drawn.
_MAX_DERIVED = 4096
_MAX_DERIVED_BYTES = 256 * 1024 * 1024

_NO_FILE = "There is no such file."
_CHANGED = "The file has changed since its address was made. Load the page again."


def url_for(ref: str | Any, name: str) -> str:
    """Return the root-relative address of an entry: ``/api/m/<token>/<file name>``.

    Parameters
    ----------
    ref : str or StoredArtifact
        A reference that the session resolves, or the artifact itself (``value.artifact_source.artifact``).
    name : str
        Full name of the entry in it: ``media/images/cat.png``.

    Raises
    ------
    LookupError
        If there is no such artifact or entry.
    """
    artifact = session.current().resolve(ref) if isinstance(ref, str) else ref
    entry = artifact.get_path(name)
    token = _Token(session.current().reference_of(artifact), _mark(entry.digest), entry.path)
    return f"/api/m/{token.encode()}/{quote(entry.path.rpartition('/')[2], safe='')}"


def _mark(digest: str) -> str:
    """Return digits that change with a digest, whatever its kind: sha256, md5 in base64, a file's time and size."""
    return hashlib.sha256(digest.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_DIGITS]


def url_for_bytes(data: bytes | Callable[[], bytes], mime: str, ident: str) -> str:
    """Register derived bytes (a thumbnail, an overlay) and return their address.

    Parameters
    ----------
    data : bytes or callable
        The bytes, or a pure function that makes them when they are asked for, in a thread of its own.
    mime : str
        Content type; one of `app.media_types.ALLOWED_TYPES`.
    ident : str
        Identifies the content: digest of the source and every parameter of the derivation. Equal idents, equal address.

    Raises
    ------
    ValueError
        If `mime` is not on the list.
    """
    return f"/api/d/{_derived.add(data, mime, ident)}"


def entry_at(token_text: str, file_name: str) -> tuple[Any, Any]:
    """Return the artifact and the entry that an address of `url_for` names, for routes that measure what it answers.

    Parameters
    ----------
    token_text, file_name : str
        The last two parts of the address.

    Raises
    ------
    LookupError
        If it names nothing, or bytes that have changed since; the message says so in a sentence.
    OSError, ValueError
        If the artifact cannot be read.
    """
    token = _Token.decode(token_text)
    if token is None or token.name.rpartition("/")[2] != file_name:
        raise LookupError(_NO_FILE)
    try:
        artifact = session.current().resolve(token.ref)
        entry = artifact.get_path(token.name)
    except (FileNotFoundError, LookupError) as error:
        raise LookupError(_NO_FILE) from error
    if entry.path != token.name:
        raise LookupError(_NO_FILE)
    if _mark(entry.digest) != token.mark:
        raise LookupError(_CHANGED)
    return artifact, entry


def _is_as_listed(file: BinaryIO, digest: str) -> bool:
    """Whether a file that nobody hashed is still the one that was listed; others are checked by their bytes."""
    if not digest.startswith("stat:"):
        return True
    found = os.fstat(file.fileno())
    return digest == f"stat:{found.st_dev:x}-{found.st_ino:x}-{found.st_size}-{found.st_mtime_ns}"


class _Token(NamedTuple):
    """What the address of an entry means."""

    ref: str
    mark: str
    name: str

    def encode(self) -> str:
        text = "\0".join(self).encode("utf-8", "surrogatepass")
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    @classmethod
    def decode(cls, token: str) -> _Token | None:
        try:
            padded = token.encode("ascii") + b"=" * (-len(token) % 4)
            parts = base64.b64decode(padded, altchars=b"-_", validate=True).decode("utf-8", "surrogatepass").split("\0")
        except (ValueError, binascii.Error):
            return None
        return cls(*parts) if len(parts) == 3 else None


class _Derived(NamedTuple):
    make: Callable[[], bytes]
    mime: str


class DerivedBytes:
    """Derived bytes by address, the least used thrown away; safe to use from several threads.

    Parameters
    ----------
    max_items : int
        Addresses kept.
    max_bytes : int
        Bytes kept; what was thrown away is made again from its function, if it was given as one.
    types : frozenset of str
        Content types that are taken.
    """

    def __init__(
        self,
        max_items: int = _MAX_DERIVED,
        max_bytes: int = _MAX_DERIVED_BYTES,
        *,
        types: frozenset[str] = ALLOWED_TYPES,
    ) -> None:
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._types = types
        self._lock = threading.Lock()
        self._makers: collections.OrderedDict[str, _Derived] = collections.OrderedDict()
        self._made: collections.OrderedDict[str, bytes] = collections.OrderedDict()
        self._made_bytes = 0

    def add(self, data: bytes | Callable[[], bytes], mime: str, ident: str) -> str:
        """Keep `data` and return its token."""
        if mime not in self._types:
            raise ValueError(f"{mime}: is not a type that the viewer sends. Use one of {sorted(self._types)}.")
        token = hashlib.sha256(f"{mime}\0{ident}".encode("utf-8", "surrogatepass")).hexdigest()[:40]
        with self._lock:
            if isinstance(data, bytes):
                self._keep(token, data)
                make: Callable[[], bytes] = functools.partial(self._lost, token)
            else:
                make = data
            self._makers[token] = _Derived(make, mime)
            self._makers.move_to_end(token)
            while len(self._makers) > self._max_items:
                self._drop(self._makers.popitem(last=False)[0])
        return token

    def get(self, token: str) -> tuple[bytes, str] | None:
        """Return the bytes and their type; None for what is not, or no longer, known."""
        with self._lock:
            derived = self._makers.get(token)
            if derived is None:
                return None
            self._makers.move_to_end(token)
            data = self._made.get(token)
            if data is not None:
                self._made.move_to_end(token)
                return data, derived.mime
        try:
            data = derived.make()
        except _LostError:
            return None
        with self._lock:
            self._keep(token, data)
        return data, derived.mime

    def _keep(self, token: str, data: bytes) -> None:
        self._drop(token)
        if len(data) > self._max_bytes:
            return
        self._made[token] = data
        self._made_bytes += len(data)
        while self._made_bytes > self._max_bytes:
            self._drop(next(iter(self._made)))

    def _drop(self, token: str) -> None:
        self._made_bytes -= len(self._made.pop(token, b""))

    @staticmethod
    def _lost(token: str) -> bytes:
        raise _LostError(token)


class _LostError(Exception):
    """Bytes that were given as such have been thrown away."""


_derived = DerivedBytes()


async def _answer_entry(request: Request) -> ASGIApp:
    from anyio.to_thread import run_sync

    given = request.path_params
    return await run_sync(_find_entry, given["token"], given["name"], request.headers.get("if-none-match"))


def _find_entry(token_text: str, file_name: str, if_none_match: str | None) -> ASGIApp:
    """Return the answer for an entry; 404 where the address does not, or no longer, name one."""
    from app.http_bytes import BytesResponse, NotModified, is_fresh

    try:
        artifact, entry = entry_at(token_text, file_name)
    except LookupError as error:
        return _plain(404, str(error.args[0]))
    except (OSError, ValueError) as error:
        return _plain(409, f"The file cannot be read: {type(error).__name__}.")
    etag = f'"{entry.digest if entry.digest.isalnum() else _mark(entry.digest)}"'
    if is_fresh(if_none_match, etag):
        return NotModified(etag)
    try:
        file = artifact.open(entry.path)
        if not _is_as_listed(file, entry.digest):
            file.close()
            session.current().reload()
            return _plain(404, _CHANGED)
    except (FileNotFoundError, LookupError):
        return _plain(404, _NO_FILE)
    except (OSError, ValueError) as error:
        return _plain(409, f"The file cannot be read: {type(error).__name__}.")
    mime = sniff(file.read(SNIFF_BYTES))
    size = file.seek(0, io.SEEK_END)
    return BytesResponse(file, size=size, mime=mime, etag=etag, name=file_name)


async def _answer_derived(request: Request) -> ASGIApp:
    from anyio.to_thread import run_sync

    from app.http_bytes import BytesResponse, NotModified, is_fresh

    token = request.path_params["token"]
    etag = f'"{token}"'
    if is_fresh(request.headers.get("if-none-match"), etag):  # equal addresses are equal bytes
        return NotModified(etag)
    try:
        found = await run_sync(_derived.get, token)
    except (OSError, ValueError, LookupError) as error:
        return _plain(409, f"The preview cannot be made: {type(error).__name__}.")
    if found is None:
        return _plain(404, "The preview is no longer kept. Load the page again.")
    data, mime = found
    return BytesResponse(io.BytesIO(data), size=len(data), mime=mime, etag=etag, name="preview")


def _plain(status: int, sentence: str) -> ASGIApp:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(f"{sentence}\n", status, {"Cache-Control": "no-store"})


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    from starlette.routing import Route

    return [
        Route("/api/m/{token}/{name}", _answer_entry, methods=["GET", "HEAD"]),
        Route("/api/d/{token}", _answer_derived, methods=["GET", "HEAD"]),
    ]
