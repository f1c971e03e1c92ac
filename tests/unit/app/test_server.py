"""Ports, and when a browser is opened."""

import socket
import threading

import pytest

from app import server
from app.errors import UsageError


@pytest.fixture
def free_ports(monkeypatch):
    """Three ports in a row that nobody has, in place of the default one and its successors."""
    for first in range(20_000, 60_000, 7):
        sockets = []
        try:
            sockets.extend(server.bind(port) for port in range(first, first + 3))
        except UsageError:
            continue
        finally:
            for sock in sockets:
                sock.close()
        monkeypatch.setattr(server, "DEFAULT_PORT", first)
        monkeypatch.setattr(server, "_PORTS_TRIED", 3)
        return first
    pytest.fail("there are no free ports")


class TestBind:
    def test_takes_the_next_one(self, free_ports):
        with server.bind() as first, server.bind() as second:
            assert first.getsockname() == ("127.0.0.1", free_ports)
            assert second.getsockname() == ("127.0.0.1", free_ports + 1)

    def test_gives_up(self, free_ports):
        with (
            server.bind(),
            server.bind(),
            server.bind(),
            pytest.raises(UsageError, match=rf"^ports {free_ports} to {free_ports + 2}: cannot be used \(.*--port\.$"),
        ):
            server.bind()

    def test_takes_no_other_than_the_named_one(self, free_ports):
        with server.bind(free_ports), pytest.raises(UsageError, match=f"^port {free_ports}: cannot be used"):
            server.bind(free_ports)

    def test_any(self):
        with server.bind(0) as sock:
            assert sock.getsockname()[1] > 0
            socket.create_connection(sock.getsockname()).close()

    def test_number_that_is_no_port(self):
        with pytest.raises(UsageError, match="^port 70000: cannot be used"):
            server.bind(70_000)


@pytest.mark.parametrize(
    ("platform", "variables", "opened"),
    [
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {}, False),  # a text browser would take over the terminal
        ("darwin", {}, True),
    ],
)
def test_browser_is_opened_where_there_is_a_screen(monkeypatch, platform, variables, opened):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(server.sys, "platform", platform)
    seen = threading.Event()
    monkeypatch.setattr("webbrowser.open", lambda address: seen.set() if address == "http://x" else None)
    server._open("http://x")
    assert seen.wait(5 if opened else 0.2) is opened
