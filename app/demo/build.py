"""Fills a store with the demo: the story of two detectors, a table of tiles, a run, and the type gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage import Store

__all__ = ["STEPS", "build", "build_gallery"]

#: Steps that `build` reports, for a bar of progress.
STEPS = 7


def build(store: Store, progress: Callable[[str], None] = lambda _: None, *, small: bool = False) -> None:
    """Log everything that the demo shows.

    Parameters
    ----------
    store : Store
        Empty, or one that holds an older demo: equal content gives the existing versions.
    progress : callable, optional
        Told what comes next, `STEPS` times.
    small : bool, optional
        Fewer tiles, and a run with fewer pictures: what lies in the source repository.
    """
    from app.demo import costs, story, tiles, training

    progress("a detector with one threshold")
    before = store.log_artifact(story.evaluation(0), aliases=["old"])
    progress("a detector that looks around")
    after = store.log_artifact(story.evaluation(1), aliases=["new"])
    progress("the two joined")
    store.log_artifact(story.comparison(before, after))
    progress("tiles of photographs")
    cuttings = tiles.cut()
    dataset = store.log_artifact(tiles.tiles(cuttings[:: 16 if small else 1]))
    progress("a training run")
    training.train(store, cuttings, dataset.qualified_name, small=small)
    progress("what storing costs")
    store.log_artifact(costs.costs())
    progress("the type gallery")
    build_gallery(store)


def build_gallery(store: Store) -> None:
    """Log the type gallery alone."""
    from app.demo.gallery import gallery

    store.log_artifact(gallery())
