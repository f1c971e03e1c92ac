"""Sounds: every sample, the declared rate and length, and what W&B clipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.verifying.types.base import TypeCheck

if TYPE_CHECKING:
    from app.verifying.part import Part


class AudioCheck(TypeCheck):
    """Checks of sounds."""

    tags: ClassVar[tuple[str, ...]] = ("audio-file",)

    def inspect(self, part: Part, value: Any) -> None:
        """Decode every sample; count those at full scale."""
        samples, rate = value.to_numpy()
        declared = part.stored.get("sample_rate")
        if isinstance(declared, int) and declared != rate and part.record is None:
            text = f"says {declared:,} Hz and the file has {rate:,}: W&B writes what was declared and does not look"
            part.finding("rate-not-of-file", declared, text)
        if part.record is None and value.subtype == "PCM_16":
            _clipped(part, samples)


def _clipped(part: Part, samples: Any) -> None:
    import numpy as np

    scaled = np.rint(np.asarray(samples, np.float64) * (1.0 if samples.dtype.kind in "iu" else 32768.0))
    count = int(np.count_nonzero((scaled >= 32767) | (scaled <= -32768)))
    if count:
        text = (
            f"{count:,} of {samples.size:,} samples are at full scale: W&B has probably clipped this, because it "
            "stores 16 bits and cuts what lies beyond ±1"
        )
        part.finding("clipped", count, text)
