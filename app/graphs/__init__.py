"""Networks of layers as drawings: which boxes are shown, where they stand, what stands beside them.

- *network*: a graph as plain columns, with the ends that its file lacks.
- *module*: nodes whose names share a beginning (``encoder.layer1``); shown as one box while it is closed.
- *box*: what is drawn: a node, or a closed module.
- *drawing*: boxes with their places, and the ways of the edges between them.

Nothing here knows Streamlit. The page asks for a drawing by address (`app.graphs.serving`) each time that a module is
opened or closed; the layout of 2,000 boxes takes less time than a person sees.
"""
