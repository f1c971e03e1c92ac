"""``vitrina gc``: free what no live version of a store needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.options import add_json, add_store, add_verb, open_store
from app.text import human_count, human_size

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "run"]

_SECONDS_PER_HOUR = 3600


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "gc",
        run,
        "free what no live version of a store needs; says what it would do, until --yes",
        examples="  vitrina gc my-store\n  vitrina gc my-store --yes",
    )
    parser.add_argument("path", metavar="STORE", nargs="?", help="the store (default: --store, else VITRINA_STORE)")
    parser.add_argument("--yes", action="store_true", help="do it")
    parser.add_argument(
        "--hours",
        type=float,
        default=24.0,
        metavar="H",
        help="keep for so long what was never part of a version: a broken upload is not done twice (default: 24)",
    )
    add_store(parser, "looked into where no STORE is given")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Collect."""
    from app.cli.output import Progress, print_json

    store = open_store(args)
    with Progress("looking for what nobody needs", quiet=args.quiet):
        report = store.gc(dry_run=not args.yes, older_than_secs=args.hours * _SECONDS_PER_HOUR)
    if args.json:
        print_json(
            {"dry_run": report.dry_run, "blobs": report.keys, "size": report.size, "temporary": report.temporary}
        )
        return 0
    what = f"{human_count(len(report.keys), 'blob')}, {human_size(report.size)}, and {human_size(report.temporary)}"
    print(f"{'would free' if report.dry_run else 'freed'} {what} of files that killed processes left behind")
    if report.dry_run and (report.keys or report.temporary) and not args.quiet:
        print("Nothing was changed. Add --yes to do it.")
    return 0
