"""Measurements and frames of a video for its page: the address of its bytes with ``/api/film/`` for ``/api/m/``.

``?what=times`` (packed numbers: the time of each frame), ``?what=frames&from=&count=&side=`` (packed PNG files of
frames, reduced to a longest side), ``?what=strip&count=&side=`` (small frames side by side, one WebP),
``?what=progress`` (JSON). The address holds the digest of the file, so an answer never changes and the browser keeps
it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from app import media
from app.film.frames import as_webp, read_range, read_strip, strip_numbers
from app.film.times import Times, read_times
from app.sound.api import hash_of
from app.sound.kept import kept, progress
from app.sound.packing import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.routing import Route
    from starlette.types import ASGIApp

    from datatypes.video import Video

__all__ = ["answer", "routes"]

#: Rules of measuring; another number and all is measured again.
RULES = 1

#: Most pixels of one answer with frames: 16 of full HD.
_MAX_PIXELS = 16 * 1920 * 1080
_MAX_FRAMES = 64
_MAX_STRIP = 60


def routes() -> list[Route]:
    """Return the routes of this module, for the server."""
    from starlette.routing import Route

    return [Route("/api/film/{token}/{name}", _answer, methods=["GET", "HEAD"])]


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
        what, digest = query.get("what", ""), str(entry.digest)
        if what == "progress":
            return JSONResponse({"done": progress(digest)}, headers=fresh)
        makers = {"times": _times, "frames": _frames, "strip": _strip}
        if what not in makers:
            return PlainTextResponse("There is no such measurement.\n", 404, fresh)
        data = makers[what](_video(artifact, entry.path), digest, query)
    except Exception as error:  # noqa: BLE001  # the boundary of a request: the video is a stranger's file
        found = problem_of(error, name)
        status = 404 if isinstance(error, LookupError) else 409
        sentence = str(error.args[0]) if type(error) is LookupError else f"{found.subject}: {found.problem}"
        return PlainTextResponse(f"{sentence}\n", status, fresh)
    mime = "image/webp" if what == "strip" else "application/octet-stream"
    etag = f'"{RULES}-{token[-24:]}-{hash_of(query)}"'
    return BytesResponse(io.BytesIO(data), size=len(data), mime=mime, etag=etag, name=what)


def _video(artifact: Any, name: str) -> Video:
    from datatypes.video import Video

    return Video.from_file(name, artifact)


def _packed_times(video: Video, digest: str) -> bytes:
    def make(tell: Callable[[float], None]) -> bytes:
        found = read_times(video, tell)
        return packed({"end": found.end_secs, "timeless": found.timeless}, secs=found.secs)

    return kept(digest, f"times/{RULES}", make)


def _read_times(video: Video, digest: str) -> Times:
    header, arrays = unpacked(_packed_times(video, digest))
    return Times(arrays["secs"], header["end"], header["timeless"])


def _times(video: Video, digest: str, _query: Mapping[str, str]) -> bytes:
    return _packed_times(video, digest)


def _frames(video: Video, digest: str, query: Mapping[str, str]) -> bytes:
    """Return frames as PNG files one after another: ``files`` holds them, ``lengths`` says how long each is."""
    import numpy as np

    from datatypes import png

    times = _read_times(video, digest)
    side = _number(query, "side", 0, 1 << 14) or None
    start = _number(query, "from", 0, max(len(times.secs) - 1, 0))
    most = max(1, _MAX_PIXELS // max(1, _pixels_of(video, side)))
    count = max(1, min(_number(query, "count", 1, _MAX_FRAMES), most))
    frames = read_range(video, times.secs, start, min(start + count, len(times.secs)), side)
    files = [png.encode(frame) for frame in frames]
    sizes = [[frame.shape[1], frame.shape[0]] for frame in frames]
    joined = np.frombuffer(b"".join(files), np.uint8)
    return packed({"from": start, "lengths": [len(file) for file in files], "sizes": sizes}, files=joined)


def _pixels_of(video: Video, side: int | None) -> int:
    from app.film.probe import probe

    info = probe(video)
    width, height = (info.width, info.height) if info is not None else (1, 1)
    return min(width * height, side * side) if side else width * height


def _strip(video: Video, digest: str, query: Mapping[str, str]) -> bytes:
    """Return small frames of one size side by side."""
    import numpy as np

    count = max(1, _number(query, "count", 20, _MAX_STRIP))
    side = max(16, _number(query, "side", 96, 320))

    def make(_tell: Callable[[float], None]) -> bytes:
        times = _read_times(video, digest)
        found = read_strip(video, times.secs, strip_numbers(len(times.secs), count), side)
        if not found:
            raise ValueError("there is no frame to show")
        shape = found[0].shape
        return as_webp(np.concatenate([frame for frame in found if frame.shape == shape], axis=1), quality=70)

    return kept(digest, f"strip/{RULES}/{count}/{side}", make)


def _number(query: Mapping[str, str], key: str, default: int, most: int) -> int:
    text = query.get(key, "")
    return min(int(text), most) if text.isdecimal() and len(text) < 16 else default
