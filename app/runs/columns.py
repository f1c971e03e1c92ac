"""A history as columns: numbers of each key as arrays, values of each key as a list; read once, kept while it stays."""

from __future__ import annotations

import math
import threading
from array import array
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Column", "Columns", "columns_of", "stamp_of"]

#: Runs whose columns are kept.
_MAX_KEPT = 4

#: Texts of one key that are kept; the last ones.
_MAX_TEXTS = 1000

#: How W&B writes what JSON lacks.
_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_TEXT_CHARACTERS = 2000


@dataclass
class Column:
    """Numbers of one key.

    Attributes
    ----------
    steps : ndarray of int64
        In the order of logging.
    values : ndarray of float64
        NaN and infinities as they were logged.
    """

    steps: NDArray[np.int64]
    values: NDArray[np.float64]

    def sorted(self) -> Column:
        """Return it in the order of the steps; rows of one step stay in theirs."""
        import numpy as np

        if len(self.steps) < 2 or bool((np.diff(self.steps) >= 0).all()):
            return self
        order = np.argsort(self.steps, kind="stable")
        return Column(self.steps[order], self.values[order])


@dataclass
class Columns:
    """A history.

    Attributes
    ----------
    rows : int
        How many rows were read.
    numbers : dict
        Key → its numbers.
    media : dict
        Key → (step, stored JSON) of its values.
    texts : dict
        Key → (step, text); the last thousand.
    """

    rows: int = 0
    numbers: dict[str, Column] = field(default_factory=dict)
    media: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    texts: dict[str, list[tuple[int, str]]] = field(default_factory=dict)


_lock = threading.Lock()
_kept: OrderedDict[tuple[str, Any], Columns] = OrderedDict()


def stamp_of(run: Any) -> tuple[Any, ...]:
    """Return what changes when a run is logged to: size and time of its files, without those of its media."""
    root = getattr(run, "root", None)
    found = []
    for path in sorted(root.iterdir()) if root is not None and root.is_dir() else ():
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((path.name, status.st_size, status.st_mtime_ns))
    return tuple(found)


def columns_of(run: Any) -> Columns:
    """Return the history of a run as columns; read anew when its files have changed."""
    key = (str(run.id), stamp_of(run))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _from_parquet(run) or _from_rows(run)
    with _lock:
        for old in [old for old in _kept if old[0] == key[0]]:
            del _kept[old]
        _kept[key] = found
        while len(_kept) > _MAX_KEPT:
            _kept.popitem(last=False)
    return found


class _Reader:
    """Takes rows apart."""

    def __init__(self) -> None:
        self.steps: dict[str, array[int]] = {}
        self.values: dict[str, array[float]] = {}
        self.found = Columns()

    def take(self, step: int, values: dict[str, Any]) -> None:
        """Take one row."""
        self.found.rows += 1
        for key, value in _flat(values, ""):
            self.take_one(step, key, value)

    def take_one(self, step: int, key: str, value: Any) -> None:
        """Take one value of a row."""
        number = _WORDS.get(value) if isinstance(value, str) else value
        if isinstance(number, int | float):
            if key not in self.values:
                self.steps[key], self.values[key] = array("q"), array("d")
            self.steps[key].append(step)
            self.values[key].append(_as_float(number))
        elif isinstance(value, str):
            texts = self.found.texts.setdefault(key, [])
            texts.append((step, value[:_TEXT_CHARACTERS]))
            if len(texts) > 2 * _MAX_TEXTS:
                del texts[:-_MAX_TEXTS]
        elif _holds_values(value):
            self.found.media.setdefault(key, []).append((step, value))

    def finish(self) -> Columns:
        """Return what was found."""
        import numpy as np

        for key, values in self.values.items():
            steps = np.frombuffer(self.steps[key], np.int64) if values else np.zeros(0, np.int64)
            self.found.numbers[key] = Column(steps, np.frombuffer(values, np.float64)).sorted()
        return self.found


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _flat(values: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield keys and values; dicts that are no value are taken apart, their keys joined by dots as W&B does."""
    from datatypes.wire import is_value_json

    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and not is_value_json(value):
            yield from _flat(value, f"{name}.")
        else:
            yield name, value


def _holds_values(value: Any) -> bool:
    from datatypes.wire import is_value_json

    return any(_holds_values(item) for item in value[:4]) if isinstance(value, list) else is_value_json(value)


def _from_rows(run: Any) -> Columns:
    reader = _Reader()
    for step, values in run.rows_json():
        reader.take(int(step), values)
    return reader.finish()


def _from_parquet(run: Any) -> Columns | None:
    """Read the columns of a finished run of ours without a row object; None for any other run."""
    from pathlib import Path

    from storage import run_folder

    root = getattr(run, "root", None)
    if not isinstance(root, Path) or (root / run_folder.HISTORY_LINES).exists():
        return None
    path = root / run_folder.HISTORY_PARQUET
    if not path.is_file() or path.is_symlink() or not hasattr(run, "recorded_artifacts"):
        return None
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except (pa.ArrowException, OSError):
        return None  # the slow way says what is wrong
    return _from_table(table)


def _from_table(table: Any) -> Columns | None:
    """Turn typed columns into arrays, and columns of JSON into values."""
    import json

    import numpy as np
    import pyarrow as pa

    if "_step" not in table.column_names or table["_step"].null_count or not pa.types.is_int64(table["_step"].type):
        return None
    steps = table["_step"].to_numpy()
    reader = _Reader()
    reader.found.rows = len(steps)
    for name in table.column_names:
        if name in ("_runtime", "_step", "_timestamp", "_wandb"):
            continue
        column, kind = table[name], table.schema.field(name)
        here = np.flatnonzero(~column.is_null().to_numpy(zero_copy_only=False))
        cells = column.drop_null()
        if pa.types.is_floating(kind.type) or pa.types.is_integer(kind.type) or pa.types.is_boolean(kind.type):
            numbers = cells.cast(pa.float64(), safe=False).to_numpy()
            reader.found.numbers[name] = Column(steps[here], numbers).sorted()
            continue
        is_json = (kind.metadata or {}).get(b"vitrina") == b"json"
        for step, text in zip(steps[here].tolist(), cells.to_pylist(), strict=True):
            for key, value in _flat({name: json.loads(text) if is_json else text}, ""):
                reader.take_one(step, key, value)
    return reader.finish()
