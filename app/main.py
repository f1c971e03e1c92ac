"""The page script: page configuration and navigation, nothing else. Streamlit runs it anew for every view."""

import streamlit as st

from app.theme import ICON
from app.views import artifact, compare, entry, fidelity, frame, not_found, run, store, types

st.set_page_config(page_title="Vitrina", page_icon=str(ICON), layout="wide", initial_sidebar_state="expanded")
frame.style()
st.navigation(
    [
        st.Page(store.show, title="Vitrina", default=True),
        st.Page(artifact.show, title="Artifact", url_path="artifact"),
        st.Page(entry.show, title="Entry", url_path="entry"),
        st.Page(compare.show, title="Compare", url_path="compare"),
        st.Page(fidelity.show, title="Fidelity", url_path="fidelity"),
        st.Page(run.show, title="Run", url_path="run"),
        st.Page(types.show, title="Types", url_path="types"),
        st.Page(not_found.show, title="Not found", url_path="not-found"),
    ],
    position="hidden",
).run()
