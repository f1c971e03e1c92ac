"""How values are shown: one module a wire tag, found by the tag and never by the class.

A renderer has two halves. `prepare` turns a value into a `View`, plain data, and is tested without a page; `draw` puts
the view onto the page and does nothing else. One boundary stands around both (`prepared`): whatever goes wrong becomes
one card with the error's three fields, and the rest of the page stays.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from app.renderers.view import Context, Fact, Notice, Renderer, View, problem_of

if TYPE_CHECKING:
    from storage.errors import Problem

__all__ = ["Context", "Fact", "Notice", "Renderer", "View", "for_tag", "prepared", "problem_of", "tags"]


@cache
def _by_tag() -> dict[str, Renderer]:
    """Import every module of this package, in sorted order; those with a `TAG` are renderers."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return {module.TAG: cast("Renderer", module) for module in modules if hasattr(module, "TAG")}


def tags() -> list[str]:
    """Return the wire tags that have a renderer of their own."""
    return sorted(tag for tag in _by_tag() if tag)


def for_tag(tag: str | None) -> Renderer:
    """Return the renderer for a wire tag of any age, or of a list; the fallback where none has it.

    Parameters
    ----------
    tag : str or None
        As stored; None for a plain file.
    """
    from datatypes.registry import batch_tags, class_for_tag

    known = _by_tag()
    if tag and tag not in known and (cls := class_for_tag(tag) or batch_tags().get(tag)) is not None:
        tag = cls.artifact_type
    return known.get(tag or "") or known[""]


def prepared(renderer: Renderer, value: Any, context: Context) -> View | Problem:
    """Return the view of a value, or what kept it from being shown.

    This is the one place of the viewer that catches everything: a value comes from a stranger's file, and one that
    cannot be shown must not take the page with it.
    """
    try:
        return renderer.prepare(value, context)
    except Exception as error:  # noqa: BLE001  # the boundary; see above
        return problem_of(error, context.name)
