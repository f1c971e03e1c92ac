"""Colours and measures of the viewer: one set for Streamlit's own elements, one style sheet for ours.

Light and dark are equals; which one is shown follows the browser. One accent, neutral greys, no warmth that would tint
a picture beside it. `tokens.css` gives our components the same names in both; `page.css` lays out the page.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["ICON", "page_css", "streamlit_theme", "tokens_css"]

_HERE = Path(__file__).parent

#: Sign of the viewer in the browser's tab.
ICON = _HERE / "icon.png"

_SHARED: dict[str, Any] = {
    "baseFontSize": 14,
    "baseRadius": "6px",
    "buttonRadius": "6px",
    "showWidgetBorder": True,
    "showSidebarBorder": True,
    "headingFontWeights": [600, 600, 600, 600, 600, 600],
    "codeFontSize": "12px",
}

_LIGHT: dict[str, Any] = {
    "primaryColor": "#4f46e5",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f5f6f7",
    "textColor": "#1b1f24",
    "borderColor": "#e1e4e8",
    "codeBackgroundColor": "#f5f6f7",
    "linkColor": "#4f46e5",
    "greenTextColor": "#16713a",
    "blueTextColor": "#1659b8",
    "orangeTextColor": "#8f5200",
    "redTextColor": "#b3261e",
    "grayTextColor": "#5a626c",
}

_DARK: dict[str, Any] = {
    "primaryColor": "#a5a1ff",
    "backgroundColor": "#16181b",
    "secondaryBackgroundColor": "#1e2125",
    "textColor": "#e6e8ea",
    "borderColor": "#30343a",
    "codeBackgroundColor": "#1e2125",
    "linkColor": "#a5a1ff",
    "greenTextColor": "#6fd194",
    "blueTextColor": "#86b7ff",
    "orangeTextColor": "#f2b45c",
    "redTextColor": "#ff8f87",
    "grayTextColor": "#9aa3ad",
}

#: The sidebar is a shade apart from the page in both.
_SIDEBARS = {"light": {"backgroundColor": "#f5f6f7"}, "dark": {"backgroundColor": "#1a1d20"}}


def streamlit_theme() -> dict[str, Any]:
    """Return the options with which the server is started so that Streamlit's own elements look like ours."""
    options = {f"theme.{name}": value for name, value in _SHARED.items()}
    options |= {f"theme.light.{name}": value for name, value in _LIGHT.items()}
    options |= {f"theme.dark.{name}": value for name, value in _DARK.items()}
    for base, names in _SIDEBARS.items():
        options |= {f"theme.{base}.sidebar.{name}": value for name, value in names.items()}
    return options


@cache
def tokens_css() -> str:
    """Style sheet that every component of ours begins with."""
    return (_HERE / "tokens.css").read_text(encoding="utf-8")


@cache
def page_css() -> str:
    """Style sheet of the page around the components."""
    return (_HERE / "page.css").read_text(encoding="utf-8")
