"""The waits between attempts, whatever is attempted."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.backoff import Backoff


def test_each_wait_is_twice_the_one_before_up_to_the_longest() -> None:
    """What fails for long is tried seldom, and never less often than the longest wait says."""
    waits = Backoff(first_s=1, longest_s=10)

    assert [1, 2, 4, 8, 10, 10] == [waits.wait_s(failures) for failures in range(1, 7)]


def test_any_number_of_failures_has_a_wait() -> None:
    """A daemon may run for years beside a missing bundle: no number overflows."""
    assert 900 == Backoff(first_s=5, longest_s=900).wait_s(10**9)


def test_a_first_wait_without_end_means_never_again() -> None:
    """A single pass tries nothing twice."""
    assert math.inf == Backoff(first_s=math.inf, longest_s=900).wait_s(1)


def test_a_first_wait_of_nothing_means_at_once() -> None:
    """Nothing doubled is nothing, however often."""
    assert {0} == {Backoff(first_s=0, longest_s=900).wait_s(failures) for failures in range(1, 50)}


@given(st.floats(0.01, 100), st.floats(100, 1000), st.integers(1, 100))
def test_no_wait_is_shorter_than_the_one_before(
    first_s: float, longest_s: float, failures: int
) -> None:
    """More failures never mean more haste."""
    waits = Backoff(first_s, longest_s)

    assert first_s <= waits.wait_s(failures) <= waits.wait_s(failures + 1) <= longest_s
