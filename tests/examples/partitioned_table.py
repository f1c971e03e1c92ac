"""Tables in parts, in an artifact."""

from __future__ import annotations

from sinks import DictStore

import datatypes as dt


def examples():
    store = DictStore()
    for number in range(3):
        store.add(
            dt.Table(columns=["n", "text"], data=[[number, f"part {number}"], [number + 10, None]]), f"parts/{number}"
        )
    yield "three parts", store.get(store.add(dt.PartitionedTable("parts"), "parted").path)
    empty = DictStore()
    yield "no parts", empty.get(empty.add(dt.PartitionedTable("nothing"), "parted").path)
