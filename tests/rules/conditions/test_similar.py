"""`burst` and `near_duplicate`: by what was looked up, and in words that name the other photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Truth
from gallery_daemon.photo import PLAIN, Similar, SimilarPhoto
from gallery_daemon.rules.conditions.similar import Burst, NearDuplicate
from tests.rules.photos import facts, photo, prediction

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Boolean

BY_TIME = SimilarPhoto("PXL_1.jpg", bits=20, after_s=0.4)
BEFORE = SimilarPhoto("PXL_1.jpg", bits=20, after_s=-1.0)
BY_NAME = SimilarPhoto("20220514_102409_001.jpg", bits=None, after_s=None)
NEAR = SimilarPhoto("IMG_1.jpg", bits=3, after_s=None)


@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize(
    ("kind", "similar", "holds", "reason"),
    [
        (Burst, Similar(burst=BY_TIME), True, "taken 0.4 s after PXL_1.jpg, seen before"),
        (Burst, Similar(burst=BEFORE), True, "taken 1 s before PXL_1.jpg, seen before"),
        (
            Burst,
            Similar(burst=BY_NAME),
            True,
            "its name is of the same burst as 20220514_102409_001.jpg, seen before",
        ),
        (Burst, Similar(near_duplicate=NEAR), False, "no photo of its burst was seen before"),
        (Burst, None, False, "no photo of its burst was seen before"),
        (
            NearDuplicate,
            Similar(near_duplicate=NEAR),
            True,
            "3 of 128 bits away from IMG_1.jpg, seen before",
        ),
        (NearDuplicate, Similar(burst=BY_TIME), False, "no photo seen before looks the same"),
        (NearDuplicate, None, False, "no photo seen before looks the same"),
    ],
)
def test_the_reason_says_who_was_seen_before(
    kind: type[Boolean], similar: Similar | None, holds: bool, reason: str, wanted: bool
) -> None:
    """Whichever of the two is asked for."""
    condition = kind(wanted)

    check = condition.check(photo(), facts(similar=similar), prediction())

    assert (Truth.YES if holds is wanted else Truth.NO, reason) == (check.truth, check.reason)


def test_a_plain_picture_is_no_near_duplicate_and_says_so() -> None:
    """The reason says why two black frames are not the same."""
    check = NearDuplicate(wanted=True).check(
        photo(), facts(dhash=PLAIN, similar=Similar()), prediction()
    )

    assert (Truth.NO, "the picture is too plain to compare") == (check.truth, check.reason)
