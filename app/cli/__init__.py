"""The command ``vitrina``: one file a verb.

A verb is a module of this folder with `add_parser(verbs)` and `run(args) -> int`, and a name in `VERBS`. What verbs
share: `options` (flags), `target` (references), `output` (JSON, columns, notes, progress), `describe` (facts).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from app.cli.output import complain
from app.import_guard import check_imports

__all__ = ["VERBS", "build_parser", "main"]

#: In the order of ``vitrina --help``.
VERBS = ("view", "demo", "ls", "show", "log", "get", "import", "verify", "diff", "export", "gc", "du")

#: Verbs whose module cannot be called as they are: words of Python.
_MODULES = {"import": "import_"}

_INTERRUPTED = 130

_EPILOG = """\
example:
  vitrina view downloads/pets:v3      look at an artifact in the browser
  vitrina ls                          what is in this folder

REF is a path to a store, artifact, run, folder or file, or STORE//name, or with --store DIR just name;
name takes :vN, :alias or @DIGEST. An entry of it comes after a slash: STORE//pets:v3/predictions
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(
        prog="vitrina",
        description="A local store and viewer for the media of machine-learning work.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_ShowVersion)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in VERBS:
        importlib.import_module(f"app.cli.{_MODULES.get(verb, verb)}").add_parser(verbs)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : list of str, optional
        Arguments without the program's name; those of the process unless given.

    Returns
    -------
    int
        0 fine, 1 a difference or a failed check, 2 usage or nothing readable, 130 interrupted.
    """
    try:
        check_imports()
        args = build_parser().parse_args(argv)
        code: int = args.run(args)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse has said why
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough: ``vitrina ls | head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  # the one boundary: every error is one line here
        complain(error, verbose=_is_verbose(argv))
        return 2
    return code


def _is_verbose(argv: list[str] | None) -> bool:
    return bool({"-v", "--verbose"} & set(sys.argv[1:] if argv is None else argv))


class _ShowVersion(argparse.Action):
    """Look the version up when it is asked for, and not at every start."""

    def __init__(self, option_strings: list[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the version and leave")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib import metadata

        try:
            version = metadata.version("vitrina")
        except metadata.PackageNotFoundError:  # run from a checkout that is not installed
            version = "of a checkout"
        print(f"vitrina {version}")
        parser.exit()
