"""The viewer's server: Streamlit in this process, behind our gate, with our routes, on one loopback port.

Streamlit's own start (``streamlit run``, ``App.run``) prints, watches settings files and searches the network for an
address to print. This one binds its own socket and hands it to uvicorn; Streamlit is an ASGI application in it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import UsageError
from app.security import HOST, Gate, GateMiddleware

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from app.session import Session

__all__ = ["DEFAULT_PORT", "bind", "make_app", "serve"]

DEFAULT_PORT = 8720

#: Ports tried after the default one: more viewers at once than anybody opens.
_PORTS_TRIED = 50

#: The page script.
_MAIN = Path(__file__).with_name("main.py")

#: Modules of the first page.
_FIRST_NEEDED = ("app.views.store", "app.views.artifact", "numpy", "PIL.Image")

#: Seconds that open pages have to close their connection when the viewer ends.
_GRACE_SECONDS = 1


def bind(port: int | None = None) -> socket.socket:
    """Return a listening socket on 127.0.0.1.

    Parameters
    ----------
    port : int, optional
        This port and no other; 0 for any. Without it `DEFAULT_PORT`, or the next one that is free.

    Raises
    ------
    UsageError
        If it is taken, or not allowed.
    """
    wanted = [port] if port is not None else list(range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED))
    problem = ""
    for candidate in wanted:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free for us
            elif sys.platform == "win32":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # else another may share it
            sock.bind((HOST, candidate))
            sock.listen(128)
        except (OSError, OverflowError) as error:
            sock.close()
            problem = getattr(error, "strerror", None) or str(error)
        else:
            return sock
    subject = f"port {port}" if port is not None else f"ports {wanted[0]} to {wanted[-1]}"
    raise UsageError(subject, f"cannot be used ({problem})", "Name a free one with --port.")


def make_app(gate: Gate, *, script: Path = _MAIN, on_start: Callable[[], None] | None = None) -> Any:
    """Return the ASGI application: Streamlit, our routes, the gate in front of both.

    Parameters
    ----------
    gate : Gate
        Decides who may come in.
    script : Path, optional
        The page script; tests bring their own.
    on_start : callable, optional
        Called when the application is ready to answer.

    Notes
    -----
    `app.streamlit_settings.apply_settings` must have been called before: Streamlit reads options here.
    """
    import streamlit as st
    from starlette.middleware import Middleware

    from app.comparing.api import routes as compare_routes
    from app.exporting import routes as export_routes
    from app.film.api import routes as film_routes
    from app.finding.api import routes as find_routes
    from app.graphs.serving import routes as graph_routes
    from app.media import routes
    from app.opaque import routes as frame_routes
    from app.pages import UnknownPageMiddleware
    from app.policies import HeadersMiddleware, document_policy
    from app.runs.api import routes as run_routes
    from app.sound.api import routes as sound_routes
    from app.tables.api import routes as table_routes
    from app.verify_api import routes as verify_routes

    @contextlib.asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        if on_start is not None:
            on_start()
        yield

    policy = document_policy(Path(st.__file__).parent / "static")
    return st.App(
        script,
        routes=[
            *routes(),
            *frame_routes(),
            *table_routes(),
            *compare_routes(),
            *sound_routes(),
            *film_routes(),
            *graph_routes(),
            *export_routes(),
            *find_routes(),
            *run_routes(),
            *verify_routes(),
        ],
        middleware=[
            Middleware(GateMiddleware, gate=gate),
            Middleware(HeadersMiddleware, policy=policy),
            Middleware(UnknownPageMiddleware),
        ],
        lifespan=lifespan,
    )


def serve(session: Session, *, port: int | None = None, open_browser: bool = False, script: Path = _MAIN) -> None:
    """Show a session in the browser until interrupted; print one address.

    Parameters
    ----------
    session : Session
        What to show.
    port : int, optional
        See `bind`.
    open_browser : bool, optional
        Also open it.
    script : Path, optional
        The page script; tests bring their own.

    Raises
    ------
    UsageError
        If the port cannot be had.
    ViewerStartError
        If Streamlit's options are not what they must be.
    """
    from app.session import set_current
    from app.streamlit_settings import apply_settings
    from app.text import printable
    from app.viewer_key import load_viewer_key

    with bind(port) as listener:
        port = listener.getsockname()[1]
        key = load_viewer_key()
        gate = Gate(port, key.secret)

        def on_start() -> None:
            if key.notice:
                sys.stderr.write(f"vitrina: {key.notice}\n")
            sys.stdout.write(f"{printable(session.title)}: http://{HOST}:{port}/?token={gate.token}\n")
            sys.stdout.flush()
            threading.Thread(target=_warm_up, daemon=True).start()
            if open_browser:
                _open(f"http://{HOST}:{port}/?token={gate.one_time_token()}")

        apply_settings(port)
        set_current(session)
        _run(make_app(gate, script=script, on_start=on_start), listener)


def _run(application: Any, listener: socket.socket) -> None:
    """Answer on `listener` until a signal comes."""
    import uvicorn

    config = uvicorn.Config(
        application,
        host=HOST,
        port=listener.getsockname()[1],
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=64 * 1024 * 1024,  # as the option server.maxMessageSize
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,  # addresses hold tokens
        server_header=False,
        proxy_headers=False,  # there is no proxy; X-Forwarded-For would be believed
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    listener.setblocking(False)
    uvicorn.Server(config).run(sockets=[listener])


def _warm_up() -> None:
    """Import what the first page needs while the browser still loads Streamlit's own scripts."""
    import importlib

    from datatypes.registry import load_types

    for name in _FIRST_NEEDED:
        importlib.import_module(name)
    load_types()


def _open(address: str) -> None:
    """Open the user's browser, without waiting for it and without taking over this terminal."""
    import webbrowser

    has_screen = (
        os.name == "nt"
        or sys.platform == "darwin"
        or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )
    if has_screen:  # without one, webbrowser starts a text browser in this terminal
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
