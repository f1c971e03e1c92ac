"""Optional libraries, loaded where they are used."""

from __future__ import annotations

import importlib
from typing import Any

from datatypes.errors import MissingExtraError

__all__ = ["need"]

#: Library to the extra of this distribution that brings it; what is not here comes with the plain install.
EXTRAS = {"av": "video", "bokeh": "bokeh", "matplotlib": "matplotlib", "rdkit": "rdkit", "torch": "torch"}


def need(module: str, purpose: str) -> Any:
    """Import an optional library.

    Parameters
    ----------
    module : str
        Dotted name: ``"soundfile"``.
    purpose : str
        What it is needed for, as the subject of the error: ``"Audio from an array"``.

    Raises
    ------
    MissingExtraError
        If it is not installed; names the extra that brings it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        extra = EXTRAS.get(package)
        remedy = f'Install it: pip install "vitrina[{extra}]".' if extra else f"Install it: pip install {package}."
        raise MissingExtraError(purpose, f"needs {package}, which cannot be imported ({error})", remedy) from error
