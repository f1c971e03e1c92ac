"""The one card for what cannot be shown: subject, problem, remedy; what is stored stands beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.components import mount

if TYPE_CHECKING:
    from storage.errors import Problem

__all__ = ["problem_card"]


def problem_card(problem: Problem, *, key: str, stored: str = "", download: str = "") -> None:
    """Draw the card.

    Parameters
    ----------
    problem : Problem
        What is wrong, in the error's own three fields.
    key : str
        Place on the page.
    stored : str
        Stored JSON, shown as it is; empty if there is none.
    download : str
        Address of the file; empty if there are no bytes.
    """
    data = {
        "subject": problem.subject,
        "problem": problem.problem,
        "remedy": problem.remedy,
        "stored": stored,
        "download": download,
    }
    mount("problem_card", data, key=key)
