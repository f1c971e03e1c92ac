"""The measures behind `records`: what is stored, set beside what its record says of the source."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from app.verifying.part import Part

__all__ = ["array_of", "array_sha256", "file_disagrees", "in_units_of_source", "measure_again"]

#: Dtypes that a record may name; it is text from a stranger.
_DTYPE = re.compile(r"bool|u?int(?:8|16|32|64)|float(?:16|32|64|96|128)")

#: Beginnings of steps that change values and not their unit.
_KEEPS_UNITS = ("round to ", "cut to whole numbers", "clip ", "store ", "encode ")

#: Encodings that a document may have had before a head was put into it.
_ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16")


def file_disagrees(part: Part, value: Any, record: dict[str, Any]) -> Iterator[str]:
    """Give what a record says of its source that the stored file contradicts, without decoding it."""
    source = record.get("source") or {}
    if source.get("kind") == "file" and record["verdict"] == "lossless" and not hasattr(value, "html"):
        name, digest = part.stored.get("path"), source.get("sha256")
        if isinstance(name, str) and digest and part.files.has(name) and part.files.sha256(name) != digest:
            yield f"a file of sha256 {digest[:12]}… was given, and {name} hashes to {part.files.sha256(name)[:12]}…"
    shape = source.get("shape")
    if not isinstance(shape, list) or source.get("kind") == "file":
        return
    found = _shape_of(value)
    if found is not None and len(shape) >= len(found) and [*shape[: len(found)]] != [*found]:
        yield f"an array of shape {shape} was given, and what is stored has {[*found]}"


def _shape_of(value: Any) -> tuple[int, ...] | None:
    """Return the leading axes that the stored value must share with its source."""
    tag = value.artifact_type
    if tag == "image-file":
        return (int(value.height), int(value.width))
    if tag == "mask":
        pixels = value.to_numpy()
        return (int(pixels.shape[0]), int(pixels.shape[1]))
    if tag == "audio-file":
        return (int(value.n_frames),)
    if tag == "data-frame":
        return (len(value.to_pandas()),)
    return None


def measure_again(value: Any, record: dict[str, Any]) -> Iterator[str]:
    """Give what a record says that measuring what is stored contradicts.

    Parameters
    ----------
    value : WBValue
        The stored value.
    record : dict
        Its record, whose own numbers fit each other.
    """
    source = record.get("source") or {}
    if record["verdict"] == "lossless" and hasattr(value, "html"):
        if source.get("sha256") not in _text_digests(value):
            yield f"a document of sha256 {str(source.get('sha256'))[:12]}… was given, and another one is stored"
        return
    dtype = source.get("dtype")
    if not isinstance(dtype, str) or source.get("kind") == "file":
        return
    if not _DTYPE.fullmatch(dtype):
        yield f'"dtype" is {dtype!r:.40}, which is none'
        return
    array = array_of(value)
    if array is None:
        return
    if record["verdict"] == "lossless":
        yield from _not_the_array(array, source, dtype)
    else:
        yield from _out_of_range(array, record, source)


def _text_digests(value: Any) -> set[str]:
    """Return the sha256 of a document as it lies there, and without the head that was put in, as it may have come."""
    found = {value._file().sha256}
    for text in (value.html, value.text):
        for encoding in _ENCODINGS:
            try:
                found.add(hashlib.sha256(text.encode(encoding)).hexdigest())
            except UnicodeEncodeError:
                continue
    return found


def array_of(value: Any) -> NDArray[Any] | None:
    """Return the array that a value stores; None where it stores none."""
    read = getattr(value, "to_numpy", None)
    if read is None or value.artifact_type == "table":
        return None
    found = read()
    array: NDArray[Any] = found[0] if isinstance(found, tuple) else found  # a sound gives its rate as well
    return array


def array_sha256(array: NDArray[Any]) -> str:
    """Return the sha256 of an array as records have it: little-endian, C order."""
    import numpy as np

    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    return hashlib.sha256(little.tobytes()).hexdigest()


def _not_the_array(array: NDArray[Any], source: dict[str, Any], dtype: str) -> Iterator[str]:
    import numpy as np

    shape, digest = source.get("shape"), source.get("sha256")
    if isinstance(shape, list) and list(array.shape) != shape:
        yield f"{shape} was given without loss, and {list(array.shape)} is stored"
        return
    given = array.astype(np.dtype(dtype))
    if digest is not None and array_sha256(given) != digest:
        yield f"it says lossless, and the stored array as {dtype} hashes to another sha256 than {digest[:12]}…"
        return
    yield from _other_range(given, source)


def _other_range(given: NDArray[Any], source: dict[str, Any]) -> Iterator[str]:
    """Give a range that is not that of the very array."""
    import numpy as np

    finite = given[np.isfinite(given)] if given.dtype.kind == "f" else given
    if not finite.size:
        return
    for name, found in (("min", finite.min().item()), ("max", finite.max().item())):
        if name in source and source[name] != found:
            yield f'"{name}" is {source[name]!r:.40}, and the stored array has {found!r:.40}'


def _out_of_range(array: NDArray[Any], record: dict[str, Any], source: dict[str, Any]) -> Iterator[str]:
    """Give a stored range that is farther from the source's than the error that was recorded."""
    import numpy as np

    low, high, error = source.get("min"), source.get("max"), record.get("max_abs_error")
    numbers = all(isinstance(item, int | float) for item in (low, high, error))
    if not numbers or low is None or high is None or error is None or record.get("dropped") or record.get("clipped"):
        return
    back = in_units_of_source(array, record)
    if back is None or not back.size:
        return
    slack = float(error) * (1 + 1e-6) + 1e-6 * max(abs(low), abs(high), 1e-30)
    for name, said, found in (("min", low, float(np.min(back))), ("max", high, float(np.max(back)))):
        if abs(said - found) > slack:
            yield f'"{name}" is {said:.6g}, the stored one {found:.6g}: farther apart than "max_abs_error" {error:.6g}'


def in_units_of_source(array: NDArray[Any], record: dict[str, Any]) -> NDArray[Any] | None:
    """Undo the scaling that the steps of a record name.

    Parameters
    ----------
    array : ndarray
        As stored.
    record : dict
        Its record.

    Returns
    -------
    ndarray of float64 or None
        None if there is a step that cannot be undone here, such as another colour mode.
    """
    import numpy as np

    source = record.get("source") or {}
    low, high = source.get("min"), source.get("max")
    back = array.astype(np.float64)
    for step in record.get("steps") or []:
        text = str(step)
        if text == "scale [0, 1] to [0, 255]":
            back = back / 255
        elif text.startswith("scale [") and isinstance(low, int | float) and isinstance(high, int | float):
            back = back / 255 * (high - low) + low
        elif not text.startswith(_KEEPS_UNITS):
            return None
    return back
