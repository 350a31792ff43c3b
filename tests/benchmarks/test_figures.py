"""The arithmetic of the benchmark."""

from __future__ import annotations

import pytest

from tests.benchmarks.figures import (
    Run,
    Spread,
    each_more,
    rate_after_first,
    ratio,
    roofline,
    steady_rate,
)


def test_a_steady_contestant_has_its_rate() -> None:
    """A photo each half second is two a second, however long the first took."""
    finishes = [10 + number / 2 for number in range(60)]

    assert 2.0 == pytest.approx(steady_rate(finishes, burst=1))


def test_a_slow_start_does_not_count() -> None:
    """What the first photos cost is no part of the steady rate."""
    finishes = [float(number) for number in range(10)] + [9 + number / 4 for number in range(1, 51)]

    assert 4.0 == pytest.approx(steady_rate(finishes, burst=1))


@pytest.mark.parametrize("photos", [40, 96, 300])
def test_bursts_are_counted_whole(photos: int) -> None:
    """Sixteen photos at once each two seconds are eight a second, wherever the counting begins."""
    finishes = [2.0 * (number // 16) + number % 16 / 1e4 for number in range(photos // 16 * 16)]

    assert 8.0 == pytest.approx(steady_rate(finishes, burst=16), rel=1e-3)


def test_what_was_decoded_ahead_does_not_count() -> None:
    """The last photos of a long pass come faster, as nothing is decoded beside them any more."""
    finishes = [float(number) for number in range(236)] + [235 + n / 9 for n in range(1, 65)]

    assert 1.0 == pytest.approx(steady_rate(finishes, burst=1))


def test_the_order_of_the_finishes_does_not_matter() -> None:
    """Threads end in any order."""
    finishes = [number / 2 for number in range(60)]

    assert 2.0 == pytest.approx(steady_rate(finishes[::-1], burst=1))


def test_a_shorter_pass_is_compared_as_if_it_were_as_long() -> None:
    """A start of 4 s and 2 photos a second are 14 s for 20 photos."""
    run = Run(photos=10, whole_s=9.0, processor_s=18.0, steady_per_s=2.0)

    assert 14.0 == run.whole_s_for(20)
    assert 9.0 == run.whole_s_for(10)


def test_how_busy_the_cores_were_is_known() -> None:
    """Two cores for the whole time are twice the clock's seconds."""
    assert 2.0 == Run(photos=10, whole_s=9.0, processor_s=18.0, steady_per_s=2.0).cores_busy


def test_both_works_share_the_cores() -> None:
    """Who decodes 60 or infers 30 a second does 20 of both."""
    assert 20.0 == pytest.approx(roofline(60.0, 30.0))


def test_a_ratio_is_of_the_same_round() -> None:
    """A round in which everything is half as fast changes no ratio."""
    assert Spread(4.0, 4.0, 4.0) == ratio([8.0, 4.0], [2.0, 1.0])


def test_a_spread_shows_its_median_and_its_ends() -> None:
    """Three significant digits are enough."""
    assert "2 (1..123)" == str(Spread.of([122.9, 1.0, 2.0]))


@pytest.mark.parametrize("burst", [1, 16, 64])
def test_the_rate_behind_the_first_photos_has_no_start_and_no_cut_end(burst: int) -> None:
    """Eight a second in bursts, after a start of whatever length, with ten slow ones at the end."""
    finishes = [9 + 2.0 * (number // 16) + number % 16 / 1e4 for number in range(160)]
    slow = [27 + float(number) for number in range(1, 11)]

    assert 8.0 == pytest.approx(rate_after_first(finishes, burst=16), rel=1e-3)
    assert (144 + 10) / 28 == pytest.approx(rate_after_first(finishes + slow, 16), rel=1e-3)
    assert rate_after_first(finishes, burst) > 7.9


def test_a_short_pass_has_a_rate() -> None:
    """Two photos are enough."""
    assert 2.0 == rate_after_first([3.0, 3.5], burst=64)


def test_what_each_photo_costs_does_not_hold_what_the_pass_does() -> None:
    """A start of 5, and 2 for each of 30 and of 10 photos."""
    assert 2.0 == each_more(5 + 30 * 2.0, 5 + 10 * 2.0, 20)
