"""Masks, boxes and the class set of a picture: ids without a name, ids that cannot be, a file that is another."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

from app.verifying import records
from app.verifying.types.base import TypeCheck
from storage.hashing import BUFFER_BYTES

if TYPE_CHECKING:
    from app.verifying.part import Part

__all__ = ["check_boxes", "check_class_file", "check_masks"]

#: SDKs up to 0.12.7 kept one class set an artifact, under this name: the first; those of other pictures were dropped.
_SHARED = "media/cls.classes.json"

#: Ids that stand for "nothing" by custom: background, and the void of an 8-bit mask.
_NAMELESS = frozenset({0, 255})


class MaskCheck(TypeCheck):
    """Checks of masks that are values of their own."""

    tags: ClassVar[tuple[str, ...]] = ("mask",)

    def inspect(self, part: Part, value: Any) -> None:
        """Decode every id."""
        value.to_numpy()
        value.facts()


def check_class_file(part: Part) -> None:
    """Compare the digest that a picture records of its class set with the file."""
    classes = part.stored.get("classes")
    if not isinstance(classes, dict) or not isinstance(classes.get("path"), str):
        return
    name, digest = classes["path"], classes.get("digest")
    if digest is not None and not isinstance(digest, str):
        part.problem("decode", f'the "digest" of its class set is {digest!r:.60}')
    if not isinstance(digest, str) or not part.files.has(name) or not part.files.has_bytes(name):
        return
    found = _md5_base64(part.source, name)
    if len(digest) != len(found) or found == digest:
        return  # another hash than md5 (SDK 0.29 and later may use XXH128) says nothing here
    if name == _SHARED:
        text = (
            f"its class set is not the one that lies at {name}: W&B kept the first of the artifact and dropped others"
        )
        part.finding("class-set-dropped", None, text)
    elif not _is_xxh128(part, name, digest):
        part.problem("reference", f"names the class set {digest}, and {name} hashes to {found}")


def _md5_base64(source: Any, name: str) -> str:
    state = hashlib.md5(usedforsecurity=False)  # what W&B's JSON holds
    with source.open(name) as file:
        while piece := file.read(BUFFER_BYTES):
            state.update(piece)
    return base64.b64encode(state.digest()).decode("ascii")


def _is_xxh128(part: Part, name: str, digest: str) -> bool:
    """Whether it is W&B's newer hash of the same file; where that cannot be computed nothing is said."""
    try:
        import xxhash
    except ImportError:
        return True
    with part.source.open(name) as file:
        return base64.b64encode(xxhash.xxh128(file.read()).digest()).decode("ascii") == digest


def check_masks(part: Part, value: Any) -> None:
    """Decode every mask, and look for ids that the class set does not have."""
    import numpy as np

    group = part.stored.get("masks")
    names = value.class_names()
    for key, mask in value.masks.items():
        stored = group.get(key) if isinstance(group, dict) else None
        inner = part.inner(stored if isinstance(stored, dict) else {}, f"mask {key!r}")
        with inner.guarded():
            ids = mask.to_numpy()
            if ids.ndim != 2:
                continue  # a colour picture given by path: what its colours mean nobody wrote down
            found = [int(number) for number in np.unique(ids)]
            known = {number for number in (*names, *mask.class_labels) if isinstance(number, int)}
            _check_ids(inner, found, known, _shared_class_set(part))
            records.check(inner, mask)


def _check_ids(part: Part, found: list[int], known: set[int], shared: bool) -> None:
    nameless = [number for number in found if number not in known and number not in _NAMELESS]
    if part.record is None:
        wrapped = [number for number in nameless if any(high % 256 == number for high in known if high > 255)]
        beyond = [number for number in sorted(known) if number > 255] if max(found, default=0) < 256 else []
        if wrapped or beyond:
            number = (wrapped or beyond)[0]
            text = (
                f"ids {_some(wrapped or beyond)} cannot be right: W&B has probably wrapped ids above 255, because its "
                f"masks have 8 bits and the class set names {_some([high for high in sorted(known) if high > 255])}"
            )
            part.finding("ids-wrapped", number, text)
            nameless = [number for number in nameless if number not in wrapped]
    if not nameless or not known:
        return
    text = f"has ids {_some(nameless)}, which its class set does not name"
    path = str(part.stored.get("path") or "")
    if part.record is not None or shared or ".mask." not in path:  # logged so, or W&B kept no labels for it
        part.finding("ids-without-name", nameless[0], text)
    else:
        part.problem("reference", text, "Restore the class set or the mask; or log it again with class_labels.")


def _some(numbers: list[int]) -> str:
    text = ", ".join(str(number) for number in numbers[:5])
    return f"{text} and {len(numbers) - 5} more" if len(numbers) > 5 else text


def _shared_class_set(part: Part) -> bool:
    classes = part.stored.get("classes")
    return isinstance(classes, dict) and classes.get("path") == _SHARED


def check_boxes(part: Part, value: Any) -> None:
    """Read every box; count those whose class has no name, and labels that W&B has replaced."""
    names = value.class_names()
    for key, boxes in value.boxes.items():
        inner = part.inner(part.stored, f"boxes {key!r}")
        with inner.guarded():
            type(boxes)({"box_data": boxes.box_data, "class_labels": {}}, key)  # refuses what is no box
            ids = sorted({box["class_id"] for box in boxes.box_data if isinstance(box.get("class_id"), int)})
            nameless = [number for number in ids if number not in names and number not in boxes.class_labels]
            if nameless and names:
                inner.finding("ids-without-name", nameless[0], f"has classes {_some(nameless)}, which no set names")
