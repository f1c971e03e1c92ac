"""Artifacts in memory, to be read."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from storage.errors import MissingFileError
from storage.manifest import Manifest, ManifestEntry
from storage.reading import ReadableArtifact

if TYPE_CHECKING:
    from storage.refs import ArtifactRef


class DictArtifact(ReadableArtifact):
    """An artifact whose files are a dict; `others` are found by client id or server id."""

    def __init__(self, files: dict[str, Any], refs: dict[str, str] | None = None, **facts: Any) -> None:
        self.name, self.type, self.version = facts.pop("name", "pets"), "dataset", "v0"
        self.metadata, self.problems = {}, []
        self.client_id, self.server_id = facts.pop("client_id", "c" * 8), facts.pop("server_id", None)
        self.others: list[ReadableArtifact] = [self]
        self.data = {
            name: data if isinstance(data, bytes) else json.dumps(data, sort_keys=True).encode()
            for name, data in files.items()
        }
        self.opened: list[str] = []
        entries = [ManifestEntry(name, hashlib.sha256(data).hexdigest(), len(data)) for name, data in self.data.items()]
        entries += [ManifestEntry(name, ref, None, ref) for name, ref in (refs or {}).items()]
        self.entries = Manifest(entries)

    def _manifest(self) -> Manifest:
        return self.entries

    def _open_entry(self, entry: ManifestEntry) -> io.BytesIO:
        self.opened.append(entry.path)
        if entry.path not in self.data:
            raise MissingFileError(entry.path, "is not there")
        return io.BytesIO(self.data[entry.path])

    def _resolve(self, ref: ArtifactRef) -> ReadableArtifact | None:
        for other in self.others:
            if ref.id == (other.server_id if ref.by_server_id else other.client_id):
                return other
        return None


@pytest.fixture
def make_artifact():
    return DictArtifact


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """A cache folder of the test's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("VITRINA_CACHE", str(folder))
    return folder
