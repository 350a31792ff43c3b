"""From a confidence to a precision and back, counted on held-out pictures."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.model.manifest import TALLY_BINS, Tally
from gallery_daemon.model.precision import (
    FEWEST,
    Threshold,
    bin_of,
    precision_at,
    precisions,
    tally_of,
    threshold,
    wilson_interval,
)

CALLS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=300)
NO_CALLS = Tally((0,) * TALLY_BINS, (0,) * TALLY_BINS)


def tally(*calls: tuple[float, int, int]) -> Tally:
    """Of confidences, with how many were called so and how many of these rightly."""
    return tally_of(
        (confidence, number < right)
        for confidence, called, right in calls
        for number in range(called)
    )


def test_every_hundredth_is_counted_where_a_rule_would_count_it() -> None:
    """0.29 is not less than 0.29, though 0.29 * 100 is less than 29."""
    for step in range(TALLY_BINS):
        found = tally_of([(step / 100, True)])

        assert [step] == [place for place, count in enumerate(found.called) if count]
    assert 1 == tally_of([(1.0, False)]).called[99]
    assert tally_of([]) == NO_CALLS


def test_what_is_surer_is_more_often_right() -> None:
    """Half of those at 0.5 are right, nine in ten at 0.8, and all at 0.95."""
    counted = tally((0.5, 100, 50), (0.8, 100, 90), (0.95, 100, 100))

    found = threshold(counted, 0.95)

    assert found is not None
    assert (0.51, 0.95, 200) == (found.confidence, found.precision, found.pictures)
    assert pytest.approx(2 / 3) == found.share
    assert pytest.approx(0.8) == precision_at(counted, 0.5)
    assert 0.95 == precision_at(counted, 0.8)
    assert 1.0 == precision_at(counted, 0.95)


def test_few_pictures_are_no_knowledge() -> None:
    """Twenty-nine that are all right say nothing; thirty do."""
    assert precision_at(NO_CALLS, 1.0) is None
    assert precision_at(tally((0.9, FEWEST - 1, FEWEST - 1)), 0.9) is None
    assert threshold(tally((0.9, FEWEST - 1, FEWEST - 1)), 0.5) is None
    assert 1.0 == precision_at(tally((0.9, FEWEST, FEWEST)), 0.9)


def test_the_surest_few_do_not_make_the_others_precise() -> None:
    """Ten that are all right beyond 0.9 are too few to be a threshold of their own."""
    counted = tally((0.5, 90, 45), (0.95, 10, 10))

    assert 0.55 == precision_at(counted, 0.99)
    assert threshold(counted, 0.95) is None


@given(calls=CALLS, wanted=st.floats(0, 1), confidence=st.floats(0, 1))
def test_a_precision_is_reached_exactly_from_its_threshold_on(
    calls: list[tuple[float, bool]], wanted: float, confidence: float
) -> None:
    """A rule that asks for a precision and one that asks for its confidence do the same."""
    counted = tally_of(calls)

    found, precision = threshold(counted, wanted), precision_at(counted, confidence)

    reached = precision is not None and precision >= wanted
    assert reached == (found is not None and confidence >= found.confidence)


@given(calls=CALLS, wanted=st.floats(0, 1))
def test_a_threshold_is_what_a_person_would_count(
    calls: list[tuple[float, bool]], wanted: float
) -> None:
    """Picture by picture, with the comparison that a rule makes."""
    found = threshold(tally_of(calls), wanted)

    for step in range(TALLY_BINS):
        left = [is_right for confidence, is_right in calls if confidence >= step / 100]
        if len(left) >= FEWEST and sum(left) / len(left) >= wanted:
            expected = Threshold(
                step / 100, sum(left) / len(left), len(left) / len(calls), len(left)
            )
            assert expected == found
            break
    else:
        assert found is None


@given(calls=CALLS, one=st.floats(0, 1), other=st.floats(0, 1))
def test_surer_is_never_less_precise(
    calls: list[tuple[float, bool]], one: float, other: float
) -> None:
    """Else a rule would file a photo and leave one that is surer."""
    low, high = (precision_at(tally_of(calls), each) for each in sorted((one, other)))

    assert low is None or (high is not None and low <= high)


@given(called=st.integers(1, 10_000), share=st.floats(0, 1))
def test_an_interval_holds_its_share(called: int, share: float) -> None:
    """Within 0 and 1, and the narrower the more pictures there are."""
    right = round(called * share)

    low, high = wilson_interval(right, called)
    lower, higher = wilson_interval(right * 4, called * 4)

    assert 0 <= low <= right / called <= high <= 1
    assert higher - lower < high - low


def test_an_interval_is_wilsons() -> None:
    """Figures that are in any table: 9 of 10, and 30 of 30."""
    assert pytest.approx((0.5958, 0.9821), abs=1e-4) == wilson_interval(9, 10)
    assert pytest.approx((0.8865, 1.0), abs=1e-4) == wilson_interval(30, 30)
    found = Threshold(0.8, 0.9, 0.5, 10)
    assert pytest.approx((0.5958, 0.9821), abs=1e-4) == (found.lowest, found.highest)


def test_it_needs_neither_numpy_nor_torch() -> None:
    """The idle daemon and `check` read it."""
    code = (
        "import sys, gallery_daemon.model.precision\n"
        "sys.exit(bool({'numpy', 'torch'} & set(sys.modules)))"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


@given(CALLS, st.floats(0, 1))
def test_the_precisions_of_all_hundredths_are_those_that_are_asked_one_by_one(
    calls: list[tuple[float, bool]], confidence: float
) -> None:
    """A daemon that asks of every photo looks them up."""
    counted = tally_of(calls)

    assert precision_at(counted, confidence) == precisions(counted)[bin_of(confidence)]
