"""What the compare page asks for: rows and lines that differ, by page; large comparisons by another process."""

import json

import numpy as np
import pytest

import datatypes as dt
from app import session
from app.comparing import api, jobs, table_rows, worker
from app.comparing.sides import find_side
from storage import Artifact, Store

A, B = "pets:v0/rows.table.json", "pets:v1/rows.table.json"


def build(edited):
    artifact = Artifact("pets", type="dataset")
    rows = [[f"key {number}", number / 2, None] for number in range(50)]
    if edited:
        rows[7][1] = float("nan")
        rows[9][1:] = [-1.0, "text"]
        del rows[20:23]
        rows.append(["new", 0.5, None])
    artifact.add(dt.Table(columns=["name", "score", "note"], data=rows), "rows")
    artifact.add(dt.Image(np.full((4, 5), 9 if edited else 8, np.uint8)), "cat")
    with artifact.new_file("notes.txt") as file:
        file.write("a\nB\n" if edited else "a\nb\n")
    return artifact


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A session with two versions, as the viewer has it; its cache is a folder of this test."""
    monkeypatch.setenv("VITRINA_CACHE", str(tmp_path / "cache"))
    store = Store(tmp_path / "store")
    for edited in (False, True):
        store.log_artifact(build(edited))
    here = session.open_target(tmp_path / "store")
    session.set_current(here)
    jobs.forget()
    table_rows._kept.clear()
    yield here
    session.set_current(None)
    jobs.forget()
    table_rows._kept.clear()


def rows(**query):
    status, document = api.answer("rows", {"a": A, "b": B, **query})
    assert status == 200
    return document


class TestRows:
    def test_a_page_has_the_old_and_the_new_cells(self, opened):
        found = rows()
        assert found["key"] == "name"
        assert found["columns"] == ["name", "score", "note"]
        assert {key: found["counts"][key] for key in ("changed", "removed", "added", "cells")} == {
            "changed": 2, "removed": 3, "added": 1, "cells": 3,
        }  # fmt: skip
        assert found["count"] == 6
        first, second, *others = found["rows"]
        assert (first["left"], first["right"], first["changed"]) == (7, 7, [1])
        assert (first["old"][1], first["new"][1]) == (3.5, {"k": "num", "t": "NaN"})
        assert (second["changed"], second["new"][1:]) == ([1, 2], [-1.0, "text"])
        assert [(row["kind"], row["left"], row["right"]) for row in others] == [
            ("removed", 20, -1), ("removed", 21, -1), ("removed", 22, -1), ("added", -1, 47),
        ]  # fmt: skip
        assert others[-1]["new"][0] == "new"

    def test_filters_and_pages(self, opened):
        assert [row["left"] for row in rows(show="removed", offset="1", limit="1")["rows"]] == [21]
        assert [row["left"] for row in rows(column="note")["rows"]] == [9]
        assert rows(show="nothing", column="unknown")["count"] == 6
        assert rows(offset="99")["rows"] == []

    def test_what_is_no_table_is_one_error(self, opened):
        status, document = api.answer("rows", {"a": "pets:v0/cat", "b": "pets:v1/cat"})
        assert (status, document["error"]["problem"]) == (400, "is no table")
        assert api.answer("rows", {"a": "pets:v0", "b": B})[0] == 400
        assert api.answer("rows", {"a": "dogs:v0/x", "b": B})[0] == 400
        assert api.answer("columns", {})[0] == 404


class TestLines:
    def test_of_text(self, opened):
        status, found = api.answer("lines", {"a": "pets:v0/notes.txt", "b": "pets:v1/notes.txt"})
        assert (status, found["lines"]) == (200, [["changed", "line 2", "b", "B"]])
        assert found["counts"] == {"changed": 1, "removed": 0, "added": 0}

    def test_of_tables_its_first_cells(self, opened):
        _, found = api.answer("lines", {"a": A, "b": B, "limit": "2"})
        assert found["lines"] == [
            ["changed", "name key 7, score", "3.5", "NaN"],
            ["changed", "name key 9, score", "4.5", "-1.0"],
        ]
        assert found["count"] == 7


class TestChoices:
    def test_names_versions_and_entries(self, opened):
        assert api.answer("names", {})[1]["artifacts"] == ["pets"]
        versions = api.answer("versions", {"name": "pets"})[1]["versions"]
        assert [version[:2] for version in versions] == [["pets:v1", "v1"], ["pets:v0", "v0"]]
        assert "rows.table.json" in api.answer("entries", {"ref": "pets:v0"})[1]["entries"]
        assert api.answer("versions", {"name": "dogs"})[1]["versions"] == []


class TestElsewhere:
    def sides(self, opened, *texts):
        return [find_side(opened, text)[0] for text in texts]

    def test_rows_of_another_process_are_the_same(self, opened, monkeypatch):
        here = table_rows.compared(*self.sides(opened, A, B), wait=60)
        table_rows._kept.clear()
        monkeypatch.setattr(table_rows, "_LARGE_BYTES", 0)
        monkeypatch.setattr(table_rows.ComparedTables, "fill", None)  # in this process it would fail
        there = table_rows.compared(*self.sides(opened, A, B), wait=60)
        assert there.error is None
        assert np.array_equal(there.left, here.left)
        assert np.array_equal(there.right, here.right)
        assert np.array_equal(there.mask, here.mask)
        assert (there.key, there.counts, there.columns, there.size) == (here.key, here.counts, here.columns, here.size)

    def test_entries_of_another_process_are_the_same(self, opened, monkeypatch):
        sides = self.sides(opened, "pets:v0", "pets:v1")
        here = jobs.compare(*sides, lambda _done, _total: None)
        monkeypatch.setattr(jobs, "_LARGE_BYTES", 0)
        monkeypatch.setattr(jobs, "compare", None)
        there = jobs.start(*sides, wait=60)
        assert there.error is None
        assert there.total > 0
        assert json.dumps(there.result.as_json()) == json.dumps(here.as_json())
        assert jobs.known(*sides) == there.result

    def test_what_it_says_reaches_the_page(self, opened, capsys):
        assert worker.main(["rows", opened.path, "pets:v0/cat", "pets:v1/cat"]) == 1
        assert json.loads(capsys.readouterr().out)["problem"] == "is no table"

    def test_results_have_a_cap(self, opened):
        for number in range(4):
            worker.keep_result(str(number), bytes(100))
        assert worker.trim(cap_bytes=250) == 200
        assert worker.kept_result("3") == bytes(100)
