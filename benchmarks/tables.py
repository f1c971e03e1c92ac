"""What tables cost, beside the plain limit on the same data: CPU seconds and ratios within one run.

    python benchmarks/tables.py [ROWS]            1,000,000 rows unless given

Bases: a round trip through Parquet (zstd 1) for frames; a bare ``list.append`` in a function for `add_data`; parsing
the JSON and decoding one picture for a table of pictures. The limit for a frame is its JSON by orjson in blocks of
65,536 rows, hashed, with nothing checked or noted. Files are hashed and forgotten: no disk is measured.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

import datatypes as dt
from datatypes.table_naming import HashSink

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = ["cat", "dog", "bird", "fish", "cow", "pig", "hen", "fox", "bee", "ant"]
BLOCK = 65_536


def make_frame(rows: int, extra: int = 0) -> pd.DataFrame:
    """Return the frame of the performance notes: eight columns, and `extra` of floats."""
    rng = np.random.default_rng(3)
    score = rng.uniform(size=rows)
    score[rng.random(rows) < 0.05] = np.nan
    marks = rng.integers(0, 1 << 62, rows).tolist()
    notes = zip((rng.random(rows) < 0.5).tolist(), rng.integers(0, 100, rows).tolist(), strict=True)
    columns: dict[str, Any] = {
        "id": np.arange(rows),
        "step": rng.integers(0, 10**6, rows),
        "loss": rng.normal(size=rows),
        "score": score,
        "label": np.array(WORDS)[rng.integers(0, 10, rows)],
        "name": [f"sample_{row:08d}_{mark:016x}" for row, mark in enumerate(marks)],
        "ok": rng.random(rows) < 0.7,
        "note": [None if absent else f"note {number}" for absent, number in notes],
    }
    return pd.DataFrame(columns | {f"extra{number}": rng.normal(size=rows) for number in range(extra)})


class Hashed:
    """A file that is hashed and forgotten."""

    def __init__(self) -> None:
        self.digest, self.size = hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self.digest.update(data)
        self.size += len(data)
        return len(data)


def cpu(work: Callable[[], Any]) -> float:
    """Return the CPU seconds of one call."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def best(work: Callable[[], Any], rounds: int = 3) -> float:
    """Return the least CPU seconds of some calls."""
    return min(cpu(work) for _ in range(rounds))


def parquet_round_trip(frame: pd.DataFrame) -> None:
    """Write and read a frame as Parquet: the base."""
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pandas(frame), file, compression="zstd", compression_level=1)
    file.seek(0)
    parquet.read_table(file).to_pandas()


def plain_limit(frame: pd.DataFrame) -> None:
    """Write a frame as JSON with nothing but libraries: the floor."""
    file = Hashed()
    for start in range(0, len(frame), BLOCK):
        block = pa.Table.from_pandas(frame.iloc[start : start + BLOCK], preserve_index=False)
        rows = list(zip(*(column.to_pylist() for column in block.columns), strict=True))
        file.write(orjson.dumps(rows)[1:-1])


def frame_rows(rows: int, extra: int) -> None:
    """Report a table from a frame, written and read."""
    frame = make_frame(rows, extra)
    base, limit = best(lambda: parquet_round_trip(frame)), best(lambda: plain_limit(frame))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write = best(lambda: dt.Table(dataframe=frame).write_json(Hashed(), HashSink()))  # type: ignore[arg-type]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    file = io.BytesIO()
    dt.Table(dataframe=frame).write_json(file, HashSink())
    text = file.getvalue()
    stored = orjson.loads(text)

    def read() -> None:
        dt.Table.from_json(stored, None).to_pandas()  # type: ignore[arg-type]

    pd.testing.assert_frame_equal(dt.Table.from_json(stored, None).to_pandas(), frame)  # type: ignore[arg-type]
    name = f"{rows:,} rows × {frame.shape[1]} from a frame"
    print(f"{name}: base (Parquet) {base:.3f} s, limit {limit / base:.2f}, write {write / base:.2f}, ", end="")
    print(f"as a frame again {best(read) / base:.2f}; peak +{grown:.0f} MB, {len(text) / 1e6:.0f} MB of JSON")


def row_by_row(rows: int) -> None:
    """Report `add_data`."""
    frame = make_frame(rows)
    cells = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()

    def add_all() -> None:
        table = dt.Table(columns=list(frame.columns))
        for row in cells:
            table.add_data(*row)

    def append_all() -> None:
        kept: list[list[Any]] = []

        def add(*row: Any) -> None:
            kept.append(list(row))

        for row in cells:
            add(*row)

    base, ours = best(append_all), best(add_all)
    print(f"{rows:,} × add_data: base (append in a function) {base:.3f} s, ours {ours / base:.2f}")
    table = dt.Table(columns=list(frame.columns), data=cells)
    write = best(lambda: table.write_json(Hashed(), HashSink()))  # type: ignore[arg-type]
    print(f"{rows:,} rows of lists written: {write:.3f} s")


class Memory:
    """A source of files in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    dialect = "artifact"

    def add_file(self, source: Any, name: str) -> Any:
        """Take a file."""
        self.files[name] = source
        return HashSink().add_file(source, name)

    def open(self, name: str) -> io.BytesIO:
        """Open a file."""
        return io.BytesIO(self.files[name])


def pictures(count: int) -> None:
    """Report opening a table of pictures and showing one."""
    rng = np.random.default_rng(0)
    memory: Any = Memory()
    data = [[number, dt.Image(rng.integers(0, 255, (224, 224, 3), dtype=np.uint8))] for number in range(count)]
    text = json.dumps(dt.Table(columns=["id", "picture"], data=data).to_json(memory)).encode()
    dt.Table.from_json(orjson.loads(text), memory).data[0][1].to_numpy()
    middle = json.loads(text)["data"][count // 2][1]

    def limit() -> None:
        orjson.loads(text)
        dt.Image.from_json(middle, memory).to_numpy()

    def ours() -> None:
        dt.Table.from_json(orjson.loads(text), memory).data[count // 2][1].to_numpy()

    base = best(limit, 5)
    print(f"{count:,} pictures, open and show one: base {base * 1000:.1f} ms, ours {best(ours, 5) / base:.2f}")


def main() -> None:
    """Print all rows."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    pa.array([1])  # the first array of a process imports pandas
    frame_rows(20_000, 0)
    frame_rows(rows, 0)
    frame_rows(rows, 4)
    row_by_row(rows)
    pictures(1_000)


if __name__ == "__main__":
    main()
