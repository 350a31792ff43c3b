"""Ratios of the sides."""

from __future__ import annotations

import pytest

from gallery_daemon.decision import Check, Truth
from gallery_daemon.rules.conditions.shape import AspectIs, Ratio
from tests.rules.photos import FACTS, facts, photo, prediction, truth_of

FOUR_THREE, WIDE = Ratio(4, 3), Ratio(16, 9)


@pytest.mark.parametrize(
    ("ratio", "width", "height", "expected"),
    [
        (FOUR_THREE, 4000, 3000, "yes"),
        (FOUR_THREE, 3000, 4000, "yes"),
        (Ratio(3, 4), 4000, 3000, "yes"),
        (FOUR_THREE, 4080, 3072, "yes"),
        (FOUR_THREE, 4000, 3100, "no"),
        (WIDE, 1920, 1088, "yes"),
        (WIDE, 1920, 1152, "no"),
        (Ratio(19.5, 9), 1170, 2532, "yes"),
        (Ratio(1, 1), 1000, 1009, "yes"),
        (Ratio(1, 1), 1000, 1011, "no"),
        (Ratio(1, 1), 0, 0, "no"),
        (Ratio(1, 1), 100, 0, "no"),
    ],
)
def test_a_ratio_is_met_within_one_per_cent(
    ratio: Ratio, width: int, height: int, expected: str
) -> None:
    """Whichever way up; what has no sides has no shape."""
    known = facts(width=width, height=height)

    assert expected == truth_of(AspectIs((ratio,)), known=known)


def test_a_shape_says_why() -> None:
    """The text reads like the YAML and the reason tells the true ratio."""
    no = AspectIs((WIDE, Ratio(19.5, 9))).check(photo(), FACTS, prediction())
    yes = AspectIs((WIDE, FOUR_THREE)).check(photo(), FACTS, prediction())

    text = 'aspect: ["16:9", "19.5:9"]'
    assert Check(text, Truth.NO, '4000x3000 is 1.333:1, not ["16:9", "19.5:9"]') == no
    assert '4000x3000 is 1.333:1, so "4:3"' == yes.reason
