"""The log: one order of all that happened, kept by put-if-absent, believed only as a whole chain."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest

from storage import log as log_module
from storage.blobs_memory import MemoryBlobStore
from storage.errors import AlreadyStoredError, BackendError, CorruptBlobError
from storage.layout import record_key
from storage.log import Log
from storage.state import State, seal, unseal


def use(run, name="pets", version=0):
    return {"op": "use", "run": run, "name": name, "version": version}


def put(log, run):
    return log.append(lambda state: [use(run)])


@pytest.fixture
def objects():
    return MemoryBlobStore()


@pytest.fixture(autouse=True)
def no_patience(monkeypatch):
    monkeypatch.setattr(log_module, "_PATIENCE", (0, 0))


def replace(objects, key, data):
    objects.delete(key)
    if data is not None:
        objects.create(key, data)


def uses(log):
    return [run for run, _, _ in log.refresh().uses]


class TestAppend:
    def test_records_form_a_chain(self, objects):
        log = Log(objects)
        put(log, "a")
        put(log, "b")
        records = [objects.read(record_key(number)) for number in range(2)]
        bodies = [unseal(raw, "x") for raw in records]
        assert bodies[0]["prev"] == ""
        assert bodies[1]["prev"] == hashlib.sha256(records[0]).hexdigest()
        assert [body["ops"] for body in bodies] == [[use("a")], [use("b")]]
        assert bodies[0]["time"] <= bodies[1]["time"]
        assert json.loads(records[0])["sha256"] == hashlib.sha256(
            json.dumps(bodies[0], sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()  # fmt: skip

    def test_nothing_to_do_is_no_record(self, objects):
        assert Log(objects).append(lambda state: [])[1] == []
        assert objects.keys("log/") == []

    def test_who_loses_a_race_proposes_again_with_what_happened(self, objects):
        one, two = Log(objects), Log(objects)
        seen = []

        def propose(state):
            seen.append(len(state.uses))
            if len(seen) == 1:
                put(two, "other")
            return [use("mine")]

        one.append(propose)
        assert seen == [0, 1]
        assert uses(two) == ["other", "mine"]

    def test_many_writers_lose_nothing(self, objects):
        def work(which):
            log = Log(objects)
            for number in range(20):
                put(log, f"{which}-{number}")

        threads = [threading.Thread(target=work, args=(which,)) for which in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = uses(Log(objects))
        assert sorted(found) == sorted(f"{which}-{number}" for which in range(6) for number in range(20))
        for which in range(6):
            mine = [run for run in found if run.startswith(f"{which}-")]
            assert mine == [f"{which}-{number}" for number in range(20)]

    @pytest.mark.parametrize("error", [AlreadyStoredError, BackendError])
    def test_a_lost_answer_is_one_record(self, objects, monkeypatch, error):
        real = objects.create

        def lossy(key, data):
            real(key, data)
            raise error(key, "the answer was lost")

        log = Log(objects)
        monkeypatch.setattr(objects, "create", lossy)
        put(log, "once")
        monkeypatch.undo()
        assert uses(log) == uses(Log(objects)) == ["once"]

    def test_a_refusal_is_an_error_and_no_record(self, objects, monkeypatch):
        def refuse(key, data):
            raise BackendError(key, "no space")

        log = Log(objects)
        monkeypatch.setattr(objects, "create", refuse)
        with pytest.raises(BackendError, match="no space"):
            put(log, "never")
        monkeypatch.undo()
        assert uses(log) == []
        put(log, "then")
        assert uses(Log(objects)) == ["then"]


class TestDamage:
    @pytest.fixture
    def three(self, objects):
        log = Log(objects)
        for run in "abc":
            put(log, run)
        return objects

    def test_every_flipped_bit_of_a_record_is_named_and_stops_writers(self, three):
        key = record_key(1)
        raw = three.read(key)
        for position in range(len(raw)):
            broken = bytearray(raw)
            broken[position] ^= 1 << (position % 8)
            replace(three, key, bytes(broken))
            log = Log(three)
            state = log.refresh()
            assert uses(log) == ["a", "c"]
            assert [problem.subject for problem in state.problems] == [key]
            with pytest.raises(CorruptBlobError, match=r"log/0000000001: .*; so nothing is written"):
                put(log, "d")
        replace(three, key, raw)
        assert uses(Log(three)) == ["a", "b", "c"]

    def test_a_removed_record_is_named(self, three):
        replace(three, record_key(1), None)
        log = Log(three)
        assert uses(log) == ["a", "c"]
        assert log.state.problems[0].check == "missing"
        assert log.state.problems[0].problem == "is missing, and later ones are there"

    def test_a_record_that_was_exchanged_for_a_sealed_one_breaks_the_chain(self, three):
        body = unseal(three.read(record_key(1)), "x")
        replace(three, record_key(1), seal({**body, "ops": [use("forged")]}))
        log = Log(three)
        log.refresh()
        assert [problem.subject for problem in log.state.problems] == [record_key(2)]
        assert "does not follow the record before it" in log.state.problems[0].problem

    @pytest.mark.parametrize(
        "operation",
        [
            {"op": "dance"}, {}, "text", {"op": "use", "run": "a", "name": "../x", "version": 0},
            {"op": "use", "run": "a", "name": "x", "version": -1}, {"op": "sweep", "keys": ["store.json"]},
            {"op": "commit", "name": "x", "version": 0}, {"op": "alias", "name": "x", "version": 1.5, "alias": "a"},
            {"op": "delete", "name": "x", "version": True},
        ],
    )  # fmt: skip
    def test_what_nobody_understands_changes_nothing(self, objects, operation):
        good = use("a")
        objects.create(record_key(0), seal({"tx": "t", "time": "now", "prev": "", "ops": [good, operation]}))
        log = Log(objects)
        assert uses(log) == []
        assert "says what this release does not understand" in log.state.problems[0].problem


class TestSnapshots:
    @pytest.fixture
    def often(self, monkeypatch):
        monkeypatch.setattr(log_module, "_SNAPSHOT_EVERY", 3)

    @pytest.fixture
    def counting(self, objects, monkeypatch):
        reads = []
        real = objects.read
        monkeypatch.setattr(objects, "read", lambda key, *rest: reads.append(key) or real(key, *rest))
        return reads

    def test_it_saves_reading_and_changes_nothing(self, objects, often, counting):
        log = Log(objects, "store1")
        for number in range(7):
            put(log, str(number))
        counting.clear()
        again = Log(objects, "store1")
        assert again.refresh() == log.state == Log(objects).refresh()
        assert again.state.to_json() == log.state.to_json()
        counting.clear()
        Log(objects, "store1").refresh()
        assert counting == [record_key(5), record_key(6), record_key(7)]

    def test_one_of_another_history_is_not_believed(self, objects, often):
        log = Log(objects, "store1")
        for run in "abc":
            put(log, run)
        other = MemoryBlobStore()
        for run in "xyz":
            put(Log(other), run)
        assert uses(Log(other, "store1")) == ["x", "y", "z"]

    def test_a_damaged_one_is_not_believed(self, objects, often, own_cache):
        log = Log(objects, "store1")
        for run in "abc":
            put(log, run)
        path = own_cache / "snapshots/store1"
        good = path.read_bytes()
        for broken in (good.replace(b'"a"', b'"q"'), good[:50], b"", b"[]", b"{}"):
            assert broken != good
            path.write_bytes(broken)
            assert uses(Log(objects, "store1")) == ["a", "b", "c"]

    def test_a_cache_that_cannot_be_written_costs_speed_alone(self, objects, often, monkeypatch, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "file" / "cache"))
        log = Log(objects, "store1")
        for run in "abcd":
            put(log, run)
        assert uses(Log(objects, "store1")) == list("abcd")


def test_a_state_comes_back_from_its_document():
    assert State.from_json(json.loads(json.dumps(State().to_json()))) == State()
