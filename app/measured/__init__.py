"""What pages of media ask the server to measure: kept by digest, sent as packed numbers, asked for beside the bytes.

The address of a measurement is that of the bytes (`app.media.url_for`) with another word for ``/api/m/``, so it holds
the digest of the file: an answer never changes and the browser keeps it.
"""
