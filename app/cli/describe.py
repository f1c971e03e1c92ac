"""Facts of what is stored, in the form of the golden data's ``expected.json``, and the same as text for people."""

from __future__ import annotations

from typing import Any

from app.text import human_size, printable

__all__ = ["as_text", "entry_document", "facts_of"]

#: Items of a list, and levels of nesting, that the text for people shows; JSON has all.
_MAX_ITEMS = 12
_MAX_DEPTH = 6

#: Errors that mean "this one cannot be decoded": the libraries' own, and what decoders raise on damaged files.
DECODE_ERRORS = (LookupError, OSError, TypeError, ValueError, ArithmeticError, AttributeError, MemoryError)


def facts_of(stored: Any, source: Any, problems: list[dict[str, str]], place: str) -> Any:
    """Return the facts of stored JSON at any depth; what is no value stays as it is.

    Parameters
    ----------
    stored : object
        Stored JSON of a row of history, of a summary, or of an entry.
    source : MediaSource
        Where its side files are.
    problems : list of dict
        Gets a line for each value that cannot be decoded.
    place : str
        Where the value stands, for that line.
    """
    from datatypes.registry import facts
    from datatypes.wire import json_safe, tag_of

    if isinstance(stored, list):
        return [facts_of(item, source, problems, place) for item in stored]
    if not isinstance(stored, dict):
        return json_safe(stored)
    tag = tag_of(stored)
    if tag is None:
        return {key: facts_of(item, source, problems, f"{place}, key {key!r}") for key, item in stored.items()}
    try:
        return facts(stored, source)
    except DECODE_ERRORS as error:
        problems.append(
            {
                "subject": str(getattr(error, "subject", place)),
                "problem": str(getattr(error, "problem", error)),
                "remedy": str(getattr(error, "remedy", "")),
            }
        )
        lost = stored.get("path")
        if isinstance(error, LookupError | FileNotFoundError) and isinstance(lost, str):
            return {"$media": tag, "$missing_file": lost}
        return {"$media": tag, "$error": str(error)}


def entry_document(artifact: Any, name: str) -> dict[str, Any]:
    """Return an entry as ``show --json`` has it: ``type``, ``summary``, ``json``, and ``problems``.

    Parameters
    ----------
    artifact : StoredArtifact
        Where it lies.
    name : str
        Its full name.
    """
    from datatypes.registry import value_from_file
    from datatypes.wire import json_safe, tag_of

    problems: list[dict[str, str]] = []
    entry = artifact.get_path(name)
    plain = {"path": entry.path, "size": entry.size, "digest": entry.digest, "ref": entry.ref}
    document: dict[str, Any] = {"type": "file", "summary": plain, "json": None, "entry": plain, "problems": problems}
    if entry.ref is not None and not _is_readable(artifact, name):
        return document | {"type": "reference"}
    if name.lower().endswith(".json"):
        stored = artifact.json(name)
        document["json"] = json_safe(stored)
        tag = tag_of(stored)
        if tag is not None:
            summary = facts_of(stored, artifact, problems, name)
            return document | {"type": tag, "summary": summary}
        return document | {"type": "json"}
    value = value_from_file(name, artifact)
    if value is not None:
        try:
            return document | {"type": value.artifact_type, "summary": value.facts()}
        except DECODE_ERRORS as error:
            problems.append({"subject": name, "problem": str(getattr(error, "problem", error)), "remedy": ""})
    return document


def _is_readable(artifact: Any, name: str) -> bool:
    try:
        artifact.open(name).close()
    except DECODE_ERRORS:
        return False
    return True


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
