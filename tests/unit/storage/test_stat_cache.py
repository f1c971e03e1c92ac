"""Files that did not change since they were logged are not read again; all others are."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from storage import Artifact, Store, cache, content

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Log a folder of two files, ten seconds after they were made; returns what was opened."""
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a").write_bytes(b"one")
    (folder / "b").write_bytes(b"two")
    later = [time.time_ns() + 10_000_000_000]
    monkeypatch.setattr(content.time, "time_ns", lambda: later[0])
    opened: list[str] = []
    real = content.FileContent._opened
    monkeypatch.setattr(content.FileContent, "_opened", lambda self: (opened.append(self._path[-1]), real(self))[1])

    def run(name: str = "pets") -> tuple[Artifact, list[str]]:
        opened.clear()
        artifact = Artifact(name, type="dataset")
        artifact.add_dir(folder)
        return Store(tmp_path / "store").log_artifact(artifact), list(opened)

    run.folder, run.later = folder, later  # type: ignore[attr-defined]
    return run


def test_unchanged_files_are_not_read_again(log) -> None:
    assert log()[1] == ["a", "b"]
    artifact, opened = log()
    assert (artifact.version, opened) == ("v0", [])


def test_a_changed_file_is_read_even_with_its_old_size_and_mtime(log) -> None:
    log()
    before = (log.folder / "a").stat()
    (log.folder / "a").write_bytes(b"ONE")
    os.utime(log.folder / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    artifact, opened = log()
    assert (artifact.version, opened) == ("v1", ["a"])
    with artifact.open("a") as file:
        assert file.read() == b"ONE"


def test_nothing_is_kept_of_files_changed_just_before(log) -> None:
    log.later[0] = (log.folder / "a").stat().st_mtime_ns + 1_000_000_000
    assert set(log()[1]) == {"a", "b"}  # hashed when it is added, and read once more when it is stored
    log.later[0] += 10_000_000_000
    assert log()[1] == ["a", "b"]


def test_a_damaged_cache_counts_for_nothing(log) -> None:
    log()
    (kept,) = (cache.cache_folder() / "stats").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    artifact, opened = log()
    assert (artifact.version, opened) == ("v0", ["a", "b"])


def test_a_file_whose_blob_is_gone_is_read_again(log, tmp_path: Path) -> None:
    log()
    entry = log()[0].manifest.entries["a"]
    (found,) = (tmp_path / "store" / "blobs").glob(f"*/{entry.digest}.*")
    found.unlink()
    assert log()[1] == ["a"]
