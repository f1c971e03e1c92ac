"""``vitrina diff``: what differs between two versions, entries, files, runs or stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.options import add_json, add_store, add_verb, store_of
from app.text import human_count, one_line, printable

if TYPE_CHECKING:
    import argparse

    from app.cli.output import Progress
    from app.comparing import Difference

__all__ = ["add_parser", "run"]

#: Lines that are printed unless all are asked for.
SHOWN = 40

_EXAMPLES = """  vitrina diff --store my-store pets:v0 pets:v1
  vitrina diff before.png after.png
  vitrina diff --key image_id old/predictions.table.json new/predictions.table.json
  vitrina diff my-store wandb/run-2026…    (stores and folders by name, runs by key and step)"""


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "diff",
        run,
        "measure what differs between two versions, entries, files, runs or stores; exit code 1 if anything does",
        examples=_EXAMPLES,
    )
    parser.add_argument("left", metavar="A", help="see vitrina --help")
    parser.add_argument("right", metavar="B", help="what is only here is called added")
    parser.add_argument(
        "--key", metavar="COLUMN", help="column that tells the rows of tables apart (default: found by its name)"
    )
    parser.add_argument(
        "--versions",
        choices=["latest", "all"],
        default="latest",
        help="of stores: compare the latest versions of each name, or all by their numbers",
    )
    parser.add_argument("--all", action="store_true", help=f"list all differences, not the worst {SHOWN}")
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Compare."""
    from app.cli.output import Progress, print_json, print_problems

    with Progress("comparing", quiet=args.quiet) as progress:
        left, right = _target(args.left, args), _target(args.right, args)
        found = _compare(left, right, args, progress)
    for side in (left, right):
        print_problems(getattr(side.artifact or side.run, "problems", ()), quiet=args.quiet or args.json)
    if args.json:
        print_json(found.as_json())
    else:
        print(_as_text(found, shown=len(found.changed) + len(found.added) + len(found.removed) if args.all else SHOWN))
    return 0 if found.is_equal else 1


def _target(ref: str, args: argparse.Namespace) -> Any:
    from app.cli.target import find_target
    from app.errors import UsageError

    target = find_target(ref, store_of(args))
    if target.run is not None and target.entry:
        problem = "is a file of a run, which has no digest to compare"
        raise UsageError(ref, problem, "Name the run, or give the path of the file.")
    return target


def _compare(left: Any, right: Any, args: argparse.Namespace, progress: Progress) -> Difference:
    from app import comparing
    from app.errors import UsageError

    kinds = [_kind(side) for side in (left, right)]
    if kinds[0] != kinds[1]:
        problem = f"is {_NAMES[kinds[0]]}, and {args.right} is {_NAMES[kinds[1]]}"
        raise UsageError(args.left, problem, "Name two of a kind: two versions, two entries, two runs, two stores.")

    def on_step(done: int, total: int) -> None:
        progress.count(done, total)

    if kinds[0] == "entry":
        return _compare_entries(left, right, args)
    if kinds[0] == "artifact":
        return comparing.compare_artifacts(left.artifact, right.artifact, key=args.key, on_step=on_step)
    if kinds[0] == "run":
        return comparing.compare_runs(left.run, right.run, on_step=on_step)
    every = args.versions == "all"
    return comparing.compare_sessions(left.session, right.session, all_versions=every, key=args.key, on_step=on_step)


_NAMES = {
    "entry": "a single entry",
    "artifact": "a whole artifact",
    "run": "a run",
    "session": "a store or a folder of several artifacts",
}


def _kind(target: Any) -> str:
    if target.artifact is not None:
        return "entry" if target.entry else "artifact"
    return "run" if target.run is not None else "session"


def _compare_entries(left: Any, right: Any, args: argparse.Namespace) -> Difference:
    from app import comparing
    from app.errors import UsageError

    if args.key is not None:
        for side in (left, right):
            columns = getattr(side.artifact.get(side.entry), "columns", None)
            if columns is not None and args.key not in [str(name) for name in columns]:
                names = ", ".join(map(str, columns))
                raise UsageError(args.key, f"is no column of {side.entry}", f"Name one of: {names}.")
    change = comparing.compare_entries(left.artifact, left.entry, right.artifact, right.entry, key=args.key)
    return comparing.Difference([], [], [change] if change else [])


def _as_text(found: Difference, shown: int) -> str:
    if found.is_equal:
        return "equal"
    from app.comparing import nonzero
    from app.comparing.model import rank_of

    listed = [
        (
            -change.severity,
            rank_of("changed", change),
            f"changed: {printable(change.entry)} ({change.type}): {'; '.join(nonzero(change.metrics))}",
        )
        for change in found.changed
    ]
    listed += [(-1.0, rank_of("removed"), f"removed: {printable(name)}") for name in found.removed]
    listed += [(-1.0, rank_of("added"), f"added: {printable(name)}") for name in found.added]
    listed.sort(key=lambda item: item[:2])  # what is sorted already stays in its order
    lines = [one_line(text) for _, _, text in listed[:shown]]
    if shown < len(listed):
        lines.append(f"{shown:,} of {len(listed):,} differences, the worst first, because the list is long: --all")
    counts = f"{len(found.changed):,} changed, {len(found.added):,} added, {len(found.removed):,} removed"
    equal = f", {found.equal:,} equal" if found.equal else ""
    return "\n".join([*lines, f"{human_count(len(listed), 'difference')}: {counts}{equal}"])
