"""Copying a large table in a process of its own: the viewer stays quick and small meanwhile.

``python -m app.tables.copying PATH REF NAME`` opens what lies at a path, copies the table of an entry into the cache
folder, and prints the number of rows so far, one a line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.tables.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["copy_elsewhere", "main"]


def copy_elsewhere(path: str, ref: str, name: str, on_rows: Callable[[int], None]) -> None:
    """Copy a table by a process of its own, and wait for it.

    Parameters
    ----------
    path : str
        What is open in the viewer.
    ref : str
        Reference of the artifact in it.
    name : str
        Entry of the artifact.
    on_rows : callable
        Is told how many rows have been copied.

    Raises
    ------
    QueryError
        If it did not end well, with what it said.
    OSError
        If it cannot be started.
    """
    home = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH", "")
    environment = {**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{known}" if known else home}
    command = [sys.executable, "-m", "app.tables.copying", path, ref, name]
    with subprocess.Popen(  # noqa: S603  # our own program
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment, text=True
    ) as child:
        problem: dict[str, str] = {}
        for line in child.stdout or ():
            if line.strip().isdecimal():
                on_rows(int(line))
            elif line.startswith("{"):
                problem = json.loads(line)
    if child.returncode:
        told = problem or {
            "subject": name,
            "problem": f"could not be copied (exit code {child.returncode})",
            "remedy": "",
        }
        raise QueryError(told["subject"], told["problem"], told["remedy"])


def main(arguments: list[str]) -> int:
    """Copy the table that the arguments name; see the module."""
    from app.renderers import problem_of
    from app.session import open_target
    from app.tables import sources

    path, ref, name = arguments
    try:
        source = sources.find(open_target(path).resolve(ref), name)
        if source is None:
            raise ValueError("is no table")  # noqa: TRY301  # told as every other problem
        sources.make_copy(source, _print)
    except BrokenPipeError:
        return 1  # the viewer has ended
    except Exception as error:  # noqa: BLE001  # the boundary of a process
        found = problem_of(error, name)
        _print({"subject": found.subject, "problem": found.problem, "remedy": found.remedy})
        return 1
    return 0


def _print(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
