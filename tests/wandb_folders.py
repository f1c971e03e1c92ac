"""Artifact folders as W&B leaves them, made of names and bytes."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

#: Stored JSON of a type that nobody knows.
UNKNOWN = json.dumps({"_type": "from-the-future", "path": "a.txt"}).encode()


def write(root: Path, files: dict[str, bytes]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def manifest(files: dict[str, bytes], more: dict[str, Any] | None = None) -> bytes:
    contents: dict[str, Any] = {name: {"digest": md5(data), "size": len(data)} for name, data in files.items()}
    return json.dumps({"version": 1, "storagePolicy": "p", "contents": contents | (more or {})}).encode()


def artifact(root: Path, files: dict[str, bytes], more: dict[str, Any] | None = None, **record: Any) -> Path:
    write(root, {**files, "wandb_manifest.json": manifest(files, more)})
    if record:
        root.with_name(f"{root.name}.artifact.json").write_text(json.dumps(record))
    return root


def content(opened: Any, name: str) -> bytes:
    with opened.open(name) as file:
        return file.read()
