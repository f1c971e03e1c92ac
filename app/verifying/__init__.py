"""Whether what is stored is whole, decodes, comes back as it was, and is what its records say. Changes nothing.

The checks, in this order:

``path`` ``missing`` ``size`` ``digest``
    each file has a name that a file may have, is there, and is byte for byte the one that was recorded (*fixity*)
``reference``
    what a manifest or a value refers to is here: side files, class sets, tables, other artifacts (*closure*)
``decode``
    each value opens to its last pixel, frame, sample, row, and its JSON says of it what is so
``roundtrip``
    read and written again its JSON is equal, and its side files are
``fidelity``
    its record can be true; measured again from what is stored if the check is *deep*

What is wrong is a *problem*. What was probably lost before anybody here saw it (W&B's limits and conversions) is a
*finding*, with the number it rests on, and never a failure. Nothing that is checked is trusted: whatever a decoder
raises is a problem of that one value.
"""

from __future__ import annotations

from app.verifying.engine import verify_artifact, verify_entry, verify_run, verify_session
from app.verifying.options import Options
from app.verifying.report import Finding, Report, ValueVerdict, Wrong

__all__ = [
    "Finding",
    "Options",
    "Report",
    "ValueVerdict",
    "Wrong",
    "verify_artifact",
    "verify_entry",
    "verify_run",
    "verify_session",
]
