"""What can be checked of each type, and what can be inferred of it: one module for a family of wire tags.

A module has a subclass of `TypeCheck` whose `tags` say what it is for. A tag without one gets `TypeCheck` itself: the
value's own facts are taken, which opens its file.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from app.verifying.types.base import TypeCheck

__all__ = ["TypeCheck", "for_tag"]


@cache
def _by_tag() -> dict[str, TypeCheck]:
    for name in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{name}")
    return {tag: cls() for cls in TypeCheck.__subclasses__() for tag in cls.tags}


def for_tag(tag: str) -> TypeCheck:
    """Return what checks a wire tag of any age.

    Parameters
    ----------
    tag : str
        As stored; of a list its own tag or that of its items.
    """
    from datatypes.registry import batch_tags, class_for_tag

    known = _by_tag()
    if tag not in known and (cls := class_for_tag(tag) or batch_tags().get(tag)) is not None:
        tag = cls.artifact_type or tag
    return known.get(tag) or TypeCheck()
