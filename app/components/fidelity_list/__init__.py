"""The values of all that is open by verdict, with filters; a verify is started, watched and stopped beside them."""

from __future__ import annotations

import hashlib

from app.components import mount

__all__ = ["fidelity_list"]


def fidelity_list(state: str, *, key: str) -> None:
    """Draw the list; it fetches its rows from ``/api/fidelity``.

    Parameters
    ----------
    state : str
        Names and digests of what is open: another one and the rows are fetched anew.
    key : str
        Place on the page.
    """
    mark = hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
    mount("fidelity_list", {"state": mark}, key=key, scripts=("verdicts.js", "rows.js", "job.js"))
