"""An intruder under one of our names is named, with its cure; nothing of it runs."""

import subprocess
import sys
from pathlib import Path

import pytest

import app

HOME = Path(app.__file__).parents[1]


def run(code, *path):
    """Run Python with `path` in front of everything else; return its exit code and standard error."""
    lines = [f"sys.path.insert(0, {str(folder)!r})" for folder in (HOME, *path)]
    done = subprocess.run(
        [sys.executable, "-c", "; ".join(["import sys", *lines, code])],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


MAIN = "from app.cli import main; sys.exit(main(['ls', '.']))"


def intruder(folder, package, *, as_module=False):
    folder.mkdir(exist_ok=True)
    target = folder / f"{package}.py" if as_module else folder / package / "__init__.py"
    target.parent.mkdir(exist_ok=True)
    target.write_text("raise SystemExit('the intruder ran')\n")
    return target.parent if not as_module else target


@pytest.mark.parametrize("package", ["datatypes", "storage"])
@pytest.mark.parametrize("as_module", [False, True])
def test_intruder_on_the_path(tmp_path, package, as_module):
    place = intruder(tmp_path / "lib", package, as_module=as_module)
    code, errors = run(MAIN, tmp_path / "lib")
    assert code == 2
    assert errors == (
        f"vitrina: {package}: comes from {place}, not from vitrina ({HOME / package}). "
        "Start vitrina from another folder, or take that one off PYTHONPATH.\n"
    )


def test_intruder_that_was_installed_is_called_by_name(tmp_path):
    site = tmp_path / "site"
    place = intruder(site, "storage")
    info = site / "some_storage-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-storage\nVersion: 1.0\n")
    (info / "RECORD").write_text("storage/__init__.py,,\n")
    (info / "top_level.txt").write_text("storage\n")
    code, errors = run(MAIN, site)
    assert code == 2
    assert errors == (
        f"vitrina: storage: comes from {place}, not from vitrina ({HOME / 'storage'}). "
        "It belongs to the package some-storage. Install vitrina into an environment of its own: "
        "python -m venv vitrina-env, then vitrina-env/bin/pip install vitrina\n"
    )


def test_ours_pass():
    code, errors = run("from app.import_guard import check_imports; check_imports()")
    assert (code, errors) == (0, "")


def test_looking_imports_nothing():
    code, errors = run(
        "from app.import_guard import check_imports; check_imports(); "
        "sys.exit('imported' if {'datatypes', 'storage'} & set(sys.modules) else 0)"
    )
    assert (code, errors) == (0, "")
