"""Writers and collectors at once, killed at random: what was acknowledged is there, and no number is given twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage import Artifact, Store

ROOT = Path(__file__).parents[3]

#: Logs versions that share most of their files, moves an alias, deletes old versions; prints what was acknowledged.
WRITER = """
import os, sys
from storage import Artifact, Store
from storage.errors import StorageError
path, name, seed = sys.argv[1:]
store = Store(path, durability="none")
for number in range(10_000):
    artifact = Artifact(name, "dataset")
    for part in range(3):
        artifact.add_file(f"{part}-{(number + part) % 4}".encode(), f"part{part}")
    artifact.add_file(f"{seed}-{number}".encode(), "own")
    saved = store.log_artifact(artifact, aliases=["newest"])
    os.write(1, f"{saved.version} {seed}-{number}\\n".encode())
    rows = store.versions(name)
    if len(rows) > 4:
        os.write(1, f"-{rows[0].version} x\\n".encode())
        store.delete(f"{name}:{rows[0].version}", delete_aliases=True)
"""
COLLECTOR = """
import sys
from storage import Artifact, Store
while True:
    print(len(Store(sys.argv[1], durability="none").gc(dry_run=False, older_than_secs=0).keys), flush=True)
"""


def start(code, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.slow
def test_nothing_that_was_acknowledged_is_lost(tmp_path):
    rng = random.Random(7)
    path = str(tmp_path / "store")
    Store(path).log_artifact(Artifact("zero", type="t"))  # a collector finds no store before the first commit
    names, seed, outputs = ["one", "two", "three"], 0, {}
    running = {}
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for role in (*names, "gc1", "gc2"):
            if role not in running:
                seed += 1
                code = WRITER if role in names else COLLECTOR
                arguments = [path, role, str(seed)] if role in names else [path]
                running[role] = start(code, *arguments)
        time.sleep(rng.uniform(0.2, 0.6))
        role = rng.choice(sorted(running))
        if rng.random() < 0.5:
            running[role].send_signal(signal.SIGSTOP)
            time.sleep(rng.uniform(0.1, 0.4))
            running[role].send_signal(signal.SIGCONT)
        else:
            collect(running, role, outputs, names)
    for role in sorted(running):
        collect(running, role, outputs, names)
    store = Store(path)
    assert store.verify() == []
    assert store.problems == []
    freed = sum(int(line) for line in outputs.get("gc", []))
    assert freed > 0
    for name in names:
        logged = [line.split() for line in outputs[name] if not line.startswith("-")]
        gone = {line.split()[0][1:] for line in outputs[name] if line.startswith("-")}
        versions = [version for version, _ in logged]
        assert len(versions) == len(set(versions))
        alive = {row.version for row in store.versions(name)}
        assert set(versions) - gone <= alive
        for version, own in logged:
            if version in alive:
                assert store.artifact(f"{name}:{version}").open("own").read() == own.encode()


def collect(running, role, outputs, names):
    process = running.pop(role)
    process.kill()
    out, error = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, error.decode()[-2000:]
    lines = [line for line in out.decode().split("\n")[:-1] if line]
    outputs.setdefault(role if role in names else "gc", []).extend(lines)
