"""A sound as a WAV file that is made while it is read: what browsers cannot play, they play so.

Any part can be asked for, nothing is kept, so a sound of two hours needs no memory and a jump into its middle no wait.
"""

from __future__ import annotations

import contextlib
import io
import struct
from typing import TYPE_CHECKING, Any

from datatypes import audio_pcm
from datatypes.audio_file import go_to, open_sound

if TYPE_CHECKING:
    from datatypes.audio import Audio

__all__ = ["WavStream"]

_PCM, _FLOAT = 1, 3
_LIMIT = (1 << 32) - 1024  # sizes in a WAV file are 32-bit
_MAX_READ = 1 << 18


class WavStream(io.RawIOBase):
    """The bytes of a WAV file.

    Parameters
    ----------
    sound : Audio
        What it holds: int16 where that holds every sample of whole numbers, else float32.

    Attributes
    ----------
    size : int
        Length in bytes.
    frames : int
        Frames in it: all, or as many as 4 GiB hold.

    Raises
    ------
    UnreadableMediaError
        If the file is no whole sound.
    """

    def __init__(self, sound: Audio) -> None:
        super().__init__()
        self._stack = contextlib.ExitStack()
        self._sound: Any = self._stack.enter_context(open_sound(sound._file(), sound.path or "sound"))
        bits = audio_pcm.BITS.get(self._sound.subtype, 0)
        self._dtype, code, width = ("<i2", _PCM, 2) if 0 < bits <= 16 else ("<f4", _FLOAT, 4)
        self._frame_bytes = width * self._sound.channels
        self.frames = min(self._sound.frames, _LIMIT // self._frame_bytes)
        rate, channels = self._sound.samplerate, self._sound.channels
        layout = (code, channels, rate, rate * self._frame_bytes, self._frame_bytes, width * 8)
        data_bytes = self.frames * self._frame_bytes
        self._header = b"".join(
            [
                b"RIFF", struct.pack("<I", data_bytes + 36), b"WAVEfmt ", struct.pack("<IHHIIHH", 16, *layout),
                b"data", struct.pack("<I", data_bytes),
            ]
        )  # fmt: skip
        self.size = len(self._header) + data_bytes
        self._at = 0
        self._next = -1  # frame at which the decoder stands

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read from any place: always."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read on into a buffer; at most 256 kB at once."""
        view = memoryview(buffer).cast("B")
        data = self._part(min(len(view), _MAX_READ, max(0, self.size - self._at)))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _part(self, wanted: int) -> bytes:
        head = len(self._header)
        if self._at < head:
            return self._header[self._at : self._at + wanted]
        first, skipped = divmod(self._at - head, self._frame_bytes)
        count = -(-(skipped + wanted) // self._frame_bytes)
        if self._next != first:
            go_to(self._sound, first)
        read_as = "int16" if self._dtype == "<i2" else "float32"
        samples = self._sound.read(count, dtype=read_as, always_2d=True)
        self._next = first + len(samples)
        data: bytes = samples.astype(self._dtype, copy=False).tobytes()
        return data[skipped : skipped + wanted]

    def close(self) -> None:
        """Close the sound."""
        if not self.closed:
            self._stack.close()
        super().close()
