"""What is shipped, and that the README, the lock files and the settings say the truth about it."""

from __future__ import annotations

import email
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "datatypes", "storage")
README = (ROOT / "README.md").read_text(encoding="utf-8")
LOCKS = ("requirements.lock", "requirements-test.lock")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def run(*command, cwd=ROOT, **environment):
    """Run a command without the network settings and the paths of this process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    result = subprocess.run(command, cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def text_files():
    """Give every file of ours that people write: sources, settings, texts; not recorded data."""
    for folder in (*PACKAGES, "tools", "tests", ".ci", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            skipped = {"__pycache__", "data"} & set(path.relative_to(ROOT).parts)
            if path.is_file() and not skipped and path.suffix not in {".png", ".woff2"}:
                yield path
    yield from sorted(path for path in ROOT.iterdir() if path.is_file() and path.name not in {".coverage", ".git"})


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder))
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


class TestWheel:
    def test_holds_exactly_three_packages(self, wheel):
        top = {name.partition("/")[0] for name in wheel.namelist()}
        assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)
        assert len(top) == 4

    def test_holds_every_file_of_them_and_no_other(self, wheel):
        ours = {
            path.relative_to(ROOT).as_posix()
            for package in PACKAGES
            for path in (ROOT / package).rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }
        shipped = {name for name in wheel.namelist() if ".dist-info/" not in name}
        assert shipped == ours
        assert {f"{package}/py.typed" for package in PACKAGES} <= shipped

    def test_holds_the_licence(self, wheel):
        (metadata,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
        facts = email.message_from_bytes(wheel.read(metadata))
        assert facts["License-Expression"] == "MIT"
        assert facts.get_all("License-File") == ["LICENSE", "NOTICE"]
        assert facts["Requires-Python"] == ">=3.11"

    def test_starts_from_its_own_files(self, wheel, tmp_path):
        wheel.extractall(tmp_path)
        here = "import app, datatypes, storage; print(*(m.__path__[0] for m in (app, datatypes, storage)), sep='\\n')"
        found = run(sys.executable, "-c", here, cwd=tmp_path).splitlines()
        assert found == [str(tmp_path / package) for package in PACKAGES]
        assert "vitrina" in run(sys.executable, "-m", "app", "--help", cwd=tmp_path)


def test_command():
    (command,) = entry_points(group="console_scripts", name="vitrina")
    assert command.value == "app.cli:main"
    assert callable(command.load())


@pytest.mark.parametrize("name", LOCKS)
class TestLock:
    def test_has_versions_and_hashes_and_no_address(self, name):
        text = (ROOT / name).read_text(encoding="utf-8")
        entries = [entry for entry in re.split(r"\n(?=[a-z0-9])", text) if not entry.startswith("#")]
        pattern = r"[a-z0-9.-]+==[0-9][\w.]*( ; [^\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n?"
        assert entries
        assert [entry for entry in entries if not re.fullmatch(pattern, entry)] == []
        assert not re.search(r"://|--(extra-)?index|--find-links|@", text)

    def test_fits_the_ranges(self, name):
        from packaging.requirements import Requirement

        locked = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        wanted = [*SETTINGS["build-system"]["requires"], *SETTINGS["project"]["dependencies"]]
        if name == "requirements-test.lock":
            extras = SETTINGS["project"]["optional-dependencies"]
            wanted += [*extras["media"], *extras["test"]]
        for requirement in map(Requirement, wanted):
            version = locked[requirement.name.lower()]
            assert requirement.specifier.contains(version, prereleases=True), f"{requirement} is locked to {version}"


def test_locks_agree():
    view, test = (
        set(re.findall(r"^[a-z0-9.-]+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)) for name in LOCKS
    )
    assert view < test


def test_errors_name_extras_that_exist():
    from datatypes.extras import EXTRAS

    assert set(EXTRAS.values()) <= set(SETTINGS["project"]["optional-dependencies"])


def test_no_file_names_a_place_of_one_machine():
    places = re.compile(r"(?<![\w.~$}<-])/(work|opt|home|Users)/")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if places.search(line)
    ]
    assert found == []


def test_no_file_names_a_registry():
    hosts = re.compile("|".join(("pypi[.]", "files[.]pythonhosted", "npm" + "js")))
    found = [str(path.relative_to(ROOT)) for path in text_files() if hosts.search(path.read_text(encoding="utf-8"))]
    assert [name for name in found if name != str(Path(__file__).relative_to(ROOT))] == []


class TestReadme:
    @pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    def test_code_runs(self, code, tmp_path):
        out = run(sys.executable, "-W", "error", "-c", code, cwd=tmp_path)
        expected = re.findall(r"^print\(.*\)\s*# (.*)$", code, re.MULTILINE)
        assert out.splitlines() == expected

    def test_table_of_types_is_that_of_the_registry(self):
        spec = importlib.util.spec_from_file_location("readme_table", ROOT / "tools" / "readme_table.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert module.with_table(README) == README, "run: .venv/bin/python tools/readme_table.py --write"

    @pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
    def test_files_that_it_links_to_exist(self, name):
        links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == []

    def test_commands_exist(self):
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert set(re.findall(r"make ([a-z]+)", README.replace("GNU make and", ""))) <= set(targets)
        verbs = run(sys.executable, "-m", "app", "--help")
        for verb in set(re.findall(r"vitrina ([a-z]+)", README)) - {"make", "cd", "and", "refuses"}:
            assert re.search(rf"^\s+{verb}\b", verbs, re.MULTILINE), f"{verb} is no verb of vitrina"


def test_ci_runs_the_readme_command():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "exec make test"
