"""For an address that is none of ours: what is open is shown, with a line that says what was ignored."""

from __future__ import annotations

import streamlit as st

from app.renderers import Notice
from app.views import store
from app.views.addresses import given


def show() -> None:
    """Draw the store with a notice. Address: ``/not-found?address=``; the server leads here."""
    address = given(st.query_params, "address")
    named = f"“{address}”" if address else "the address"
    store.show_store([Notice(f"{named} was ignored, because no page has it; what is open is shown")])
