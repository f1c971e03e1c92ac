"""All pictures of an artifact as cards, with the filters, orders, labels and exports of a table."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.components.table_grid import table_grid
from app.tables.api import described
from app.tables.gallery import PICTURES
from app.tables.opening import open_table

__all__ = ["show_gallery"]


def show_gallery(artifact: Any) -> None:
    """Draw the pictures of an artifact; each card leads to the page of its entry.

    Parameters
    ----------
    artifact : StoredArtifact
        One with pictures among its values.
    """
    data = described(open_table(artifact, PICTURES))
    place = {"ref": str(artifact.qualified_name), "path": PICTURES, "name": "pictures"}
    shown = {"gallery": True, "view": "cards", "query_path": st.query_params.get("path", "")}
    table_grid({**data, **place, **shown}, key="object-table")
