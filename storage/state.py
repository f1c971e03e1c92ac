"""The state of a store: its log, folded. Pure: nothing is read or written here.

The fold decides everything that readers and writers see: which versions there are, what an alias means, which number
comes next, which blob may be used.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.errors import CorruptBlobError, NotReadableError
from storage.layout import blob_from_key, blob_key, is_digest, record_key
from storage.manifest import Tail
from storage.strict_json import canonical, load_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.errors import Problem
    from storage.refs import ArtifactRef

__all__ = ["LATEST", "NameState", "State", "VersionRecord", "seal", "unseal"]

LATEST = "latest"
_NAME = re.compile(r"[a-zA-Z0-9_\-.]{1,128}")
_REMEDY = "Restore the record from a copy; until then the store can be read and not written."


class VersionRecord(NamedTuple):
    """What the log says of one version."""

    number: int
    type: str
    digest: str
    """Of the artifact: paths, digests and sizes of its entries."""
    size: int
    """Sum of the sizes of its entries, bytes."""
    entries: int
    created: str
    """UTC, ISO 8601."""
    manifest: str
    """Key of its manifest."""
    manifest_size: int
    tail: Tail
    """Index of the manifest."""
    client_id: str
    server_id: str | None = None
    needs: tuple[str, ...] = ()
    """Client ids of the artifacts whose values it refers to; their bytes stay as long as this version does."""
    run: str | None = None
    """Id of the run that logged it."""


@dataclass
class NameState:
    """What the log says of one name."""

    next_number: int = 0
    """Numbers of deleted versions are not given again."""
    versions: dict[int, VersionRecord] = field(default_factory=dict)
    """Live versions by number, ascending."""
    aliases: dict[str, int] = field(default_factory=dict)

    def latest(self) -> VersionRecord | None:
        """Return the highest live version."""
        return self.versions[next(reversed(self.versions))] if self.versions else None

    def aliases_of(self, number: int) -> tuple[str, ...]:
        """Return the aliases of a version, sorted; ``latest`` among them if it is the highest."""
        found = [alias for alias, target in self.aliases.items() if target == number]
        if self.versions and number == next(reversed(self.versions)):
            found.append(LATEST)
        return tuple(sorted(found))

    def add(self, row: VersionRecord) -> None:
        """Take a version; the order stays ascending whatever the log says."""
        is_last = not self.versions or row.number > next(reversed(self.versions))
        self.versions[row.number] = row
        if not is_last:
            self.versions = dict(sorted(self.versions.items()))
        self.next_number = max(self.next_number, row.number + 1)


def seal(body: dict[str, Any]) -> bytes:
    """Return the bytes of a record."""
    return canonical({"body": body, "sha256": hashlib.sha256(canonical(body)).hexdigest()})


def unseal(raw: bytes, subject: str) -> dict[str, Any]:
    """Return the body of a record.

    Raises
    ------
    CorruptBlobError
        If it is not what its writer sealed.
    """
    try:
        record = load_json(raw, subject)
    except NotReadableError as error:
        raise CorruptBlobError(subject, error.problem, _REMEDY) from error
    body = record.get("body") if isinstance(record, dict) else None
    if not isinstance(body, dict) or record.get("sha256") != hashlib.sha256(canonical(body)).hexdigest():
        raise CorruptBlobError(subject, "its seal is broken: it is not what was written", _REMEDY)
    return body


@dataclass
class State:
    """The log, folded up to a record."""

    length: int = 0
    """Number of records folded."""
    prev: str | None = ""
    """Sha256 of the last record: the log is a chain. None after a record that is damaged or lost."""
    epoch: int = 0
    """Number of sweeps."""
    names: dict[str, NameState] = field(default_factory=dict)
    swept: set[str] = field(default_factory=set)
    """Keys that no commit may name again."""
    lists: list[str] = field(default_factory=list)
    """Keys of the lists of long sweeps; they belong to the log."""
    deleted: list[tuple[str, VersionRecord]] = field(default_factory=list)
    """Name and record of deleted versions whose manifest no sweep has taken."""
    uses: list[tuple[str, str, int]] = field(default_factory=list)
    """Run, name, version: what runs have read."""
    problems: list[Problem] = field(default_factory=list)
    """Records that could not be folded."""

    def apply(self, raw: bytes, read_list: Callable[[str], list[str]]) -> dict[str, Any]:
        """Fold the next record; returns its body. Nothing changes if it cannot be folded.

        Parameters
        ----------
        raw : bytes
            The record.
        read_list : callable
            Returns the keys in the list of a long sweep.

        Raises
        ------
        CorruptBlobError
            If it is damaged, does not follow the record before, or says what cannot be.
        """
        subject = record_key(self.length)
        body = unseal(raw, subject)
        if self.prev is not None and body.get("prev") != self.prev:
            raise CorruptBlobError(subject, "does not follow the record before it: one was removed or changed", _REMEDY)
        try:
            changes = [self._checked(op, body, read_list) for op in body["ops"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, CorruptBlobError):
                raise
            raise CorruptBlobError(subject, f"says what this release does not understand ({error})", _REMEDY) from error
        for change in changes:
            change()
        self.length += 1
        self.prev = hashlib.sha256(raw).hexdigest()
        return body

    def skip(self, problem: Problem) -> None:
        """Go on behind a record that cannot be folded; the next one is not asked what it follows."""
        self.problems.append(problem)
        self.length += 1
        self.prev = None

    def _checked(
        self, op: dict[str, Any], body: dict[str, Any], read_list: Callable[[str], list[str]]
    ) -> Callable[[], None]:
        """Return what an operation does, after everything about it was checked."""
        match op["op"]:
            case "commit":
                name, row = _name(op), _version_record(op, str(body["time"]), body.get("run"))
                return lambda: self._commit(name, row)
            case "delete":
                name, number = _name(op), _number(op["version"])
                return lambda: self._delete(name, number)
            case "alias":
                name, alias = _name(op), str(op["alias"])
                number = -1 if op["version"] is None else _number(op["version"])
                return lambda: self._alias(name, alias, number)
            case "use":
                used = str(op["run"]), _name(op), _number(op["version"])
                return lambda: self.uses.append(used)
            case "sweep":
                listed = op.get("list")
                keys = op["keys"] if listed is None else read_list(_blob(listed))
                swept = {_blob(key) for key in keys}
                return lambda: self._sweep(swept, listed)
        raise ValueError(f"operation {ascii(op['op'])[:40]}")

    def _commit(self, name: str, row: VersionRecord) -> None:
        self.names.setdefault(name, NameState()).add(row)

    def _delete(self, name: str, number: int) -> None:
        state = self.names.get(name)
        row = state.versions.pop(number, None) if state else None
        if state is None or row is None:
            return
        self.deleted.append((name, row))
        for alias in [alias for alias, target in state.aliases.items() if target == number]:
            del state.aliases[alias]

    def _alias(self, name: str, alias: str, number: int) -> None:
        state = self.names.setdefault(name, NameState())
        if number in state.versions:
            state.aliases[alias] = number
        else:
            state.aliases.pop(alias, None)

    def _sweep(self, keys: set[str], listed: str | None) -> None:
        self.swept |= keys
        self.epoch += 1
        self.deleted = [(name, row) for name, row in self.deleted if row.manifest not in keys]
        if listed is not None:
            self.lists.append(listed)

    # ------------------------------------------------------------------------------------- questions

    def versions(self) -> Iterator[tuple[str, VersionRecord]]:
        """Iterate over all live versions with their names."""
        for name in sorted(self.names):
            for row in self.names[name].versions.values():
                yield name, row

    def kept(self) -> list[tuple[str, VersionRecord]]:
        """Return the versions whose bytes stay: all live ones, and deleted ones whose values they refer to."""
        kept = list(self.versions())
        gone = {row.client_id: (name, row) for name, row in self.deleted}
        waiting = [need for _, row in kept for need in row.needs]
        while waiting:
            found = gone.pop(waiting.pop(), None)
            if found is not None:
                kept.append(found)
                waiting += found[1].needs
        return kept

    def find_live(self, ref: ArtifactRef) -> tuple[str, VersionRecord] | None:
        """Return the live version that a reference leads to."""
        return next((found for found in self.versions() if _is_meant(found[1], ref)), None)

    def find_kept(self, ref: ArtifactRef) -> tuple[str, VersionRecord] | None:
        """Return the version that a reference leads to, live or kept for the sake of such a reference."""
        return self.find_live(ref) or next((found for found in self.kept() if _is_meant(found[1], ref)), None)

    # ------------------------------------------------------------------------------------- snapshots

    def to_json(self) -> dict[str, Any]:
        """Return everything as a document; a state with problems has none."""
        return {
            "length": self.length,
            "prev": self.prev,
            "epoch": self.epoch,
            "names": {
                name: [state.next_number, list(state.versions.values()), state.aliases]
                for name, state in self.names.items()
            },
            "swept": sorted(self.swept),
            "lists": self.lists,
            "deleted": self.deleted,
            "uses": self.uses,
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> State:
        """Read what `to_json` returned.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is something else.
        """
        names = {
            name: NameState(number, {row[0]: _row_from_json(row) for row in rows}, dict(aliases))
            for name, (number, rows, aliases) in document["names"].items()
        }
        swept, uses = set(document["swept"]), [(use[0], use[1], use[2]) for use in document["uses"]]
        return cls(
            document["length"], document["prev"], document["epoch"], names, swept,
            list(document["lists"]), [(name, _row_from_json(row)) for name, row in document["deleted"]], uses,
        )  # fmt: skip


def _is_meant(row: VersionRecord, ref: ArtifactRef) -> bool:
    return ref.id == (row.server_id if ref.by_server_id else row.client_id)


def _row_from_json(row: list[Any]) -> VersionRecord:
    return VersionRecord._make([*row[:8], Tail(*row[8]), *row[9:11], tuple(row[11]), row[12]])


def _version_record(op: dict[str, Any], created: str, run: Any) -> VersionRecord:
    manifest, tail = op["manifest"], op["manifest"]["tail"]
    if not is_digest(op["digest"]) or not is_digest(manifest["digest"]) or not is_digest(tail[2]):
        raise ValueError("a digest is none")
    return VersionRecord(
        number=_number(op["version"]),
        type=str(op["type"]),
        digest=op["digest"],
        size=_number(op["size"]),
        entries=_number(op["entries"]),
        created=created,
        manifest=_blob(blob_key(manifest["digest"], _number(manifest["epoch"]))),
        manifest_size=_number(manifest["size"]),
        tail=Tail(_number(tail[0]), _number(tail[1]), tail[2]),
        client_id=str(op["client_id"]),
        server_id=None if op.get("server_id") is None else str(op["server_id"]),
        needs=tuple(str(need) for need in op.get("needs", ())),
        run=None if run is None else str(run),
    )


def _name(op: dict[str, Any]) -> str:
    name = op["name"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("a name is none")
    return name


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise ValueError("a number is none")
    return value


def _blob(key: Any) -> str:
    if not isinstance(key, str) or blob_from_key(key) is None:
        raise ValueError("the key of a blob is none")
    return key
