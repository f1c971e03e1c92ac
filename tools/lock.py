"""Write the lock files: every version with the hashes of all its files, and no address of any index.

::

    python tools/lock.py            keep what is locked, add and drop what `pyproject.toml` asks for
    python tools/lock.py --upgrade  take the newest versions

Run it with the oldest Python that we support, so that no version is chosen that it cannot install. The machine's own
settings of pip are left out: the hashes are those of the files that everybody gets.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)  # `requires-python` of pyproject.toml
PIP_TOOLS = "pip-tools==7.6.2"  # the compiler of requirements; its output is what we commit

#: Lock file → extras that it covers beside the plain dependencies. A later one keeps the versions of those before it.
LOCKS = {"requirements.lock": (), "requirements-test.lock": ("media", "test")}

HEADER = """\
# {about}
# Written by tools/lock.py; do not edit. Linux, Python 3.11; the hashes cover the files for every platform.
#     pip install --require-hashes -r {name}
"""
ABOUT = {
    "requirements.lock": "What `make view` installs: the viewer with all it needs to run.",
    "requirements-test.lock": "What `make test` and `make check` install: the viewer, the media libraries, the tools.",
}


def clean_environment() -> dict[str, str]:
    """Return the environment without the machine's settings of pip, but with its way out to the network."""
    kept = {"PIP_CERT", "PIP_PROXY", "PIP_DEFAULT_TIMEOUT"}
    environment = {name: value for name, value in os.environ.items() if name in kept or not name.startswith("PIP_")}
    return environment | {"PIP_CONFIG_FILE": os.devnull}


def build_requirements(folder: Path) -> Path:
    """Write what an editable install needs; pip builds it without isolation, so it is locked as well."""
    path = folder / "build.in"
    path.write_text("hatchling>=1.27\n", encoding="utf-8")
    return path


def compile_lock(compiler: Path, name: str, earlier: list[str], scratch: Path, *, upgrade: bool) -> None:
    """Resolve one lock file.

    Parameters
    ----------
    compiler : Path
        The program ``pip-compile``.
    name : str
        File name of the lock, a key of `LOCKS`.
    earlier : list of str
        Locks whose versions it must keep.
    scratch : Path
        A folder for temporary files.
    upgrade : bool
        Take the newest versions instead of those in the file.
    """
    target = scratch / name
    if not upgrade and (ROOT / name).exists():
        target.write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    command = [str(compiler), "pyproject.toml", str(build_requirements(scratch)), "--output-file", str(target)]
    command += ["--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", "--resolver=backtracking"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links"]
    command += [f"--extra={extra}" for extra in LOCKS[name]]
    command += [f"--constraint={ROOT / other}" for other in earlier]
    subprocess.run(command, cwd=ROOT, env=clean_environment(), check=True)
    lines = [line for line in target.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    text = HEADER.format(about=ABOUT[name], name=name) + "\n".join(lines) + "\n"
    (ROOT / name).write_text(text, encoding="utf-8")
    print(f"{name}: {sum('==' in line for line in lines)} packages")


def main() -> int:
    """Write all lock files; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the lock files.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    upgrade = parser.parse_args().upgrade
    if sys.version_info[:2] != OLDEST:
        print(f"Run this with Python {OLDEST[0]}.{OLDEST[1]}; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="vitrina-lock-") as folder:
        scratch = Path(folder)
        venv.create(scratch / "venv", with_pip=True)
        programs = scratch / "venv" / "bin"
        install = [str(programs / "pip"), "install", "--quiet", PIP_TOOLS]
        subprocess.run(install, env=clean_environment(), check=True)
        earlier: list[str] = []
        for name in LOCKS:
            compile_lock(programs / "pip-compile", name, earlier, scratch, upgrade=upgrade)
            earlier.append(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
