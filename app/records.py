"""How many values of an artifact are what was logged: its fidelity records counted by verdict, kept by digest."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from storage import cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datatypes.fidelity import FidelityRecord

__all__ = ["MAX_COUNTED", "VERDICTS", "counts", "counts_address", "records_of", "stored_document", "verdict_of"]

#: Values that are looked at; the bar of a card says when there are more.
MAX_COUNTED = 1000

#: Rules of counting; another number and all are counted again.
_RULES = 1

#: In the order of a bar, best first.
VERDICTS = ("lossless", "bounded", "lossy", "unknown")


def counts_address(artifact: Any, url_for_bytes: Callable[[Callable[[], bytes], str, str], str]) -> str:
    """Return the address of the counts as JSON; they are made when a browser asks."""
    ident = f"records/{_RULES}/{artifact.digest}/{artifact.qualified_name}"
    return url_for_bytes(functools.partial(counts, artifact), "application/json", ident)


def counts(artifact: Any) -> bytes:
    """Return the counts as JSON: each verdict, ``counted``, and ``of``: how many values there are.

    A table counts once, by the worst of its columns.
    """
    digest = hashlib.sha256(f"{_RULES}\0{artifact.digest}".encode()).hexdigest()
    key = f"records/{digest[:2]}/{digest}.json"
    if artifact.version and (kept := cache.read_cached(key)) is not None:
        return kept
    names = [name for name in artifact.value_names() if not name.startswith("media/")]
    found = Counter(_verdicts(artifact, names))
    document = {**{name: found[name] for name in VERDICTS}, "counted": min(len(names), MAX_COUNTED), "of": len(names)}
    data = json.dumps(document).encode()
    if artifact.version:
        cache.write_cached(key, data)
    return data


def records_of(artifact: Any) -> list[tuple[str, FidelityRecord | None]]:
    """Return the values that somebody added, each with its record; None where there is none or it cannot be read."""
    from app.listed_values import listed_values
    from datatypes.errors import DataTypeError
    from datatypes.fidelity import FidelityRecord

    found: list[tuple[str, FidelityRecord | None]] = []
    for name in listed_values(artifact)[:MAX_COUNTED]:
        record = None
        if name.endswith(".json"):
            with contextlib.suppress(DataTypeError, LookupError, OSError, TypeError, ValueError):
                document = stored_document(artifact, name)
                if isinstance(document, dict) and document.get("fidelity"):
                    record = FidelityRecord.from_json(document["fidelity"])
        found.append((name, record))
    return found


def _verdicts(artifact: Any, names: list[str]) -> Iterator[str]:
    for name in islice(names, MAX_COUNTED):
        try:
            yield verdict_of(stored_document(artifact, name))
        except (LookupError, OSError, ValueError):
            yield "unknown"


def stored_document(artifact: Any, name: str) -> Any:
    """Return the stored JSON of a value; of a large table without its rows."""
    from app.tables.outline import outline

    found = outline(artifact, name)
    return found.document if found is not None else artifact.json(name)


def verdict_of(document: Any) -> str:
    """Return the verdict of a stored value: its record's, or the worst of those of its columns."""
    found = document.get("fidelity") if isinstance(document, dict) else None
    if not isinstance(found, dict):
        return "unknown"
    verdict = found.get("verdict")
    if verdict in VERDICTS:
        return str(verdict)
    return "unknown"
