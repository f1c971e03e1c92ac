"""What exactly differs between two values: one line a place, with the old and the new.

Tables have no lines here, their cells are asked for by page (`app.comparing.table_rows`); pictures, sounds and videos
are seen (`app.comparing.pictures`).
"""

from __future__ import annotations

import difflib
import itertools
import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Detail", "details_of", "details_of_documents", "text_details"]

#: Lines of text that are compared one by one; between longer texts only what begins and ends alike is taken off.
_MAX_LINES = 20_000

#: Characters of an old or a new value.
_MAX_CHARACTERS = 400


class Detail(NamedTuple):
    """One place that differs."""

    kind: str
    """``"added"``, ``"removed"`` or ``"changed"``."""
    place: str
    old: str = ""
    new: str = ""


def details_of(left: Any, right: Any) -> Iterator[Detail]:
    """Give the places where two values, or two plain documents, differ; nothing for types that are seen or paged."""
    rule = _RULES.get(getattr(left, "artifact_type", None) or "")
    if rule is not None:
        yield from rule(left, right)
    elif isinstance(left, dict | list) or hasattr(left, "difference"):
        yield from _by_path(_document(left), _document(right))


def details_of_documents(left: Any, right: Any) -> Iterator[Detail]:
    """Give the places where two plain documents differ."""
    yield from _by_path(left, right)


def _document(value: Any) -> Any:
    for name in ("_comparable", "json", "value", "figure"):
        found = getattr(value, name, None)
        if found is not None:
            return found() if callable(found) else found
    return value


def _short(value: Any) -> str:
    if isinstance(value, str):
        text = value
    elif hasattr(value, "dtype") and hasattr(value, "shape"):
        text = f"{'×'.join(map(str, value.shape))} {value.dtype}"
    else:
        text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}…"


def _by_path(left: Any, right: Any) -> Iterator[Detail]:
    from datatypes.json_difference import json_changes

    changes = sorted(json_changes(left, right), key=lambda change: _natural(change.path))
    for change in changes:
        old = "" if change.kind == "added" else _short(change.old)
        new = "" if change.kind == "removed" else _short(change.new)
        note = f" ({change.elements:,} elements)" if change.elements > 1 else ""
        yield Detail(change.kind, f"{change.path or '/'}{note}", old, new)


def _natural(path: str) -> list[tuple[int, int, str]]:
    """Sort numbers of a path as numbers."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in path.split("/")]


def text_details(left: str, right: str) -> Iterator[Detail]:
    """Give the lines that differ, by their numbers in the old and the new text."""
    mine, its = left.split("\n"), right.split("\n")
    if max(len(mine), len(its)) > _MAX_LINES:
        yield from _outer(mine, its)
        return
    matcher = difflib.SequenceMatcher(None, mine, its, autojunk=False)
    for tag, one, one_end, other, other_end in matcher.get_opcodes():
        if tag != "equal":
            yield from _lines(mine, its, (one, one_end), (other, other_end))


def _outer(mine: Sequence[str], its: Sequence[str]) -> Iterator[Detail]:
    """Compare long texts between what is the same at their beginning and their end."""
    both = min(len(mine), len(its))
    head = next((at for at in range(both) if mine[at] != its[at]), both)
    tail = next((at for at in range(both - head) if mine[-1 - at] != its[-1 - at]), both - head)
    yield from _lines(mine, its, (head, len(mine) - tail), (head, len(its) - tail))


def _lines(mine: Sequence[str], its: Sequence[str], one: tuple[int, int], other: tuple[int, int]) -> Iterator[Detail]:
    shared = min(one[1] - one[0], other[1] - other[0])
    for step in range(shared):
        old, new = mine[one[0] + step], its[other[0] + step]
        if old != new:
            yield Detail("changed", f"line {one[0] + step + 1:,}", _short(old), _short(new))
    for at in range(one[0] + shared, one[1]):
        yield Detail("removed", f"line {at + 1:,}", old=_short(mine[at]))
    for at in range(other[0] + shared, other[1]):
        yield Detail("added", f"line {at + 1:,}", new=_short(its[at]))


def _html(left: Any, right: Any) -> Iterator[Detail]:
    yield from text_details(left.html, right.html)


def _graph(left: Any, right: Any) -> Iterator[Detail]:
    """Give nodes by their ids, edges by their ends."""
    from datatypes.graph_difference import edges_by_ends, nodes_by_name

    mine, its = nodes_by_name(left), nodes_by_name(right)
    for key in [*mine, *(key for key in its if key not in mine)]:
        one, other = mine.get(key), its.get(key)
        place = f"node {(one or other).id}"  # type: ignore[union-attr]  # one of them is there
        if one is None:
            yield Detail("added", place, new=_node(other))
        elif other is None:
            yield Detail("removed", place, old=_node(one))
        elif one != other:
            yield Detail("changed", place, _node(one), _node(other))
    edges, others = edges_by_ends(left), edges_by_ends(right)
    for ends, number in (edges - others).items():
        yield Detail("removed", f"edge {ends}", old=f"{number}×" if number > 1 else "")
    for ends, number in (others - edges).items():
        yield Detail("added", f"edge {ends}", new=f"{number}×" if number > 1 else "")


def _node(node: Any) -> str:
    fields = node.to_json() if hasattr(node, "to_json") else vars(node)
    return _short({key: value for key, value in fields.items() if key != "id" and value not in (None, [], {}, "")})


def _molecule(left: Any, right: Any) -> Iterator[Detail]:
    """Give atoms by their label."""
    waiting: dict[str, list[Any]] = {}
    others = right.atoms()
    for atom in reversed(others):
        waiting.setdefault(atom.label, []).append(atom)
    for atom in left.atoms():
        partners = waiting.get(atom.label)
        if not partners:
            yield Detail("removed", f"atom {atom.label}", old=_place(atom.place))
        elif (other := partners.pop()).place != atom.place:
            yield Detail("changed", f"atom {atom.label}", _place(atom.place), _place(other.place))
    for atom in itertools.chain.from_iterable(reversed(rest) for rest in waiting.values()):
        yield Detail("added", f"atom {atom.label}", new=_place(atom.place))


def _place(place: Sequence[float]) -> str:
    return ", ".join(f"{number:.6g}" for number in place)


def _histogram(left: Any, right: Any) -> Iterator[Detail]:
    """Give bins by their edges."""
    bins = [list(zip(item.histogram, item.bins, item.bins[1:], strict=False)) for item in (left, right)]
    for mine, its in itertools.zip_longest(*bins):
        if mine is None:
            yield Detail("added", _bin(its), new=f"{its[0]:g}")
        elif its is None:
            yield Detail("removed", _bin(mine), old=f"{mine[0]:g}")
        elif mine[1:] != its[1:]:
            yield Detail("changed", f"{_bin(mine)} → {_bin(its)}", f"{mine[0]:g}", f"{its[0]:g}")
        elif mine[0] != its[0]:
            yield Detail("changed", _bin(mine), f"{mine[0]:g}", f"{its[0]:g}")


def _bin(item: tuple[float, float, float]) -> str:
    return f"{item[1]:g} to {item[2]:g}"


def _classes(left: Any, right: Any) -> Iterator[Detail]:
    mine, its = left.names, right.names
    for key in sorted(mine.keys() | its.keys(), key=lambda key: (not isinstance(key, int), str(key).zfill(9))):
        if mine.get(key) != its.get(key):
            kind = "added" if key not in mine else "removed" if key not in its else "changed"
            yield Detail(kind, f"class {key}", str(mine.get(key, "")), str(its.get(key, "")))


def _model(left: Any, right: Any) -> Iterator[Detail]:
    mine, its = left.digests(), right.digests()
    for name in sorted(mine.keys() | its.keys()):
        if mine.get(name) != its.get(name):
            kind = "added" if name not in mine else "removed" if name not in its else "changed"
            yield Detail(kind, name, mine.get(name, "")[:12], its.get(name, "")[:12])


def _object3d(left: Any, right: Any) -> Iterator[Detail]:
    """Give points by their number."""
    import numpy as np

    from datatypes.point_matching import pair_rows

    sides = [np.ascontiguousarray(item.to_numpy(), np.float64) + 0.0 for item in (left, right)]
    mine, its = sides if sides[0].shape[1] == sides[1].shape[1] else [rows[:, :3].copy() for rows in sides]
    partner = pair_rows(mine, its)
    for row in np.flatnonzero(partner < 0):
        yield Detail("removed", f"point {row:,}", old=_place(mine[row]))
    found = np.flatnonzero(partner >= 0)
    same = mine[found] == its[partner[found]]
    both_nan = np.isnan(mine[found]) & np.isnan(its[partner[found]])
    for row in found[~(same | both_nan).all(axis=1)]:
        yield Detail("changed", f"point {row:,}", _place(mine[row]), _place(its[partner[row]]))
    taken = np.zeros(len(its), bool)
    taken[partner[found]] = True
    for row in np.flatnonzero(~taken):
        yield Detail("added", f"point {row:,}", new=_place(its[row]))


def _image(left: Any, right: Any) -> Iterator[Detail]:
    """Give what is not seen in the pixels: caption, boxes, classes, pixels of each class."""
    for name in ("caption", "grouping"):
        old, new = getattr(left, name), getattr(right, name)
        if old != new:
            yield Detail("changed", name, "" if old is None else str(old), "" if new is None else str(new))
    for key in sorted(left.boxes.keys() | right.boxes.keys()):
        yield from _boxes(key, left.boxes.get(key), right.boxes.get(key), left, right)
    for key in sorted(left.masks.keys() | right.masks.keys()):
        yield from _mask(key, left.masks.get(key), right.masks.get(key))


def _mask(key: str, left: Any, right: Any) -> Iterator[Detail]:
    if left is None or right is None:
        yield Detail("added" if left is None else "removed", f"mask {key}")
        return
    counts = [item.facts().get("pixels_per_id", {}) for item in (left, right)]
    iou = left.difference(right)["mask_iou"]
    for number, share in sorted(iou.items(), key=lambda item: item[1]):
        if share != 1:
            name = left.class_labels.get(int(number)) or right.class_labels.get(int(number)) or ""
            place = f"mask {key}: class {number} {name}".rstrip()
            texts = [f"{count.get(number, 0):,} pixels" for count in counts]
            yield Detail("changed", f"{place} (IoU {share:.4g})", *texts)


def _boxes(key: str, left: Any, right: Any, picture: Any, other: Any) -> Iterator[Detail]:
    from datatypes.box_difference import pair_boxes

    mine, its = ([] if item is None else item.box_data for item in (left, right))
    sizes = ((picture.width or 1, picture.height or 1), (other.width or 1, other.height or 1))
    pairs = (
        pair_boxes(mine, its, lambda box, side: left.corners_in_fractions(box, sizes[side])) if left and right else []
    )
    partners = {pair.left: pair for pair in pairs}
    for at, box in enumerate(mine):
        pair = partners.get(at)
        if pair is None:
            yield Detail("removed", f"boxes {key}: box {at + 1:,}", old=_box(box, left))
        elif not pair.is_equal:
            place = f"boxes {key}: box {at + 1:,} (IoU {pair.iou:.4g})"
            yield Detail("changed", place, *_two_boxes(box, its[pair.right], left, right))
    taken = {pair.right for pair in pairs}
    for at, box in enumerate(its):
        if at not in taken:
            yield Detail("added", f"boxes {key}: box {at + 1:,}", new=_box(box, right))


def _box(box: dict[str, Any], boxes: Any) -> str:
    """Return a box in words: class, scores, caption, place."""
    number = box.get("class_id")
    parts = [str(boxes.class_labels.get(number, f"class {number}"))]
    scores = box.get("scores")
    if isinstance(scores, dict):
        parts += [f"{name} {score:.4g}" for name, score in scores.items() if isinstance(score, int | float)]
    parts += [f"“{box['box_caption']}”"] if box.get("box_caption") else []
    position = box.get("position")
    if isinstance(position, dict):
        parts.append(", ".join(f"{key} {_number(value)}" for key, value in position.items()))
    return _short(" · ".join(parts))


def _number(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _two_boxes(one: dict[str, Any], other: dict[str, Any], left: Any, right: Any) -> tuple[str, str]:
    """Return two boxes in words; as JSON where the words are the same."""
    old, new = _box(one, left), _box(other, right)
    return (old, new) if old != new else (_short(one), _short(other))


def _fields(*names: str) -> Callable[[Any, Any], Iterator[Detail]]:
    """Return a rule that compares attributes."""

    def rule(left: Any, right: Any) -> Iterator[Detail]:
        for name in names:
            old, new = getattr(left, name, None), getattr(right, name, None)
            if old != new:
                yield Detail("changed", name, "" if old is None else str(old), "" if new is None else str(new))

    return rule


def _video(left: Any, right: Any) -> Iterator[Detail]:
    """Give the frames that differ."""
    import numpy as np

    from datatypes.array_difference import distances

    yield from _fields("caption", "width", "height", "n_frames", "fps")(left, right)
    if (left.width, left.height) != (right.width, right.height):
        return
    for number, (mine, its) in enumerate(itertools.zip_longest(left.frames(), right.frames())):
        if mine is None or its is None:
            yield Detail("added" if mine is None else "removed", f"frame {number:,}")
            continue
        error = distances(mine, its).max(axis=2)
        if error.any():
            yield Detail(
                "changed", f"frame {number:,}", new=f"{np.count_nonzero(error):,} pixels, {error.max():g} at most"
            )


def _nothing(_left: Any, _right: Any) -> Iterator[Detail]:
    yield from ()


_RULES: dict[str, Callable[[Any, Any], Iterator[Detail]]] = {
    "audio-file": _fields("caption", "sample_rate_hz", "channels", "duration_secs", "format"),
    "classes": _classes,
    "data-frame": _nothing,
    "graph-file": _graph,
    "histogram": _histogram,
    "html-file": _html,
    "image-file": _image,
    "joined-table": _nothing,
    "molecule-file": _molecule,
    "object3D-file": _object3d,
    "partitioned-table": _nothing,
    "pytorch-model-file": _model,
    "sklearn-model-file": _model,
    "table": _nothing,
    "tfkeras-model-file": _model,
    "video-file": _video,
}
