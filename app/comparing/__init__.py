"""What differs between two things of one kind: versions, entries, files, runs, whole stores.

- *change*: an entry that is in both and differs, with its measures and how much of it that is.
- *measure*: a number of `difference` (datatypes), zero exactly where nothing differs.
- *severity*: from 0 (nothing differs) to 1 (nothing is the same), whatever the unit, so that lists can be ordered.
"""

from app.comparing.artifacts import compare_artifacts
from app.comparing.entries import compare_entries
from app.comparing.measures import nonzero
from app.comparing.model import Change, Difference
from app.comparing.runs import compare_runs
from app.comparing.stores import compare_sessions

__all__ = [
    "Change",
    "Difference",
    "compare_artifacts",
    "compare_entries",
    "compare_runs",
    "compare_sessions",
    "nonzero",
]
