"""Bring a recording of W&B's output into ``data/``: ``python tests/golden/copy_data.py RECORDING``.

A recording is a folder ``<sdk>/<case>/…`` with ``index.json`` and ``inputs/`` (see README.md). Files are copied byte
for byte, in sorted order, with plain modes; what no test reads is left out. Nothing that is there already is deleted.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

DATA = Path(__file__).parent / "data"
LEFT_OUT = frozenset({"README.md", "published_files.json"})


def copy_recording(recording: Path, data: Path = DATA) -> int:
    """Copy the files of `recording` below `data`; return how many."""
    count = 0
    for path in sorted(recording.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.name in LEFT_OUT:
            continue
        target = data / path.relative_to(recording)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        count += 1
    return count


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "index.json").is_file():
        raise SystemExit(__doc__)
    print(f"{copy_recording(Path(sys.argv[1]))} files copied to {DATA}")
