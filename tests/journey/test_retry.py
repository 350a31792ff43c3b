"""When what failed is tried again: tables of times, without waiting."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.journey.retry import FIRST_S, LONGEST_S, CircuitBreaker, Retries
from gallery_daemon.photo import Candidate, Identity

FILE = Identity(1, 2, 3, 4)
EDITED = Identity(1, 2, 3, 5)


def candidate(number: int = 1) -> Candidate:
    """A candidate of its own for each number."""
    return Candidate("phone", "/in", f"{number}.jpg")


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    """5, 10, 20 ... 900 seconds, however often it failed."""
    retries = Retries()

    waits = [
        retries.failed(candidate(), FILE, "no room", now=0.0, is_transient=True) for _ in range(40)
    ]

    assert [5.0, 10.0, 20.0, 40.0] == waits[:4]
    assert {LONGEST_S} == set(waits[8:])


def test_a_photo_is_due_once_for_each_failure() -> None:
    """Handed out when its time has come, not before, and not again until it fails again."""
    retries = Retries()
    retries.failed(candidate(), FILE, "no room", now=100.0, is_transient=True)

    assert 105.0 == retries.next_deadline()
    assert [] == retries.take_due(104.9)
    is_due = [retries.has_due]
    assert [candidate()] == retries.take_due(105.0)
    assert [True, False] == [*is_due, retries.has_due]
    assert [] == retries.take_due(1e9)
    assert 10.0 == retries.failed(candidate(), FILE, "no room", now=200.0, is_transient=True)
    assert [candidate()] == retries.take_due(210.0)


def test_a_photo_that_changed_begins_anew() -> None:
    """Its failures were another file's."""
    retries = Retries()
    for _ in range(5):
        retries.failed(candidate(), FILE, "no room", now=0.0, is_transient=True)

    assert 5.0 == retries.failed(candidate(), EDITED, "no room", now=0.0, is_transient=True)


def test_a_listing_passes_over_only_what_waits() -> None:
    """Waiting: known. Tried now, changed, or at its end: not."""
    retries = Retries()
    retries.failed(candidate(), FILE, "no room", now=0.0, is_transient=True)

    assert retries.is_waiting(candidate(), FILE)
    assert not retries.is_waiting(candidate(), EDITED)
    retries.take_due(5.0)
    assert not retries.is_waiting(candidate(), FILE)
    retries.failed(candidate(), FILE, "no room", now=5.0, is_transient=True)
    retries.ended(candidate())
    assert not retries.is_waiting(candidate(), FILE)
    assert 0 == len(retries)


@pytest.mark.parametrize(("first_s", "is_transient"), [(FIRST_S, False), (math.inf, True)])
def test_what_lasts_waits_until_it_changes(first_s: float, is_transient: bool) -> None:
    """A name too long, or any failure in a single pass: never due, and still listed."""
    retries = Retries(first_s)

    wait = retries.failed(candidate(), FILE, "too long", now=0.0, is_transient=is_transient)

    assert (None, None, []) == (wait, retries.next_deadline(), retries.take_due(1e12))
    assert not retries.has_due
    assert retries.is_waiting(candidate(), FILE)
    assert [(candidate(), "too long")] == [(who, each.reason) for who, each in retries.oldest(9)]


def test_when_the_library_is_back_all_are_due_but_what_lasts() -> None:
    """Photos do not wait a quarter of an hour for a disk that is mounted again."""
    retries = Retries()
    for number in range(3):
        for _ in range(9):
            transient = number < 2
            retries.failed(candidate(number), FILE, "away", now=0.0, is_transient=transient)

    retries.hasten(1.0)

    assert [candidate(0), candidate(1)] == retries.take_due(1.0)


@given(
    st.lists(
        st.tuples(st.sampled_from(["fail", "end", "take"]), st.integers(0, 3), st.integers(0, 40)),
        max_size=60,
    )
)
def test_no_deadline_is_ever_missed(steps: list[tuple[str, int, int]]) -> None:
    """Whatever happened: what is due by `next_deadline` is handed out at that time."""
    retries, now = Retries(), 0.0
    for act, number, later in steps:
        now += later
        if act == "fail":
            retries.failed(candidate(number), FILE, "no room", now, is_transient=True)
        elif act == "end":
            retries.ended(candidate(number))
        else:
            retries.take_due(now)

    waiting = {who for who, each in retries.oldest(9) if each.due < math.inf}
    taken: set[Candidate] = set()
    while (deadline := retries.next_deadline()) is not None:
        taken |= set(retries.take_due(deadline))

    assert waiting == taken


def test_the_gate_lets_one_probe_through_after_each_wait() -> None:
    """Open: none; when the wait is over and none is under way: one; a success closes it."""
    breaker = CircuitBreaker()
    assert breaker.lets_begin(0.0, under_way=99)

    breaker.failed("full", 100.0)
    breaker.failed("full", 100.1)  # those that were on their way already count once

    assert (FIRST_S + 100, None) == (breaker.next_deadline(0), breaker.next_deadline(1))
    assert not breaker.lets_begin(104.9, under_way=0)
    assert breaker.lets_begin(105.0, under_way=0)
    assert not breaker.lets_begin(105.0, under_way=1)
    breaker.failed("full", 106.0)
    assert 116.0 == breaker.next_deadline(0)
    breaker.succeeded()
    assert breaker.lets_begin(106.0, under_way=99)
    assert -math.inf == breaker.next_deadline(99)


def test_in_a_single_pass_the_gate_never_waits() -> None:
    """One after the other is tried at once, so the pass ends."""
    breaker = CircuitBreaker(0.0)

    for now in range(5):
        breaker.failed("full", float(now))
        assert breaker.lets_begin(float(now), under_way=0)
