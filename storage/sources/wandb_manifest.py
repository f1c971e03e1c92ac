"""``wandb_manifest.json``: parse it strictly, entry by entry, and compute what W&B's digests say.

A file of an artifact that anybody may have made: a bad entry is left out and said, the rest is read.

How digests are spelled here
----------------------------
W&B writes the md5, or in newer artifacts the XXH128, of a file in base64. `digest_text` turns that into
``md5:<hex>`` or ``xxh128:<hex>``, so that nobody takes it for the sha256 of our own manifests; digests of
references (ETags, URIs) stay the text that they are. The stored text itself is kept in `WandbEntry.raw`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO, Protocol

    class Hash(Protocol):
        """What hashlib and xxhash have in common."""

        def update(self, data: bytes, /) -> object:
            """Take more bytes."""

        def digest(self) -> bytes:
            """Return the digest of all bytes so far."""

        def hexdigest(self) -> str:
            """Return it in hex."""


__all__ = [
    "MD5",
    "XXH128",
    "ParsedManifest",
    "WandbEntry",
    "artifact_digest",
    "digest_text",
    "file_digest",
    "new_hash",
    "parse_manifest",
]

MD5, XXH128 = "md5", "xxh128"
_DIGEST_BYTES = 16  # of both
_MAX_DEPTH = 20  # of an entry's extra fields; SDKs write one level
_CHUNK = 1 << 20


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
    ValueError
        If it is not JSON, repeats a key, or has no ``contents``: then nothing in it can be believed.
    """
    try:
        document = json.loads(data, object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(document, dict) or not isinstance(document.get("contents"), dict):
        raise ValueError('has no object "contents"')
    problems: list[Problem] = []
    if (version := document.get("version")) != 1:
        version = json.dumps(version)[:40] if isinstance(version, int | str) else type(version).__name__
        problems.append(Problem("wandb_manifest.json", f"has version {version}, not 1", "Read what follows with care."))
    entries: dict[str, WandbEntry] = {}
    for path, raw in document["contents"].items():
        try:
            entries[path] = _entry(path, raw)
        except ValueError as error:
            remedy = "Ask the maker of the artifact for a whole manifest."
            problems.append(Problem(path, str(error), remedy, "record", entry=path))
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
    """Compute the digest of an artifact from its entries; None if `algorithm` needs a library that is not there."""
    state = new_hash(algorithm)
    if state is None:
        return None
    state.update(b"wandb-artifact-manifest-v1\n")
    for entry in sorted(entries):
        state.update(f"{entry.path}:{entry.raw['digest']}\n".encode("utf-8", "surrogatepass"))
    return state.hexdigest()


def file_digest(file: BinaryIO, algorithm: str) -> str | None:
    """Hash a file; the result is spelled as entries spell it. None if a library is missing."""
    state = new_hash(algorithm)
    if state is None:
        return None
    while chunk := file.read(_CHUNK):
        state.update(chunk)
    return f"{algorithm}:{state.digest().hex()}"


def new_hash(algorithm: str) -> Hash | None:
    """Start a hash; None for XXH128 where the package ``xxhash`` is not installed."""
    if algorithm == MD5:
        return hashlib.md5(usedforsecurity=False)
    try:
        state: Hash = importlib.import_module("xxhash").xxh128()
    except ImportError:
        return None
    return state


def _entry(path: str, raw: Any) -> WandbEntry:
    """Check one entry; what is wrong with it is said by a ValueError."""
    if not isinstance(raw, dict):
        raise ValueError(f"its manifest entry is {type(raw).__name__}, not an object")
    digest, ref, extra = raw.get("digest"), raw.get("ref"), raw.get("extra")
    if not isinstance(digest, str):
        raise ValueError("its manifest entry has no digest")
    if ref is not None and not isinstance(ref, str):
        raise ValueError("its reference is not text")
    if _depth(raw) > _MAX_DEPTH:
        raise ValueError("its manifest entry is nested too deeply")
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


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; a key that occurs twice means two readers may see two artifacts."""
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add returns None
        raise ValueError(f"has the key {twice[:80]!r} twice")
    return made


def _depth(value: Any) -> int:
    """Measure the nesting of a value, no deeper than one level beyond what is allowed."""
    depth, level = 0, [value]
    while level and depth <= _MAX_DEPTH:
        depth += 1
        inner = [item for item in level if isinstance(item, dict | list)]
        level = [child for item in inner for child in (item.values() if isinstance(item, dict) else item)]
    return depth
