"""Tables of every origin behind one page: rows in DuckDB, locked to that data.

- *open table*: columns, an engine that holds the rows, and how a stored cell becomes a value again.
- *engine*: one DuckDB database; data is loaded first, then every door is shut.
- *expression*: the one scalar expression that a user may write; taken apart and written anew before it runs.
- *selection*: which rows, in which order; a page, a fact, a group and an export are all of a selection.
- *copy*: a large table as a file of DuckDB in the cache folder, keyed by digest, safe to delete.
"""
