"""``vitrina import``: artifact folders and run directories of W&B into a store, losing nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.options import add_json, add_store, add_verb, store_of
from app.errors import UsageError
from app.text import human_count, human_size, one_line, printable

if TYPE_CHECKING:
    import argparse

    from storage.importing import Imported

__all__ = ["add_parser", "run"]

_FAILED = 1


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "import",
        run,
        "bring artifact folders and run directories of W&B into a store, losing nothing; safe to repeat",
        examples=(
            "  vitrina import artifacts/pets:v3 wandb/ --store my-store\n"
            "  vitrina import artifacts/ --store my-store --report"
        ),
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="an artifact, a run, or a folder with such in it")
    parser.add_argument(
        "--report", action="store_true", help="export each artifact again, and say type by type what came back equal"
    )
    add_store(parser, "made if it is not there")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Import."""
    from app.cli.output import Progress, print_json
    from storage import Store
    from storage.importing import import_path

    where = store_of(args)[0]
    if not where:
        raise UsageError("store", "is not named", "Add --store DIR, or set VITRINA_STORE.")
    store = Store(where)
    done: list[Imported] = []
    with Progress("importing", quiet=args.quiet) as progress:
        for path in args.paths:
            done += import_path(store, path, progress.step)
    report = _round_trip(store, done) if args.report else None
    if args.json:
        print_json(_as_json(where, done, report))
    else:
        print(_as_text(done, report))
    failed = any(problem.check for imported in done for problem in imported.problems)
    return _FAILED if failed or (report is not None and not report["equal"]) else 0


def _round_trip(store: Any, done: list[Imported]) -> dict[str, Any]:
    from app.round_trip_report import round_trip_report

    artifacts = [(imported.source, imported.ref) for imported in done if imported.kind == "artifact"]
    return round_trip_report(store, artifacts)


def _as_json(where: str, done: list[Imported], report: dict[str, Any] | None) -> dict[str, Any]:
    items = [
        {
            "kind": imported.kind,
            "source": imported.source,
            "ref": imported.ref,
            "new": imported.is_new,
            "entries": imported.entries,
            "bytes": imported.bytes,
            "problems": [problem._asdict() for problem in imported.problems],
        }
        for imported in done
    ]
    document: dict[str, Any] = {"store": where, "imported": items}
    return document if report is None else {**document, "round_trip": report}


def _as_text(done: list[Imported], report: dict[str, Any] | None) -> str:
    lines = []
    for imported in done:
        state = "new" if imported.is_new else "already there"
        size = f"{human_count(imported.entries, 'file')}, {human_size(imported.bytes)}"
        lines.append(f"{imported.kind} {printable(imported.ref)}  {state}, {size}")
        lines += [
            one_line(f"  {problem.check or 'note'}: {problem.subject}: {problem.problem.rstrip('.')}. {problem.remedy}")
            for problem in imported.problems
        ]
    if report is not None:
        from app.cli.output import columns

        rows = [
            (tag, f"{row['values']:,}", f"{row['identical']:,}", f"{row['equal']:,}", f"{len(row['different']):,}")
            for tag, row in report["types"].items()
        ]
        head = ("TYPE", "VALUES", "IDENTICAL", "EQUAL", "DIFFERENT")
        lines += ["", "back out again:", columns(head, rows, right=(1, 2, 3, 4))]
    return "\n".join(lines)
