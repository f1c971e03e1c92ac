"""``wandb_manifest.json``: parse it strictly, entry by entry, and compute what W&B's digests say.

A file of an artifact that anybody may have made: a bad entry is left out and said, the rest is read.

How digests are spelled here
----------------------------
W&B writes the md5, or in newer artifacts the XXH128, of a file in base64. `digest_text` turns that into
``md5:<hex>`` or ``xxh128:<hex>``, so that nobody takes it for the sha256 of our own manifests. A reference to an
artifact has the digest of what it refers to; those of other references (ETags, URIs, hashes of paths) stay the text
that they are, since no bytes need to fit them. The stored text itself is kept in `WandbEntry.raw`.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.errors import NotReadableError, Problem
from storage.hashing import Hasher
from storage.refs import parse_ref
from storage.strict_json import load_json

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "MANIFEST_NAME",
    "MD5",
    "XXH128",
    "ParsedManifest",
    "WandbEntry",
    "artifact_digest",
    "digest_text",
    "parse_manifest",
]

MANIFEST_NAME = "wandb_manifest.json"
MD5, XXH128 = "md5", "xxh128"
_DIGEST_BYTES = 16  # of both


class WandbEntry(NamedTuple):
    """One entry as W&B stored it."""

    path: str
    digest: str
    """Spelled as this module's docstring says."""
    size: int | None
    ref: str | None
    raw: dict[str, Any]
    """The entry's JSON, unchanged: digest in base64, ``extra``, ``birthArtifactID`` and whatever else is there."""

    @property
    def algorithm(self) -> str | None:
        """``"md5"`` or ``"xxh128"``; None where the digest is not that of bytes."""
        prefix = self.digest.partition(":")[0]
        return prefix if prefix in (MD5, XXH128) and self.ref is None else None


class ParsedManifest(NamedTuple):
    """What a manifest holds, as far as it can be understood."""

    entries: dict[str, WandbEntry]
    problems: list[Problem]
    """Entries that were left out."""
    algorithm: str
    """Hash of the artifact's own digest."""


def parse_manifest(data: bytes) -> ParsedManifest:
    """Parse the text of a manifest of any SDK.

    Parameters
    ----------
    data : bytes
        Content of ``wandb_manifest.json``.

    Raises
    ------
    NotReadableError
        If it is not JSON within the limits, repeats a key, or has no ``contents``: then nothing in it can be believed.
    """
    document = load_json(data, MANIFEST_NAME, unique_keys=True)
    if not isinstance(document, dict) or not isinstance(document.get("contents"), dict):
        raise NotReadableError(MANIFEST_NAME, 'has no object "contents"', "Download the artifact again.")
    problems: list[Problem] = []
    if (version := document.get("version")) != 1:
        version = json.dumps(version)[:40] if isinstance(version, int | str) else type(version).__name__
        problems.append(Problem(MANIFEST_NAME, f"has version {version}, not 1", "Read what follows with care."))
    entries: dict[str, WandbEntry] = {}
    for path, raw in document["contents"].items():
        try:
            entries[path] = _entry(path, raw)
        except ValueError as error:
            remedy = "Ask the maker of the artifact for a whole manifest."
            problems.append(Problem(path, str(error), remedy, "record", entry=path))
    for entry in entries.values():
        if entry.ref is None and entry.algorithm is None:
            problem = f"its digest {entry.digest[:80]!a} is not 16 bytes in base64, so that its bytes cannot be checked"
            problems.append(Problem(entry.path, problem, "Download the artifact again.", "digest", entry=entry.path))
    hashed = {entry.algorithm for entry in entries.values()} - {None}
    return ParsedManifest(entries, problems, XXH128 if hashed == {XXH128} else MD5)


def digest_text(stored: str, algorithm: str) -> str:
    """Spell a stored digest: ``md5:<hex>``, ``xxh128:<hex>``, or the text itself if it is not base64 of 16 bytes."""
    try:
        raw = base64.b64decode(stored, validate=True)
    except (binascii.Error, ValueError):
        return stored
    return f"{algorithm}:{raw.hex()}" if len(raw) == _DIGEST_BYTES else stored


def artifact_digest(entries: Iterable[WandbEntry], algorithm: str) -> str | None:
    """Compute W&B's digest of an artifact, in hex; None if `algorithm` needs a library that is not there."""
    try:
        state = Hasher(algorithm)
    except ImportError:
        return None
    state.update(b"wandb-artifact-manifest-v1\n")
    for entry in sorted(entries):
        state.update(f"{entry.path}:{entry.raw['digest']}\n".encode("utf-8", "surrogatepass"))
    return state.text.rpartition(":")[2]


def _entry(path: str, raw: Any) -> WandbEntry:
    """Check one entry; what is wrong with it is said by a ValueError."""
    if not isinstance(raw, dict):
        raise ValueError(f"its manifest entry is {type(raw).__name__}, not an object")
    digest, ref, extra = raw.get("digest"), raw.get("ref"), raw.get("extra")
    if not isinstance(digest, str):
        raise ValueError("its manifest entry has no digest")
    if ref is not None and not isinstance(ref, str):
        raise ValueError("its reference is not text")
    if ref is not None and parse_ref(ref) is None:
        return WandbEntry(path, digest, _size(raw.get("size")), ref, raw)
    newer = isinstance(extra, dict) and str(extra.get("alg", "")).lower() == XXH128
    return WandbEntry(path, digest_text(digest, XXH128 if newer else MD5), _size(raw.get("size")), ref, raw)


def _size(stored: Any) -> int | None:
    """Read a size; SDKs accept text of a number too."""
    if stored is None:
        return None
    try:
        size = int(stored) if isinstance(stored, str) else stored
    except ValueError:
        size = None
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ValueError(f"its size is {json.dumps(stored)[:40]}, not a number of bytes")
    return size
