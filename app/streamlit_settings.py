"""Streamlit's options as the viewer needs them, and the proof that nobody else has set any.

Streamlit merges files (``~/.streamlit``, the working folder, the script's folder), environment and given options. A
folder that somebody downloaded must not be able to open the server to the network or bring a script along. So:

- the files are looked for in an empty folder of our own, and variables that begin with ``STREAMLIT_`` are dropped;
- what matters is given explicitly;
- afterwards every option is read back; one that differs, or that comes from elsewhere, stops the start.

Streamlit reads its files again only when told to, and its own runner is what tells it; ours is another (`app.server`).
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import ViewerStartError
from app.security import HOST
from app.theme import streamlit_theme

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["apply_settings", "check_settings", "settings"]

#: Where an option may come from: Streamlit's own default, Streamlit itself, or the options that we give.
_OWN_ORIGINS = frozenset({"<default>", "<streamlit>", "command-line argument or environment variable"})


def settings(port: int) -> dict[str, Any]:
    """Return the options that the viewer gives, by Streamlit's names."""
    return {
        "server.address": HOST,
        "server.port": port,
        "server.headless": True,
        "server.allowedHosts": [HOST, "localhost"],
        "server.enableCORS": True,
        "server.corsAllowedOrigins": [],
        "server.enableXsrfProtection": True,
        "server.xsrfCookieSameSite": "strict",
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.scriptHealthCheckEnabled": False,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.baseUrlPath": "",
        "server.customComponentBaseUrlPath": "",
        "server.trustedUserHeaders": {},
        "server.maxUploadSize": 1,  # MB; no page takes files
        "server.maxMessageSize": 64,  # MB; media never travel over the websocket
        "browser.serverAddress": HOST,
        "browser.serverPort": port,
        "browser.gatherUsageStats": False,
        "client.allowedOrigins": [],
        "client.showErrorDetails": "type",
        "client.showErrorLinks": False,
        "client.toolbarMode": "minimal",
        "global.developmentMode": False,
        "logger.hideWelcomeMessage": True,
        "logger.level": "warning",
        "runner.magicEnabled": False,
        "secrets.files": [],
        **streamlit_theme(),
    }


def apply_settings(port: int) -> None:
    """Give Streamlit our options; nobody else is asked.

    Raises
    ------
    ViewerStartError
        If an option is not what it must be.
    """
    for name in [name for name in os.environ if name.upper().startswith("STREAMLIT_")]:
        del os.environ[name]
    with _nowhere():
        from streamlit import config

        config.get_config_options(force_reparse=True, options_from_flags=settings(port))
    check_settings(port)


def check_settings(port: int) -> None:
    """Refuse to go on if an option differs from ours or was set by anybody else.

    Raises
    ------
    ViewerStartError
        Names the option and where it comes from.
    """
    from streamlit import config

    wanted = settings(port)
    for name, option in sorted(config.get_config_options().items()):
        origin = option.where_defined
        if name in wanted and option.value != wanted[name]:
            problem = f"is {option.value!r} ({origin}), but the viewer is safe only with {wanted[name]!r}"
        elif origin not in _OWN_ORIGINS:
            problem = f"is set to {option.value!r} by {origin}"
        else:
            continue
        raise ViewerStartError(
            f"Streamlit option {name}", problem, "Take that setting away, or start from another environment."
        )


@contextlib.contextmanager
def _nowhere() -> Iterator[None]:
    """Make home and working folder an empty private one: Streamlit looks for its files there."""
    homes = {name: os.environ.get(name) for name in ("HOME", "USERPROFILE")}
    try:
        before: Path | None = Path.cwd()
    except FileNotFoundError:  # the folder that we were started in is gone
        before = None
    with tempfile.TemporaryDirectory(prefix="vitrina-") as empty:
        os.environ.update(dict.fromkeys(homes, empty))
        os.chdir(empty)
        try:
            yield
        finally:
            for name, value in homes.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
            os.chdir(before if before is not None else os.sep)
