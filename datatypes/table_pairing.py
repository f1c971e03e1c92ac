"""Which rows of two tables are the same ones.

By a key where there is one: the column that is named, else the primary key, else the first column whose name says that
it tells rows apart (``id``, ``image_id``, ``name``, ``path`` …), if its cells are whole numbers or text and unique in
both tables. Several rows of one key are paired in their order.

Without a key by their order: equal rows that occur once in both tables are fixed points (patience diff, Bram Cohen);
between two of them those are paired, in their order, that share most cells (of many rows, one after the other).
"""

from __future__ import annotations

import bisect
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes.table_cells import NATURAL
from datatypes.table_compare import key_value, unequal_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datatypes.table import Table

__all__ = ["Pairing", "detect_key", "longest_rise", "pair_rows"]

#: Names of columns that tell rows apart.
_KEY_NAME = re.compile(r"(?:^|[_\s-])(?:id|ids|uuid|guid|key|index|idx|name|path|file|filename|url)$|[a-z](?:Id|ID)$")

#: Pairs of rows that are weighed against each other between two fixed points.
_MAX_WEIGHED = 4096


class Pairing(NamedTuple):
    """Rows of two tables."""

    key: str | None
    """Column by which they were paired; None for their order."""
    left: list[int]
    right: list[int]
    """Numbers of the rows that are pairs, in the order of the left table."""
    removed: list[int]
    added: list[int]


def detect_key(left: Table, right: Table) -> str | int | None:
    """Return the column that tells rows apart; see the module. None if there is none."""
    shared = [name for name in left.columns if name in right.columns]
    found = next((name for name in shared if left.column_types[str(name)].name == "primaryKey"), None)
    if found is not None:
        return found
    for name in shared:
        if _KEY_NAME.search(str(name)) or _KEY_NAME.search(str(name).lower()):
            columns = left.get_column(name), right.get_column(name)
            if all(_is_unique(cells) for cells in columns):
                return name
    return None


def _is_unique(cells: Sequence[Any]) -> bool:
    return set(map(type, cells)) <= {int, str} and len(set(cells)) == len(cells)


def pair_rows(left: Table, right: Table, key: str | int | None = None) -> Pairing:
    """Pair the rows of two tables; see the module."""
    key = detect_key(left, right) if key is None else key
    pairs = _by_order(left, right) if key is None else _by_key(left.get_column(key), right.get_column(key))
    pairs.sort()
    mine, its = [one for one, _ in pairs], [other for _, other in pairs]
    taken, gone = set(its), set(mine)
    removed = [row for row in range(len(left.rows)) if row not in gone] if len(gone) < len(left.rows) else []
    added = [row for row in range(len(right.rows)) if row not in taken] if len(taken) < len(right.rows) else []
    return Pairing(None if key is None else str(key), mine, its, removed, added)


def _by_key(mine: Sequence[Any], its: Sequence[Any]) -> list[tuple[int, int]]:
    if set(map(type, mine)) | set(map(type, its)) <= {int, str} and mine == its:
        return [(row, row) for row in range(len(mine))]
    if all(set(map(type, cells)) <= {int, str} for cells in (mine, its)):
        places = {cell: row for row, cell in enumerate(mine)}
        if len(places) == len(mine) and len(set(its)) == len(its):
            return [(places[cell], row) for row, cell in enumerate(its) if cell in places]
    waiting: defaultdict[Any, list[int]] = defaultdict(list)
    for row in reversed(range(len(mine))):
        waiting[key_value(mine[row])].append(row)
    pairs = []
    for row, cell in enumerate(its):
        if rows := waiting.get(key_value(cell)):
            pairs.append((rows.pop(), row))
    return pairs


def _by_order(left: Table, right: Table) -> list[tuple[int, int]]:
    """Pair what is the same from the beginning and from the end by number; look closely at what lies between."""
    shared = [name for name in left.columns if name in right.columns]
    sizes = len(left.rows), len(right.rows)
    columns = [(left.get_column(name), right.get_column(name)) for name in shared]
    both = min(sizes)
    head = min((_first(mine[:both], its[:both]) for mine, its in columns), default=both)
    rest = both - head
    tail = min((_first(mine[: -rest - 1 : -1], its[: -rest - 1 : -1]) for mine, its in columns), default=rest)
    tail = min(tail, rest)
    pairs = [(row, row) for row in range(head)]
    pairs += [(sizes[0] - step, sizes[1] - step) for step in range(1, tail + 1)]
    middle = [(mine[head : sizes[0] - tail], its[head : sizes[1] - tail]) for mine, its in columns]
    pairs += [
        (head + one, head + other) for one, other in _patience(middle, sizes[0] - head - tail, sizes[1] - head - tail)
    ]
    return pairs


def _first(mine: Sequence[Any], its: Sequence[Any]) -> int:
    """Return how many cells are equal from the beginning."""
    return next(iter(unequal_cells(mine, its)), len(mine))


def _patience(columns: list[tuple[Sequence[Any], Sequence[Any]]], one: int, other: int) -> Iterator[tuple[int, int]]:
    """Pair rows between fixed points."""
    if not one or not other:
        return
    plain = [pair for pair in columns if all(set(map(type, cells)) <= NATURAL for cells in pair)]
    mine, its = (_texts([pair[side] for pair in plain], count) for side, count in ((0, one), (1, other)))
    once, once_there = ({row for row, n in Counter(rows).items() if n == 1} for rows in (mine, its))
    places = {row: at for at, row in enumerate(its) if row in once_there}
    anchors = [(at, places[row]) for at, row in enumerate(mine) if row in once and row in places]
    fixed = [anchors[at] for at in longest_rise([right for _, right in anchors])]
    begin = (0, 0)
    for end in [*fixed, (one, other)]:
        yield from _between(columns, begin, end)
        if end != (one, other):
            yield end
        begin = (end[0] + 1, end[1] + 1)


def _texts(columns: list[Sequence[Any]], count: int) -> list[Any]:
    """Return something that is equal for rows of equal plain cells."""
    if not columns:
        return [None] * count
    if all(set(map(type, cells)) <= {str, int} for cells in columns):
        return list(zip(*columns, strict=True))
    return [tuple(map(key_value, row)) for row in zip(*columns, strict=True)]


def _between(
    columns: list[tuple[Sequence[Any], Sequence[Any]]], begin: tuple[int, int], end: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    mine, its = end[0] - begin[0], end[1] - begin[1]
    if mine == its == 1 or mine * its > _MAX_WEIGHED:
        yield from ((begin[0] + step, begin[1] + step) for step in range(min(mine, its)))
    elif mine and its:
        yield from ((begin[0] + one, begin[1] + other) for one, other in _weighed(columns, begin, mine, its))


def _weighed(
    columns: list[tuple[Sequence[Any], Sequence[Any]]], begin: tuple[int, int], mine: int, its: int
) -> list[tuple[int, int]]:
    """Return the pairs, in order, that have most cells in common: the dynamic programme of the longest sequence."""
    from datatypes.table_compare import cells_equal

    def shared(one: int, other: int) -> float:
        found = sum(cells_equal(left[begin[0] + one], right[begin[1] + other]) for left, right in columns)
        return found + 0.5 / max(mine, its)  # a pair without a common cell is still a pair

    best = [[0.0] * (its + 1) for _ in range(mine + 1)]
    for one in range(mine - 1, -1, -1):
        for other in range(its - 1, -1, -1):
            best[one][other] = max(
                shared(one, other) + best[one + 1][other + 1], best[one + 1][other], best[one][other + 1]
            )
    pairs, one, other = [], 0, 0
    while one < mine and other < its:
        if best[one][other] == best[one + 1][other]:
            one += 1
        elif best[one][other] == best[one][other + 1]:
            other += 1
        else:
            pairs.append((one, other))
            one, other = one + 1, other + 1
    return pairs


def longest_rise(numbers: Sequence[int]) -> list[int]:
    """Return the places of a longest rising sequence of different numbers."""
    tops: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        rank = bisect.bisect_left(tops, number)
        before.append(places[rank - 1] if rank else -1)
        if rank == len(tops):
            tops.append(number)
            places.append(at)
        else:
            tops[rank], places[rank] = number, at
    found = []
    at = places[-1] if places else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]
