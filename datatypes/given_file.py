"""Files that a caller hands over: a path, a file object, an entry of an artifact. Each becomes a payload."""

from __future__ import annotations

import os
from typing import Any

from datatypes import limits
from datatypes.errors import DecodeLimitError
from datatypes.payload import BytesPayload, PathPayload, Payload, SourcePayload
from datatypes.ports import SourceFile

__all__ = ["given_payload", "read_limited"]


def given_payload(data: Any, extension: str) -> Payload | None:
    """Return the payload of a path object, a file object or an entry of an artifact; None if `data` is none of them.

    Parameters
    ----------
    data : object
        Text is not taken for a path here: which text is one differs from type to type.
    extension : str
        With its dot; for what comes from a file object.

    Raises
    ------
    MissingMediaError
        If it is a path that cannot be opened.
    UnicodeEncodeError
        If a text file gives lone surrogates, which no file can hold.
    """
    entry = data if isinstance(data, SourceFile) else getattr(data, "source_file", None)
    if isinstance(entry, SourceFile):
        return SourcePayload(entry.source, entry.name)
    if isinstance(data, os.PathLike):
        return PathPayload(data)
    if not hasattr(data, "read"):
        return None
    if hasattr(data, "seek"):
        data.seek(0)
    content = data.read()
    return BytesPayload(content.encode() if isinstance(content, str) else bytes(content), extension)


def read_limited(payload: Payload, subject: str) -> bytes:
    """Read a document that is taken apart in memory.

    Raises
    ------
    DecodeLimitError
        If it is larger than `limits.json_bytes`.
    """
    with payload.open() as file:
        data = file.read(limits.json_bytes() + 1)
    if len(data) > limits.json_bytes():
        problem = f"has more than the limit of {limits.json_bytes():,} bytes"
        raise DecodeLimitError(subject, problem, "Raise VITRINA_MAX_JSON_BYTES if you trust the file.")
    return data
