"""One module an example: what is shown as code is what was executed.

Each has `TYPE` (a public name of `datatypes`), `ENTRY` (the name under which it is added) and
`log(artifact)`, whose body is the code that the gallery shows, below the module's imports.
"""
