"""What the SDK refuses, we refuse, by the same kind of error; what it accepts, we accept."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import pytest
from recipes import NotOursError, Recipe

CASES = json.loads((Path(__file__).parent / "data/0.31.0/errors/errors.json").read_text("utf-8"))

#: An AssertionError of the SDK is a TypeError or a ValueError here; Pillow's own class is an OSError.
KINDS = {"AssertionError": (TypeError, ValueError), "UnidentifiedImageError": (OSError,)}

#: Refusals that are lifted on purpose, with the reason.
LIFTED = {
    "mask-256": "ids beyond 255 are kept, in a 16-bit mask",
    "mask-float-256": "as mask-256",
    "object3d-scene-lists": "lists are points as arrays are; SDK 0.13.4 and later take them in from_point_cloud",
    "video-no-format": "the seed's meaning of inputs: GIF",
}


def of_values():
    """Recipes that construct a value; those that add to an artifact are tested with the store."""
    return [case for case in CASES if "$new" in case["recipe"]]


@pytest.mark.parametrize("case", of_values(), ids=[case["id"] for case in of_values()])
def test_as_the_sdk(case, golden_inputs):
    recipe = Recipe(golden_inputs)
    try:
        recipe.value(case["recipe"])
        raised = None
    except NotOursError as error:
        pytest.fail(f"the recipe needs {error}")
    except Exception as error:  # noqa: BLE001  # whatever it is, its kind is what is compared
        raised = error
    if case["raised"] is None or case["id"] in LIFTED:
        assert raised is None
        return
    kinds = KINDS.get(case["raised"]) or (getattr(builtins, case["raised"]),)
    assert isinstance(raised, kinds), f"{case['raised']} expected, found {raised!r}"
    assert raised.subject
    assert raised.problem
    assert raised.remedy
