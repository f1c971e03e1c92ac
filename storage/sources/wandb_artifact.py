"""An artifact that W&B's SDK downloaded or staged: a folder of files, with its manifest or without.

Beside the folder may lie ``<folder>.artifact.json``, which says name, type, metadata and the ids under which other
artifacts refer to it. Neither is there after a plain download; then the folder's name is all that is known.

Digests are spelled as `storage.sources.wandb_manifest` says. Of files that nobody hashed, which is all of them where
there is no manifest, the digest is ``stat:…``: it changes when the file does and says nothing of its bytes.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.errors import MissingFileError, Problem, StorageError, UnsafePathError
from storage.hashing import hasher_for
from storage.manifest import Manifest, ManifestEntry
from storage.reading import ReadableArtifact
from storage.safe_paths import FolderReader, check_name, open_beneath, stat_beneath
from storage.sources.documents import json_object
from storage.sources.walk import walk_files
from storage.sources.wandb_manifest import MANIFEST_NAME, XXH128, artifact_digest, parse_manifest
from storage.strict_json import max_json_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from storage.refs import ArtifactRef
    from storage.sources.family import Family
    from storage.sources.walk import FoundFile
    from storage.sources.wandb_manifest import ParsedManifest

__all__ = ["FolderName", "WandbArtifact", "folder_entries", "parse_folder_name", "record_name"]

_VERSIONED = re.compile(r"(?P<name>.+):(?P<version>v\d+)|(?P<name2>.+)-(?P<version2>v\d+)")
_ALIASED = re.compile(r"(?P<name>.+):(?P<alias>[^:/]+)")
_OWN_FIELDS = frozenset({"digest", "size", "ref"})


class FolderName(NamedTuple):
    """What the name of a downloaded artifact's folder says."""

    name: str
    version: str | None
    alias: str | None


def parse_folder_name(text: str) -> FolderName:
    """Take apart ``pets:v3``, ``pets:latest``, or ``pets-v3`` as Windows has it."""
    if found := _VERSIONED.fullmatch(text):
        return FolderName(found["name"] or found["name2"], found["version"] or found["version2"], None)
    if found := _ALIASED.fullmatch(text):
        return FolderName(found["name"], None, found["alias"])
    return FolderName(text, None, None)


def record_name(folder_name: str) -> str:
    """Name of the file beside an artifact's folder that describes it."""
    return f"{folder_name}.artifact.json"


class WandbArtifact(ReadableArtifact):
    """An artifact folder, read-only.

    Parameters
    ----------
    root : Path
        The folder; may be named by a link.
    family : Family, optional
        Finds the artifacts that references lead to; unless given, those in the folders beside.
    location : str
        Where it lies in the folder that was opened, POSIX; empty if it was opened itself.

    Attributes
    ----------
    recorded : dict
        What ``<folder>.artifact.json`` says; empty if there is none.
    """

    def __init__(self, root: Path, family: Family | None = None, location: str = "") -> None:
        self.root = root
        self.location = location
        self.problems = []
        self.recorded = self._record()
        said = parse_folder_name(root.name)
        self.name = self._text("name") or said.name
        self.type = self._text("type") or "unknown"
        self.version = said.version
        self._alias = said.alias
        self.description = self._text("description")
        metadata = self.recorded.get("metadata")
        self.metadata = metadata if isinstance(metadata, dict) else {}
        self.client_id = self._text("client_id")
        self.server_id = self._text("server_id")
        self._given_family = family
        self._parsed = self._parse()
        self._entries = self._read_entries()
        self.digest = self._digest()
        self._say_unchecked()

    # What is written about it

    def _record(self) -> dict[str, Any]:
        parent, name = self.root.parent, record_name(self.root.name)
        try:
            check_name(name)
        except UnsafePathError:
            return {}
        return json_object(lambda path: open_beneath(parent, path), name, self._complain) or {}

    def _text(self, key: str) -> str | None:
        found = self.recorded.get(key)
        return found if isinstance(found, str) and found else None

    def _parse(self) -> ParsedManifest | None:
        """Read the manifest; None if there is none that can be believed."""
        try:
            with open_beneath(self.root, MANIFEST_NAME) as file:
                parsed = parse_manifest(file.read(max_json_bytes() + 1))
        except MissingFileError:
            return None
        except (StorageError, OSError) as error:
            problem = error.problem if isinstance(error, StorageError) else str(error)
            self._complain(MANIFEST_NAME, problem, "The files are listed instead; their digests are unknown.")
            return None
        self.problems += parsed.problems
        return parsed

    def _digest(self) -> str:
        """Compute W&B's digest, and compare it with the recorded one."""
        recorded = self._text("digest") or ""
        if self._parsed is None:
            return recorded
        computed = artifact_digest(self._parsed.entries.values(), self._parsed.algorithm)
        if computed is None:
            return recorded
        algorithm = str(self.recorded.get("digest_algorithm", "md5")).lower()
        if recorded and recorded != computed and algorithm == self._parsed.algorithm and not self._parsed.problems:
            problem = f"gives the digest {computed}, {record_name(self.root.name)} says {recorded}"
            self.problems.append(Problem(MANIFEST_NAME, problem, "One of the two was changed.", "digest"))
        return computed

    def _say_unchecked(self) -> None:
        """Say how many digests cannot be checked for want of a library."""
        count = sum(entry.digest.startswith(f"{XXH128}:") for entry in self._entries) if self._parsed else 0
        if count and hasher_for(f"{XXH128}:{'0' * 32}") is None:
            problem = f"has {count} digests by XXH128, which are not checked"
            self._complain(MANIFEST_NAME, problem, "pip install xxhash")

    # The interface

    @property
    def aliases(self) -> Sequence[str]:
        """Aliases that the record or the folder's name gives, sorted."""
        recorded = self.recorded.get("aliases")
        found = {alias for alias in recorded if isinstance(alias, str)} if isinstance(recorded, list) else set()
        return sorted(found | ({self._alias} if self._alias else set()))

    @property
    def sequence_id(self) -> str | None:
        """Identifier that all versions of it share."""
        return self._text("sequence_client_id")

    @property
    def has_manifest(self) -> bool:
        """Whether sizes and digests are known."""
        return self._parsed is not None

    def _read_entries(self) -> Manifest:
        if self._parsed is None:
            files = walk_files(self.root)
            self.problems += files.problems
            return Manifest(entry for entry in folder_entries(files.files) if entry.path != MANIFEST_NAME)
        entries = []
        for path, entry in self._parsed.entries.items():
            try:
                check_name(path)
            except UnsafePathError as error:
                problem = Problem(ascii(path)[1:-1], f"its path {error.problem}", "It is left out.", "path", entry=path)
                self.problems.append(problem)
                continue
            extra = {key: value for key, value in entry.raw.items() if key not in _OWN_FIELDS}
            entries.append(ManifestEntry(path, entry.digest, entry.size, entry.ref, extra or None))
        return Manifest(entries)

    def _manifest(self) -> Manifest:
        return self._entries

    def _open_entry(self, entry: ManifestEntry) -> BinaryIO:
        return open_beneath(self.root, entry.path)

    def _reader(self) -> FolderReader:
        return FolderReader(self.root)

    def _place(self, entry: ManifestEntry) -> str | None:
        return entry.path if entry.ref is None else None

    def _local_file(self, entry: ManifestEntry) -> Path | None:
        try:
            stat_beneath(self.root, entry.path)
        except MissingFileError:
            return None  # a reference, or gone; who opens it learns which
        return self.root / entry.path

    def verify(self, step: Callable[[], object] | None = None) -> list[Problem]:
        """Check every entry down to its bytes; what was left out of the manifest is wrong as well."""
        return [*(problem for problem in self.problems if problem.check), *super().verify(step)]

    def _resolve(self, ref: ArtifactRef) -> ReadableArtifact | None:
        return self._family.find(ref, self.root)

    @cached_property
    def _family(self) -> Family:
        if self._given_family is not None:
            return self._given_family
        from storage.sources.family import Family  # it makes artifacts, so it cannot be imported first

        family = Family()
        family.add_folder(self.root.parent)
        return family

    def _complain(self, subject: str, problem: str, remedy: str = "") -> None:
        self.problems.append(Problem(subject, problem, remedy))


def folder_entries(files: Iterable[FoundFile]) -> list[ManifestEntry]:
    """Make entries of files that nobody hashed; their digests differ between files and change when one is written."""
    return [
        ManifestEntry(file.name, f"stat:{file.device:x}-{file.inode:x}-{file.size}-{file.modified_ns}", file.size)
        for file in files
    ]
