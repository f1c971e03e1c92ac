"""``vitrina diff``: what differs between two versions, entries or files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.options import add_json, add_store, add_verb, store_of
from app.text import human_count, one_line, printable

if TYPE_CHECKING:
    import argparse

    from app.diff import Difference

__all__ = ["add_parser", "run"]


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "diff",
        run,
        "measure what differs between two versions, entries or files; exit code 1 if anything does",
        examples="  vitrina diff --store my-store pets:v0 pets:v1\n  vitrina diff before.png after.png",
    )
    parser.add_argument("left", metavar="A", help="see vitrina --help")
    parser.add_argument("right", metavar="B", help="what is only here is called added")
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Compare."""
    from app.cli.output import Progress, print_json

    with Progress("comparing", quiet=args.quiet):
        found = _compare(_target(args.left, args), _target(args.right, args))
    if args.json:
        print_json(found.as_json())
    else:
        print(_as_text(found))
    return 0 if found.is_equal else 1


def _target(ref: str, args: argparse.Namespace) -> Any:
    from app.cli.target import find_target
    from app.errors import UsageError

    target = find_target(ref, store_of(args))
    if target.artifact is None:
        raise UsageError(ref, "is neither an artifact, an entry nor a file", "Name one version or entry of it.")
    return target


def _compare(left: Any, right: Any) -> Difference:
    from app.diff import Difference, compare_artifacts, compare_entries
    from app.errors import UsageError

    if bool(left.entry) != bool(right.entry):
        whole = (left if not left.entry else right).artifact.qualified_name
        raise UsageError(whole, "is compared with a single entry", "Name two artifacts, or two entries.")
    if not left.entry:
        return compare_artifacts(left.artifact, right.artifact)
    change = compare_entries(left.artifact, left.entry, right.artifact, right.entry)
    return Difference([], [], [change] if change else [])


def _as_text(found: Difference) -> str:
    if found.is_equal:
        return "equal"
    from app.diff import nonzero

    changed = [(change, list(nonzero(change.metrics))) for change in found.changed]
    changed.sort(key=lambda pair: (not {"problem", "type_changed"} & set(pair[0].metrics), -len(pair[1])))
    lines = [
        one_line(f"changed: {printable(change.entry)} ({change.type}): {printable('; '.join(measures))}")
        for change, measures in changed
    ]
    lines += [f"added: {printable(name)}" for name in found.added]
    lines += [f"removed: {printable(name)}" for name in found.removed]
    count = f"{len(found.changed):,} changed, {len(found.added):,} added, {len(found.removed):,} removed"
    return "\n".join([*lines, f"{human_count(len(lines), 'difference')}: {count}"])
