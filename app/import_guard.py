"""Refuses to work with a `datatypes` or `storage` that is not ours.

Other distributions install folders of these names, and Python takes the first that it finds. Reading an artifact with
somebody else's code must not happen by accident, so the command looks before it imports.
"""

from __future__ import annotations

import importlib.util
import os
import sys

from app.errors import IntruderError

__all__ = ["check_imports"]

_OURS = ("datatypes", "storage")


def check_imports() -> None:
    """Look where `datatypes` and `storage` would come from; import nothing.

    Raises
    ------
    IntruderError
        If one does not lie beside `app`. The message names the intruder, its distribution, and the cure.
    """
    home = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for package in _OURS:
        found = _location(package)
        expected = os.path.join(home, package)
        if found is None:
            raise IntruderError(
                package, f"is missing beside {os.path.join(home, 'app')}", "Install vitrina again: pip install --force-reinstall vitrina"
            )
        if os.path.realpath(found) != expected:
            raise IntruderError(package, f"comes from {found}, not from vitrina ({expected})", _cure(package, found))


def _location(package: str) -> str | None:
    """Return the folder or file that ``import package`` would use."""
    loaded = sys.modules.get(package)
    spec = loaded.__spec__ if loaded is not None else importlib.util.find_spec(package)
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return next(iter(spec.submodule_search_locations))
    return spec.origin


def _cure(package: str, found: str) -> str:
    owner = _distribution_of(package, found)
    if owner:
        return (
            f"It belongs to the package {owner}. Install vitrina into an environment of its own: "
            "python -m venv vitrina-env, then vitrina-env/bin/pip install vitrina"
        )
    return "Start vitrina from another folder, or take that one off PYTHONPATH."


def _distribution_of(package: str, found: str) -> str | None:
    """Return the name of the installed distribution that brought `found`; slow, and asked only when all is lost."""
    from importlib import metadata

    wanted = os.path.realpath(found)
    for name in metadata.packages_distributions().get(package, ()):
        for file in metadata.files(name) or ():
            if file.parts[:1] in ((package,), (f"{package}.py",)):
                place = os.path.realpath(str(file.locate()))
                if place == wanted or os.path.dirname(place) == wanted:
                    return name
    return None
