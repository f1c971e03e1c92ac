"""HTTP by hand: requests that no well-behaved client would send, and answers as they came."""

from __future__ import annotations

import base64
import os
import socket
from typing import NamedTuple


class Answer(NamedTuple):
    """Status, headers by lower-case name (the last counts), body."""

    status: int
    headers: dict[str, str]
    body: bytes


def send(port: int, request: bytes, *, host: str = "127.0.0.1", timeout: float = 20) -> Answer:
    """Send bytes to a port; read until the other side closes, or the announced length is there."""
    with socket.create_connection((host, port), timeout=timeout) as connection:
        connection.sendall(request)
        received = b""
        while not _is_whole(received):
            piece = connection.recv(1 << 20)
            if not piece:
                break
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines[1:]]
    status = int(lines[0].split()[1]) if lines[0] else 0
    return Answer(status, {name.lower(): value.strip() for name, _, value in pairs}, body)


def _is_whole(received: bytes) -> bool:
    head, gap, body = received.partition(b"\r\n\r\n")
    if not gap:
        return False
    if head.startswith(b"HTTP/1.1 101"):
        return True
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line[15:])
    return False


def ask(port: int, path: str = "/", *, method: str = "GET", host: str | None = None, **headers: str) -> Answer:
    """Send one request; ``host=""`` leaves the Host header out, ``sec_fetch_site=…`` is a header."""
    named = {"host": f"127.0.0.1:{port}" if host is None else host, **headers, "connection": "close"}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items() if name != "host" or value]
    return send(port, "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1"))


def handshake(port: int, path: str = "/_stcore/stream", **headers: str) -> Answer:
    """Ask for a WebSocket; 101 means that it was opened."""
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = {"upgrade": "websocket", "sec_websocket_key": key, "sec_websocket_version": "13"}
    named = {"host": f"127.0.0.1:{port}", **headers, "connection": "Upgrade", **upgrade}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    return send(port, "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode("latin-1"))
