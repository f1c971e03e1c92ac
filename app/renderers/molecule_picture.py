"""A small picture of a molecule, drawn from its atoms alone: what stands for it on cards and in cells."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datatypes.atoms import Atom

__all__ = ["bonds_of", "picture_of"]

#: Longest side in pixels, and the edge that stays free.
_WIDTH, _HEIGHT, _EDGE = 320, 240, 18

#: Drawn at twice the size and reduced: Pillow's circles have no soft edge.
_SCALE = 2

#: Atoms of the largest molecule that is drawn with bonds; a larger one is drawn by so many of its atoms.
_MOST_ATOMS = 3_000

#: Corey, Pauling and Koltun's colours as Jmol has them, for the elements that are common; others are pink, as there.
_COLOURS = {
    "H": (235, 235, 235), "C": (110, 110, 110), "N": (48, 80, 248), "O": (255, 13, 13), "F": (144, 224, 80),
    "Na": (171, 92, 242), "Mg": (90, 200, 0), "P": (255, 128, 0), "S": (230, 200, 40), "Cl": (31, 200, 31),
    "K": (143, 64, 212), "Ca": (61, 200, 0), "Fe": (224, 102, 51), "Cu": (200, 128, 51), "Zn": (125, 128, 176),
    "Br": (166, 41, 41), "I": (148, 0, 148), "Si": (200, 165, 130), "B": (255, 181, 181),
}  # fmt: skip
_OTHER = (255, 20, 147)

#: Covalent radii in ångström (Cordero and others, 2008), for the same elements.
_RADII = {
    "H": 0.31, "C": 0.76, "N": 0.71, "O": 0.66, "F": 0.57, "Na": 1.66, "Mg": 1.41, "P": 1.07, "S": 1.05, "Cl": 1.02,
    "K": 2.03, "Ca": 1.76, "Fe": 1.32, "Cu": 1.32, "Zn": 1.22, "Br": 1.20, "I": 1.39, "Si": 1.11, "B": 0.84,
}  # fmt: skip
_OTHER_RADIUS = 1.3

#: Two atoms are bound if they are nearer than the sum of their radii and this much.
_SLACK = 0.45


def picture_of(atoms: Sequence[Atom], kind: str) -> bytes:
    """Draw atoms and bonds from the side that shows most of them.

    Parameters
    ----------
    atoms : sequence of Atom
        One model.
    kind : str
        Format of the file: GRO has nanometres.

    Returns
    -------
    bytes
        WebP, 320×240 pixels, transparent.
    """
    import numpy as np
    import PIL.Image
    import PIL.ImageDraw

    whole = [atom for atom in atoms if all(map(math.isfinite, atom.place))]
    shown = whole[:: len(whole) // _MOST_ATOMS + 1]
    picture = PIL.Image.new("RGBA", (_WIDTH * _SCALE, _HEIGHT * _SCALE))
    if shown:
        elements = [atom.element for atom in shown]
        places = np.array([atom.place for atom in shown], np.float64) * (10 if kind == "gro" else 1)
        flat, ratio = _projected(places)
        bonds = bonds_of(elements, places) if len(shown) == len(whole) else np.empty((0, 2), np.intp)
        _paint(PIL.ImageDraw.Draw(picture), flat, ratio, elements, bonds)
    buffer = io.BytesIO()
    picture.resize((_WIDTH, _HEIGHT), PIL.Image.Resampling.LANCZOS).save(buffer, "WEBP", quality=85, method=2)
    return buffer.getvalue()


def bonds_of(elements: Sequence[str], places: NDArray[Any]) -> NDArray[Any]:
    """Return pairs of atoms that are as near as bound atoms are.

    Parameters
    ----------
    elements : sequence of str
        Symbols, of n atoms.
    places : ndarray
        (n, 3) in ångström.

    Returns
    -------
    ndarray
        (bonds, 2) of int: indices of two atoms, the smaller first.
    """
    import numpy as np

    radii = np.array([_RADII.get(symbol, _OTHER_RADIUS) for symbol in elements])
    light = np.array([symbol == "H" for symbol in elements], bool)
    order = np.argsort(places[:, 0], kind="stable")  # along one axis, so that each looks at few others
    reach = 2 * float(radii.max(initial=0)) + _SLACK
    ends = np.searchsorted(places[order, 0], places[order, 0] + reach, side="right")
    found = []
    for at, index in enumerate(order):
        others = order[at + 1 : ends[at]]
        distance = np.linalg.norm(places[others] - places[index], axis=1)
        near = (distance < radii[others] + radii[index] + _SLACK) & (distance > 0.4)
        near &= ~(light[others] & light[index])
        found += [(min(index, other), max(index, other)) for other in others[near]]
    return np.array(sorted(found), np.intp).reshape(-1, 2)


def _projected(places: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """Return places on the picture with their depth, and pixels per ångström."""
    import numpy as np

    centred = places - places.mean(axis=0)
    _, _, axes = np.linalg.svd(centred[:: max(1, len(centred) // 2000)], full_matrices=False)
    turned = centred @ np.vstack([axes, np.zeros((3 - len(axes), 3))]).T
    low, high = turned[:, :2].min(axis=0) - 0.6, turned[:, :2].max(axis=0) + 0.6
    size = np.array([_WIDTH, _HEIGHT]) - 2 * _EDGE
    ratio = float(min(size / np.maximum(high - low, 1e-6)).clip(max=40)) * _SCALE
    middle = np.array([_WIDTH, _HEIGHT]) * _SCALE / 2
    turned[:, :2] = (turned[:, :2] - (low + high) / 2) * ratio + middle
    return turned, ratio


def _paint(pen: Any, flat: NDArray[Any], ratio: float, elements: Sequence[str], bonds: NDArray[Any]) -> None:
    """Paint bonds and atoms from the back to the front."""
    wide = max(2.0, min(0.22 * ratio, 14.0))
    things: list[tuple[float, int, int]] = [(float(flat[index, 2]), index, -1) for index in range(len(flat))]
    things += [(float(min(flat[a, 2], flat[b, 2])) - 1e-6, int(a), int(b)) for a, b in bonds]
    for _, first, second in sorted(things):
        x, y = flat[first, :2]
        if second >= 0:
            middle = tuple((flat[first, :2] + flat[second, :2]) / 2)
            for index in (first, second):
                end = tuple(flat[index, :2])
                pen.line([middle, end], (120, 130, 140), round(wide) + 2)
                pen.line([middle, end], _COLOURS.get(elements[index], _OTHER), round(wide))
            continue
        colour = _COLOURS.get(elements[first], _OTHER)
        radius = max(2.0, min((0.24 if elements[first] == "H" else 0.36) * ratio, 30.0))
        edge = tuple(int(part * 0.62) for part in colour)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour, edge, 2)
        shine = radius * 0.35
        if radius > 6:
            light = tuple(int(part + (255 - part) * 0.55) for part in colour)
            left, top = x - radius * 0.35 - shine / 2, y - radius * 0.35 - shine / 2
            pen.ellipse((left, top, left + shine, top + shine), light)
