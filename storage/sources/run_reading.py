"""Reading a run, whoever wrote it: rows of history with their media, summary, config, files.

A *row* is what one ``log`` call left: a step and values by key. The values in it are stored JSON; `history` decodes
them, `rows_json` does not. Sources of rows differ (a ``.wandb`` log, JSON lines, file names); a subclass says where
its rows come from, everything else is here.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from storage.errors import MissingFileError, Problem
from storage.sources.run_files import named_files, parse_run_file, recovered_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from datatypes.base import WBValue

__all__ = ["BOOKKEEPING", "HistoryRow", "ReadableRun", "RowFiles"]

#: Keys of a row that are about logging and not logged by anybody.
BOOKKEEPING = frozenset({"_runtime", "_step", "_timestamp", "_wandb"})


class HistoryRow(NamedTuple):
    """One row of history."""

    step: int
    values: dict[str, Any]


class RowFiles:
    """The files of a run as one value of one row sees them; a `RowSource`.

    Parameters
    ----------
    run : ReadableRun
        The run.
    key : str
        Last key of the value in its row: files are named by it.
    step : int or str
        Step of the row, or ``"summary"``.
    """

    __slots__ = ("key", "run", "step")

    def __init__(self, run: ReadableRun, key: str, step: int | str) -> None:
        self.run = run
        self.key = key
        self.step = step

    def open(self, name: str) -> BinaryIO:
        """Open a file of the run for reading."""
        return self.run.open(name)

    def local_path(self, name: str) -> Path:
        """Path of a file of the run."""
        return self.run.local_path(name)

    def get(self, name: str) -> WBValue | None:
        """Return the value of a plain file of the run, if there is such a file."""
        return self.run.get(name)

    def names(self, prefix: str = "") -> Sequence[str]:
        """Names of the run's files that begin with `prefix`."""
        return self.run.names(prefix)

    def resolve(self, uri: str) -> tuple[Any, str] | None:
        """Find what an ``artifact_path`` refers to; see `ReadableRun.resolve`."""
        return self.run.resolve(uri)

    def singleton(self, kind: str, key: str) -> Any:
        """Look up what the run's config keeps once for many values; see `ReadableRun.singleton`."""
        return self.run.singleton(kind, key)

    def __repr__(self) -> str:
        """One line."""
        return f"RowFiles({self.run!r}, key={self.key!r}, step={self.step!r})"


class ReadableRun:
    """A run, read-only.

    Attributes
    ----------
    id, project, name : str
        What is known of the run; `project` may be empty, `name` is the id where none was given.
    problems : list of Problem
        What could not be read; grows while rows are read.
    """

    kind: ClassVar[str] = "run"

    id: str
    project: str
    name: str
    problems: list[Problem]

    # What a subclass says

    def _stored_rows(self) -> Iterator[dict[str, Any]]:
        """Iterate over the rows as stored, ``_step`` in each, in the order of logging."""
        raise NotImplementedError

    def _row_count(self) -> int:
        """How many rows `_stored_rows` gives; where that is known without reading them, a subclass says so."""
        return sum(1 for _ in self._stored_rows())

    @property
    def stored_summary(self) -> dict[str, Any]:
        """The summary as stored JSON, bookkeeping included."""
        raise NotImplementedError

    @property
    def stored_config(self) -> dict[str, Any]:
        """The config as stored JSON, ``_wandb`` included."""
        raise NotImplementedError

    def open(self, name: str) -> BinaryIO:
        """Open one file of the run for reading; names are as rows give them: ``media/images/…``."""
        raise NotImplementedError

    def local_path(self, name: str) -> Path:
        """Path of one file of the run on this machine's disk."""
        raise NotImplementedError

    def names(self, prefix: str = "") -> Sequence[str]:
        """Names of all files of the run that begin with `prefix`, sorted."""
        raise NotImplementedError

    def artifacts(self) -> list[Any]:
        """Artifacts that are recorded with the run, in the order of logging."""
        return []

    def resolve(self, uri: str) -> tuple[Any, str] | None:
        """Find what an ``artifact_path`` of a row refers to: the artifact and the entry; None if it is not here."""
        return None

    # What follows from it

    def stored_rows(self) -> Iterator[dict[str, Any]]:
        """Iterate over the rows as stored, bookkeeping and ``_step`` in each, in the order of logging."""
        for ordinal, stored in enumerate(self._stored_rows()):
            yield {**stored, "_step": _step(stored, ordinal)}

    @property
    def config(self) -> dict[str, Any]:
        """What the user configured, as plain JSON."""
        return {key: value for key, value in self.stored_config.items() if key != "_wandb"}

    @property
    def summary(self) -> dict[str, Any]:
        """The last value of each key; media decoded."""
        return self._decode_row(
            {key: value for key, value in self.stored_summary.items() if key not in BOOKKEEPING}, "summary"
        )

    @property
    def steps(self) -> int:
        """How many rows `history` gives."""
        return self._index[0]

    def rows_json(self) -> Iterator[HistoryRow]:
        """Iterate over the rows in the order of logging, values as stored JSON.

        Files that no row names are given the rows and keys that their names tell, at their steps.
        """
        recovered = {step: dict(values) for step, values in self._index[1].items()}
        for ordinal, stored in enumerate(self._stored_rows()):
            step = _step(stored, ordinal)
            for lost in sorted(before for before in recovered if before < step):
                yield HistoryRow(lost, recovered.pop(lost))
            values = {key: value for key, value in stored.items() if key not in BOOKKEEPING}
            for key, value in recovered.pop(step, {}).items():
                values.setdefault(key, value)
            yield HistoryRow(step, values)
        for step in sorted(recovered):
            yield HistoryRow(step, recovered[step])

    def history(self) -> Iterator[HistoryRow]:
        """Iterate over the rows in the order of logging, media decoded.

        A value that cannot be decoded comes as an `UnknownValue` with its JSON, and `problems` says why.
        """
        for step, values in self.rows_json():
            yield HistoryRow(step, self._decode_row(values, step))

    def media_files(self) -> list[str]:
        """Names of all media files, sorted, whether anything names them or not."""
        return list(self.names("media/"))

    def get(self, name: str) -> WBValue | None:
        """Return the value of a plain file of the run, a picture say; None if there is no such file or type."""
        from datatypes.registry import value_from_file

        try:
            self.open(name).close()
        except MissingFileError:
            return None
        value = value_from_file(name, self)
        if value is not None and value.artifact_source is None:
            value.set_artifact_source(self, name)
        return value

    def singleton(self, kind: str, key: str) -> Any:
        """Look up what the config keeps once for many values.

        Parameters
        ----------
        kind : str
            ``"mask/class_labels"`` or ``"bounding_box/class_labels"``.
        key : str
            ``KEY_wandb_delimeter_SET``.

        Returns
        -------
        object or None
            The stored value: for labels a dict from class id, as text, to name.
        """
        hidden = self.stored_config.get("_wandb")
        group = hidden.get(kind) if isinstance(hidden, dict) else None
        item = group.get(key) if isinstance(group, dict) else None
        return item.get("value") if isinstance(item, dict) else None

    @cached_property
    def class_labels(self) -> dict[str, dict[str, Any]]:
        """All class labels of the run: kind → ``KEY_wandb_delimeter_SET`` → class id as text → name."""
        hidden = self.stored_config.get("_wandb")
        groups = hidden.items() if isinstance(hidden, dict) else ()
        return {
            kind: {key: item["value"] for key, item in group.items() if isinstance(item, dict) and "value" in item}
            for kind, group in groups
            if kind.endswith("/class_labels") and isinstance(group, dict)
        }

    @property
    def names_are_quoted(self) -> bool:
        """Whether file names are URL-quoted keys, as one release wrote them."""
        return False

    @cached_property
    def _index(self) -> tuple[int, dict[int, dict[str, Any]]]:
        """Number of rows, and the values that only file names tell: step → key → stored JSON."""
        files = frozenset(self.media_files())
        if not files:
            return self._row_count(), {}
        named: set[str] = set()
        steps: set[int] = set()
        count = 0
        for count, stored in enumerate(self._stored_rows(), 1):  # the last count is the number of rows
            step = _step(stored, count - 1)
            steps.add(step)
            if len(named) < len(files):
                named |= named_files(stored, step, files)
        lost = [file for name in sorted(files - named) if (file := parse_run_file(name, quoted=self.names_are_quoted))]
        recovered = recovered_values(lost)
        self._prefer_summary(recovered, files)
        if lost:
            self._complain(
                "history",
                f"{len(lost)} media files are named by no row; they are shown at the keys and steps of their names",
                "Values logged beside them are lost with the run's log.",
            )
        return count + len(recovered.keys() - steps), recovered

    def _prefer_summary(self, recovered: dict[int, dict[str, Any]], files: frozenset[str]) -> None:
        """Replace recovered values by those of the summary that name the same files: they know captions and masks."""
        summary = {key: value for key, value in self.stored_summary.items() if key not in BOOKKEEPING}
        for step, values in recovered.items():
            for key, value in values.items():
                stored = summary.get(key)
                if stored is not None and named_files({key: value}, step, files) <= named_files(
                    {key: stored}, step, files
                ):
                    values[key] = stored

    def _decode_row(self, values: dict[str, Any], step: int | str) -> dict[str, Any]:
        return {key: self._decode(value, key, step) for key, value in values.items()}

    def _decode(self, value: Any, key: str, step: int | str) -> Any:
        """Decode the values in stored JSON, at any depth."""
        if isinstance(value, list):
            return [self._decode(item, key, step) for item in value]
        if not isinstance(value, dict):
            return value
        from datatypes.wire import is_value_json

        if not is_value_json(value):
            return {inner: self._decode(item, inner, step) for inner, item in value.items()}
        from datatypes.base import WBValue
        from datatypes.errors import DataTypeError
        from datatypes.unknown import UnknownValue

        source = RowFiles(self, key, step)
        try:
            return WBValue.init_from_json(value, source)
        except (DataTypeError, LookupError, OSError, TypeError, ValueError) as error:
            self._complain(f'step {step}, key "{key}"', str(error), "The stored JSON is shown as it is.")
            return UnknownValue.from_json(value, source)

    def _complain(self, subject: str, problem: str, remedy: str = "") -> None:
        """Keep a problem once."""
        said = Problem(subject, problem, remedy)
        if said not in self.problems:
            self.problems.append(said)

    def __repr__(self) -> str:
        """One line."""
        return f"{type(self).__name__}({self.id!r})"


def _step(row: dict[str, Any], ordinal: int) -> int:
    """Step of a stored row; its place where it has none that is a number."""
    step = row.get("_step")
    return step if isinstance(step, int) and not isinstance(step, bool) else ordinal
