"""Sounds of every dtype, and a file."""

from __future__ import annotations

import io

import numpy as np

from datatypes.audio import Audio


def examples():
    random = np.random.default_rng(0)
    floats = random.uniform(-1.2, 1.2, (400, 2))
    for dtype in ("float16", "float32", "float64"):
        yield dtype, Audio(floats.astype(dtype), 8000, caption=dtype)
        yield f"{dtype} exact", Audio(floats.astype(dtype), 8000, exact=True)
    for dtype in ("int8", "uint8", "int16", "int32"):
        limits = np.iinfo(dtype)
        yield dtype, Audio(random.integers(limits.min, limits.max + 1, 300).astype(dtype), 44100)
    flac = Audio((floats * 1000).astype(np.int16), 8000, file_type="flac")
    yield "flac", flac
    yield "file object", Audio(io.BytesIO(flac.open().read()), caption="a file")
    yield "nothing", Audio(np.zeros(0, np.float32), 8000)
