"""An artifact's fidelity records: how many values are what was logged, and the others, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components.empty_state import empty_state
from app.components.listing import listing
from app.components.notices import notices
from app.listed_values import listed_values
from app.records import MAX_COUNTED, VERDICTS, records_of
from app.renderers import Notice
from app.text import human_count
from app.views import frame, inspecting
from app.views.addresses import entry_page

if TYPE_CHECKING:
    from app.session import Session
    from datatypes.fidelity import FidelityRecord

#: Order of the list: what needs a look first.
_WORST_FIRST = {"lossy": 0, "bounded": 1, "unknown": 2, "lossless": 3}

_EXAMPLE = """from datatypes import Image

artifact.add(Image(pixels), "cat")     # the record is made while it is added
print(artifact.get("cat").fidelity)"""


def show_fidelity(_session: Session, artifact: Any) -> None:
    """Draw the tab."""
    found = records_of(artifact)
    if not found:
        empty_state("No values", "What storing a value cost is recorded when it is added:", _EXAMPLE)
        return
    counts = {verdict: sum(_verdict(record) == verdict for _, record in found) for verdict in VERDICTS}
    said = [f"{count:,} {verdict}" for verdict, count in counts.items() if count]
    lines = [Notice(f"{human_count(len(found), 'value')}: {', '.join(said)}")]
    total = len(listed_values(artifact))
    if total > MAX_COUNTED:
        lines.append(Notice(f"{MAX_COUNTED:,} of {total:,} values, because each is opened for it"))
    notices(lines, key="fidelity-counts")
    rows = [_row(artifact, name, record) for name, record in sorted(found, key=lambda item: _rank(*item))]
    listing(["Value", "Given", "Steps", ">Largest error", ">Decibels"], rows, key="fidelity-rows")


def _verdict(record: FidelityRecord | None) -> str:
    return record.verdict if record is not None else "unknown"


def _rank(name: str, record: FidelityRecord | None) -> tuple[int, float, str]:
    """Sort by verdict, then the noisiest first, then by name."""
    decibels = None if record is None else record.psnr_db if record.psnr_db is not None else record.snr_db
    quiet = float(decibels) if isinstance(decibels, int | float) else float("inf")
    return _WORST_FIRST[_verdict(record)], quiet, name


def _row(artifact: Any, name: str, record: FidelityRecord | None) -> dict[str, Any]:
    badge = inspecting.fidelity_badge(record)
    source = record.source if record is not None else {}
    shape = "×".join(str(side) for side in source.get("shape", ()))
    given = " ".join(filter(None, (str(source.get("kind", "")), str(source.get("dtype", "")), shape)))
    steps = "; ".join(record.steps) if record is not None else ""
    error = record.max_abs_error if record is not None else None
    decibels = None if record is None else record.psnr_db if record.psnr_db is not None else record.snr_db
    return {
        "href": entry_page(artifact.qualified_name, name),
        "icon": frame.icon_of(name),
        "cells": [frame.short_name(name), given, steps, _number(error), _number(decibels, 1)],
        "badge": badge,
        "wholes": [name, given, steps, "", ""],
    }


def _number(value: Any, places: int | None = None) -> str:
    if not isinstance(value, int | float):
        return ""
    return f"{value:.3g}" if places is None else f"{value:.{places}f}"
