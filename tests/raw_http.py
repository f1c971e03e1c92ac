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
        head, body = _read_head(connection)
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1]) if lines[0] else 0
        pairs = [line.partition(":") for line in lines[1:]]
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        wanted = int(headers["content-length"]) if "content-length" in headers else None
        if status == 101 or request.startswith(b"HEAD "):
            wanted = 0
        while (wanted is None or len(body) < wanted) and (piece := connection.recv(1 << 20)):
            body += piece
    return Answer(status, headers, bytes(body))


def _read_head(connection: socket.socket) -> tuple[bytes, bytearray]:
    """Read up to the empty line; return what stands before it, and what came after it."""
    received = bytearray()
    while b"\r\n\r\n" not in received and (piece := connection.recv(1 << 16)):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return bytes(head), body


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
