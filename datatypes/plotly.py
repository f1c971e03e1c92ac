"""`Plotly`: a figure (wire tag ``plotly-file``; ≤0.8.22: ``plotly``, inline)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypedDict

from datatypes import wire
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.extras import need
from datatypes.fidelity import FidelityRecord
from datatypes.figure_json import decode_arrays, plain
from datatypes.json_document import JSONDocument
from datatypes.matplotlib_figure import convert, figure_of, is_matplotlib

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datatypes.image import Image

__all__ = ["Plotly"]


class PlotlyJSON(TypedDict, total=False):
    """Form on the wire; the file is the figure's JSON: ``data``, ``layout``, ``frames``."""

    _type: Literal["plotly-file"]
    path: str
    sha256: str
    size: int  # run only


class Plotly(JSONDocument):
    """A figure of plotly.

    Parameters
    ----------
    val : plotly.graph_objects.Figure or figure, axes of matplotlib, or matplotlib.pyplot
        A figure of matplotlib is converted by plotly's own tools; the record says what that cost.

    Raises
    ------
    RejectedValueError
        If it is no figure, or one of matplotlib that cannot be converted; the reason is given. `make_plot_media` stores
        a picture then.

    Notes
    -----
    Source: SDK 0.31.0. A dict is refused there; `from_dict` takes one.
    """

    artifact_type = "plotly-file"
    wire_aliases = ("plotly",)  # ≤0.8.22
    inline_field = "plot"
    media_folder = "media/plotly"
    extension = ".plotly.json"
    file_extensions = (".plotly.json",)
    wire_keys: ClassVar[frozenset[str]] = frozenset(["_type", "path", "sha256", "size", "plot"])

    _figure_problem: str | None = None

    def __init__(self, val: Any) -> None:
        super().__init__()
        if is_matplotlib(val):
            converted = convert(figure_of(val))
            if converted.figure is None:
                remedy = "Use Plotly.make_plot_media(figure) or Image(figure), which store a picture."
                raise RejectedValueError("matplotlib figure", f"{converted.problem}", remedy)
            self._set_figure(converted.figure.to_plotly_json(), converted.record)
        elif _is_figure(val):
            document = val.to_plotly_json()
            self._set_figure(document, FidelityRecord("lossless", _source("plotly", document)))
        else:
            remedy = "Pass a figure of plotly or matplotlib; of a dict use Plotly.from_dict."
            raise RejectedValueError("val", f"is {type(val).__name__}, not a figure", remedy)

    def _set_figure(self, figure: Mapping[str, Any], record: FidelityRecord) -> None:
        notes: Counter[str] = Counter()
        self._set_document(plain(figure, notes))
        steps = [f"write {notes['date']} dates as ISO text"] if notes["date"] else []
        steps += [f"write {notes['null']} single numbers that are not finite as null"] if notes["null"] else []
        steps += [f"round {notes['decimal']} decimals to floats"] if notes["decimal"] else []
        dropped = record.measures.get("dropped", 0) + notes["null"]
        if notes["null"] or notes["decimal"]:
            measures = {**record.measures, "dropped": dropped}
            record = FidelityRecord("lossy", record.source, record.steps + steps, **measures)
        self._fidelity = record

    @classmethod
    def from_dict(cls, figure: Mapping[str, Any]) -> Self:
        """Make a value of a figure's dict (``data``, ``layout``, ``frames``); plotly is not asked whether it is valid.

        Raises
        ------
        RejectedTypeError
            If it is no dict with a list of traces under ``data``, or holds what JSON cannot.
        """
        if not hasattr(figure, "keys") or not isinstance(figure.get("data"), list | tuple):
            raise RejectedTypeError("figure", 'is no dict with a list under "data"', "Pass the dict of a figure.")
        value = cls._empty()
        value._set_figure(figure, FidelityRecord("lossless", _source("dict", figure)))
        return value

    @classmethod
    def make_plot_media(cls, val: Any) -> Image | Plotly:
        """Make what shows a figure best: a `Plotly`, or an `Image` of one of matplotlib that plotly cannot show whole.

        The record of the picture has the reason.
        """
        if is_matplotlib(val):
            figure = figure_of(val)
            converted = convert(figure)
            if converted.problem is None:
                value = cls._empty()
                value._set_figure(converted.figure.to_plotly_json(), converted.record)
                return value
            from datatypes.image import Image

            picture = Image(figure)
            steps = ["draw as PNG", converted.problem]
            picture._fidelity = FidelityRecord("lossy", converted.record.source, steps)
            return picture
        return cls(val)

    @property
    def figure(self) -> Any:
        """The figure, made anew each time.

        Properties that the installed plotly does not know (a figure of another release may have some) are left out, and
        `figure_problem` names the first; `document_json` has them all.

        Raises
        ------
        UnreadableMediaError, DecodeLimitError
            If the file is no figure, or an array in it does not have the length that its shape says.
        """
        objects = need("plotly.graph_objects", "Plotly.figure")
        document = self.document_json
        decode_arrays(document, self._subject)  # nothing is built of arrays that lie about their length
        try:
            figure = objects.Figure(document)
        except ValueError as error:
            self._figure_problem = " ".join(str(error).split())[:300]
            figure = objects.Figure(document, skip_invalid=True)
        return figure

    @property
    def figure_problem(self) -> str | None:
        """What the installed plotly refuses in the figure; None as long as `figure` has found nothing."""
        return self._figure_problem

    @property
    def traces(self) -> list[dict[str, Any]]:
        """The traces, with arrays of numpy in place of those in plotly's binary form."""
        found = self.document_json.get("data")
        traces = found if isinstance(found, list) else []
        return [decode_arrays(trace, self._subject) for trace in traces if isinstance(trace, dict)]

    @property
    def title(self) -> str | None:
        """Title of the layout."""
        layout = self.document_json.get("layout")
        title = layout.get("title") if isinstance(layout, dict) else None
        title = title.get("text") if isinstance(title, dict) else title
        return title if isinstance(title, str) else None

    def _comparable(self) -> Any:
        return decode_arrays(self.document_json, self._subject)

    def facts(self) -> dict[str, Any]:
        """Return title, traces and the keys of the figure."""
        found = self.document_json.get("data")
        traces = found if isinstance(found, list) else []
        types = [trace.get("type", "scatter") if isinstance(trace, dict) else None for trace in traces]
        return {
            **super().facts(),
            "title": wire.json_safe(self.title),
            "top_level_keys": sorted(wire.json_safe(dict.fromkeys(self.document_json))),
            "trace_types": wire.json_safe(types),
            "traces": len(traces),
        }

    def __repr__(self) -> str:
        """One line: title, or where it lies."""
        shown = repr(self.path) if self.path else f"{self._file().size:,} bytes"
        return f"Plotly({shown})"


def _is_figure(value: Any) -> bool:
    modules = {cls.__module__.partition(".")[0] for cls in type(value).__mro__}
    return "plotly" in modules and all(hasattr(value, name) for name in ("to_plotly_json", "data", "layout"))


def _source(kind: str, figure: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "traces": len(figure["data"])}
