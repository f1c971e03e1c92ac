"""Figures of matplotlib as figures of plotly: converted by plotly's own tools, and then checked artist by artist.

The converter warns, or says nothing, when it leaves something out. So each line, point cloud and bar of the given
figure is looked for in the result; what is not there is counted, and the largest distance of what is there is measured.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes.errors import RejectedTypeError
from datatypes.extras import need
from datatypes.fidelity import FidelityRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Converted", "convert", "figure_of", "is_matplotlib"]

#: What plotly's converter raises for what it cannot take: it has no error class of its own.
_REFUSALS = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)

#: Share of the largest coordinate within which two points are one: the converter goes to pixels and back.
_SAME = 1e-6

_ARROWS = ("Quiver", "Barbs")

#: Data that no trace has.
_NOWHERE = ((math.nan, math.nan),)


class Converted(NamedTuple):
    """A figure of plotly, and what the conversion cost; or the reason why there is none."""

    figure: Any
    record: FidelityRecord
    problem: str | None


def is_matplotlib(value: Any) -> bool:
    """Whether a value is matplotlib's: a figure, axes, another artist, or the module pyplot."""
    if getattr(value, "__name__", "") == "matplotlib.pyplot":
        return True
    return any(cls.__module__.partition(".")[0] == "matplotlib" for cls in type(value).__mro__)


def figure_of(value: Any) -> Any:
    """Return the figure that a value of matplotlib is or belongs to.

    Raises
    ------
    RejectedTypeError
        If it belongs to none.
    """
    if hasattr(value, "gcf"):
        return value.gcf()
    figure: Any = value if hasattr(value, "savefig") else getattr(value, "figure", None)
    if hasattr(figure, "figure") and not hasattr(figure, "savefig"):  # a figure inside of a figure
        figure = figure.figure
    if not hasattr(figure, "savefig"):
        found = type(value).__name__
        raise RejectedTypeError("matplotlib object", f"is {found} outside a figure", "Pass a figure or its axes.")
    return figure


def convert(figure: Any) -> Converted:
    """Convert a figure of matplotlib.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure; it is not changed.

    Returns
    -------
    Converted
        ``problem`` says why a picture would show more: there are images, or the converter refuses or leaves out a part.
    """
    width, height = (float(side) for side in figure.get_size_inches())
    source = {"kind": "matplotlib", "size_inches": [width, height], "dpi": float(figure.dpi)}
    images = sum(len(axes.images) for axes in figure.axes)
    if images:
        return _refused(
            source, f"it has {images} image{'s' if images > 1 else ''}, which plotly's converter leaves out"
        )
    tools = need("plotly.tools", "Plotly from a matplotlib figure")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what they say is found out below, for certain
            made = tools.mpl_to_plotly(figure)
            traces = made.to_plotly_json()["data"]
    except _REFUSALS as error:
        reason = str(error).strip().partition("\n")[0]
        return _refused(source, f"plotly's converter refuses it ({type(error).__name__}: {reason})")
    lost, error_found = _compare(figure, traces)
    steps = ["convert to plotly by plotly.tools.mpl_to_plotly", *(f"leave out {name}" for name in lost)]
    record = FidelityRecord("lossy", source, steps, dropped=len(lost), max_abs_error=error_found)
    problem = f"plotly's converter leaves out {', '.join(lost)}" if lost else None
    return Converted(made, record, problem)


def _refused(source: dict[str, Any], problem: str) -> Converted:
    return Converted(None, FidelityRecord("lossy", source, ["draw as PNG", problem]), problem)


def _compare(figure: Any, traces: list[dict[str, Any]]) -> tuple[list[str], float | None]:
    """Return the names of artists whose data is in no trace, and the largest distance of data that is.

    The distance is in the units of the axes, over points whose coordinates are numbers; None if there are none.
    """
    arrays = [found for trace in traces if (found := _points(trace.get("x"), trace.get("y"))) is not None]
    lost, largest = [], None
    for name, given in _artists(figure):
        search = _bar_distance if name == "a bar" else _distance
        distances = [distance for array in arrays if (distance := search(given, array)) is not None]
        if distances:
            largest = max(largest or 0.0, min(distances))
        else:
            lost.append(name)
    return lost, largest


def _artists(figure: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """Give what shows data: (name, points of shape (n, 2) in the units of its axes).

    Of a bar the two points are what either kind of bar has in a trace: (middle, height), (width, middle).
    """
    import numpy as np

    for axes in figure.axes:
        bars = {id(patch) for container in axes.containers for patch in getattr(container, "patches", ())}
        for line in filter(_is_shown, axes.lines):
            data: list[Any] = [np.ma.asarray(item, float) for item in line.get_data(orig=False)]
            given: list[NDArray[Any]] = [np.ma.filled(item, np.nan) for item in data]
            yield _name(line), np.stack(np.broadcast_arrays(*given), axis=1)
        for collection in filter(_is_shown, axes.collections):
            offsets = np.asarray(np.ma.filled(collection.get_offsets(), np.nan), float)
            points = [offsets] if offsets.any() else [path.vertices for path in collection.get_paths()]
            if type(collection).__name__ in _ARROWS or (collection.get_array() is not None and not offsets.any()):
                points = [_NOWHERE]  # arrows, or areas coloured by value: the converter has bare outlines for them
            yield from ((_name(collection), np.asarray(item, float)) for item in points if len(item))
        for patch in filter(_is_shown, axes.patches):
            if id(patch) in bars:
                x, y, width, height = patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()
                yield "a bar", np.array([[x + width / 2, height], [width, y + height / 2]])
            else:
                yield type(patch).__name__, np.asarray(_NOWHERE)  # the converter draws no other patches


def _is_shown(artist: Any) -> bool:
    return bool(artist.get_visible())


def _name(artist: Any) -> str:
    label = str(artist.get_label())
    return type(artist).__name__ if label.startswith("_") or not label else f"{type(artist).__name__} {label!r}"


def _points(x: Any, y: Any) -> NDArray[Any] | None:
    """Return the points of a trace; dates, which the converter writes as text, as days like matplotlib."""
    import numpy as np

    columns: list[NDArray[Any]] = []
    for values in (x, y):
        try:
            columns.append(np.asarray(values, float).ravel())
        except (TypeError, ValueError):
            try:
                instants = np.asarray(values, "datetime64[us]").ravel()
            except (TypeError, ValueError):
                return None
            columns.append((instants - np.datetime64(0, "us")) / np.timedelta64(1, "D"))
    return np.stack(columns, axis=1) if columns[0].shape == columns[1].shape else None


def _distance(given: NDArray[Any], found: NDArray[Any]) -> float | None:
    """Return how far two sequences of points are apart; None if they are not the same ones.

    A polygon of matplotlib ends with its first point once more.
    """
    import numpy as np

    if len(given) == len(found) + 1:
        given = given[:-1]
    if given.shape != found.shape or not np.array_equal(np.isfinite(given), np.isfinite(found)):
        return None
    finite = np.isfinite(given)
    if not finite.any():
        return 0.0 if not len(given) else None
    distance = float(np.abs(given - found)[finite].max())
    return distance if distance <= _SAME * np.abs(given[finite]).max() else None


def _bar_distance(given: NDArray[Any], found: NDArray[Any]) -> float | None:
    """Return how far a bar is from the nearest one of a trace of bars; None if there is none where it should be."""
    import numpy as np

    if not len(found):
        return None
    distance = float(np.abs(found[:, None, :] - given[None, :, :]).max(axis=2).min())
    return distance if distance <= _SAME * max(1.0, float(np.abs(given).max())) else None
