"""What two entries hold as bytes, and which side files belong to a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["DECODE_ERRORS", "compare_files", "is_same_content", "named_in", "tag_of_stored"]

#: What decoders raise on damaged files, besides the errors of our own libraries, which derive from these.
DECODE_ERRORS = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
_PIECE = 1 << 20

#: Text files up to here are compared by line.
_MAX_TEXT_BYTES = 8 << 20


def is_same_content(left: Any, left_name: str, right: Any, right_name: str) -> bool:
    """Whether two entries hold the same bytes. ``stat:`` and other identities are no digests: then the bytes count."""
    from storage.hashing import hash_file, hasher_for

    mine, its = left.get_path(left_name), right.get_path(right_name)
    if mine.digest == its.digest and (hasher_for(mine.digest) is not None or (mine.ref and mine.ref == its.ref)):
        return True
    if len(mine.digest) == len(its.digest) and hasher_for(mine.digest) and hasher_for(its.digest):
        return False
    if mine.size is not None and its.size is not None and mine.size != its.size:
        return False
    try:
        with left.open(left_name) as one, right.open(right_name) as other:
            return bool(hash_file(one).text == hash_file(other).text)
    except DECODE_ERRORS:
        return False


def compare_files(left: Any, left_name: str, right: Any, right_name: str) -> dict[str, Any]:
    """Return where two files differ first, how long they are, and of text how many lines only one of them has.

    ``bytes_between`` counts the bytes from the first that differs to the last, of the longer file.
    """
    try:
        with left.open(left_name) as one, right.open(right_name) as other:
            offset = _first_difference(one, other)
            sizes = [one.seek(0, 2), other.seek(0, 2)]
            same_end = _same_end(one, other, min(sizes) - offset)
            lines = _lines(one, other) if max(sizes) <= _MAX_TEXT_BYTES else None
    except DECODE_ERRORS as error:
        return {"changed": 1, "unreadable": str(error) or type(error).__name__}
    found = {"changed": 1, "first_difference": offset, "sizes": sizes, "bytes_between": max(sizes) - offset - same_end}
    return found if lines is None else found | lines


def _first_difference(left: BinaryIO, right: BinaryIO) -> int:
    """Return the offset of the first byte that differs; the shorter length if one begins with the other."""
    start = 0
    while True:
        mine, its = left.read(_PIECE), right.read(_PIECE)
        if mine != its or not mine:
            return start + _shared_bytes(mine, its)
        start += len(mine)


def _shared_bytes(left: bytes, right: bytes) -> int:
    """Return how many bytes are the same from the beginning."""
    shared = min(len(left), len(right))
    if left[:shared] == right[:shared]:
        return shared
    low, high = 0, shared  # bytes before `low` are the same, one before `high` is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if left[low:middle] == right[low:middle] else (low, middle)
    return low


def _same_end(left: BinaryIO, right: BinaryIO, most: int) -> int:
    """Return how many bytes are the same at the end, `most` at most."""
    ends = left.seek(0, 2), right.seek(0, 2)
    found = 0
    while found < most:
        count = min(_PIECE, most - found)
        pieces = []
        for file, end in zip((left, right), ends, strict=True):
            file.seek(end - found - count)
            pieces.append(file.read(count)[::-1])
        shared = _shared_bytes(*pieces)
        found += shared
        if shared < count:
            break
    return found


def _lines(left: BinaryIO, right: BinaryIO) -> dict[str, int] | None:
    """Count lines that only one of two texts has; None if one is no text."""
    from collections import Counter

    counts = []
    for file in (left, right):
        file.seek(0)
        data = file.read()
        if b"\0" in data:
            return None
        try:
            counts.append(Counter(data.decode("utf-8").split("\n")))
        except UnicodeDecodeError:
            return None
    mine, its = counts
    return {"lines_added": (its - mine).total(), "lines_removed": (mine - its).total()}


def named_in(artifact: Any, name: str) -> set[str]:
    """Return the side files that the JSON of an entry names: paths of values, of class files, of arrays."""
    from datatypes.side_files import side_files

    if not name.endswith(".json"):
        return set()
    try:
        return set(side_files(artifact.json(name)))
    except DECODE_ERRORS:
        return set()


def tag_of_stored(stored: dict[str, Any]) -> str | None:
    """Return what a dict of stored JSON is, if it is a value or the reference to a class file."""
    from datatypes.wire import tag_of

    return tag_of(stored) or ("classes-file" if stored.get("type") == "classes-file" else None)
