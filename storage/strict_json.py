"""JSON from strangers, read within limits; and the one spelling in which `storage` writes its own.

Python's parser accepts what others refuse: other encodings, and nesting that exhausts the stack of whoever walks the
result. So text must be UTF-8, and its size and depth are limited before it is parsed. NaN and infinities pass: they are
data in tables.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
from typing import TYPE_CHECKING, Any

from storage.errors import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["canonical", "json_line", "load_json", "max_json_bytes"]

MAX_DEPTH = 100  # of nested lists and objects; what SDKs write has about ten
_QUIET_BYTES = 1 << 20  # from here on the collector costs more than the parser
_ESCAPES = re.compile(rb"\\.", re.DOTALL)
_STRINGS = re.compile(rb'"[^"]*"')
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER = b"0" * 19  # 64 bits hold any number of fewer digits
_OTHER = bytes(set(range(256)) - set(b'[]{}"'))


def max_json_bytes() -> int:
    """Most bytes of one document: ``VITRINA_MAX_JSON_BYTES``, 256 MiB unless set to a whole number."""
    text = os.environ.get("VITRINA_MAX_JSON_BYTES", "")
    return int(text) if text.isdecimal() else 256 << 20


def load_json(data: bytes, subject: str, *, unique_keys: bool = False) -> Any:
    """Parse one document.

    Parameters
    ----------
    data : bytes
        Its text, UTF-8.
    subject : str
        What it is, for the error.
    unique_keys : bool
        Whether a key that occurs twice in one object is refused: two readers may see two documents.

    Raises
    ------
    NotReadableError
        If it is no JSON, not UTF-8, too large, nested too deeply, or repeats a key where that is refused.
    """
    if len(data) > max_json_bytes():
        problem = f"{len(data):,} bytes of JSON are more than the limit of {max_json_bytes():,}"
        raise NotReadableError(subject, problem, "Raise VITRINA_MAX_JSON_BYTES if you trust the file.")
    if _is_too_deep(data):
        problem = f"its JSON is nested more than {MAX_DEPTH} deep"
        raise NotReadableError(subject, problem, "Nothing that W&B or Vitrina writes is; restore the file.")
    try:
        with _collector_off(len(data) >= _QUIET_BYTES):
            return _parse(data, unique_keys=unique_keys)
    except (ValueError, RecursionError) as error:
        problem = f"is not JSON: {error}"
        raise NotReadableError(subject, problem, "Restore the file from where it was made.") from error


def _parse(data: bytes, *, unique_keys: bool) -> Any:
    if not unique_keys and _LONG_NUMBER not in data.translate(_DIGITS_TO_ZERO):  # orjson makes floats of such
        import orjson

        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            pass  # NaN, infinities and lone surrogates: Python's parser takes them, or says what is wrong
    hook = _unique if unique_keys else None
    return json.loads(data.decode("utf-8"), object_pairs_hook=hook)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {ascii(twice)[:80]} occurs twice")
    return made


def _is_too_deep(data: bytes) -> bool:
    """Whether brackets nest deeper than the limit, at a fraction of the parser's time.

    Only brackets and quotes are kept. Two quotes side by side then are a string without brackets in it, or the end of
    one and the start of the next: taking them out changes for no bracket whether it lies in a string.
    """
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return False
    plain = _ESCAPES.sub(b"", data) if b"\\" in data else data
    marks = _STRINGS.sub(b"", plain.translate(None, _OTHER).replace(b'""', b""))
    for _ in range(MAX_DEPTH):
        before = len(marks)
        marks = marks.replace(b"[]", b"").replace(b"{}", b"")
        if len(marks) == before:
            break  # nothing left, or not balanced: then the parser says so
    return b"[]" in marks or b"{}" in marks


@contextlib.contextmanager
def _collector_off(wanted: bool) -> Iterator[None]:
    """Switch the cycle collector off for a bulk call: it would look at every new list again and again."""
    wanted = wanted and gc.isenabled()
    if wanted:
        gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


def canonical(value: object) -> bytes:
    """Return the one spelling of a document that is hashed: keys sorted, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def json_line(value: object, *, has_floats: bool = True) -> bytes:
    """Return a document as one line of UTF-8 with its newline, keys in the order given.

    Parameters
    ----------
    has_floats : bool
        Whether there may be floats in it; without any, a parser can be used that would make null of an infinity.
    """
    if not has_floats:
        import orjson

        try:
            return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
        except TypeError:
            pass  # integers above 64 bits, lone surrogates
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"
