"""One tree; each error says its three facts and is also what a caller would guess."""

from __future__ import annotations

import pickle

import pytest

from storage import errors

LEAVES = {
    "NotInStoreError": (LookupError,),
    "MissingFileError": (errors.NotInStoreError, LookupError, FileNotFoundError),
    "MissingPathError": (errors.MissingFileError, ValueError),
    "AlreadyStoredError": (FileExistsError, ValueError),
    "CorruptBlobError": (ValueError,),
    "FrozenArtifactError": (ValueError,),
    "VersionConflictError": (),
    "UnsafePathError": (ValueError,),
    "InvalidNameError": (ValueError,),
    "NotAValueError": (TypeError, ValueError),
    "NotReadableError": (ValueError,),
    "BackendError": (OSError,),
}


def test_the_tree_has_exactly_these_leaves():
    assert set(errors.__all__) == {*LEAVES, "StorageError", "Problem"}


@pytest.mark.parametrize("name", LEAVES)
def test_an_error_carries_its_facts_through_text_and_pickle(name):
    cls = getattr(errors, name)
    error = cls("cat.png", "812 bytes hash to 77b0", "Restore the file.")
    assert isinstance(error, (errors.StorageError, *LEAVES[name]))
    assert str(error) == "cat.png: 812 bytes hash to 77b0. Restore the file."
    assert str(cls("x", "is wrong")) == "x: is wrong."
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.subject, again.problem, again.remedy) == (
        cls, "cat.png", "812 bytes hash to 77b0", "Restore the file.",
    )  # fmt: skip


def test_an_error_becomes_a_finding():
    error = errors.CorruptBlobError("cat.png", "is cut", "Restore it.")
    assert error.as_problem("size", "pets:v3", "media/cat.png") == errors.Problem(
        "cat.png", "is cut", "Restore it.", "size", "pets:v3", "media/cat.png"
    )
