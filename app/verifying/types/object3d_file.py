"""Clouds, scenes and meshes: every point and face, and clouds as long as W&B shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.verifying.types.base import TypeCheck

if TYPE_CHECKING:
    from app.verifying.part import Part

#: Points that W&B's pages show at most, as its documentation says; some tools cut clouds to it before they log them.
_MAX_POINTS = 300_000


class Object3DCheck(TypeCheck):
    """Checks of 3D objects."""

    tags: ClassVar[tuple[str, ...]] = ("object3D-file",)

    def inspect(self, part: Part, value: Any) -> None:
        """Read every point, box, vertex and face."""
        facts = value.facts()
        value.to_numpy()
        if part.record is None and facts.get("points") == _MAX_POINTS:
            text = f"has exactly {_MAX_POINTS:,} points: it was probably cut, because W&B's pages show no more"
            part.finding("points-cut", _MAX_POINTS, text)
