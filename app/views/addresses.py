"""Addresses of pages. The address bar is the state: an address that is copied shows the same view elsewhere.

``/`` · ``/artifact?ref=pets:v3`` · ``/entry?ref=pets:v3&path=cat.image-file.json`` · ``/compare?a=pets:v3&b=pets:v4``
· ``/run?id=3f9a`` · ``/types?type=Image``
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "HOME",
    "artifact_page",
    "compare_page",
    "entry_page",
    "export_page",
    "fidelity_page",
    "given",
    "run_page",
    "run_value_page",
    "types_page",
    "with_query",
    "with_state",
]

HOME = "/"

#: Characters that stay readable in a query; everything else is escaped.
_READABLE = ":/@,"


def _address(page: str, **query: str) -> str:
    return f"/{page}?{urlencode(query, safe=_READABLE, quote_via=quote, errors='surrogatepass')}"


def artifact_page(ref: str) -> str:
    """Return the address of an artifact's page."""
    return _address("artifact", ref=ref)


def entry_page(ref: str, name: str) -> str:
    """Return the address of an entry's page."""
    return _address("entry", ref=ref, path=name)


def compare_page(a: str = "", b: str = "") -> str:
    """Return the address of the page that compares two things; without them, of the one that asks for them.

    Parameters
    ----------
    a, b : str, optional
        A reference, ``pets:v3``, or one with an entry, ``pets:v3/cat.image-file.json``; or the id of a run. What only
        `b` has is called added.
    """
    sides = {name: side for name, side in (("a", a), ("b", b)) if side}
    return _address("compare", **sides) if sides else "/compare"


def types_page(key: str = "") -> str:
    """Return the address of the type gallery, or of one example in it."""
    return _address("types", type=key) if key else "/types"


def fidelity_page() -> str:
    """Return the address of the page that lists all values by what their conversion cost."""
    return "/fidelity"


def run_page(run_id: str) -> str:
    """Return the address of a run's page."""
    return _address("run", id=run_id)


def run_value_page(run_id: str, key: str, step: int, item: int = 0) -> str:
    """Return the address of the page of a value that a run logged."""
    return _address("run", id=run_id, key=key, step=str(step), **({"item": str(item)} if item else {}))


def export_page(ref: str, name: str = "") -> str:
    """Return the address that sends an artifact, or an entry of it, as one HTML file."""
    return _address("api/export", ref=ref, **({"path": name} if name else {}))


def given(query: Mapping[str, str], key: str) -> str:
    """Return a parameter of the present address, or nothing; of several the last counts, as Streamlit has it."""
    return query.get(key, "")


def with_query(address: str, query: Mapping[str, str]) -> str:
    """Return an address that has no parameters yet with some."""
    return f"{address}?{urlencode(query, safe=_READABLE, quote_via=quote, errors='surrogatepass')}"


def with_state(address: str, state: Mapping[str, str]) -> str:
    """Return an address with more parameters, those that an object's own view has."""
    return (
        f"{address}&{urlencode(state, safe=_READABLE, quote_via=quote, errors='surrogatepass')}" if state else address
    )
