"""What a reader believes: which large files it has hashed already, and how deep values may name each other."""

from __future__ import annotations

import contextlib
import contextvars
import os
from typing import TYPE_CHECKING

from storage.errors import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["guard", "remember", "was_checked"]

_MAX_DEPTH = 16  # of values that name each other
_stack: contextvars.ContextVar[tuple[tuple[int, str], ...]] = contextvars.ContextVar("being_read", default=())
_checked: dict[tuple[int, int, str], tuple[int, int]] = {}


def was_checked(file: BinaryIO, digest: str) -> bool:
    """Whether this process has found that a file has this digest, and nobody has written to it since."""
    found = _identity(file)
    return found is not None and _checked.get((found[0], found[1], digest)) == found[2:]


def remember(file: BinaryIO, digest: str) -> None:
    """Note that a file has this digest."""
    if found := _identity(file):
        _checked[found[0], found[1], digest] = found[2:]


def _identity(file: BinaryIO) -> tuple[int, int, int, int] | None:
    try:
        found = os.fstat(file.fileno())
    except (OSError, AttributeError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@contextlib.contextmanager
def guard(artifact: object, name: str, path: str) -> Iterator[None]:
    """Stop at values or references that name each other in a circle, or too deep.

    Parameters
    ----------
    artifact : object
        Where the entry is that is being read.
    name : str
        Its name, for the error.
    path : str
        The entry.

    Raises
    ------
    NotReadableError
        If the entry is being read already, or too many are.
    """
    stack = _stack.get()
    step = (id(artifact), path)
    if step in stack or len(stack) >= _MAX_DEPTH:
        problem = "names itself in a circle" if step in stack else f"names others more than {_MAX_DEPTH} deep"
        raise NotReadableError(f"{name}, entry {path}", problem, "Nothing that was logged does so.")
    token = _stack.set((*stack, step))
    try:
        yield
    finally:
        _stack.reset(token)
