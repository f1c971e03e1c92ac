"""The bytes of a side file, wherever they are: in memory, in a user's file, in a temporary one, in a source.

A *payload* knows its file name, whether we made it (`generated`), its digest and its size, and opens itself when it is
used. Nothing is read to construct one.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from datatypes.errors import MissingMediaError, RejectedValueError
from datatypes.ports import SourceFile

if TYPE_CHECKING:
    from typing import BinaryIO

    from datatypes.ports import MediaSource

__all__ = ["BytesPayload", "PathPayload", "Payload", "SourcePayload", "TemporaryPayload"]

_CHUNK = 1 << 20  # one buffer of 1 MiB: as quick as mapping the file, and memory stays flat


class Payload:
    """Bytes of one side file."""

    #: Last path component; for generated files ``"x"`` and the extension.
    filename: str
    #: True for a file that this library encoded, False for one that a user gave.
    generated: bool = False

    _digest_and_size: tuple[str, int] | None = None

    def open(self) -> BinaryIO:
        """Open for reading."""
        raise NotImplementedError

    def read(self) -> bytes:
        """Return all bytes."""
        with self.open() as file:
            return file.read()

    def local_path(self) -> Path:
        """Path on this machine's disk."""
        raise NotImplementedError

    @property
    def handover(self) -> Path | bytes | SourceFile:
        """What a sink's ``add_file`` takes."""
        raise NotImplementedError

    @property
    def extension(self) -> str:
        """From the first dot of a generated name, from the last one of a given name; with the dot, case kept."""
        if self.generated:
            return self.filename[self.filename.index(".") :]
        return os.path.splitext(self.filename)[1]  # noqa: PTH122  # the wire's own rule, on a name and not on a path

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes; computed once."""
        return self._measure()[0]

    @property
    def size(self) -> int:
        """Length in bytes; no byte is read for it."""
        if self._digest_and_size is not None:
            return self._digest_and_size[1]
        with self.open() as file:
            if file.seekable():
                return file.seek(0, io.SEEK_END)
        return self._measure()[1]

    def _measure(self) -> tuple[str, int]:
        if self._digest_and_size is None:
            digest, size = hashlib.sha256(), 0
            with self.open() as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
            self._digest_and_size = digest.hexdigest(), size
        return self._digest_and_size


class BytesPayload(Payload):
    """A small file that we made, in memory.

    Parameters
    ----------
    data : bytes
        The content.
    extension : str
        With its dot: ``".png"``, ``".boxes2D.json"``.
    """

    generated = True

    def __init__(self, data: bytes, extension: str) -> None:
        self.data = data
        self.filename = f"x{extension}"
        self._scratch: TemporaryPayload | None = None

    def open(self) -> BinaryIO:
        """Open for reading."""
        return io.BytesIO(self.data)

    def read(self) -> bytes:
        """Return all bytes, without a copy."""
        return self.data

    def local_path(self) -> Path:
        """Write a temporary file, once, and return its path; it goes with this object."""
        if self._scratch is None:
            self._scratch = TemporaryPayload(self.extension)
            self._scratch.local_path().write_bytes(self.data)
        return self._scratch.local_path()

    @property
    def handover(self) -> bytes:
        """The bytes."""
        return self.data


class PathPayload(Payload):
    """A user's own file: copied byte for byte when it is stored, never touched.

    Raises
    ------
    MissingMediaError
        If the path cannot be opened; at construction, where the caller can see which one it was.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).absolute()
        self.filename = self._path.name
        try:
            with self._path.open("rb"):
                pass
        except OSError as error:
            problem = error.strerror or str(error)
            raise MissingMediaError(str(path), problem, "Pass the path of a file that can be read.") from error

    def open(self) -> BinaryIO:
        """Open for reading."""
        return self._path.open("rb")

    def local_path(self) -> Path:
        """Path of the user's file."""
        return self._path

    @property
    def handover(self) -> Path:
        """The path."""
        return self._path


class TemporaryPayload(Payload):
    """A large file that we made, on disk until nobody holds this object.

    Parameters
    ----------
    extension : str
        With its dot.
    """

    generated = True

    def __init__(self, extension: str) -> None:
        handle, path = tempfile.mkstemp(prefix="vitrina-", suffix=extension)
        os.close(handle)
        self._path = Path(path)
        self.filename = f"x{extension}"
        self._cleanup = weakref.finalize(self, self._path.unlink, missing_ok=True)

    def open(self) -> BinaryIO:
        """Open for reading."""
        return self._path.open("rb")

    def local_path(self) -> Path:
        """Path of the temporary file; write here before the payload is used."""
        return self._path

    @property
    def handover(self) -> Path:
        """The path."""
        return self._path


class SourcePayload(Payload):
    """A file that lies in a source already: opened when it is used, referred to when it is stored elsewhere."""

    def __init__(self, source: MediaSource, name: str) -> None:
        if not name:
            raise RejectedValueError("path", "is empty", "Give the name of a file in the artifact.")
        self.source = source
        self.name = name
        self.filename = name.rpartition("/")[2]

    def open(self) -> BinaryIO:
        """Open for reading; the source checks the name."""
        return self.source.open(self.name)

    def local_path(self) -> Path:
        """Path of the file, or of a copy of it."""
        return self.source.local_path(self.name)

    @property
    def handover(self) -> SourceFile:
        """Source and name."""
        return SourceFile(self.source, self.name)
