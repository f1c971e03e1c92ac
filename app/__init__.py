"""Command line and viewer: the only layer that knows Streamlit.

- *session*: what is open in this process; views ask it for artifacts and runs.
- *reference*: the text by which a person or an address names a version: ``pets:v3``, ``pets``, ``pets:best``.
- *view*: one page. *renderer*: how the values of one wire tag are shown, in two halves: `prepare` and `draw`.
- *verb*: one command of ``vitrina``, one file in ``app/cli``.
"""
