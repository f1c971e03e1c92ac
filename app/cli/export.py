"""``vitrina export``: an artifact in a form that others read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.options import add_json, add_store, add_verb, store_of
from app.text import printable

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "run"]


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "export",
        run,
        "write an artifact as a folder that W&B's SDK reads",
        examples="  vitrina export my-store//pets:best out/pets --format wandb",
    )
    parser.add_argument("ref", metavar="REF", help="the artifact; see vitrina --help")
    parser.add_argument("dest", metavar="DEST", help="a folder that is not there, or empty")
    parser.add_argument("--format", choices=("wandb",), required=True, help="wandb: its files and its manifest")
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Export."""
    from app.cli.output import Progress, print_json
    from app.cli.target import find_target
    from app.errors import UsageError
    from storage.export import export_wandb

    target = find_target(args.ref, store_of(args))
    if target.artifact is None or target.entry:
        raise UsageError(args.ref, "is not a whole artifact", "Name one version: STORE//name:v0.")
    with Progress("exporting", quiet=args.quiet):
        folder = export_wandb(target.artifact, args.dest)
    if args.json:
        print_json({"artifact": target.artifact.qualified_name, "path": str(folder), "format": args.format})
    else:
        print(printable(str(folder)))
    return 0
