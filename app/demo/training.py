"""A run: a classifier that learns from which photograph a tile comes, by gradient descent on four measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image

import datatypes as dt
from app.demo.tiles import PHOTOGRAPHS, photograph
from storage import Artifact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.demo.tiles import Tile
    from storage import Store

__all__ = ["train"]

STEPS = 240

_SEED = 11


def train(store: Store, cuttings: list[Tile], dataset: str, *, small: bool = False) -> str:
    """Train, and log the run.

    Parameters
    ----------
    store : Store
        Where the run goes.
    cuttings : list of Tile
        What it learns from; a fifth is held back.
    dataset : str
        Reference of the artifact that holds them.
    small : bool, optional
        Log fewer pictures.

    Returns
    -------
    str
        Id of the run.
    """
    every = 120 if small else 40  # steps between two looks at pictures and weights
    inputs, labels = _features(cuttings), _labels(cuttings)
    random = np.random.default_rng(_SEED)
    order = random.permutation(len(labels))
    held, seen = order[: len(order) // 5], order[len(order) // 5 :]
    config = {"learning_rate": 0.5, "momentum": 0.9, "features": inputs.shape[1], "classes": list(PHOTOGRAPHS)}
    with store.run(project="demo", name="which photograph?", config={**config, "batch_size": 256}) as run:
        run.use_artifact(dataset)
        weights, speed = np.zeros((inputs.shape[1], len(PHOTOGRAPHS))), 0.0
        for step in range(STEPS):
            rate = config["learning_rate"] * 0.5 * (1 + np.cos(np.pi * step / STEPS))
            batch = random.choice(seen, 256, replace=False)
            loss, slope = _loss(inputs[batch], labels[batch], weights)
            speed = config["momentum"] * speed - rate * slope
            weights = weights + speed
            row: dict[str, Any] = {
                "train/loss": loss,
                "train/accuracy": _accuracy(inputs[batch], labels[batch], weights),
                "train/learning_rate": float(rate),
                "train/gradient": float(np.linalg.norm(slope)),
            }
            if step % 5 == 0 or step == STEPS - 1:
                row["held back/loss"] = _loss(inputs[held], labels[held], weights)[0]
                row["held back/accuracy"] = _accuracy(inputs[held], labels[held], weights)
            if step % every == 0 or step == STEPS - 1:
                row["weights"] = dt.Histogram(weights.ravel(), num_bins=24)
                row["guess"] = _guess(cuttings, inputs, weights)
            run.log(row, step=step)
        run.summary["tiles seen"] = STEPS * 256
        run.log_artifact(_model(cuttings, held[:: 8 if small else 1], inputs, weights), aliases=["trained"])
    return str(run.id)


def _model(cuttings: list[Tile], held: Any, inputs: Any, weights: Any) -> Artifact:
    """Return what was trained: its weights, and what it says of the tiles that it has not seen."""
    names = list(PHOTOGRAPHS)
    artifact = Artifact("photograph-classifier", type="model", metadata={"classes": names, "weights": weights.shape})
    with artifact.new_file("weights.npy", "wb") as file:
        np.save(file, weights)
    table = dt.Table(columns=["tile", "photograph", "taken for", "share", "right"])
    shares = _shares(inputs[held], weights)
    for at, share in zip(held, shares, strict=True):
        tile, guess = cuttings[at], names[int(share.argmax())]
        picture = dt.Image(tile.picture)
        table.add_data(picture, tile.photograph, guess, round(float(share.max()), 4), guess == tile.photograph)
    artifact.add(table, "held-back")
    return artifact


def _features(cuttings: list[Tile]) -> NDArray[np.float64]:
    """Return the measures of each tile, each with mean 0 and deviation 1, their products, and a constant."""
    measures = np.array([tile.measures() for tile in cuttings])
    even = (measures - measures.mean(0)) / measures.std(0)
    pairs = [even[:, i] * even[:, j] for i in range(even.shape[1]) for j in range(i, even.shape[1])]
    return np.column_stack([even, *pairs, np.ones(len(even))])


def _labels(cuttings: list[Tile]) -> NDArray[np.int64]:
    names = list(PHOTOGRAPHS)
    return np.array([names.index(tile.photograph) for tile in cuttings])


def _shares(inputs: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the softmax of the scores, a row a tile."""
    scores = inputs @ weights
    powers = np.exp(scores - scores.max(1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(1, keepdims=True)
    return shares


def _loss(inputs: Any, labels: Any, weights: Any) -> tuple[float, Any]:
    """Return the mean cross-entropy and its slope by the weights."""
    shares = _shares(inputs, weights)
    right = shares[np.arange(len(labels)), labels]
    loss = float(-np.log(np.maximum(right, 1e-12)).mean())
    shares[np.arange(len(labels)), labels] -= 1
    return loss, inputs.T @ shares / len(labels)


def _accuracy(inputs: Any, labels: Any, weights: Any) -> float:
    return float((_shares(inputs, weights).argmax(1) == labels).mean())


def _guess(cuttings: list[Tile], inputs: Any, weights: Any) -> dt.Image:
    """Return one photograph with the class that each of its tiles is taken for; tiles that are left out stay open."""
    mine = [at for at, tile in enumerate(cuttings) if tile.photograph == "coffee"]
    guesses = _shares(inputs[mine], weights).argmax(1)
    rows, columns = (max(getattr(cuttings[at], side) for at in mine) + 1 for side in ("row", "column"))
    ids = np.zeros((rows, columns), np.uint8)
    for at, guess in zip(mine, guesses, strict=True):
        ids[cuttings[at].row, cuttings[at].column] = guess + 1
    large = np.asarray(PIL.Image.fromarray(ids).resize((columns * 16, rows * 16), PIL.Image.Resampling.NEAREST))
    pixels = photograph("coffee")[: rows * 32 : 2, : columns * 32 : 2]
    names = {0: "background", **dict(enumerate(PHOTOGRAPHS, 1))}
    right = float((guesses + 1 == list(PHOTOGRAPHS).index("coffee") + 1).mean())
    mask = {"mask_data": large, "class_labels": names}
    return dt.Image(pixels, caption=f"{right:.0%} of its tiles taken for coffee", masks={"taken for": mask})
