"""`TypeCheck`: what a check of a type can say. The base is the check of a type that nobody wrote one for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.verifying.part import Part

__all__ = ["TypeCheck"]


class TypeCheck:
    """Checks of the values of some wire tags."""

    #: Wire tags that it is for.
    tags: ClassVar[tuple[str, ...]] = ()

    def side_files(self, stored: dict[str, Any]) -> list[str]:
        """Return the names of the files that a value needs; references to other places by URL are none.

        Parameters
        ----------
        stored : dict
            Its JSON; from anybody.
        """
        path = stored.get("path")
        return [path] if isinstance(path, str) and path and "://" not in path else []

    def inside(self, stored: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
        """Give the values inside of a value, with their place."""
        return iter(())

    def inspect(self, part: Part, value: Any) -> None:
        """Open a value to its end and compare what its JSON says of it; write down problems and findings.

        Parameters
        ----------
        part : Part
            Takes what is found.
        value : WBValue
            As decoded.

        Raises
        ------
        Exception
            Whatever decoding raises; the caller makes a problem of it.
        """
        value.facts()

    def inspect_list(self, part: Part, values: list[Any]) -> None:
        """Write down what can be said of a list of such values as a whole."""
