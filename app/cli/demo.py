"""``vitrina demo``: the type gallery and a short story, built in a temporary store and opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.options import add_verb
from app.cli.view import add_server

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

__all__ = ["add_parser", "run"]


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "demo",
        run,
        "build a gallery of every type and open it; needs no network, and leaves nothing behind",
        examples="  vitrina demo\n  vitrina demo --keep my-demo",
    )
    parser.add_argument("--keep", metavar="DIR", help="a folder that stays (default: one that goes when this ends)")
    add_server(parser)


def run(args: argparse.Namespace) -> int:
    """Build, and serve until interrupted."""
    import tempfile
    from pathlib import Path

    if args.keep:
        _serve(args, Path(args.keep))
        return 0
    with tempfile.TemporaryDirectory(prefix="vitrina-", ignore_cleanup_errors=True) as folder:
        _serve(args, Path(folder) / "demo")
    return 0


def _serve(args: argparse.Namespace, folder: Path) -> None:
    from app.cli.output import Progress
    from app.demo.build import STEPS, build
    from app.demo.tour import tour
    from app.server import serve
    from app.session import open_target
    from storage import Store

    store = Store(folder, durability="none")  # made anew in seconds
    with Progress("building the demo", total=STEPS, quiet=args.quiet) as progress:
        build(store, lambda _: progress.step())
    session = open_target(folder)
    session.tour = tour(store)
    serve(session, port=args.port, open_browser=not args.no_open)
