"""The frame of a ``.wandb`` log: from a file to its whole, undamaged records.

The file is a header of 7 bytes and then *blocks* of 32 KiB, counted from the start of the file. A block holds
*chunks*, each with a checksum, a length and a kind; a *record* is one chunk or several that follow each other.
Logs of killed processes end anywhere: everything that is whole is delivered, and `LogFrames.ending` says why
reading stopped.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["BLOCK_BYTES", "FILE_HEADER", "LogFrames"]

FILE_HEADER = b":W&B" + struct.pack("<HB", 0xBEE1, 0)
BLOCK_BYTES = 32_768
_CHUNK_HEADER = struct.Struct("<IHB")  # crc32 of kind and bytes, length, kind
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_MAX_RECORD_BYTES = 256 << 20  # a record is one history row or file list; more is not a log


class LogFrames:
    """Records of one log, read once from front to back.

    Parameters
    ----------
    file : BinaryIO
        The log, at its beginning.

    Attributes
    ----------
    ending : str
        Empty when the file ended where a record ends, else what stopped the reading. Set once iterated.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.ending = ""

    def __iter__(self) -> Iterator[memoryview]:
        """Iterate over the records; each is the bytes of one protobuf message."""
        parts: list[memoryview] = []
        held = 0
        for kind, chunk in self._chunks():
            if kind in (_WHOLE, _FIRST):
                if parts:
                    self.ending = "a record was started and never ended"
                    return
                if kind == _WHOLE:
                    yield chunk
                    continue
            elif not parts:
                self.ending = "a record goes on that was never started"
                return
            parts.append(chunk)
            held += len(chunk)
            if held > _MAX_RECORD_BYTES:
                self.ending = f"a record of more than {_MAX_RECORD_BYTES >> 20} MiB"
                return
            if kind == _LAST:
                yield memoryview(b"".join(parts))
                parts, held = [], 0
        if parts and not self.ending:
            self.ending = "the last record is cut"

    def _chunks(self) -> Iterator[tuple[int, memoryview]]:
        """Iterate over the chunks up to the end of the file or to the first that is damaged."""
        block = memoryview(self._file.read(BLOCK_BYTES))
        if bytes(block[: len(FILE_HEADER)]) != FILE_HEADER:
            self.ending = "the file is empty" if not block else "the file does not begin like a W&B log"
            return
        at = len(FILE_HEADER)
        while block:
            while len(block) - at >= _CHUNK_HEADER.size:
                checksum, size, kind = _CHUNK_HEADER.unpack_from(block, at)
                start = at + _CHUNK_HEADER.size
                if size == 0 and kind == 0:
                    self.ending = "the rest is filled with zeros"
                    return
                if start + size > len(block):
                    self.ending = "the file is cut inside a record"
                    return
                if not _WHOLE <= kind <= _LAST or zlib.crc32(block[at + 6 : start + size]) != checksum:
                    self.ending = "a checksum does not fit its bytes"
                    return
                yield kind, block[start : start + size]
                at = start + size
            if len(block) < BLOCK_BYTES:
                if at < len(block) and any(block[at:]):
                    self.ending = "the file is cut inside a record"
                return
            block = memoryview(self._file.read(BLOCK_BYTES))
            at = 0
