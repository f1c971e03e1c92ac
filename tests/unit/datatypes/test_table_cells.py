"""What the record of a table says of its cells: lossless where each comes back as it was."""

from __future__ import annotations

import datetime as dates  # noqa: ICN001  # dt is datatypes here

import numpy as np
import pytest
from value_contract import written_to_artifact

import datatypes as dt

INSTANT = dates.datetime(2026, 3, 1, 12, 30, tzinfo=dates.UTC)


@pytest.mark.parametrize(
    "cell",
    [
        INSTANT,
        INSTANT.replace(microsecond=5000),
        INSTANT.replace(microsecond=5),
        INSTANT.replace(tzinfo=None),
        INSTANT.replace(tzinfo=dates.timezone(dates.timedelta(hours=5, minutes=30))),
        dates.datetime(1, 1, 1, tzinfo=dates.UTC),
    ],
)
@pytest.mark.parametrize("more", [[], [True], [dt.Image(np.zeros((2, 2), np.uint8))]])
def test_instants_come_back_and_the_record_says_so(cell, more):
    table = dt.Table(columns=list(range(1 + len(more))))
    table.add_data(cell, *more)
    stored, source = written_to_artifact(table)
    again = dt.init_from_json(stored, source)
    assert again.data[0][0] == cell
    assert again.data[0][0].tzinfo == cell.tzinfo or again.data[0][0].utcoffset() == cell.utcoffset()
    assert stored["fidelity"]["verdict"] == "lossless"


def test_what_is_kept_by_name_is_a_loss():
    table = dt.Table(columns=["f"], data=[[print]])
    stored, _ = written_to_artifact(table)
    assert stored["fidelity"]["verdict"] == "lossy"
    assert stored["fidelity"]["steps"] == ["store functions by name"]
