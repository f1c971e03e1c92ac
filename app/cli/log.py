"""``vitrina log``: files or a folder into a new version of an artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.options import add_json, add_store, add_verb, store_of
from app.errors import UsageError
from app.text import human_count, human_size, printable

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from storage import Artifact

__all__ = ["add_parser", "run"]


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "log",
        run,
        "put a file or a folder into a new version of an artifact",
        examples=(
            "  vitrina log pictures/ --store my-store --name pets --type dataset\n"
            "  vitrina log weights.pt --store my-store --name model --type model --alias best"
        ),
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file, or a folder with all that is in it")
    parser.add_argument("--name", required=True, metavar="N", help="name of the artifact")
    parser.add_argument("--type", required=True, metavar="T", help="type of the artifact: dataset, model, …")
    parser.add_argument(
        "--alias", action="append", default=[], metavar="A", help="alias of the new version; repeatable"
    )
    parser.add_argument("--description", metavar="TEXT", help="description of the artifact")
    add_store(parser, "made if it is not there")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Log."""
    from pathlib import Path

    from app.cli.output import Progress, print_json
    from storage import Artifact, Store

    where = store_of(args)[0]
    if not where:
        raise UsageError("store", "is not named", "Add --store DIR, or set VITRINA_STORE.")
    artifact = Artifact(args.name, type=args.type, description=args.description)
    with Progress("storing", quiet=args.quiet):
        for path in map(Path, args.paths):
            _add(artifact, path, inside=len(args.paths) > 1)
        saved = Store(where).log_artifact(artifact, aliases=args.alias)
    if args.json:
        from app.cli.ls import artifact_json
        from app.session import VersionRow

        print_json({"type": "artifact", "summary": artifact_json(VersionRow.of(saved))})
        return 0
    entries = human_count(len(saved.manifest.entries), "entry/entries")
    print(f"{printable(saved.qualified_name)}  {entries}, {human_size(saved.size)}, {' '.join(sorted(saved.aliases))}")
    return 0


def _add(artifact: Artifact, path: Path, *, inside: bool) -> None:
    """Add one file or folder; of several folders each keeps its name."""
    if path.is_dir():
        artifact.add_dir(str(path), name=path.resolve().name if inside else None)
    elif path.exists():
        artifact.add_file(str(path))
    else:
        raise UsageError(str(path), "is not there", "Give an existing file or folder.")
