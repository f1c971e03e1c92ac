"""Joined tables that lie in an artifact: given as tables, by name, and by one key or two."""

from __future__ import annotations

from sinks import DictStore

import datatypes as dt


def tables():
    left = dt.Table(columns=["id", "shade"], data=[[1, "light"], [2, "dark"], [2, "darker"], [None, "none"]])
    right = dt.Table(columns=["key", "label"], data=[[2, "cat"], [3, "dog"], [None, "missing"]])
    return left, right


def stored(value, store):
    entry = store.add(value, "joined")
    return store.get(entry.path)


def examples():
    left, right = tables()
    yield "two tables, two keys", stored(dt.JoinedTable(left, right, ["id", "key"]), DictStore())
    store = DictStore()
    paths = [store.add(table, name).path for name, table in (("left", left), ("right", left))]
    yield "by name, one key", stored(dt.JoinedTable(*paths, "id"), store)
