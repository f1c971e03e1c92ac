"""Writing an artifact as a folder that W&B's SDK reads: files at their names, and the manifest that it wants.

The manifest and its md5 digests are derived here and nowhere else: md5 costs more than sha256 and buys nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import AlreadyStoredError, BackendError, CorruptBlobError, InvalidNameError
from storage.flatten import self_contained
from storage.hashing import BUFFER_BYTES, Hasher
from storage.layout import is_digest
from storage.safe_paths import remove_beneath, write_beneath
from storage.transfer import find_collisions

if TYPE_CHECKING:
    import os
    from typing import BinaryIO

    from storage.draft import DraftEntry
    from storage.reading import ReadableArtifact

__all__ = ["export_wandb"]

MANIFEST = "wandb_manifest.json"
_CONFIG = {"storageLayout": "V2"}
_NOT_EXPORTED = frozenset({"digest", "local_path"})  # ours, of the bytes; a path on the machine that wrote them
_POLICY = "wandb-storage-policy-v1"


def export_wandb(stored: ReadableArtifact, dest: str | os.PathLike[str]) -> Path:
    """Write an artifact as a folder that W&B's SDK reads.

    Parameters
    ----------
    stored : ReadableArtifact
        What to write. Values that it refers to in other artifacts are written out: the folder needs no other.
    dest : path
        A folder that is not there, or empty. ``DEST.artifact.json`` beside it gets name, type, description, metadata,
        digest and client id.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    AlreadyStoredError
        If there is something in the folder, or two names are one on common file systems; before anything is written.
    CorruptBlobError
        If bytes are not those that were recorded; what was written so far stays.
    """
    folder = Path(dest)
    facts_path = folder.with_name(f"{folder.name}.artifact.json")
    flat = self_contained(stored)
    entries = list(flat.entry_draft)
    find_collisions([*(entry.path for entry in entries if entry.content is not None), MANIFEST])
    _make_empty(folder, facts_path)
    contents = {entry.path: _export_entry(entry, folder) for entry in entries}
    manifest = {"version": 1, "storagePolicy": _POLICY, "storagePolicyConfig": _CONFIG, "contents": contents}
    facts = {
        "name": stored.name,
        "type": stored.type,
        "version": stored.version,
        "description": stored.description,
        "metadata": stored.metadata,
        "digest": wandb_digest(contents),
        "digest_algorithm": "MD5",
        "client_id": stored.client_id,
    }
    if stored.server_id:
        facts["server_id"] = stored.server_id
    _write_json(folder, MANIFEST, manifest)
    _write_json(folder.parent, facts_path.name, facts)
    return folder


def wandb_digest(contents: dict[str, dict[str, Any]]) -> str:
    """Compute W&B's digest of an artifact from its manifest."""
    state = hashlib.md5(b"wandb-artifact-manifest-v1\n", usedforsecurity=False)
    for path in sorted(contents):
        state.update(f"{path}:{contents[path]['digest']}\n".encode())
    return state.hexdigest()


def _make_empty(folder: Path, facts_path: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        present = next(iter(folder.iterdir()), None) or (facts_path if facts_path.exists() else None)
    except OSError as error:
        raise BackendError(str(folder), error.strerror or str(error), "Choose a folder that can be made.") from error
    if present is not None:
        raise AlreadyStoredError(str(present), "is there already", "Choose a folder that is empty or not there.")


def _export_entry(entry: DraftEntry, folder: Path) -> dict[str, Any]:
    """Copy an entry's file, if it has one, and return what W&B's manifest says of it."""
    if entry.content is None:
        kept = {**_further(entry), "digest": _reference_digest(entry), "ref": entry.ref}
        return kept if entry.size is None else {**kept, "size": entry.size}
    with entry.content.open() as source, write_beneath(folder, entry.path) as target:
        try:
            md5_base64, digest = _copy(source, target)
        except OSError as error:
            remove_beneath(folder, entry.path)
            raise BackendError(f"{folder}/{entry.path}", error.strerror or str(error), "Free space.") from error
    if entry.known_digest is not None and digest != entry.known_digest:
        remove_beneath(folder, entry.path)
        problem = f"its bytes hash to {digest}, the manifest says {entry.known_digest}"
        raise CorruptBlobError(f"entry {entry.path}", problem, "Run the check of the store.")
    return {**_further(entry), "digest": md5_base64, "size": entry.size}


def _further(entry: DraftEntry) -> dict[str, Any]:
    """Return what else W&B's manifest said of an entry: all but the hash that is not used here, and dead paths."""
    found = {key: item for key, item in (entry.extra or {}).items() if key not in _NOT_EXPORTED}
    inner = found.get("extra")
    if isinstance(inner, dict) and "alg" in inner:
        found["extra"] = {key: item for key, item in inner.items() if key != "alg"}
        if not found["extra"]:
            del found["extra"]
    return found


def _reference_digest(entry: DraftEntry) -> str:
    """Return the digest of a reference in W&B's spelling, where it came from there."""
    algorithm, colon, text = entry.digest.partition(":")
    if colon and algorithm in {"md5", "xxh128"} and len(text) == 32 and not is_digest(entry.digest):
        return base64.b64encode(bytes.fromhex(text)).decode("ascii")
    return entry.digest


def _copy(source: BinaryIO, target: BinaryIO) -> tuple[str, str]:
    """Copy a file; returns its base64 md5 and its hex sha256."""
    md5, sha256 = hashlib.md5(usedforsecurity=False), Hasher()
    while piece := source.read(BUFFER_BYTES):
        md5.update(piece)
        sha256.update(piece)
        target.write(piece)
    target.flush()
    return base64.b64encode(md5.digest()).decode("ascii"), sha256.text


def _write_json(folder: Path, name: str, document: dict[str, Any]) -> None:
    try:
        with write_beneath(folder, name) as file:
            file.write(json.dumps(document, separators=(",", ":")).encode("ascii"))
    except InvalidNameError:
        raise
    except OSError as error:
        raise BackendError(f"{folder}/{name}", error.strerror or str(error), "Free space.") from error
