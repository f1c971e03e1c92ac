"""The command, run in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the command: exit code, standard output, standard error."""
    monkeypatch.delenv("VITRINA_STORE", raising=False)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        output, errors = capsys.readouterr()
        return code, output, errors

    return run
