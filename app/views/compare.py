"""Two versions, entries or files against each other. Address: ``/compare?a=&b=``."""

from __future__ import annotations

import streamlit as st

from app.comparing import Change, compare_artifacts, nonzero
from app.components.listing import listing
from app.components.notices import notices
from app.components.topbar import topbar
from app.renderers import Notice
from app.session import current
from app.views import frame
from app.views.addresses import compare_page, given
from app.views.opening import find_artifact


def show() -> None:
    """Draw what differs between the two that the address names."""
    session = current()
    frame.title("Compare")
    frame.sidebar(session, here=compare_page())
    crumbs = [*frame.crumbs(session), {"label": "Compare", "href": None}]
    find = frame.find_sources(session)
    topbar({"crumbs": crumbs, "steps": {}, "place": "", "download": "", "keys": [], "find": find})
    left, ignored = find_artifact(session, given(st.query_params, "a"))
    right, more = find_artifact(session, given(st.query_params, "b"))
    with st.container(key="sheet"):
        if ignored or more:
            notices([*ignored, *more], key="ignored")
        if left is None or right is None:
            notices([Notice("name two versions in the address: /compare?a=pets:v0&b=pets:v1")], key="what")
            return
        found = compare_artifacts(left, right)
        rows = [
            {
                "href": None,
                "icon": frame.icon_of(change.entry),
                "cells": _cells(change),
            }
            for change in found.changed
        ]
        listing(["Entry", "What differs"], rows, key="changed")


def _cells(change: Change) -> list[str]:
    return [change.entry, "; ".join(nonzero(change.metrics))]
