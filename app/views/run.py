"""A run: charts, media over steps, config, summary, artifacts. Address: ``/run?id=``."""

from __future__ import annotations

import streamlit as st

from app.renderers import Notice
from app.session import current
from app.views import store
from app.views.addresses import given


def show() -> None:
    """Draw the run that the address names."""
    run_id = given(st.query_params, "id")
    try:
        current().run(run_id)
    except LookupError:
        store.show_store([Notice(f"“{run_id}” was ignored, because no run here has this id; what is open is shown")])
        return
    store.show_store([])
