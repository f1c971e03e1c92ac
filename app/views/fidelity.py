"""The values of all that is open by what their conversion cost, worst first; a verify is started and watched here.

Address: ``/fidelity?verdict=lossy&type=image-file&artifact=pets:v3&only=problems&text=…``.
"""

from __future__ import annotations

import streamlit as st

from app.components.empty_state import empty_state
from app.components.fidelity_list import fidelity_list
from app.components.topbar import topbar
from app.session import current
from app.views import frame
from app.views.addresses import fidelity_page

_KEYS = [[["/"], "find"], [["↑", "↓"], "previous and next value"], [["Enter"], "open it"], [["?"], "these keys"]]

_EXAMPLE = """from datatypes import Image
from storage import Artifact, Store

artifact = Artifact("pets", type="dataset")
artifact.add(Image(pixels), "cat")     # its record says what the conversion cost
Store({place!r}).log_artifact(artifact)"""


def show() -> None:
    """Draw the page; the list comes by its own address, and what is filtered stays in the browser."""
    session = current()
    frame.title("Fidelity")
    frame.sidebar(session, here=fidelity_page())
    crumbs = [*frame.crumbs(session), {"label": "Fidelity", "href": None}]
    find = frame.find_sources(session)
    topbar({"crumbs": crumbs, "steps": {}, "place": "", "download": "", "keys": _KEYS, "find": find})
    with st.container(key="sheet"):
        artifacts = session.artifacts()
        if not artifacts:
            text = "Each value that is logged is listed here with what its conversion cost. To log one:"
            empty_state("No values yet", text, _EXAMPLE.format(place=session.title))
            return
        state = "/".join(f"{item.qualified_name}@{item.digest}" for item in artifacts)
        fidelity_list(state, key="fidelity")
