"""Run by itself, in a Python that has wandb 0.31: open artifact folders with the real SDK and print what it recovers.

    python wandb_child.py FOLDER [SIBLING ...]     one JSON document on standard output
    python wandb_child.py --each                   the same for many: [[FOLDER, SIBLING, ...], ...] on standard input

A folder holds the files of one artifact and its `wandb_manifest.json`; ``NAME.artifact.json`` beside it, where it
exists, tells under which ids others refer to it. The SDK has no call for a folder: a fresh `Artifact` is given the
manifest and marked as committed, and the three places where it would ask a server answer from the folders. All else is
the SDK's own code. It is a program of its own because it changes the SDK and points its folders at a temporary one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

SCRATCH = tempfile.mkdtemp()
os.environ |= {f"WANDB_{name}_DIR": SCRATCH for name in ("CACHE", "DATA", "ARTIFACT")}
os.environ |= {"WANDB_DIR": SCRATCH, "WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_ERROR_REPORTING": "false"}

import bokeh.document  # noqa: E402, F401  # the SDK reads Bokeh only if somebody imported this before
import numpy as np  # noqa: E402
import wandb  # noqa: E402
from wandb.sdk.artifacts.artifact_manifest import ArtifactManifest  # noqa: E402
from wandb.sdk.artifacts.artifact_state import ArtifactState  # noqa: E402
from wandb.sdk.artifacts.storage_handlers.wb_artifact_handler import WBArtifactHandler  # noqa: E402
from wandb.sdk.artifacts.storage_policies.wandb_storage_policy import WandbStoragePolicy  # noqa: E402

FOLDERS: dict[int, Path] = {}
BY_ID: dict[str, Any] = {}


class Lookup:
    """Answers the one question that the SDK asks a server while it resolves a reference."""

    def _artifact_from_id(self, artifact_id: str) -> Any:
        return BY_ID[artifact_id]


def load_file(self: Any, artifact: Any, manifest_entry: Any, **_: Any) -> str:
    return str(FOLDERS[id(artifact)] / manifest_entry.path)


def download(self: Any, root: str | None = None, **_: Any) -> str:
    root = self._add_download_root(root)
    for name in self.manifest.entries:
        self.get_entry(name).download()
    return root


WandbStoragePolicy.load_file = load_file
WBArtifactHandler.client = property(lambda self: Lookup())
wandb.Artifact._referenced_artifact_from_id = lambda self, artifact_id: BY_ID[artifact_id]
wandb.Artifact.download = download


def opened(folder: Path, number: int) -> Any:
    """Return the SDK's own artifact for a folder."""
    beside = folder.with_name(f"{folder.name}.artifact.json")
    facts = json.loads(beside.read_text("utf-8")) if beside.exists() else {}
    artifact = wandb.Artifact(f"folder{number}", "dataset")
    manifest = json.loads((folder / "wandb_manifest.json").read_text("utf-8"))
    artifact._manifest = ArtifactManifest.from_manifest_json(manifest)
    artifact._id = facts.get("server_id") or f"folder-{number}"
    artifact._state, artifact._version, artifact._aliases = ArtifactState.COMMITTED, "v0", ["latest"]
    artifact._name += ":v0"
    artifact._source_name += ":v0"
    artifact._service_api = object()
    FOLDERS[id(artifact)] = folder
    BY_ID.update((key, artifact) for key in (artifact._id, facts.get("server_id_hex"), facts.get("client_id")) if key)
    return artifact


def fact(value: Any) -> Any:
    """Return what can be compared of a value of the SDK: pixels by digest, rows by value, files by digest."""
    name = type(value).__name__
    if name == "Image":
        return image_fact(value)
    if name == "ImageMask":
        return pixels_fact(np.asarray(__import__("PIL.Image").Image.open(value._path)))
    if name == "Classes":
        return {"class": name, "class_set": value._class_set}
    if name == "BoundingBoxes2D":
        return {"class": name, "boxes": value._val}
    if name == "Table":
        return {"class": name, "columns": value.columns, "rows": [[fact(cell) for cell in row] for row in value.data]}
    if name == "JoinedTable":
        return {"class": name, "tables": [fact(value._table1), fact(value._table2)], "key": value._join_key}
    if getattr(value, "_path", None):
        return {"class": name, "sha256": hashlib.sha256(Path(value._path).read_bytes()).hexdigest()}
    if hasattr(value, "isoformat"):
        return {"time": value.isoformat()}
    if isinstance(value, np.ndarray):
        return {"array": (value.astype(str) if value.dtype.kind == "c" else value).tolist()}
    if isinstance(value, dict | list):
        return json.loads(json.dumps(value, default=fact))
    return value if value is None or isinstance(value, bool | int | float | str) else {"class": name}


def pixels_fact(pixels: np.ndarray) -> dict[str, Any]:
    digest = hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()
    return {"shape": list(pixels.shape), "dtype": pixels.dtype.name, "pixels_sha256": digest}


def image_fact(image: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {"class": "Image", "caption": image._caption, **pixels_fact(np.asarray(image.image))}
    if image._classes is not None:
        facts["class_set"] = image._classes._class_set
    if image._boxes:
        facts["boxes"] = {key: boxes._val for key, boxes in image._boxes.items()}
    if image._masks:
        facts["masks"] = {key: fact(mask) for key, mask in image._masks.items()}
    return facts


def read(folder: str, *siblings: str, first: int = 0) -> dict[str, Any]:
    for number, sibling in enumerate(siblings, first + 1):
        opened(Path(sibling), number)
    artifact = opened(Path(folder), first)
    found: dict[str, Any] = {}
    for name in sorted(artifact.manifest.entries):
        if name.endswith(".json") and "/media/" not in f"/{name}":
            try:
                found[name] = fact(artifact.get(name))
            except Exception as error:  # noqa: BLE001  # the SDK's own faults are what is being reported
                found[name] = {"error": f"{type(error).__name__}: {error}"}
    return found


def read_each(groups: list[list[str]]) -> list[dict[str, Any]]:
    """Read many folders, each with its own siblings: what one group opened is unknown to the next."""
    found = []
    for index, group in enumerate(groups):
        FOLDERS.clear()
        BY_ID.clear()
        found.append(read(*group, first=1000 * index))
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["--each"]:
        json.dump(read_each(json.load(sys.stdin)), sys.stdout)
    else:
        json.dump(read(*sys.argv[1:]), sys.stdout)
