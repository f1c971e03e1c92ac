"""``vitrina du``: what takes the space of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.options import add_json, add_store, add_verb, open_store
from app.text import human_size

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "run"]


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs, "du", run, "say what takes the space of a store", examples="  vitrina du my-store\n  vitrina du --json"
    )
    parser.add_argument("path", metavar="STORE", nargs="?", help="the store (default: --store, else VITRINA_STORE)")
    add_store(parser, "looked into where no STORE is given")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Measure."""
    from app.cli.output import Progress, columns, print_json

    store = open_store(args)
    with Progress("measuring", quiet=args.quiet):
        usage = store.disk_usage()
    if args.json:
        print_json(usage._asdict() | {"names": [name._asdict() for name in usage.names]})
        return 0
    parts = {
        "all": usage.total,
        "files": usage.blobs,
        "  of these, needed by no version": usage.garbage,
        "log": usage.log,
        "runs": usage.runs,
        "left behind by killed processes": usage.temporary,
    }
    print(columns(("WHAT", "SIZE"), [(what, human_size(size)) for what, size in parts.items()], right=(1,)))
    if usage.names:
        rows = [
            (name.name, f"{name.versions:,}", human_size(name.size), human_size(name.stored), human_size(name.own))
            for name in usage.names
        ]
        print(f"\n{columns(('ARTIFACT', 'VERSIONS', 'LOGGED', 'STORED', 'ITS OWN'), rows, right=(1, 2, 3, 4))}")
    return 0
