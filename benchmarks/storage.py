"""What the store costs, beside plain tools on the same files: rows 8, 10, 13 and 19 of the table of budgets.

::

    python benchmarks/storage.py [ROW ...]

Each side runs in a fresh process, and the two take turns; the figure is CPU seconds (own and children), median of the
rounds, as a ratio. Starting Python and its imports lie outside, except those that the call itself needs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROUNDS = 3
FILES, FILE_BYTES, VERSIONS = 10_000, 10_000, 1_000
SETTLED_SECS = 2.2  # files that were changed just before are hashed at once, whatever was known of them

CLOCK = """
import hashlib, os, resource, subprocess, sys
from pathlib import Path
import storage
from storage import Artifact, Store
root = Path(sys.argv[1])
def cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
def commit(name):
    artifact = Artifact("files", type="dataset")
    artifact.add_dir(root / "files")
    return Store(root / name).log_artifact(artifact)
def git(*arguments):
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments], cwd=root / "files",
                   check=True, stdout=subprocess.DEVNULL)
start = cpu()
"""
END = "\nprint(cpu() - start)\n"
COMMIT = "commit(sys.argv[2])"
COPY = "subprocess.run(['cp', '-r', root / 'files', root / sys.argv[2]], check=True)"
GIT = "git('add', '-A'); git('commit', '-q', '-m', 'x')"
HASH = "[hashlib.sha256(path.read_bytes()) for path in sorted((root / 'files').glob('*/*'))]"


class Row(NamedTuple):
    """One line of the table."""

    number: int
    what: str
    ratio: float
    budget: float


def cpu_secs(code: str, root: Path, name: str = "") -> float:
    """Return what one fresh process measured of its timed part."""
    environment = os.environ | {"VITRINA_CACHE": str(root / "cache"), "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", CLOCK + code + END, str(root), name]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603  # own code
    return float(done.stdout.split()[-1])


def make_files(root: Path) -> None:
    """Write the files, all different, in 100 folders."""
    for number in range(FILES):
        path = root / "files" / f"{number % 100:02}" / f"{number:05}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(FILE_BYTES))
    time.sleep(SETTLED_SECS)


def ratio(ours: list[float], base: list[float]) -> float:
    """Return how many times as much ours takes."""
    return statistics.median(ours) / statistics.median(base)


def first_commit(root: Path) -> list[Row]:
    """Row 8."""
    pairs = [(cpu_secs(COMMIT, root, f"store{i}"), cpu_secs(COPY, root, f"copy{i}")) for i in range(ROUNDS)]
    return [Row(8, "first commit / cp -r", ratio(*map(list, zip(*pairs, strict=True))), 2.7)]


def second_commit(root: Path) -> list[Row]:
    """Row 10: one file of a hundred is changed before each round."""
    os.environ |= {"GIT_DIR": str(root / "git"), "GIT_WORK_TREE": str(root / "files")}  # beside: ours takes all files
    cpu_secs("git('init', '-q'); " + GIT, root)
    cpu_secs(COMMIT, root, "second")
    pairs = []
    for turn in range(ROUNDS):
        for path in sorted((root / "files").glob("*/*"))[turn::100]:
            path.write_bytes(os.urandom(FILE_BYTES))
        time.sleep(SETTLED_SECS)
        pairs.append((cpu_secs(COMMIT, root, "second"), cpu_secs(GIT, root)))
    return [Row(10, "second commit, 1 % changed / git", ratio(*map(list, zip(*pairs, strict=True))), 0.9)]


def listing(root: Path) -> list[Row]:
    """Row 13."""
    make = f"""
store = Store(root / "versions", durability="none")
for number in range({VERSIONS}):
    artifact = Artifact("pets", type="dataset")
    artifact.add_file(str(number).encode(), "number")
    store.log_artifact(artifact)
"""
    cpu_secs(make, root)
    folder = root / "names"
    folder.mkdir()
    for number in range(VERSIONS):
        (folder / f"v{number}").mkdir()
    base = "for _ in range(20): sorted(os.listdir(root / 'names'))"
    rows = []
    for what, code in (("list 1,000 versions", "versions('pets')"), ("latest of 1,000", "artifact('pets').digest")):
        ours = [cpu_secs(f"Store(root / 'versions').{code}", root) for _ in range(2 * ROUNDS)]
        theirs = [cpu_secs(base, root) / 20 for _ in range(2 * ROUNDS)]
        rows.append(Row(13, f"{what} / sorted listdir", ratio(ours, theirs), 5))
    return rows


def verify(root: Path) -> list[Row]:
    """Row 19, small files."""
    cpu_secs(COMMIT, root, "checked")
    base = [cpu_secs(HASH, root) for _ in range(ROUNDS)]
    rows = []
    for what, code in (("artifact", "artifact('files').verify()"), ("store", "verify()")):
        ours = [cpu_secs(f"assert not Store(root / 'checked').{code}", root) for _ in range(ROUNDS)]
        rows.append(Row(19, f"verify {what} / sha256", ratio(ours, base), 1.5))
    return rows


def main() -> int:
    """Print a line a row; 1 if one is over its budget."""
    parser = argparse.ArgumentParser(description="The store against plain tools.")
    parser.add_argument("rows", nargs="*", type=int, metavar="ROW", help="8, 10, 13, 19; all by default")
    wanted = parser.parse_args().rows
    over = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_files(root)
        for number, measure in ((8, first_commit), (19, verify), (13, listing), (10, second_commit)):
            for row in measure(root) if not wanted or number in wanted else ():
                over += row.ratio > row.budget
                verdict = "" if row.ratio <= row.budget else "  over"
                print(f"row {row.number:2}  {row.what:36}{row.ratio:8.2f} (budget {row.budget}){verdict}", flush=True)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
