"""Point clouds and scenes: ``.pts.json`` written block by block, and read from every SDK's form.

Two forms: a *cloud* is a list of rows, (x, y, z), (x, y, z, category) or (x, y, z, red, green, blue); a *scene*
(``lidar/beta``) is an object with such points, boxes and vectors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import limits
from datatypes.errors import DecodeLimitError, RejectedTypeError, RejectedValueError, UnreadableMediaError
from datatypes.fidelity import FidelityRecord, array_source
from datatypes.media_input import IN_MEMORY
from datatypes.payload import BytesPayload, TemporaryPayload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datatypes.payload import Payload

__all__ = ["EXTENSION", "SCENE_TYPE", "Cloud", "encode_points", "encode_scene", "read_cloud"]

EXTENSION = ".pts.json"
SCENE_TYPE = "lidar/beta"
_BLOCK = 1 << 16  # rows turned to text at a time: memory stays flat
_WIDTHS = (3, 4, 6)


class Cloud(NamedTuple):
    """What a ``.pts.json`` file holds."""

    rows: list[list[float]]
    scene_type: str | None = None
    boxes: list[Any] | None = None
    vectors: list[Any] | None = None

    def to_numpy(self, subject: str, dtype: Any = None) -> NDArray[Any]:
        """Return the points.

        Parameters
        ----------
        subject : str
            Name for messages.
        dtype : dtype, optional
            float64 unless given, and unless this one does not hold every number.

        Returns
        -------
        ndarray
            (points, columns); (0, 3) if there are none.

        Raises
        ------
        UnreadableMediaError
            If rows differ in length or hold something else than numbers.
        """
        import numpy as np

        if not self.rows:
            return np.zeros((0, 3), dtype or np.float64)
        try:
            array = np.array(self.rows, np.float64)
            if dtype is not None:
                array = _narrowed(array, self.rows, dtype)
        except (ValueError, TypeError, OverflowError) as error:
            remedy = "Restore the file, or log points of one kind."
            raise UnreadableMediaError(subject, f"has rows that are no points ({error})", remedy) from error
        if array.ndim != 2:
            raise UnreadableMediaError(subject, "has rows that are no points", "Restore the file.")
        return array


def _narrowed(array: NDArray[Any], rows: list[list[float]], dtype: Any) -> NDArray[Any]:
    """Return rows in another dtype, if that holds every number; whole numbers beyond 2⁵³ too."""
    import numpy as np

    with np.errstate(all="ignore"):
        try:
            wished = np.array(rows, dtype) if np.dtype(dtype).kind in "iu" else array.astype(dtype)
        except (ValueError, TypeError, OverflowError):
            return array
        return wished if np.array_equal(wished.astype(np.float64), array, equal_nan=True) else array


def encode_points(points: Any) -> tuple[Payload, FidelityRecord]:
    """Write a cloud.

    Parameters
    ----------
    points : ndarray
        (n, 3), (n, 4) or (n, 6); any real dtype.

    Raises
    ------
    RejectedValueError
        If the shape or the dtype is another.
    """
    array = _as_points(points)
    if array.shape[1] not in _WIDTHS:
        raise RejectedValueError(
            "points",
            f"have shape {list(array.shape)}",
            "Pass (n, 3): xyz, (n, 4): xyz and category, or (n, 6): xyz rgb.",
        )
    return _store(_array_text(array)), _record(array, points)


def encode_scene(scene: dict[str, Any]) -> tuple[Payload, FidelityRecord]:
    """Write a scene.

    Parameters
    ----------
    scene : dict
        ``type`` ``"lidar/beta"``, and any of ``points``, ``boxes``, ``vectors``: arrays or lists.

    Raises
    ------
    RejectedValueError, RejectedTypeError
        If the type is another, or a part is not of its form.
    """
    if scene.get("type") != SCENE_TYPE:
        problem = f"has type {scene.get('type')!r}"
        raise RejectedValueError("scene", problem, f'Pass {{"type": "{SCENE_TYPE}", "points": …, "boxes": …}}.')
    given = scene.get("points")
    array = _as_points([] if given is None else given)
    boxes, vectors = (_plain(scene.get(name), name) for name in ("boxes", "vectors"))
    record = _record(array, given, boxes=len(boxes), vectors=len(vectors))
    unknown = sorted(set(scene) - {"type", "points", "boxes", "vectors"})
    if unknown:
        steps = [f"drop {key!r}, which scenes do not have" for key in unknown]
        record = FidelityRecord("lossy", record.source, steps, dropped=len(unknown), **record.measures)
    return _store(_scene_text(array, boxes, vectors)), record


def _as_points(points: Any) -> NDArray[Any]:
    import numpy as np

    try:
        array = np.asarray(points)
    except ValueError as error:
        raise RejectedValueError("points", "have rows of different length", "Pass rows of one length.") from error
    if not array.size:
        return array.reshape(0, array.shape[1] if array.ndim == 2 and array.shape[1] in _WIDTHS else 3)
    if array.dtype.kind not in "buif":
        raise RejectedValueError("points", f"have dtype {array.dtype}", "Pass real numbers.")
    if array.ndim != 2:
        raise RejectedValueError("points", f"have shape {list(array.shape)}", "Pass one row a point.")
    return array


def _plain(parts: Any, name: str) -> list[Any]:
    """Return boxes or vectors in plain JSON types, arrays and scalars inside them too."""
    items = _untyped([] if parts is None else parts)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise RejectedTypeError(name, "are no list of dicts", f"Pass {name} as dicts in a list or an array.")
    try:
        json.dumps(items)
    except (TypeError, ValueError) as error:
        raise RejectedTypeError(name, f"cannot be written as JSON ({error})", "Pass numbers and text.") from error
    return items


def _untyped(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: _untyped(item) for key, item in value.items()}
    return [_untyped(item) for item in value] if isinstance(value, list | tuple) else value


def _record(array: NDArray[Any], given: Any, **counts: int) -> FidelityRecord:
    """Record a cloud: its text holds every value; what pages will not show as meant is said."""
    import numpy as np

    kind = "ndarray" if isinstance(given, np.ndarray) else type(given).__name__
    source = {**array_source(array, kind if given is not None else "scene"), **counts}
    notices = []
    if array.shape[1] == 4 and (outside := _outside(array[:, 3], 1, 14)):
        notices.append(f"{outside} categories outside 1 to 14, which have no colour")
    if array.shape[1] == 6 and (outside := int(np.count_nonzero((array[:, 3:] < 0) | (array[:, 3:] > 255)))):
        notices.append(f"{outside} colour values outside 0 to 255")
    if len(array) and array.shape[1] not in _WIDTHS:
        notices.append(f"{array.shape[1]} columns, where pages expect 3, 4 or 6")
    lost = array.dtype.itemsize > 8 and not np.array_equal(array.astype(np.float64), array, equal_nan=True)
    if lost:
        error = float(np.nanmax(np.abs(array - array.astype(np.float64))))
        return FidelityRecord("bounded", source, ["round to float64"], max_abs_error=error, notices=notices or None)
    return FidelityRecord("lossless", source, notices=notices or None)


def _outside(column: NDArray[Any], low: int, high: int) -> int:
    import numpy as np

    return int(np.count_nonzero(~((column >= low) & (column <= high) & (column == np.floor(column)))))


def _array_text(array: NDArray[Any]) -> Iterator[bytes | memoryview]:
    """Give the text of an array in pieces: every double as the shortest text that reads back equal."""
    import numpy as np
    import orjson

    if array.dtype.kind == "f":
        array = array.astype(np.float64, copy=False)  # as Python's own text of such numbers
    else:
        array = array.astype(np.uint8 if array.dtype.kind == "b" else array.dtype.newbyteorder("="), copy=False)
    yield b"["
    for start in range(0, len(array), _BLOCK):
        block = np.ascontiguousarray(array[start : start + _BLOCK])
        yield b"," if start else b""
        if block.dtype.kind == "f" and not np.isfinite(block).all():  # bare NaN and Infinity, as W&B writes
            yield json.dumps(block.tolist(), separators=(",", ":"))[1:-1].encode("ascii")
        else:
            yield memoryview(orjson.dumps(block, option=orjson.OPT_SERIALIZE_NUMPY))[1:-1]
    yield b"]"


def _scene_text(points: NDArray[Any], boxes: list[Any], vectors: list[Any]) -> Iterator[bytes | memoryview]:
    yield b'{"type":"lidar/beta","vectors":' + json.dumps(vectors).encode("ascii") + b',"points":'
    yield from _array_text(points)
    yield b',"boxes":' + json.dumps(boxes).encode("ascii") + b"}"


def _store(pieces: Iterator[bytes | memoryview]) -> Payload:
    """Keep a text in memory, or on disk as soon as it is large."""
    kept: list[bytes | memoryview] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > IN_MEMORY:
            payload = TemporaryPayload(EXTENSION)
            with payload.local_path().open("wb") as file:
                file.writelines(kept)
                kept.clear()
                file.writelines(pieces)
            return payload
    return BytesPayload(b"".join(kept), EXTENSION)


def read_cloud(payload: Payload, subject: str) -> Cloud:
    """Read a ``.pts.json`` file of any SDK.

    Raises
    ------
    UnreadableMediaError
        If it is not JSON of one of the two forms.
    DecodeLimitError
        If it is larger than `limits.json_bytes`.
    """
    import orjson

    with payload.open() as file:
        data = file.read(limits.json_bytes() + 1)
    if len(data) > limits.json_bytes():
        problem = f"is larger than the limit of {limits.json_bytes():,} bytes"
        raise DecodeLimitError(subject, problem, "Raise VITRINA_MAX_JSON_BYTES if you trust the file.")
    try:
        try:
            found = orjson.loads(data)
        except orjson.JSONDecodeError:  # NaN and Infinity, or no JSON at all
            found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableMediaError(subject, f"is not JSON ({error})", "Restore the file.") from error
    if isinstance(found, list):
        return Cloud(_rows(found, subject))
    if isinstance(found, dict) and isinstance(found.get("type"), str):
        boxes, vectors = (found.get(name) or [] for name in ("boxes", "vectors"))
        if isinstance(boxes, list) and isinstance(vectors, list):
            return Cloud(_rows(found.get("points") or [], subject), found["type"], boxes, vectors)
    raise UnreadableMediaError(subject, "holds neither points nor a scene", "Restore the file.")


def _rows(found: Any, subject: str) -> list[list[float]]:
    if isinstance(found, list) and all(isinstance(row, list) for row in found):
        return found
    raise UnreadableMediaError(subject, "has points that are no rows of numbers", "Restore the file.")
