"""The values of an artifact or a run, examined by several threads, in the order of the manifest."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from app.verifying import types
from app.verifying.declared import check_tag
from app.verifying.files import ArtifactFiles, RunFiles
from app.verifying.inspecting import inspect, inspect_inside
from app.verifying.part import Case, Part
from app.verifying.report import ValueVerdict
from app.verifying.verdicts import verdict_of
from datatypes.wire import tag_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from app.verifying.files import Files
    from app.verifying.options import Options
    from app.verifying.report import Report

__all__ = ["check_entries", "check_rows", "values_of"]

#: Values that wait for each thread: enough that none is idle, few enough to stop soon.
_AHEAD = 4

_HEAD_BYTES = 64 << 10

#: Where the first stream of an OGG file says what it is.
_OGG_HEAD = 64

_Done = tuple[Case, str, str]  # what was found, tag, verdict of the record


def values_of(artifact: Any) -> list[str]:
    """Return the entries that must decode: values with JSON; where nobody wrote any, all that look like media.

    A side file is opened by the value that names it, and is not guessed at by its extension.
    """
    files = ArtifactFiles(artifact)
    if artifact.kind in ("folder", "file"):
        return [name for name in artifact.names() if files.has_bytes(name)]
    values = set(artifact.value_names())
    jsons = [name for name in artifact.names() if name.endswith(".json") and files.has_bytes(name)]
    return [name for name in jsons if name in values or _has_broken_tag(artifact, name)]


def _has_broken_tag(artifact: Any, name: str) -> bool:
    """Whether a JSON document has a tag that is none: then it was a value once."""
    try:
        with artifact.open(name) as file:
            if b'"_type"' not in file.read(_HEAD_BYTES):
                return False
        document = artifact.json(name)
    except (OSError, ValueError, LookupError):
        return False
    return isinstance(document, dict) and not isinstance(document.get("_type", ""), str)


def check_entries(
    artifact: Any, names: Iterable[str], broken: frozenset[str], report: Report, options: Options
) -> None:
    """Examine entries of an artifact.

    Parameters
    ----------
    artifact : StoredArtifact
        Whose.
    names : iterable of str
        The entries; what is no value is left alone.
    broken : frozenset of str
        Entries that fixity has found fault with.
    report : Report
        Takes what is found.
    options : Options
        How.
    """
    files = ArtifactFiles(artifact)
    owner = str(artifact.qualified_name)

    def work(name: str) -> _Done:
        case = Case(owner, name, is_deep=options.is_deep, broken=broken)
        part = Part(case, {}, artifact, files)
        tag = verdict = ""
        with part.guarded():
            document = artifact.json(name) if name.endswith(".json") else None
            tag = str(tag_of(document) or "")
            if artifact.kind == "artifact":  # in a folder of anything names promise nothing
                check_tag(part, name, document)
            if tag and isinstance(document, dict):
                verdict = verdict_of(document)
                inspect(_part_of(case, document, artifact, name, files))
            else:
                tag = _check_file(artifact, name, case)
        return case, tag, verdict

    _share((lambda name=name: work(name) for name in names), report, options)  # type: ignore[misc]  # the default binds it


def _part_of(case: Case, document: dict[str, Any], artifact: Any, name: str, files: Files) -> Part:
    """Return a value where it lies: one that is a reference names files of the artifact that it leads to."""
    if artifact.manifest.entries[name].ref is not None:
        origin = getattr(artifact.get(name), "artifact_source", None)
        if origin is not None and origin.artifact is not artifact:
            return Part(case, document, origin.artifact, ArtifactFiles(origin.artifact))
    return Part(case, document, artifact, files)


def _check_file(artifact: Any, name: str, case: Case) -> str:
    """Open a plain file to its end, if it is of a type that is known; return its tag.

    It was not W&B that wrote it, so nothing is inferred; and there is no JSON that could be true or come back.
    """
    value = _film(artifact, name) or artifact.get(name)
    if value is None:
        return ""
    case.values += 1
    stored = {"_type": value.artifact_type, "path": name}
    types.for_tag(str(value.artifact_type)).inspect(Part(case, stored, artifact, ArtifactFiles(artifact)), value)
    case.findings.clear()
    return str(value.artifact_type)


def _film(artifact: Any, name: str) -> Any:
    """Return an OGG file with pictures in it as the video that it is; by its name alone it would be a sound."""
    if not name.lower().endswith(".ogg"):
        return None
    with artifact.open(name) as file:
        head = file.read(_OGG_HEAD)
    from datatypes.video import Video

    return Video.from_file(name, artifact) if b"theora" in head else None


def check_rows(run: Any, report: Report, options: Options) -> None:
    """Examine every value of every row of a run."""
    files = RunFiles(run)

    def work(step: int, key: str, stored: Any) -> _Done:
        from storage.sources.run_reading import RowFiles

        case = Case(run.id, f'step {step}, key "{key}"', is_deep=options.is_deep)
        part = Part(case, {}, run, files)
        with part.guarded():
            inspect_inside(part, stored, lambda inner: RowFiles(run, inner or key, step), "")
        return case, str(tag_of(stored) or ""), verdict_of(stored)

    def pieces() -> Iterator[Callable[[], _Done]]:
        for step, values in run.rows_json():
            for key, stored in values.items():
                if isinstance(stored, dict | list):
                    yield lambda step=step, key=key, stored=stored: work(step, key, stored)  # type: ignore[misc]  # as above

    _share(pieces(), report, options)


def _share(pieces: Iterable[Callable[[], _Done]], report: Report, options: Options) -> None:
    """Let several threads do pieces of work; take the results in order, a few pieces ahead and no more."""
    count = options.workers or os.cpu_count() or 1
    waiting: deque[Future[_Done]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="verify") as pool:
        try:
            for piece in pieces:
                waiting.append(pool.submit(piece))
                if len(waiting) >= count * _AHEAD:
                    _take(waiting.popleft().result(), report, options)
            while waiting:
                _take(waiting.popleft().result(), report, options)
        except BaseException:
            for future in waiting:
                future.cancel()
            raise


def _take(done: _Done, report: Report, options: Options) -> None:
    case, tag, verdict = done
    report.values += case.values
    report.problems += case.problems
    report.findings += case.findings
    if case.values:
        verdict = verdict or "unknown"
        if case.problems:
            state = "failed"
        elif verdict == "unknown":
            state = "unknown"
        else:
            state = "verified" if case.measured else "recorded"
        counts = len(case.problems), len(case.findings)
        report.verdicts.append(ValueVerdict(case.artifact, case.entry, tag, verdict, state, *counts))
    options.fixed()
