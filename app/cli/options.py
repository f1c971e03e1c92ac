"""Flags that several verbs have, spelt once."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["add_json", "add_store", "add_verb", "open_store", "store_of"]


def add_verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    *,
    examples: str,
) -> argparse.ArgumentParser:
    """Add a verb with the flags that all have.

    Parameters
    ----------
    verbs : object
        Where it goes.
    name : str
        As typed.
    run : callable
        Carries it out; returns the exit code.
    summary : str
        One line, without a full stop.
    examples : str
        Lines of a terminal, one or more.
    """
    parser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.",
        epilog=f"example:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    level = parser.add_mutually_exclusive_group()
    level.add_argument("-v", "--verbose", action="store_true", help="say more; show where an error came from")
    level.add_argument("-q", "--quiet", action="store_true", help="say only what was asked for: no notes, no progress")
    return parser


def add_store(parser: argparse.ArgumentParser, purpose: str = "where names are looked up") -> None:
    """Add ``--store``."""
    parser.add_argument("--store", metavar="DIR", help=f"store, {purpose} (default: the variable VITRINA_STORE)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def store_of(args: Any) -> tuple[str, bool]:
    """Return the store that is named, and whether it was named on the command line; an empty text if none is."""
    import os

    given = args.store
    return (given, True) if given else (os.environ.get("VITRINA_STORE", ""), False)


def open_store(args: Any) -> Any:
    """Return the store that a verb works on: the path given, else ``--store``, else the variable.

    Raises
    ------
    UsageError
        If none is named, or it is no store.
    """
    from app.errors import UsageError
    from app.session import open_target

    where = args.path or store_of(args)[0]
    if not where:
        raise UsageError("store", "is not named", "Name one, or set VITRINA_STORE.")
    opened = open_target(where).opened
    if opened.kind != "store":
        raise UsageError(
            str(where), f"is no store, it is of the kind {opened.kind}", "Name the folder that vitrina log made."
        )
    return opened
