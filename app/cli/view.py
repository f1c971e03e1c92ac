"""``vitrina view``: the viewer on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.options import add_store, add_verb, store_of

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "add_server", "run"]


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "view",
        run,
        "look at a store, artifact, run, folder or file in the browser",
        examples="  vitrina view\n  vitrina view downloads/pets:v3\n  vitrina view --no-open --port 9000 my-store",
    )
    parser.add_argument("path", metavar="PATH", nargs="?", help="what to open (default: the store, else this folder)")
    add_server(parser)
    add_store(parser, "opened where no PATH is given")


def add_server(parser: argparse.ArgumentParser) -> None:
    """Add the flags of every verb that serves."""
    parser.add_argument(
        "--port", type=_port, metavar="N", help="port on 127.0.0.1 (default: 8720, or the next one that is free)"
    )
    parser.add_argument("--no-open", action="store_true", help="print the address and open no browser")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(text)
    return port


_port.__name__ = "port number"  # how argparse calls it in its message


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from app.cli.output import print_problems
    from app.server import serve
    from app.session import open_target

    session = open_target(args.path or store_of(args)[0] or ".")
    print_problems(session.problems, quiet=args.quiet)
    serve(session, port=args.port, open_browser=not args.no_open)
    return 0
