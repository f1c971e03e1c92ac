"""Types with little to compare: histograms, class sets, documents, frames, saved models."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

from app.verifying.types.base import TypeCheck

if TYPE_CHECKING:
    from app.verifying.part import Part

#: Bins of the histogram that W&B makes of an array with more than 32 numbers that is logged to a run.
_ARRAY_BINS = 32


class HistogramCheck(TypeCheck):
    """Checks of histograms."""

    tags: ClassVar[tuple[str, ...]] = ("histogram",)

    def inspect(self, part: Part, value: Any) -> None:
        """Compare edges and counts."""
        edges, counts = value.bins, value.histogram
        if len(edges) != len(counts) + 1:
            part.problem("decode", f"has {len(edges)} edges and {len(counts)} counts")
        if any(after < before for before, after in pairwise(edges)):
            part.problem("decode", "its edges do not rise")
        if part.is_in_run and len(counts) == _ARRAY_BINS and part.record is None:
            text = (
                f"has {_ARRAY_BINS} bins: it was probably an array, because W&B stores a histogram of every array of "
                "more than 32 numbers that is logged"
            )
            part.finding("array-binned", _ARRAY_BINS, text)


class ClassesCheck(TypeCheck):
    """Checks of class sets."""

    tags: ClassVar[tuple[str, ...]] = ("classes",)

    def inspect(self, part: Part, value: Any) -> None:
        """Look for ids that occur twice under different names."""
        named: dict[str, Any] = {}
        for item in value.class_set:
            key, name = str(item.get("id")), item.get("name")
            if not isinstance(item.get("id"), int | str) or isinstance(item.get("id"), bool):
                part.problem("decode", f"has a class whose id is {item.get('id')!r:.60}")
            if not isinstance(name, str):
                part.problem("decode", f"names class {key} {name!r:.60}, which is no text")
            if named.setdefault(key, name) != name:
                part.problem("decode", f"gives id {key} two names: {named[key]!r:.60} and {name!r:.60}")


class HtmlCheck(TypeCheck):
    """Checks of documents."""

    tags: ClassVar[tuple[str, ...]] = ("html-file",)

    def inspect(self, part: Part, value: Any) -> None:
        """Read the text; say what W&B put into it, or that it stored a path in its place."""
        facts = value.facts()
        if part.record is not None:
            return
        text = str(facts.get("text", "")).strip()
        if facts.get("injected"):
            said = "W&B put its own head into it; blanks at both ends of what was given are gone"
            part.finding("head-put-in", None, said)
        if "<" not in text and "\n" not in text and text.lower().endswith((".html", ".htm")):
            said = f"is the text {text[:80]!r}: W&B has stored a path in place of the document, as SDK 0.10.12 does"
            part.finding("path-stored", None, said)


class DataFrameCheck(TypeCheck):
    """Checks of the data frames of old SDKs."""

    tags: ClassVar[tuple[str, ...]] = ("data-frame",)

    def side_files(self, stored: dict[str, Any]) -> list[str]:
        """Return nothing: the path is that of the machine that wrote it; who opens the value finds the file."""
        return []

    def inspect(self, part: Part, value: Any) -> None:
        """Read every row."""
        value.facts()
        value.to_pandas()


class ModelCheck(TypeCheck):
    """Checks of saved models: what can be said without loading any."""

    tags: ClassVar[tuple[str, ...]] = ("sklearn-model-file", "pytorch-model-file", "tfkeras-model-file")

    def side_files(self, stored: dict[str, Any]) -> list[str]:
        """Return nothing: the path may be the beginning of many names."""
        return []

    def inspect(self, part: Part, value: Any) -> None:
        """Hash every file; a model is a program and is never run."""
        if not value.files() or (value.path and not part.files.begins(value.path)):
            part.problem("reference", f"names {value.path}, and there is no such file or folder")
        value.digests()
