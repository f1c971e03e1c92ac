"""Documents from each input."""

from __future__ import annotations

import io
from pathlib import Path

import datatypes as dt

REPORT = Path(__file__).parents[1] / "golden/data/inputs/report.html"
PAGE = "<html><head><title>t</title></head><body>ä & b</body></html>"


def examples():
    yield "text", dt.Html(PAGE)
    yield "text with blanks, nothing put in", dt.Html(f" {PAGE}\r\n", inject=False)
    yield "text with blanks", dt.Html(f" {PAGE}\n")
    yield "fragment", dt.Html("<p>x</p>")
    yield "file object", dt.Html(io.StringIO(PAGE))
    yield "path", dt.Html(str(REPORT))
    yield "path, nothing put in", dt.Html(REPORT, inject=False)
