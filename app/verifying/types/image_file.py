"""Pictures: every pixel, the declared size, masks against their classes, and what W&B did to arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.verifying.types import masks
from app.verifying.types.base import TypeCheck

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.verifying.part import Part

#: Share of white from which a picture is likely to have been scaled twice.
_WHITE_SHARE = 0.99

#: Most pictures of a list that W&B keeps (`wandb.Image.MAX_ITEMS`).
_MAX_ITEMS = 108


class ImageCheck(TypeCheck):
    """Checks of pictures."""

    tags: ClassVar[tuple[str, ...]] = ("image-file",)

    def side_files(self, stored: dict[str, Any]) -> list[str]:
        """Return picture, class set, masks, box files and exact array."""
        found = super().side_files(stored)
        parts = [stored.get("classes"), _exact_of(stored)]
        for name in ("masks", "boxes"):
            group = stored.get(name)
            parts += list(group.values()) if isinstance(group, dict) else []
        for item in parts:
            found += super().side_files(item) if isinstance(item, dict) else []
        return found

    def inspect(self, part: Part, value: Any) -> None:
        """Decode picture, masks, boxes and classes; compare the declared size."""
        pixels = value.to_numpy()
        if value.is_exact:
            value.to_pil()  # the picture itself; `to_numpy` gave the array beside it
        _check_format(part)
        for name in ("classes", "masks", "boxes"):
            found = part.stored.get(name)
            if found is not None and not isinstance(found, dict):
                part.problem("decode", f'"{name}" is {found!r:.60}, which is no object')
        size = {"width": value.width, "height": value.height}
        for name, measured in size.items():
            declared = part.stored.get(name)
            if declared is not None and declared != measured:
                part.problem("decode", f'says "{name}" {declared}, and the picture has {measured}')
        if value.classes is None and isinstance(part.stored.get("classes"), dict) and not part.is_in_run:
            part.problem("reference", "names a class set that is none")
        masks.check_class_file(part)
        masks.check_masks(part, value)
        masks.check_boxes(part, value)
        if part.record is None:
            _findings(part, pixels)

    def inspect_list(self, part: Part, values: list[Any]) -> None:
        """Say that a list as long as W&B's limit was probably cut."""
        if len(values) == _MAX_ITEMS and part.record is None:
            text = f"has exactly {_MAX_ITEMS} pictures: W&B has probably cut this, because it keeps no more of a list"
            part.finding("images-cut", _MAX_ITEMS, text)


def _check_format(part: Part) -> None:
    """Compare the declared format with the ending of the file's name, which is where every SDK takes it from."""
    declared, path = part.stored.get("format"), part.stored.get("path")
    if declared is None or not isinstance(path, str) or "://" in path:
        return
    base = path.rpartition("/")[2]
    ending = base.rpartition(".")[2] if "." in base else ""
    if not isinstance(declared, str) or declared.lower() != ending.lower():
        part.problem("decode", f'says "format" {declared!r:.40}, and its file is {base}')


def _exact_of(stored: dict[str, Any]) -> Any:
    record = stored.get("fidelity")
    return record.get("exact") if isinstance(record, dict) else None


def _findings(part: Part, pixels: NDArray[Any]) -> None:
    """Infer from pixels what W&B made of the array that was logged."""
    if pixels.dtype != "uint8" or pixels.size < 2:
        return
    colours = pixels[..., :3] if pixels.ndim == 3 and pixels.shape[2] == 4 else pixels
    high = int(colours.max())
    if high == 1:
        text = (
            "its largest value is 1: W&B has probably cut this, because SDK 0.29 and later cast floats from 0 to 1 "
            "to whole numbers without scaling them"
        )
        part.finding("cast-not-scaled", 1, text)
    white = float((colours == 255).mean())
    if white >= _WHITE_SHARE:
        text = (
            f"{white:.2%} of its values are 255: it was probably scaled twice, because values above 1 that are "
            "multiplied by 255 end there"
        )
        part.finding("scaled-twice", round(white, 6), text)
