"""Runs as pages need them: histories as columns, drawn points, and values of rows as values of an artifact.

- `columns`: a history turned into one column a key, read once and kept while the run does not change.
- `drawing`: a column reduced to what a chart of some width can show.
- `source`: the files of a run as an artifact, so that values of its rows have renderers and addresses.
- `api`: the routes by which charts and media ask.
"""
