"""Five clicks through the demo: what the product is for, on data that was computed a second ago."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.demo.story import COMPARISON, DETECTOR
from app.session import TourStep
from app.views.addresses import entry_page, export_page, with_state

if TYPE_CHECKING:
    from storage import Store

__all__ = ["WORST", "tour"]

#: Scene in which the newer detector finds less than the older one; a test computes it.
WORST = "moving camera"

#: Columns of the joined table that tell the story; ``_x`` is the older detector, ``_y`` the newer.
_COLUMNS = "scene,picture_x,picture_y,f1_x,f1_y,missed_x,missed_y,false_x,false_y"


def tour(store: Store) -> tuple[TourStep, ...]:
    """Return the steps for a store that `app.demo.build.build` has filled."""
    joined = store.artifact(COMPARISON)
    table = next(name for name in joined.names() if name.endswith(".joined-table.json"))
    page = entry_page(joined.qualified_name, table)
    older: Any = store.artifact(f"{DETECTOR}:v0").get("scenes")
    scenes = list(older.get_column("scene"))
    picture = with_state(page, {"row": str(scenes.index(WORST)), "cell": "picture_y"})
    return (
        TourStep(
            "Two versions",
            "An old and a new detector on the same photographs, joined by scene.",
            with_state(page, {"cols": _COLUMNS}),
        ),
        TourStep(
            "What got worse",
            "One filter: scenes in which the new one scores less.",
            with_state(page, {"q": "f1_y < f1_x", "cols": _COLUMNS}),
        ),
        TourStep(
            "The picture that shows it", "A moving camera: true boxes and found ones, by class and score.", picture
        ),
        TourStep("Is it what was logged?", "Every value with what its storing cost, worst first.", "/fidelity"),
        TourStep(
            "Take it home",
            "The comparison as one HTML file, to mail or to keep.",
            with_state(export_page(joined.qualified_name, table), {"cols": _COLUMNS, "sort": "f1_y"}),
        ),
    )
