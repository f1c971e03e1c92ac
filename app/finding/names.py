"""How well a name fits what was typed, and a list of names that is searched without looking at each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["NameList", "rank"]

#: What ends a word in a name.
_BREAKS = frozenset("/-_. :,@()[]")

#: Lines of one list that are looked at for one question; more hits than anybody reads.
_MAX_LOOKED_AT = 5_000


def rank(name: str, words: Sequence[str]) -> tuple[int, int] | None:
    """Return how well a name fits; less is better, None if it does not.

    Parameters
    ----------
    name : str
        The name, in lower case.
    words : sequence of str
        What was typed, in lower case, at its blanks.

    Returns
    -------
    (int, int) or None
        0 equal (or its last part), 1 begins so (or its last part does), 2 all words begin a word, 3 all words occur,
        4 the letters occur in this order; then its length.
    """
    text, base = " ".join(words), name.rpartition("/")[2]
    if text in (name, base, base.partition(".")[0]):
        return 0, len(name)
    if name.startswith(text) or base.startswith(text):
        return 1, len(name)
    starts = True
    for word in words:
        at = name.find(word)
        if at < 0:
            return (4, len(name)) if _letters_occur(name, "".join(words)) else None
        while at > 0 and name[at - 1] not in _BREAKS:
            at = name.find(word, at + 1)
            if at < 0:
                starts = False
                break
    return (2 if starts else 3), len(name)


def _letters_occur(name: str, letters: str) -> bool:
    rest = iter(name)
    return all(letter in rest for letter in letters)


class NameList:
    """Names of entries, kept as one text.

    Parameters
    ----------
    names : iterable of str
        As they are; one with a line break cannot be found.
    """

    __slots__ = ("_lower", "_text", "count")

    def __init__(self, names: Iterable[str]) -> None:
        kept = [name for name in names if "\n" not in name]
        self.count = len(kept)
        self._text = "\n".join(kept)
        lower = self._text.lower()
        #: None where a lower-case letter is longer than its capital, so that places differ.
        self._lower = lower if len(lower) == len(self._text) else None

    @property
    def size(self) -> int:
        """Characters that it holds in memory."""
        return 2 * len(self._text)

    def search(self, words: Sequence[str], *, letters: bool = False) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield the names that fit, each with its rank.

        Parameters
        ----------
        words : sequence of str
            As `rank` takes them, one at least.
        letters : bool
            Whether names in which only the letters occur in order count too: dearer, for short lists.
        """
        for name in self._text.split("\n") if letters else self._lines(max(words, key=len)):
            found = rank(name.lower(), words)
            if found is not None and (letters or found[0] < 4):
                yield found, name

    def _lines(self, word: str) -> Iterator[str]:
        """Yield the lines with a word in them."""
        if self._lower is None:
            yield from self._text.split("\n")
            return
        for number, at in enumerate(self._places(word)):
            if number == _MAX_LOOKED_AT:
                return
            start = self._text.rfind("\n", 0, at) + 1
            end = self._text.find("\n", at)
            end = len(self._text) if end < 0 else end
            yield self._text[start:end]

    def _places(self, word: str) -> Iterator[int]:
        assert self._lower is not None
        at = self._lower.find(word)
        while at >= 0:
            yield at
            next_line = self._lower.find("\n", at)
            at = self._lower.find(word, next_line) if next_line >= 0 else -1
