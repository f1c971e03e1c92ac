"""What a renderer hands to the page: plain data, so that it can be tested without a page and compared.

- *view*: all that the page shows of one value: the object itself, and what stands beside it.
- *context*: where the value lies, and how its bytes get an address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from storage.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Context", "Fact", "Notice", "Renderer", "View", "problem_of"]


class Fact(NamedTuple):
    """One line of the inspector."""

    label: str
    text: str


class Notice(NamedTuple):
    """What is sampled, scaled, converted or cut: one line, with the way to the whole."""

    text: str
    action: str = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where a value lies.

    Attributes
    ----------
    artifact : StoredArtifact
        The artifact that the page shows.
    name : str
        Name of the entry in it.
    url_for : callable
        (artifact, name) → address of an entry; `app.media.url_for`.
    url_for_bytes : callable
        (bytes or their maker, content type, ident) → address; `app.media.url_for_bytes`.
    """

    artifact: Any
    name: str
    url_for: Callable[[Any, str], str]
    url_for_bytes: Callable[[bytes | Callable[[], bytes], str, str], str]

    @property
    def ident(self) -> str:
        """Identifies the entry and everything that it refers to, for addresses of derived bytes."""
        return f"{self.artifact.digest}/{self.name}"

    def download(self, name: str | None = None) -> str:
        """Return the address of an entry as it is stored, or nothing where there are no bytes."""
        try:
            return self.url_for(self.artifact, name or self.name)
        except (LookupError, OSError, ValueError):
            return ""


@dataclass(frozen=True, kw_only=True)
class View:
    """What the page shows of a value.

    Attributes
    ----------
    type_name : str
        Type as the documentation spells it: ``"Image"``.
    icon : str
        Name in `app/components/shared.js`.
    headline : str
        What it is in two or three words: ``"640×480 RGB"``.
    body : mapping
        Data of the object itself, for the renderer's `draw`.
    facts : tuple of Fact
        For the inspector.
    caption : str
        Text that was logged with it.
    notices : tuple of Notice
        What is not shown as it is stored.
    download : str
        Address of the original file; empty if there is none.
    file_name : str
        Name in the artifact of that file.
    """

    type_name: str
    icon: str
    headline: str
    body: Mapping[str, Any]
    facts: tuple[Fact, ...] = ()
    caption: str = ""
    notices: tuple[Notice, ...] = field(default=())
    download: str = ""
    file_name: str = ""


class Renderer(Protocol):
    """A module of this package: how the values of one wire tag are shown."""

    TAG: str
    TYPE_NAME: str
    ICON: str

    def prepare(self, value: Any, context: Context) -> View:
        """Turn a value into its view: pure, the same for the same value and context."""

    def draw(self, view: View) -> None:
        """Draw the object; only calls of Streamlit and of our components."""


def problem_of(error: Exception, subject: str) -> Problem:
    """Return what went wrong in the three fields that every card shows.

    Errors of ours bring them; any other is named by its class, which is what a search for it needs.
    """
    own = getattr(error, "subject", None)
    if isinstance(own, str) and isinstance(getattr(error, "problem", None), str):
        return Problem(own, error.problem, str(getattr(error, "remedy", "")))  # type: ignore[attr-defined]  # seen above
    text = str(error).strip()
    problem = f"cannot be shown ({type(error).__name__}{f': {text}' if text else ''})"
    return Problem(subject, problem, "What is stored stands below, unchanged.")
