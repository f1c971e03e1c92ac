"""Samples and their rate, or a file: WAV, FLAC, OGG, MP3. Every dtype that a WAV file holds is kept bit by bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import datatypes as dt
from app.demo.strings import plucked

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Audio", "ode-to-joy"


def log(artifact: Artifact) -> None:
    """Log it."""
    rate = 16_000
    melody = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62]  # Beethoven, in MIDI's numbers
    lengths = [1] * 12 + [1.5, 0.5, 2]
    notes = [plucked(number, 0.36 * length, rate) for number, length in zip(melody, lengths, strict=True)]
    samples = np.round(np.concatenate(notes) * 32767).astype(np.int16)
    artifact.add(dt.Audio(samples, sample_rate=rate, caption="Ode to Joy on a plucked string"), "ode-to-joy")
