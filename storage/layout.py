"""Keys of a store: the only code that knows where what lies.

One layout for a folder, memory and a bucket; ASCII, lower case where we choose, below 120 characters::

    store.json                         format, version, id; created once
    blobs/<aa>/<sha256>.<epoch:06d>    content, written once
    log/<n:010d>                       record n
    runs/<id>/…                        run folders
    tmp/…                              folders only: staging, on the same file system

The *epoch* of a blob is the number of sweeps in the log that its writer had read. A key that was swept is never used
again: the same bytes get a key of a later epoch.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = [
    "BLOBS",
    "LOG",
    "RUNS",
    "STORE_KEY",
    "TMP",
    "BlobName",
    "blob_folder",
    "blob_from_key",
    "blob_key",
    "is_digest",
    "is_store_name",
    "number_from_key",
    "record_key",
    "run_prefix",
]

FORMAT, VERSION = "vitrina-store", 1
STORE_KEY = "store.json"
BLOBS, LOG, RUNS, TMP = "blobs", "log", "runs", "tmp"

_DIGEST = re.compile(r"[0-9a-f]{64}")
_BLOB = re.compile(r"blobs/([0-9a-f]{2})/(\1[0-9a-f]{62})\.([0-9]{6})")
_RECORD = re.compile(r"log/([0-9]{10})")
_PLATFORM_FILES = re.compile(r"\.DS_Store|\._.*|Thumbs\.db|desktop\.ini")


class BlobName(NamedTuple):
    """What a blob's key says."""

    digest: str
    """Hex sha256 of its bytes."""
    epoch: int
    """Number of sweeps before it was written."""


def is_digest(text: object) -> bool:
    """Whether something is a hex sha256."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def blob_key(digest: str, epoch: int) -> str:
    """Return the key of a blob."""
    return f"{BLOBS}/{digest[:2]}/{digest}.{epoch:06d}"


def blob_from_key(key: str) -> BlobName | None:
    """Take the key of a blob apart; None if it is none."""
    found = _BLOB.fullmatch(key)
    return BlobName(found[2], int(found[3])) if found else None


def blob_folder(digest: str) -> str:
    """Return the prefix below which all blobs lie that share the first two digits with `digest`."""
    return f"{BLOBS}/{digest[:2]}/"


def record_key(number: int) -> str:
    """Return the key of record `number` of the log, from 0."""
    return f"{LOG}/{number:010d}"


def number_from_key(key: str) -> int | None:
    """Return the number of a record from its key; None if it is none."""
    found = _RECORD.fullmatch(key)
    return int(found[1]) if found else None


def run_prefix(run_id: str) -> str:
    """Return the folder of a run, without slash at the end.

    Letters of either case that differ may meet in one folder on some systems, so all but lower-case letters, digits,
    ``_`` and ``-`` are percent-encoded, byte by byte.
    """
    return f"{RUNS}/" + "".join(
        chr(byte) if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789_-" else f"%{byte:02X}"
        for byte in run_id.encode("utf-8", "surrogatepass")
    )


def is_store_name(name: str) -> bool:
    """Whether a name at the top of a folder belongs to a store, or to the system that shows folders."""
    return name in {STORE_KEY, BLOBS, LOG, RUNS, TMP} or _PLATFORM_FILES.fullmatch(name) is not None
