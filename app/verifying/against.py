"""A stored value beside the original that it was made from: is it that original, and how far is it from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.verifying.files import ArtifactFiles
from app.verifying.measuring import array_of, array_sha256, in_units_of_source
from app.verifying.part import Case, Part
from datatypes.wire import json_safe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.verifying.report import Report

__all__ = ["compare_with"]

_REMEDY = "Name the file that was logged; or log it again."

#: Measures that are infinite or one for equal values.
_LARGE_IF_EQUAL = frozenset({"psnr_db", "snr_db", "mask_iou"})
_SAME = frozenset({"matched", "compared"})

#: A measured error may be this much larger than the recorded one: both went through float arithmetic.
_TOLERANCE = 1e-6


def compare_with(artifact: Any, name: str, original: str, report: Report) -> None:
    """Compare the value of an entry with a file; what differs from what was recorded is a problem.

    Parameters
    ----------
    artifact : StoredArtifact
        Where the value lies.
    name : str
        Its entry.
    original : str
        Path of the file: an array as ``.npy``, a medium, a table as ``.csv`` or ``.parquet``, any other by its bytes.
    report : Report
        Takes problems, and the measures as `comparison`.
    """
    case = Case(str(artifact.qualified_name), name, is_deep=True)
    part = Part(case, {}, artifact, ArtifactFiles(artifact))
    with part.guarded("fidelity"):
        document = artifact.json(name) if name.endswith(".json") else {}
        part.stored = document if isinstance(document, dict) else {}
        value = artifact.get(name)
        path = Path(original)
        if path.suffix == ".npy":
            report.comparison = _with_array(part, value, path)
        elif value is None:
            report.comparison = _with_bytes(part, name, path)
        else:
            report.comparison = _with_medium(part, value, path)
    report.problems += case.problems


def _with_array(part: Part, value: Any, path: Path) -> dict[str, Any]:
    """Compare with an array; errors are in its units."""
    import numpy as np

    from datatypes.fidelity import measure_error

    given = np.load(path, allow_pickle=False)
    stored = array_of(value) if value is not None else None
    record = part.record or {}
    found: dict[str, Any] = {"original": {"dtype": given.dtype.name, "shape": list(given.shape)}}
    found["original"]["sha256"] = array_sha256(given)
    _compare_source(part, record, found["original"])
    if stored is None:
        part.problem("fidelity", f"{path.name} is an array, and this value stores none", _REMEDY)
        return found
    given, stored = _of_one_shape(given, stored)
    if stored.shape != given.shape:
        part.problem("fidelity", f"has shape {list(stored.shape)}, the original {list(given.shape)}", _REMEDY)
        return found
    back = stored if np.array_equal(stored, given, equal_nan=given.dtype.kind == "f") else None
    if back is None:
        back = in_units_of_source(stored, record)
    if back is None:
        return {**found, "equal": False}
    measured = {"max_abs_error": 0.0, "rmse": 0.0} if back is stored else measure_error(given, back)
    _compare_measures(part, record, measured)
    return json_safe({**found, "equal": not measured["max_abs_error"], **measured})  # type: ignore[no-any-return]


def _of_one_shape(given: NDArray[Any], stored: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Take off axes of length 1, which storing takes off as well."""
    import numpy as np

    if given.shape != stored.shape and np.squeeze(given).shape == np.squeeze(stored).shape:
        return np.squeeze(given), np.squeeze(stored)
    return given, stored


def _compare_source(part: Part, record: dict[str, Any], original: dict[str, Any]) -> None:
    """Compare what was recorded of the source with the original."""
    source = record.get("source") or {}
    for key in ("dtype", "shape", "sha256"):
        if key in source and key in original and source[key] != original[key]:
            part.problem(
                "fidelity", f"was made of {key} {_short(source[key])}, the original has {_short(original[key])}"
            )
            return


def _short(value: Any) -> str:
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else text


def _compare_measures(part: Part, record: dict[str, Any], measured: dict[str, float]) -> None:
    error, recorded = measured["max_abs_error"], record.get("max_abs_error")
    allowed = 0.0 if record.get("verdict") in (None, "lossless") else recorded
    if isinstance(allowed, int | float) and error > allowed * (1 + _TOLERANCE) + 1e-12:
        said = "says lossless" if record.get("verdict") == "lossless" else f"says {allowed:.6g}"
        text = f"is as far as {error:.6g} from the original" + (f", its record {said}" if record else "")
        part.problem("fidelity", text, _REMEDY)


def _with_bytes(part: Part, name: str, path: Path) -> dict[str, Any]:
    """Compare an entry that is no value with a file, by bytes."""
    from storage.hashing import hash_file

    with path.open("rb") as file:
        digest = hash_file(file).text
    equal = part.files.sha256(name) == digest
    if not equal:
        part.problem("fidelity", f"its bytes are not those of {path.name}", _REMEDY)
    return {"original": {"sha256": digest}, "equal": equal}


def _with_medium(part: Part, value: Any, path: Path) -> dict[str, Any]:
    """Compare with a file that holds a value of the same type."""
    from storage.hashing import hash_file

    with path.open("rb") as file:
        digest = hash_file(file).text
    found: dict[str, Any] = {"original": {"sha256": digest}}
    record = part.record or {}
    if (record.get("source") or {}).get("kind") == "file":
        _compare_source(part, record, found["original"])
    other = _opened(value, path)
    if type(other) is not type(value):
        kind = other.artifact_type if other is not None else "no value"
        part.problem("fidelity", f"{path.name} is {kind}, and this is {value.artifact_type}", _REMEDY)
        return found
    metrics = value.difference(other)
    differing = [text for text in _nonzero(metrics) if not text.startswith("fields")]
    array = array_of(other)
    source = record.get("source") or {}
    if array is not None and source.get("dtype") == array.dtype.name and "sha256" in source:
        _compare_source(part, record, {"sha256": array_sha256(array), "shape": list(array.shape)})
    if differing and record.get("verdict") in (None, "lossless"):
        part.problem("fidelity", f"differs from {path.name}: {', '.join(differing[:5])}", _REMEDY)
    return json_safe({**found, "equal": not differing, **metrics})  # type: ignore[no-any-return]


def _opened(value: Any, path: Path) -> Any:
    """Read the original; a table file is what the stored value is, a frame or a table."""
    from storage import open_source

    source = open_source(path)
    found = source.get(source.names()[0])
    if found is not None and found.artifact_type == "table" and value.artifact_type == "data-frame":
        return type(value)(found.to_pandas())
    return found


def _nonzero(metrics: Any, place: str = "") -> list[str]:
    """Return the measures that say that something differs."""
    if isinstance(metrics, dict):
        return [text for key, item in metrics.items() if key not in _SAME for text in _nonzero(item, f"{place}.{key}")]
    key = place.rpartition(".")[2]
    name = place.removeprefix(".")
    if key in _LARGE_IF_EQUAL or ".mask_iou." in f"{place}.":
        return [] if metrics in (None, 1, float("inf")) else [f"{name} {metrics:.6g}"]
    if isinstance(metrics, list | tuple | str):
        return [f"{name} {metrics}"] if metrics else []
    return [f"{name} {metrics}"] if metrics not in (None, 0) else []
