"""Figures of Plotly: fit for a room without a network, their data as tables, a small picture. No Streamlit here."""
