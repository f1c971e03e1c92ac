"""The arrows between the layers, and what starting up may load."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORAGE = ROOT / "storage"

#: Modules of storage that know values, as `WBValue` and `init_from_json`: `artifact`, `run`, and what these two and the
#: readers of other people's files are made of. All others know bytes.
UPPER_HALF = {
    "additions", "artifact", "export", "flatten", "importing", "importing_runs", "reading", "run", "run_reader",
    "run_sink", "run_values", "sources", "store", "stored", "value_lookup", "value_sink",
}  # fmt: skip

#: What takes long to import. None of it may come with a name of ours that is only looked at.
HEAVY = {
    "PIL", "asyncio", "bokeh", "duckdb", "imageio", "matplotlib", "numpy", "pandas", "plotly", "pyarrow", "soundfile",
    "starlette", "streamlit", "trimesh", "urllib.request", "uvicorn",
}  # fmt: skip


def loaded_by(code):
    """Return the modules that are loaded after `code` ran in a fresh Python, without those of an empty one."""
    lines = ["import sys", "before = set(sys.modules)", code, "print(*set(sys.modules) - before, file=sys.stderr)"]
    command = [sys.executable, "-c", "\n".join(lines)]
    return set(subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stderr.split())


@pytest.fixture(scope="module")
def lower_half():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (modules,) = (contract["source_modules"] for contract in contracts if contract["id"] == "bytes")
    return set(modules)


def test_import_arrows():
    program = Path(sysconfig.get_path("scripts")) / "lint-imports"
    result = subprocess.run([program, "--no-logo", "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


def test_every_module_of_storage_is_in_one_half():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (lower,) = (contract["source_modules"] for contract in contracts if contract["id"] == "bytes")
    found = {path.stem for path in STORAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert {f"storage.{name}" for name in found - UPPER_HALF - {"__init__"}} == set(lower)


@pytest.mark.parametrize("package", ["datatypes", "storage"])
def test_importing_a_package_is_quick(package):
    loaded = loaded_by(f"import {package}")
    assert package in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("arguments", [["--help"], ["view", "--help"], ["ls", "--help"]])
def test_help_is_quick(arguments):
    loaded = loaded_by(f"from app.cli import main\ntry: main({arguments})\nexcept SystemExit: pass")
    assert "app.cli" in loaded
    assert loaded & (HEAVY | {"dataclasses", "datatypes", "storage"}) == set()


def test_the_type_of_a_value_is_unknown_to_storage():
    from datatypes.base import WBValue

    types = {cls.__name__ for cls in WBValue.type_mapping().values() if cls.__module__.startswith("datatypes.")}
    assert "Image" in types
    ports = {
        "datatypes",
        "datatypes.base",
        "datatypes.errors",
        "datatypes.ports",
        "datatypes.registry",
        "datatypes.unknown",
    }
    ports |= {"datatypes.wire"}
    found = []
    for path in sorted(STORAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = set()
            if isinstance(node, ast.Name):
                names = {node.id} & types
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[0] in {"datatypes", "dt"}:
                names = {node.attr} & types
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("datatypes"):
                names = {alias.name for alias in node.names} & types | {node.module} - ports
            found += [f"{path.relative_to(ROOT)}:{node.lineno}: {name}" for name in sorted(names)]
    assert found == []


def test_the_server_starts_without_heavy_libraries():
    """It answers first; what a page needs is imported while the browser loads."""
    code = """
from app.security import Gate
from app.server import make_app
from app.streamlit_settings import apply_settings
apply_settings(8720)
make_app(Gate(8720, b"k" * 32))
"""
    loaded = loaded_by(code)
    assert "app.runs.api" in loaded
    assert loaded & {"bokeh", "duckdb", "imageio", "numpy", "pandas", "pyarrow", "soundfile", "trimesh"} == set()
