"""A writer of ``.wandb`` logs, small and independent of the reader, and of the folders that hold them."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK = 32_768


class LogWriter:
    """Builds the bytes of a log; every method adds one record and returns the writer."""

    def __init__(self) -> None:
        self.data = bytearray(b":W&B" + b"\xe1\xbe" + b"\0")
        self.count = 0

    # Protobuf

    @staticmethod
    def varint(number: int) -> bytes:
        number &= (1 << 64) - 1
        out = bytearray()
        while number > 0x7F:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number)
        return bytes(out)

    @classmethod
    def number(cls, field: int, value: int) -> bytes:
        return cls.varint(field << 3) + cls.varint(value)

    @classmethod
    def delimited(cls, field: int, value: bytes | str) -> bytes:
        raw = value.encode() if isinstance(value, str) else value
        return cls.varint(field << 3 | 2) + cls.varint(len(raw)) + raw

    @classmethod
    def double(cls, field: int, value: float) -> bytes:
        return cls.varint(field << 3 | 1) + struct.pack("<d", value)

    @classmethod
    def item(cls, path: str | list[str], value: Any = None, *, nested: bool | None = None, typed: bytes = b"") -> bytes:
        keys = [path] if isinstance(path, str) else path
        if nested is None:
            nested = not isinstance(path, str)
        head = b"".join(cls.delimited(2, key) for key in keys) if nested else cls.delimited(1, keys[0])
        return head + (typed or cls.delimited(16, json.dumps(value)))

    # Framing

    def record(self, field: int, body: bytes) -> LogWriter:
        self.count += 1
        info = self.delimited(200, self.delimited(1, "stream"))  # written before the body by 0.31
        return self.raw(self.number(1, self.count) + info + self.delimited(field, body) + self.delimited(19, "uuid"))

    def raw(self, message: bytes) -> LogWriter:
        first, at = True, 0
        while True:
            left = BLOCK - len(self.data) % BLOCK
            if left < 7:
                self.data += bytes(left)
                left = BLOCK
            chunk = message[at : at + left - 7]
            at += len(chunk)
            last = at == len(message)
            kind = (1 if last else 2) if first else (4 if last else 3)
            body = bytes([kind]) + chunk
            self.data += struct.pack("<IH", zlib.crc32(body), len(chunk)) + body
            first = False
            if last:
                return self

    # Records

    def history(self, items: Iterable[bytes], step: int | None = None) -> LogWriter:
        body = b"".join(self.delimited(1, item) for item in items)
        if step is not None:
            body += self.delimited(2, self.number(1, step) if step else b"")
        return self.record(2, body)

    def row(self, row: dict[str, Any]) -> LogWriter:
        """Add a history row as SDKs before 0.18 do: one item a key."""
        return self.history([self.item(key, value) for key, value in row.items()])

    def leaves(self, row: dict[str, Any]) -> LogWriter:
        """Add a history row as SDKs since 0.18 do: one item a leaf, in no order."""
        return self.history([self.item(path, value) for path, value in sorted(_leaves(row), key=str, reverse=True)])

    def summary(self, items: Iterable[bytes], remove: Iterable[bytes] = ()) -> LogWriter:
        return self.record(
            3,
            b"".join(self.delimited(1, item) for item in items) + b"".join(self.delimited(2, item) for item in remove),
        )

    def config(self, items: Iterable[bytes]) -> LogWriter:
        return self.record(5, b"".join(self.delimited(1, item) for item in items))

    def files(self, names: Iterable[str]) -> LogWriter:
        return self.record(6, b"".join(self.delimited(1, self.delimited(1, name)) for name in names))

    def run(self, run_id: str, project: str = "", name: str = "", more: bytes = b"") -> LogWriter:
        body = self.delimited(1, run_id) + self.delimited(3, project) + self.delimited(8, name)
        return self.record(17, body + more)

    def header(self, producer: str) -> LogWriter:
        return self.record(21, self.delimited(1, self.delimited(1, producer)))

    def telemetry(self, version: str) -> LogWriter:
        return self.record(11, self.delimited(5, version))

    def artifact(self, kind: str, name: str, entries: Iterable[tuple[str, str, int]]) -> LogWriter:
        contents = b"".join(
            self.delimited(4, self.delimited(1, path) + self.delimited(2, digest) + self.number(4, size))
            for path, digest, size in entries
        )
        body = (
            self.delimited(4, kind) + self.delimited(5, name) + self.delimited(6, "d1") + self.delimited(11, "latest")
        )
        return self.record(8, body + self.delimited(12, contents) + self.delimited(15, "c1"))

    def bytes(self) -> bytes:
        return bytes(self.data)


def _leaves(value: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[list[str], Any]]:
    found: list[tuple[list[str], Any]] = []
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            found += _leaves(inner, (*path, key))
        else:
            found.append(([*path, key], inner))
    return found


@pytest.fixture
def log_writer() -> type[LogWriter]:
    """The class of the log writer; make one per log."""
    return LogWriter
