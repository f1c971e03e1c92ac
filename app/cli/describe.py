"""Facts of what is stored, in the form of the golden data's ``expected.json``, and the same as text for people."""

from __future__ import annotations

from typing import Any

from app.text import human_size, printable

__all__ = ["as_text", "entry_document", "facts_of"]

#: Items of a list, and levels of nesting, that the text for people shows; JSON has all.
_MAX_ITEMS = 12
_MAX_DEPTH = 6

#: Errors that mean "this one cannot be decoded": the libraries' own, and what decoders raise on damaged files.
DECODE_ERRORS = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


def facts_of(stored: Any, run: Any, key: str, step: int | str, problems: list[dict[str, str]]) -> Any:
    """Return the facts of what a row of history holds, at any depth; what is no value stays as it is.

    Parameters
    ----------
    stored : object
        Stored JSON.
    run : ReadableRun
        Where its side files are.
    key : str
        Innermost key under which it stands: files are named by it.
    step : int or str
        Step of the row, or ``"summary"``.
    problems : list of dict
        Gets an item for each value that cannot be decoded.
    """
    from datatypes.registry import facts
    from datatypes.wire import json_safe, tag_of
    from storage.sources.run_reading import RowFiles

    if isinstance(stored, list):
        return [facts_of(item, run, key, step, problems) for item in stored]
    if not isinstance(stored, dict):
        return json_safe(stored)
    if tag_of(stored) is None:
        return {inner: facts_of(item, run, inner, step, problems) for inner, item in stored.items()}
    try:
        return facts(stored, RowFiles(run, key, step))
    except DECODE_ERRORS as error:
        return _lost_facts(stored, error, problems, f'step {step}, key "{key}"')


def _lost_facts(stored: Any, error: Exception, problems: list[dict[str, str]], place: str) -> dict[str, Any]:
    """Return what is left to say of a value that cannot be decoded."""
    from datatypes.wire import tag_of

    problems.append(
        {
            "subject": str(getattr(error, "subject", place)),
            "problem": str(getattr(error, "problem", "")) or str(error) or type(error).__name__,
            "remedy": str(getattr(error, "remedy", "")),
        }
    )
    path = stored.get("path") if isinstance(stored, dict) else None
    if isinstance(error, LookupError | FileNotFoundError) and isinstance(path, str):
        return {"$media": tag_of(stored), "$missing_file": path}
    return {"$media": tag_of(stored), "$error": str(error)}


def entry_document(artifact: Any, name: str) -> dict[str, Any]:
    """Return an entry as ``show --json`` has it: type, summary, JSON, entry, problems and findings.

    Parameters
    ----------
    artifact : StoredArtifact
        Where it lies.
    name : str
        Its full name.
    """
    from datatypes.wire import json_safe, tag_of

    entry = artifact.get_path(name)
    plain = {"path": entry.path, "size": entry.size, "digest": entry.digest, "ref": entry.ref}
    problems: list[dict[str, str]] = []
    document: dict[str, Any] = {"type": "file", "summary": plain, "json": None, "entry": plain, "problems": problems}
    stored = None
    try:
        if name.lower().endswith(".json"):
            stored = artifact.json(name)
            document |= {"type": tag_of(stored) or "json", "json": json_safe(stored)}
        value = artifact.get(name)
        if value is not None:
            document |= {"type": tag_of(stored) or value.artifact_type, "summary": value.facts()}
    except DECODE_ERRORS as error:
        lost = _lost_facts(stored, error, problems, name)
        document["summary"] = lost if lost["$media"] else plain
        document["type"] = "reference" if entry.ref is not None and stored is None else document["type"]
    document["findings"] = _findings(artifact, name) if tag_of(stored) and not problems else []
    return document


def _findings(artifact: Any, name: str) -> list[dict[str, Any]]:
    """Return what was probably lost of a value without a record, before it came here."""
    from app.verifying.looking import findings_of

    found = findings_of(artifact, name)
    return [{"kind": item.kind, "number": item.number, "text": item.text} for item in found]


def as_text(fact: Any, indent: str = "", depth: int = 0) -> str:
    """Return facts as indented lines; long lists are cut and say so."""
    if isinstance(fact, dict) and fact and depth < _MAX_DEPTH:
        width = max(len(printable(str(key))) for key in fact)
        return "\n".join(_field(str(key), item, indent, depth, min(width, 24)) for key, item in fact.items())
    if isinstance(fact, list) and fact and depth < _MAX_DEPTH and not _is_flat(fact):
        lines = [
            as_text(item, f"{indent}  ", depth + 1).replace(f"{indent}  ", f"{indent}- ", 1)
            for item in fact[:_MAX_ITEMS]
        ]
        return "\n".join([*lines, *_rest(fact, indent)])
    return f"{indent}{_short(fact)}"


def _field(key: str, item: Any, indent: str, depth: int, width: int) -> str:
    name = printable(key)
    is_nested = item and (isinstance(item, dict) or (isinstance(item, list) and not _is_flat(item)))
    if is_nested and depth + 1 < _MAX_DEPTH:
        return f"{indent}{name}\n{as_text(item, f'{indent}  ', depth + 1)}"
    shown = human_size(item) if key == "size" and isinstance(item, int) else _short(item)
    return f"{indent}{name.ljust(width)}  {shown}"


def _is_flat(items: list[Any]) -> bool:
    return all(not isinstance(item, dict | list) for item in items)


def _rest(items: list[Any], indent: str) -> list[str]:
    return [f"{indent}… {len(items) - _MAX_ITEMS:,} more of {len(items):,}"] if len(items) > _MAX_ITEMS else []


def _short(fact: Any) -> str:
    if fact is None:
        return "–"
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    if isinstance(fact, str):
        return printable(fact)
    if isinstance(fact, list):
        shown = ", ".join(_short(item) for item in fact[:_MAX_ITEMS])
        return f"[{shown}, … {len(fact) - _MAX_ITEMS:,} more]" if len(fact) > _MAX_ITEMS else f"[{shown}]"
    return printable(str(fact))
