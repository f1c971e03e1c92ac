"""The order of a check: fixity by `storage`, then every value, shared among the processor's cores.

Threads, not processes: hashing, inflating, NumPy and the decoders let go of the interpreter, and an artifact that is
open need not be opened in every worker. As many values as there are threads are decoded at a time, so memory is that
of the largest of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.verifying.closure import strays, unnamed_files, with_side_files
from app.verifying.files import RunFiles
from app.verifying.options import Options, Stopped
from app.verifying.report import Finding, Report, Wrong
from app.verifying.values import check_entries, check_rows, values_of
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.session import Session

__all__ = ["verify_artifact", "verify_entry", "verify_run", "verify_session"]


def verify_session(session: Session, options: Options | None = None, report: Report | None = None) -> Report:
    """Check all that is open.

    Parameters
    ----------
    session : Session
        A store with all its versions, an artifact, a run, a folder with what is in it.
    options : Options, optional
        How.
    report : Report, optional
        Takes what is found as the check goes on, so that an interrupt leaves what was found until then.
    """
    options, report = options or Options(), report if report is not None else Report()
    with _complete_unless_stopped(report):
        if session.kind == "store":
            report.add_stored(session.opened.verify(step=options.fixed))
            names = [artifact.name for artifact in session.artifacts()]
            rows = [row.qualified_name for name in names for row in reversed(session.versions(name))]
            for ref in rows:
                _check_values(session.resolve(ref), report, options)
        else:
            for artifact in _all_versions(session):
                _verify_artifact(artifact, report, options)
        for run in session.runs():
            _verify_run(run, report, options)
    return report


def _all_versions(session: Session) -> Iterator[Any]:
    """Give every artifact of a folder, older versions as well."""
    if session.kind == "folder" and hasattr(session.opened, "versions"):
        own = session.opened
        for artifact in session.artifacts():
            if artifact is own:
                yield artifact
            else:
                yield from reversed(own.versions(artifact.name) or [artifact])
    else:
        yield from session.artifacts()


def verify_artifact(artifact: Any, options: Options | None = None, report: Report | None = None) -> Report:
    """Check one artifact: its entries, then its values; parameters as `verify_session`."""
    report = report if report is not None else Report()
    with _complete_unless_stopped(report):
        _verify_artifact(artifact, report, options or Options())
    return report


def verify_run(run: Any, options: Options | None = None, report: Report | None = None) -> Report:
    """Check the rows of a run and its files; parameters as `verify_session`."""
    report = report if report is not None else Report()
    with _complete_unless_stopped(report):
        _verify_run(run, report, options or Options())
    return report


def verify_entry(artifact: Any, name: str, options: Options | None = None, report: Report | None = None) -> Report:
    """Check one entry of an artifact and the files that its value names; parameters as `verify_session`."""
    from storage.check import check_entry

    options, report = options or Options(), report if report is not None else Report()
    with _complete_unless_stopped(report):
        report.artifacts += 1
        for path in with_side_files(artifact, name):
            entry = artifact.manifest.entries[path]
            report.entries += 1
            report.bytes += entry.size or 0
            report.add_stored(check_entry(artifact, entry), str(artifact.qualified_name))
            options.fixed()
        broken = frozenset(report.broken_entries(str(artifact.qualified_name)))
        check_entries(artifact, [name] if name not in broken else [], broken, report, options)
    return report


class _complete_unless_stopped:  # noqa: N801  # a context manager, used like a function
    """Mark a report as partial when the check is stopped or interrupted; a stop goes no farther."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        """End."""
        if kind is not None:
            self._report.is_complete = False
        return kind is Stopped


def _verify_artifact(artifact: Any, report: Report, options: Options) -> None:
    report.add_stored(artifact.verify(step=options.fixed), str(artifact.qualified_name))
    report.problems += strays(artifact)
    _check_values(artifact, report, options)


def _check_values(artifact: Any, report: Report, options: Options) -> None:
    """Examine every value of an artifact whose files were checked."""
    report.artifacts += 1
    report.checked.append((str(artifact.qualified_name), str(artifact.digest)))
    try:
        entries = list(artifact.manifest)
    except StorageError:
        return  # the check of the manifest has said so
    report.entries += len(entries)
    report.bytes += sum(entry.size or 0 for entry in entries)
    broken = report.broken_entries(str(artifact.qualified_name)) & {entry.path for entry in entries}
    check_entries(
        artifact, [name for name in values_of(artifact) if name not in broken], frozenset(broken), report, options
    )


def _verify_run(run: Any, report: Report, options: Options) -> None:
    names, files = run.media_files(), RunFiles(run)
    report.entries += len(names)
    report.bytes += sum(files.size(name) for name in names)
    check_rows(run, report, options)
    unnamed = unnamed_files(run)
    if unnamed and any(True for _ in run.stored_rows()):
        text = "is among the files of the run, and no row names it"
        report.problems += [Wrong(run.id, name, "reference", text, "Take it away.") for name in unnamed]
    elif unnamed:
        count = f"{len(unnamed):,} media files are named by no row"
        text = f"{count}: the rows are lost, because W&B keeps them in a log alone"
        report.findings.append(Finding(run.id, "", "rows-lost", len(unnamed), text))
    report.add_stored((found for found in run.problems if found.subject != "history" or not unnamed), run.id)
