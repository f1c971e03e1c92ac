"""Finding by name: any page, artifact, version, alias, run and entry of what is open, on the server, as one types.

- `names`: the names of one artifact's entries as one text, searched at the speed of the C library.
- `index`: all names of a session, gathered in the background, best hits first.
- `api`: the route by which the dialog asks.
"""
