"""Make `sample_artifacts/`: the small version of ``vitrina demo``, so that `make view` has something to show.

    .venv/bin/python tools/make_samples.py [FOLDER]

Everything comes from `app.demo` and its source files (see NOTICE); plain files are added, which the demo has none of.
Made again, the store holds equal values.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.demo.build import build
from storage import Artifact, Store


def odd() -> Artifact:
    """Return files that are no values."""
    artifact = Artifact("plain-files", type="notes")
    with artifact.new_file("readme.txt") as file:
        file.write("Files that are no values are kept and shown as what they are.\n")
    with artifact.new_file("table.csv") as file:
        file.write("name,legs\ncat,4\nbird,2\n")
    return artifact


def main(folder: str = "sample_artifacts") -> None:
    """Write the store into a folder that does not exist yet."""
    target = Path(folder)
    if target.exists() and any(target.iterdir()):
        sys.exit(f"{target} is there already; move it away first.")
    store = Store(target)
    build(store, small=True)
    store.log_artifact(odd())


if __name__ == "__main__":
    main(*sys.argv[1:])
