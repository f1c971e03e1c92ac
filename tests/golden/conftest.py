"""The golden data as parameters: a test that names one of these arguments runs once for each of them.

``golden_case``
    a folder ``<sdk>/<case>``
``golden_artifact``
    an artifact of a case, also those that a run made for its tables
``golden_run``
    a recorded run of a case

Each has ``folder`` (where it lies) and ``expected`` (the facts that a reader must recover).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class GoldenCase:
    """One case of one SDK release."""

    sdk: str
    name: str

    @property
    def folder(self) -> Path:
        """The folder of the case."""
        return DATA / self.sdk / self.name

    @property
    def id(self) -> str:
        """Short name for reports: ``0.31.0/images``."""
        return f"{self.sdk}/{self.name}"

    @property
    def expected(self) -> dict[str, Any]:
        """Contents of ``expected.json``; empty for cases that only record refusals."""
        path = self.folder / "expected.json"
        return _load(path) if path.is_file() else {}

    @property
    def recipe(self) -> dict[str, Any]:
        """How the case was built, as data."""
        return _load(self.folder / "recipe.json")


@dataclass(frozen=True)
class GoldenArtifact:
    """One recorded artifact."""

    case: GoldenCase
    name: str
    in_run: bool = False

    @property
    def folder(self) -> Path:
        """The folder that holds the artifact's files and its manifest."""
        return self.case.folder / ("run/artifacts" if self.in_run else "artifacts") / self.name

    @property
    def id(self) -> str:
        """Short name for reports."""
        return f"{self.case.id}/{'run/' if self.in_run else ''}{self.name}"

    @property
    def record(self) -> dict[str, Any]:
        """Contents of ``<name>.artifact.json`` beside the folder."""
        return _load(self.folder.parent / f"{self.name}.artifact.json")

    @property
    def expected(self) -> dict[str, Any]:
        """Facts of the artifact; ``objects`` maps entry paths to facts of values."""
        expected = self.case.expected
        artifacts = (expected["run"] if self.in_run else expected)["artifacts"]
        return dict(artifacts[self.name])


@dataclass(frozen=True)
class GoldenRun:
    """One recorded run."""

    case: GoldenCase

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return self.case.folder / "run"

    @property
    def id(self) -> str:
        """Short name for reports."""
        return self.case.id

    @property
    def expected(self) -> dict[str, Any]:
        """Facts of the run: ``rows``, ``summary``, ``config``, ``class_labels``, ``media_files``, ``artifacts``."""
        return dict(self.case.expected["run"])


@cache
def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def golden_cases() -> tuple[GoldenCase, ...]:
    """All cases, in the order of the index."""
    return tuple(GoldenCase(entry["sdk"], entry["case"]) for entry in _load(DATA / "index.json"))


@cache
def golden_artifacts() -> tuple[GoldenArtifact, ...]:
    """All artifacts, those of runs among them."""
    found = []
    for case in golden_cases():
        found += [GoldenArtifact(case, name) for name in case.expected.get("artifacts", {})]
        found += [GoldenArtifact(case, name, in_run=True) for name in case.expected.get("run", {}).get("artifacts", {})]
    return tuple(found)


@cache
def golden_runs() -> tuple[GoldenRun, ...]:
    """All runs."""
    return tuple(GoldenRun(case) for case in golden_cases() if "run" in case.expected)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each case, artifact or run that it asks for."""
    sources = {"golden_case": golden_cases, "golden_artifact": golden_artifacts, "golden_run": golden_runs}
    for argument, find in sources.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, [pytest.param(item, id=item.id) for item in find()])


@pytest.fixture
def golden_inputs() -> Path:
    """Folder of the input files that recipes name as ``{INPUTS}``."""
    return DATA / "inputs"


@pytest.fixture
def golden_data() -> Path:
    """Folder that holds all recorded data."""
    return DATA
