"""The sound of a plucked string."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["plucked"]


def plucked(note: int, seconds: float, sample_rate_hz: int) -> NDArray[np.float64]:
    """Return a note, samples in [-1, 1].

    Parameters
    ----------
    note : int
        MIDI's number: 69 is the A of 440 Hz.
    seconds : float
        Length.
    sample_rate_hz : int
        Samples a second.

    Notes
    -----
    Source: K. Karplus and A. Strong, "Digital synthesis of plucked-string and drum timbres", Computer Music Journal 7
    (1983): a loop of noise whose neighbours are averaged in each round.
    """
    period = round(sample_rate_hz / (440 * 2 ** ((note - 69) / 12)))
    loop = np.random.default_rng(note).uniform(-0.6, 0.6, period)
    loop -= loop.mean()  # a string swings around its rest
    rounds = []
    for _ in range(int(seconds * sample_rate_hz) // period + 1):
        rounds.append(loop)
        loop = 0.5 * (loop + np.roll(loop, 1)) * 0.998
    samples = np.concatenate(rounds)[: int(seconds * sample_rate_hz)]
    fade = np.minimum(1, np.linspace(40, 0, len(samples)))
    faded: NDArray[np.float64] = samples * fade
    return faded
