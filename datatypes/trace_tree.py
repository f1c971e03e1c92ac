"""`WBTraceTree`: the spans of one call of a chain or agent (wire tag ``wb_trace_tree``), inline in the JSON."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypedDict

from datatypes import wire
from datatypes.base import WBValue
from datatypes.errors import RejectedTypeError, WireFormatError
from datatypes.fidelity import FidelityRecord
from datatypes.json_difference import compare_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datatypes.ports import MediaSink, MediaSource

__all__ = ["WBTraceTree"]


class TraceTreeJSON(TypedDict, total=False):
    """Form on the wire: JSON inside of text."""

    _type: str
    root_span_dumps: str
    model_dict_dumps: str
    model_hash: str  # first 16 digits of the md5 of model_dict_dumps


class WBTraceTree(WBValue):
    """A tree of spans: what was called, when, with what, and what came of it.

    Parameters
    ----------
    root_span : dict or dataclass
        ``span_id, name, start_time_ms, end_time_ms`` (milliseconds since 1970), ``status_code, status_message,
        attributes, results`` (each with inputs and outputs), ``child_spans, span_kind`` (LLM, CHAIN, AGENT, TOOL).
    model_dict : dict, optional
        What describes the model.

    Raises
    ------
    RejectedTypeError
        If `root_span` is neither a dict nor a dataclass.

    Notes
    -----
    Source: SDK 0.15.0 to 0.31.0. What JSON cannot hold becomes text that says so; the record counts it.
    """

    artifact_type = "wb_trace_tree"
    wire_keys: ClassVar[frozenset[str]] = frozenset(["_type", "root_span_dumps", "model_dict_dumps", "model_hash"])

    def __init__(self, root_span: Any, model_dict: dict[str, Any] | None = None) -> None:
        super().__init__()
        if dataclasses.is_dataclass(root_span) and not isinstance(root_span, type):
            root_span = dataclasses.asdict(root_span)
        for name, given in (("root_span", root_span), ("model_dict", model_dict)):
            if not isinstance(given, dict) and not (name == "model_dict" and given is None):
                raise RejectedTypeError(name, f"is {type(given).__name__}", "Pass a dict, or a span of W&B's classes.")
        lost: list[str] = []
        self._dumps = {"root_span_dumps": _dump(root_span, lost)}
        if model_dict is not None:
            text = _dump(model_dict, lost)
            digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            self._dumps |= {"model_dict_dumps": text, "model_hash": digest[:16]}
        if lost:
            steps = [f"write {name} as text that says so" for name in sorted(set(lost))]
            self._fidelity = FidelityRecord("lossy", {"kind": "spans"}, steps, dropped=len(lost))

    @property
    def root_span(self) -> dict[str, Any]:
        """The outermost span, with all below it.

        Raises
        ------
        WireFormatError
            If the stored text is no JSON object.
        """
        return self._parsed("root_span_dumps")

    @property
    def model_dict(self) -> dict[str, Any] | None:
        """What describes the model; None if nothing does."""
        return self._parsed("model_dict_dumps") if "model_dict_dumps" in self._dumps else None

    def spans(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Give (depth, span) of all spans, each before those below it."""
        pending = [(0, self.root_span)]
        while pending:
            depth, span = pending.pop()
            yield depth, span
            below = span.get("child_spans") or []
            pending += [(depth + 1, item) for item in reversed(below) if isinstance(item, dict)]

    def _parsed(self, field: str) -> dict[str, Any]:
        try:
            found = json.loads(self._dumps[field])
        except (KeyError, ValueError, RecursionError) as error:
            raise WireFormatError("wb_trace_tree JSON", f"{field} is not JSON ({error})", "Log it again.") from error
        if not isinstance(found, dict):
            raise WireFormatError(
                "wb_trace_tree JSON", f"{field} is {type(found).__name__}, not an object", "Log again."
            )
        return found

    def to_json(self, run_or_artifact: MediaSink | None = None) -> dict[str, Any]:
        """Return the JSON; there is no side file, so any target will do, None too."""
        return {"_type": "wb_trace_tree", **self._dumps, **self._rest()}

    @classmethod
    def from_json(cls, json_obj: dict[str, Any], source_artifact: MediaSource) -> Self:
        """Read a tree; its texts are parsed when they are used, and kept as they are."""
        value = cls.__new__(cls)
        WBValue.__init__(value)
        value._dumps = {"root_span_dumps": wire.text_field(json_obj, "root_span_dumps", "wb_trace_tree")}
        for field in ("model_dict_dumps", "model_hash"):
            if json_obj.get(field) is not None:
                value._dumps[field] = wire.text_field(json_obj, field, "wb_trace_tree")
        value._keep_rest(json_obj)
        return value

    def facts(self) -> dict[str, Any]:
        """Return the spans and the model."""
        facts = {"root": self.root_span, "model": self.model_dict, "model_hash": self._dumps.get("model_hash")}
        return {"$media": "wb_trace_tree", **wire.json_safe(facts)}

    def difference(self, other: WBValue) -> dict[str, Any]:
        """Measure by path; see `datatypes.json_difference.compare_json`."""
        self._same_type(other)
        if not isinstance(other, WBTraceTree):
            raise RejectedTypeError("difference", "needs two trees", "Pass a WBTraceTree.")
        mine = {"root": self.root_span, "model": self.model_dict}
        return compare_json(mine, {"root": other.root_span, "model": other.model_dict})

    def __eq__(self, other: object) -> bool:
        """Equal if spans and model are by value."""
        if not isinstance(other, WBTraceTree):
            return NotImplemented
        if self._dumps == other._dumps:
            return True
        found = self.difference(other)
        return not (found["paths_added"] or found["paths_removed"] or found["paths_changed"])

    __hash__ = None  # type: ignore[assignment]  # compared by value

    def __repr__(self) -> str:
        """One line: name of the outermost span, and how many there are."""
        names = [span.get("name") for _, span in self.spans()]
        return f"WBTraceTree({names[0]!r}, {len(names)} span{'s' if len(names) > 1 else ''})"


def _dump(value: dict[str, Any], lost: list[str]) -> str:
    def as_text(item: Any) -> Any:
        for method in ("tolist", "item"):
            if hasattr(item, "dtype") and hasattr(item, method):
                return getattr(item, method)()
        lost.append(type(item).__qualname__)
        return f"<<non-serializable: {type(item).__qualname__}>>"

    return json.dumps(value, skipkeys=True, default=as_text)
