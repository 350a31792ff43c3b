"""Batches: up to N, or those that come within T seconds of the first."""

from __future__ import annotations

import pytest

from gallery_daemon.classifier.batcher import collect

T = 0.2


class Script:
    """A source that gives items at set times, on a clock that only waiting moves."""

    def __init__(self, *comings: tuple[float, str], stops_at: float | None = None) -> None:
        self._comings = list(comings)
        self._stops_at = stops_at
        self.now = 0.0

    def monotonic(self) -> float:
        """The time, in seconds."""
        return self.now

    def take(self, timeout_s: float | None) -> str | None:
        """The next item, once its time has come."""
        until = float("inf") if timeout_s is None else self.now + timeout_s
        if self._comings and self._comings[0][0] <= until:
            at, item = self._comings.pop(0)
            self.now = max(self.now, at)
            return item
        self.now = max(self.now, (self._stops_at or 0.0) if timeout_s is None else until)
        return None


@pytest.mark.parametrize(
    ("size", "comings", "expected", "ends_at"),
    [
        pytest.param(3, [(0, "a"), (0, "b"), (0, "c"), (0, "d")], "abc", 0, id="full at once"),
        pytest.param(3, [(5, "a"), (5.1, "b"), (5.15, "c")], "abc", 5.15, id="full in time"),
        pytest.param(3, [(5, "a"), (5.1, "b"), (5.3, "c")], "ab", 5.2, id="short after T"),
        pytest.param(3, [(5, "a")], "a", 5.2, id="alone after T"),
        pytest.param(
            3, [(5, "a"), (5.2, "b"), (5.3, "c")], "ab", 5.2, id="T counts from the first"
        ),
        pytest.param(1, [(5, "a"), (5, "b")], "a", 5, id="N = 1 waits for nobody"),
    ],
)
def test_a_batch_is_full_or_its_time_is_up(
    size: int, comings: list[tuple[float, str]], expected: str, ends_at: float
) -> None:
    """Who is in the batch, and when it is handed out."""
    script = Script(*comings)

    batch = collect(script.take, size, T, script.monotonic)

    assert list(expected) == batch
    assert ends_at == pytest.approx(script.now)


def test_batches_follow_each_other_without_loss() -> None:
    """What did not fit is the first of the next batch, in order."""
    script = Script(*((0, letter) for letter in "abcdefg"))

    batches = [collect(script.take, 3, T, script.monotonic) for _ in range(3)]

    assert [["a", "b", "c"], ["d", "e", "f"], ["g"]] == batches


def test_a_stop_while_waiting_gives_an_empty_batch() -> None:
    """The source has stopped before a first photo came."""
    script = Script(stops_at=7)

    assert [] == collect(script.take, 3, T, script.monotonic)
    assert 7 == script.now


def test_a_source_with_nothing_on_its_way_ends_the_batch_at_once() -> None:
    """None before the timeout means that waiting is in vain."""
    script = Script()
    answers = iter(["a", None])

    batch = collect(lambda _timeout_s: next(answers), 3, T, script.monotonic)

    assert ["a"] == batch
    assert 0 == script.now
