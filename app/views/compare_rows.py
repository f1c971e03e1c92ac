"""The list of what differs: rows, the worst first, and the filters over it."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from app import media, thumbnails
from app.comparing.details import details_of_documents
from app.comparing.model import rank_of
from app.comparing.pictures import difference_picture, has_picture, series_picture
from app.comparing.runs import series_of
from app.comparing.words import spoken
from app.tables.previews import type_of
from app.views import frame
from app.views.addresses import compare_page, entry_page, with_state

if TYPE_CHECKING:
    from app.comparing.model import Change, Difference
    from app.comparing.sides import Side

__all__ = ["ROWS_A_PAGE", "Row", "filters", "listed", "pictures_of", "row_data"]

ROWS_A_PAGE = 50

_KINDS = ("changed", "removed", "added")

#: Tags whose values have a picture of their difference; from the tag alone, nothing is opened for a row.
_DRAWN = frozenset({"audio-file", "histogram", "image-file", "mask", "object3D-file", "video-file"})


#: What the colours of a picture of a difference mean.
_LEGENDS = {
    "audio-file": "old · new · residual",
    "histogram": "old blue, new orange",
    "object3D-file": "added green, removed orange, moved pink",
    "video-file": "largest error of all frames",
}


class Row(NamedTuple):
    """One row of the list."""

    kind: str
    entry: str
    type: str
    severity: float
    change: Change | None = None


def listed(found: Difference, show: str = "", type_: str = "") -> list[Row]:
    """Return what differs, the worst first, as far as the filters let it through."""
    rows = [Row("changed", change.entry, change.type, change.severity, change) for change in found.changed]
    rows += [Row("removed", name, _type_of(name), 1.0) for name in found.removed]
    rows += [Row("added", name, _type_of(name), 1.0) for name in found.added]
    rows = [row for row in rows if (show not in _KINDS or row.kind == show) and (not type_ or row.type == type_)]
    return sorted(rows, key=lambda row: (-row.severity, rank_of(row.kind, row.change)))


def _type_of(name: str) -> str:
    """Return the tag that a name says, without opening anything."""
    from datatypes.registry import class_for_tag

    parts = name.rpartition("/")[2].split(".")
    if len(parts) > 2 and parts[-1] == "json":
        cls = class_for_tag(parts[-2])
        return str(cls.artifact_type) if cls is not None else "file"
    return "image-file" if thumbnails.has_preview(name) else "file"


def filters(
    left: Side, right: Side, found: Difference, show: str, type_: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the chips over the list, and what of the address was ignored."""
    rows = listed(found)
    kinds = Counter(row.kind for row in rows)
    types = Counter(row.type for row in rows if show not in _KINDS or row.kind == show)
    ignored = []
    if show and show not in _KINDS:
        ignored.append(f"show={show} was ignored, because it is none of {', '.join(_KINDS)}")
        show = ""
    if type_ and type_ not in {row.type for row in rows}:
        ignored.append(f"type={type_} hides everything, because nothing of that type differs")
    here = compare_page(left.text, right.text)

    def address(kind: str, tag: str) -> str:
        return with_state(here, {key: value for key, value in (("show", kind), ("type", tag)) if value})

    chips: list[dict[str, Any]] = [
        {
            "text": f"{kinds[kind]:,} {kind}", "kind": kind, "current": show == kind,
            "href": address("" if show == kind else kind, type_),
        }
        for kind in _KINDS
    ]  # fmt: skip
    chips.append({"text": f"{found.equal:,} equal", "kind": "equal", "href": "", "current": False})
    if len(types) > 1 or type_:
        chips += [
            {
                "text": f"{count:,} {_type_name(tag)}", "kind": "type", "current": tag == type_,
                "href": address(show, "" if tag == type_ else tag),
            }
            for tag, count in sorted(types.items(), key=lambda item: (-item[1], item[0]))
        ]  # fmt: skip
    return chips, ignored


def _type_name(tag: str) -> str:
    """Return the name of a type as the documentation spells it; what is no tag stays as it is."""
    from datatypes.registry import class_for_tag

    return tag if class_for_tag(tag) is None else type_of(tag)[0]


def _run_places(left: Any, right: Any, row: Row) -> list[list[str]]:
    """Return the old and the new value of a key of the configuration or the summary."""
    part, _, key = row.entry.partition("/")
    if part not in ("config", "summary") or row.type != "json" or row.kind != "changed":
        return []
    sides = [getattr(run, part).get(key) for run in (left, right)]
    return [list(detail) for detail in itertools.islice(details_of_documents(*sides), 3)]


def row_data(left: Side, right: Side, row: Row) -> dict[str, Any]:
    """Return a row for `app.components.compare_list.compare_list`."""
    data: dict[str, Any] = {
        "kind": row.kind, "title": frame.short_name(row.entry), "whole": row.entry, "type": row.type, "href": "",
        "severity": row.severity, "phrases": spoken(row.change.metrics) if row.change else [], "pictures": [],
        "lines": "", "places": [], "icon": frame.icon_of(row.entry),
    }  # fmt: skip
    data["type"] = _type_name(row.type)
    if left.run is not None:
        data |= {"icon": "chart" if row.entry.startswith("history/") else "text", "title": row.entry}
        data["pictures"] = _series(left.run, right.run, row)
        data["places"] = _run_places(left.run, right.run, row)
        return data
    if row.kind == "changed":
        sides = [f"{side.text}/{row.entry}" for side in (left, right)]
        data["href"] = compare_page(*sides)
        data["lines"] = compare_page(*sides).replace("/compare?", "/api/compare/lines?", 1)
        data["pictures"] = pictures_of(left.artifact, row.entry, right.artifact, row.entry, row.type)
        return data
    side = right if row.kind == "added" else left
    data["href"] = entry_page(str(side.artifact.qualified_name), row.entry)
    data["pictures"] = [
        {"label": row.kind, "src": source}
        for source in thumbnails.pictures(side.artifact, row.entry, media.url_for_bytes)
    ]
    return data


def pictures_of(left: Any, left_name: str, right: Any, right_name: str, type_: str) -> list[dict[str, str]]:
    """Return the pictures that explain a changed entry: old, new, and where they differ."""
    found = []
    for label, artifact, name in (("old", left, left_name), ("new", right, right_name)):
        found += [
            {"label": label, "src": source} for source in thumbnails.pictures(artifact, name, media.url_for_bytes)
        ]
    if type_ in _DRAWN:
        sides = [
            f"{side.qualified_name}@{side.digest}/{name}" for side, name in ((left, left_name), (right, right_name))
        ]
        ident = f"difference/1/{sides[0]}/{sides[1]}"
        make = functools.partial(_difference, left, left_name, right, right_name)
        label = _LEGENDS.get(type_, "difference")
        found.append({"label": label, "src": media.url_for_bytes(make, "image/webp", ident)})
    return found


def _difference(left: Any, left_name: str, right: Any, right_name: str) -> bytes:
    mine, its = left.get(left_name), right.get(right_name)
    if not has_picture(mine):
        raise ValueError("There is no picture of this difference.")
    return difference_picture(mine, its)


def _series(left: Any, right: Any, row: Row) -> list[dict[str, str]]:
    """Return the picture of a series of two runs."""
    if row.type != "json" or row.kind != "changed" or not row.entry.startswith("history/"):
        return []
    key = row.entry.removeprefix("history/")

    def make() -> bytes:
        return series_picture(series_of(left, key), series_of(right, key))

    ident = f"series/1/{left.id}/{left.steps}/{right.id}/{right.steps}/{key}"
    return [{"label": "old and new", "src": media.url_for_bytes(make, "image/webp", ident)}]
