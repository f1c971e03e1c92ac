"""Curves of a run: one chart a key, searched, paged, smoothed, linear or logarithmic, all of one range of steps."""

from __future__ import annotations

from app.components import mount

__all__ = ["run_charts"]


def run_charts(run_id: str, *, key: str) -> None:
    """Draw the charts; they ask for their points by themselves (`app.runs.api`).

    Parameters
    ----------
    run_id : str
        The run.
    key : str
        Place on the page.
    """
    mount("run_charts", {"id": run_id}, key=key, scripts=("scale.js", "chart.js"))
