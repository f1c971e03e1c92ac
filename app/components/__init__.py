"""Components of our own: plain JavaScript and CSS, no build step.

A *component* is a folder: ``__init__.py`` (a typed function that draws it), ``component.js`` (an ES module with a
default export), ``component.css``, and further scripts that stand before it. All share `shared.js` and the tokens of
`app.theme`.

Text of artifacts goes into a component as data and onto the page as `textContent`: it is never parsed as markup.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.theme import tokens_css

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["mount", "source"]

_HERE = Path(__file__).parent


@cache
def source(name: str, *scripts: str) -> tuple[str, str]:
    """Return script and style sheet of a component.

    Parameters
    ----------
    name : str
        Its folder.
    *scripts : str
        Scripts of the folder that stand before ``component.js``, in this order, and style sheets (``.css``) that stand
        before ``component.css``.
    """
    folder = _HERE / name
    before = [folder / script for script in scripts]
    code = [_HERE / "shared.js", *(file for file in before if file.suffix == ".js"), folder / "component.js"]
    styles = [*(file for file in before if file.suffix == ".css"), folder / "component.css"]
    script, style = ("\n".join(file.read_text(encoding="utf-8") for file in files) for files in (code, styles))
    return script, tokens_css() + style


@cache
def _registered(name: str, scripts: tuple[str, ...]) -> Callable[..., Any]:
    """Register a component once a process; a second registration under the name would be another component."""
    import streamlit as st

    script, style = source(name, *scripts)
    return st.components.v2.component(f"vitrina.{name}", js=script, css=style)


def mount(name: str, data: Any, *, key: str, scripts: tuple[str, ...] = ()) -> None:
    """Draw a component where the page is now.

    Parameters
    ----------
    name : str
        Its folder.
    data : object
        JSON for its script. Equal data is not sent again.
    key : str
        Names this place of the page: the component keeps its state as long as the key stays.
    scripts : tuple of str, optional
        See `source`.
    """
    # In a list, because Streamlit looks for data frames in a dict, and imports pandas for that: half a second at start.
    _registered(name, scripts)(data=[data], key=key)
