"""Values that a run logged, over its steps: a slider for all keys, previews of each, every one a link to its page."""

from __future__ import annotations

from app.components import mount

__all__ = ["run_media"]


def run_media(run_id: str, *, key: str) -> None:
    """Draw them; they are asked for as the slider moves (`app.runs.api`).

    Parameters
    ----------
    run_id : str
        The run.
    key : str
        Place on the page.
    """
    mount("run_media", {"id": run_id}, key=key)
