"""The film on its stage: played by the browser, or frame by frame from the server; frame numbers, repeat, strip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["video_player"]

_SCRIPTS = (
    "../audio_player/measured.js",
    "../audio_player/time.js",
    "../audio_player/snapshot.js",
    "element_engine.js",
    "frame_engine.js",
    "bar.js",
    "player.js",
    "listening.js",
)


def video_player(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a film.

    Parameters
    ----------
    data : mapping
        ``label`` (for screen readers), ``source`` (the file), ``measured`` (address of `app.film.api`, or empty where
        nothing is decoded), ``still`` (frames come from the server: a GIF), ``codec``, ``width`` and ``height`` (as
        stored; 0 where unknown), ``rate`` (frames a second), ``duration`` (seconds), ``sound``.
    key : str
        Place on the page.

    Notes
    -----
    Its state in the address: ``t`` (seconds), ``rate`` (speed), ``loop`` (first–last second, or ``all``), ``zoom``
    (``1`` for one to one).
    """
    mount("video_player", dict(data), key=key, scripts=_SCRIPTS)
