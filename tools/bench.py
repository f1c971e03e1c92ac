"""Measure against the budgets: ratios of CPU time, both sides in the same run on the same machine.

::

    python tools/bench.py [ROW ...]

Prints one line a row and exits 1 if one is over its budget. The numbers of the rows are those of the table of budgets.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 15  # the least of so many counts: what else runs on the machine can only add


class Row(NamedTuple):
    """One line of the table: a workload, what it is compared with, and how many times as much it may take."""

    number: int
    workload: str
    base: str
    budget: float
    measure: Callable[[], float]


def cpu_secs(*arguments: str) -> float:
    """Return the CPU seconds of one run of this Python with `arguments`, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def times_python(*arguments: str) -> float:
    """Return the ratio of `arguments` to a Python that does nothing; the two take turns."""
    pairs = [(cpu_secs(*arguments), cpu_secs("-c", "pass")) for _ in range(REPEATS)]
    return min(ours for ours, _ in pairs) / min(base for _, base in pairs)


ROWS = [
    Row(26, "import datatypes", "python -c pass", 5, lambda: times_python("-c", "import datatypes")),
    Row(26, "import storage", "python -c pass", 5, lambda: times_python("-c", "import storage")),
    Row(27, "vitrina --help", "python -c pass", 6, lambda: times_python("-m", "app", "--help")),
]


def main() -> int:
    """Measure the rows that are asked for, or all; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure against the budgets.")
    parser.add_argument("rows", nargs="*", type=int, metavar="ROW", help="numbers of rows; all by default")
    wanted = parser.parse_args().rows
    over = 0
    print(f"{'row':>3}  {'workload':32}{'base':20}{'ratio':>8}{'budget':>8}")
    for row in ROWS:
        if wanted and row.number not in wanted:
            continue
        ratio = row.measure()
        over += ratio > row.budget
        verdict = "" if ratio <= row.budget else "  over"
        print(f"{row.number:>3}  {row.workload:32}{row.base:20}{ratio:8.2f}{row.budget:8.2f}{verdict}", flush=True)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
