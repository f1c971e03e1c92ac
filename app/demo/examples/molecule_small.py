"""A small molecule, with its bonds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datatypes as dt
from app.demo import demo_file

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Molecule", "caffeine"


def log(artifact: Artifact) -> None:
    """Log it."""
    artifact.add(dt.Molecule(demo_file("caffeine.sdf"), caption="Caffeine"), "caffeine")
