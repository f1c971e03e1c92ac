"""Any JSON as a value (wire tag ``metadata``): a tree with a search."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.renderers.fallback import KEYS, draw
from app.renderers.view import Context, Fact, View
from app.text import human_count, human_size

if TYPE_CHECKING:
    from datatypes.json_metadata import JSONMetadata

TAG = "metadata"
TYPE_NAME = "JSONMetadata"
ICON = "code"

__all__ = ["ICON", "KEYS", "TAG", "TYPE_NAME", "draw", "prepare"]


def prepare(value: JSONMetadata, context: Context) -> View:
    """Return the tree.

    Raises
    ------
    DataTypeError, StorageError
        If the file is missing or no JSON.
    """
    found = value.value
    text = json.dumps(found, ensure_ascii=False)
    headline = "a single value"
    if isinstance(found, dict | list):
        headline = human_count(len(found), "key" if isinstance(found, dict) else "item")
    facts = [Fact("Top level", headline), Fact("Size", human_size(len(text.encode("utf-8", "surrogatepass"))))]
    return View(
        type_name=TYPE_NAME,
        icon=ICON,
        headline=headline,
        body={"kind": "json", "text": text, "file": context.name},
        facts=tuple(facts),
        download=context.download(value.path),
        file_name=value.path or context.name,
    )
