"""Bytes for the browser: addresses of entries and of derived bytes, and the routes that answer them.

Pictures and media travel as addresses, never over the websocket. An address stays the same as long as the bytes do, so
the browser's cache works; it answers ranges; and it lies behind the cookie like everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["url_for", "url_for_bytes"]


def url_for(ref: str | Any, name: str) -> str:
    """Return the root-relative address of an entry: ``/api/m/<token>/<file name>``.

    Parameters
    ----------
    ref : str or StoredArtifact
        A reference that the session resolves, or the artifact itself (``value.artifact_source.artifact``).
    name : str
        Full name of the entry in it: ``media/images/cat.png``.
    """
    raise NotImplementedError


def url_for_bytes(data: bytes | Callable[[], bytes], mime: str, ident: str) -> str:
    """Register derived bytes (a thumbnail, an overlay) and return their address.

    Parameters
    ----------
    data : bytes or callable
        The bytes, or a pure function that makes them when they are asked for; bounded by count and size.
    mime : str
        Content type; one of the allow-list.
    ident : str
        Identifies the content: digest of the source and every parameter of the derivation. Equal `ident`, equal address.
    """
    raise NotImplementedError
