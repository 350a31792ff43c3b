"""What counts as met."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks.figures import Spread
from tests.benchmarks.rows import HEADINGS, Compared, Target, at_least, at_most, row


@pytest.mark.parametrize(
    ("target", "ours", "theirs", "compared", "is_met"),
    [
        (at_least(3), 30.0, 10.0, 3.0, True),
        (at_least(3), 29.0, 10.0, 2.9, False),
        (at_most(0.5), 5.0, 10.0, 0.5, True),
        (at_most(0.5), 6.0, 10.0, 0.6, False),
        (at_least(3), 30.0, 0.0, math.inf, True),
        (at_most(0.5), 30.0, 0.0, math.inf, False),
        (Target(Compared.LESS, least=4), 36.0, 40.0, 4.0, True),
        (Target(Compared.LESS, least=4), 40.0, 36.0, -4.0, False),
        (Target(Compared.OURS, 0.2, 0.25), 0.22, 9.0, 0.22, True),
        (Target(Compared.OURS, 0.2, 0.25), 0.3, 9.0, 0.3, False),
        (Target(Compared.OURS, 0.2, 0.25), 0.1, 9.0, 0.1, False),
    ],
)
def test_a_target_is_met_or_not(
    target: Target, ours: float, theirs: float, compared: float, *, is_met: bool
) -> None:
    """More is better or less is, of a ratio, a difference, or of ours alone."""
    found = row("what", "unit", [ours], [theirs], target)

    assert (Spread(compared, compared, compared), is_met) == (found.compared, found.is_met)


def test_rounds_are_compared_each_by_itself() -> None:
    """The median of the ratios, not the ratio of the medians: a slow round is slow for both."""
    found = row("what", "unit", [30, 1, 20], [10, 1, 4], at_least(3))

    assert Spread(3.0, 1.0, 5.0) == found.compared
    assert found.is_met


def test_a_row_fits_under_the_headings() -> None:
    """And says in words what is met."""
    met, failed = (row("speed", "photos/s", [40], [10], at_least(times)) for times in (4, 5))

    assert len(HEADINGS) == len(met.cells())
    assert ("speed, photos/s", "40 (40..40)", "10 (10..10)", "4 (4..4)") == met.cells()[:4]
    assert ("ours / theirs >= 4", "met") == met.cells()[4:]
    assert ("ours / theirs >= 5", "NOT MET") == failed.cells()[4:]


def test_the_json_has_every_round() -> None:
    """So that another median can be taken of several runs."""
    told = row("speed", "photos/s", [40, 50], [10, 10], at_least(4)).to_json()

    assert ([40, 50], [10, 10]) == (told["ours"], told["theirs"])
    assert (4.5, ">= 4", True) == (told["median"], told["target"], told["met"])
