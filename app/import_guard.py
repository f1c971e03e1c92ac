"""Refuses to work with a `datatypes` or `storage` that is not ours.

Other distributions install folders of these names, and Python takes the first that it finds. Reading an artifact with
somebody else's code must not happen by accident, so the command looks before it imports.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

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
    home = Path(__file__).resolve().parents[1]
    for package in _OURS:
        found = _location(package)
        expected = home / package
        if found is None:
            raise IntruderError(
                package,
                f"is missing beside {home / 'app'}",
                "Install vitrina again: pip install --force-reinstall vitrina",
            )
        if Path(found).resolve() != expected:
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

    wanted = Path(found).resolve()
    for name in metadata.packages_distributions().get(package, ()):
        for file in metadata.files(name) or ():
            if file.parts[:1] in ((package,), (f"{package}.py",)):
                place = Path(str(file.locate())).resolve()
                if wanted in (place, place.parent):
                    return name
    return None
