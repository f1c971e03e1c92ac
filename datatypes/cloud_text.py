"""Text of large clouds read straight into an array: millions of points without a Python object for each row.

The text of a cloud is nearly always plain: rows of equally many numbers and nothing else. Its brackets are compared
with those of such an array, all at once; then they are taken out, and the numbers are read as one list. Whatever is
different (NaN, rows of other lengths, spaces) is left to `point_cloud.read_cloud`, which tells all errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import limits, point_cloud

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datatypes.payload import Payload

__all__ = ["CloudArrays", "read_arrays", "read_rows"]

_NUMBER = b"0123456789+-.eE"
_POINTS = b'"points":[['
_BLOCK = 8 << 20  # bytes of text turned to numbers at a time: memory stays near that of the array


class CloudArrays(NamedTuple):
    """What a ``.pts.json`` file holds: rows (points, columns) float64, and of a scene its type, boxes and vectors."""

    rows: NDArray[Any]
    scene_type: str | None = None
    boxes: list[Any] | None = None
    vectors: list[Any] | None = None


def read_arrays(payload: Payload, subject: str) -> CloudArrays:
    """Read a ``.pts.json`` file of any SDK.

    Raises
    ------
    UnreadableMediaError, DecodeLimitError
        As `point_cloud.read_cloud` and `point_cloud.Cloud.to_numpy`.
    """
    with payload.open() as file:
        data = file.read(limits.json_bytes() + 1)
    if len(data) <= limits.json_bytes():
        found = _plain_scene(data) if data[:1] == b"{" else _plain_cloud(data)
        if found is not None:
            return found
    del data
    cloud = point_cloud.read_cloud(payload, subject)
    return CloudArrays(cloud.to_numpy(subject), *cloud[1:])


def read_rows(text: bytes) -> NDArray[Any] | None:
    """Return the array of a text ``[[1,2,3],[4,5,6]]``, or None if it is anything but rows of equally many numbers."""
    import numpy as np
    import orjson

    count, width = text.count(b"]") - 1, text[: text.find(b"]")].count(b",") + 1
    row = b"[" + b"," * (width - 1) + b"]"
    if count < 1 or text.translate(None, _NUMBER) != b"[" + b",".join([row] * count) + b"]":
        return None
    flat = text.translate(None, b"[]")
    array = np.empty(count * width)
    start = filled = 0
    try:
        while start < len(flat):
            end = flat.find(b",", start + _BLOCK)
            end = len(flat) if end < 0 else end
            numbers = orjson.loads(b"[" + flat[start:end] + b"]")
            array[filled : filled + len(numbers)] = numbers
            start, filled = end + 1, filled + len(numbers)
    except (ValueError, OverflowError):  # "[[1,,2]]", "[[--1]]", numbers beyond any double
        return None
    return array.reshape(count, width) if filled == count * width else None


def _plain_cloud(data: bytes) -> CloudArrays | None:
    rows = read_rows(data)
    return None if rows is None else CloudArrays(rows)


def _plain_scene(data: bytes) -> CloudArrays | None:
    """Cut the points out of a scene, and read what is left as it is."""
    import orjson

    start = data.find(_POINTS)
    end = data.find(b"]]", start) + 2
    if start < 0 or end < 2:
        return None
    start += len(_POINTS) - 2
    try:
        rest = orjson.loads(data[:start] + b"[]" + data[end:])
    except orjson.JSONDecodeError:
        return None
    if rest.get("points") != [] or not isinstance(rest.get("type"), str):  # those of a box, or of no scene
        return None
    boxes, vectors = (rest.get(name) or [] for name in ("boxes", "vectors"))
    rows = read_rows(data[start:end])
    if rows is None or not isinstance(boxes, list) or not isinstance(vectors, list):
        return None
    return CloudArrays(rows, rest["type"], boxes, vectors)
