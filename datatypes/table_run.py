"""Tables in a run: the side file, increments, and the fields of the history row."""

from __future__ import annotations

import io
import re
import time
import zlib
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import wire
from datatypes.fidelity import FidelityRecord
from datatypes.payload import BytesPayload, TemporaryPayload
from datatypes.table_write import STREAMED_CELLS, write_run_file

if TYPE_CHECKING:
    from datatypes.payload import Payload
    from datatypes.ports import RunSink
    from datatypes.table import Table

__all__ = ["RunArtifact", "RunState", "artifact_of", "bind", "run_json"]

#: Most references to earlier increments that a row shows. Source: SDK 0.20.0 and later.
_SHOWN_INCREMENTS = 100


class RunArtifact(NamedTuple):
    """How the artifact is called that a run keeps with the real cells of a logged table."""

    name: str
    type: str
    entry: str


class RunState:
    """What a table remembers of its logs.

    Attributes
    ----------
    start : int
        First row that no increment has yet.
    increment : int
        Number of the increment that comes next.
    previous : list of str
        References to earlier increments.
    references : dict
        Fields that name the artifact with the real cells, as the run gave them.
    steps : list of str
        What the side file loses.
    logged : dict
        Number and references of the increment that was logged last.
    """

    def __init__(self) -> None:
        self.start = 0
        self.increment = 0
        self.previous: list[str] = []
        self.references: dict[str, Any] = {}
        self.steps: list[str] = []
        self.logged: dict[str, Any] = {}

    def fields(self) -> dict[str, Any]:
        """Return the fields of the increment that comes next."""
        return {"increment_num": self.increment, "previous_increments_paths": self.previous[-_SHOWN_INCREMENTS:]}

    def advance(self, rows: int) -> None:
        """Take note that all rows are logged."""
        self.logged = self.fields()
        self.start, self.increment = rows, self.increment + 1
        if isinstance(path := self.references.get("artifact_path"), str):
            self.previous.append(path)


def _payload(table: Table, start: int) -> Payload:
    if (len(table.rows) - start) * len(table.columns) <= STREAMED_CELLS:
        buffer = io.BytesIO()
        table._run_state.steps = write_run_file(table, buffer, start)
        return BytesPayload(buffer.getvalue(), ".table.json")
    payload = TemporaryPayload(".table.json")
    with payload.local_path().open("wb") as file:
        table._run_state.steps = write_run_file(table, file, start)
    return payload


def bind(table: Table, run: RunSink, key: str, step: int | str, id_: int | str | None) -> None:
    """Put the side file into a run.

    A run that keeps artifacts offers ``log_table_artifact(table, key, step)``, which stores the table with its real
    cells and returns the fields that name it: ``artifact_path`` and ``_latest_artifact_path``.
    """
    state = table._run_state
    is_increment = table.log_mode == "INCREMENTAL"
    payload = _payload(table, state.start if is_increment else 0)
    bound = table._bound
    repeated = bound is not None and bound[0] is run and bound[1].digest == payload.sha256
    if repeated and table.log_mode == "IMMUTABLE":  # logged again as it was: the row repeats the first file
        return
    suffix = payload.sha256[: wire.DIGITS] if id_ is None else id_
    name = wire.run_file_name(table.media_folder, key, step, suffix, payload.extension)
    stored = run.add_file(payload.handover, name)
    table._bound, table._name = (run, stored), stored.path
    if (log_artifact := getattr(run, "log_table_artifact", None)) is not None:
        state.references = dict(log_artifact(table, key, step) or {})
    if is_increment:
        state.advance(len(table.rows))


def artifact_of(table: Table, run_id: str, key: str) -> RunArtifact:
    """Name the artifact of a logged table as SDK 0.20.0 and later do; see `Table.run_artifact`."""
    if table.log_mode == "INCREMENTAL":
        entry = f"{table._run_state.increment}-{time.time_ns() // 1_000_000}.{key}"
        return RunArtifact(_artifact_name(f"run-{run_id}-incr-{key}"), "wandb-run-incremental-table", entry)
    return RunArtifact(_artifact_name(f"run-{run_id}-{key}"), "run_table", key)


def _artifact_name(name: str) -> str:
    """Leave out what names may not hold; a checksum of the whole tells apart what becomes equal by that."""
    plain = re.sub(r"[^a-zA-Z0-9_\-.]+", "", name)
    if plain == name:
        return name
    return f"{plain}-{urlsafe_b64encode(zlib.crc32(name.encode()).to_bytes(4, 'big')).decode().rstrip('=')}"


def run_json(table: Table, file_fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the history row."""
    fields = {
        **file_fields,
        "_type": "table-file",
        "ncols": len(table.columns),
        "nrows": len(table.rows),
        "log_mode": table.log_mode,
        **table._run_state.references,
    }
    if not table._run_state.references and table._run_state.steps:  # nothing else has the real cells
        record = FidelityRecord("lossy", table._source, table._run_state.steps)
        fields["fidelity"] = record.to_json()
    if table.log_mode == "INCREMENTAL":
        fields |= {"_type": "incremental-table-file", **table._run_state.logged}
    return fields
