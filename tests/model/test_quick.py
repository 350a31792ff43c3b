"""What a full look may say, by what a quick one says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.model.manifest import Manifest, Tally, lacks
from gallery_daemon.model.precision import precisions
from gallery_daemon.model.quick import QuickLooks, log_odds
from gallery_daemon.photo import LookKind, Prediction, Range
from tests.model.manifests import MANIFEST

# From 0.90 on 40 of 40 are right, below that 80 of 100.
TALLY = Tally((0,) * 89 + (60, 40) + (0,) * 9, (0,) * 89 + (40, 40) + (0,) * 9)
LOOKS = QuickLooks({"cars": 1.0, "trees": 0.5}, {"cars": precisions(TALLY)})


def quick(**probabilities: float) -> Prediction:
    return Prediction(probabilities, "b@01234567", look=LookKind.QUICK)


def test_the_range_is_the_reach_in_log_odds_on_both_sides() -> None:
    """0.8 is four to one: e times that above it, and an e-th below."""
    found = LOOKS.bounds(quick(cars=0.8, trees=0.2)).probabilities["cars"]

    assert pytest.approx(
        (4 / 2.718282 / (1 + 4 / 2.718282), 4 * 2.718282 / (1 + 4 * 2.718282))
    ) == (
        found.low,
        found.high,
    )


@given(st.floats(0, 1), st.floats(0, 5))
def test_the_quick_look_s_own_value_is_in_the_range(share: float, reach: float) -> None:
    """However it rounds, at 0 and 1 too; and the range is one of probabilities."""
    looks = QuickLooks({"cars": reach, "trees": reach}, {})

    found = looks.bounds(quick(cars=share, trees=1 - share)).probabilities["cars"]

    assert 0 <= found.low <= share <= found.high <= 1


def test_no_reach_leaves_the_value_alone() -> None:
    """Both looks say the same then."""
    looks = QuickLooks({"cars": 0.0, "trees": 0.0}, {})

    bounds = looks.bounds(quick(cars=0.75, trees=0.25))

    assert pytest.approx((0.75, 0.75)) == (bounds.confidence.low, bounds.confidence.high)
    assert frozenset({"cars"}) == bounds.top_classes


@pytest.mark.parametrize(
    ("cars", "expected"),
    [(0.98, Range(1.0, 1.0)), (0.75, Range(0.8, 0.8)), (0.8, Range(0.8, 1.0))],
)
def test_the_precision_is_the_full_look_s_at_the_ends(cars: float, expected: Range) -> None:
    """0.8 may come to 0.6 or to 0.92, which is beyond 0.90."""
    assert {"cars": expected} == LOOKS.bounds(quick(cars=cars, trees=1 - cars)).precisions


def test_a_precision_that_is_not_known_at_one_end_is_not_known() -> None:
    """Of fewer than thirty calls nothing is."""
    few = Tally((0,) * 99 + (29,), (0,) * 99 + (29,))
    looks = QuickLooks({"cars": 1.0, "trees": 0.5}, {"cars": precisions(few)})

    assert {} == looks.bounds(quick(cars=0.8, trees=0.2)).precisions


def test_both_classes_may_be_the_first_where_their_ranges_meet() -> None:
    """And each then has at least the confidence of the surest."""
    bounds = LOOKS.bounds(quick(cars=0.5, trees=0.5))

    assert frozenset({"cars", "trees"}) == bounds.top_classes
    assert bounds.confidence.low == pytest.approx(0.3775, abs=1e-3)


def without_reach() -> Manifest:
    """As a training with few pictures leaves it."""
    quick_look = replace(MANIFEST.looks[LookKind.QUICK], reach={})
    return replace(MANIFEST, looks={**MANIFEST.looks, LookKind.QUICK: quick_look})


def test_a_model_serves_quick_looks_if_it_knows_their_reach() -> None:
    """One from before there was a reach says what it lacks."""
    known = {name: precisions(tally) for name, tally in MANIFEST.full.tallies.items()}
    served = QuickLooks(MANIFEST.looks[LookKind.QUICK].reach, known)

    assert (served, None) == (QuickLooks.of(MANIFEST), lacks(MANIFEST))
    assert QuickLooks.of(without_reach()) is None
    assert "nothing of quick looks" in (lacks(without_reach()) or "")


def test_a_reach_is_part_of_the_model_s_id_only_where_there_is_one() -> None:
    """Bundles from before keep their id, and what the journal remembers of them."""
    assert MANIFEST.model_id != without_reach().model_id
    assert "b@017daff3" == without_reach().model_id


def test_log_odds_are_finite() -> None:
    """At both ends they are those of a millionth."""
    assert pytest.approx((-13.8155, 13.8155), abs=1e-3) == (log_odds(0.0), log_odds(1.0))
