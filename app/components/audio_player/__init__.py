"""The sound on its stage: levels and spectrogram over one time, a cursor through both, selection, loop, channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["audio_player"]

_SCRIPTS = (
    "measured.js",
    "time.js",
    "snapshot.js",
    "waveform.js",
    "spectrum.js",
    "cursor.js",
    "channels.js",
    "transport.js",
    "state.js",
    "player.js",
    "painting.js",
    "listening.js",
)


def audio_player(data: Mapping[str, Any], *, key: str) -> None:
    """Draw a sound.

    Parameters
    ----------
    data : mapping
        ``label`` (for screen readers), ``source`` (what is played), ``transcode`` (played where the browser refuses the
        source), ``original`` (the file), ``plays`` (whether the source is the file itself), ``measured`` (address of
        `app.sound.api`, or empty where nothing is decoded), ``rate`` (hertz), ``channels``, ``frames``, ``subtype``.
    key : str
        Place on the page.

    Notes
    -----
    Its state in the address: ``t`` (seconds), ``rate`` (speed), ``loop`` (first–last second), ``win`` (the seconds that
    are seen), ``ch`` (channel of the spectrogram, from 1), ``freq`` (``lin``), ``floor`` (decibels at black), ``mute``
    (channels, from 1).
    """
    mount("audio_player", dict(data), key=key, scripts=_SCRIPTS)
