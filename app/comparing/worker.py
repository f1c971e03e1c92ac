"""Comparing in a process of its own: the viewer stays quick and small meanwhile.

``python -m app.comparing.worker WHAT PATH A B`` opens what lies at a path, compares two sides of it, keeps the result
in the cache folder, and prints how far it is, ``DONE TOTAL`` a line. WHAT is ``entries`` (a list of what differs) or
``rows`` (of two tables).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import AppError
from app.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.comparing.sides import Side

__all__ = ["FOLDER", "compare_elsewhere", "keep_result", "kept_result", "main", "trim"]

FOLDER = "comparisons"
_CAP_BYTES = 256 << 20


def _name(ident: str) -> str:
    return f"{FOLDER}/{hashlib.sha256(ident.encode('utf-8', 'surrogatepass')).hexdigest()}"


def kept_result(ident: str) -> bytes | None:
    """Return the result of a comparison that was made before; None if there is none."""
    from storage import cache

    return cache.read_cached(_name(ident))


def keep_result(ident: str, data: bytes) -> None:
    """Keep the result of a comparison in the cache folder."""
    from storage import cache

    cache.write_cached(_name(ident), data)
    trim()


def trim(cap_bytes: int = _CAP_BYTES) -> int:
    """Delete the results that were made longest ago until the rest is below the cap; return the bytes freed."""
    from storage import cache

    return cache.trim_folder(FOLDER, "*", cap_bytes, keep_newest=True)


def compare_elsewhere(
    what: str, left: Side, right: Side, on_step: Callable[[int, int], None] = lambda _done, _total: None
) -> bool:
    """Compare two sides by a process of its own, and wait for it.

    Parameters
    ----------
    what : str
        See the module.
    left, right : Side
        Two sides of what is open in this process.
    on_step : callable, optional
        Is told how far it is.

    Returns
    -------
    bool
        Whether there is a result now; not where nothing is open that another process could open.

    Raises
    ------
    AppError
        If it did not end well, with what it said.
    """
    from app import session

    try:
        path = session.current().path
    except RuntimeError:  # nothing is open: in tests, and on the command line
        return False
    if not path or not all(_is_found(side) for side in (left, right)):
        return False
    home, known = str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")
    environment = {**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{known}" if known else home}
    command = [sys.executable, "-m", "app.comparing.worker", what, path, left.text, right.text]
    problem: dict[str, str] = {}
    with subprocess.Popen(  # noqa: S603  # our own program
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment, text=True
    ) as child:
        for line in child.stdout or ():
            done, _, total = line.strip().partition(" ")
            if done.isdecimal() and total.isdecimal():
                on_step(int(done), int(total))
            elif line.startswith("{"):
                problem = json.loads(line)
    if child.returncode:
        text = f"could not be compared (exit code {child.returncode})"
        raise AppError(
            problem.get("subject", right.text), problem.get("problem", text), problem.get("remedy", "Compare it again.")
        )
    return True


def _is_found(side: Side) -> bool:
    """Whether the same content is found by the text of a side, as another process will look for it."""
    from app import session
    from app.comparing.sides import find_side

    found, problem = find_side(session.current(), side.text)
    return found is not None and not problem and found.ident == side.ident


def main(arguments: list[str]) -> int:
    """Compare what the arguments name; see the module."""
    from app.renderers import problem_of

    what, path, *texts = arguments
    try:
        _compare(what, path, texts)
    except BrokenPipeError:
        return 1  # the viewer has ended
    except Exception as error:  # noqa: BLE001  # the boundary of a process
        found = problem_of(error, one_line(texts[-1]))
        _print(json.dumps({"subject": found.subject, "problem": found.problem, "remedy": found.remedy}))
        return 1
    return 0


def _compare(what: str, path: str, texts: list[str]) -> None:
    from app.comparing import jobs, table_rows
    from app.comparing.sides import find_side
    from app.session import open_target

    session = open_target(path)
    sides: list[Any] = [find_side(session, text)[0] for text in texts]
    left, right = sides
    if what == "rows":
        found = table_rows.ComparedTables()
        found.fill(*(table_rows.as_table(side.artifact.get(side.entry)) for side in sides))
        keep_result(table_rows.ident_of(left, right), found.to_bytes())
    else:
        result = jobs.compare(left, right, lambda done, total: _print(f"{done} {total}"))
        keep_result(jobs.ident_of(left, right), jobs.to_bytes(result))


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
