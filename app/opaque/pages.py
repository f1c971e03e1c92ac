"""Pages of ours in opaque frames: a library of others, a script of ours that drives it, one answer.

All is inline, so the page needs no request and its policy names each script by hash. Data of artifacts comes by
message, as data; a library that is deceived by it finds itself in an empty room.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from pathlib import Path
from typing import NamedTuple

from app.errors import MissingLibraryError
from app.policies import page_policy
from app.vendored import vendored_file

__all__ = ["PAGES", "MissingLibraryError", "Page", "page"]

_HERE = Path(__file__).parent

#: Of Bokeh's parts, those that documents may need; its formula setter is large and asked for by few.
_BOKEH = ("bokeh", "bokeh-gl", "bokeh-widgets", "bokeh-tables")

_STYLE = (
    "html,body{margin:0;height:100%;overflow:hidden;background:transparent;font:13px/20px system-ui,sans-serif}"
    "#stage{position:absolute;inset:0}"
)


class _Recipe(NamedTuple):
    """What a page is made of."""

    library: str
    driver: str
    style: str = ""
    evaluates: bool = False
    modules: bool = False


_SHEET = (
    "#stage{overflow:auto;background:#fff}#stage[data-single]>.root{height:100%;box-sizing:border-box;padding:12px}"
)

_PAPER = (
    "#stage{overflow:auto;outline:0}.page{position:relative;margin:12px auto;background:#fff;"
    "box-shadow:0 0 0 1px rgb(0 0 0/.18),0 1px 4px rgb(0 0 0/.2)}.page canvas{display:block;width:100%;height:100%}"
    ".found{position:absolute;background:rgb(255 196 0/.4)}.found.here{background:rgb(255 120 0/.5)}"
)

#: Pages by name. The one that ends in "code" lets code run that came with the data: after a person asked for it.
PAGES = {
    "molecule": _Recipe("3dmol", "molecule.js"),
    "plotly": _Recipe("plotly", "plotly.js"),
    # Traces of this kind need functions that the library makes of texts of its own (shaders), none of the data's.
    "plotly-gl": _Recipe("plotly", "plotly.js", evaluates=True),
    # Its worker's code runs in the page itself: modules that stand inline, so there is no address to load one from.
    "pdf": _Recipe("pdfjs", "pdf.js", _PAPER, modules=True),
    "bokeh": _Recipe("bokeh", "bokeh.js", _SHEET),
    "bokeh-math": _Recipe("bokeh-math", "bokeh.js", _SHEET),
    "bokeh-code": _Recipe("bokeh-math", "bokeh.js", _SHEET, evaluates=True),
}


class Page(NamedTuple):
    """A page as it is sent."""

    body: bytes
    policy: str
    mark: str


@functools.cache
def page(name: str) -> Page:
    """Return a page of `PAGES`.

    Raises
    ------
    MissingLibraryError
        If its library is not installed.
    """
    recipe = PAGES[name]
    scripts = [*_library(recipe.library), (_HERE / recipe.driver).read_text("utf-8")]
    closed = [_closed(script) for script in scripts]
    kind = ' type="module"' if recipe.modules else ""
    inline = "".join(f"<script{kind}>{script}</script>" for script in closed)
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f'<style>{_STYLE}{recipe.style}</style></head><body><div id="stage"></div>{inline}</body></html>'
    ).encode()
    policy = page_policy(closed, evaluates=recipe.evaluates)
    return Page(body, policy, hashlib.sha256(body + policy.encode()).hexdigest()[:16])


def _closed(script: str) -> str:
    """Return a script that means the same and cannot end, or open, an element: in texts and patterns alike."""
    return script.replace("\r\n", "\n").replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _library(name: str) -> list[str]:
    if name == "3dmol":
        return [vendored_file("3dmol", "3Dmol-min.js").read_text("utf-8")]
    if name == "pdfjs":
        files = ("pdf.worker.min.mjs", "pdf.min.mjs")  # the worker first: then pdf.js looks for no other
        return [vendored_file("pdfjs-dist", file).read_text("utf-8") for file in files]
    if name == "plotly":
        found = importlib.util.find_spec("plotly")
        if found is None or found.origin is None:
            raise MissingLibraryError("plotly", "is not installed", "Run: pip install plotly")
        return [(Path(found.origin).parent / "package_data" / "plotly.min.js").read_text("utf-8")]
    found = importlib.util.find_spec("bokeh")
    if found is None or found.origin is None:
        raise MissingLibraryError("bokeh", "is not installed", "Run: pip install 'vitrina[bokeh]'")
    folder = Path(found.origin).parent / "server" / "static" / "js"
    parts = (*_BOKEH, *(["bokeh-mathjax"] if name == "bokeh-math" else []))
    return [(folder / f"{part}.min.js").read_text("utf-8") for part in parts]
