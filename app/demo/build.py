"""Fills a store with the demo: the story of two detectors, a table of tiles, a run, and the type gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage import Store

__all__ = ["STEPS", "build", "build_gallery"]

#: Steps that `build` reports, for a bar of progress.
STEPS = 6


def build(store: Store, progress: Callable[[str], None] = lambda _: None) -> None:
    """Log everything that the demo shows.

    Parameters
    ----------
    store : Store
        Empty, or one that holds an older demo: equal content gives the existing versions.
    progress : callable, optional
        Told what comes next, `STEPS` times.
    """
    from app.demo import story, tiles, training

    progress("a detector with one threshold")
    before = store.log_artifact(story.evaluation(0), aliases=["old"])
    progress("a detector that looks around")
    after = store.log_artifact(story.evaluation(1), aliases=["new"])
    progress("the two joined")
    store.log_artifact(story.comparison(before, after))
    progress("tiles of photographs")
    cuttings = tiles.cut()
    dataset = store.log_artifact(tiles.tiles(cuttings))
    progress("a training run")
    training.train(store, cuttings, dataset.qualified_name)
    progress("the type gallery")
    build_gallery(store)


def build_gallery(store: Store) -> None:
    """Log the type gallery alone."""
    from app.demo.gallery import gallery

    store.log_artifact(gallery())
