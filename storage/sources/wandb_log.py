"""Read a ``.wandb`` log: the only place where offline and killed runs keep their history.

Each record of the log is a protobuf message of one kind (its *body*): history, summary, config, files, artifact,
run and others. A history row is a list of *items*; an item has a key, or since SDK 0.18 a path of keys that leads
to one *leaf* of a value, and the value as JSON text.

Source: observation of 433 run directories, SDK 0.8 to 0.31; the tests write such logs with a writer of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from storage.errors import NotReadableError
from storage.sources.protobuf import Field, MalformedMessageError, fields, first, text
from storage.sources.wandb_framing import LogFrames
from storage.strict_json import load_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

__all__ = ["LoggedArtifact", "LoggedEntry", "WandbLog"]

# Numbers of record bodies. Output, stats and the like are 70 % of the bytes and are stepped over by number.
_HISTORY, _SUMMARY, _CONFIG, _FILES, _ARTIFACT, _TELEMETRY, _RUN, _HEADER, _USE_ARTIFACT = 2, 3, 5, 6, 8, 11, 17, 21, 25
_SCANNED = frozenset({_HISTORY, _SUMMARY, _CONFIG, _FILES, _ARTIFACT, _TELEMETRY, _RUN, _HEADER, _USE_ARTIFACT})
_ENVELOPE = frozenset({1, 16, 19})  # the record's number, control and uuid; other fields below 100 are its body
_MAX_BODY = 99  # from 100 on: requests, which no log holds, and which stream a record came from (200, 0.31)
_MAX_KEYS = 100  # depth of nested keys; deeper is not a metric but an attack on the reader's stack
_MAX_PROBLEMS = 20

# Numbers of the fields that hold an item's value: JSON text, and typed forms that newer schemas define.
_VALUE_JSON, _NONE, _BOOLEAN, _INTEGER, _NUMBER, _TEXT, _JSON = 16, 3, 4, 5, 6, 7, 8


@dataclass(frozen=True)
class LoggedEntry:
    """One file of an artifact that the log announces."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True)
class LoggedArtifact:
    """An artifact that the run logged or used, as the log announces it; its files lie elsewhere."""

    name: str
    type: str
    digest: str = ""
    aliases: tuple[str, ...] = ()
    client_id: str = ""
    entries: tuple[LoggedEntry, ...] = ()
    used: bool = False


@dataclass
class WandbLog:
    """What one ``.wandb`` log says of its run.

    Parameters
    ----------
    open_log : callable
        Opens the log for reading, from its beginning; called once now and once for each `rows`.

    Attributes
    ----------
    summary, config : dict
        The state after the last record, leaves put together.
    files : list of str
        Names of uploaded files, relative to the run's files.
    run : dict
        ``id``, ``project``, ``name`` as far as they were recorded. Host and user are left out on purpose.
    sdk : str or None
        Version of the SDK that wrote the log.
    row_count, record_count : int
        History rows, and all records.
    ending : str
        Empty, or why reading stopped before the file's end.
    problems : list of str
        Parts of records that could not be understood.
    """

    open_log: Callable[[], BinaryIO]
    summary: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    artifacts: list[LoggedArtifact] = field(default_factory=list)
    run: dict[str, str] = field(default_factory=dict)
    sdk: str | None = None
    row_count: int = 0
    record_count: int = 0
    ending: str = ""
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read everything but the rows, which `rows` streams."""
        with self.open_log() as file:
            frames = LogFrames(file)
            for message in frames:
                self.record_count += 1
                self._scan(message)
        self.ending = frames.ending

    def rows(self) -> Iterator[dict[str, Any]]:
        """Iterate over the history rows in the order of logging; each holds its ``_step``."""
        ordinal = 0
        with self.open_log() as file:
            for message in LogFrames(file):
                try:
                    number, body = _body(message)
                except MalformedMessageError:
                    continue  # said by the scan
                if number == _HISTORY:
                    yield _history_row(body, ordinal, self._complain)
                    ordinal += 1

    def _complain(self, problem: str) -> None:
        """Keep a problem once, and not more of them than anybody reads."""
        if len(self.problems) < _MAX_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)

    def _scan(self, message: memoryview) -> None:
        """Fold one record into the state."""
        try:
            number, body = _body(message)
            if number == _HISTORY:
                self.row_count += 1
            elif number in _SCANNED:
                self._fold(number, body)
        except MalformedMessageError as error:
            self._complain(f"record {self.record_count} is not a protobuf message: {error}")

    def _fold(self, number: int, body: memoryview) -> None:
        """Apply the body of one record."""
        if number == _SUMMARY:
            apply_items(self.summary, body, self._complain)
        elif number == _CONFIG:
            apply_items(self.config, body, self._complain)
        elif number == _FILES:
            self.files += [name for item in fields(body) if item.number == 1 and (name := text(item.message, 1))]
        elif number == _ARTIFACT:
            self.artifacts.append(_logged_artifact(body))
        elif number == _USE_ARTIFACT:
            self.artifacts.append(LoggedArtifact(name=text(body, 3) or "", type=text(body, 2) or "", used=True))
        elif number == _TELEMETRY:
            self.sdk = text(body, 5) or self.sdk
        elif number == _HEADER:
            producer = text(first(body, 1), 1) or self.sdk or ""
            self.sdk = producer.partition("+")[0] or None  # "0.31.0+<commit>"
        else:
            self._fold_run(body)

    def _fold_run(self, body: memoryview) -> None:
        """Apply a run record: names, and the config and summary that the run began with."""
        for number, key in ((1, "id"), (3, "project"), (8, "name")):
            if value := text(body, number):
                self.run[key] = value
        for number, state in ((4, self.config), (5, self.summary)):
            if (nested := first(body, number)) is not None:
                apply_items(state, nested, self._complain)
        self.sdk = text(first(body, 19), 5) or self.sdk


def apply_items(state: dict[str, Any], body: memoryview, complain: Callable[[str], None]) -> None:
    """Apply one summary or config record to `state`: field 1 repeats updates, field 2 removals.

    A record that brings a ``_type`` for a key replaces what was below that key: a picture without masks must not
    keep the masks of the one before it.
    """
    updates: list[tuple[list[str], Any]] = []
    for item in fields(body):
        if item.number == 1:
            updates += _item(item.message, complain)
        elif item.number == 2:
            _remove(state, [part.text for part in fields(item.message) if part.number in (1, 2)])
    for path, _ in updates:
        if len(path) > 1 and path[-1] == "_type":
            _remove(state, path[:-1])
    for path, value in updates:
        _put(state, path, value)


def _body(message: memoryview) -> tuple[int, memoryview]:
    """Return number and bytes of the record's body; ``(0, b"")`` if it has none."""
    for part in fields(message):
        if part.number <= _MAX_BODY and part.number not in _ENVELOPE and not isinstance(part.value, int):
            return part.number, part.value
    return 0, memoryview(b"")


def _history_row(body: memoryview, ordinal: int, complain: Callable[[str], None]) -> dict[str, Any]:
    """Put the items of one history record together; a damaged record gives the items before the damage."""
    row: dict[str, Any] = {}
    step: int | None = None
    try:
        for part in fields(body):
            if part.number == 1:
                for path, value in _item(part.message, complain):
                    _put(row, path, value)
            elif part.number == 2:
                step = next((number.signed for number in fields(part.message) if number.number == 1), 0)
    except MalformedMessageError as error:
        complain(f"history row {ordinal} is not a protobuf message: {error}")
    row.setdefault("_step", ordinal if step is None else step)
    return row


def _item(message: memoryview, complain: Callable[[str], None]) -> list[tuple[list[str], Any]]:
    """Read one item: its path of keys and its value. An empty list if there is no readable value."""
    key: str | None = None
    nested: list[str] = []
    value: Field | None = None
    for part in fields(message):
        if part.number == 1:
            key = part.text
        elif part.number == 2:
            nested.append(part.text)
        elif part.number in (_VALUE_JSON, _NONE, _BOOLEAN, _INTEGER, _NUMBER, _TEXT, _JSON):
            value = part
    path = nested or ([] if key is None else [key])
    if not path or len(path) > _MAX_KEYS:
        complain(f"an item has {len(path)} keys")
        return []
    if value is None:
        complain(f"{'/'.join(path)} has no value")
        return []
    try:
        return [(path, _value(value))]
    except (MalformedMessageError, NotReadableError) as error:
        complain(f"the value of {'/'.join(path)} cannot be read: {getattr(error, 'problem', error)}")
        return []


def _value(part: Field) -> Any:
    """Read the value of an item from whichever field holds it."""
    if part.number in (_VALUE_JSON, _JSON):
        return load_json(bytes(part.message), "value")
    if part.number == _BOOLEAN:
        return bool(part.value)
    if part.number == _INTEGER:
        return part.signed
    if part.number == _NUMBER:
        return part.double
    return part.text if part.number == _TEXT else None


def _put(state: dict[str, Any], path: list[str], value: Any) -> None:
    """Set the leaf at `path`; whatever is in the way and not a dict gives way."""
    for key in path[:-1]:
        inner = state.get(key)
        if not isinstance(inner, dict):
            inner = state[key] = {}
        state = inner
    state[path[-1]] = value


def _remove(state: dict[str, Any], path: list[str]) -> None:
    """Remove what lies at `path`, if anything does."""
    for key in path[:-1]:
        inner = state.get(key)
        if not isinstance(inner, dict):
            return
        state = inner
    if path:
        state.pop(path[-1], None)


def _logged_artifact(body: memoryview) -> LoggedArtifact:
    """Read an artifact record: names, ids, and the entries of its manifest."""
    entries = []
    manifest = first(body, 12)
    for item in fields(manifest) if manifest is not None else ():
        if item.number == 4:
            size = next((part.signed for part in fields(item.message) if part.number == 4), 0)
            entries.append(LoggedEntry(text(item.message, 1) or "", text(item.message, 2) or "", size))
    return LoggedArtifact(
        name=text(body, 5) or "",
        type=text(body, 4) or "",
        digest=text(body, 6) or "",
        aliases=tuple(part.text for part in fields(body) if part.number == 11),
        client_id=text(body, 15) or "",
        entries=tuple(entries),
    )
