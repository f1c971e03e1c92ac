"""Whether what is stored is whole, and still decodes. Finds and names; changes nothing.

The checks, in this order: ``path``, ``missing``, ``size``, ``digest`` (each file is the one that was recorded),
``reference`` (what is referred to is here), ``decode`` (each value opens, down to its pixels, samples and rows).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.session import Session

__all__ = ["Finding", "Report", "verify_artifact", "verify_session"]

#: What decoders raise on damaged files, besides the errors of our own libraries, which derive from these.
_DECODE_ERRORS = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Finding(NamedTuple):
    """Something that is wrong."""

    artifact: str
    """``pets:v3``; id of a run; empty if it concerns the whole store."""
    entry: str
    check: str
    problem: str
    remedy: str


class Report:
    """What was looked at, and what was found.

    Attributes
    ----------
    artifacts, entries, values, bytes : int
        How much was checked.
    findings : list of Finding
        What is wrong, in the order of checking.
    """

    def __init__(self) -> None:
        self.artifacts = 0
        self.entries = 0
        self.values = 0
        self.bytes = 0
        self.findings: list[Finding] = []

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def as_json(self, path: str) -> dict[str, Any]:
        """Return the document that ``vitrina verify --json`` prints."""
        return {
            "path": path,
            "checked": {
                "artifacts": self.artifacts,
                "entries": self.entries,
                "values": self.values,
                "bytes": self.bytes,
            },
            "ok": self.is_ok,
            "problems": [found._asdict() for found in self.findings],
        }

    def add_problems(self, problems: Iterable[Any], artifact: str = "") -> None:
        """Take what `storage` has found."""
        for found in problems:
            where = found.artifact or artifact
            subject = "" if where else f"{found.subject}: "  # a record of the log, say
            self.findings.append(
                Finding(where, found.entry, found.check or "path", f"{subject}{found.problem}", found.remedy)
            )


def verify_session(session: Session, *, step: Callable[[], None] = lambda: None) -> Report:
    """Check all that is open.

    Parameters
    ----------
    session : Session
        A store with all its versions, an artifact, a run, a folder with what is in it.
    step : callable, optional
        Called after each artifact and run.
    """
    report = Report()
    if session.kind == "store":
        report.add_problems(session.opened.verify())
        names = [artifact.name for artifact in session.artifacts()]
        versions = [row.qualified_name for name in names for row in reversed(session.versions(name))]
        for ref in versions:
            _decode_artifact(session.resolve(ref), report)
            step()
    else:
        for artifact in session.artifacts():
            verify_artifact(artifact, report)
            step()
    for run in session.runs():
        _decode_run(run, report)
        step()
    return report


def verify_artifact(artifact: Any, report: Report) -> None:
    """Check one artifact."""
    report.add_problems(artifact.verify(), str(artifact.qualified_name))
    _decode_artifact(artifact, report)


def _decode_artifact(artifact: Any, report: Report) -> None:
    """Decode every value of an artifact whose files are whole."""
    name = str(artifact.qualified_name)
    broken = {found.entry for found in report.findings if found.artifact == name}
    report.artifacts += 1
    try:
        entries = list(artifact.manifest.entries.values())
    except _DECODE_ERRORS:
        return  # the check of the manifest has said so
    report.entries += len(entries)
    report.bytes += sum(entry.size or 0 for entry in entries)
    for path in _values_of(artifact):
        try:
            value = None if path in broken else artifact.get(path)
            if value is not None:
                report.values += 1
                value.facts()
        except _DECODE_ERRORS as error:
            if not _names_one(artifact, path, broken):
                report.findings.append(_finding(name, path, error))


def _values_of(artifact: Any) -> list[str]:
    """Return the entries that must decode: values with JSON; where nobody wrote any, all that look like media.

    A side file is opened by the value that names it, and is not guessed at by its extension.
    """
    names = list(artifact.names()) if artifact.kind in ("folder", "file") else artifact.value_names()
    return [name for name in names if artifact.get_path(name).ref is None or _leads_here(artifact, name)]


def _leads_here(artifact: Any, name: str) -> bool:
    """Whether an entry that is a reference has bytes here; that others have none is no fault, or reported already."""
    try:
        artifact.open(name).close()
    except _DECODE_ERRORS:
        return False
    return True


def _names_one(artifact: Any, path: str, broken: set[str]) -> bool:
    """Whether a value names a file that is reported already: then nothing is wrong with the value itself."""
    import json

    if not broken:
        return False
    with artifact.open(path) as file:
        stored = file.read()
    return any(json.dumps(name).encode() in stored for name in broken)


def _decode_run(run: Any, report: Report) -> None:
    from storage.sources.run_reading import RowFiles

    report.entries += len(run.media_files())
    for step, values in run.rows_json():
        for key, stored in values.items():
            _decode_stored(stored, RowFiles(run, key, step), f'step {step}, key "{key}"', report)
    report.add_problems(run.problems, run.id)


def _decode_stored(stored: Any, source: Any, place: str, report: Report) -> None:
    """Decode the values in stored JSON, at any depth."""
    from datatypes.registry import facts
    from datatypes.wire import tag_of
    from storage.sources.run_reading import RowFiles

    if isinstance(stored, list):
        for item in stored:
            _decode_stored(item, source, place, report)
    elif isinstance(stored, dict) and tag_of(stored) is None:
        for key, item in stored.items():
            _decode_stored(item, RowFiles(source.run, key, source.step), place, report)
    elif isinstance(stored, dict):
        report.values += 1
        try:
            facts(stored, source)
        except _DECODE_ERRORS as error:
            report.findings.append(_finding(source.run.id, place, error))


def _finding(artifact: str, entry: str, error: Exception) -> Finding:
    check = "missing" if isinstance(error, LookupError | FileNotFoundError) else "decode"
    problem = str(getattr(error, "problem", "")) or str(error) or type(error).__name__
    subject = str(getattr(error, "subject", ""))
    text = f"{subject}: {problem}" if subject and subject != entry else problem
    return Finding(artifact, entry, check, text, str(getattr(error, "remedy", "")))
