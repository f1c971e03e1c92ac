"""``vitrina get``: files of an artifact into a folder, verified while they are copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.options import add_json, add_store, add_verb, store_of
from app.errors import UsageError
from app.text import human_count, human_size, printable

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "run"]


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "get",
        run,
        "copy an artifact, or an entry of it, into a folder, verified on the way",
        examples=(
            "  vitrina get my-store//pets:best out/\n"
            "  vitrina get --store my-store pets out/ --prefix media/images/\n"
            "  vitrina get my-store//pets/weights.pt out/"
        ),
    )
    parser.add_argument("ref", metavar="REF[/ENTRY]", help="what to copy; see vitrina --help")
    parser.add_argument("dest", metavar="DEST", help="folder, made if it is not there; other files in it stay")
    parser.add_argument("--prefix", metavar="P", default="", help="only entries whose names begin so")
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Copy."""
    from app.cli.output import Progress, print_json
    from app.cli.target import find_target

    target = find_target(args.ref, store_of(args))
    if target.artifact is None:
        raise UsageError(args.ref, "is no single artifact", "Name one: STORE//name")
    if target.entry and args.prefix:
        raise UsageError("--prefix", "cannot be given with an entry", "Give one of the two.")
    names = [target.entry] if target.entry else list(target.artifact.names(args.prefix))
    if not names:
        raise UsageError(args.prefix, "no entry begins so", "See what there is: vitrina show without it.")
    with Progress("copying", quiet=args.quiet):
        if target.entry:
            target.artifact.get_path(target.entry).download(args.dest)
        else:
            target.artifact.download(args.dest, path_prefix=args.prefix)
    entries = [target.artifact.get_path(name) for name in names]
    size = sum(entry.size or 0 for entry in entries)
    if args.json:
        copied = [
            {"path": entry.path, "size": entry.size, "digest": entry.digest, "ref": entry.ref} for entry in entries
        ]
        print_json({"path": args.dest, "size": size, "entries": copied})
    else:
        count = human_count(len(names), "entry/entries")
        print(f"{printable(target.artifact.qualified_name)}: {count}, {human_size(size)} in {printable(args.dest)}")
    return 0
