"""Columns of arrays: one member of an npz file for each column, as SDK 0.10.25 and later write them.

Read without pickles, and not before the header was checked: a strange file may promise more than memory holds.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from datatypes import limits
from datatypes.errors import DecodeLimitError, RejectedTypeError, UnreadableMediaError
from datatypes.payload import BytesPayload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datatypes.ports import MediaSource

__all__ = ["FOLDER", "ArrayColumn", "PickledArrayError", "pack", "plain_array"]

#: Folder of the files in an artifact.
FOLDER = "media/serialized_data"


class PickledArrayError(UnreadableMediaError):
    """An array is stored as a pickle, which could run any code; it is refused."""


class ArrayColumn:
    """A column whose cells lie in an npz file, which is read when the first of them is used.

    Parameters
    ----------
    source : MediaSource
        Where the file is.
    path : str
        Its name.
    key : str
        Member of it, without extension.
    """

    def __init__(self, source: MediaSource, path: str, key: str) -> None:
        self.source = source
        self.path = path
        self.key = key
        self._array: NDArray[Any] | None = None

    @property
    def subject(self) -> str:
        """What errors are about."""
        return f'{self.path}, array "{self.key}"'

    def load(self) -> NDArray[Any]:
        """Return the array; row i of it is the cell of row i.

        Raises
        ------
        PickledArrayError
            If it is a pickle.
        DecodeLimitError
            If it is larger than the limits allow.
        UnreadableMediaError
            If the file is no npz, or lacks the member.
        """
        if self._array is None:
            with self.source.open(self.path) as file:
                try:
                    self._array = self._read(file)
                except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
                    raise UnreadableMediaError(
                        self.subject, f"cannot be read ({error})", "Restore the file."
                    ) from error
        return self._array

    def _read(self, file: Any) -> NDArray[Any]:
        import numpy as np

        with zipfile.ZipFile(file) as archive:
            name = f"{self.key}.npy"
            found = [item for item in archive.namelist() if item in (name, self.key)]
            if len(found) != 1:
                problem = f"has {len(found)} members of that name"
                raise UnreadableMediaError(self.subject, problem, "Restore the file.")
            with archive.open(found[0]) as member:
                try:
                    shape, dtype = _header(member)
                except ValueError as error:
                    raise UnreadableMediaError(self.subject, f"has no header ({error})", "Restore the file.") from error
                if dtype.hasobject:
                    problem = "is stored as a pickle, which could run any code, and is not loaded"
                    raise PickledArrayError(self.subject, problem, "Store arrays of numbers or text.")
                size = int(dtype.itemsize)
                for length in shape:
                    size *= int(length)
                limits.check_array_bytes(self.subject, size)
                if archive.getinfo(found[0]).file_size < size:
                    raise UnreadableMediaError(self.subject, "is shorter than its header says", "Restore the file.")
            with archive.open(found[0]) as member:
                try:
                    array: NDArray[Any] = np.lib.format.read_array(member, allow_pickle=False)
                except (ValueError, MemoryError) as error:
                    raise UnreadableMediaError(
                        self.subject, f"cannot be read ({error})", "Restore the file."
                    ) from error
        return array

    def cell(self, row: int) -> Any:
        """Return the cell of a row; None if the array has fewer rows."""
        array = self.load()
        return array[row] if array.ndim and row < len(array) else None


def _header(member: Any) -> tuple[tuple[int, ...], Any]:
    import numpy as np

    version = np.lib.format.read_magic(member)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"version {version} of the format")
    shape, _, dtype = read(member)
    return shape, dtype


def plain_array(array: Any, place: str) -> Any:
    """Return an array without Python objects in it.

    Raises
    ------
    RejectedTypeError
        If it holds objects other than text: they could only be kept as a pickle.
    """
    import numpy as np

    if not array.dtype.hasobject:
        return array
    if array.dtype.kind == "O" and array.size and all(isinstance(item, str) for item in array.flat):
        return array.astype(np.str_)
    problem = "is an array of Python objects, which could only be kept as a pickle"
    raise RejectedTypeError(place, problem, "Pass an array of numbers, times or text.")


def pack(key: str, cells: Sequence[NDArray[Any]]) -> BytesPayload:
    """Return the npz file of a column: all cells stacked, row i is item i.

    Raises
    ------
    DecodeLimitError
        If the stack is larger than a reader's limit.
    """
    import numpy as np

    size = sum(cell.nbytes for cell in cells)
    if size > limits.array_bytes():
        problem = f"{size:,} bytes are more than the limit of {limits.array_bytes():,}"
        raise DecodeLimitError(
            f'column "{key}"', problem, "Store the arrays as files, or raise VITRINA_MAX_ARRAY_BYTES."
        )
    buffer = io.BytesIO()
    stack = np.stack(cells) if cells else np.zeros((0,))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        # a fixed time: equal arrays give equal bytes, and so one file
        member = zipfile.ZipInfo(f"{key}.npy", (1980, 1, 1, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(member, "w", force_zip64=True) as file:
            np.lib.format.write_array(file, np.ascontiguousarray(stack), allow_pickle=False)
    return BytesPayload(buffer.getvalue(), ".npz")
