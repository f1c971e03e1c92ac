"""Files that users give, for types that keep them byte for byte: paths, entries of artifacts, file objects."""

from __future__ import annotations

import os
from typing import Any

from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.fidelity import FidelityRecord
from datatypes.payload import BytesPayload, PathPayload, Payload, SourcePayload, TemporaryPayload
from datatypes.ports import SourceFile

__all__ = ["IN_MEMORY", "file_object_bytes", "file_payload", "file_record", "given_name", "made_payload"]

#: Files that we make and that are larger than this many bytes lie in a temporary file and not in memory.
IN_MEMORY = 16 << 20


def given_name(data: Any) -> str | None:
    """Return the name of the file that was given, as it was given; None if `data` is neither path nor entry.

    Raises
    ------
    RejectedValueError
        If it is an address: nothing is fetched.
    """
    if (found := _source_file(data)) is not None:
        return found.name
    if not isinstance(data, str | os.PathLike):
        return None
    text = os.fsdecode(data)
    if "://" in text:
        raise RejectedValueError(text, "is an address, and nothing is fetched", "Use add_reference, or pass a file.")
    return text


def file_payload(data: Any) -> Payload:
    """Return the file of a path or an entry, for which `given_name` gives a name; its content is not looked at.

    Raises
    ------
    MissingMediaError
        If the path cannot be opened.
    """
    found = _source_file(data)
    return SourcePayload(found.source, found.name) if found is not None else PathPayload(data)


def _source_file(data: Any) -> SourceFile | None:
    """A file that lies in a source, or the entry of an artifact that knows one."""
    found = data if isinstance(data, SourceFile) else getattr(data, "source_file", None)
    return found if isinstance(found, SourceFile) else None


def file_object_bytes(file: Any, subject: str) -> bytes:
    """Return the whole content of a file object, from its start; text becomes UTF-8.

    Raises
    ------
    RejectedTypeError
        If reading gives neither bytes nor text.
    """
    if hasattr(file, "seek"):
        file.seek(0)
    data = file.read()
    if isinstance(data, str):
        return data.encode()
    if not isinstance(data, bytes | bytearray | memoryview):
        raise RejectedTypeError(subject, f"gives {type(data).__name__}, not bytes", 'Open it with mode "rb".')
    return bytes(data)


def file_record(payload: Payload) -> FidelityRecord:
    """Return the record of a file that is kept byte for byte."""
    return FidelityRecord("lossless", {"kind": "file", "sha256": payload.sha256})


def made_payload(data: bytes, extension: str) -> Payload:
    """Return a file that we made, in memory or, if it is large, on disk."""
    if len(data) <= IN_MEMORY:
        return BytesPayload(data, extension)
    payload = TemporaryPayload(extension)
    payload.local_path().write_bytes(data)
    return payload
