"""What a verify looked at and what it says of it: counts, problems, findings, a verdict for each value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CHECKS", "Finding", "Report", "ValueVerdict", "Wrong"]

#: Names of the checks, in the order in which they are made.
CHECKS = ("path", "missing", "size", "digest", "reference", "decode", "roundtrip", "fidelity")


class Wrong(NamedTuple):
    """A problem: something that fails a check."""

    artifact: str
    """``pets:v3``; id of a run; empty if it concerns the whole store."""
    entry: str
    """Path of the entry; of a run the place in its rows."""
    check: str
    """One of `CHECKS`."""
    problem: str
    remedy: str


class Finding(NamedTuple):
    """Something that can be inferred of a value nobody kept a record of; never a failure."""

    artifact: str
    entry: str
    kind: str
    """Stable name: ``"rows-cut"``, ``"scaled-twice"``."""
    number: float | None
    """The number that it rests on; None where it rests on a text."""
    text: str
    """What was probably lost, and why that is probable."""


class ValueVerdict(NamedTuple):
    """What is known of one value after the check."""

    artifact: str
    entry: str
    type: str
    """Wire tag."""
    verdict: str
    """``lossless``, ``bounded``, ``lossy`` or ``unknown``, as its record says."""
    state: str
    """``verified`` (measured again), ``recorded`` (a record, not measured), ``unknown`` (no record), ``failed``."""
    problems: int
    findings: int


class Report:
    """What was looked at, and what was found.

    Attributes
    ----------
    artifacts, entries, values, bytes : int
        How much was checked.
    problems : list of Wrong
        What is wrong, in the order of checking.
    findings : list of Finding
        What was probably lost earlier.
    verdicts : list of ValueVerdict
        One for each entry that is a value, and each row's value of a run.
    checked : list of (str, str)
        Name and digest of each artifact that was looked at.
    is_complete : bool
        False if the check was stopped: what is not named was perhaps not looked at.
    comparison : dict or None
        Measures against an original, where one was given.
    """

    def __init__(self) -> None:
        self.artifacts = 0
        self.entries = 0
        self.values = 0
        self.bytes = 0
        self.problems: list[Wrong] = []
        self.findings: list[Finding] = []
        self.verdicts: list[ValueVerdict] = []
        self.checked: list[tuple[str, str]] = []
        self.is_complete = True
        self.comparison: dict[str, Any] | None = None

    @property
    def is_ok(self) -> bool:
        """Whether all was looked at and nothing is wrong."""
        return self.is_complete and not self.problems

    def as_json(self, path: str) -> dict[str, Any]:
        """Return the document that ``vitrina verify --json`` prints.

        Parameters
        ----------
        path : str
            What was checked, as the user named it.
        """
        document = {
            "path": path,
            "checked": {
                "artifacts": self.artifacts,
                "entries": self.entries,
                "values": self.values,
                "bytes": self.bytes,
            },
            "complete": self.is_complete,
            "ok": self.is_ok,
            "problems": [wrong._asdict() for wrong in self.problems],
            "findings": [found._asdict() for found in self.findings],
            "verdicts": [verdict._asdict() for verdict in self.verdicts],
        }
        return document if self.comparison is None else {**document, "against": self.comparison}

    def add_stored(self, problems: Iterable[Any], artifact: str = "") -> None:
        """Take what `storage` has found.

        Parameters
        ----------
        problems : iterable of storage.errors.Problem
            As its checks return them.
        artifact : str
            Whose they are, where they do not say so.
        """
        for found in problems:
            where = found.artifact or artifact
            subject = "" if where else f"{found.subject}: "  # a record of the log, say
            check = found.check if found.check in CHECKS else "decode"
            self.problems.append(Wrong(where, found.entry, check, f"{subject}{found.problem}", found.remedy))

    def broken_entries(self, artifact: str) -> set[str]:
        """Return the entries of an artifact that something is wrong with."""
        return {wrong.entry for wrong in self.problems if wrong.artifact == artifact}
