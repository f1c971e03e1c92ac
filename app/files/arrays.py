"""Arrays of NumPy in files: their headers, and their values where these are plain numbers. No pickle is ever loaded."""

from __future__ import annotations

import ast
import math
import struct
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from app.text import printable
from datatypes.limits import check_array_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ArrayHeader", "array_statistics", "load_values", "npz_members", "read_header"]

_MAGIC = b"\x93NUMPY"

#: Longest header that is read; NumPy's own limit for headers that are not trusted.
_MAX_HEADER = 10_000

#: Members of an archive that are listed.
_MAX_MEMBERS = 500

_KINDS = {"b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex"}


class ArrayHeader(NamedTuple):
    """What the header of an .npy file says.

    Attributes
    ----------
    dtype : str
        Short name, such as ``float32``; of structures and objects as stored.
    descr : object
        As stored.
    shape : tuple of int
        Sizes.
    fortran : bool
        Whether the first axis runs fastest.
    start : int
        Bytes before the values.
    size_bytes : int or None
        Bytes of the values; None where they are Python objects.
    """

    dtype: str
    descr: Any
    shape: tuple[int, ...]
    fortran: bool
    start: int
    size_bytes: int | None

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers of one kind."""
        return isinstance(self.descr, str) and self.descr[1:2] in _KINDS

    @property
    def shape_text(self) -> str:
        """Shape as people write it."""
        return " × ".join(f"{size:,}" for size in self.shape) or "scalar"


def read_header(file: BinaryIO) -> ArrayHeader | None:
    """Read the header of an .npy file by ourselves, as text and not as code; None if it is none.

    Notes
    -----
    Source: numpy.lib.format, versions 1 to 3.
    """
    start = file.read(8)
    if len(start) < 8 or not start.startswith(_MAGIC) or start[6] not in (1, 2, 3):
        return None
    wide = start[6] > 1
    raw = file.read(4 if wide else 2)
    if len(raw) < (4 if wide else 2):
        return None
    (length,) = struct.unpack("<I" if wide else "<H", raw)
    text = file.read(length) if length <= _MAX_HEADER else b""
    if not text or len(text) < length:
        return None
    try:
        found = ast.literal_eval(text.decode("utf-8" if start[6] == 3 else "latin-1").strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    if not isinstance(found, dict) or found.keys() != {"descr", "fortran_order", "shape"}:
        return None
    shape = found["shape"]
    if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
        return None
    name, itemsize = _dtype(found["descr"])
    size = None if itemsize is None else itemsize * math.prod(shape)
    return ArrayHeader(name, found["descr"], shape, bool(found["fortran_order"]), len(start) + len(raw) + length, size)


def _dtype(descr: Any) -> tuple[str, int | None]:
    """Return the name of a dtype and the bytes of an item; None for objects and what is not known."""
    import numpy as np

    if isinstance(descr, str) and descr[1:2] == "O":
        return "Python objects", None
    try:
        dtype = np.dtype([tuple(field) for field in descr] if isinstance(descr, list) else descr)
    except (TypeError, ValueError, SyntaxError):
        return printable(str(descr), 60), None
    if dtype.hasobject:
        return "structures with Python objects", None
    return printable(str(dtype), 60), dtype.itemsize


def load_values(file: BinaryIO, header: ArrayHeader, subject: str) -> NDArray[Any]:
    """Return the values of an .npy file.

    Raises
    ------
    DecodeLimitError
        If they are more than `limits.array_bytes`.
    ValueError
        If they are Python objects, or the file ends before them.
    """
    import numpy as np

    if header.size_bytes is None:
        raise ValueError(f"{subject}: holds Python objects, which are never loaded. Save plain numbers.")
    check_array_bytes(subject, header.size_bytes)
    file.seek(header.start)
    data = file.read(header.size_bytes)
    if len(data) < header.size_bytes:
        raise ValueError(f"{subject}: ends after {len(data):,} of {header.size_bytes:,} bytes. Restore the file.")
    descr = [tuple(field) for field in header.descr] if isinstance(header.descr, list) else header.descr
    values = np.frombuffer(data, np.dtype(descr))
    return values.reshape(header.shape, order="F" if header.fortran else "C")


def array_statistics(values: NDArray[Any]) -> list[tuple[str, str]]:
    """Return what can be said of numbers: least, greatest, mean, deviation, and how many are not finite."""
    import numpy as np

    if values.dtype.kind not in "biuf" or not values.size:
        return []
    as_float = values.astype(np.float64)
    finite = as_float[np.isfinite(as_float)]
    facts = []
    if finite.size:
        exact = values if values.dtype.kind in "biu" else finite
        facts += [("Minimum", _number(exact.min())), ("Maximum", _number(exact.max()))]
        facts += [("Mean", f"{finite.mean():.6g}"), ("Standard deviation", f"{finite.std():.6g}")]
    if finite.size < values.size:
        missing = int(np.isnan(as_float).sum())
        infinite = values.size - finite.size - missing
        facts += [("NaN", f"{missing:,}")] if missing else []
        facts += [("Infinite", f"{infinite:,}")] if infinite else []
    return facts


def _number(value: Any) -> str:
    item = value.item()
    return f"{item:,}" if isinstance(item, int) and not isinstance(item, bool) else f"{item:.6g}"


def npz_members(file: BinaryIO) -> tuple[list[tuple[str, str, str, int]], int] | None:
    """Return (name, dtype, shape, bytes) of the arrays of an archive, and how many there are; None if it is none.

    Only headers are read, and of the archive no more than it says itself: nothing is unpacked.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            rows = []
            for info in infos[:_MAX_MEMBERS]:
                header = None
                if info.filename.endswith(".npy") and not info.flag_bits & 1:
                    with archive.open(info) as member:
                        header = read_header(member)  # type: ignore[arg-type]  # reads as a file does
                name = printable(info.filename.removesuffix(".npy"))
                dtype, shape = (header.dtype, header.shape_text) if header else ("no array", "")
                rows.append((name, dtype, shape, info.file_size))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return None
    return rows, len(infos)
