"""The waits between failed starts."""

from __future__ import annotations

from gallery_daemon.classifier.host import StartAttempts, Timeouts

PATIENCE = Timeouts(retry_s=1, longest_retry_s=10)


def test_each_wait_is_twice_the_last_up_to_the_longest() -> None:
    """A broken set-up is never a busy loop."""
    attempts = StartAttempts(PATIENCE)

    assert [1, 2, 4, 8, 10, 10] == [attempts.failed(now=100) for _ in range(6)]
    assert 110 == attempts.next_at


def test_a_thousand_failures_are_no_overflow() -> None:
    """A daemon may run for months beside a missing bundle."""
    attempts = StartAttempts(PATIENCE)

    waits = {attempts.failed(now=0) for _ in range(2000)}

    assert 10 == max(waits)


def test_three_failures_in_a_row_are_lost_until_one_succeeds() -> None:
    """A command gives up then; a success begins the count anew."""
    attempts = StartAttempts(PATIENCE)
    lost = []
    for _ in range(3):
        attempts.failed(now=0)
        lost.append(attempts.are_lost)

    attempts.succeeded()

    assert [False, False, True] == lost
    assert not attempts.are_lost
    assert 1 == attempts.failed(now=0)
