"""``vitrina verify``: whether what is stored is whole, and still decodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.options import add_json, add_store, add_verb, store_of
from app.text import human_count, human_size, one_line, printable

if TYPE_CHECKING:
    import argparse

    from app.verify import Report

__all__ = ["add_parser", "run"]

_FAILED = 1


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "verify",
        run,
        "check that every file is the one that was recorded and every value decodes; exit code 1 if not",
        examples="  vitrina verify my-store\n  vitrina verify --json my-store//pets:v3",
    )
    parser.add_argument(
        "ref", metavar="PATH|REF", nargs="?", help="what to check (default: the store, else this folder)"
    )
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Check."""
    from app.cli.output import Progress, print_json
    from app.cli.target import Target, find_target
    from app.session import open_target
    from app.verify import Report, verify_artifact, verify_session

    store = store_of(args)
    target = find_target(args.ref, store) if args.ref else Target(open_target(store[0] or "."))
    with Progress("checking", quiet=args.quiet):
        if target.artifact is not None:
            report = Report()
            verify_artifact(target.artifact, report)
        else:
            report = verify_session(target.session)
    path = args.ref or store[0] or "."
    if args.json:
        print_json(report.as_json(path))
    else:
        print(_as_text(path, report))
    return 0 if report.is_ok else _FAILED


def _as_text(path: str, report: Report) -> str:
    lines = []
    for found in report.findings:
        place = ", ".join(printable(part) for part in (found.artifact, found.entry) if part)
        text = f"{found.check}: {place}: {found.problem.rstrip('.')}. {found.remedy}"
        lines.append(one_line(text.strip()))
    checked = (
        f"{human_count(report.artifacts, 'artifact')}, {human_count(report.entries, 'entry/entries')}, "
        f"{human_count(report.values, 'value')}, {human_size(report.bytes)}"
    )
    verdict = "all is well" if report.is_ok else human_count(len(report.findings), "problem")
    return "\n".join([*lines, f"{printable(path)}: {verdict}; checked {checked}"])
