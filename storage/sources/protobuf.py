"""Fields of a protobuf message, read without a schema.

A message is a sequence of *fields*, each with a number and one of four wire kinds. That is all a reader needs
to find its way through messages that other people's schemas define, and to step over what it does not know.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Field", "MalformedMessageError", "fields", "first", "text"]

_VARINT, _FIXED64, _DELIMITED, _FIXED32 = 0, 1, 2, 5
_VARINT_BYTES = 10  # a 64-bit number at 7 bits a byte
_SIGN_BIT = 1 << 63


class MalformedMessageError(ValueError):
    """The bytes are not a protobuf message; caught by whoever reads the file, who knows the record's place."""


class Field(NamedTuple):
    """One field of a message."""

    number: int
    value: int | memoryview
    """A number for the three numeric kinds (unsigned, bits as stored), the bytes for the delimited one."""

    @property
    def signed(self) -> int:
        """The value as a signed 64-bit number."""
        number = self.value if isinstance(self.value, int) else 0
        return number - 2 * _SIGN_BIT if number >= _SIGN_BIT else number

    @property
    def double(self) -> float:
        """The value as the double whose bits it holds."""
        number = self.value if isinstance(self.value, int) else 0
        return float(struct.unpack("<d", number.to_bytes(8, "little"))[0])

    @property
    def message(self) -> memoryview:
        """The bytes of a delimited field: a nested message, bytes or UTF-8 text."""
        if isinstance(self.value, int):
            raise MalformedMessageError(f"field {self.number} is a number where a message was expected")
        return self.value

    @property
    def text(self) -> str:
        """The value as text; bytes that are not UTF-8 become replacement characters."""
        return str(self.message, "utf-8", "replace")


def fields(message: memoryview) -> Iterator[Field]:
    """Iterate over the fields of `message` in the order in which they are stored.

    Raises
    ------
    MalformedMessageError
        If a field reaches beyond the end, or has a kind that no current encoder writes.
    """
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield Field(key >> 3, value)
            continue
        if kind == _DELIMITED:
            size, at = _varint(message, at)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise MalformedMessageError(f"wire kind {kind} at byte {at}")
        if at + size > end:
            raise MalformedMessageError(f"a field of {size} bytes at byte {at} of {end}")
        chunk = message[at : at + size]
        at += size
        yield Field(key >> 3, chunk if kind == _DELIMITED else int.from_bytes(chunk, "little"))


def first(message: memoryview, number: int) -> memoryview | None:
    """Return the bytes of the first delimited field with this number, or None."""
    for field in fields(message):
        if field.number == number and not isinstance(field.value, int):
            return field.value
    return None


def text(message: memoryview | None, number: int) -> str | None:
    """Return the text of the first delimited field with this number, or None."""
    found = None if message is None else first(message, number)
    return None if found is None else str(found, "utf-8", "replace")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Read a base-128 number, low bits first; return it and the place after it."""
    number = shift = 0
    for byte in message[at : at + _VARINT_BYTES]:
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & (2 * _SIGN_BIT - 1), at
        shift += 7
    raise MalformedMessageError(f"a number without end at byte {at}")
