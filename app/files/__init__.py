"""What a plain file is, by its bytes: text in some encoding, a document of a kind, an array, or none of these.

A file's name only helps to choose between kinds of text. Nothing is run, nothing is unpacked, and no more is read than
is shown. Nothing here knows Streamlit or a page.
"""
