"""The files of an artifact as a tree of folders, with their sizes, and a search over all names."""

from __future__ import annotations

from app.components import mount

__all__ = ["file_tree"]


def file_tree(source: str, page: str, total: int, *, key: str) -> None:
    """Draw the tree.

    Parameters
    ----------
    source : str
        Address of the files as JSON: a list of [name, size in bytes, digest, reference or "", icon], sorted by name.
        It is asked for when the tree is shown.
    page : str
        Address of an entry's page up to its name, which is put at the end.
    total : int
        How many files there are.
    key : str
        Place on the page.
    """
    mount("file_tree", {"source": source, "page": page, "total": total}, key=key)
