"""Numbers for our own scripts: one header of JSON and arrays behind it, read in a browser without a library.

Layout: the length of the header (4 bytes, little endian), the header in UTF-8 with spaces behind it, the arrays one
after another, little endian, each beginning at a multiple of 8.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["packed", "unpacked"]


def packed(header: Mapping[str, Any], **arrays: NDArray[Any]) -> bytes:
    """Return header and arrays as bytes; `unpacked` undoes it."""
    import numpy as np

    described, bodies, at = [], [], 0
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        described.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape), "at": at})
        body = little.tobytes() + b"\0" * (-little.nbytes % 8)
        bodies.append(body)
        at += len(body)
    text = json.dumps({**header, "arrays": described}).encode()
    text += b" " * (-(len(text) + 4) % 8)
    return b"".join([len(text).to_bytes(4, "little"), text, *bodies])


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return header and arrays.

    Raises
    ------
    ValueError
        If it is not what `packed` made.
    """
    import numpy as np

    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    arrays = {}
    for item in header.pop("arrays"):
        dtype = np.dtype(item["dtype"]).newbyteorder("<")
        amount = int(np.prod(item["shape"], dtype=np.int64))
        found = np.frombuffer(data, dtype, amount, 4 + length + item["at"])
        arrays[item["name"]] = found.reshape(item["shape"])
    return header, arrays
