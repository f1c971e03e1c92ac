"""``vitrina verify``: whether what is stored is whole, decodes, comes back, and is what its records say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.options import add_json, add_store, add_verb, store_of
from app.text import human_count, human_size, one_line, printable

if TYPE_CHECKING:
    import argparse

    from app.cli.target import Target
    from app.verifying import Options, Report

__all__ = ["add_parser", "run"]

_FAILED, _INTERRUPTED = 1, 130

#: Findings that the text for people lists; JSON has all.
_MAX_FINDINGS = 50

_EXAMPLES = """\
  vitrina verify my-store
  vitrina verify --deep --json my-store//pets:v3
  vitrina verify my-store//pets:v3/cat --against original.npy"""


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "verify",
        run,
        "check that every file is the one that was recorded and every value decodes; exit code 1 if not",
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "ref", metavar="PATH|REF", nargs="?", help="what to check (default: the store, else this folder)"
    )
    parser.add_argument("--deep", action="store_true", help="measure every record of fidelity again")
    parser.add_argument("--against", metavar="FILE", help="compare one entry with the original: npy, png, wav, csv, …")
    parser.add_argument("--junit", metavar="FILE", help="write the report as JUnit XML as well")
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Check."""
    from app.cli.output import Progress, print_json
    from app.cli.target import Target, find_target
    from app.errors import UsageError
    from app.session import open_target
    from app.verifying import Options, Report

    store = store_of(args)
    target = find_target(args.ref, store) if args.ref else Target(open_target(store[0] or "."))
    if args.against and not target.entry:
        raise UsageError(args.ref or ".", "is not one entry", "Name the one that FILE is the original of: REF/ENTRY.")
    report = Report()
    interrupted = False
    with Progress("checking", quiet=args.quiet) as progress:
        try:
            _check(target, Options(is_deep=args.deep, step=progress.step), report, args.against)
        except KeyboardInterrupt:  # what was found until then is worth saying
            report.is_complete, interrupted = False, True
    if target.entry == "" and target.run is None:
        from app.verifying.results import remember

        remember(target.session.path, report, is_deep=args.deep)
    path = args.ref or store[0] or "."
    if args.junit:
        _write_junit(args.junit, path, report)
    if args.json:
        print_json(report.as_json(path))
    else:
        print(_as_text(path, report, quiet=args.quiet))
    if interrupted:
        return _INTERRUPTED
    return 0 if report.is_ok else _FAILED


def _check(target: Target, options: Options, report: Report, against: str | None) -> None:
    from app.verifying import verify_artifact, verify_entry, verify_run, verify_session

    if target.artifact is not None and target.entry:
        verify_entry(target.artifact, target.entry, options, report)
        if against:
            from app.verifying.against import compare_with

            compare_with(target.artifact, target.entry, against, report)
    elif target.artifact is not None:
        verify_artifact(target.artifact, options, report)
    elif target.run is not None:
        verify_run(target.run, options, report)
    else:
        verify_session(target.session, options, report)


def _write_junit(place: str, path: str, report: Report) -> None:
    from pathlib import Path

    from app.errors import UsageError
    from app.verifying.junit import junit_xml

    try:
        Path(place).write_text(junit_xml(path, report), encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(place, f"cannot be written: {error.strerror}", "Choose another file.") from error


def _as_text(path: str, report: Report, *, quiet: bool) -> str:
    lines = [_line(wrong.check, wrong, f"{wrong.problem.rstrip('.')}. {wrong.remedy}") for wrong in report.problems]
    shown = [] if quiet else report.findings[:_MAX_FINDINGS]
    lines += [_line("finding", found, found.text) for found in shown]
    if len(shown) < len(report.findings):
        lines.append(f"… {len(report.findings) - len(shown):,} more findings; --json lists all")
    if report.comparison is not None:
        from app.cli.describe import as_text

        lines += ["against the original:", as_text(report.comparison)]
    checked = (
        f"{human_count(report.artifacts, 'artifact')}, {human_count(report.entries, 'entry/entries')}, "
        f"{human_count(report.values, 'value')}, {human_size(report.bytes)}"
    )
    verdict = "all is well" if report.is_ok else human_count(len(report.problems), "problem")
    if not report.is_complete:
        verdict = f"stopped; {human_count(len(report.problems), 'problem')} until then"
    if report.findings:
        verdict += f", {human_count(len(report.findings), 'finding')}"
    return "\n".join([*lines, f"{printable(path)}: {verdict}; checked {checked}"])


def _line(kind: str, found: Any, text: str) -> str:
    place = ", ".join(printable(part) for part in (found.artifact, found.entry) if part)
    return one_line(f"{kind}: {place}: {text}".strip())
