"""One value under examination: its stored JSON, where its files are, and where what is found is written down."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from app.verifying.report import Finding, Wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.verifying.files import Files

__all__ = ["Case", "Part"]


class Case:
    """What was found while one entry, or one value of a row, was examined.

    Parameters
    ----------
    artifact : str
        Whose entry: ``pets:v3``, or the id of a run.
    entry : str
        Its path, or the place in the rows.
    is_deep : bool
        Whether records are measured again.
    broken : frozenset of str
        Files that fixity has found fault with: what needs them is not blamed once more.
    """

    def __init__(self, artifact: str, entry: str, *, is_deep: bool, broken: frozenset[str] = frozenset()) -> None:
        self.artifact = artifact
        self.entry = entry
        self.is_deep = is_deep
        self.broken = broken
        self.values = 0
        self.measured = 0
        self.is_partial = False  # something in it was not opened, for its files are at fault
        self.problems: list[Wrong] = []
        self.findings: list[Finding] = []


class Part:
    """One value: an entry's own, or one inside of it.

    Parameters
    ----------
    case : Case
        Where findings go.
    stored : dict
        Its JSON.
    source : MediaSource
        Opens its files.
    files : Files
        What is known of them.
    place : str
        Where it lies in its entry, for people: ``row 3, column "image"``; empty for the entry's own value.
    """

    __slots__ = ("case", "files", "place", "source", "stored")

    def __init__(self, case: Case, stored: dict[str, Any], source: Any, files: Files, place: str = "") -> None:
        self.case = case
        self.stored = stored
        self.source = source
        self.files = files
        self.place = place

    @property
    def is_in_run(self) -> bool:
        """Whether it was logged to a run: its JSON is in the other dialect."""
        return self.files.is_run

    @property
    def record(self) -> dict[str, Any] | None:
        """The record of fidelity as stored; None if there is none that says anything."""
        found = self.stored.get("fidelity")
        return found if isinstance(found, dict) and found.get("verdict") != "unknown" else None

    def inner(self, stored: dict[str, Any], place: str, source: Any = None) -> Part:
        """Return a value inside of this one."""
        where = ", ".join(text for text in (self.place, place) if text)
        return Part(self.case, stored, source or self.source, self.files, where)

    def problem(self, check: str, text: str, remedy: str = "") -> None:
        """Write down what is wrong; the same is written once."""
        said = f"{self.place}: {text}" if self.place else text
        wrong = Wrong(self.case.artifact, self.case.entry, check, said, remedy or "Restore it, or log it again.")
        if wrong not in self.case.problems:
            self.case.problems.append(wrong)

    def finding(self, kind: str, number: float | None, text: str) -> None:
        """Write down what was probably lost before; the same is written once."""
        said = f"{self.place}: {text}" if self.place else text
        found = Finding(self.case.artifact, self.case.entry, kind, number, said)
        if found not in self.case.findings:
            self.case.findings.append(found)

    @contextlib.contextmanager
    def guarded(self, check: str = "decode") -> Iterator[None]:
        """Turn whatever a block raises into a problem of this value: what is checked is never trusted."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # the boundary of this package: nothing that is read may end a check
            self.problem(_check_of(error, check), _text_of(error, self.case.entry), str(getattr(error, "remedy", "")))


def _check_of(error: Exception, check: str) -> str:
    """Return the check that an error fails: a file that is gone is missing, whoever asked for it."""
    return "missing" if isinstance(error, FileNotFoundError) else check


def _text_of(error: Exception, entry: str) -> str:
    problem = str(getattr(error, "problem", "")) or str(error)
    subject = str(getattr(error, "subject", ""))
    kind = "" if hasattr(error, "problem") else f"{type(error).__name__}: "
    return f"{subject}: {problem}" if subject and subject != entry else f"{kind}{problem or 'no more is said'}"
