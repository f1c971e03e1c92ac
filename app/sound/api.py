"""Measurements of a sound for its page: the address of its bytes with ``/api/sound/`` for ``/api/m/``.

``?what=levels&from=&to=&columns=``, ``?what=spectrogram&from=&to=&columns=&window=&channel=`` (frames; packed
numbers), ``?what=wav`` (the sound as WAV, with ranges), ``?what=progress`` (JSON). The address holds the digest of the
file, so an answer never changes and the browser keeps it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

from app import media
from app.sound.kept import kept, progress
from app.sound.levels import measure_levels
from app.sound.packing import packed
from app.sound.spectrogram import DECIBELS_AT_ZERO, STEPS_PER_DECIBEL, measure_spectrogram
from app.sound.wav_stream import WavStream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from starlette.requests import Request
    from starlette.routing import Route
    from starlette.types import ASGIApp

    from datatypes.audio import Audio

__all__ = ["answer", "levels_of", "routes"]

#: Rules of measuring; another number and all is measured again.
RULES = 1

#: Columns of a whole sound: more than two screens of 1920 points are wide. A range is asked for with its own number.
OVERVIEW_COLUMNS = 4096
_SPECTROGRAM_COLUMNS = 2048
_MAX_COLUMNS = 8192


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    from starlette.routing import Route

    return [Route("/api/sound/{token}/{name}", _answer, methods=["GET", "HEAD"])]


async def _answer(request: Request) -> ASGIApp:
    from anyio.to_thread import run_sync

    given = request.path_params
    return await run_sync(answer, given["token"], given["name"], dict(request.query_params))


def answer(token: str, name: str, query: Mapping[str, str]) -> ASGIApp:
    """Return the answer to a request; every mistake is one with a sentence."""
    from starlette.responses import JSONResponse, PlainTextResponse

    from app.http_bytes import BytesResponse
    from app.renderers import problem_of

    fresh = {"Cache-Control": "no-store"}
    try:
        artifact, entry = media.entry_at(token, name)
        what = query.get("what", "")
        if what == "progress":
            return JSONResponse({"done": progress(str(entry.digest))}, headers=fresh)
        sound, digest = _sound(artifact, entry.path), str(entry.digest)
        etag = f'"{RULES}-{token[-24:]}-{hash_of(query)}"'
        if what == "wav":
            stream = WavStream(sound)
            return BytesResponse(
                cast("BinaryIO", stream), size=stream.size, mime="audio/wav", etag=etag, name="sound.wav"
            )
        makers = {"levels": levels_of, "spectrogram": spectrogram_of}
        if what not in makers:
            return PlainTextResponse("There is no such measurement.\n", 404, fresh)
        data = makers[what](sound, digest, query)
    except Exception as error:  # noqa: BLE001  # the boundary of a request: the sound is a stranger's file
        found = problem_of(error, name)
        status = 404 if isinstance(error, LookupError) else 409
        sentence = str(error.args[0]) if type(error) is LookupError else f"{found.subject}: {found.problem}"
        return PlainTextResponse(f"{sentence}\n", status, fresh)
    return BytesResponse(io.BytesIO(data), size=len(data), mime="application/octet-stream", etag=etag, name=what)


def hash_of(query: Mapping[str, str]) -> str:
    """Return digits that change with the parameters of a request."""
    import hashlib

    text = "&".join(f"{key}={item}" for key, item in sorted(query.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def levels_of(sound: Audio, digest: str, query: Mapping[str, str]) -> bytes:
    """Return the levels of a range, packed: ``low``, ``high``, ``rms`` (channels, bins), and a header."""
    start, stop, columns, whole = _range(sound, query, OVERVIEW_COLUMNS)

    def make(tell: Callable[[float], None]) -> bytes:
        found = measure_levels(sound, start, stop, columns, tell)
        header: dict[str, Any] = {
            "start": found.start, "stop": found.stop, "wanted": stop, "step": found.bin_frames,
            "peak": found.peak.tolist(), "meanSquare": found.mean_square.tolist(), "clipped": found.clipped.tolist(),
            "notFinite": found.not_finite,
        }  # fmt: skip
        return packed(header, low=found.low, high=found.high, rms=found.rms)

    return kept(digest, f"levels/{RULES}/{columns}", make, store=whole) if whole else make(lambda _part: None)


def spectrogram_of(sound: Audio, digest: str, query: Mapping[str, str]) -> bytes:
    """Return the spectrogram of a range, packed: ``levels`` (columns, bins), and a header."""
    start, stop, columns, whole = _range(sound, query, _SPECTROGRAM_COLUMNS)
    window = _number(query, "window", 0, 8192)
    chosen = _number(query, "channel", -1, 1 << 10)
    channel = chosen if 0 <= chosen < sound.channels else None

    def make(tell: Callable[[float], None]) -> bytes:
        found = measure_spectrogram(sound, start, stop, columns, window=window, channel=channel, tell=tell)
        header = {
            "start": found.start, "stop": stop, "step": found.column_frames, "window": found.window,
            "perColumn": found.windows_per_column, "covered": found.covered,
            "zero": DECIBELS_AT_ZERO, "steps": STEPS_PER_DECIBEL,
        }  # fmt: skip
        return packed(header, levels=found.levels)

    what = f"spectrogram/{RULES}/{columns}/{window}/{channel}"
    return kept(digest, what, make, store=whole) if whole else make(lambda _part: None)


def _range(sound: Audio, query: Mapping[str, str], most: int) -> tuple[int, int, int, bool]:
    """Return the range and the columns that are asked for, and whether it is the whole sound."""
    stop = _number(query, "to", sound.n_frames, sound.n_frames)
    start = _number(query, "from", 0, max(stop - 1, 0))
    columns = _number(query, "columns", most, _MAX_COLUMNS) or most
    return start, stop, columns, start == 0 and stop == sound.n_frames and columns == most


def _number(query: Mapping[str, str], key: str, default: int, most: int) -> int:
    text = query.get(key, "")
    return min(int(text), most) if text.isdecimal() and len(text) < 16 else default


def _sound(artifact: Any, name: str) -> Audio:
    from datatypes.audio import Audio

    return Audio.from_file(name, artifact)
