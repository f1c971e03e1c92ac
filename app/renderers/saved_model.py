"""What the three kinds of saved model have in common: a list of files, and the sentence that none was loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.renderers.view import Context, Fact, View
from app.text import human_count, human_size, printable

if TYPE_CHECKING:
    from datatypes.saved_model import SavedModel

__all__ = ["KEYS", "draw", "model_view"]

ICON = "artifact"

#: Keys of the page, for its sheet of keys.
KEYS = (
    (("←", "→"), "previous and next object"),
    (("[", "]"), "previous and next version"),
    (("/",), "find"),
    (("?",), "these keys"),
)

#: Files that are listed.
_LISTED = 2000

_NEVER = (
    "Never loaded here: a saved model is code as much as data (pickles, layers with functions of their own), and to "
    "load it is to run what its maker wrote. Its files are named, measured, compared by digest and handed on."
)


def model_view(value: SavedModel, context: Context, type_name: str, library: str) -> View:
    """Return facts and files of a saved model.

    Parameters
    ----------
    value : SavedModel
        The model's files.
    context : Context
        Where it lies.
    type_name : str
        Name of the type.
    library : str
        What made it.

    Raises
    ------
    StorageError
        If a file is missing.
    """
    files = value.files()
    total = sum(size for _, size in files)
    rows = [[printable(name), _kind(value, name), human_size(size)] for name, size in files[:_LISTED]]
    told: dict[str, Any] = {"title": type_name, "text": _NEVER, "mark": "warning"}
    listed = {"title": human_count(len(files), "file"), "columns": ["name", "content", ">size"], "rows": rows}
    if len(files) > _LISTED:
        listed["text"] = f"{_LISTED:,} of {len(files):,} files, because a page has a limit."
    single = value.path if value.path and len(files) == 1 else None
    address = context.download(single) if single else context.download()
    if single:
        told["links"] = [["Save the file", address]]
    return View(
        type_name=type_name,
        icon=ICON,
        headline=f"{human_count(len(files), 'file')}, {human_size(total)}",
        body={"kind": "sheet", "sections": [told, listed]},
        facts=(
            Fact("Made by", library),
            Fact("Files", f"{len(files):,}"),
            Fact("Size", f"{human_size(total)} ({total:,} B)"),
            Fact("Loaded", "never"),
        ),
        download=address,
        file_name=single or context.name,
    )


def draw(view: View) -> None:
    """Draw the sheet."""
    from app.renderers.fallback import draw_body

    draw_body(view.body)


def _kind(value: SavedModel, name: str) -> str:
    """Return what a file is by its first bytes; they are looked at, and nothing is done with them."""
    from app.files.kinds import kind_of
    from app.files.text import read_text

    head = value.head(name)
    kind = kind_of(head)
    return "text" if kind == "binary" and read_text(head, whole=False) is not None else kind
